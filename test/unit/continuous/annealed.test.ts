// The stages of an annealed walk: temperatures in equal ratios down to the sampler's own, every step in one of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stagesOf } from '../../../ebm/continuous/annealed.ts';
import { ULA } from '../../support/continuous.ts';

test('a sampler that is not annealed has one stage, which is itself', () => {
  assert.deepEqual(stagesOf(ULA, 7), [{ sampler: ULA, firstStep: 0, steps: 7 }]);
  assert.deepEqual(stagesOf({ ...ULA, annealing: null }, 7), [{ sampler: ULA, firstStep: 0, steps: 7 }]);
});

test('temperatures fall in equal ratios, and the last is the sampler\'s own to the bit', () => {
  const stages = stagesOf({ ...ULA, temperature: 0.7, annealing: { levels: 3, hottest: 100 } }, 30);
  assert.deepEqual(stages.map(({ firstStep, steps }) => [firstStep, steps]), [[0, 10], [10, 10], [20, 10]]);
  [70, 7, 0.7].forEach((temperature, level) => { assert.ok(Math.abs(stages[level]!.sampler.temperature / temperature - 1) < 1e-14); });
  assert.equal(stages[2]!.sampler.temperature, 0.7);
  assert.ok(stages.every(({ sampler }) => !('annealing' in sampler)));
});

test('every step is in one stage, however few there are; levels without steps are left out', () => {
  for (const steps of [0, 1, 3, 4, 11]) {
    const stages = stagesOf({ ...ULA, annealing: { levels: 4, hottest: 8 } }, steps);
    assert.equal(stages.reduce((sum, stage) => {
      assert.equal(stage.firstStep, sum);
      return sum + stage.steps;
    }, 0), steps);
    if (steps > 0) assert.equal(stages.at(-1)!.sampler.temperature, 1);
  }
  assert.deepEqual(stagesOf({ ...ULA, annealing: { levels: 1, hottest: 8 } }, 2).map(({ sampler }) => sampler.temperature), [1]);
});
