import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateLimited } from '../../../cli/cluster/rate-limited.ts';
import { virtualClock } from '../../../platform/clock/virtual.ts';

function opened(): { readonly clock: ReturnType<typeof virtualClock>; readonly told: string[]; readonly remarks: ReturnType<typeof rateLimited> } {
  const clock = virtualClock();
  const told: string[] = [];
  return { clock, told, remarks: rateLimited(clock, (text) => { told.push(text); }) };
}

test('the first of a reason is told at once, the others of its second together, and each reason has its own second', () => {
  const { clock, told, remarks } = opened();
  for (let i = 1; i <= 1_000; i += 1) remarks.add('checksum', `frame ${i}`);
  remarks.add('version', 'newer');
  assert.deepEqual(told, ['frame 1', 'newer']);
  clock.advance(1_000);
  assert.deepEqual(told.splice(0), ['frame 1', 'newer', 'frame 1000 (and 998 more like it since the last line)']);
  remarks.add('checksum', 'again');
  assert.deepEqual(told, []);
  clock.advance(1_000);
  assert.deepEqual(told.splice(0), ['again']);
  clock.advance(2_000);
  remarks.add('checksum', 'much later');
  assert.deepEqual(told, ['much later']);
});

test('reasons beyond the bound share one', () => {
  const { clock, told, remarks } = opened();
  for (let i = 0; i < 10_000; i += 1) remarks.add(`reason ${i}`, `text ${i}`);
  assert.equal(told.length, 65);
  clock.advance(1_000);
  assert.deepEqual(told.slice(65), ['text 9999 (and 9934 more like it since the last line)']);
});

test('what is outstanding is told at the end, and nothing after it', () => {
  const { clock, told, remarks } = opened();
  remarks.add('gone', 'one');
  remarks.add('gone', 'two');
  remarks.close();
  clock.advance(10_000);
  assert.deepEqual(told, ['one', 'two']);
});

test('what a peer chose cannot move the cursor of a terminal, nor fill the screen', () => {
  const { told, remarks } = opened();
  remarks.add('name', `a\u001b[2J\r\nb\u202e${'x'.repeat(5_000)}`);
  assert.match(told[0] ?? '', /^a\?\[2J\?\?b\?x+$/);
  assert.equal(told[0]?.length, 1_000);
});
