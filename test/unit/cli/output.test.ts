import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FinishedEvent, RunEvent } from '../../../cli/terminal/events.ts';
import { failureOf, UsageError } from '../../../cli/terminal/failure.ts';
import { jsonLine } from '../../../cli/terminal/output.ts';
import { jsonLines, keptOutput } from './support.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const FINISHED: FinishedEvent = {
  kind: 'finished', job: digest('1'), updates: 6_000, epochs: 10, parameters: digest('2'), chains: digest('3'), ledger: digest('4'), branch: 0, rollbacks: 0,
  residentBytesMax: 210e6, engine: 'wasm/1', samplesPerSecond: 36_123, seconds: 16.61,
  testLogLikelihood: { ais: -87.104, raise: -89.31, reliable: true },
  logPartition: { kind: 'ais', mean: 400.123, standardError: 0.12, ess: 64.2, runs: 100, betas: 10_000 },
};
const EVENTS: readonly RunEvent[] = [
  { kind: 'started', job: digest('1'), name: 'tiny', directory: 'runs/tiny-1', update: 0, updates: 6_000, rows: 60_000, visible: 784, hidden: 500, engine: 'wasm/1', threads: 2, workers: 1 },
  { kind: 'progress', update: 600, updates: 6_000, epoch: 1, energyGap: Infinity, updatesPerSecond: 361, samplesPerSecond: 36_100, secondsLeft: 15 },
  { kind: 'evaluated', update: 600, seconds: 2, validationLogLikelihood: { ais: -109.25, reliable: false }, standardErrors: null, testLogLikelihood: { ais: -110.5, reliable: false }, logPartition: { kind: 'ais', mean: 1, standardError: 0.5, ess: 3, runs: 100, betas: 300 } },
  { kind: 'checkpoint', update: 600, path: 'runs/tiny-1/checkpoints/00000600' },
  { kind: 'rollback', from: 700, to: 600, branch: 1, learningRate: 0.025, reason: 'weight-out-of-grid' },
  { kind: 'returned', from: 650, to: 600, worker: 'w-2' },
  { kind: 'quarantined', worker: 'w-2', reason: 'another digest than its class' },
  { kind: 'interrupted', update: 701, signal: 'SIGINT', path: 'runs/tiny-1/checkpoints/00000701' },
];

test('with --json each event is one line of JSON whose numbers are finite or null', () => {
  const { output, stdout, stderr } = keptOutput(true);
  for (const event of [...EVENTS, FINISHED]) output.event(event);
  const lines = jsonLines(stdout.text());
  assert.deepEqual(lines.map((line) => line['kind']), ['started', 'progress', 'evaluated', 'checkpoint', 'rollback', 'returned', 'quarantined', 'interrupted', 'finished']);
  assert.equal(lines[1]?.['energyGap'], null);
  assert.deepEqual(lines[8], JSON.parse(JSON.stringify(FINISHED)));
  assert.equal(stderr.text(), '');
});

test('typed arrays become plain arrays, NaN null', () => {
  assert.equal(jsonLine({ kind: 'x', values: new Float32Array([1, 0.5]), deep: { bad: NaN } }), '{"kind":"x","values":[1,0.5],"deep":{"bad":null}}\n');
});

test('for people progress goes to stderr and the result to stdout', () => {
  const { output, stdout, stderr } = keptOutput(false);
  for (const event of EVENTS) output.event(event);
  assert.equal(stdout.text(), '');
  assert.deepEqual(stderr.text().trimEnd().split('\n'), [
    'tiny: 784 x 500 units, 60,000 rows, 6,000 updates',
    'on wasm/1 with 2 threads, into runs/tiny-1',
    'training  10%  update 600 of 6,000  epoch 1.00  15 s left  361 updates/s  36.1k samples/s  gap -',
    'update 600: test log-likelihood -110.50 nats by AIS (standard error 0.50, ESS 3.00 of 100: UNRELIABLE) (validation -109.25)',
    'checkpoint at update 600: runs/tiny-1/checkpoints/00000600',
    'warning: diverged at update 700 (weight-out-of-grid); back to update 600 on branch 1 with learning rate 0.025',
    'warning: a result of w-2 was wrong: from update 650 back to update 600, computing again',
    'warning: w-2 gets no more work: another digest than its class',
    'interrupted by SIGINT at update 701; saved in runs/tiny-1/checkpoints/00000701, `ebm resume` goes on from there',
  ]);
  output.event(FINISHED);
  assert.match(stdout.text(), /^done {8}6,000 updates, 10\.0 epochs in 17 s, 36\.1k samples\/s, 210 MB resident\nfigure {6}test log-likelihood -87\.10 nats by AIS \(standard error 0\.12, ESS 64\.2 of 100\), -89\.31 by RAISE\n/);
  for (const letter of ['1', '2', '3', '4']) assert.ok(stdout.text().includes(digest(letter)));
});

test('a run of cd says that it keeps no chains, and exact figures have no error bar', () => {
  const { output, stdout } = keptOutput(false);
  output.event({ ...FINISHED, chains: null, testLogLikelihood: { exact: -142.6 }, logPartition: { kind: 'exact', mean: 310.2 } });
  assert.match(stdout.text(), /figure {6}test log-likelihood -142\.60 nats \(exact\)\n/);
  assert.match(stdout.text(), /chains {6}none are kept\n/);
});

test('the bar shows the last log-likelihood that was measured', () => {
  const { output, stderr } = keptOutput(false, true);
  output.event(EVENTS[2]!);
  output.event({ kind: 'progress', update: 601, updates: 6_000, epoch: 1, energyGap: null, updatesPerSecond: null, samplesPerSecond: null, secondsLeft: 3 });
  assert.match(stderr.text(), /ll -110\.50$/);
});

test('tables are objects with --json and columns without', () => {
  const rows = [{ record: { kind: 'engine', name: 'wasm' }, cells: ['wasm'] }];
  const machine = keptOutput(true);
  machine.output.table([{ title: 'engine' }], rows, 'none');
  assert.equal(machine.stdout.text(), '{"kind":"engine","name":"wasm"}\n');
  const person = keptOutput(false);
  person.output.table([{ title: 'engine' }], rows, 'none');
  person.output.table([{ title: 'engine' }], [], 'no engines');
  assert.equal(person.stdout.text(), 'ENGINE\nwasm\nno engines\n');
});

test('remarks, pictures and warnings do not disturb the lines of a machine', () => {
  const { output, stdout } = keptOutput(true);
  output.note('psst');
  output.say('a picture');
  output.warn('mind');
  assert.deepEqual(jsonLines(stdout.text()), [{ kind: 'warning', message: 'mind' }]);
});

test('with --json a failure has the advice that people read on its second line', () => {
  const { output, stdout } = keptOutput(true);
  output.fail(failureOf(new UsageError('too-late', 'it is too late', 'Come earlier.')));
  assert.deepEqual(jsonLines(stdout.text()), [{ kind: 'failed', code: 'too-late', message: 'it is too late', advice: 'Come earlier.', update: null }]);
});

test('a failure that the run has told already is not told twice', () => {
  const { output, stdout } = keptOutput(true);
  output.event({ kind: 'failed', code: 'diverged', message: 'gone', update: 3 });
  output.fail(failureOf(new Error('gone')));
  assert.equal(jsonLines(stdout.text()).length, 1);
});
