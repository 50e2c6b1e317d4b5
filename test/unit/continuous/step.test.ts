// The optimiser's step: it goes down the loss, decays matrices alone, averages, clips, constrains, and says where it diverged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spectralNorm } from '../../../ebm/continuous/spectral.ts';
import { applyFloatStep, createFloatState, euclideanNorm, type FloatStepRules } from '../../../ebm/continuous/step.ts';
import { addValues, createSums, type Int64Sums } from '../../../ebm/continuous/sums.ts';
import type { ParameterLayout } from '../../../ebm/continuous/model.ts';
import type { OptimiserSettings } from '../../../ebm/job.ts';

const f = Math.fround;
const SGD: OptimiserSettings = { kind: 'sgd', learningRate: 0.1, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const ADAM: OptimiserSettings = { ...SGD, kind: 'adam' };
const RULES: FloatStepRules = { optimiser: SGD, average: 0, exponent: 40, gradientNormMax: null, spectral: null };
const LAYOUT: ParameterLayout = [{ name: 'bias', shape: [2], from: 0, to: 2 }, { name: 'weights', shape: [2, 1], from: 2, to: 4 }];
const START = Float32Array.of(1, -1, 0.5, 2);
const GRADIENT = [0.25, -1, 3, 0.125];

function sums(values: readonly number[]): Int64Sums {
  const total = createSums(values.length);
  addValues(total, Float64Array.from(values), { at: 0, exponent: 40, parts: 4 });
  return total;
}

function after(rules: FloatStepRules, gradients: readonly (readonly number[])[]): { readonly parameters: Float32Array; readonly average: Float32Array | null } {
  const state = createFloatState(rules, START);
  gradients.forEach((gradient, update) => {
    assert.deepEqual(applyFloatStep(rules, { layout: LAYOUT, state }, sums(gradient), { update, learningRate: f(0.1) }), { kind: 'applied' });
  });
  return state;
}

test('plain SGD goes down the loss by rate times gradient', () => {
  assert.deepEqual([...after(RULES, [GRADIENT]).parameters], GRADIENT.map((gradient, i) => f(START[i]! + f(f(0.1) * -gradient))));
});

test('momentum and decay, which matrices alone have', () => {
  const { parameters } = after({ ...RULES, optimiser: { ...SGD, momentum: 0.5, weightDecay: 0.01 } }, [GRADIENT, GRADIENT]);
  START.forEach((start, i) => {
    let [value, momentum] = [start, 0];
    for (let step = 0; step < 2; step += 1) {
      momentum = 0.5 * momentum + GRADIENT[i]! + (i >= 2 ? 0.01 * value : 0);
      value -= 0.1 * momentum;
    }
    assert.ok(Math.abs(parameters[i]! - value) < 1e-6, `${i}: ${parameters[i]} is not ${value}`);
  });
});

test('three steps of Adam with decoupled decay against a calculation by hand in float64', () => {
  const gradients = [[1, -2, 0.5, 0.25], [0.5, 2, 0.5, -1], [-3, 0.125, 0.5, 4]];
  const { parameters } = after({ ...RULES, optimiser: { ...ADAM, weightDecay: 0.02 } }, gradients);
  START.forEach((start, i) => {
    let [value, mean, square] = [start, 0, 0];
    gradients.forEach((gradient, t) => {
      mean = 0.9 * mean + 0.1 * gradient[i]!;
      square = 0.999 * square + 0.001 * gradient[i]! ** 2;
      value -= (0.1 * (mean / (1 - 0.9 ** (t + 1)))) / (Math.sqrt(square / (1 - 0.999 ** (t + 1))) + 1e-8) + (i >= 2 ? 0.1 * 0.02 * value : 0);
    });
    assert.ok(Math.abs(parameters[i]! - value) < 2e-6, `${i}: ${parameters[i]} is not ${value}`);
  });
});

test('the average follows docs/adr/0001, step 9', () => {
  const { parameters, average } = after({ ...RULES, average: 0.999 }, [GRADIENT]);
  const share = f(1 - 0.1);
  assert.deepEqual([...average!], [...parameters].map((value, i) => f(START[i]! + f(share * f(value - START[i]!)))));
});

test('a gradient beyond the largest norm is scaled to it, others are left alone', () => {
  const norm = Math.sqrt(GRADIENT.reduce((sum, g) => sum + g * g, 0));
  const { parameters } = after({ ...RULES, gradientNormMax: 1 }, [GRADIENT]);
  const move = parameters.map((value, i) => value - START[i]!);
  assert.ok(Math.abs(euclideanNorm(move) - 0.1) < 1e-6);
  assert.ok(Math.abs(move[2]! + 0.1 * 3 / norm) < 1e-6);
  assert.deepEqual(after({ ...RULES, gradientNormMax: 4 }, [GRADIENT]).parameters, after(RULES, [GRADIENT]).parameters);
});

test('the norm adds blocks of 64 in order', () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i));
  let total = 0;
  for (let block = 0; block < 1000; block += 64) total += values.slice(block, block + 64).reduce((sum, x) => sum + x * x, 0);
  assert.equal(euclideanNorm(values), Math.sqrt(total));
});

test('spectral norm: known singular values, and the constraint holds afterwards for matrices alone', () => {
  assert.ok(Math.abs(spectralNorm(Float32Array.of(3, 0, 0, 0, -5, 0), 2, 60) - 5) < 1e-9);
  assert.ok(Math.abs(spectralNorm(Float32Array.of(1, 1, 1, 1), 2, 5) - 2) < 1e-9);
  assert.equal(spectralNorm(new Float32Array(6), 2, 5), 0);
  const { parameters } = after({ ...RULES, spectral: { bound: 0.5, iterations: 20 } }, [[0, 0, 0, 0]]);
  assert.ok(Math.abs(euclideanNorm(parameters.subarray(2)) - 0.5) < 1e-6); // the norm of a column is its singular value
  assert.deepEqual([...parameters.subarray(0, 2)], [1, -1]);
});

test('rejected values leave the state as it was; a value that is not finite is named', () => {
  const state = createFloatState({ optimiser: ADAM, average: 0.9 }, START);
  assert.deepEqual(applyFloatStep(RULES, { layout: LAYOUT, state }, sums([1, NaN, 1, Infinity]), { update: 0, learningRate: 0.5 }),
    { kind: 'diverged', reason: 'rejected', where: '2 values of the gradient' });
  assert.deepEqual(state.parameters, START);
  assert.deepEqual(applyFloatStep(RULES, { layout: LAYOUT, state }, sums([0, 0, 0, 1000]), { update: 0, learningRate: 3e38 }),
    { kind: 'diverged', reason: 'not-finite', where: 'weights [1]' });
});
