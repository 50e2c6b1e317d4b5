// Stopping `ebm train` as a process: softly by one signal, at once by two, and by SIGKILL at any instant; `ebm resume` then ends with
// the bits of a run that nothing disturbed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bits, checkpoint, checkpointsIn, ended, folder, kinds, last, ofKind, said, set, started, type AtLine, type Ended } from './support.ts';

/** Six checkpoints: each waits until the one before is written, so none of these runs is over before a signal was heard. */
const LONG = set('train.updates=120', 'evaluate=off');

/** What had been saved when the process ended is where a resumed run begins; it ends as if nothing had been. */
function assertGoesOn(resumed: Ended, from: number, undisturbed: Ended): void {
  assert.equal(resumed.status, 0, `${resumed.stdout}${resumed.stderr}`);
  assert.equal(resumed.lines[0]?.['update'], from);
  assert.deepEqual(bits(resumed), bits(undisturbed));
}

describe('a run that is stopped', { concurrency: 2 }, () => {
  const here = folder();
  let undisturbed: Ended;
  before(async () => { undisturbed = await here.run(['train', 'job.yaml', '--out', 'undisturbed', ...LONG]); });
  after(() => { here.remove(); });

  for (const [signal, exitCode, at, words] of [['SIGINT', 130, 'checkpoint', ['--workers', '3', '--threads', '2']], ['SIGTERM', 143, 'started', set('resources.engine=reference')]] as const) {
    test(`by ${signal} once finishes its update, saves it, exits with ${exitCode}, and goes on with the same bits`, async () => {
      const run = here.file(signal);
      const stopped = await here.run(['train', 'job.yaml', '--out', signal, ...LONG], { kind: at, count: 1, signal });
      assert.equal(stopped.status, exitCode);
      const { update, ...line } = last(stopped, 'interrupted');
      assert.deepEqual(line, { kind: 'interrupted', signal, path: join(signal, checkpoint(Number(update))) });
      assert.equal(checkpointsIn(run).at(-1), update);
      assert.ok(Number(update) < 120, 'it was stopped before its end');
      assert.ok(readdirSync(run).includes('report.html'), 'what there is so far is reported');
      assertGoesOn(await here.run(['resume', signal, ...words]), Number(update), undisturbed);
    });
  }

  test('by a reader that goes away, as in `ebm train ... | head`, saves its update, exits with 141, and goes on with the same bits', async () => {
    const child = started(['train', 'job.yaml', '--out', 'unread', ...LONG, '--threads', '1', '--json'], { cwd: here.path });
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    assert.deepEqual(await once(child, 'exit'), [141, null]);
    const newest = checkpointsIn(here.file('unread')).at(-1) ?? 0;
    assert.ok(newest < 120, 'it was stopped before its end');
    assertGoesOn(await here.run(['resume', 'unread']), newest, undisturbed);
  });

  test('is not one whose remarks nobody reads', async () => {
    const child = started(['train', 'job.yaml', '--out', 'unremarked', ...LONG, '--threads', '1'], { cwd: here.path });
    child.stderr!.destroy();
    assert.equal((await ended(child)).status, 0);
    const { parameters, chains, ledger } = last(await here.run(['resume', 'unremarked']), 'already-finished');
    assert.deepEqual({ updates: 120, parameters, chains, ledger }, bits(undisturbed));
  });

  const INSTANTS: readonly AtLine[] = [
    { kind: 'started', count: 1 }, { kind: 'checkpoint', count: 1 }, { kind: 'progress', count: 1 }, { kind: 'checkpoint', count: 6 },
  ];
  for (const at of INSTANTS) {
    test(`by SIGKILL after its ${at.kind} line ${at.count} loses what came after the last checkpoint, and nothing else`, async () => {
      const name = `killed-${at.kind}-${at.count}`;
      const killed = await here.run(['train', 'job.yaml', '--out', name, ...LONG], { ...at, signal: 'SIGKILL' });
      assert.equal(killed.status, 'SIGKILL');
      const saved = Number(ofKind(killed, 'checkpoint').at(-1)?.['update'] ?? 0);
      // One that was complete on disk and not yet told of may have come after it.
      const newest = checkpointsIn(here.file(name)).at(-1) ?? 0;
      assert.ok(newest === saved || newest === saved + 20, `${newest} after ${saved}`);
      assert.ok(readdirSync(here.file(name)).includes('.lock.1'), 'its lock is still there');
      assertGoesOn(await here.run(['resume', name]), newest, undisturbed);
    });
  }

  test('twice in its life, by SIGINT and by SIGKILL, ends with the same bits', async () => {
    await here.run(['train', 'job.yaml', '--out', 'twice', ...LONG], { kind: 'checkpoint', count: 1, signal: 'SIGINT' });
    const killed = await here.run(['resume', 'twice'], { kind: 'checkpoint', count: 1, signal: 'SIGKILL' });
    assert.equal(killed.status, 'SIGKILL');
    const newest = checkpointsIn(here.file('twice')).at(-1) ?? 0;
    assertGoesOn(await here.run(['resume', 'twice']), newest, undisturbed);
  });
});

describe('a killed run', { concurrency: 2 }, () => {
  const here = folder();
  after(() => { here.remove(); });

  for (const [what, changes] of [
    ['with all that a state can hold', ['data.binarise=stochastic', 'train.staleness=1', 'train.average=0.9', 'train.optimiser={ kind: adam, learningRate: 0.01, warmup: 5, weightDecay: 0.001 }', 'train.chains=7']],
    ['by contrastive divergence, which keeps no chains', ['train.objective=cd', 'train.steps=2', 'train.optimiser.momentum=0.5']],
  ] as const) {
    test(`${what}, goes on with the same bits`, async () => {
      const name = String(changes.length);
      const job = ['train', 'job.yaml', ...LONG, ...set(...changes)];
      const [undisturbed] = await Promise.all([
        here.run([...job, '--out', `${name}-undisturbed`]),
        here.run([...job, '--out', name], { kind: 'checkpoint', count: 2, signal: 'SIGKILL' }),
      ]);
      const newest = checkpointsIn(here.file(name)).at(-1) ?? 0;
      assertGoesOn(await here.run(['resume', name]), newest, undisturbed);
      assert.equal(last(undisturbed, 'finished')['chains'] === null, changes.length === 3);
    });
  }
});

describe('a stop while figures are measured', () => {
  const here = folder();
  after(() => { here.remove(); });

  test('leaves them out, and they are measured when the run goes on', async () => {
    // The first update is followed by figures that take a while: the signal comes before they are there.
    const job = ['train', 'job.yaml', ...set('train.updates=2', 'evaluate.every=1', 'evaluate.logPartition={ kind: ais, runs: 10, betas: 5000 }')];
    const stopped = await here.run([...job, '--out', 'run'], { kind: 'started', count: 1, signal: 'SIGINT' });
    assert.equal(stopped.status, 130);
    assert.ok(Number(last(stopped, 'interrupted')['update']) <= 1);
    assert.ok(!kinds(stopped).includes('evaluated'));
    const resumed = await here.run(['resume', 'run']);
    assert.deepEqual(ofKind(resumed, 'evaluated').map(({ update }) => update), [1, 2]);
    last(resumed, 'finished');
  });
});

/** The one update takes minutes: it cannot be over before the second signal. */
const MINUTES = ['train', 'job.yaml', '--threads', '1', ...set('model.hidden=512', 'train.steps=10000', 'train.chains=2048', 'train.updates=1', 'evaluate=off')];

describe('a second signal', () => {
  const here = folder();
  after(() => { here.remove(); });

  test('ends a process at once whose update takes long, and leaves a run that goes on', async () => {
    const child = started([...MINUTES, '--out', 'run'], { cwd: here.path });
    const end = ended(child);
    await said(child, 'stderr', /^on wasm/m);
    child.kill('SIGTERM');
    await said(child, 'stderr', /SIGTERM: finishing what is under way; once more to stop at once/);
    child.kill('SIGINT');
    const { status, stdout, stderr } = await end;
    assert.deepEqual([status, stdout], [130, '']);
    assert.doesNotMatch(stderr, /interrupted/);
    const refused = await here.run(['resume', 'run', ...set('train.steps=1')]);
    assert.match(String(last(refused, 'failed')['message']), /train\.steps/, 'the run is there, and its lock is no obstacle');
  });

  test('with --json still has a last line, which says where the run stood', async () => {
    const child = started([...MINUTES, '--out', 'told', '--json'], { cwd: here.path });
    const end = ended(child);
    await said(child, 'stdout', /"kind":"started"/);
    child.kill('SIGTERM');
    child.kill('SIGINT'); // which of two pending ones is delivered first is the kernel's choice
    const { signal, ...rest } = last(await end, 'interrupted');
    assert.deepEqual(rest, { kind: 'interrupted', update: 0, path: null });
    assert.match(String(signal), /^SIG(INT|TERM)$/);
  });
});
