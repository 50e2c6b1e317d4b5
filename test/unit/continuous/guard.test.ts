// The limits of an update's chains, and the temperature that they are sampled at.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainTrouble } from '../../../ebm/continuous/guard.ts';
import { densityTemperature, samplingTemperature } from '../../../ebm/continuous/settings.ts';
import type { SamplerFields } from '../../../ebm/job.ts';

const planar = { size: 2, temperature: 1 };
const SAMPLER: SamplerFields = { kind: 'ula', stepSize: 0.02, noise: null, temperature: 1, leapfrogs: 1, clip: null, low: null, high: null };

test('an update with hardly any accepted proposal is in trouble, with 1 % it is not, and ULA and score matching never are', () => {
  assert.equal(chainTrouble({ energyGap: 0, acceptance: 0.009 }, planar)?.reason, 'chains that stand still');
  for (const acceptance of [0.01, 1, null]) assert.equal(chainTrouble({ energyGap: 0, acceptance }, planar), null);
  assert.equal(chainTrouble({ energyGap: null, acceptance: null }, planar), null);
});

test('a gap between the energies is in trouble beyond 100 nats and 10 a dimension, times a temperature above 1, either way', () => {
  for (const sign of [-1, 1]) {
    assert.equal(chainTrouble({ energyGap: sign * 120, acceptance: null }, planar), null);
    assert.deepEqual(chainTrouble({ energyGap: sign * 121, acceptance: 0.5 }, planar), { reason: 'chains that have run away', where: `an energy gap of ${sign * 121} nats` });
    assert.equal(chainTrouble({ energyGap: sign * 121, acceptance: null }, { size: 784, temperature: 1 }), null);
    assert.equal(chainTrouble({ energyGap: sign * 121, acceptance: null }, { size: 2, temperature: 3 }), null);
    assert.notEqual(chainTrouble({ energyGap: sign * 121, acceptance: null }, { size: 2, temperature: 1e-4 }), null);
  }
});

test('the temperature of the chains is that of their noise, and of a model without chains 1', () => {
  assert.equal(samplingTemperature({}), 1);
  assert.equal(samplingTemperature({ sampler: { ...SAMPLER, temperature: 0.5 } }), 0.5);
  assert.equal(samplingTemperature({ sampler: { ...SAMPLER, noise: 0.1 } }), 0.1 * 0.1 / 0.04);
  const still = { sampler: { ...SAMPLER, noise: 0 } };
  assert.deepEqual([samplingTemperature(still), densityTemperature(still)], [0, 1]);
});
