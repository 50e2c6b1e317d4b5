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
  const annealed = last((await ebm('evaluate', run, '--threads', '2', '--runs', '20', '--betas', '50', '--json')).stdout);
  assert.deepEqual([(annealed['logPartition'] as Line)['kind'], (annealed['logPartition'] as Line)['runs'], (annealed['logPartition'] as Line)['betas']], ['ais', 20, 50]);
  assert.ok(Number.isFinite((annealed['testLogLikelihood'] as Line)['ais']) && annealed['divergence'] === evaluated['divergence']);
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
  const refused = await ebm('transform', run, 'two-moons', '--out', folder.file('means.npy'));
  assert.notEqual(refused.exitCode, 0);
  assert.match(refused.stderr, /energy over real vectors.*no hidden units.*`ebm sample`/s);
});

const bytesAfterHeader = (file: string): ArrayBuffer => new Uint8Array(readFileSync(file)).slice(128).buffer;
const npy = (file: string): Float32Array => new Float32Array(bytesAfterHeader(file));

test('sample draws the same rows again with any threads, from the chains or from noise, by the sampler that is asked for', async () => {
  const draw = async (file: string, ...flags: string[]): Promise<{ readonly rows: Float32Array; readonly told: Line }> => {
    const { exitCode, stdout, stderr } = await ebm('sample', run, '--count', '40', '--steps', '12', '--out', folder.file(file), '--json', ...flags);
    assert.equal(exitCode, 0, stderr);
    return { rows: npy(folder.file(file)), told: last(stdout) };
  };
  const own = await draw('own.npy', '--threads', '1');
  assert.equal(own.rows.length, 80);
  assert.deepEqual([own.told['sampler'], own.told['start'], own.told['stepSize'], own.told['acceptance']], ['ula', 'chains', 0.05, null]);
  assert.deepEqual((await draw('again.npy', '--threads', '3')).rows, own.rows);
  assert.equal((await draw('copies.npy', '--count', '70')).told['start'], 'copies');
  const noise = await draw('noise.npy', '--start', 'noise', '--sampler', 'annealed', '--temperature', '2');
  assert.deepEqual([noise.told['sampler'], noise.told['annealed'], noise.told['start'], noise.told['temperature']], ['ula', true, 'noise', 2]);
  assert.notDeepEqual(noise.rows, own.rows);
  assert.ok(Number((await draw('mala.npy', '--sampler', 'mala', '--step-size', '0.01')).told['acceptance']) > 0.8);
  assert.equal((await ebm('sample', run, '--count', '50', '--steps', '5', '--out', folder.file('points.png'))).exitCode, 0);
  assert.deepEqual([...readFileSync(folder.file('points.png')).subarray(1, 4)], [...Buffer.from('PNG')]);
});

test('a picture of so many points that they hide the density is a mistake, and flags of score models are', async () => {
  const many = await ebm('sample', run, '--count', '100001', '--out', folder.file('many.png'));
  assert.equal(many.exitCode, 2);
  assert.match(many.stderr, /many\.png: 100,001 points hide the density under them\nAsk for at most 100,000, or write an \.npy file\.\n$/);
  const method = await ebm('sample', run, '--method', 'ode', '--out', folder.file('method.npy'));
  assert.deepEqual([method.exitCode, method.stderr], [2, 'error: --method and --seed are for score models\nLeave them out.\n']);
});

test('score gives E of each row, in a file what it prints', async () => {
  writeFileSync(folder.file('rows.csv'), '0,0\n-3,2.5\n40,1\n');
  const printed = await ebm('score', run, folder.file('rows.csv'), '--threads', '1');
  assert.equal(printed.exitCode, 0, printed.stderr);
  assert.equal((await ebm('score', run, folder.file('rows.csv'), '--out', folder.file('energies.npy'))).exitCode, 0);
  const written = new Float64Array(bytesAfterHeader(folder.file('energies.npy')));
  assert.deepEqual(printed.stdout.trim().split('\n').map(Number), [...written]);
  assert.match(printed.stderr, /mean energy .* over 3 rows by update 20 of tiny/);
  assert.equal(new Set(written).size, 3);
});

test('a job without chains is sampled from noise by annealed mala; rows that are no picture have no PNG', async () => {
  writeFileSync(folder.file('wide.csv'), Array.from({ length: 24 }, (_, i) => [i % 5, i % 3, -i / 8].join(',')).join('\n'));
  writeFileSync(folder.file('wide.yaml'), JOB.replace('eight-gaussians', folder.file('wide.csv')).replace(/train: .*/, 'train: { objective: sliced, batch: 8, updates: 4 }').replace(/evaluate: .*/, 'evaluate: { every: 0, logPartition: { kind: ais, runs: 6, betas: 20 } }'));
  const wide = folder.file('wide');
  const trained = last((await ebm('train', folder.file('wide.yaml'), '--out', wide, '--threads', '1', '--workers', '2', '--json')).stdout);
  assert.equal(trained['kind'], 'finished');
  assert.ok(Number.isFinite((trained['logPartition'] as Line)['mean']));
  assert.deepEqual(last((await ebm('evaluate', wide, '--threads', '1', '--json')).stdout)['logPartition'], trained['logPartition'], 'the job asks for annealed runs');
  const drawn = last((await ebm('sample', wide, '--count', '9', '--steps', '20', '--out', folder.file('wide.npy'), '--json')).stdout);
  assert.deepEqual([drawn['sampler'], drawn['annealed'], drawn['start']], ['mala', true, 'noise']);
  assert.equal(npy(folder.file('wide.npy')).length, 27);
  const refused = await ebm('sample', wide, '--out', folder.file('wide.png'));
  assert.equal(refused.exitCode, 2);
  assert.match(refused.stderr, /neither points of a plane nor pictures.*--out samples\.npy/s);
  const chains = await ebm('sample', wide, '--start', 'chains', '--out', folder.file('wide.npy'));
  assert.equal(chains.exitCode, 2);
  assert.match(chains.stderr, /a run by sliced keeps no chains.*--start noise/s);
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
