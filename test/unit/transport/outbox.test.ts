// What the outbox keeps, for whom and how long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../../../platform/clock/virtual.ts';
import { encodeFrame, parseFrame, type Frame } from '../../../platform/transport/framing.ts';
import { Outbox } from '../../../platform/transport/outbox.ts';
import { pattern } from '../../support/nats-fixture.ts';

const limits = { outboxBytesMax: 100, publishedBytesMax: 100, offerKeptMs: 1_000, framesOfMessageMax: 8 };

function opened(): { readonly clock: ReturnType<typeof virtualClock>; readonly outbox: Outbox } {
  const clock = virtualClock();
  return { clock, outbox: new Outbox({ clock, sender: 7, limits }) };
}

function frameOf(bytes: Uint8Array | null): Frame {
  assert.ok(bytes);
  const parsed = parseFrame(bytes);
  assert.ok(parsed.kind === 'frame');
  return parsed.frame;
}

/** What the outbox answers to a pull. */
function pulled(outbox: Outbox, pull: { readonly message: number; readonly totalBytes: number; readonly index: number; readonly count: number }): Frame {
  return frameOf(outbox.answer(frameOf(encodeFrame({ kind: 'pull', sender: 1, ...pull }))));
}

test('an offer says how the message is cut, and each frame can be had again and again', () => {
  const { outbox } = opened();
  const payload = pattern(25);
  const offer = frameOf(outbox.offer({ purpose: 'publish', message: 3, payload, contentBytesMax: 10 }));
  assert.deepEqual([offer.kind, offer.sender, offer.message, offer.totalBytes, offer.count], ['publish-offer', 7, 3, 25, 3]);
  for (const index of [0, 2, 1, 2]) {
    assert.deepEqual(pulled(outbox, { message: 3, totalBytes: 25, index, count: 3 }).content, payload.slice(index * 9, index * 9 + 9));
  }
});

test('a pull for what is not kept, or was cut otherwise, is answered with gone', () => {
  const { outbox } = opened();
  outbox.offer({ purpose: 'publish', message: 3, payload: pattern(25), contentBytesMax: 10 });
  assert.equal(pulled(outbox, { message: 4, totalBytes: 25, index: 0, count: 3 }).kind, 'gone');
  assert.equal(pulled(outbox, { message: 3, totalBytes: 24, index: 0, count: 3 }).kind, 'gone');
  assert.equal(pulled(outbox, { message: 3, totalBytes: 25, index: 0, count: 5 }).kind, 'gone');
});

test('what was offered is kept for its time and not longer', () => {
  const { clock, outbox } = opened();
  outbox.offer({ purpose: 'publish', message: 1, payload: pattern(20), contentBytesMax: 10 });
  clock.advance(600);
  outbox.offer({ purpose: 'publish', message: 2, payload: pattern(20), contentBytesMax: 10 });
  outbox.offer({ purpose: 'request', message: 3, payload: pattern(20), contentBytesMax: 10, keptMs: 5_000 });
  clock.advance(500);
  assert.equal(outbox.bytes, 40);
  clock.advance(500);
  assert.equal(outbox.bytes, 20);
  clock.advance(5_000);
  assert.equal(outbox.bytes, 0);
  assert.equal(clock.nextMs(), null);
});

test('requests and answers beyond the bound are refused; published messages give way to newer ones, and never to nothing', () => {
  const { outbox } = opened();
  const offer = (purpose: 'publish' | 'answer', message: number, bytes: number): boolean => outbox.offer({ purpose, message, payload: pattern(bytes), contentBytesMax: 50 }) !== null;
  assert.deepEqual([offer('answer', 1, 60), offer('answer', 2, 60)], [true, false]);
  assert.deepEqual([offer('publish', 3, 60), offer('publish', 4, 60), offer('publish', 5, 300)], [true, true, true]);
  assert.equal(outbox.bytes, 360);
  assert.equal(offer('publish', 6, 401), false);
});

test('an answer leaves when it has been fetched, others stay for whoever else listens', () => {
  const { clock, outbox } = opened();
  outbox.offer({ purpose: 'answer', message: 1, payload: pattern(20), contentBytesMax: 10 });
  outbox.offer({ purpose: 'publish', message: 2, payload: pattern(21), contentBytesMax: 10 });
  outbox.fetched(1);
  outbox.fetched(2);
  assert.equal(outbox.bytes, 21);
  outbox.clear();
  assert.equal(outbox.bytes, 0);
  assert.equal(clock.nextMs(), null);
});
