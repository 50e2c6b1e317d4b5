import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { energyGap } from '../../../ebm/diagnostics/energy-gap.ts';
import { energy } from '../../../ebm/rbm/energy.ts';
import { hiddenThresholds } from '../../../ebm/rbm/gibbs.ts';
import { addSample, emptySums } from '../../../ebm/rbm/statistics.ts';
import { thresholdTable } from '../../../ebm/rbm/thresholds.ts';
import { rowOfIndex, tinyModel } from '../../support/tiny-rbm.ts';

const model = tinyModel({ visible: 5, hidden: 3, grid: 10, seed: 4, spread: 2 });
const table = thresholdTable(10);

/** Mean over the rows of the energy's expectation when hidden unit j is on with probability T_j / 65536. */
function meanEnergy(rows: readonly number[]): number {
  let total = 0;
  for (const v of rows) {
    const thresholds = new Int32Array(3);
    hiddenThresholds(model, table, rowOfIndex(v, 5), thresholds);
    for (let h = 0; h < 8; h += 1) {
      const p = thresholds.reduce((product, t, j) => product * ((h >> j) & 1 ? t : 65536 - t) / 65536, 1);
      total += p * energy(model, rowOfIndex(v, 5), rowOfIndex(h, 3));
    }
  }
  return total / rows.length;
}

function sumsOf(data: readonly number[], chains: readonly number[]): ReturnType<typeof emptySums> {
  const sums = emptySums({ visible: 5, hidden: 3, batch: data.length, chains: chains.length });
  for (const [phase, rows] of [['data', data], ['model', chains]] as const) {
    for (const v of rows) {
      const thresholds = new Int32Array(3);
      hiddenThresholds(model, table, rowOfIndex(v, 5), thresholds);
      addSample(sums, phase, rowOfIndex(v, 5), thresholds);
    }
  }
  return sums;
}

describe('energy gap', () => {
  for (const [name, data, chains] of [
    ['a difference of equal phases', [3, 17, 8, 31], [0, 5, 21, 30]],
    ['both phases of different sizes', [3, 17, 8], [0, 5, 21, 30, 11]],
  ] as const) {
    test(`${name}: the mean energy of the data less that of the chains`, () => {
      const gap = energyGap(model.parameters, 10, sumsOf(data, chains));
      assert.ok(Math.abs(gap - (meanEnergy(data) - meanEnergy(chains))) < 1e-12, String(gap));
    });
  }
  test('the same rows in both phases: no gap', () => {
    assert.equal(Math.abs(energyGap(model.parameters, 10, sumsOf([1, 2, 3], [1, 2, 3]))), 0);
  });
  test('an empty phase is refused', () => {
    assert.throws(() => energyGap(model.parameters, 10, sumsOf([1], [])), { message: 'an energy gap needs samples in both phases, got 1 and 0' });
  });
});
