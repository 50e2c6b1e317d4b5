// The parts of the coordinator's shell that stand alone: digests, what fits a job, rates.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { UpdateFactors } from '../../../ebm/rbm/factors.ts';
import { packSums, type PackedSums } from '../../../ebm/rbm/packed.ts';
import type { UpdateSums } from '../../../ebm/rbm/parameters.ts';
import { formOf } from '../../../coordinator/machine/forms.ts';
import { FLEET_RULES } from '../../../coordinator/machine/settings.ts';
import { BoltzmannPlane } from '../../../coordinator/shell/boltzmann-plane.ts';
import { chainsDigest, contributionDigest, parametersDigest } from '../../../coordinator/shell/digest.ts';
import { misfit } from '../../../coordinator/shell/fitness.ts';
import { Pace } from '../../../coordinator/shell/pace.ts';
import { virtualClock } from '../../../platform/clock/virtual.ts';
import type { ContributionMessage } from '../../../proto/messages.ts';
import { openReferenceEngine } from '../../../engine/reference/engine.ts';
import { Stages } from '../../../coordinator/shell/stages.ts';
import { tinyData, tinyJob, tinyProblem } from '../../support/tiny-job.ts';

test('the digest of parameters is SHA-256 of hidden_bias, visible_bias, weights as little-endian float32', () => {
  const masters = { weights: Float32Array.of(1, -2), visibleBias: Float32Array.of(0.5), hiddenBias: Float32Array.of(-0.25, 3) };
  const bytes = Buffer.alloc(20);
  [-0.25, 3, 0.5, 1, -2].forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
  assert.equal(parametersDigest(masters), `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  assert.equal(chainsDigest(Uint8Array.of(1, 2)), `sha256:${createHash('sha256').update(Uint8Array.of(1, 2)).digest('hex')}`);
});

function sumsOf({ content }: ContributionMessage): UpdateSums {
  assert.ok(content.kind === 'sums');
  return content.sums;
}

function factorsOf(count: number): UpdateFactors {
  const phase = { count, visible: new Uint8Array(2 * count), thresholds: new Uint16Array(32 * count), full: new Uint8Array(0) };
  return { data: phase, model: phase };
}

function contribution(): ContributionMessage {
  const phase = { count: 8, visible: new Int32Array(9), hidden: new Float64Array(5) };
  return {
    kind: 'contribution', worker: 'w', epoch: 1, lease: 1, branch: 0, update: 0, data: { from: 0, to: 8 }, chains: { from: 0, to: 8 },
    content: { kind: 'sums', sums: { data: phase, model: phase, outer: { kind: 'difference', difference: new Int32Array(45) } } }, states: new Uint8Array(8),
    spent: { waitedUs: 0, fetchedUs: 0, computedUs: 0, encodedUs: 0, decodedUs: 0 }, asks: true,
  };
}

test('the digest of a contribution depends on every part of it', () => {
  const message = contribution();
  const { states } = message;
  const sums = sumsOf(message);
  const digestOf = (changed: UpdateSums, own = states): string => contributionDigest({ kind: 'sums', sums: changed }, own);
  const packed = packSums(sums)!;
  assert.equal(contributionDigest({ kind: 'packed', sums: packed }, states), digestOf(sums), 'packed or not: the same contribution');
  const factors = factorsOf(8);
  const digestOfFactors = (change: Partial<UpdateFactors['data']>): string => contributionDigest({ kind: 'factors', factors: { ...factors, model: { ...factors.model, ...change } } }, states);
  const digests = [
    digestOf(sums),
    digestOfFactors({}),
    digestOfFactors({ count: 7 }),
    digestOfFactors({ visible: new Uint8Array(16).fill(1) }),
    digestOfFactors({ thresholds: new Uint16Array(256).fill(1) }),
    digestOfFactors({ full: new Uint8Array(32) }),
    digestOf({ ...sums, data: { ...sums.data, count: 7 } }, states),
    digestOf({ ...sums, model: { ...sums.model, hidden: Float64Array.of(0, 0, 0, 0, 1) } }, states),
    digestOf({ ...sums, outer: { kind: 'difference', difference: new Int32Array(45).fill(1) } }, states),
    digestOf(sums, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)),
  ];
  assert.equal(new Set(digests).size, digests.length);
});

test('the state of a run is lent once at a time, and again after a restore', async () => {
  const job = tinyJob();
  const session = await openReferenceEngine().load(tinyProblem(job));
  const plane = new BoltzmannPlane({ job, session, dataMean: tinyData(job).dataMean, test: null, shared: true, stages: new Stages(null), nowMs: () => 0 });
  assert.equal(plane.lend(), plane.state);
  assert.throws(() => plane.lend(), /^Error: the state of the run is lent to a span already$/);
  plane.clearPublished();
  assert.equal(plane.lend(), plane.state);
});

test('what does not fit the job is said in words', () => {
  const settings = { job: tinyJob(), fleet: FLEET_RULES };
  const message = contribution();
  const sums = sumsOf(message);
  const packed = packSums(sums)!;
  const packing = (change: Partial<PackedSums>): ContributionMessage => ({ ...message, content: { kind: 'packed', sums: { ...packed, ...change } } });
  assert.equal(misfit(settings, packing({})), null);
  const having = (changed: UpdateSums): ContributionMessage => ({ ...message, content: { kind: 'sums', sums: changed } });
  assert.equal(misfit(settings, message), null);
  const wrong: readonly (readonly [ContributionMessage, RegExp])[] = [
    [{ ...message, data: { from: 0, to: 4 } }, /8 samples in the data phase of a range of 4/],
    [having({ ...sums, model: { ...sums.model, visible: new Int32Array(3) } }), /sums of the model phase of another shape/],
    [having({ ...sums, outer: { kind: 'both', data: new Int32Array(45), model: new Int32Array(45) } }), /kind both where difference is expected/],
    [having({ ...sums, outer: { kind: 'difference', difference: new Float64Array(45) } }), /outer sums of another shape/],
    [having({ ...sums, outer: { kind: 'difference', difference: new Int32Array(44) } }), /outer sums of another shape/],
    [packing({ outer: { kind: 'difference', difference: new Uint8Array(8) } }), /8 bytes of packed sums for 9 rows/],
    [packing({ outer: { kind: 'difference', difference: new Uint8Array(25) } }), /25 bytes of packed sums where their rows' bits ask for 9/],
    [packing({ outer: { kind: 'difference', difference: new Uint8Array(25).fill(33) } }), /packed sums of 33 bits each/],
    [packing({ data: { ...packed.data, count: 7 } }), /7 samples in the data phase of a range of 8/],
    [packing({ model: { ...packed.model, hidden: new Float64Array(4) } }), /sums of the model phase of another shape/],
    [packing({ outer: { kind: 'both', data: new Uint8Array(45), model: new Uint8Array(45) } }), /kind both where difference is expected/],
    [{ ...message, states: new Uint8Array(7) }, /7 bytes of states for 8 chains/],
  ];
  for (const [one, reason] of wrong) assert.match(misfit(settings, one) ?? '', reason);
});

test('factors are wanted of small ranges alone, and must fit them', () => {
  const job = tinyJob({ job: { facts: { ...tinyJob().facts, visible: 784 }, model: { ...tinyJob().model, hidden: 500 } } });
  const settings = { job: { ...job, train: { ...job.train, batch: 2_000, chains: 2_000 } }, fleet: { ...FLEET_RULES, forms: 'smallest' } } as const;
  const until = (to: number) => ({ from: 0, to });
  assert.equal(formOf(settings, until(50), until(50)), 'factors');
  assert.equal(formOf(settings, until(1_000), until(1_000)), 'sums');
  assert.equal(formOf({ ...settings, fleet: FLEET_RULES }, until(50), until(50)), 'sums', 'a fleet whose rules want sums gets sums');
  assert.equal(formOf({ ...settings, job: { ...settings.job, train: { ...job.train, batch: 40_000, chains: 40_000 } } }, until(50), until(50)), 'sums', 'sums beyond int32 are never tallied');
});

test('factors that do not fit their range are said in words', () => {
  const settings = { job: tinyJob({ job: { model: { ...tinyJob().model, hidden: 31 } } }), fleet: { ...FLEET_RULES, forms: 'smallest' } } as const;
  const own = { data: { from: 0, to: 1 }, chains: { from: 0, to: 1 } };
  assert.equal(formOf(settings, own.data, own.chains), 'factors');
  const factors = factorsOf(1);
  const message: ContributionMessage = { ...contribution(), ...own, content: { kind: 'factors', factors }, states: new Uint8Array(4) };
  assert.equal(misfit(settings, message), null);
  const having = (change: Partial<UpdateFactors['data']>): ContributionMessage => ({ ...message, content: { kind: 'factors', factors: { ...factors, model: { ...factors.model, ...change } } } });
  const wrong: readonly (readonly [ContributionMessage, RegExp])[] = [
    [{ ...message, content: contribution().content }, /sums where factors are expected/],
    [having({ count: 2 }), /factors of 2 samples for 1/],
    [having({ visible: new Uint8Array(3) }), /3 bytes of visible bits for 1 samples/],
    [having({ thresholds: new Uint16Array(31) }), /31 thresholds for 1 samples/],
    [having({ full: new Uint8Array(1) }), /1 bytes of full thresholds for 1 samples/],
    [{ ...message, states: new Uint8Array(3) }, /3 bytes of states for 1 chains/],
  ];
  for (const [one, reason] of wrong) assert.match(misfit(settings, one) ?? '', reason);
});

test('rates: updates of the interval, smoothed; samples by the batch; time left; figures are not training', () => {
  const clock = virtualClock();
  const pace = new Pace({ job: tinyJob(), clock, progressMs: 100, until: 10 });
  pace.start(0);
  assert.equal(pace.isDue(), false);
  clock.advance(100);
  assert.equal(pace.isDue(), true);
  const first = pace.say(2, { energyGap: 0.5 });
  assert.deepEqual(
    [first.updatesPerSecond, first.samplesPerSecond, first.secondsLeft, first.epoch, first.energyGap],
    [20, 160, 0.4, 16 / 24, 0.5],
  );
  clock.advance(1_000);
  pace.rest(1_000);
  clock.advance(100);
  assert.equal(pace.say(4, { energyGap: null }).updatesPerSecond, 20, 'the rest does not slow the rate');
  clock.advance(200);
  assert.equal(pace.say(6, { energyGap: null }).updatesPerSecond, 20 + 0.3 * (10 - 20));
  assert.equal(pace.seconds(), 1.4);
  assert.ok(Math.abs(pace.samplesPerSecond(6)! - (6 * 8) / 0.4) < 1e-9);
});
