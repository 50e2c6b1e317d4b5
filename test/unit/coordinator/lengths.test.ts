// The length that an update's schedule follows in a run that was made longer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lengthAt } from '../../../coordinator/machine/settings.ts';
import { tinyJob } from '../../support/tiny-job.ts';

const job = tinyJob({ train: { updates: 100 } });

test('an update follows the length that the run had when it was computed, and later ones the length of now', () => {
  const lengths = [{ update: 20, updates: 30 }, { update: 50, updates: 60 }];
  assert.deepEqual([0, 19, 20, 49, 50, 99].map((update) => lengthAt({ job, lengths }, update)), [30, 30, 60, 60, 100, 100]);
});

test('a run that was never made longer has one length', () => {
  assert.equal(lengthAt({ job }, 0), 100);
  assert.equal(lengthAt({ job, lengths: [] }, 99), 100);
});
