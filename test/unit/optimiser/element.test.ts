// SGD and Adam for one element: against textbook formulas in float64, and the exact float32 roundings.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementRule, moveElement, moveElements, slotCount, withoutDecay } from '../../../ebm/optimiser/element.ts';
import type { OptimiserSettings } from '../../../ebm/job.ts';

const f = Math.fround;
const SGD: OptimiserSettings = { kind: 'sgd', learningRate: 0.1, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const ADAM: OptimiserSettings = { ...SGD, kind: 'adam' };
const GRADIENTS = [0.3, -0.2, 0.05, 1.5, -0.7];

/** Values after a step for each gradient, from value 1. */
function run(settings: OptimiserSettings, gradients: readonly number[]): number[] {
  const slots = Array.from({ length: slotCount(settings) }, () => new Float32Array(1));
  let value = 1;
  return gradients.map((gradient, update) => {
    const rule = elementRule(settings, { update, learningRate: f(settings.learningRate) });
    value = f(value + moveElement(rule, { gradient: f(gradient), value }, slots, 0));
    return value;
  });
}

function near(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((value, index) => { assert.ok(Math.abs(value - expected[index]!) < 1e-6, `step ${index}: ${value} is not ${expected[index]}`); });
}

test('plain SGD moves by rate times gradient, upwards', () => {
  assert.deepEqual(run(SGD, [0.3]), [f(1 + f(f(0.1) * f(0.3)))]);
});

test('momentum accumulates gradients', () => {
  let [value, momentum] = [1, 0];
  near(run({ ...SGD, momentum: 0.9 }, GRADIENTS), GRADIENTS.map((gradient) => {
    momentum = 0.9 * momentum + gradient;
    value += 0.1 * momentum;
    return value;
  }));
});

test('decay of SGD enters the gradient, and so the momentum', () => {
  let [value, momentum] = [1, 0];
  near(run({ ...SGD, momentum: 0.5, weightDecay: 0.01 }, GRADIENTS), GRADIENTS.map((gradient) => {
    momentum = 0.5 * momentum + gradient - 0.01 * value;
    value += 0.1 * momentum;
    return value;
  }));
});

test('Adam follows Kingma and Ba 2015, with decoupled decay', () => {
  for (const weightDecay of [0, 0.02]) {
    let [value, mean, square] = [1, 0, 0];
    near(run({ ...ADAM, weightDecay }, GRADIENTS), GRADIENTS.map((gradient, t) => {
      mean = 0.9 * mean + 0.1 * gradient;
      square = 0.999 * square + 0.001 * gradient * gradient;
      value += (0.1 * (mean / (1 - Math.pow(0.9, t + 1)))) / (Math.sqrt(square / (1 - Math.pow(0.999, t + 1))) + 1e-8) - 0.1 * weightDecay * value;
      return value;
    }));
  }
});

test('Adam with beta1 = 0 divides each gradient by its running size', () => {
  const rule = elementRule({ ...ADAM, beta1: 0 }, { update: 0, learningRate: f(0.1) });
  assert.ok(rule.kind === 'adam');
  assert.deepEqual([rule.rest1, rule.correction1], [1, 1]);
});

test('every rounding of Adam is to float32, in the order of the decision record', () => {
  const rule = elementRule({ ...ADAM, weightDecay: 0.01 }, { update: 6, learningRate: f(0.003) });
  assert.ok(rule.kind === 'adam');
  const slots = [Float32Array.of(0.01), Float32Array.of(0.0004)];
  const [m0, s0, g, w] = [f(0.01), f(0.0004), f(0.123), f(-0.7)];
  const m = f(f(f(0.9) * m0) + f(f(1 - f(0.9)) * g));
  const s = f(f(f(0.999) * s0) + f(f(1 - f(0.999)) * f(g * g)));
  const d = f(f(f(0.003) * f(m * rule.correction1)) / f(f(Math.sqrt(f(s * rule.correction2))) + f(1e-8)));
  assert.equal(moveElement(rule, { gradient: g, value: w }, slots, 0), f(d - f(f(f(0.003) * f(0.01)) * w)));
  assert.deepEqual([slots[0]![0], slots[1]![0]], [m, s]);
  assert.ok(Math.abs(rule.correction1 - 1 / (1 - Math.pow(0.9, 7))) < 1e-6);
});

test('slots: none for plain SGD, one for momentum, two for Adam; biases never decay', () => {
  assert.deepEqual([SGD, { ...SGD, momentum: 0.9 }, ADAM].map(slotCount), [0, 1, 2]);
  const step = { update: 0, learningRate: f(0.1) };
  for (const settings of [{ ...SGD, weightDecay: 0.5 }, { ...ADAM, weightDecay: 0.5 }]) {
    const bias = withoutDecay(elementRule(settings, step));
    const plain = elementRule({ ...settings, weightDecay: 0 }, step);
    assert.deepEqual(bias, plain);
  }
});

test('many elements move as each does alone, to the bit, and those beside them stay', () => {
  const numbers = (count: number, seed: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(seed + 7 * i) * 10 ** (i % 9 - 6));
  for (const settings of [SGD, { ...SGD, weightDecay: 0.01 }, { ...SGD, momentum: 0.9 }, { ...SGD, momentum: 0.9, weightDecay: 0.01 }, ADAM, { ...ADAM, weightDecay: 0.01 }]) {
    const rule = elementRule(settings, { update: 4, learningRate: f(0.01) });
    const [values, gradients] = [numbers(200, 1), numbers(200, 2)];
    const slots = Array.from({ length: slotCount(settings) }, (_, i) => numbers(200, 3 + i).map(Math.abs));
    const alone = { values: values.slice(), slots: slots.map((slot) => slot.slice()) };
    for (let i = 20; i < 180; i += 1) alone.values[i] = f(alone.values[i]! + moveElement(rule, { gradient: gradients[i]!, value: alone.values[i]! }, alone.slots, i));
    moveElements(rule, { values, gradients: gradients.subarray(20), slots, from: 20, to: 180 });
    assert.deepEqual({ values, slots }, alone);
  }
});
