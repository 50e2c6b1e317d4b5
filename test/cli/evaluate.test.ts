// `ebm evaluate` on small runs: the run's own figures again, exact ones against a sum over all states, flags, and what it says.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { settingsFor } from '../../cli/compose/measure.ts';
import { npzBytes } from '../../cli/export/npz.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import type { PublishedModel } from '../../platform/journal/journal.ts';
import { assertMistake, bars, ebm, ebmJson, pictures, temporaryFolder, TEST_ROWS, trainSmallRun } from '../support/small-run.ts';
import { tinyJob } from '../support/tiny-job.ts';

const folder = temporaryFolder();
let run = '';
before(async () => { run = await trainSmallRun(folder.path); });
after(() => { folder.remove(); });

const NO_FLAGS = { exact: false, runs: null, betas: null, raise: false, reverse: false };

test('what a run measured at its last update is what evaluate measures there', async () => {
  const reader = await readRunDirectory(run);
  const lines: Readonly<Record<string, unknown>>[] = [];
  await reader.metrics((line) => { if (line['kind'] === 'evaluated') lines.push(line); });
  const then = lines.at(-1)!;
  const now = await ebmJson('evaluated', 'evaluate', run);
  assert.equal(now['update'], 60);
  for (const field of ['testLogLikelihood', 'validationLogLikelihood', 'logPartition', 'standardErrors']) assert.deepEqual(now[field], then[field], field);
  assert.deepEqual(Object.keys(now['logPartition'] as object), ['kind', 'mean', 'standardError', 'ess', 'runs', 'betas']);
});

/** log(sum over h of prod over v) of e^-E, and the mean of -F over rows, in plain float64. */
function bruteForce({ weights, visibleBias, hiddenBias, visible, hidden }: PublishedModel, rows: Uint8Array): { readonly logPartition: number; readonly energies: number[] } {
  const terms: number[] = [];
  for (let state = 0; state < 1 << hidden; state += 1) {
    let sum = 0;
    for (let j = 0; j < hidden; j += 1) if ((state >> j) & 1) sum += hiddenBias[j]!;
    for (let i = 0; i < visible; i += 1) {
      let input = visibleBias[i]!;
      for (let j = 0; j < hidden; j += 1) if ((state >> j) & 1) input += weights[i * hidden + j]!;
      sum += Math.log1p(Math.exp(input));
    }
    terms.push(sum);
  }
  const most = Math.max(...terms);
  const logPartition = most + Math.log(terms.reduce((total, term) => total + Math.exp(term - most), 0));
  const energies = Array.from({ length: rows.length / visible }, (_, row) => {
    const v = rows.subarray(row * visible, (row + 1) * visible);
    let negative = 0;
    for (let i = 0; i < visible; i += 1) if (v[i]! > 0) negative += visibleBias[i]!;
    for (let j = 0; j < hidden; j += 1) {
      let input = hiddenBias[j]!;
      for (let i = 0; i < visible; i += 1) if (v[i]! > 0) input += weights[i * hidden + j]!;
      negative += Math.log1p(Math.exp(input));
    }
    return negative;
  });
  return { logPartition, energies };
}

test('--exact is the sum over all states', async () => {
  const { model } = await (await readRunDirectory(run)).model('newest');
  const expected = bruteForce(model, bars(TEST_ROWS, 2));
  const found = await ebmJson('evaluated', 'evaluate', run, '--exact');
  const { kind, mean } = found['logPartition'] as { kind: string; mean: number };
  assert.equal(kind, 'exact');
  assert.ok(Math.abs(mean - expected.logPartition) < 1e-9, `${mean} is not ${expected.logPartition}`);
  const likelihood = expected.energies.reduce((sum, energy) => sum + energy, 0) / TEST_ROWS - expected.logPartition;
  assert.ok(Math.abs((found['testLogLikelihood'] as { exact: number }).exact - likelihood) < 1e-9);
  assert.match((await ebm('evaluate', run, '--exact')).stdout, /^verdict +exact$/m);
});

test('annealing comes near the exact figure, with RAISE and reverse AIS where they are asked for', async () => {
  const exact = (await ebmJson('evaluated', 'evaluate', run, '--exact'))['logPartition'] as { mean: number };
  const found = await ebmJson('evaluated', 'evaluate', run, '--runs', '60', '--betas', '200', '--raise', '--reverse');
  const partition = found['logPartition'] as Record<string, number>;
  assert.deepEqual([partition['runs'], partition['betas']], [60, 200]);
  assert.ok(Math.abs(partition['mean']! - exact.mean) < 5 * partition['standardError']! + 0.01);
  assert.deepEqual(Object.keys(found['testLogLikelihood'] as object), ['ais', 'raise', 'reverse', 'reliable']);
});

test('people are told how far to believe the figure', async () => {
  const { stdout, exitCode } = await ebm('evaluate', run, '--runs', '60', '--betas', '200');
  assert.equal(exitCode, 0);
  assert.match(stdout, /^model +update 60 of bars\ntest +-\d+\.\d\d nats by AIS, the mean of 9 rows \(standard error of their choice \d\.\d\d\)\nlog Z +\d+\.\d\d nats by AIS: 60 runs of 200 temperatures, standard error \d\.\d\d, ESS [\d.]+\nverdict +reliable: [\d.]+ of 60 runs count\./);
  assert.match((await ebm('evaluate', run, '--runs', '1', '--betas', '20')).stdout, /^verdict +UNRELIABLE: only 1\.00 of 1 runs count, .*Try --betas 80 or --raise$/m);
});

test('progress of annealing is seen', async () => {
  const { stdout } = await ebm('evaluate', run, '--json');
  const [first] = stdout.split('\n').map((line) => JSON.parse(line || '{}') as Record<string, unknown>);
  assert.deepEqual([first!['kind'], first!['what'], first!['done'], first!['total'], first!['unit']], ['working', 'AIS', 0, 12, 'runs']);
});

test('flags lie over the job, and the defaults under a job without figures', () => {
  const ais = { kind: 'ais', runs: 7, betas: 50, raise: true, reverse: false } as const;
  const job = tinyJob({ job: { evaluate: { every: 5, logPartition: ais } } });
  assert.deepEqual(settingsFor(job, NO_FLAGS), ais);
  assert.deepEqual(settingsFor(job, { ...NO_FLAGS, betas: 99, reverse: true }), { ...ais, betas: 99, reverse: true });
  assert.deepEqual(settingsFor(job, { ...NO_FLAGS, exact: true }), { kind: 'exact' });
  assert.deepEqual(settingsFor(tinyJob(), NO_FLAGS), { kind: 'ais', runs: 100, betas: 10_000, raise: false, reverse: false });
  const exact = tinyJob({ job: { evaluate: { every: 0, logPartition: { kind: 'exact' } } } });
  assert.deepEqual(settingsFor(exact, NO_FLAGS), { kind: 'exact' });
  assert.deepEqual(settingsFor(exact, { ...NO_FLAGS, runs: 5 }), { kind: 'ais', runs: 5, betas: 10_000, raise: false, reverse: false });
});

test('flags that contradict each other, and layers that are too large to enumerate, are mistakes', async () => {
  await assertMistake(['evaluate', run, '--exact', '--runs', '5'], /^error: --exact visits every state, so --runs, --betas, --raise and --reverse have no meaning with it\nLeave out one or the other\.\n$/);
  const { facts, model } = tinyJob();
  const large = tinyJob({ job: { facts: { ...facts, visible: 784 }, model: { ...model, hidden: 500 } } });
  assert.throws(() => settingsFor(large, { ...NO_FLAGS, exact: true }), { code: 'too-many-units', exitCode: 2, message: 'log Z of 784 visible and 500 hidden units cannot be enumerated: exact needs a layer of at most 20 units' });
});

test('data without a test set leave the likelihood of held-out rows, and say so', async () => {
  const other = temporaryFolder();
  const untested = await trainSmallRun(other.path, { withoutTest: true, data: ', validation: 8', evaluate: 'off' });
  const { exitCode, stdout, stderr } = await ebm('evaluate', untested, '--runs', '10', '--betas', '30', '--raise');
  assert.equal(exitCode, 0);
  assert.match(stdout, /^test +the data has no test set; data\.validation in a job holds rows out\nvalidation +-\d+\.\d\d nats by AIS, the mean of 8 rows$/m);
  assert.match(stderr, /RAISE and reverse AIS start from rows of a test set, and the data has none: they are left out/);
  const record = await ebmJson('evaluated', 'evaluate', untested, '--exact');
  assert.deepEqual([record['testLogLikelihood'], record['standardErrors']], [null, null]);
  other.remove();
});

test('data that have changed since are refused; another test set is remarked on', async () => {
  const other = temporaryFolder();
  const moved = await trainSmallRun(other.path);
  writeFileSync(other.file('bars.npz'), npzBytes(new Map([['x_train', pictures(40, 1)], ['x_test', pictures(5, 2)]])));
  assert.match((await ebm('evaluate', moved, '--exact')).stderr, /the test set has 5 rows, and had 9 when the run began/);
  writeFileSync(other.file('bars.npz'), npzBytes(new Map([['x_train', pictures(40, 8)]])));
  await assertMistake(['evaluate', moved, '--exact'], /bars\.npz: the data have changed since the run began/);
  other.remove();
});

