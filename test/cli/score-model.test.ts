// Score models by their commands: log p of rows is that of a density, what evaluate says of held-out rows is what score says of each, and what they refuse.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { npyBytes } from '../../cli/export/npy.ts';
import { npzBytes } from '../../cli/export/npz.ts';
import { planarRows } from '../../ebm/continuous/datasets.ts';
import { gridPoints } from '../../ebm/continuous/quadrature.ts';
import { decodeSafetensors } from '../../platform/journal/safetensors.ts';
import { assertMistake, ebm, ebmJson, pictures, readNpy, temporaryFolder, TEST_ROWS, trainSmallRun } from '../support/small-run.ts';

const folder = temporaryFolder();
after(folder.remove);
const PLANAR = `name: tiny-score
data: { source: eight-gaussians }
model: { kind: score, network: { kind: mlp, layers: [8], features: 4 }, noise: { kind: ve, sigmaMin: 0.1, sigmaMax: 8 }, dataDeviation: 2 }
train: { batch: 256, microbatch: 256, updates: 30, optimiser: { kind: adam, learningRate: 0.01 } }
evaluate: off
checkpoint: { every: 10 }
ledger: { every: 5 }
resources: { engine: reference }
`;
const PICTURES = `name: bars-score
data: { source: bars.npz }
model: { kind: score, network: { kind: conv, channels: [3, 4], strides: [1, 2], features: 4 }, noise: { kind: vp }, dataDeviation: 0.5 }
train: { batch: 16, updates: 4 }
evaluate: off
resources: { engine: reference }
`;
type Line = Readonly<Record<string, unknown>>;
const bitsOf = ({ parameters, ledger }: Line): readonly unknown[] => [parameters, ledger];
const [planar, wide] = [folder.file('planar'), folder.file('wide')];
const float64 = (file: string): Float64Array => new Float64Array(readNpy(readFileSync(folder.file(file))).bytes.buffer);

before(async () => {
  writeFileSync(folder.file('planar.yaml'), PLANAR);
  writeFileSync(folder.file('bars.npz'), npzBytes(new Map([['x_train', pictures(40, 1)], ['x_test', pictures(TEST_ROWS, 2)]])));
  writeFileSync(folder.file('wide.yaml'), PICTURES);
  for (const name of ['planar', 'wide']) assert.equal((await ebm('train', folder.file(`${name}.yaml`), '--out', folder.file(name))).exitCode, 0);
});

test('log p of all places of the plane adds up to 1', async () => {
  const grid = { low: -12, high: 12, side: 40 };
  writeFileSync(folder.file('grid.npy'), npyBytes({ shape: [grid.side ** 2, 2], values: gridPoints(grid) }));
  const told = await ebmJson('scored', 'score', planar, folder.file('grid.npy'), '--steps', '10', '--out', folder.file('logs.npy'));
  assert.equal(told['rows'], grid.side ** 2);
  const mass = float64('logs.npy').reduce((sum, log) => sum + Math.exp(log), 0) * ((grid.high - grid.low) / grid.side) ** 2;
  assert.ok(Math.abs(mass - 1) < 0.002, `${mass}`);
});

test('evaluate tells the mean of what score tells of each held-out row, and how far it is from the data', async () => {
  const rows = planarRows('eight-gaussians', { from: 10_000, to: 10_300 }); // the test set's first
  writeFileSync(folder.file('held.npy'), npyBytes({ shape: [300, 2], values: rows }));
  const { stdout, stderr } = await ebm('score', planar, folder.file('held.npy'), '--steps', '16');
  const logs = stdout.trim().split('\n').map(Number);
  assert.match(stderr, /mean log-likelihood -\d\.\d\d nats over 300 rows by update 30 of tiny-score \(higher is likelier\)\n$/);
  const told = await ebmJson('evaluated', 'evaluate', planar, '--rows', '300', '--steps', '16');
  const mean = logs.reduce((sum, log) => sum + log, 0) / 300;
  const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / 299);
  assert.ok(Math.abs((told['testLogLikelihood'] as { ode: number }).ode - mean) < 1e-12);
  assert.ok(Math.abs(Number(told['standardError']) - deviation / Math.sqrt(300)) < 1e-12);
  assert.deepEqual([told['rows'], told['steps'], told['projections'], told['bitsPerDimension'], told['validationLogLikelihood']], [300, 16, null, null, null]);
  assert.ok(Math.abs(Number(told['halfStepsDifference'])) < 0.01 && Number(told['divergence']) > 0 && Number(told['divergenceError']) > 0);
  assert.ok(Number(told['priorShortfall']) > 0 && Number(told['priorShortfall']) < 0.1);
  assert.match((await ebm('evaluate', planar, '--rows', '20', '--steps', '4')).stdout,
    /^model +update 30 of tiny-score\ntest +-\d\.\d\d nats by the probability flow, the mean of the first 20 rows \(standard error [\d.]+\)\nKL +[\d.]+ nats .*\nflow +4 steps \(half of them differ by -?[\d.e-]+ nats\), divergence exact\nstart /);
});

test('pictures have bits a number, of rows spread over their levels', async () => {
  const told = await ebmJson('evaluated', 'evaluate', wide, '--steps', '3');
  assert.deepEqual([told['rows'], told['projections']], [TEST_ROWS, 1]);
  const likelihood = (told['testLogLikelihood'] as { ode: number }).ode;
  assert.ok(Math.abs(Number(told['bitsPerDimension']) - (Math.log(255) - likelihood / 30) / Math.LN2) < 1e-12);
  const printed = async (...flags: string[]): Promise<readonly string[]> => (await ebm('score', wide, folder.file('bars.npz'), '--test', '--steps', '3', ...flags)).stdout.trim().split('\n');
  const all = await printed();
  assert.deepEqual([all.length, new Set(all).size], [TEST_ROWS, TEST_ROWS]);
  assert.notDeepEqual(await printed('--projections', '2'), all);
});

test('a run that stops on the way and is resumed ends with the bits of one that was not disturbed; verify finds each line again', async () => {
  const whole = await ebmJson('finished', 'train', folder.file('planar.yaml'), '--out', folder.file('whole'), '--set', 'train.optimiser.schedule=constant');
  await ebmJson('finished', 'train', folder.file('planar.yaml'), '--out', folder.file('part'), '--set', 'train.optimiser.schedule=constant', '--set', 'train.updates=20');
  const resumed = await ebmJson('finished', 'resume', folder.file('part'), '--set', 'train.updates=30');
  assert.deepEqual(bitsOf(resumed), bitsOf(whole));
  const { equal, to } = await ebmJson('verified', 'verify', planar);
  assert.deepEqual([equal, to], [true, 30]);
});

test('export writes every tensor of the network by name', async () => {
  const file = folder.file('model.safetensors');
  assert.equal((await ebm('export', wide, '--format', 'safetensors', '--out', file)).exitCode, 0);
  const { tensors, metadata } = decodeSafetensors(new Uint8Array(readFileSync(file)));
  const layers = ['conv_00', 'conv_01', 'up_01'].flatMap((name) => [`${name}/bias`, `${name}/kernel`, `${name}/noise`]);
  assert.deepEqual([...tensors.keys()].sort(), [...layers, 'output/bias', 'output/kernel'].sort());
  assert.deepEqual([tensors.get('conv_00/kernel')?.shape, tensors.get('conv_00/noise')?.shape, metadata.get('model')], [[3, 3, 1, 3], [4, 3], 'score']);
});

test('a strip shows each sample from its start to what it is, of score models and of energies', async () => {
  const size = async (name: string, ...words: string[]): Promise<readonly number[]> => {
    assert.equal((await ebm('sample', ...words, '--strip', '--out', folder.file(name))).exitCode, 0);
    const png = readFileSync(folder.file(name));
    return [png.readUInt32BE(16), png.readUInt32BE(20)];
  };
  // Ten pictures of 5 x 6 beside each other, and three lines of them, enlarged as far as 600 pixels go, with borders of 2.
  const expected = [10 * (5 * 12 + 2) + 2, 3 * (6 * 12 + 2) + 2];
  for (const method of ['ode', 'annealed']) assert.deepEqual(await size(`${method}.png`, wide, '--count', '3', '--method', method, '--steps', '20'), expected);
  assert.notDeepEqual(readFileSync(folder.file('ode.png')), readFileSync(folder.file('annealed.png')));
  writeFileSync(folder.file('energy.yaml'), PICTURES.replace(/model: .*/, 'model: { kind: energy, energy: { kind: conv, channels: [2], strides: [2] } }').replace('updates: 4', 'updates: 2, objective: denoising'));
  assert.equal((await ebm('train', folder.file('energy.yaml'), '--out', folder.file('energy'))).exitCode, 0);
  assert.deepEqual(await size('energy.png', folder.file('energy'), '--count', '3', '--steps', '25'), expected);
  assert.deepEqual(await size('short.png', wide, '--count', '3', '--steps', '2'), [3 * (5 * 16 + 2) + 2, 3 * (6 * 16 + 2) + 2]);
  await assertMistake(['sample', planar, '--strip', '--out', folder.file('strip.png')], /rows of two numbers are points/);
  await assertMistake(['sample', wide, '--strip', '--out', folder.file('strip.npy')], /a strip is a picture/);
});

test('reports of pictures show how samples came from noise, those of points do not, and both say what measures the likelihood', () => {
  const [ofPictures, ofPoints] = [wide, planar].map((run) => readFileSync(`${run}/report.html`, 'utf8'));
  assert.match(ofPictures!, /<section id="strip"><h2>From noise<\/h2><figure class="picture"><img src="data:image\/png;base64,.*From noise, left, to samples, right: 25 steps of the flow/s);
  assert.doesNotMatch(ofPoints!, /id="strip"/);
  for (const page of [ofPictures!, ofPoints!]) assert.match(page, /The test log-likelihood was not measured: that of a score model is measured by <code>ebm evaluate<\/code>\./);
});

test('flags of other models are mistakes with a remedy, and so are its own on other models', async () => {
  await assertMistake(['evaluate', planar, '--betas', '100'], /this run is a score model.*--rows, --steps and --projections/s);
  writeFileSync(folder.file('untested.npz'), npzBytes(new Map([['x_train', pictures(40, 1)]])));
  writeFileSync(folder.file('untested.yaml'), PICTURES.replace('bars.npz', 'untested.npz').replace('updates: 4', 'updates: 1'));
  assert.equal((await ebm('train', folder.file('untested.yaml'), '--out', folder.file('untested'))).exitCode, 0);
  await assertMistake(['evaluate', folder.file('untested')], /^error: the data has no test set and the job holds no rows out, so there is nothing to measure\nMeasure other rows by ebm score DIR DATA; /);
  const boltzmann = await trainSmallRun(folder.path);
  await assertMistake(['evaluate', boltzmann, '--rows', '5'], /of the likelihood of score models, and this run is none/);
  await assertMistake(['score', boltzmann, folder.file('bars.npz'), '--projections', '5'], /of the likelihood of score models, and this run is none/);
});
