// SIGKILL, for real: a process that writes checkpoints is killed as soon as it has printed its n-th line, n seeded, and started again
// in the same directory; each time what it said was done is there, whole, and it goes on from there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openRunDirectory } from '../../platform/journal/run-directory.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import { snapshotOf } from '../support/run-fixtures.ts';
import { seeded } from '../support/seeded.ts';

const WRITER = fileURLToPath(new URL('./checkpoint-writer.js', import.meta.url));

/** Starts the writer, kills it at its line number `lines`, and returns all that it printed. */
async function killedAt(directory: string, lines: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [WRITER, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (printed.length === lines) child.kill('SIGKILL');
  }
  await exit;
  return printed;
}

const updatesOf = (printed: readonly string[], what: string): readonly number[] => printed.filter((line) => line.startsWith(`${what} `)).map((line) => Number(line.split(' ')[1]));

describe('a killed process', () => {
  test('leaves the last checkpoint it finished or the one it was writing, whole, and its lock is taken over, at 12 seeded instants', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ebm-kill-'));
    const directory = join(root, 'run');
    const next = seeded(20_261_123);
    let last = 0;
    try {
      for (let life = 0; life < 12; life += 1) {
        const printed = await killedAt(directory, 1 + Math.floor(next() * 14));
        assert.deepEqual(printed.filter((line) => line.startsWith('differs')), []);
        const done = updatesOf(printed, 'done').at(-1) ?? updatesOf(printed, 'open')[0]!;
        const started = updatesOf(printed, 'start').at(-1) ?? done;
        assert.ok(done >= last, 'the process that was killed had not gone on from where the one before had been');

        const run = await openRunDirectory(directory);
        for (const warning of run.warnings) assert.match(warning, /ledger\.jsonl: line \d+: it has no end/);
        const found = await run.journal.restore();
        assert.deepEqual(found.warnings, []);
        if (done === 0 && found.kind === 'none') {
          await run.journal.close();
          continue;
        }
        assert.equal(found.kind, 'restored');
        last = found.snapshot.update;
        assert.ok(last >= done && last <= started, `restored ${last}, done ${done}, started ${started}`);
        assert.deepEqual(found.snapshot.arrays.get('masters/weights'), snapshotOf({ update: last }, 20_000).arrays.get('masters/weights'));
        await run.journal.cutLedger(found.snapshot.ledger);
        await run.journal.close();
        const reader = await readRunDirectory(directory);
        assert.ok((await reader.checkpoints('deep')).every(({ kind }) => kind === 'good'));
        assert.deepEqual((await reader.ledger()).problems, []);
        assert.deepEqual((await readdir(join(directory, 'checkpoints'))).filter((name) => name.startsWith('.')), []);
      }
      assert.ok(last > 0);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
