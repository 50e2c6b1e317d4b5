// Energies, free energies and conditionals against the joint distribution by enumeration.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { energy, hiddenProbabilities, negativeFreeEnergy, negativeFreeEnergyOf, visibleProbabilities } from '../../../ebm/rbm/energy.ts';
import { exactDistribution, rowOfIndex, tinyModel } from '../../support/tiny-rbm.ts';

const MODEL = tinyModel({ visible: 5, hidden: 4, grid: 10, seed: 7, spread: 1.5 });
const EXACT = exactDistribution(MODEL);

function near(actual: number, expected: number, tolerance: number, message?: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${message ?? ''} ${actual} is not ${expected} within ${tolerance}`);
}

test('the energy is -(b v + c h + v W h), written out', () => {
  const { weights, visibleBias, hiddenBias } = MODEL.parameters;
  for (const [v, h] of [[0, 0], [31, 15], [9, 6], [20, 5]] as const) {
    let sum = 0;
    for (let i = 0; i < 5; i += 1) sum += ((v >> i) & 1) * visibleBias[i]!;
    for (let j = 0; j < 4; j += 1) sum += ((h >> j) & 1) * hiddenBias[j]!;
    for (let i = 0; i < 5; i += 1) for (let j = 0; j < 4; j += 1) sum += ((v >> i) & (h >> j) & 1) * weights[4 * i + j]!;
    assert.equal(energy(MODEL, rowOfIndex(v, 5), rowOfIndex(h, 4)) + 0, -sum / 1024 + 0);
  }
});

test('-F(v) - log Z is log P(v) for every v', () => {
  for (let v = 0; v < 32; v += 1) near(negativeFreeEnergy(MODEL, rowOfIndex(v, 5)) - EXACT.logPartition, Math.log(EXACT.visible[v]!), 1e-12);
});

test('conditionals are quotients of the joint distribution', () => {
  for (const v of [0, 3, 17, 31]) {
    const given = hiddenProbabilities(MODEL, rowOfIndex(v, 5));
    for (let j = 0; j < 4; j += 1) {
      const on = EXACT.joint[v]!.reduce((sum, p, h) => sum + (((h >> j) & 1) === 1 ? p : 0), 0);
      near(given[j]!, on / EXACT.visible[v]!, 1e-12);
    }
  }
  for (const h of [0, 5, 15]) {
    const given = visibleProbabilities(MODEL, rowOfIndex(h, 4));
    const total = EXACT.joint.reduce((sum, row) => sum + row[h]!, 0);
    for (let i = 0; i < 5; i += 1) {
      const on = EXACT.joint.reduce((sum, row, v) => sum + (((v >> i) & 1) === 1 ? row[h]! : 0), 0);
      near(given[i]!, on / total, 1e-12);
    }
  }
});

test('the free energy is finite at the bounds of pre-activations', () => {
  const huge = 2 ** 24;
  assert.equal(negativeFreeEnergyOf(Int32Array.of(huge, -huge), -huge, 10), 0);
  assert.equal(negativeFreeEnergyOf(Int32Array.of(huge, huge), 0, 10), 2 * 16384);
});
