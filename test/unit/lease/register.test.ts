// The lease over a register, in virtual time: when it ends for its holder and for who watches, and what becomes of writes whose answer was lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock, type VirtualClock } from '../../../platform/clock/virtual.ts';
import type { Lease } from '../../../platform/lease/lease.ts';
import type { ProcessIdentity, Processes } from '../../../platform/lease/processes.ts';
import { registerLease, type Found, type Register } from '../../../platform/lease/register.ts';
import { storeLease } from '../../../platform/lease/store.ts';
import { memoryObjects, openMemoryStore } from '../../../platform/store/memory.ts';

interface Memory extends Register {
  found: Found | null;
  /** The next write is done, and its answer is lost. */
  loseNext: boolean;
}

function memoryRegister(): Memory {
  const memory: Memory = {
    found: null,
    loseNext: false,
    read: () => Promise.resolve(memory.found),
    write(value, after) {
      if ((memory.found?.revision ?? 0) !== after) return Promise.resolve(null);
      memory.found = { revision: after + 1, value };
      if (!memory.loseNext) return Promise.resolve(after + 1);
      memory.loseNext = false;
      return Promise.reject(new Error('no answer'));
    },
  };
  return memory;
}

interface World { readonly clock: VirtualClock; readonly memory: Memory; readonly contender: (ttlMs?: number) => Lease }

function world(): World {
  const clock = virtualClock();
  const memory = memoryRegister();
  let number = 0;
  return { clock, memory, contender: (ttlMs = 5_000) => registerLease(memory, { clock, name: `machine ${number += 1}`, ttlMs, marginMs: 1_000 }) };
}

test('G1: a watcher takes the lease only when it has seen the same sign of life for the whole time, after the holder has stopped', async () => {
  const { clock, contender } = world();
  const [holder, watcher] = [contender(), contender()];
  const taken = await holder.take();
  assert.deepEqual(taken, { kind: 'taken', validForMs: 4_000 });
  clock.advance(3_000);
  assert.equal((await watcher.take()).kind, 'held');
  clock.advance(4_999);
  assert.equal((await watcher.take()).kind, 'held');
  clock.advance(1);
  assert.equal((await watcher.take()).kind, 'taken');
  const lost = await holder.renew();
  assert.equal(lost.kind, 'lost');
  assert.equal(lost.by?.name, 'machine 2');
});

test('a sign of life starts the time anew, and a holder that asks for longer gets it', async () => {
  const { clock, contender } = world();
  const [holder, watcher] = [contender(8_000), contender(5_000)];
  await holder.take();
  await watcher.take();
  clock.advance(6_000);
  const held = await watcher.take();
  assert.equal(held.kind, 'held');
  assert.equal(held.by.remedy, 'Wait: without a sign of life its lease ends after 8 s.');
  await holder.renew();
  clock.advance(6_000);
  assert.equal((await watcher.take()).kind, 'held');
  clock.advance(8_000);
  assert.equal((await watcher.take()).kind, 'taken');
});

test('G2: a take, a renewal and a giving up whose answers were lost are found out by the next call', async () => {
  const { memory, contender } = world();
  const [holder, other] = [contender(), contender()];
  memory.loseNext = true;
  await assert.rejects(holder.take(), /no answer/);
  assert.equal((await holder.take()).kind, 'taken');
  memory.loseNext = true;
  await assert.rejects(holder.renew(), /no answer/);
  assert.equal((await holder.renew()).kind, 'renewed');
  assert.equal((await other.take()).kind, 'held');
  memory.loseNext = true;
  await assert.rejects(holder.giveUp(), /no answer/);
  assert.equal((await other.take()).kind, 'taken');
});

test('what cannot be read as a sign of life is held by somebody unknown, for its time', async () => {
  for (const noise of ['', 'null', '{}', 'x'.repeat(10_000), JSON.stringify({ owner: 'a', name: 'b', since: 'c', isFree: false, ttlMs: 1e300 }), JSON.stringify({ owner: 'a', name: 'b', since: 'c', isFree: false, ttlMs: 1, process: { pid: -1 } })]) {
    const { clock, memory, contender } = world();
    await memory.write(new TextEncoder().encode(noise), 0);
    const watcher = contender();
    const held = await watcher.take();
    assert.equal(held.kind, 'held');
    assert.equal(held.by.name, 'a process unknown to this version');
    clock.advance(5_000);
    assert.equal((await watcher.take()).kind, 'taken');
  }
});

const identity = (pid: number, bootId: string | null = 'boot-1'): ProcessIdentity => ({ pid, host: 'anna', startTicks: 7, bootId, machineId: null, pidNamespace: null });
const among = (self: ProcessIdentity, running: readonly number[]): Processes => ({ self: () => self, stateOf: ({ pid }) => running.includes(pid) ? 'alive' : 'dead' });

test('G3: the lease of a process that has ended on this machine is free at once; of one that runs, or of another boot, after the 3 s of its silence', async () => {
  for (const [holder, running, kind] of [[identity(1), [], 'taken'], [identity(1), [1], 'held'], [identity(1, 'boot-2'), [], 'held'], [identity(1, null), [], 'held']] as const) {
    const { clock, memory } = world();
    const lease = (name: string, processes?: Processes): Lease => registerLease(memory, { clock, name, ttlMs: 3_000, ...(processes === undefined ? {} : { processes }) });
    assert.equal((await lease('holder', among(holder, [1])).take()).kind, 'taken');
    const elsewhere = lease('elsewhere');
    assert.equal((await elsewhere.take()).kind, 'held'); // who cannot tell waits
    const watcher = lease('watcher', among(identity(2, holder.bootId === null ? null : 'boot-1'), running));
    assert.equal((await watcher.take()).kind, kind);
    clock.advance(2_999);
    for (const one of kind === 'taken' ? [] : [elsewhere, watcher]) assert.equal((await one.take()).kind, 'held');
    clock.advance(1);
    assert.equal((await watcher.take()).kind, 'taken');
  }
});

test('a time that is none is refused', () => {
  for (const [ttlMs, marginMs] of [[0, 0], [-1, 0], [NaN, 0], [1_000, 1_000], [1e9, 0], [1_000, -1]]) {
    assert.throws(() => registerLease(memoryRegister(), { clock: virtualClock(), name: 'x', ttlMs: ttlMs!, marginMs: marginMs! }), RangeError);
  }
});

test('H1, H2: records are few however long it is held; who creates an old number comes too late and takes it away', async () => {
  const clock = virtualClock();
  const store = openMemoryStore(memoryObjects());
  const holder = storeLease({ store, clock, name: 'holder' });
  await holder.take();
  for (let beat = 0; beat < 200; beat += 1) assert.equal((await holder.renew()).kind, 'renewed');
  const keys = await store.list('lease/');
  assert.ok(keys.length <= 64);
  assert.equal(keys.at(-1), 'lease/000000000201');
  // A machine whose look at the directory is older than anything that is kept.
  const stale = { ...store, list: () => Promise.resolve(['lease/000000000005']), get: () => Promise.resolve(new TextEncoder().encode('{}')) };
  let isStale = true;
  const late = storeLease({ store: { ...store, list: (prefix) => isStale ? stale.list() : store.list(prefix), get: (key) => isStale ? stale.get() : store.get(key), putIfAbsent: (key, bytes) => { isStale = clock.nowMs() < 5_000; return store.putIfAbsent(key, bytes); } }, clock, name: 'late' });
  await late.take();
  clock.advance(5_000);
  const outcome = await late.take();
  assert.equal(outcome.kind, 'held');
  assert.equal(outcome.by.name, 'holder');
  assert.deepEqual(await store.list('lease/'), keys);
  assert.equal((await holder.renew()).kind, 'renewed');
});
