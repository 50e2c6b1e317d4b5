// Backup and restore of a store in a directory, as docs/operations.md says: copied while the coordinator works, put back elsewhere, and the job
// goes on from what was copied to the bits of `ebm train`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { ebm, type Line } from '../process/support.ts';
import { bitsOf, dismiss, Meeting, sets, trainedDirectly, type Bits } from '../support/roles.ts';

const EXAMPLE = resolve('examples/mnist-rbm.yaml');
const SETTINGS = sets('train.updates=150', 'train.chains=60', 'checkpoint.every=10', 'ledger.every=5', 'evaluate=off');

describe('backup of a store in a directory', { concurrency: 1 }, () => {
  let meeting: Meeting;
  let expected: Bits;

  before(async () => {
    meeting = await Meeting.open();
    expected = (await trainedDirectly(EXAMPLE, SETTINGS, meeting.folder)).bits;
    assert.match(String(expected[0]), /^sha256:/);
  });
  afterEach(() => meeting.clear());
  after(() => meeting.close());

  /** Records first: then nothing that a record names is missing. A checkpoint that is removed meanwhile is no failure. */
  function copy(from: string, to: string): void {
    mkdirSync(join(meeting.folder, to));
    for (const part of ['records', 'datasets', 'runs']) {
      const { status, stderr } = spawnSync('cp', ['-a', join(from, part), `${to}/`], { cwd: meeting.folder, encoding: 'utf8' });
      assert.ok(status === 0 || (part === 'runs' && stderr.split('\n').every((line) => line === '' || line.includes('No such file'))), stderr);
    }
  }

  test('copied while the coordinator runs, restored, it goes on from a checkpoint to the same bits, and verify agrees', async () => {
    const leader = await meeting.coordinator('store');
    const worker = meeting.worker('a');
    const following = meeting.submits(EXAMPLE, ...SETTINGS);
    await leader.says(({ kind, update }) => kind === 'checkpoint' && Number(update) >= 30);
    copy('store', 'backup');
    const end = await following;
    assert.deepEqual(bitsOf(end.lines.at(-1)), expected, end.stderr);
    await dismiss(leader);

    const restored = await meeting.coordinator('backup');
    const again = await meeting.asks('watch', 'mnist-rbm-1');
    assert.deepEqual(bitsOf(again.lines.at(-1)), expected, again.stderr);
    const begun = restored.lines.find((line: Line) => line.kind === 'started');
    assert.ok(Number(begun?.['update']) >= 20, JSON.stringify(begun));
    await dismiss(worker, restored);
    const verified = await ebm(['verify', 'backup/runs/mnist-rbm-1', '--json'], { cwd: meeting.folder });
    assert.equal(verified.lines.at(-1)?.['equal'], true, verified.stdout);
  });
});
