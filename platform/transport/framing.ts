// What every NATS message of ours is: one frame, a fixed header of 32 bytes and its content. Parsing never throws, and a frame that it
// lets through is consistent in itself: sizes, index and count agree with each other and with the content, and the checksum is right.
//
//     0 magic u16   2 version u8   3 kind u8   4 sender u48   10 message u48   16 total bytes u32   20 index u32   24 count u32
//    28 CRC-32 of the 28 bytes before it and of the content        (big-endian)
import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { NATS_LIMITS } from './nats-limits.ts';

/** Who may be called so: one word of a subject. */
const NAME = /^[A-Za-z0-9_-]{0,64}$/;

/**
 * Direct: `publish`, `request`, `answer`, `failure` carry their whole message.
 * Offers: `publish-offer`, `request-offer`, `answer-offer` name a message that its receiver pulls from the sender, frame by frame; their content is
 * the sender's name, or nothing.
 * Pulling: `pull` asks for one frame, `chunk` is it, `gone` says that the message is not kept (any more), `done` that it has been fetched.
 */
const KINDS = ['publish', 'request', 'answer', 'failure', 'publish-offer', 'request-offer', 'answer-offer', 'pull', 'chunk', 'gone', 'done'] as const;
export type FrameKind = typeof KINDS[number];

const MAGIC = 0xEB4D;
const VERSION = 1;
const CHECKSUM_AT = 28;
export const HEADER_BYTES = 32;
export const U48_MAX = 0xFFFF_FFFF_FFFF;

export interface FrameHeader {
  readonly kind: FrameKind;
  /** Whose message it is; in a `pull` and a `done`, who asks. 48 bits. */
  readonly sender: number;
  /** The sender's number of its message, 48 bits. */
  readonly message: number;
  readonly totalBytes: number;
  readonly index: number;
  readonly count: number;
}

export interface Frame extends FrameHeader { readonly content: Uint8Array }

export type FrameFault = 'truncated' | 'not-a-frame' | 'version' | 'unknown-kind' | 'checksum' | 'out-of-range' | 'inconsistent';
export type ParsedFrame = { readonly kind: 'frame'; readonly frame: Frame } | { readonly kind: 'refused'; readonly reason: FrameFault };

const EMPTY = new Uint8Array(0);

export function encodeFrame(header: FrameHeader, content: Uint8Array = EMPTY): Uint8Array {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + content.length);
  bytes.writeUInt16BE(MAGIC, 0);
  bytes.writeUInt8(VERSION, 2);
  bytes.writeUInt8(KINDS.indexOf(header.kind), 3);
  bytes.writeUIntBE(header.sender, 4, 6);
  bytes.writeUIntBE(header.message, 10, 6);
  bytes.writeUInt32BE(header.totalBytes, 16);
  bytes.writeUInt32BE(header.index, 20);
  bytes.writeUInt32BE(header.count, 24);
  bytes.set(content, HEADER_BYTES);
  bytes.writeUInt32BE(checksum(bytes), CHECKSUM_AT);
  return bytes;
}

/** The content is a view of the given bytes. */
export function parseFrame(given: Uint8Array): ParsedFrame {
  if (given.length < HEADER_BYTES) return refused('truncated');
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (bytes.readUInt16BE(0) !== MAGIC) return refused('not-a-frame');
  if (bytes.readUInt8(2) !== VERSION) return refused('version');
  const kind = KINDS[bytes.readUInt8(3)];
  if (kind === undefined) return refused('unknown-kind');
  if (bytes.readUInt32BE(CHECKSUM_AT) !== checksum(bytes)) return refused('checksum');
  const frame: Frame = {
    kind, sender: bytes.readUIntBE(4, 6), message: bytes.readUIntBE(10, 6),
    totalBytes: bytes.readUInt32BE(16), index: bytes.readUInt32BE(20), count: bytes.readUInt32BE(24),
    // A plain array also where a Buffer arrived: the two disagree about what slice() does.
    content: new Uint8Array(given.buffer, given.byteOffset + HEADER_BYTES, given.byteLength - HEADER_BYTES),
  };
  if (frame.count < 1 || frame.count > NATS_LIMITS.framesOfMessageMax || frame.index >= frame.count) return refused('out-of-range');
  return isConsistent(frame) ? { kind: 'frame', frame } : refused('inconsistent');
}

/** Of one who offers a message, as the content of an offer: letters, digits, - and _, at most 64. */
export function nameContent(name: string): Uint8Array {
  if (!NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} is no name: at most 64 letters, digits, - and _`);
  return new TextEncoder().encode(name);
}

/** The name that an offer carries. */
export function nameIn({ content }: Frame): string {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1');
}

function isName(content: Uint8Array): boolean {
  return content.length === 0 || (content.length <= 64 && NAME.test(Buffer.from(content).toString('latin1')));
}

/** Into how many frames a message is cut when each may carry at most so many bytes. */
export function chunkCount(totalBytes: number, contentBytesMax: number): number {
  return Math.max(1, Math.ceil(totalBytes / contentBytesMax));
}

/** Frames of a message are equally long, but for the last: position and length follow from the total and the count alone. */
export function chunkRange({ totalBytes, count, index }: Pick<FrameHeader, 'totalBytes' | 'count' | 'index'>): { readonly start: number; readonly end: number } {
  const length = Math.ceil(totalBytes / count);
  return { start: index * length, end: Math.min(totalBytes, (index + 1) * length) };
}

function isConsistent(frame: Frame): boolean {
  const bytes = frame.content.length;
  switch (frame.kind) {
    case 'publish': case 'request': case 'answer': case 'failure': return frame.count === 1 && frame.totalBytes === bytes;
    case 'publish-offer': case 'request-offer': case 'answer-offer': return isName(frame.content) && frame.index === 0 && isCut(frame);
    case 'pull': return bytes === 0 && isCut(frame);
    case 'chunk': {
      if (!isCut(frame)) return false;
      const { start, end } = chunkRange(frame);
      return bytes === end - start;
    }
    case 'gone': case 'done': return bytes === 0 && frame.totalBytes === 0 && frame.count === 1;
  }
}

/** Whether a message of so many bytes can be cut into so many frames, none of them empty. */
function isCut({ totalBytes, count }: Frame): boolean {
  return count >= 2 && totalBytes >= count && count === Math.ceil(totalBytes / Math.ceil(totalBytes / count));
}

function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(HEADER_BYTES), crc32(bytes.subarray(0, CHECKSUM_AT)));
}

function refused(reason: FrameFault): ParsedFrame {
  return { kind: 'refused', reason };
}
