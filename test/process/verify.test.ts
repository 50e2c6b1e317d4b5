// `ebm verify` as a process: a run that was computed as its ledger says is equal, and every way of not being so is not.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LEDGER_START, type LedgerAside, type LedgerEntry } from '../../platform/journal/journal.ts';
import { ledgerLine } from '../../platform/journal/ledger.ts';
import { encodeManifest, parseManifest, type Manifest } from '../../platform/journal/manifest.ts';
import { checkpoint, checkpointsIn, contentOf, folder, jsonLines, last, messages, set, type Ended } from './support.ts';

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
  function forged(name: string, change: (entry: LedgerEntry) => LedgerEntry | null, beside: LedgerAside = {}): string {
    here.copy('run', name);
    const path = here.file(name, 'ledger.jsonl');
    let position = LEDGER_START;
    let text = '';
    for (const { update, branch, rollbacks, parameters, chains } of jsonLines(path) as unknown as readonly LedgerEntry[]) {
      const entry = change({ update, branch, rollbacks, parameters, chains });
      if (entry === null) continue;
      const line = ledgerLine(position, entry, beside);
      position = line.position;
      text += line.text;
    }
    writeFileSync(path, text);
    return name;
  }

  test('of a good run computes all of it from the seed, finds it equal, changes nothing, and ends with 0', async () => {
    const before = contentOf(here.file('run'));
    const end = await here.run(['verify', 'run']);
    assert.deepEqual(last(end, 'verified'), { kind: 'verified', from: 0, to: 60, equal: true, firstDifference: null, compared: 12, checkpoints: 3, recomputed: 60 });
    assert.deepEqual([end.status, messages(end)], [0, []]);
    assert.deepEqual(contentOf(here.file('run')), before);
  });

  test('says to people from where it computes and what it found', async () => {
    const { status, stdout, stderr } = await here.text(['verify', 'run', '--from', '30', '--to', '50']);
    assert.deepEqual([status, stdout], [0, 'equal: 4 ledger lines and 1 checkpoint from update 30 to 50 were computed again, with the same digests\n']);
    assert.match(stderr, /^Computing 30 updates again, from the checkpoint of update 20 to update 50\.$/m);
  });

  test('of a range begins at the nearest checkpoint before it; a range with nothing in it, beyond the end, or backwards is refused', async () => {
    assert.deepEqual(verified(await here.run(['verify', 'run', '--from', '40'])), [0, 40, 60, true, null, 4, 20]);
    assert.deepEqual(verified(await here.run(['verify', 'run', '--to', '12'])), [0, 0, 12, true, null, 2, 12]);
    for (const [words, message] of [
      [['--from', '60'], 'nothing of run after update 60 can be compared: its ledger and checkpoints go to update 60'],
      [['--from', '70', '--to', '80'], 'nothing of run after update 70 can be compared: its ledger and checkpoints go to update 60'],
      [['--from', '41', '--to', '44'], 'nothing of run from update 41 to 44 can be compared: no line of its ledger and no checkpoint is of these updates'],
      [['--from', '30', '--to', '30'], '--from 30 --to 30 is no range of updates: --to must be larger'],
    ] as const) {
      const refused = await here.run(['verify', 'run', ...words]);
      assert.deepEqual([refused.status, last(refused, 'failed')['code'], last(refused, 'failed')['message']], [2, 'empty-range', message]);
    }
  });

  test('of a range whose end is beyond the run, or of updates that nothing is on record of, says what is not compared', async () => {
    const beyond = await here.run(['verify', 'run', '--from', '40', '--to', '100']);
    assert.deepEqual(messages(beyond), ['--to 100 is beyond what there is to compare: the last update in the ledger and checkpoints is 60']);
    assert.deepEqual(verified(beyond), [0, 40, 60, true, null, 4, 20]);
    const between = await here.run(['verify', 'run', '--from', '40', '--to', '47']);
    assert.deepEqual(messages(between), ['nothing is on record of the updates after 45 up to 47: they are computed again and not compared']);
  });

  test('of a run of another engine names it where digests differ, before anything else', async () => {
    const wrong = forged('other-engine', (entry) => ({ ...entry, parameters: `sha256:${'0'.repeat(64)}` }), { engine: 'wasm/0' });
    const { stdout } = await here.text(['verify', wrong, '--to', '5']);
    assert.match(stdout, /^wasm\/0 computed the run, wasm\/.+ computed it again: DIFFERENT from update 5 on \(branch 0\): the ledger says otherwise\n$/);
    assert.match(String(last(await here.run(['verify', wrong, '--to', '5']), 'verified')['engines']), /^wasm\/0 computed the run/);
    assert.deepEqual(verified(await here.run(['verify', forged('same-bits', (entry) => entry, { engine: 'wasm/0' })])).slice(0, 4), [0, 0, 60, true]);
  });

  test('of a line that was changed by hand finds the chain broken there, and ends with 1', async () => {
    here.copy('run', 'edited');
    const path = here.file('edited', 'ledger.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"update":30', '"update":31'));
    const end = await here.run(['verify', 'edited']);
    assert.equal(messages(end)[0], 'ledger.jsonl, line 6: it was changed: its digest is not that of its entry');
    assert.deepEqual(verified(end), [1, 0, 60, false, 30, 5, 60]);
    assert.deepEqual(verified(await here.run(['verify', 'edited', '--to', '30'])).slice(0, 5), [1, 0, 30, false, 30]);
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

  test('of an interrupted run compares its lines and the checkpoint that it was stopped with, also when a last line is torn', async () => {
    const stopped = await here.run(['train', 'job.yaml', '--out', 'interrupted', ...set('train.updates=3000', 'ledger.every=7', 'evaluate=off')], { kind: 'checkpoint', count: 1, signal: 'SIGINT' });
    const at = last(stopped, 'interrupted')['update'];
    const lines = jsonLines(here.file('interrupted', 'ledger.jsonl'));
    assert.deepEqual(verified(await here.run(['verify', 'interrupted'])), [0, 0, at, true, null, lines.length, at]);
    const resumed = await here.run(['resume', 'interrupted'], { kind: 'checkpoint', count: 2, signal: 'SIGKILL' });
    assert.equal(resumed.status, 'SIGKILL');
    appendFileSync(here.file('interrupted', 'ledger.jsonl'), '{"formatVersion":1,"upd');
    const torn = await here.run(['verify', 'interrupted']);
    assert.match(messages(torn)[0] ?? '', /it has no end: its writer was interrupted$/);
    assert.deepEqual([torn.status, last(torn, 'verified')['equal'], last(torn, 'verified')['checkpoints']], [0, true, checkpointsIn(here.file('interrupted')).length]);
  });

  test('of a range whose nearest checkpoint is damaged names it and begins at the one before', async () => {
    here.copy('run', 'damaged');
    truncateSync(here.file('damaged', checkpoint(40), 'state.bin'), 10);
    const end = await here.run(['verify', 'damaged', '--from', '45']);
    assert.match(messages(end)[0] ?? '', /^damaged\/checkpoints\/00000040\/state\.bin is truncated/);
    assert.deepEqual(verified(end), [0, 45, 60, true, null, 3, 40]);
  });

  test('of a run without a line compares its checkpoints; without those too it says why there is nothing', async () => {
    await here.run(['train', 'job.yaml', '--out', 'short', ...set('train.updates=3', 'evaluate=off')]);
    const end = await here.text(['verify', 'short']);
    assert.deepEqual([end.status, end.stdout], [0, 'equal: 1 checkpoint from update 0 to 3 were computed again, with the same digests\n']);
    rmSync(here.file('short', 'checkpoints'), { recursive: true });
    const nothing = await here.text(['verify', 'short']);
    assert.deepEqual([nothing.status, nothing.stdout], [2, '']);
    assert.match(nothing.stderr, /^error: nothing of short can be compared yet: it has no line in its ledger and no good checkpoint$/m);
    assert.match(nothing.stderr, /^Its ledger has no line, for ledger\.every is 5 and the run has 3 updates; its first checkpoint comes with update 3\. `ebm resume short` goes on\.$/m);
  });

  /** The manifest of a checkpoint rewritten, its own digest too, by someone who knows how. */
  function forgeManifest(run: string, update: number, change: (manifest: Manifest) => Manifest): void {
    const path = here.file(run, checkpoint(update), 'manifest.json');
    const reading = parseManifest(readFileSync(path, 'utf8'));
    assert.equal(reading.kind, 'good');
    writeFileSync(path, encodeManifest(change(reading.manifest)));
  }
  const forgedDigests = ({ digests, ...manifest }: Manifest): Manifest => ({ ...manifest, digests: { parameters: `sha256:${'0'.repeat(64)}`, chains: digests?.chains ?? null } });

  test('covers the updates after the last line by the digests of the last checkpoint', async () => {
    await here.run(['train', 'job.yaml', '--out', 'tail', ...set('train.updates=28', 'evaluate=off')]);
    assert.deepEqual(verified(await here.run(['verify', 'tail'])), [0, 0, 28, true, null, 5, 28]);
    forgeManifest('tail', 28, forgedDigests);
    const end = await here.text(['verify', 'tail', '--from', '20']);
    assert.deepEqual([end.status, end.stdout], [1, 'DIFFERENT from update 28 on (branch 0): the digests in the manifest of its checkpoint say otherwise\n']);
  });

  test('of a ledger without its end finds the first update that is missing, and names the checkpoints that count more lines', async () => {
    for (const [name, lines, update] of [['cut', 2, 15], ['emptied', 0, 5]] as const) {
      here.copy('run', name);
      const path = here.file(name, 'ledger.jsonl');
      writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(0, lines).map((line) => `${line}\n`).join(''));
      if (lines === 0) rmSync(path);
      const end = await here.run(['verify', name]);
      assert.deepEqual(messages(end), [20, 40, 60].map((each) => `${join(name, checkpoint(each))} does not belong to the ledger beside it: it counts ${each / 5} lines of the ledger, `
        + `whose chain holds ${lines}: the end of the ledger is missing, or the checkpoint is of another run`));
      assert.deepEqual(verified(end), [1, 0, 60, false, update, lines, 60]);
    }
    assert.equal((await here.text(['verify', 'cut'])).stdout, 'DIFFERENT from update 15 on (branch 0): the ledger has no line of it\n');
  });

  test('finds a checkpoint of another run, begins before it, and finds digests that are not those of the same line', async () => {
    await here.run(['train', 'job.yaml', '--out', 'other', ...set('seed=8', 'evaluate=off')]);
    here.copy('run', 'mixed');
    rmSync(here.file('mixed', checkpoint(40)), { recursive: true });
    here.copy(join('other', checkpoint(40)), join('mixed', checkpoint(40)));
    const mixed = await here.run(['verify', 'mixed']);
    assert.match(messages(mixed)[0] ?? '', /^mixed\/checkpoints\/00000040 does not belong to the ledger beside it: line 8 of the ledger, up to which it counts, is another one/);
    assert.deepEqual(verified(mixed).slice(0, 5), [1, 0, 60, false, 40]);
    assert.deepEqual(verified(await here.run(['verify', 'mixed', '--from', '45'])), [0, 45, 60, true, null, 3, 40]);
    here.copy('run', 'digests');
    forgeManifest('digests', 40, forgedDigests);
    const digests = await here.run(['verify', 'digests', '--from', '20', '--to', '40']);
    assert.match(messages(digests)[0] ?? '', /its digest of the parameters is not the one in line 8 of the ledger, which is of the same update$/);
    assert.deepEqual(verified(digests).slice(0, 5), [1, 20, 40, false, 40]);
    here.copy('run', 'unlined');
    forgeManifest('unlined', 60, (manifest) => ({ ...manifest, ledger: LEDGER_START }));
    assert.match(messages(await here.run(['verify', 'unlined', '--from', '40']))[0] ?? '', /it counts 0 lines of the ledger, which has 12 up to its update: the checkpoint is of another run$/);
  });
});
