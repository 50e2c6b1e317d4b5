// `ebm resume` as a process: what it does with a run that is finished, that shall be longer, that it must not change, and with
// directories and data that are not what they should be.
import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { ledgerLine } from '../../platform/journal/ledger.ts';
import { LEDGER_START, type LedgerEntry } from '../../platform/journal/journal.ts';
import { assertRefused, bits, blocks, checkpoint, contentOf, csv, folder, jsonLines, kinds, last, messages, ofKind, set, type Ended } from './support.ts';

describe('ebm resume', { concurrency: 2 }, () => {
  const here = folder();
  let trained: Ended;
  before(async () => { trained = await here.run(['train', 'job.yaml', '--out', 'run']); });
  after(() => { here.remove(); });

  /** A copy of the finished run of its own. */
  function copied(name: string): string {
    here.copy('run', name);
    return name;
  }

  test('of a finished run computes and changes nothing, tells how it ended, and ends with 0', async () => {
    const run = copied('finished');
    const before = contentOf(here.file(run));
    const resumed = await here.run(['resume', run]);
    assert.equal(resumed.status, 0);
    assert.deepEqual(kinds(resumed), ['already-finished']);
    assert.deepEqual(last(resumed, 'already-finished'), { ...last(trained, 'finished'), kind: 'already-finished', directory: run });
    assert.deepEqual(contentOf(here.file(run)), before);
    const text = await here.text(['resume', run]);
    assert.match(text.stdout, /^finished has done its 60 updates\. `ebm resume finished --set train\.epochs=N` with a larger N trains longer\.\n$/);
  });

  test('of a run that was killed after its last checkpoint gives it its end: finished with its figures, and the report', async () => {
    await here.run(['train', 'job.yaml', '--out', 'unreported'], { kind: 'checkpoint', count: 3, signal: 'SIGKILL' });
    assert.equal(contentOf(here.file('unreported')).has('report.html'), false);
    const resumed = await here.run(['resume', 'unreported']);
    assert.deepEqual(bits(resumed), bits(trained));
    assert.deepEqual(last(resumed, 'finished')['logPartition'], last(trained, 'finished')['logPartition']);
    assert.ok(readFileSync(here.file('unreported', 'report.html'), 'utf8').includes(String(last(trained, 'finished')['parameters'])));
    last(await here.run(['resume', 'unreported']), 'already-finished');
  });

  test('to more epochs warns that the schedule is another one, goes on from the end, and the whole run can be verified', async () => {
    const run = copied('longer');
    const longer = await here.run(['resume', run, ...set('train.epochs=20')]);
    assert.deepEqual(messages(longer), ['The linear schedule of the learning rate now ends at update 100 instead of 60: from here on the rate is another one, and the run is not the one that 100 updates from the start would have been.']);
    assert.deepEqual([ofKind(longer, 'started')[0]?.['update'], last(longer, 'finished')['updates']], [60, 100]);
    assert.notEqual(last(longer, 'finished')['job'], last(trained, 'finished')['job']);
    const verified = last(await here.run(['verify', run]), 'verified');
    assert.deepEqual([verified['equal'], verified['compared'], verified['to']], [true, 20, 100]);
    // Falling back behind the extension computes the updates of then with the schedule of then.
    for (const update of [60, 80, 100]) writeFileSync(here.file(run, checkpoint(update), 'state.bin'), 'damaged');
    here.copy('run/checkpoints/00000040', `${run}/checkpoints/00000040`);
    const again = await here.run(['resume', run]);
    assert.equal(ofKind(again, 'started')[0]?.['update'], 40);
    assert.deepEqual(bits(again), bits(longer));
    // Without that it cannot be told what they were.
    writeFileSync(here.file(run, 'lengths.json'), '{}');
    await assertRefused(['verify', here.file(run)], 'damaged', /lengths\.json: this is not the list of the lengths that the run has had\. Put the original back/, 1);
  });

  test('to more updates, where the schedule does not depend on it, is the run that it would have been from the start', async () => {
    const constant = ['train', 'job.yaml', ...set('train.optimiser.schedule=constant', 'evaluate=off')];
    const [whole] = await Promise.all([
      here.run([...constant, '--out', 'whole', ...set('train.updates=70')]),
      here.run([...constant, '--out', 'parts', ...set('train.updates=30')]),
    ]);
    const parts = await here.run(['resume', 'parts', ...set('train.updates=70')]);
    assert.deepEqual([messages(parts), bits(parts)], [[], bits(whole)]);
    last(await here.run(['resume', 'parts']), 'already-finished');
  });

  test('to more updates of a killed run drops the ledger lines after its last checkpoint, which another schedule makes others', async () => {
    const killed = await here.run(['train', 'job.yaml', '--out', 'killed', ...set('ledger.every=1')], { kind: 'checkpoint', count: 2, signal: 'SIGKILL' });
    assert.equal(killed.status, 'SIGKILL');
    for (const update of [40, 60]) rmSync(here.file('killed', checkpoint(update)), { recursive: true, force: true });
    assert.ok(jsonLines(here.file('killed', 'ledger.jsonl')).length >= 40);
    const longer = await here.run(['resume', 'killed', ...set('train.updates=70')]);
    assert.equal(longer.status, 0, longer.stdout);
    const verified = await here.run(['verify', 'killed']);
    assert.deepEqual([last(verified, 'verified')['equal'], last(verified, 'verified')['compared']], [true, 70]);
  });

  test('to more updates of a run without a checkpoint is the run of that length from the start, and nothing is warned of', async () => {
    const whole = await here.run(['train', 'job.yaml', '--out', 'seventy', ...set('train.updates=70')]);
    await here.run(['train', 'job.yaml', '--out', 'early'], { kind: 'started', count: 1, signal: 'SIGKILL' });
    for (const update of [20, 40, 60]) rmSync(here.file('early', checkpoint(update)), { recursive: true, force: true });
    const longer = await here.run(['resume', 'early', ...set('train.updates=70')]);
    assert.deepEqual(messages(longer).filter((message) => message.includes('schedule')), []);
    assert.deepEqual([ofKind(longer, 'started')[0]?.['update'], bits(longer)], [0, bits(whole)]);
  });

  test('compares what it computes again with the ledger lines that it cut, and fails where they differ', async () => {
    const run = forgedAt50('differs', {});
    const failed = await here.run(['resume', run]);
    assert.equal(failed.status, 1);
    const { code, message } = last(failed, 'failed');
    assert.equal(code, 'ledger-differs');
    assert.match(String(message), /^line 10 of the ledger was computed again and differs from what was recorded: \{"update":50,/);
  });

  test('names an engine that has changed meanwhile first', async () => {
    const { message } = last(await here.run(['resume', forgedAt50('older', { engine: 'wasm/0' })]), 'failed');
    assert.match(String(message), /^wasm\/0 computed it before, wasm\/.+ does now, and they differ: go on with the ebm that began the run, or start a new one; line 10 of the ledger was computed again/);
  });

  /** A copy without its last checkpoint, whose line of update 50 says something else, with more beside its lines. */
  function forgedAt50(name: string, beside: Readonly<Record<string, string>>): string {
    const run = copied(name);
    const ledger = here.file(run, 'ledger.jsonl');
    const lines = jsonLines(ledger) as unknown as readonly (LedgerEntry & { readonly aside: Readonly<Record<string, string>> })[];
    let position = LEDGER_START;
    const text = lines.map(({ aside, update, branch, rollbacks, parameters, chains }) => {
      const line = ledgerLine(position, { update, branch, rollbacks, parameters: update === 50 ? `sha256:${'0'.repeat(64)}` : parameters, chains }, { ...aside, ...beside });
      position = line.position;
      return line.text;
    });
    writeFileSync(ledger, text.join(''));
    rmSync(here.file(run, checkpoint(60)), { recursive: true });
    return run;
  }

  const MISTAKES: readonly (readonly [what: string, name: string, spoil: (run: string) => void, words: readonly string[], code: string, message: RegExp])[] = [
    ['fewer updates than are done', 'shorter', () => undefined, set('train.updates=40'), 'already-longer', /^the run has done 60 updates, and 40 are asked for$/],
    ['what its updates depend on', 'forbidden', () => undefined, set('model.hidden=7', 'seed=8', 'train.updates=80'), 'job-fixed',
      /^The run tiny has 2 problems:\n {2}model\.hidden \(--set model\.hidden=7\): cannot change once a run has begun.*\n {2}seed \(--set seed=8\): cannot change/],
    ['a field that there is not', 'unknown-field', () => undefined, set('train.epoch=80'), 'job-invalid', /train\.epoch \(--set train\.epoch=80\): no such field.*Did you mean train\.epochs\?/],
    ['a directory without a job', 'no-run', (run) => { rmSync(here.file(run, 'job.json')); }, [], 'not-a-run', /no-run: this is not a run directory: it has no job\.json\. Give the directory that `ebm train` wrote/],
    ['a directory that is not there', 'missing', (run) => { rmSync(here.file(run), { recursive: true }); }, [], 'missing', /missing: there is no such run directory\. There are: (?:\S+\/[a-z-]+(?:, |\.$))+$/],
    ['a file', 'file', (run) => { rmSync(here.file(run), { recursive: true }); writeFileSync(here.file(run), ''); }, [], 'not-a-directory', /file: this is a file, not a run directory/],
    ['a job of a newer format', 'newer', (run) => { edit(here.file(run, 'job.json'), '"formatVersion": 1', '"formatVersion": 2'); }, [], 'newer-format',
      /newer\/job\.json: it has format version 2, this program reads up to 1\. Use a newer ebm-fleet\.$/],
  ];
  for (const [what, name, spoil, words, code, message] of MISTAKES) {
    test(`refuses ${what}, and changes nothing`, async () => {
      const run = copied(name);
      spoil(run);
      const before = name === 'missing' || name === 'file' ? null : contentOf(here.file(run));
      await assertRefused(['resume', here.file(run), ...words], code, message);
      if (before !== null) assert.deepEqual(contentOf(here.file(run)), before);
    });
  }

  test('refuses a job that was changed by hand', async () => {
    const run = copied('edited');
    edit(here.file(run, 'job.json'), '"updates": 60', '"updates": 80');
    await assertRefused(['resume', here.file(run)], 'damaged', /edited\/job\.json: it was changed after the run had started\. Put the original back, or start a new run; to train longer, use `ebm resume/, 1);
  });

  test('refuses data that are no longer those the run began with, with both digests, and data that are gone', async () => {
    const other = folder();
    try {
      await other.run(['train', 'job.yaml', '--out', 'run'], { kind: 'checkpoint', count: 1, signal: 'SIGKILL' });
      const { job } = JSON.parse(readFileSync(other.file('run', 'job.json'), 'utf8')) as { readonly job: { readonly facts: { readonly digest: string } } };
      writeFileSync(other.file('data.csv'), csv(blocks(9)));
      const changed = await other.run(['resume', 'run']);
      assert.equal(changed.status, 2);
      const message = String(last(changed, 'failed')['message']);
      const digests = message.match(/sha256:[0-9a-f]{64}/g) ?? [];
      assert.ok(digests.length === 2 && digests.includes(job.facts.digest) && digests[0] !== digests[1], message);
      const verified = await other.run(['verify', 'run']);
      assert.deepEqual([verified.status, last(verified, 'failed')['code']], [2, 'changed']);
      renameSync(other.file('data.csv'), other.file('gone.csv'));
      const gone = await other.run(['resume', 'run']);
      assert.deepEqual([gone.status, last(gone, 'failed')['code']], [2, 'missing']);
      writeFileSync(other.file('data.csv'), csv(blocks()));
      assert.deepEqual(bits(await other.run(['resume', 'run'])), bits(trained));
    } finally {
      other.remove();
    }
  });
});

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  assert.ok(text.includes(from), `${path} has ${from}`);
  writeFileSync(path, text.replace(from, to));
}
