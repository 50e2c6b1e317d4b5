// Parts of long work, how far it is, and stopping it; files that are written whole or not at all.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { outputFile, writeOutput } from '../../../cli/compose/output-file.ts';
import { partsOf, startWork } from '../../../cli/compose/work.ts';
import type { WorkProgress } from '../../../cli/terminal/progress.ts';

test('parts cover a range in order, once, and none is larger than asked', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 50 }), (count, part) => {
    const parts = [...partsOf(count, part)];
    const ids = parts.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
    assert.deepEqual(ids, Array.from({ length: count }, (_, i) => i));
    assert.ok(parts.every(({ from, to }) => to > from && to - from <= part));
  }), { seed: 7 });
});

function site(): { readonly said: WorkProgress[]; readonly controller: AbortController; readonly start: (long: boolean) => (by: number) => void } {
  const said: WorkProgress[] = [];
  const controller = new AbortController();
  const start = (long: boolean): ((by: number) => void) => startWork(
    { output: { work: (progress) => { said.push(progress); } }, signal: controller.signal }, { what: 'AIS', unit: 'runs', total: 3, long });
  return { said, controller, start };
}

test('work that is long is shown from the start and at its end, work that is over at once never', () => {
  const { said, start } = site();
  start(false)(3);
  assert.equal(said.length, 0);
  const report = start(true);
  report(1);
  report(2);
  assert.deepEqual(said.map(({ done, total, unit }) => ({ done, total, unit })), [{ done: 0, total: 3, unit: 'runs' }, { done: 3, total: 3, unit: 'runs' }]);
  assert.equal(said[0]!.secondsLeft, null);
  assert.equal(said[1]!.secondsLeft, 0);
});

test('a stop ends work between two parts, but not after the last', () => {
  const { controller, start } = site();
  const [one, other] = [start(false), start(false)];
  controller.abort({ signal: 'SIGTERM', exitCode: 143 });
  assert.throws(() => { one(1); }, { code: 'stopped', exitCode: 143 });
  other(3);
  assert.throws(() => start(false), { code: 'stopped' });
});

test('a file whose pieces fail leaves what was there, and no temporary file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebm-output-'));
  const path = join(folder, 'a.NPY');
  writeFileSync(path, 'old');
  const file = await outputFile(path, ['npy']);
  assert.equal(file.ending, 'npy');
  const pieces = function* (): Generator<Uint8Array> {
    yield Uint8Array.of(1, 2);
    throw new Error('no more');
  };
  await assert.rejects(writeOutput(file, pieces()), { message: 'no more' });
  assert.deepEqual([readdirSync(folder), readFileSync(path, 'utf8')], [['a.NPY'], 'old']);
  await writeOutput(file, [Uint8Array.of(65), Uint8Array.of(66)]);
  assert.deepEqual([readdirSync(folder), readFileSync(path, 'utf8')], [['a.NPY'], 'AB']);
  rmSync(folder, { recursive: true });
});
