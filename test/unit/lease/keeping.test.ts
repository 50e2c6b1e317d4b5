// A lease that is kept, in virtual time: renewed while it is held, its loss told at once and once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock, type VirtualClock } from '../../../platform/clock/virtual.ts';
import { takeAndKeep, waitForLease, type KeptLease } from '../../../platform/lease/keeping.ts';
import type { Lease, LeaseHolder } from '../../../platform/lease/lease.ts';
import { leaseBoard, memoryLease, type LeaseBoard } from '../../../platform/lease/memory.ts';

const VALID_MS = 4_000;
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** Moves the clock in small steps, so that what a timer began can end before the next. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let done = 0; done < ms; done += 100) {
    clock.advance(100);
    await turn();
  }
}

interface World { readonly clock: VirtualClock; readonly board: LeaseBoard; readonly contender: (name: string) => Lease }

function world(ttlMs: number | null = VALID_MS): World {
  const clock = virtualClock();
  const board = leaseBoard();
  return { clock, board, contender: (name) => memoryLease({ board, name, ttlMs, nowMs: () => clock.nowMs() }) };
}

async function kept(lease: Lease, clock: VirtualClock): Promise<{ readonly kept: KeptLease; readonly losses: (LeaseHolder | null)[] }> {
  const outcome = await takeAndKeep(lease, clock);
  assert.equal(outcome.kind, 'kept');
  const losses: (LeaseHolder | null)[] = [];
  void outcome.kept.lost.then((by) => losses.push(by));
  return { kept: outcome.kept, losses };
}

test('a lease is kept far beyond its time, refused to others meanwhile, and free when it is given up', async () => {
  const { clock, contender } = world();
  const { kept: holder, losses } = await kept(contender('a'), clock);
  const other = contender('b');
  for (let round = 0; round < 10; round += 1) {
    await pass(clock, VALID_MS);
    assert.equal((await takeAndKeep(other, clock)).kind, 'held');
  }
  assert.ok(holder.isHeld());
  await holder.giveUp();
  assert.equal((await takeAndKeep(other, clock)).kind, 'kept');
  assert.deepEqual([losses, holder.isHeld()], [[], false]);
});

test('renewals that get no answer are tried again, and cost nothing as long as one comes in time', async () => {
  const { clock, contender } = world();
  const lease = contender('a');
  let failures = 0;
  const flaky: Lease = { ...lease, renew: () => failures++ % 3 === 2 ? lease.renew() : Promise.reject(new Error('no answer')) };
  const { kept: holder, losses } = await kept(flaky, clock);
  await pass(clock, 5 * VALID_MS);
  assert.deepEqual([holder.isHeld(), losses], [true, []]);
});

test('without any answer the loss is told when the time is up, once, and an answer that comes later changes nothing', async () => {
  const { clock, contender } = world();
  const lease = contender('a');
  const late: (() => void)[] = [];
  const silent: Lease = { ...lease, renew: () => new Promise((resolve) => { late.push(() => { resolve({ kind: 'renewed', validForMs: VALID_MS }); }); }) };
  const { kept: holder, losses } = await kept(silent, clock);
  await pass(clock, VALID_MS - 100);
  assert.deepEqual([holder.isHeld(), losses], [true, []]);
  await pass(clock, 100);
  assert.deepEqual([holder.isHeld(), losses], [false, [null]]);
  for (const answer of late) answer();
  await pass(clock, VALID_MS);
  assert.deepEqual([holder.isHeld(), losses.length, late.length], [false, 1, 1]);
});

test('another holder is told by name at the next renewal', async () => {
  const { clock, board, contender } = world();
  const { losses } = await kept(contender('a'), clock);
  board.held = null;
  await kept(contender('b'), clock);
  await pass(clock, 1_100);
  assert.deepEqual(losses.map((by) => by?.name), ['b']);
});

test('a process that slept past the end knows before any timer has run', async () => {
  const { clock, contender } = world();
  const outcome = await takeAndKeep({ ...contender('a'), take: () => { return Promise.resolve({ kind: 'taken', validForMs: VALID_MS }); } }, { ...clock, every: () => ({ stop: () => undefined }), after: () => ({ stop: () => undefined }) });
  assert.equal(outcome.kind, 'kept');
  assert.ok(outcome.kept.isHeld());
  clock.advance(VALID_MS);
  assert.equal(outcome.kept.isHeld(), false);
});

test('a lease without an end is looked at, and its loss told', async () => {
  const { clock, board, contender } = world(null);
  const { kept: holder, losses } = await kept(contender('a'), clock);
  await pass(clock, 60_000);
  assert.ok(holder.isHeld());
  board.held = null;
  await pass(clock, 1_000);
  assert.deepEqual(losses, [null]);
});

test('a standby waits until the holder dies, and says meanwhile why; one that is told to stop holds nothing', async () => {
  const { clock, board, contender } = world();
  await contender('a').take();
  const waits: (LeaseHolder | Error)[] = [];
  const stop = new AbortController();
  const standby = waitForLease(contender('b'), clock, { pollMs: 500, signal: stop.signal, onWaiting: (why) => waits.push(why) });
  await pass(clock, VALID_MS + 500);
  const held = await standby;
  assert.ok(held?.isHeld());
  assert.ok(waits.length > 5);
  assert.ok(waits.every((why) => 'since' in why && why.name === 'a'));
  const third = waitForLease({ ...contender('c'), take: () => Promise.reject(new Error('no answer')) }, clock, { pollMs: 500, signal: stop.signal });
  await pass(clock, 1_000);
  stop.abort();
  assert.equal(await third, null);
  assert.equal(board.held?.by.name, 'b');
});
