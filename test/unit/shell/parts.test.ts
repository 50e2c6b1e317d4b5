// The parts of the coordinator's shell that stand alone: digests, what fits a job, rates.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { chainsDigest, contributionDigest, parametersDigest } from '../../../coordinator/shell/digest.ts';
import { misfit } from '../../../coordinator/shell/fitness.ts';
import { Pace } from '../../../coordinator/shell/pace.ts';
import { virtualClock } from '../../../platform/clock/virtual.ts';
import type { ContributionMessage } from '../../../proto/messages.ts';
import { tinyJob } from '../../support/tiny-job.ts';

test('the digest of parameters is SHA-256 of hidden_bias, visible_bias, weights as little-endian float32', () => {
  const masters = { weights: Float32Array.of(1, -2), visibleBias: Float32Array.of(0.5), hiddenBias: Float32Array.of(-0.25, 3) };
  const bytes = Buffer.alloc(20);
  [-0.25, 3, 0.5, 1, -2].forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
  assert.equal(parametersDigest(masters), `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  assert.equal(chainsDigest(Uint8Array.of(1, 2)), `sha256:${createHash('sha256').update(Uint8Array.of(1, 2)).digest('hex')}`);
});

function contribution(): ContributionMessage {
  const phase = { count: 8, visible: new Int32Array(9), hidden: new Float64Array(5) };
  return {
    kind: 'contribution', worker: 'w', epoch: 1, lease: 1, branch: 0, update: 0, data: { from: 0, to: 8 }, chains: { from: 0, to: 8 },
    sums: { data: phase, model: phase, outer: { kind: 'difference', difference: new Int32Array(45) } }, states: new Uint8Array(8), asks: true,
  };
}

test('the digest of a contribution depends on every part of it', () => {
  const { sums, states } = contribution();
  const digests = [
    contributionDigest(sums, states),
    contributionDigest({ ...sums, data: { ...sums.data, count: 7 } }, states),
    contributionDigest({ ...sums, model: { ...sums.model, hidden: Float64Array.of(0, 0, 0, 0, 1) } }, states),
    contributionDigest({ ...sums, outer: { kind: 'difference', difference: new Int32Array(45).fill(1) } }, states),
    contributionDigest(sums, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)),
  ];
  assert.equal(new Set(digests).size, digests.length);
});

test('what does not fit the job is said in words', () => {
  const job = tinyJob();
  const message = contribution();
  const { sums } = message;
  assert.equal(misfit(job, message), null);
  const wrong: readonly (readonly [ContributionMessage, RegExp])[] = [
    [{ ...message, data: { from: 0, to: 4 } }, /8 samples in the data phase of a range of 4/],
    [{ ...message, sums: { ...sums, model: { ...sums.model, visible: new Int32Array(3) } } }, /sums of the model phase of another shape/],
    [{ ...message, sums: { ...sums, outer: { kind: 'both', data: new Int32Array(45), model: new Int32Array(45) } } }, /kind both where difference is expected/],
    [{ ...message, sums: { ...sums, outer: { kind: 'difference', difference: new Float64Array(45) } } }, /outer sums of another shape/],
    [{ ...message, sums: { ...sums, outer: { kind: 'difference', difference: new Int32Array(44) } } }, /outer sums of another shape/],
    [{ ...message, states: new Uint8Array(7) }, /7 bytes of states for 8 chains/],
  ];
  for (const [one, reason] of wrong) assert.match(misfit(job, one) ?? '', reason);
});

test('rates: updates of the interval, smoothed; samples by the batch; time left; figures are not training', () => {
  const clock = virtualClock();
  const pace = new Pace({ job: tinyJob(), clock, progressMs: 100, until: 10 });
  pace.start(0);
  assert.equal(pace.isDue(), false);
  clock.advance(100);
  assert.equal(pace.isDue(), true);
  const first = pace.say(2, 0.5);
  assert.deepEqual(
    [first.updatesPerSecond, first.samplesPerSecond, first.secondsLeft, first.epoch, first.energyGap],
    [20, 160, 0.4, 16 / 24, 0.5],
  );
  clock.advance(1_000);
  pace.rest(1_000);
  clock.advance(100);
  assert.equal(pace.say(4, null).updatesPerSecond, 20, 'the rest does not slow the rate');
  clock.advance(200);
  assert.equal(pace.say(6, null).updatesPerSecond, 20 + 0.3 * (10 - 20));
  assert.equal(pace.seconds(), 1.4);
  assert.ok(Math.abs(pace.samplesPerSecond(6)! - (6 * 8) / 0.4) < 1e-9);
});
