// The log of a cluster: one leader at a time writes, a deposed one can write nothing, and what a snapshot replaced is never missed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Deposed, LeaderLog, LOG_LIMITS, readLog } from '../../../coordinator/shell/cluster/log.ts';
import type { Decision, History } from '../../../coordinator/machine/cluster/history.ts';
import { virtualClock } from '../../../platform/clock/virtual.ts';
import { openMemoryStore } from '../../../platform/store/memory.ts';
import type { Store } from '../../../platform/store/store.ts';

const clock = virtualClock();
const submission = (history: History): Decision => {
  const number = history.lastNumber + 1;
  return { kind: 'submitted', id: `j-${number}`, number, name: 'j', priority: 0, spec: { a: number }, key: `k${number}` };
};

describe('the log of a cluster', () => {
  test('what one leader wrote the next one knows; epochs rise', async () => {
    const store = openMemoryStore();
    const first = await LeaderLog.lead(store, 'first', clock);
    await Promise.all([first.decide(submission), first.decide(submission), first.decide(() => null)]);
    const second = await LeaderLog.lead(store, 'second', clock);
    assert.deepEqual([first.epoch, second.epoch, second.history.jobs.map(({ id }) => id)], [1, 2, ['j-1', 'j-2']]);
  });

  test('a deposed leader writes nothing, and knows it before it writes elsewhere', async () => {
    const store = openMemoryStore();
    const first = await LeaderLog.lead(store, 'first', clock);
    await first.assertLeading();
    const second = await LeaderLog.lead(store, 'second', clock);
    await assert.rejects(first.assertLeading(), Deposed);
    await assert.rejects(first.decide(submission), Deposed);
    assert.equal((await readLog(store)).number, 2);
    await second.assertLeading();
  });

  test('after a snapshot the log is short, the same history is read, and a leader deposed before it still writes nothing', async () => {
    const store = openMemoryStore();
    const first = await LeaderLog.lead(store, 'first', clock);
    await first.decide(submission);
    const second = await LeaderLog.lead(store, 'second', clock);
    for (let n = 0; n < LOG_LIMITS.recordsBetweenSnapshots + 5; n += 1) await second.decide(submission);
    const { history } = second;
    assert.ok((await store.list('log/')).length < 20);
    assert.deepEqual((await readLog(store)).history, history);
    await assert.rejects(first.decide(submission), Deposed, 'the number after its last record stays taken');
    await second.decide(submission);
  });

  test('a candidate that slept while a snapshot freed its number does not lead in the past', async () => {
    const memory = openMemoryStore();
    const leader = await LeaderLog.lead(memory, 'leader', clock);
    await leader.decide(submission);
    let wake: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => { wake = resolve; });
    let isFirst = true;
    const slow: Store = { putIfAbsent: async (key, bytes) => {
      if (isFirst) { isFirst = false; await asleep; }
      return memory.putIfAbsent(key, bytes);
    }, get: (key) => memory.get(key), list: (prefix) => memory.list(prefix), remove: (key) => memory.remove(key), close: () => memory.close() };
    const candidate = LeaderLog.lead(slow, 'candidate', clock);
    for (let n = 0; n < LOG_LIMITS.recordsBetweenSnapshots + 5; n += 1) await leader.decide(submission);
    const jobs = leader.history.jobs.length;
    wake();
    const next = await candidate;
    assert.deepEqual([next.epoch, next.history.jobs.length], [2, jobs]);
    await assert.rejects(leader.decide(submission), Deposed);
    await next.decide(submission);
    assert.equal((await readLog(memory)).history.jobs.length, jobs + 1);
  });

  test('of two that take the lead at once both get epochs of their own, and the later one leads', async () => {
    const store = openMemoryStore();
    const [a, b] = await Promise.all([LeaderLog.lead(store, 'a', clock), LeaderLog.lead(store, 'b', clock)]);
    const [old, current] = a.epoch < b.epoch ? [a, b] : [b, a];
    assert.ok(old.epoch < current.epoch);
    await assert.rejects(old.decide(submission), Deposed);
    await current.decide(submission);
  });

  test('a store that fails loses no place: the same record is written when it works again', async () => {
    const memory = openMemoryStore();
    let fails = false;
    const store: Store = { ...memory, putIfAbsent: (key, bytes) => fails ? Promise.reject(new Error('the disk is full')) : memory.putIfAbsent(key, bytes), get: (key) => memory.get(key), list: (prefix) => memory.list(prefix), remove: (key) => memory.remove(key), close: () => memory.close() };
    const log = await LeaderLog.lead(store, 'x', clock);
    fails = true;
    await assert.rejects(log.decide(submission), /the disk is full/);
    fails = false;
    await log.decide(submission);
    assert.deepEqual(log.history.jobs.map(({ id }) => id), ['j-1']);
  });

  test('a damaged or newer record is told, with what to do', async () => {
    const store = openMemoryStore();
    await store.putIfAbsent('log/0000000001', new TextEncoder().encode('{"v":99}'));
    await assert.rejects(readLog(store), /record log\/0000000001 of the cluster's log has format 99; this program reads up to 1: run a newer ebm/);
    const torn = openMemoryStore();
    await torn.putIfAbsent('log/0000000001', new TextEncoder().encode('{"v":'));
    await assert.rejects(LeaderLog.lead(torn, 'x', clock), /is damaged: restore the store from a backup/);
  });
});
