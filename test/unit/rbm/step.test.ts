// The step of the optimiser: offsets, means, the order of sums, averages, and what it refuses. Whole steps against the centred
// parametrisation are in the contract of engines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OptimiserSettings } from '../../../ebm/job.ts';
import type { Masters, TrainingState, UpdateSums } from '../../../ebm/rbm/parameters.ts';
import { finishStep, moveWeights, prepareStep, type StepRules } from '../../../ebm/rbm/step.ts';
import { deriveKey, fillWords } from '../../../ebm/random/address.ts';

const f = Math.fround;
const SGD: OptimiserSettings = { kind: 'sgd', learningRate: 0.5, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const RULES: StepRules = { centred: true, optimiser: SGD, average: 0 };
const STEP = { update: 0, learningRate: 0.5 };

/** Numbers in (-1, 1), reproducible. */
function numbers(purpose: number, count: number): number[] {
  const words = new Uint32Array(count);
  fillWords(deriveKey(1, purpose, 0), { id: 0, halfStep: 0, word3: 0 }, words);
  return [...words].map((word) => word / 2147483648 - 1);
}

function mastersOf(visible: number, hidden: number, fill: (index: number) => number): Masters {
  return {
    weights: Float32Array.from({ length: visible * hidden }, (_, index) => fill(index)),
    visibleBias: Float32Array.from({ length: visible }, (_, index) => fill(index)),
    hiddenBias: Float32Array.from({ length: hidden }, (_, index) => fill(index)),
  };
}

function stateOf(visible: number, hidden: number, average = false): TrainingState {
  const values = numbers(120, visible * hidden);
  return {
    visible, hidden, masters: mastersOf(visible, hidden, (index) => values[index]!), slots: [], average: average ? mastersOf(visible, hidden, () => 0.25) : null,
    visibleOffset: Float32Array.from(numbers(121, visible), Math.abs), hiddenOffset: Float32Array.from(numbers(122, hidden), Math.abs),
  };
}

function sumsOf(visible: number, hidden: number, counts: readonly [number, number]): UpdateSums {
  const sums = (purpose: number, length: number, most: number): number[] => numbers(purpose, length).map((x) => Math.floor(Math.abs(x) * most));
  const phase = (purpose: number, count: number): UpdateSums['data'] => ({
    count, visible: Int32Array.from(sums(purpose, visible, count)), hidden: Float64Array.from(sums(purpose + 1, hidden, 65536 * count)),
  });
  const outer = (purpose: number, count: number): Int32Array => Int32Array.from(sums(purpose, visible * hidden, 65536 * count));
  const difference = outer(134, counts[0]).map((sum, index) => sum - outer(135, counts[1])[index]!);
  return {
    data: phase(130, counts[0]), model: phase(132, counts[1]),
    outer: counts[0] === counts[1] ? { kind: 'difference', difference } : { kind: 'both', data: outer(134, counts[0]), model: outer(135, counts[1]) },
  };
}

test('offsets move by one hundredth towards the means of the data, in float64 until the end', () => {
  const state = stateOf(3, 2);
  const before = { mu: [...state.visibleOffset], lambda: [...state.hiddenOffset] };
  const sums = sumsOf(3, 2, [100, 100]);
  prepareStep(RULES, state, sums, STEP);
  before.mu.forEach((mu, i) => { assert.equal(state.visibleOffset[i], f(mu + 0.01 * (sums.data.visible[i]! / 100 - mu))); });
  before.lambda.forEach((lambda, j) => { assert.equal(state.hiddenOffset[j], f(lambda + 0.01 * (sums.data.hidden[j]! / (65536 * 100) - lambda))); });
});

test('without centring the offsets stay as they are', () => {
  const state = stateOf(3, 2);
  state.visibleOffset.fill(0);
  state.hiddenOffset.fill(0);
  prepareStep({ ...RULES, centred: false }, state, sumsOf(3, 2, [100, 100]), STEP);
  assert.ok([...state.visibleOffset, ...state.hiddenOffset].every((value) => value === 0));
});

test('differences of means are rounded once, each phase with its own count', () => {
  const sums = sumsOf(3, 2, [7, 100]);
  const prepared = prepareStep(RULES, stateOf(3, 2), sums, STEP);
  assert.deepEqual([...prepared.visibleDifference], [0, 1, 2].map((i) => f(sums.data.visible[i]! / 7 - sums.model.visible[i]! / 100)));
  assert.deepEqual([...prepared.hiddenDifference], [0, 1].map((j) => f(sums.data.hidden[j]! / (65536 * 7) - sums.model.hidden[j]! / (65536 * 100))));
  assert.deepEqual(prepared.outer, { kind: 'both', inverseData: f(1 / (65536 * 7)), inverseModel: f(1 / (65536 * 100)) });
  assert.deepEqual(prepareStep(RULES, stateOf(3, 2), sumsOf(3, 2, [7, 7]), STEP).outer, { kind: 'difference', inverse: f(1 / (65536 * 7)) });
});

test('the gradient of a weight is rounded after every operation', () => {
  for (const counts of [[50, 50], [50, 80]] as const) {
    const state = stateOf(4, 3);
    const sums = sumsOf(4, 3, counts);
    const before = [...state.masters.weights];
    const prepared = prepareStep(RULES, state, sums, STEP);
    moveWeights(state, prepared, sums.outer);
    const { outer } = sums;
    before.forEach((weight, index) => {
      const [i, j] = [Math.floor(index / 3), index % 3];
      const mean = outer.kind === 'difference' ? f(f(outer.difference[index]!) * f(1 / (65536 * 50)))
        : f(f(f(outer.data[index]!) * f(1 / (65536 * 50))) - f(f(outer.model[index]!) * f(1 / (65536 * 80))));
      const left = f(mean - f(state.visibleOffset[i]! * prepared.hiddenDifference[j]!));
      const gradient = f(left - f(prepared.visibleDifference[i]! * state.hiddenOffset[j]!));
      assert.equal(state.masters.weights[index], f(weight + f(0.5 * gradient)));
    });
  }
});

/** Adds products in blocks of 64 from 0, blocks in order from 0. */
function blocked(products: readonly number[]): number {
  let total = 0;
  for (let from = 0; from < products.length; from += 64) total += products.slice(from, from + 64).reduce((sum, product) => sum + product, 0);
  return total;
}

test('sums of moves go in blocks of 64, ascending, and blocks make a difference', () => {
  let differences = 0;
  for (const [visible, hidden] of [[130, 70], [64, 65], [65, 64], [1, 200]] as const) {
    const state = stateOf(visible, hidden);
    state.masters.weights.fill(0); // so that the new weights are the moves
    const sums = sumsOf(visible, hidden, [50, 50]);
    const { rows, columns } = moveWeights(state, prepareStep(RULES, state, sums, STEP), sums.outer);
    const move = (i: number, j: number): number => state.masters.weights[i * hidden + j]!;
    for (let i = 0; i < visible; i += 1) {
      const products = Array.from({ length: hidden }, (_, j) => move(i, j) * state.hiddenOffset[j]!);
      assert.equal(rows[i], blocked(products));
      if (blocked(products) !== products.reduce((sum, product) => sum + product, 0)) differences += 1;
    }
    for (let j = 0; j < hidden; j += 1) assert.equal(columns[j], blocked(Array.from({ length: visible }, (_, i) => move(i, j) * state.visibleOffset[i]!)));
  }
  assert.ok(differences > 5, `only ${differences} sums depend on the blocks`);
});

test('biases move by their own step less the correction by the weights that moved', () => {
  const state = stateOf(5, 4);
  const sums = sumsOf(5, 4, [50, 50]);
  const before = { visible: [...state.masters.visibleBias], hidden: [...state.masters.hiddenBias] };
  const prepared = prepareStep(RULES, state, sums, STEP);
  const moves = moveWeights(state, prepared, sums.outer);
  finishStep(state, prepared, moves);
  before.visible.forEach((bias, i) => { assert.equal(state.masters.visibleBias[i], f(bias + (f(0.5 * prepared.visibleDifference[i]!) - moves.rows[i]!))); });
  before.hidden.forEach((bias, j) => { assert.equal(state.masters.hiddenBias[j], f(bias + (f(0.5 * prepared.hiddenDifference[j]!) - moves.columns[j]!))); });
});

test('weight decay pulls weights and no bias', () => {
  const sums = sumsOf(5, 4, [50, 50]);
  const run = (weightDecay: number): TrainingState => {
    const state = stateOf(5, 4);
    state.hiddenOffset.fill(0);
    state.visibleOffset.fill(0);
    const prepared = prepareStep({ centred: false, optimiser: { ...SGD, weightDecay }, average: 0 }, state, sums, STEP);
    finishStep(state, prepared, moveWeights(state, prepared, sums.outer));
    return state;
  };
  const [without, decayed] = [run(0), run(0.1)];
  assert.deepEqual([decayed.masters.visibleBias, decayed.masters.hiddenBias], [without.masters.visibleBias, without.masters.hiddenBias]);
  const start = stateOf(5, 4).masters.weights;
  decayed.masters.weights.forEach((weight, index) => {
    assert.ok(Math.abs(weight - (without.masters.weights[index]! - 0.05 * start[index]!)) < 1e-6);
  });
});

test('the average follows the new masters, quickly at first: its share is 1 - min(decay, (1 + t) / (10 + t))', () => {
  for (const [update, share] of [[0, f(0.9)], [8, f(0.5)], [100000, f(1 - 0.99)]] as const) {
    const state = stateOf(5, 4, true);
    const sums = sumsOf(5, 4, [50, 50]);
    const prepared = prepareStep({ ...RULES, average: 0.99 }, state, sums, { ...STEP, update });
    assert.equal(prepared.averageShare, share);
    finishStep(state, prepared, moveWeights(state, prepared, sums.outer));
    for (const name of ['weights', 'visibleBias', 'hiddenBias'] as const) {
      state.masters[name].forEach((value, index) => { assert.equal(state.average![name][index], f(0.25 + f(share * f(value - 0.25)))); });
    }
  }
});

test('no average is touched when the job asks for none', () => {
  const prepared = prepareStep(RULES, stateOf(5, 4), sumsOf(5, 4, [50, 50]), STEP);
  assert.equal(prepared.averageShare, 0);
});

test('a step from an empty phase, a difference of unequal counts or sums of another kind is refused', () => {
  const sums = sumsOf(3, 2, [5, 5]);
  const none = { ...sums, model: { ...sums.model, count: 0 } };
  assert.throws(() => prepareStep(RULES, stateOf(3, 2), none, STEP), /needs samples in both phases, got 5 and 0/);
  const unequal = { ...sums, model: { ...sums.model, count: 4 } };
  assert.throws(() => prepareStep(RULES, stateOf(3, 2), unequal, STEP), /equal counts, got 5 and 4/);
  const state = stateOf(3, 2);
  const prepared = prepareStep(RULES, state, sums, STEP);
  assert.throws(() => moveWeights(state, prepared, sumsOf(3, 2, [5, 6]).outer), /prepared for difference and given both/);
});
