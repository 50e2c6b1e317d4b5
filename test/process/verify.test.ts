// `ebm verify` as a process: a run that was computed as its ledger says is equal, and every way of not being so is not.
import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { LEDGER_START, type LedgerEntry } from '../../platform/journal/journal.ts';
import { ledgerLine } from '../../platform/journal/ledger.ts';
import { checkpoint, contentOf, folder, jsonLines, last, messages, set, type Ended } from './support.ts';

type Verified = readonly [status: unknown, from: unknown, to: unknown, equal: unknown, firstDifference: unknown, compared: unknown, recomputed: unknown];

function verified(end: Ended): Verified {
  const { from, to, equal, firstDifference, compared, recomputed } = last(end, 'verified');
  return [end.status, from, to, equal, firstDifference, compared, recomputed];
}

describe('ebm verify', { concurrency: 2 }, () => {
  const here = folder();
  before(async () => { await here.run(['train', 'job.yaml', '--out', 'run']); });
  after(() => { here.remove(); });

  /** A copy whose ledger is rewritten, chain and all, by someone who knows how: null drops a line. */
  function forged(name: string, change: (entry: LedgerEntry) => LedgerEntry | null): string {
    here.copy('run', name);
    const path = here.file(name, 'ledger.jsonl');
    let position = LEDGER_START;
    let text = '';
    for (const { update, branch, rollbacks, parameters, chains } of jsonLines(path) as unknown as readonly LedgerEntry[]) {
      const entry = change({ update, branch, rollbacks, parameters, chains });
      if (entry === null) continue;
      const line = ledgerLine(position, entry, {});
      position = line.position;
      text += line.text;
    }
    writeFileSync(path, text);
    return name;
  }

  test('of a good run computes all of it from the seed, finds it equal, changes nothing, and ends with 0', async () => {
    const before = contentOf(here.file('run'));
    const end = await here.run(['verify', 'run']);
    assert.deepEqual(last(end, 'verified'), { kind: 'verified', from: 0, to: 60, equal: true, firstDifference: null, compared: 12, recomputed: 60 });
    assert.deepEqual([end.status, messages(end)], [0, []]);
    assert.deepEqual(contentOf(here.file('run')), before);
  });

  test('says to people from where it computes and what it found', async () => {
    const { status, stdout, stderr } = await here.text(['verify', 'run', '--from', '30', '--to', '50']);
    assert.deepEqual([status, stdout], [0, 'equal: 4 ledger lines from update 30 to 50 were computed again, with the same digests\n']);
    assert.match(stderr, /^Computing 30 updates again, from the checkpoint of update 20 to update 50\.$/m);
  });

  test('of a range begins at the nearest checkpoint before it; a range without a line in it is refused', async () => {
    assert.deepEqual(verified(await here.run(['verify', 'run', '--from', '40'])), [0, 40, 60, true, null, 4, 20]);
    assert.deepEqual(verified(await here.run(['verify', 'run', '--to', '12'])), [0, 0, 12, true, null, 2, 12]);
    const refused = await here.run(['verify', 'run', '--from', '60']);
    assert.equal(refused.status, 2);
    assert.equal(last(refused, 'failed')['message'], 'the ledger of run has no line after update 60');
  });

  test('of a line that was changed by hand finds the chain broken there, and ends with 1', async () => {
    here.copy('run', 'edited');
    const path = here.file('edited', 'ledger.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"update":30', '"update":31'));
    const end = await here.run(['verify', 'edited']);
    assert.deepEqual(messages(end), ['ledger.jsonl, line 6: it was changed: its digest is not that of its entry']);
    assert.deepEqual(verified(end), [1, 0, 30, false, 30, 5, 25]);
    assert.deepEqual(verified(await here.run(['verify', 'edited', '--to', '25'])), [0, 0, 25, true, null, 5, 25]);
  });

  test('of a ledger that was forged as a whole finds the update where it differs', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    const parameters = await here.run(['verify', forged('parameters', (entry) => (entry.update >= 35 ? { ...entry, parameters: other } : entry))]);
    assert.deepEqual(verified(parameters), [1, 0, 60, false, 35, 12, 60]);
    const chains = await here.run(['verify', forged('chains', (entry) => (entry.update === 50 ? { ...entry, chains: other } : entry)), '--from', '40']);
    assert.deepEqual(verified(chains), [1, 40, 60, false, 50, 4, 20]);
    const missing = await here.run(['verify', forged('missing', (entry) => (entry.update === 10 ? null : entry))]);
    assert.deepEqual(verified(missing).slice(0, 5), [1, 0, 60, false, 10]);
    const branch = await here.run(['verify', forged('branch', (entry) => (entry.update === 60 ? { ...entry, branch: 1, rollbacks: 1 } : entry))]);
    assert.deepEqual(verified(branch).slice(0, 5), [1, 0, 60, false, 60]);
  });

  test('of an interrupted run compares what there is, also when its last line is torn', async () => {
    await here.run(['train', 'job.yaml', '--out', 'interrupted'], { kind: 'checkpoint', count: 1, signal: 'SIGINT' });
    const whole = await here.run(['verify', 'interrupted']);
    const lines = jsonLines(here.file('interrupted', 'ledger.jsonl'));
    assert.deepEqual(verified(whole), [0, 0, lines.at(-1)?.['update'], true, null, lines.length, lines.at(-1)?.['update']]);
    const path = here.file('interrupted', 'ledger.jsonl');
    truncateSync(path, readFileSync(path).length - 5);
    const torn = await here.run(['verify', 'interrupted']);
    assert.match(messages(torn)[0] ?? '', /it has no end: its writer was interrupted$/);
    assert.deepEqual([torn.status, last(torn, 'verified')['compared']], [0, lines.length - 1]);
  });

  test('of a range whose nearest checkpoint is damaged names it and begins at the one before', async () => {
    here.copy('run', 'damaged');
    truncateSync(here.file('damaged', checkpoint(40), 'state.bin'), 10);
    const end = await here.run(['verify', 'damaged', '--from', '45']);
    assert.match(messages(end)[0] ?? '', /^damaged\/checkpoints\/00000040\/state\.bin is truncated/);
    assert.deepEqual(verified(end), [0, 45, 60, true, null, 3, 40]);
  });

  test('of a run that has no line yet says that it has not come far enough', async () => {
    await here.run(['train', 'job.yaml', '--out', 'short', ...set('train.updates=3', 'evaluate=off')]);
    const end = await here.text(['verify', 'short']);
    assert.deepEqual([end.status, end.stdout], [2, '']);
    assert.match(end.stderr, /^error: the ledger of short has no line after update 0\nThe run has not come far enough: its first line is not written yet\.$/m);
  });
});
