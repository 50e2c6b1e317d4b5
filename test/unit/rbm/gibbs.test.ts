// Pre-activations, thresholds and draws of one chain, and the stationary distribution of many.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, packRow, unpackRow } from '../../../ebm/rbm/bits.ts';
import { drawRow, hiddenThresholds, visibleThresholds } from '../../../ebm/rbm/gibbs.ts';
import { hiddenInput, visibleBiasSum, visibleInput, type Model } from '../../../ebm/rbm/preactivation.ts';
import { thresholdAt, thresholdTable } from '../../../ebm/rbm/thresholds.ts';
import { startChains } from '../../../ebm/rbm/initial.ts';
import { deriveKey, fillDraws } from '../../../ebm/random/address.ts';
import { exactDistribution, tinyModel } from '../../support/tiny-rbm.ts';

const TABLE = thresholdTable(10);

function packed(values: readonly number[]): Uint8Array {
  const row = new Uint8Array(bytesOf(values.length));
  packRow(values, row);
  return row;
}

const SMALL: Model = {
  visible: 3, hidden: 2, grid: 10,
  parameters: { branch: 0, version: 0, weights: Int16Array.of(1, 2, 30, 40, 500, 600), visibleBias: Int32Array.of(-7, 8, -9), hiddenBias: Int32Array.of(1000, -1000) },
};

test('pre-activations are the bias plus the weights of the units that are on', () => {
  const hidden = new Int32Array(2);
  hiddenInput(SMALL, packed([1, 0, 1]), hidden);
  assert.deepEqual([...hidden], [1501, -398]);
  const visible = new Int32Array(3);
  visibleInput(SMALL, packed([0, 1]), visible);
  assert.deepEqual([...visible], [-5, 48, 591]);
  assert.equal(visibleBiasSum(SMALL, packed([1, 0, 1])), -16);
});

test('thresholds are the table at the pre-activations', () => {
  const out = new Int32Array(2);
  hiddenThresholds(SMALL, TABLE, packed([1, 0, 1]), out);
  assert.deepEqual([...out], [thresholdAt(TABLE, 1501), thresholdAt(TABLE, -398)]);
  const visible = new Int32Array(3);
  visibleThresholds(SMALL, TABLE, packed([1, 1]), visible);
  assert.deepEqual([...visible], [-4, 78, 1091].map((x) => thresholdAt(TABLE, x)));
});

test('a unit is on exactly when its draw is below its threshold: 0 is never on, 65536 always', () => {
  const key = deriveKey(1, 6, 0);
  const at = { id: 3, halfStep: 2, word3: 9 };
  const draws = new Uint16Array(20);
  fillDraws(key, at, draws);
  const thresholds = Int32Array.from(draws, (draw, unit) => [0, 65536, draw, draw + 1][unit % 4]!);
  const row = new Uint8Array(3).fill(255);
  drawRow(thresholds, key, at, row);
  assert.deepEqual([...unpackRow(row, 24)], [...Array.from({ length: 20 }, (_, unit) => unit % 2), 0, 0, 0, 0]);
});

test('new chains are fair coins, the same for any range they are made in', () => {
  const all = startChains(5, { from: 0, to: 200 }, 13);
  assert.deepEqual([...all.subarray(2 * 37, 2 * 90)], [...startChains(5, { from: 37, to: 90 }, 13)]);
  const on = [...all].reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
  assert.ok(Math.abs(on - 1300) < 5 * Math.sqrt(2600 / 4), `${on} of 2600 bits are on`);
  assert.notDeepEqual(all, startChains(6, { from: 0, to: 200 }, 13));
});

test('chains visit states as often as the model says (chi-square over 64 states and 4,000 chains, false alarms below 1e-6)', () => {
  const model = tinyModel({ visible: 3, hidden: 3, grid: 10, seed: 11, spread: 1 });
  const exact = exactDistribution(model);
  const key = deriveKey(4, 6, 0);
  const chains = 4000;
  const states = startChains(4, { from: 0, to: chains }, 3);
  const counts = new Float64Array(64);
  const row = new Uint8Array(1);
  const levels = new Int32Array(3);
  for (let id = 0; id < chains; id += 1) {
    const state = states.subarray(id, id + 1);
    for (let step = 0; step < 25; step += 1) {
      visibleThresholds(model, TABLE, state, levels);
      drawRow(levels, key, { id, halfStep: 2 * step, word3: 0 }, row);
      hiddenThresholds(model, TABLE, row, levels);
      drawRow(levels, key, { id, halfStep: 2 * step + 1, word3: 0 }, state);
    }
    counts[8 * row[0]! + state[0]!]! += 1;
  }
  let chiSquare = 0;
  exact.joint.forEach((given, v) => {
    given.forEach((p, h) => { chiSquare += ((counts[8 * v + h]! - p * chains) * (counts[8 * v + h]! - p * chains)) / (p * chains); });
  });
  assert.ok(chiSquare < 130, `chi-square ${chiSquare} with 63 degrees of freedom`);
});
