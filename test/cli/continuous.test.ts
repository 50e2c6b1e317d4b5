// A continuous run by its commands: the same bits for any threads and workers, after an interruption's resume, and for `ebm verify`; its commands.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ebm, temporaryFolder } from '../support/small-run.ts';
import { decodeSafetensors } from '../../platform/journal/safetensors.ts';

const folder = temporaryFolder();
after(folder.remove);
const JOB = `name: tiny
data: { source: eight-gaussians }
model: { kind: energy, energy: { kind: mlp, layers: [8] } }
train: { objective: pcd, batch: 16, microbatch: 4, chains: 64, steps: 2, updates: 20, sampler: { stepSize: 0.05 }, start: { kind: normal }, optimiser: { kind: adam, learningRate: 0.001 }, average: 0.9 }
evaluate: { every: 10, logPartition: { kind: quadrature, points: 40 } }
checkpoint: { every: 10 }
ledger: { every: 5 }
`;
const job = folder.file('tiny.yaml');
const run = folder.file('run');

type Line = Readonly<Record<string, unknown>>;
const last = (text: string): Line => JSON.parse(text.trim().split('\n').at(-1)!) as Line;
const bitsOf = ({ parameters, chains, ledger }: Line): readonly unknown[] => [parameters, chains, ledger];
let expected: readonly unknown[] = [];

before(async () => {
  writeFileSync(job, JOB);
  const trained = last((await ebm('train', job, '--out', run, '--threads', '1', '--json')).stdout);
  assert.equal(trained['kind'], 'finished');
  expected = bitsOf(trained);
});

test('threads and workers make no difference to the bits', async () => {
  assert.deepEqual(bitsOf(last((await ebm('train', job, '--out', folder.file('others'), '--threads', '2', '--workers', '3', '--json')).stdout)), expected);
});

test('a shorter run that is made longer ends with the same bits, and verify finds every line equal', async () => {
  const short = folder.file('short');
  await ebm('train', job, '--out', short, '--threads', '1', '--set', 'train.updates=10', '--set', 'train.optimiser.schedule=constant', '--json');
  const longer = bitsOf(last((await ebm('resume', short, '--threads', '2', '--set', 'train.updates=20', '--json')).stdout));
  const whole = bitsOf(last((await ebm('train', job, '--out', folder.file('whole'), '--threads', '1', '--set', 'train.optimiser.schedule=constant', '--json')).stdout));
  assert.deepEqual(longer, whole);
  assert.equal(last((await ebm('verify', run, '--threads', '1', '--json')).stdout)['equal'], true);
});

test('evaluate measures by quadrature what the run had measured, and the distance from the data\'s density', async () => {
  const evaluated = last((await ebm('evaluate', run, '--threads', '1', '--json')).stdout);
  const recorded = last((await ebm('inspect', run, '--json')).stdout);
  assert.equal((evaluated['logPartition'] as Line)['kind'], 'quadrature');
  assert.ok(JSON.stringify(recorded).includes(JSON.stringify((evaluated['logPartition'] as Line)['mean'])), 'the same log Z');
  assert.ok(Number(evaluated['divergence']) > 0);
  const refused = await ebm('evaluate', run, '--raise');
  assert.equal(refused.exitCode, 2);
  assert.match(refused.stderr, /figures of Boltzmann machines/);
});

test('export writes every tensor by name; commands for Boltzmann machines refuse with a sentence', async () => {
  const file = join(folder.path, 'model.safetensors');
  assert.equal((await ebm('export', run, '--format', 'safetensors', '--out', file)).exitCode, 0);
  const { tensors, metadata } = decodeSafetensors(new Uint8Array(readFileSync(file)));
  assert.deepEqual([...tensors.keys()].sort(), ['dense_00/bias', 'dense_00/weights', 'output/bias', 'output/weights']);
  assert.deepEqual(tensors.get('dense_00/weights')?.shape, [2, 8]);
  assert.equal(metadata.get('model'), 'energy');
  const refused = await ebm('sample', run, '--count', '4', '--out', folder.file('samples.png'));
  assert.notEqual(refused.exitCode, 0);
  assert.match(refused.stderr, /energy over real vectors.*`ebm evaluate`/s);
});

test('noise at another temperature is warned of in events, metrics and report, and figures are of the density at it', async () => {
  const hot = folder.file('hot');
  const { stdout } = await ebm('train', job, '--out', hot, '--threads', '1', '--set', 'train.updates=2', '--set', 'train.sampler.noise=0.2', '--set', 'evaluate.every=2', '--json');
  const events = stdout.trim().split('\n').map((line) => JSON.parse(line) as Line);
  assert.deepEqual(events.slice(0, 2).map(({ kind }) => kind), ['started', 'warning']);
  assert.match(String(events[1]!['message']), /temperature 0\.4/);
  const warned = readFileSync(join(hot, 'metrics.jsonl'), 'utf8').split('\n').filter((line) => line.includes('"warning"'));
  assert.ok(warned.length === 1 && warned[0]!.includes('temperature 0.4'));
  assert.ok(readFileSync(join(hot, 'report.html'), 'utf8').includes('Chains are sampled at temperature 0.4'));
  const evaluated = last((await ebm('evaluate', hot, '--threads', '1', '--json')).stdout);
  assert.ok(Math.abs(Number(evaluated['temperature']) - 0.4) < 1e-12);
  const recorded = events.find(({ kind }) => kind === 'evaluated');
  assert.deepEqual(evaluated['logPartition'], recorded!['logPartition']);
});
