// Energies and losses of the reference engine written out a second time, by formulas of their own: for a Gaussian all losses are closed forms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noiseDistribution, noiseLogDensities, noiseRows } from '../../../ebm/continuous/contrast.ts';
import { firstStates, restartStates } from '../../../ebm/continuous/chains.ts';
import { initialParameters, layoutOf, tensorOf } from '../../../ebm/continuous/layout.ts';
import { sizeOf, type EnergySettings, type ObjectiveSettings } from '../../../ebm/continuous/model.ts';
import { fillNormals, fillSigns, fillUniforms } from '../../../ebm/continuous/noise.ts';
import { deriveKey } from '../../../ebm/random/address.ts';
import { samplesIn } from '../../../ebm/random/permutation.ts';
import { PURPOSES } from '../../../ebm/random/purposes.ts';
import type { ContinuousProblem } from '../../../engine/continuous.ts';
import { openContinuousReference } from '../../../engine/reference/continuous.ts';
import { ENERGIES, normalRows, problemOf, unitOf, valuesOf } from '../../support/continuous.ts';

const UPDATE = 3;

function parametersOf(problem: ContinuousProblem): Float32Array {
  const start = initialParameters(problem.seed, problem, problem.shape);
  const noise = normalRows(1, start.length, 4);
  return start.map((value, i) => value + 0.3 * noise[i]!);
}

async function energyAt(problem: ContinuousProblem, parameters: Float32Array, x: Float32Array): Promise<number> {
  const session = await openContinuousReference().load(problem);
  return (await session.energies(parameters, { rows: 1, values: x }))[0]!;
}

/** Observed sums of an update over its whole batch. */
async function observed(problem: ContinuousProblem, parameters: Float32Array): Promise<number[]> {
  const session = await openContinuousReference().load(problem);
  const { observed: sums } = await session.evaluate(unitOf(problem, UPDATE), parameters, { slots: new Uint32Array(0), states: new Float32Array(0) });
  return valuesOf(sums, 20);
}

interface Gaussian { readonly mean: readonly number[]; readonly precision: readonly (readonly number[])[] }

function gaussianOf(problem: ContinuousProblem, parameters: Float32Array): Gaussian {
  const layout = layoutOf(problem, problem.shape);
  const [mean, log, lower] = ['mean', 'log_diagonal', 'lower'].map((name) => [...tensorOf(layout, parameters, name)]);
  const root = [[Math.exp(log![0]!), 0, 0], [lower![0]!, Math.exp(log![1]!), 0], [lower![1]!, lower![2]!, Math.exp(log![2]!)]];
  return { mean: mean!, precision: root.map((row) => root.map((other) => row.reduce((sum, value, k) => sum + value * other[k]!, 0))) };
}

const times = (matrix: Gaussian['precision'], v: readonly number[]): number[] => matrix.map((row) => row.reduce((sum, value, j) => sum + value * v[j]!, 0));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const slopeAt = ({ mean, precision }: Gaussian, x: readonly number[]): number[] => times(precision, x.map((value, i) => value - mean[i]!));
const energyOfGaussian = (gaussian: Gaussian, x: readonly number[]): number => 0.5 * dot(slopeAt(gaussian, x), x.map((value, i) => value - gaussian.mean[i]!));

function quadratic(objective: ObjectiveSettings): { readonly problem: ContinuousProblem; readonly parameters: Float32Array; readonly gaussian: Gaussian; readonly rows: number[][] } {
  const problem = problemOf({ ...ENERGIES['quadratic']!, objective });
  const parameters = parametersOf(problem);
  const from = UPDATE * problem.batch;
  const rows = samplesIn(problem.seed, 20, { from, to: from + problem.batch }).map(({ row }) => [...problem.data!.values.subarray(3 * row, 3 * row + 3)]);
  return { problem, parameters, gaussian: gaussianOf(problem, parameters), rows };
}

const KEY = deriveKey(5, PURPOSES.dataNoise, 1);
const addressOf = (offset: number, numbers: number, halfStep: number): Parameters<typeof fillNormals>[1] => ({ ids: { from: offset, to: offset + 1 }, numbers, halfStep, word3: UPDATE });

test('sliced and hutchinson: 1/2 |s|^2 - mean of v^T P v with the signs of half-steps 2 and 3', async () => {
  for (const objective of [{ kind: 'sliced', projections: 2 }, { kind: 'explicit', trace: 'hutchinson', projections: 2 }] as const) {
    const { problem, parameters, gaussian, rows } = quadratic(objective);
    const expected = rows.reduce((sum, x, offset) => {
      const slope = slopeAt(gaussian, x);
      const curvature = [2, 3].reduce((total, halfStep) => {
        const signs = new Float32Array(3);
        fillSigns(KEY, addressOf(offset, 3, halfStep), signs);
        return total + dot([...signs], times(gaussian.precision, [...signs]));
      }, 0);
      return sum + 0.5 * dot(slope, slope) - curvature / 2;
    }, 0);
    const [loss, energy] = await observed(problem, parameters);
    assert.ok(Math.abs(loss! - expected) < 1e-5, `${loss} is not ${expected}`);
    assert.ok(Math.abs(energy! - rows.reduce((sum, x) => sum + energyOfGaussian(gaussian, x), 0)) < 1e-5);
  }
});

test('denoising: sigma^2 / 2 |z / sigma - P (x + sigma z - mean)|^2 with the sigma of half-step 1', async () => {
  const sigmas = [0.25, 0.5, 1];
  const { problem, parameters, gaussian, rows } = quadratic({ kind: 'denoising', sigmas });
  const seen = new Set<number>();
  const expected = rows.reduce((sum, x, offset) => {
    const [normals, uniform] = [new Float32Array(3), new Float64Array(1)];
    fillNormals(KEY, addressOf(offset, 3, 0), normals);
    fillUniforms(KEY, addressOf(offset, 1, 1), uniform);
    const sigma = sigmas[Math.floor(3 * uniform[0]!)]!;
    seen.add(sigma);
    const rest = slopeAt(gaussian, x.map((value, i) => value + sigma * normals[i]!)).map((slope, i) => normals[i]! / sigma - slope);
    return sum + 0.5 * sigma * sigma * dot(rest, rest);
  }, 0);
  const [loss] = await observed(problem, parameters);
  assert.ok(seen.size > 1 && Math.abs(loss! - expected) < 1e-5, `${loss} is not ${expected}`);
});

test('nce: logistic losses of data against noise rows, log Z as a parameter', async () => {
  const { problem, parameters, gaussian, rows } = quadratic({ kind: 'nce', ratio: 2 });
  const noise = noiseDistribution(problem.data!, 3);
  const logPartition = tensorOf(layoutOf(problem, problem.shape), parameters, 'log_partition')[0]!;
  const logitOf = (x: readonly number[]): number => -energyOfGaussian(gaussian, x) - logPartition - noiseLogDensities(noise, Float32Array.from(x))[0]! - Math.log(2);
  let [expected, noiseEnergy] = [0, 0];
  rows.forEach((x, offset) => {
    expected += Math.log1p(Math.exp(-logitOf(x)));
    for (const r of [0, 1]) {
      const y = [...noiseRows(KEY, noise, { from: offset, to: offset + 1, update: UPDATE }, r)];
      expected += Math.log1p(Math.exp(logitOf(y)));
      noiseEnergy += energyOfGaussian(gaussian, y);
    }
  });
  const [loss, , energy] = await observed(problem, parameters);
  assert.ok(Math.abs(loss! - expected) < 1e-5 && Math.abs(energy! - noiseEnergy) < 1e-5, `${loss} is not ${expected}`);
});

test('the noise has the mean and the population deviation of the data, at least 0.001, and its own density', () => {
  const noise = noiseDistribution({ rows: 4, values: Float32Array.of(1, 7, 2, 7, 3, 7, 6, 7) }, 2);
  assert.deepEqual([...noise.mean], [3, 7]);
  assert.deepEqual([...noise.deviation], [Math.sqrt(3.5), 1e-3]);
  const [density] = noiseLogDensities({ mean: Float64Array.of(1, 0), deviation: Float64Array.of(2, 0.5) }, Float32Array.of(3, 1));
  assert.ok(Math.abs(density! - (-0.5 - 2 - Math.log(2 * Math.PI))) < 1e-12);
  const normals = new Float32Array(2);
  fillNormals(KEY, addressOf(4, 2, 16 + 3), normals);
  assert.deepEqual([...noiseRows(KEY, noise, { from: 4, to: 5, update: UPDATE }, 3)], [Math.fround(3 + Math.sqrt(3.5) * normals[0]!), Math.fround(7 + 1e-3 * normals[1]!)]);
});

test('a mixture, and a convolution with stride, padding and residual, are what their definitions say', async () => {
  const mixture = problemOf({ ...ENERGIES['mixture']!, objective: { kind: 'sliced', projections: 1 } });
  const values = parametersOf(mixture);
  const [logits, logScales, means] = ['logits', 'log_scales', 'means'].map((name) => tensorOf(layoutOf(mixture, [2]), values, name));
  const x = Float32Array.of(0.5, -1.25);
  const terms = [0, 1, 2].map((k) => {
    const distance = (x[0]! - means![2 * k]!) ** 2 + (x[1]! - means![2 * k + 1]!) ** 2;
    return Math.exp(logits![k]! - 0.5 * distance / Math.exp(2 * logScales![k]!) - 2 * logScales![k]!);
  });
  assert.ok(Math.abs(await energyAt(mixture, values, x) + Math.log(terms.reduce((a, b) => a + b))) < 1e-9);

  const energy: EnergySettings = { kind: 'conv', channels: [2, 2, 3], strides: [2, 1, 2], residual: true, activation: 'tanh' };
  for (const shape of [[5, 4, 2], [3, 6, 1]]) {
    const problem = problemOf({ energy, shape, objective: { kind: 'sliced', projections: 1 } });
    const parameters = parametersOf(problem);
    const image = normalRows(1, sizeOf(shape), 12);
    const expected = slowConvolution(problem, parameters, image);
    assert.ok(Math.abs(await energyAt(problem, parameters, image) - expected) < 1e-9, shape.join(' x '));
  }
});

/** TensorFlow's "same" padding: in all (out - 1) stride + 3 - length, half of it above and left, rounded down. */
function slowConvolution(problem: ContinuousProblem, parameters: Float32Array, image: Float32Array): number {
  const { energy } = problem;
  if (energy.kind !== 'conv') throw new TypeError('not a convolution');
  const layout = layoutOf(problem, problem.shape);
  let [height, width, channels] = problem.shape as [number, number, number];
  let h = [...image];
  energy.channels.forEach((out, layer) => {
    const [kernel, bias] = ['kernel', 'bias'].map((part) => tensorOf(layout, parameters, `conv_0${layer}/${part}`));
    const stride = energy.strides[layer]!;
    const [lines, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
    const [top, left] = [Math.floor(Math.max(0, (lines - 1) * stride + 3 - height) / 2), Math.floor(Math.max(0, (columns - 1) * stride + 3 - width) / 2)];
    const next: number[] = [];
    for (let i = 0; i < lines; i += 1) for (let j = 0; j < columns; j += 1) for (let o = 0; o < out; o += 1) {
      let sum = bias![o]!;
      for (let a = 0; a < 3; a += 1) for (let b = 0; b < 3; b += 1) for (let c = 0; c < channels; c += 1) {
        const [y, x] = [i * stride + a - top, j * stride + b - left];
        if (y >= 0 && y < height && x >= 0 && x < width) sum += h[(y * width + x) * channels + c]! * kernel![((a * 3 + b) * channels + c) * out + o]!;
      }
      next.push(Math.tanh(sum) + (stride === 1 && out === channels ? h[(i * width + j) * channels + o]! : 0));
    }
    [h, height, width, channels] = [next, lines, columns, out];
  });
  const [weights, bias] = ['weights', 'bias'].map((part) => tensorOf(layout, parameters, `output/${part}`));
  return h.reduce((sum, value, i) => sum + value * weights![i]!, bias![0]!);
}

test('restarts: a slot whose number is below the share starts anew, by its own address, and the others stay', () => {
  const start = { kind: 'uniform', low: -3, high: 5 } as const;
  const slots = Uint32Array.from({ length: 200 }, (_, i) => 3 * i);
  const states = firstStates(5, slots, { start, size: 2 });
  assert.ok(states.every((x) => x >= -3 && x < 5));
  assert.deepEqual(firstStates(5, slots.subarray(7, 8), { start, size: 2 }), states.slice(14, 16));
  const after = states.slice();
  const count = restartStates({ seed: 5, branch: 1, update: UPDATE }, { start, share: 0.1, size: 2 }, slots, after);
  const uniforms = new Float64Array(200);
  fillUniforms(deriveKey(5, PURPOSES.restart, 1), { ids: slots, numbers: 1, halfStep: 0, word3: UPDATE }, uniforms);
  uniforms.forEach((uniform, i) => { assert.equal(after[2 * i] !== states[2 * i], uniform < 0.1); });
  assert.equal(count, uniforms.filter((uniform) => uniform < 0.1).length);
  assert.ok(count > 5 && count < 40);
  const alone = states.slice(0, 2);
  const first = uniforms.findIndex((uniform) => uniform < 0.1);
  restartStates({ seed: 5, branch: 1, update: UPDATE }, { start, share: 0.1, size: 2 }, slots.subarray(first, first + 1), alone);
  assert.deepEqual(alone, after.slice(2 * first, 2 * first + 2));
  const normal = firstStates(5, { from: 0, to: 2000 }, { start: { kind: 'normal', deviation: 3 }, size: 1 });
  const variance = normal.reduce((sum, x) => sum + x * x, 0) / 2000;
  assert.ok(Math.abs(variance / 9 - 1) < 4.5 * Math.sqrt(2 / 2000)); // false alarm 7e-6
});
