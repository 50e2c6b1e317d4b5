// Rates over a run: warm-up, peak and end of each schedule.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rateAt } from '../../../ebm/optimiser/schedule.ts';
import type { ScheduleKind } from '../../../ebm/job.ts';

const f = Math.fround;
const at = (schedule: ScheduleKind, update: number, warmup = 0): number => rateAt({ learningRate: 0.05, schedule, warmup }, { update, updates: 1000, rateScale: 1 });

test('a constant rate is the peak, rounded to float32', () => {
  assert.deepEqual([0, 500, 999].map((update) => at('constant', update)), [f(0.05), f(0.05), f(0.05)]);
});

test('a linear rate starts at the peak and would reach 0 one past the last update', () => {
  assert.equal(at('linear', 0), f(0.05));
  assert.equal(at('linear', 500), f(0.025));
  assert.ok(Math.abs(at('linear', 999) - 0.00005) < 1e-9);
  assert.equal(at('linear', 1000), 0);
});

test('a geometric rate falls by equal factors to 1 % of the peak', () => {
  assert.equal(at('geometric', 0), f(0.05));
  assert.ok(Math.abs(at('geometric', 500) - 0.005) < 1e-9);
  assert.ok(Math.abs(at('geometric', 1000) - 0.0005) < 1e-9);
});

test('warm-up rises linearly from above 0; the schedule starts after it', () => {
  assert.equal(at('linear', 0, 99), f(0.05 * (1 / 100)));
  assert.equal(at('linear', 49, 99), f(0.05 * (50 / 100)));
  assert.equal(at('linear', 99, 99), f(0.05));
  assert.equal(at('linear', 1000, 100), 0);
  assert.equal(rateAt({ learningRate: 1, schedule: 'linear', warmup: 1000 }, { update: 999, updates: 1000, rateScale: 1 }), f(1000 / 1001));
});

test('rollbacks scale the whole schedule', () => {
  assert.equal(rateAt({ learningRate: 0.05, schedule: 'linear', warmup: 0 }, { update: 500, updates: 1000, rateScale: 0.25 }), f(0.05 * 0.25 * 0.5));
});

test('rates are float32, above 0 during the run and never above the peak', () => {
  const schedule = fc.constantFrom<ScheduleKind>('constant', 'linear', 'geometric');
  fc.assert(fc.property(schedule, fc.nat(2000), fc.nat(999), (kind, warmup, update) => {
    const rate = rateAt({ learningRate: 0.1, schedule: kind, warmup }, { update, updates: 1000, rateScale: 1 });
    assert.equal(rate, f(rate));
    assert.ok(rate > 0 && rate <= f(0.1));
  }), { seed: 1 });
});
