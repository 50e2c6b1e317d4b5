// The plane of a continuous run: what it keeps comes back whole, slots change when an update is committed and not before, digests name the state,
// and sums that are not fit make it diverge without a change.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slotsOf } from '../../../ebm/continuous/slots.ts';
import { addValues, createSums, EXPONENT, OBSERVED_EXPONENT } from '../../../ebm/continuous/sums.ts';
import { isContinuous, type ContinuousJob } from '../../../ebm/job.ts';
import { ContinuousPlane } from '../../../coordinator/shell/continuous-plane.ts';
import type { StepOutcome } from '../../../coordinator/shell/data-plane.ts';
import { SnapshotError } from '../../../coordinator/shell/snapshots.ts';
import { compileJob } from '../../../platform/config/compile.ts';
import { parseJob } from '../../../platform/config/read.ts';
import type { Snapshot, SnapshotArray } from '../../../platform/journal/journal.ts';
import type { ContributionMessage } from '../../../proto/messages.ts';

const BATCH = 4;
const SLOTS = 12;
const PARAMETERS = 5; // mean 2, log_diagonal 2, lower 1

function jobOf(...settings: readonly string[]): ContinuousJob {
  const fixed = [`train.batch=${BATCH}`, `train.chains=${SLOTS}`, 'train.microbatch=2', 'train.updates=9', 'train.average=0.5', 'train.optimiser.kind=adam'];
  const facts = { digest: `sha256:${'a'.repeat(64)}`, trainingRows: 100, validationRows: 0, testRows: 0, visible: 2 };
  const job = compileJob(parseJob('data: { source: eight-gaussians }\nmodel: { kind: energy, energy: { kind: quadratic } }\n', [...fixed, ...settings]), facts);
  assert.ok(isContinuous(job));
  return job;
}

function started(job = jobOf()): ContinuousPlane {
  const plane = new ContinuousPlane(job);
  plane.start();
  return plane;
}

function contribution(update: number, range: { readonly from: number; readonly to: number }, gradient: readonly number[], seen: readonly number[] = [1, 2, 3, 0]): ContributionMessage {
  const sums = createSums(PARAMETERS);
  addValues(sums, Float64Array.from(gradient), { at: 0, exponent: EXPONENT, parts: 4 });
  const observed = createSums(4);
  addValues(observed, Float64Array.from(seen), { at: 0, exponent: OBSERVED_EXPONENT, parts: 4 });
  const states = Float32Array.from({ length: 2 * (range.to - range.from) }, (_, i) => 100 * update + 2 * range.from + i);
  return {
    kind: 'contribution', worker: 'w', epoch: 1, lease: 1, branch: 0, update, data: range, chains: range, content: { kind: 'gradient', gradient: sums, observed },
    states: new Uint8Array(states.buffer), asks: true,
  } as unknown as ContributionMessage;
}

async function updated(plane: ContinuousPlane, update: number): Promise<void> {
  plane.accept(contribution(update, { from: 2, to: 4 }, [1, 0, 0.5, 0, 0.25]));
  plane.accept(contribution(update, { from: 0, to: 2 }, [0, 1, 0.5, 0.125, 0]));
  const { outcome } = await plane.apply({ update, branch: 0, learningRate: 0.1 }, 0, null);
  assert.deepEqual(outcome, { kind: 'applied' });
}

const snapshotOf = (arrays: ReadonlyMap<string, SnapshotArray>, update: number): Snapshot => ({ update, branch: 0, arrays } as unknown as Snapshot);

test('what it takes of a version is what it loads: digests, states and later updates are equal', async () => {
  const plane = started();
  for (const update of [0, 1]) {
    await updated(plane, update);
    plane.commit(update);
  }
  const other = started(jobOf('seed=9'));
  await other.loadArrays(snapshotOf(plane.takeArrays({ branch: 0, version: 2 }), 2), 0);
  assert.deepEqual(other.digests(), plane.digests());
  assert.deepEqual(other.takeArrays({ branch: 0, version: 2 }), plane.takeArrays({ branch: 0, version: 2 }));
  for (const one of [plane, other]) await updated(one, 3);
  assert.deepEqual(other.digests(), plane.digests());
});

test('a snapshot with an array that is missing or of another length is refused by its name', () => {
  const plane = started();
  const arrays = plane.takeArrays({ branch: 0, version: 0 });
  for (const name of ['masters/values', 'slot0/values', 'slot1/values', 'average/values', 'chains']) {
    const without = new Map([...arrays].filter(([one]) => one !== name));
    const shorter = new Map(arrays).set(name, new Float32Array(1));
    for (const damaged of [without, shorter]) {
      assert.throws(() => plane.loadArrays(snapshotOf(damaged, 0), 0), (error: unknown) => error instanceof SnapshotError && error.message.includes(`no array ${name}`));
    }
  }
});

test('slots become what an update made of them when it is committed, in the update\'s own order', async () => {
  const job = jobOf();
  const plane = started(job);
  const before = plane.digests().chains;
  await updated(plane, 0);
  assert.equal(plane.digests().chains, before);
  plane.commit(0);
  assert.notEqual(plane.digests().chains, before);
  const slots = slotsOf({ seed: job.seed, slots: SLOTS, batch: BATCH }, 0, { from: 0, to: BATCH });
  const chains = plane.takeArrays({ branch: 0, version: 1 }).get('chains') as Float32Array;
  slots.forEach((slot, offset) => { assert.deepEqual([...chains.subarray(2 * slot, 2 * slot + 2)], [2 * offset, 2 * offset + 1]); });
});

test('the order in which contributions come makes no difference; the values of a sum do', async () => {
  const [one, two, three] = [started(), started(), started()];
  const [a, b] = [contribution(0, { from: 0, to: 2 }, [1, 2, 3, 4, 5]), contribution(0, { from: 2, to: 4 }, [-0.1, 0.2, 1e-9, 0, 3])];
  for (const [plane, parts] of [[one, [a, b]], [two, [b, a]], [three, [a]]] as const) {
    parts.forEach((part) => { plane.accept(part); });
    await plane.apply({ update: 0, branch: 0, learningRate: 0.1 }, 0, null);
    plane.commit(0);
  }
  assert.deepEqual(one.digests(), two.digests());
  assert.notEqual(one.digests().parameters, three.digests().parameters);
});

test('a value that was rejected anywhere is divergence, and nothing has changed', async () => {
  const plane = started();
  const before = plane.digests();
  plane.accept(contribution(0, { from: 0, to: 2 }, [0, NaN, 0, 0, 0]));
  plane.accept(contribution(0, { from: 2, to: 4 }, [1, 1, 1, 1, 1]));
  const { outcome } = await plane.apply({ update: 0, branch: 0, learningRate: 0.1 }, 0, null);
  assert.equal(outcome.kind, 'diverged');
  plane.abandon();
  assert.deepEqual(plane.digests(), before);
});

test('a gradient of another model is refused', () => {
  const message = contribution(0, { from: 0, to: 2 }, [1, 1, 1, 1, 1]);
  assert.throws(() => { started(jobOf('model.energy.kind=gaussian-mixture')).accept(message); }, /a gradient of 5 values for \d+ parameters/);
});

test('the published model is named tensors in the order of their names', () => {
  const { tensors } = started().model();
  assert.deepEqual([...tensors.keys()], ['log_diagonal', 'lower', 'mean']);
});

/** An update whose chains lie so many nats above the data, and of whose 4 proposals so many are accepted. */
async function observed(plane: ContinuousPlane, update: number, { gap = 0, accepted = 4 }): Promise<StepOutcome> {
  plane.accept(contribution(update, { from: 0, to: 4 }, [0, 0, 0, 0, 0], [0, gap * BATCH, accepted, 0]));
  const { outcome } = await plane.apply({ update, branch: 0, learningRate: 0.1 }, 0, null);
  if (outcome.kind === 'applied') plane.commit(update);
  return outcome;
}

test('ten updates in a row whose chains stand still are a divergence, and one that moves begins the count anew', async () => {
  const plane = started(jobOf('train.sampler.kind=mala'));
  for (let update = 0; update < 9; update += 1) assert.equal((await observed(plane, update, { accepted: 0 })).kind, 'applied');
  assert.equal((await observed(plane, 9, { accepted: 1 })).kind, 'applied');
  for (let update = 10; update < 19; update += 1) assert.equal((await observed(plane, update, { accepted: 0 })).kind, 'applied');
  assert.deepEqual(await observed(plane, 19, { accepted: 0 }), {
    kind: 'diverged', reason: 'chains that stand still', where: 'an acceptance of 0.0 %, the last of 10 updates in a row',
  });
});

test('what a checkpoint holds of the count goes on, a healthy one holds none, and a start forgets it', async () => {
  const plane = started();
  assert.ok(!plane.takeArrays({ branch: 0, version: 0 }).has('chains/troubled'));
  for (let update = 0; update < 9; update += 1) assert.equal((await observed(plane, update, { gap: 200 })).kind, 'applied');
  const snapshot = snapshotOf(plane.takeArrays({ branch: 0, version: 9 }), 9);
  const [other, fresh] = [started(), started()];
  await other.loadArrays(snapshot, 0);
  assert.deepEqual(await observed(other, 9, { gap: 200 }), {
    kind: 'diverged', reason: 'chains that have run away', where: 'an energy gap of -200 nats, the last of 10 updates in a row',
  });
  await fresh.loadArrays(snapshot, 0);
  fresh.start();
  assert.equal((await observed(fresh, 9, { gap: 200 })).kind, 'applied');
});

test('the chains\' figures are those of their means, once a window; none while nothing persists', () => {
  const plane = started(jobOf('ledger.every=5'));
  const figures = Array.from({ length: 200 }, (_, i) => ({ version: i + 1, figures: plane.health(i + 1) })).filter((one) => one.figures !== null);
  assert.deepEqual(figures.map(({ version }) => version), [150]); // a draw each 3 updates, in which all 12 slots have their turn
  assert.ok(figures[0]!.figures!.rHat! > 1000, 'they never moved');
  const score = started(jobOf('train.objective=denoising', 'train.chains=null'));
  assert.ok(Array.from({ length: 150 }, (_, i) => score.health(i + 1)).every((one) => one === null));
});
