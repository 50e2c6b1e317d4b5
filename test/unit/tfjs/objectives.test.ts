// The gradient of each objective against finite differences of its own loss, for each energy, on the cpu backend; the loss of some against formulas.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { noiseDistribution } from '../../../ebm/continuous/contrast.ts';
import { layoutOf } from '../../../ebm/continuous/layout.ts';
import { sizeOf, type EnergySettings, type ObjectiveSettings } from '../../../ebm/continuous/model.ts';
import { energyModel } from '../../../engine/tfjs/energies.ts';
import { gradientsOf, valuesOf, type Tensor } from '../../../engine/tfjs/library.ts';
import { openPlainNoise } from '../../../engine/tfjs/noise.ts';
import { contrastiveTerm, dataTerm } from '../../../engine/tfjs/objectives.ts';
import type { DataRows, Term } from '../../../engine/tfjs/terms.ts';
import { seeded } from '../../support/seeded.ts';

const SHAPE = [2, 2, 1];
const SIZE = 4;
const ROWS = 3;
const ENERGIES: readonly EnergySettings[] = [
  { kind: 'mlp', layers: [4, 3], activation: 'swish' },
  { kind: 'mlp', layers: [4], activation: 'tanh' },
  { kind: 'mlp', layers: [4], activation: 'elu' },
  { kind: 'conv', channels: [2, 2, 2], strides: [1, 2, 1], residual: true, activation: 'softplus' },
  { kind: 'quadratic' },
  { kind: 'gaussian-mixture', components: 2 },
];
const CONTRAST = {
  kind: 'pcd', sampler: { kind: 'ula', stepSize: 0.1, noise: null, temperature: 1, leapfrogs: 1, clip: null, bounds: null },
  steps: 1, slots: 8, restart: 0, start: { kind: 'normal', deviation: 1 }, energyPenalty: 0.3,
} as const;
const OBJECTIVES: readonly ObjectiveSettings[] = [
  CONTRAST,
  { ...CONTRAST, gradientPenalty: 0.7 },
  { kind: 'nce', ratio: 2 },
  { kind: 'explicit', trace: 'exact', projections: 1 },
  { kind: 'explicit', trace: 'hutchinson', projections: 2 },
  { kind: 'denoising', sigmas: [0.2, 0.7] },
  { kind: 'sliced', projections: 2 },
];

before(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
  tf.engine().startScope();
});
after(() => { tf.engine().endScope(); });

const uniform = seeded(9);
const data: DataRows = {
  values: Float32Array.from({ length: ROWS * SIZE }, () => 2 * uniform() - 1), offsets: Uint32Array.of(3, 4, 5), size: SIZE, seed: 1, branch: 0, update: 2,
};

interface Scene { readonly names: readonly string[]; readonly tensors: readonly Tensor[]; readonly term: Term; readonly watched: Map<string, number> }

function sceneOf(energy: EnergySettings, objective: ObjectiveSettings, sign: 1 | -1 = 1): Scene {
  const random = seeded(4);
  const layout = layoutOf({ energy, objective }, SHAPE);
  const context = { tf, model: energyModel(tf, energy, SHAPE), openNoise: openPlainNoise, batch: 6 };
  const noise = noiseDistribution({ rows: ROWS, values: data.values }, SIZE);
  return {
    names: layout.map(({ name }) => name),
    tensors: layout.map(({ name, shape }) => {
      const values = Float32Array.from({ length: sizeOf(shape) }, () => 1.6 * random() - 0.8);
      return tf.tensor('activation' in energy && energy.activation === 'elu' ? fromKink(name, values) : values, [...shape]);
    }),
    term: sign === 1 ? dataTerm(context, objective, data, noise) : contrastiveTerm(context, data.values, { sign, penalty: 0.3, name: 'modelEnergy' }, SIZE),
    watched: new Map<string, number>(),
  };
}

/** elu's second derivative jumps at 0: small weights and large biases of both signs keep what enters it away from there, where differences mean nothing. */
function fromKink(name: string, values: Float32Array): Float32Array {
  return values.map((value, i) => (name.endsWith('/bias') ? (i % 2 === 0 ? 2 : -2) + 0.5 * value : 0.25 * value));
}

function lossAt({ names, term, watched }: Scene, tensors: readonly Tensor[]): Tensor {
  return term(Object.fromEntries(names.map((name, i) => [name, tensors[i]!])), (name, rows) => {
    watched.set(name, valuesOf(rows).reduce((sum, value) => sum + value, 0));
  });
}

function assertGradient(scene: Scene): void {
  const { names, tensors } = scene;
  const { gradients } = gradientsOf(tf, () => lossAt(scene, tensors), tensors);
  const scale = Math.sqrt(gradients.reduce((sum, gradient) => sum + (gradient === null ? 0 : valuesOf(gradient.square().sum())[0]!), 0));
  assert.ok(scale > 1e-3, 'a gradient');
  const random = seeded(6);
  for (const [i, name] of names.entries()) {
    const direction = tf.tensor(Float32Array.from({ length: tensors[i]!.size }, () => 2 * random() - 1), tensors[i]!.shape);
    const at = (by: number): number => valuesOf(lossAt(scene, tensors.map((tensor, j) => (i === j ? tensor.add(direction.mul(by)) : tensor))))[0]!;
    const step = 2 ** -6;
    const expected = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
    const found = gradients[i] === null ? 0 : valuesOf(gradients[i]!.mul(direction).sum())[0]!;
    assert.ok(Math.abs(found - expected) < 5e-4 * (scale + 0.1), `${name}: ${found}, differences say ${expected} (norm ${scale})`);
  }
}

for (const energy of ENERGIES) {
  for (const objective of OBJECTIVES) {
    const what = `${energy.kind}${'activation' in energy ? ` ${energy.activation}` : ''}, ${objective.kind}${'trace' in objective ? ` ${objective.trace}` : ''}${'gradientPenalty' in objective ? ' with a gradient penalty' : ''}`;
    test(`${what}: the gradient is that of the loss`, () => { assertGradient(sceneOf(energy, objective)); });
  }
  test(`${energy.kind}: the gradient of model rows is that of their share of the loss`, () => { assertGradient(sceneOf(energy, CONTRAST, -1)); });
}

const STANDARD: EnergySettings = { kind: 'quadratic' };

/** The standard normal: L = 1, mean 0. */
function standard(objective: ObjectiveSettings): Scene {
  const scene = sceneOf(STANDARD, objective);
  return { ...scene, tensors: scene.tensors.map((tensor) => tf.zerosLike(tensor)) };
}

const squares = data.values.reduce((sum, value) => sum + value * value, 0);

test('of the standard normal: energies, and score matching by every estimate of a trace that is the same in all directions', () => {
  for (const objective of OBJECTIVES.filter(({ kind }) => kind === 'explicit' || kind === 'sliced')) {
    const scene = standard(objective);
    const loss = valuesOf(lossAt(scene, scene.tensors))[0]!;
    assert.ok(Math.abs(loss - (0.5 * squares - ROWS * SIZE) / 6) < 1e-6, `${objective.kind}: ${loss}`);
    assert.ok(Math.abs(scene.watched.get('dataEnergy')! - 0.5 * squares) < 1e-5);
    assert.ok(Math.abs(scene.watched.get('loss')! - 6 * loss) < 1e-5);
  }
});

test('a contrastive share is (sign sum E + alpha sum E^2) / batch', () => {
  const scene = standard(CONTRAST);
  const energies = Array.from({ length: ROWS }, (_, row) => data.values.subarray(row * SIZE, (row + 1) * SIZE).reduce((sum, value) => sum + value * value / 2, 0));
  const expected = energies.reduce((sum, energy) => sum + energy + 0.3 * energy * energy, 0) / 6;
  assert.ok(Math.abs(valuesOf(lossAt(scene, scene.tensors))[0]! - expected) < 1e-6);
});

test('a gradient penalty adds lambda sum |grad E|^2 / batch over the data rows, which of the standard normal is that of their squares', () => {
  const [plain, penalised] = [0, 0.7].map((gradientPenalty) => {
    const scene = standard({ ...CONTRAST, gradientPenalty });
    return valuesOf(lossAt(scene, scene.tensors))[0]!;
  });
  assert.ok(Math.abs(penalised! - plain! - (0.7 * squares) / 6) < 1e-6);
});

test('noise contrast: where model and noise are the same normal, data and noise cannot be told apart', () => {
  const objective: ObjectiveSettings = { kind: 'nce', ratio: 1 };
  const { mean, deviation } = noiseDistribution({ rows: ROWS, values: data.values }, SIZE);
  const scene = sceneOf(STANDARD, objective);
  const logPartition = deviation.reduce((sum, value) => sum + Math.log(value) + 0.5 * Math.log(2 * Math.PI), 0);
  const values: Record<string, Tensor> = { mean: tf.tensor1d(Float32Array.from(mean)), log_diagonal: tf.tensor1d(Float32Array.from(deviation, (value) => -Math.log(value))), lower: tf.zeros([6]), log_partition: tf.scalar(logPartition) };
  const loss = valuesOf(lossAt(scene, scene.names.map((name) => values[name]!)))[0]!;
  assert.ok(Math.abs(loss - (2 * Math.LN2 * ROWS) / 6) < 1e-5, String(loss));
});
