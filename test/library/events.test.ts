// The queue of unread events: bounded, in order, and honest about what it left out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventQueue, UNREAD_EVENTS_MAX } from '../../cli/compose/library-events.ts';
import type { RunEvent } from '../../index.ts';

const progress = (update: number): RunEvent => (
  { kind: 'progress', update, updates: 100, epoch: 0, energyGap: null, updatesPerSecond: null, samplesPerSecond: null, secondsLeft: null });
const checkpoint = (update: number): RunEvent => ({ kind: 'checkpoint', update, path: '' });

async function unreadOf(queue: EventQueue): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (let event = await queue.next(); event !== null; event = await queue.next()) events.push(event);
  return events;
}

test('of unread progress only the newest is kept, and everything else in order', async () => {
  const queue = new EventQueue();
  for (const event of [progress(1), checkpoint(1), progress(2), progress(3), checkpoint(3), progress(4)]) queue.push(event);
  queue.end();
  assert.deepEqual(await unreadOf(queue), [checkpoint(1), checkpoint(3), progress(4)]);
});

test('who reads in time misses nothing', async () => {
  const queue = new EventQueue();
  const read: (RunEvent | null)[] = [];
  for (let update = 1; update <= 5; update += 1) {
    const next = queue.next();
    queue.push(progress(update));
    read.push(await next);
  }
  assert.deepEqual(read, [1, 2, 3, 4, 5].map(progress));
});

test('a full queue drops its oldest events and says how many', async () => {
  const queue = new EventQueue();
  for (let update = 1; update <= UNREAD_EVENTS_MAX + 7; update += 1) queue.push(checkpoint(update));
  queue.end();
  const [warning, ...rest] = await unreadOf(queue);
  assert.deepEqual(warning, { kind: 'warning', message: `7 events were left out: at most ${UNREAD_EVENTS_MAX} wait to be read` });
  assert.deepEqual([rest.length, rest[0], rest.at(-1)], [UNREAD_EVENTS_MAX, checkpoint(8), checkpoint(UNREAD_EVENTS_MAX + 7)]);
});

test('several who wait are served in the order they came, and all learn of the end', async () => {
  const queue = new EventQueue();
  const waiting = [queue.next(), queue.next(), queue.next()];
  queue.push(checkpoint(1));
  queue.push(checkpoint(2));
  queue.end();
  assert.deepEqual(await Promise.all(waiting), [checkpoint(1), checkpoint(2), null]);
  assert.equal(await queue.next(), null);
});
