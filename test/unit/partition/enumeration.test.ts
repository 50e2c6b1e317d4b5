import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exactLogPartition, exactStatistics } from '../../../ebm/partition/enumeration.ts';
import { log, softplus } from '../../../ebm/numeric/elementary.ts';
import type { Model } from '../../../ebm/rbm/preactivation.ts';
import { exactDistribution, exactMeans, tinyModel } from '../../support/tiny-rbm.ts';

function close(actual: number, expected: number, tolerance: number, what = ''): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} ${actual} is not within ${tolerance} of ${expected}`);
}

function transposed(model: Model): Model {
  const { visible, hidden, grid, parameters } = model;
  const weights = new Int16Array(visible * hidden);
  for (let i = 0; i < visible; i += 1) for (let j = 0; j < hidden; j += 1) weights[j * visible + i] = parameters.weights[i * hidden + j]!;
  return { visible: hidden, hidden: visible, grid, parameters: { ...parameters, weights, visibleBias: parameters.hiddenBias, hiddenBias: parameters.visibleBias } };
}

describe('enumeration of a small layer', () => {
  for (const [visible, hidden, spread] of [[1, 1, 2], [5, 3, 1], [3, 7, 2], [6, 6, 4], [8, 5, 0.5]] as const) {
    const model = tinyModel({ visible, hidden, grid: 10, seed: 10 * visible + hidden, spread });
    test(`${visible} x ${hidden}: log Z is that of summing e^-E over all pairs of states`, () => {
      close(exactLogPartition(model), exactDistribution(model).logPartition, 1e-12);
    });
    test(`${visible} x ${hidden}: marginals and pair means are those of the joint distribution`, () => {
      const expected = exactMeans(model, exactDistribution(model));
      const actual = exactStatistics(model);
      actual.visible.forEach((mean, i) => { close(mean, expected.visible[i]!, 1e-12, `v ${i}`); });
      actual.hidden.forEach((mean, j) => { close(mean, expected.hidden[j]!, 1e-12, `h ${j}`); });
      actual.outer.forEach((mean, ij) => { close(mean, expected.outer[ij]!, 1e-12, `v h ${ij}`); });
    });
  }

  test('log Z does not depend on which layer is called hidden', () => {
    const model = tinyModel({ visible: 14, hidden: 9, grid: 10, seed: 3, spread: 1.5 });
    close(exactLogPartition(model), exactLogPartition(transposed(model)), 1e-11);
  });

  test('independent units: log Z is a sum of softplus, also with hundreds of units in the other layer', () => {
    const visible = 700;
    const hidden = 12;
    const visibleBias = Int32Array.from({ length: visible }, (_, i) => ((i * 977) % 12_000) - 6_000);
    const hiddenBias = Int32Array.from({ length: hidden }, (_, j) => j * 300 - 1_500);
    const model: Model = { visible, hidden, grid: 10, parameters: { branch: 0, version: 0, weights: new Int16Array(visible * hidden), visibleBias, hiddenBias } };
    const expected = [...visibleBias, ...hiddenBias].reduce((sum, bias) => sum + softplus(bias / 1024), 0);
    close(exactLogPartition(model), expected, 1e-10);
  });

  test('a model whose states differ by hundreds of nats neither overflows nor loses the largest', () => {
    const weights = new Int16Array(40).fill(32_767);
    const model: Model = { visible: 10, hidden: 4, grid: 6, parameters: { branch: 0, version: 0, weights, visibleBias: new Int32Array(10), hiddenBias: new Int32Array(4) } };
    close(exactLogPartition(model), (40 * 32_767) / 64, 1e-9);
  });

  test('the derivative of log Z with respect to a bias is the unit’s mean', () => {
    const model = tinyModel({ visible: 24, hidden: 10, grid: 14, seed: 5, spread: 1 });
    const { visible } = exactStatistics(model);
    const shifted = (i: number, by: number): number => {
      const visibleBias = Int32Array.from(model.parameters.visibleBias);
      visibleBias[i]! += by;
      return exactLogPartition({ ...model, parameters: { ...model.parameters, visibleBias } });
    };
    for (const i of [0, 11, 23]) close((shifted(i, 4) - shifted(i, -4)) * 16384 / 8, visible[i]!, 1e-7);
  });

  test('20 units are enumerated, 21 in both layers are refused', () => {
    const model = tinyModel({ visible: 20, hidden: 30, grid: 10, seed: 1, spread: 0 });
    close(exactLogPartition(model), 50 * log(2), 1e-10);
    assert.throws(() => exactLogPartition(tinyModel({ visible: 21, hidden: 22, grid: 10, seed: 1, spread: 1 })),
      { name: 'RangeError', message: 'exact sums need a layer of at most 20 units, got 21 visible and 22 hidden' });
  });
});
