// The clocks: the virtual one exactly, the real one as far as the port promises.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../platform/clock/clock.ts';
import { realClock } from '../../../platform/clock/real.ts';
import { virtualClock } from '../../../platform/clock/virtual.ts';

test('timers run in order of their time, equal times in order of making, each with the clock at its time', () => {
  const clock = virtualClock(100);
  const ran: string[] = [];
  const note = (name: string) => (): void => { ran.push(`${name} at ${clock.nowMs()}`); };
  clock.after(20, note('late'));
  clock.after(5, note('first'));
  clock.after(5, note('second'));
  clock.advance(30);
  assert.deepEqual(ran, ['first at 105', 'second at 105', 'late at 120']);
  assert.equal(clock.nowMs(), 130);
});

test('a period runs again and again until stopped, and a timer may set or stop others', () => {
  const clock = virtualClock();
  const ran: number[] = [];
  const ticking = clock.every(10, () => {
    ran.push(clock.nowMs());
    if (ran.length === 3) ticking.stop();
  });
  const never = clock.after(15, () => { ran.push(-1); });
  clock.after(12, () => {
    never.stop();
    clock.after(0, () => { ran.push(1000 + clock.nowMs()); });
  });
  clock.advance(100);
  assert.deepEqual(ran, [10, 1012, 20]);
  assert.equal(clock.nextMs(), null);
  assert.equal(clock.runNext(), false);
});

test('one timer at a time: runNext moves the clock to it', () => {
  const clock = virtualClock();
  clock.after(7, () => undefined);
  assert.equal(clock.nextMs(), 7);
  assert.equal(clock.runNext(), true);
  assert.equal(clock.nowMs(), 7);
});

async function fires(clock: Clock): Promise<number> {
  const from = clock.nowMs();
  await new Promise<void>((resolve) => { clock.after(5, resolve); setImmediate(function wait() { if (clock.nowMs() - from < 1_000) setImmediate(wait); }); });
  return clock.nowMs() - from;
}

test('the real clock rises, fires after its delay, repeats, stops, and gives others a turn', async () => {
  const clock = realClock();
  assert.ok(await fires(clock) >= 4);
  let turned = false;
  setImmediate(() => { turned = true; });
  await clock.turn();
  assert.ok(turned);
  let count = 0;
  await new Promise<void>((resolve) => {
    const keep = setInterval(() => undefined, 1_000);
    const ticking = clock.every(1, () => {
      count += 1;
      if (count === 3) {
        ticking.stop();
        clearInterval(keep);
        resolve();
      }
    });
  });
  assert.equal(count, 3);
  assert.ok(Math.abs(clock.dateMs() - Date.now()) < 1_000);
});
