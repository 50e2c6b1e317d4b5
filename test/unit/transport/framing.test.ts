// Frames survive the wire, and whatever is not one is refused with its reason, never with an exception.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { chunkCount, chunkRange, encodeFrame, HEADER_BYTES, nameContent, nameIn, parseFrame, U48_MAX, type FrameHeader, type FrameKind } from '../../../platform/transport/framing.ts';

const DIRECT: readonly FrameKind[] = ['publish', 'request', 'answer', 'failure'];
const OFFERS: readonly FrameKind[] = ['publish-offer', 'request-offer', 'answer-offer'];
const names = { sender: fc.integer({ min: 0, max: U48_MAX }), message: fc.integer({ min: 0, max: U48_MAX }) };
const header: FrameHeader = { kind: 'publish', sender: 7, message: 8, totalBytes: 3, index: 0, count: 1 };

/** A frame with other bytes at a place and a checksum that is right for them. */
function forged(frame: Uint8Array, at: number, bytes: readonly number[]): Uint8Array {
  const copy = Buffer.from(frame);
  copy.set(bytes, at);
  copy.writeUInt32BE(crc32(copy.subarray(HEADER_BYTES), crc32(copy.subarray(0, 28))), 28);
  return copy;
}

function reason(bytes: Uint8Array): string {
  const parsed = parseFrame(bytes);
  return parsed.kind === 'refused' ? parsed.reason : 'none';
}

test('direct frames survive', () => {
  fc.assert(fc.property(fc.record({ kind: fc.constantFrom(...DIRECT), ...names }), fc.uint8Array({ maxLength: 300 }), (named, content) => {
    const whole = { ...named, totalBytes: content.length, index: 0, count: 1 };
    assert.deepEqual(parseFrame(encodeFrame(whole, content)), { kind: 'frame', frame: { ...whole, content } });
  }));
});

test('a message that is cut is whole again when its frames are put where they belong', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 2, maxLength: 5_000 }), fc.integer({ min: 1, max: 2_000 }), (message, contentBytesMax) => {
    const count = chunkCount(message.length, contentBytesMax);
    fc.pre(count >= 2);
    const whole = new Uint8Array(message.length);
    for (let index = 0; index < count; index += 1) {
      const { start, end } = chunkRange({ totalBytes: message.length, count, index });
      assert.ok(end > start && end - start <= contentBytesMax);
      const parsed = parseFrame(encodeFrame({ kind: 'chunk', sender: 1, message: 2, totalBytes: message.length, index, count }, message.subarray(start, end)));
      assert.equal(parsed.kind, 'frame');
      if (parsed.kind === 'frame') whole.set(parsed.frame.content, start);
    }
    assert.deepEqual(whole, message);
    for (const kind of OFFERS) assert.equal(reason(encodeFrame({ kind, sender: 1, message: 2, totalBytes: message.length, index: 0, count })), 'none');
  }));
});

test('random bytes are refused, also behind a header that is right so far', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isPrefixed) => {
    assert.equal(parseFrame(isPrefixed ? Buffer.concat([Buffer.from([0xEB, 0x4D, 1]), bytes]) : bytes).kind, 'refused');
  }));
});

test('one changed bit, or any shorter frame, is refused', () => {
  const frame = encodeFrame(header, Uint8Array.of(1, 2, 3));
  for (let bit = 0; bit < frame.length * 8; bit += 1) {
    const changed = Uint8Array.from(frame);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.notEqual(reason(changed), 'none');
  }
  for (let length = 0; length < frame.length; length += 1) assert.notEqual(reason(frame.subarray(0, length)), 'none');
  assert.equal(reason(Buffer.concat([frame, Uint8Array.of(0)])), 'checksum');
});

test('a forged header with the right checksum is refused by name, or consistent', () => {
  const frame = encodeFrame(header, Uint8Array.of(1, 2, 3));
  assert.equal(reason(forged(frame, 0, [0])), 'not-a-frame');
  assert.equal(reason(forged(frame, 2, [2])), 'version');
  assert.equal(reason(forged(frame, 3, [200])), 'unknown-kind');
  assert.equal(reason(forged(frame, 20, [0, 0, 0, 1])), 'out-of-range');
  assert.equal(reason(forged(frame, 24, [0, 0, 0, 0])), 'out-of-range');
  assert.equal(reason(forged(frame, 24, [255, 255, 255, 255])), 'out-of-range');
  assert.equal(reason(forged(frame, 16, [255, 255, 255, 255])), 'inconsistent');
  assert.equal(reason(frame), 'none');
  fc.assert(fc.property(fc.uint8Array({ minLength: 25, maxLength: 25 }), fc.uint8Array({ maxLength: 64 }), (fields, content) => {
    const parsed = parseFrame(forged(Buffer.concat([frame.subarray(0, HEADER_BYTES), content]), 3, [fields[0]! % 12, ...fields.subarray(1)]));
    if (parsed.kind === 'refused') return;
    const { kind, totalBytes, index, count } = parsed.frame;
    assert.ok(index < count);
    if (kind.endsWith('-offer')) assert.match(nameIn(parsed.frame), /^[A-Za-z0-9_-]{0,64}$/);
    else assert.ok(parsed.frame.content.length <= totalBytes);
    if (DIRECT.includes(kind)) assert.equal(totalBytes, content.length);
  }));
});

test('offers that cannot be cut as they say are refused', () => {
  const offer = (totalBytes: number, count: number): string => reason(encodeFrame({ kind: 'publish-offer', sender: 1, message: 2, totalBytes, index: 0, count }));
  assert.equal(offer(10, 1), 'inconsistent');
  assert.equal(offer(1, 2), 'inconsistent');
  assert.equal(offer(5, 4), 'inconsistent');
  assert.equal(offer(0xFFFF_FFFF, 65_537), 'out-of-range');
  assert.equal(offer(5, 3), 'none');
});

test('an offer carries the name of its sender, one word of a subject, and nothing else', () => {
  const offer = (content: Uint8Array): Uint8Array => encodeFrame({ kind: 'publish-offer', sender: 1, message: 2, totalBytes: 5, index: 0, count: 3 }, content);
  for (const name of ['', 'worker-1', 'W_2', 'x'.repeat(64)]) {
    const parsed = parseFrame(offer(nameContent(name)));
    assert.ok(parsed.kind === 'frame');
    assert.equal(nameIn(parsed.frame), name);
  }
  for (const bad of ['*', '>', 'a.b', 'a b', 'a\r\nPUB', '\u00e9', 'x'.repeat(65), '\n']) {
    assert.throws(() => nameContent(bad), RangeError);
    assert.equal(reason(offer(Buffer.from(bad))), 'inconsistent');
  }
});
