// A run whose energy is a module of the user's, by its commands: the same bits for any threads, workers and interruption; the text in the run is what
// is computed with, whatever became of its file; and what is wrong with a module is told before there is a run directory.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { decodeSafetensors } from '../../platform/journal/safetensors.ts';
import { ebm, temporaryFolder } from '../support/small-run.ts';
import { THROWING } from '../support/throwing-energy.ts';

const folder = temporaryFolder();
after(folder.remove);
const job = folder.file('user-energy.yaml');
const module = folder.file('user-energy.ts');
const run = folder.file('run');
const SHORT = ['updates=6', 'batch=32', 'microbatch=8'].flatMap((setting) => ['--set', `train.${setting}`]).concat('--set', 'checkpoint.every=3', '--set', 'ledger.every=3');

type Line = Readonly<Record<string, unknown>>;
const last = (text: string): Line => JSON.parse(text.trim().split('\n').at(-1)!) as Line;
const bitsOf = ({ job: digest, parameters, ledger }: Line): readonly unknown[] => [digest, parameters, ledger];
let expected: readonly unknown[] = [];

before(async () => {
  copyFileSync('examples/user-energy.yaml', job);
  copyFileSync('examples/user-energy.ts', module);
  const trained = last((await ebm('train', job, '--out', run, ...SHORT, '--threads', '1', '--json')).stdout);
  assert.equal(trained['kind'], 'finished');
  expected = bitsOf(trained);
});

test('threads, workers and the place of the module make no difference to the bits', async () => {
  copyFileSync(module, folder.file('moved.ts'));
  const trained = await ebm('train', job, '--out', folder.file('others'), ...SHORT, '--set', 'model.energy.path=moved.ts', '--threads', '2', '--workers', '3', '--json');
  assert.deepEqual(bitsOf(last(trained.stdout)), expected);
});

test('a run goes on, is verified, evaluated and exported by the text that it was begun with, though the file has changed or is gone', async () => {
  const short = folder.file('short');
  const constant = ['--set', 'train.optimiser.schedule=constant'];
  const whole = last((await ebm('train', job, '--out', folder.file('whole'), ...SHORT, ...constant, '--threads', '1', '--json')).stdout);
  await ebm('train', job, '--out', short, ...SHORT, ...constant, '--set', 'train.updates=3', '--threads', '1', '--json');
  writeFileSync(module, readFileSync(module, 'utf8').replace('0.5),', '0.25),'));
  assert.deepEqual(bitsOf(last((await ebm('resume', short, '--set', 'train.updates=6', '--threads', '1', '--json')).stdout)), bitsOf(whole));
  const changed = last((await ebm('train', job, '--out', folder.file('changed'), ...SHORT, '--threads', '1', '--json')).stdout);
  assert.notEqual(changed['job'], expected[0], 'another text is another job');
  rmSync(module);
  assert.equal(last((await ebm('verify', run, '--threads', '1', '--json')).stdout)['equal'], true);
  const evaluated = last((await ebm('evaluate', run, '--threads', '1', '--json')).stdout);
  assert.equal((evaluated['logPartition'] as Line)['kind'], 'quadrature');
  const file = folder.file('model.safetensors');
  assert.equal((await ebm('export', run, '--format', 'safetensors', '--out', file)).exitCode, 0);
  assert.deepEqual([...decodeSafetensors(new Uint8Array(readFileSync(file))).tensors.keys()].sort(), ['hidden_bias', 'log_scale', 'mean', 'weights']);
});

test('the job in the report is whole: it trains the same model without the file', async () => {
  const report = readFileSync(`${run}/report.html`, 'utf8');
  assert.match(report, /model\.energy\.compiled\.digest/);
  const stored = (JSON.parse(readFileSync(`${run}/job.json`, 'utf8')) as { job: Record<string, unknown> }).job;
  const { facts, ...document } = { ...stored, train: { ...stored['train'] as Line, epochs: undefined } } as Line;
  assert.ok(facts !== undefined);
  writeFileSync(folder.file('printed.json'), JSON.stringify(document, (_, value: unknown) => value ?? undefined));
  assert.deepEqual(bitsOf(last((await ebm('train', folder.file('printed.json'), '--out', folder.file('printed'), '--threads', '1', '--json')).stdout)), expected);
});

test('an energy that throws while it trains ends the run with the module and the place, and what was saved stays', async () => {
  const throwing = folder.file('throwing');
  writeFileSync(module, THROWING);
  const failed = await ebm('train', job, '--out', throwing, ...SHORT, '--set', 'checkpoint.every=1', '--threads', '1', '--workers', '2', '--json');
  assert.equal(failed.exitCode, 1, failed.stderr);
  const { kind, code, message, update } = last(failed.stdout);
  assert.deepEqual([kind, code], ['failed', 'unit-failed']);
  assert.match(String(message), /user-energy\.ts:9:27: enough$/);
  assert.ok(Number(update) < 6);
  assert.match((await ebm('inspect', throwing)).stdout, /failed at update \d+: worker w-\d: .*user-energy\.ts:9:27: enough/);
  copyFileSync('examples/user-energy.ts', module);
});

test('what is wrong with a module is told with its place, and nothing is left behind', async () => {
  const text = readFileSync('examples/user-energy.ts', 'utf8');
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['ops.softplus(', 'ops.softPlus(', /user-energy\.ts:18:24: Property 'softPlus' does not exist on type 'EnergyOperations'\. Did you mean 'softplus'\?/],
    ["import { defineEnergy } from 'ebm-fleet';", "import { defineEnergy } from 'ebm-fleet';\nimport { readFileSync } from 'node:fs';", /user-energy\.ts:4:1: a module may import ebm-fleet alone/],
    ['weights: { shape: [VISIBLE,', 'weights: { shape: [3,', /user-energy\.ts:18:45: matMul of \[512, 2\] by \[3, 64\]/],
    ['log_scale: { shape: [] },', 'log_scale: { shape: [] },\n    idle: { shape: [] },', /does not depend on the parameter idle/],
  ];
  for (const [from, to, message] of wrong) {
    assert.ok(text.includes(from), from);
    writeFileSync(module, text.replace(from, to));
    const refused = await ebm('train', job, '--out', folder.file('refused'));
    assert.equal(refused.exitCode, 2, refused.stderr);
    assert.match(refused.stderr, message);
    assert.ok(!existsSync(folder.file('refused')));
  }
  rmSync(module);
  assert.match((await ebm('explain', job)).stderr, /user-energy\.ts: there is no such file/);
});
