// Each activation's first, second and third derivative against finite differences of the one before, on the cpu backend.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../../../ebm/continuous/model.ts';
import { functionsOf, type Elementwise } from '../../../engine/tfjs/activations.ts';
import { gradientOf, valuesOf } from '../../../engine/tfjs/library.ts';

const functions = functionsOf(tf);
const ACTIVATIONS: readonly Activation[] = ['swish', 'softplus', 'tanh', 'elu', 'leaky-relu', 'relu'];
/** None within two steps of 0, where three of them have a kink. */
const POINTS = [-4.1, -2.3, -1.2, -0.6, -0.15, 0.12, 0.7, 1.3, 2.4, 5.2];
const STEP = 2 ** -5;
/** Differences of fourth order: off by STEP^4 / 30 of the derivative five orders up (tanh's seventh reaches 272), and by a few float32 roundings over STEP. */
const TOLERANCE = 1e-4;

before(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
});

function derivative(f: Elementwise): Elementwise {
  return (x) => gradientOf(tf, () => f(x), x).gradient;
}

function at(f: Elementwise, points: readonly number[]): Float32Array {
  return valuesOf(f(tf.tensor1d([...points])));
}

function assertDerivatives(f: Elementwise): void {
  let below = f;
  for (let order = 1; order <= 3; order += 1) {
    const here = derivative(below);
    const found = at(here, POINTS);
    const moved = [2, 1, -1, -2].map((steps) => at(below, POINTS.map((x) => x + steps * STEP)));
    for (const [i, x] of POINTS.entries()) {
      const expected = (8 * (moved[1]![i]! - moved[2]![i]!) - (moved[0]![i]! - moved[3]![i]!)) / (12 * STEP);
      assert.ok(Math.abs(found[i]! - expected) < TOLERANCE, `derivative ${order} at ${x}: ${found[i]!}, differences say ${expected}`);
    }
    below = here;
  }
}

for (const kind of ACTIVATIONS) test(`${kind} is differentiable three times`, () => { assertDerivatives(functions.activation(kind)); });
test('sigmoid is differentiable three times', () => { assertDerivatives(functions.sigmoid); });
test('exp is differentiable three times', () => { assertDerivatives((x) => functions.exp(x.mul(0.5))); });

test('log-sum-exp is differentiable three times, and large values do not overflow', () => {
  assertDerivatives((x) => functions.logSumExp(tf.stack([x, x.mul(-0.5), x.square().mul(0.2)], -1)));
  assert.ok(Math.abs(at((x) => functions.logSumExp(x.expandDims(0)), [500, 500])[0]! - 500 - Math.LN2) < 1e-4);
});

test('values are the functions that they are named for', () => {
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const expected: Record<Activation, (x: number) => number> = {
    swish: (x) => x * sigmoid(x), softplus: (x) => Math.log1p(Math.exp(x)), tanh: Math.tanh, elu: (x) => (x > 0 ? x : Math.expm1(x)),
    'leaky-relu': (x) => (x > 0 ? x : 0.2 * x), relu: (x) => Math.max(x, 0),
  };
  for (const kind of ACTIVATIONS) {
    const values = at(functions.activation(kind), POINTS);
    for (const [i, x] of POINTS.entries()) assert.ok(Math.abs(values[i]! - expected[kind](x)) < 1e-6 * (1 + Math.abs(x)), `${kind} at ${x}`);
  }
});
