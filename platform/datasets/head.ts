// The head of a packed data set, format version 1: what is in it and how long everything is. All numbers are uint32, little-endian.
//
//     0 "EBMDATA\n"   8 format version   12 parts: 1 (training) or 2 (training, test), then for each part 24 bytes:
//     0 rows   4 columns   8 height   12 width (both 0: no pictures)   16 encoding: 1 bits, 2 bytes, 3 float32   20 labels: 0 or 1
//
// The contents follow without gaps: training values, training labels, test values, test labels. Rows of bits are whole bytes, bit i of a
// row in bit (i & 7) of byte (i >> 3); a label is a byte. Reading a head never throws.
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { PictureShape } from '../data/data.ts';
import { DATA_LIMITS, type DataLimits } from '../data/limits.ts';
import { DATASET_LIMITS } from './limits.ts';

export const PACK_FORMAT_VERSION = 1;
const MAGIC = Buffer.from('EBMDATA\n', 'latin1');
const FIXED_BYTES = 16;
const PART_BYTES = 24;
export const HEAD_BYTES_MAX = FIXED_BYTES + 2 * PART_BYTES;

const ENCODINGS = ['bits', 'bytes', 'float32'] as const;
/** `bits`: every value is 0 or 1. `bytes`: byte / 255. The first that fits is the one that is used. */
export type Encoding = typeof ENCODINGS[number];

export interface PackPart {
  readonly rows: number;
  readonly columns: number;
  readonly shape: PictureShape | null;
  readonly encoding: Encoding;
  readonly hasLabels: boolean;
}

export interface PackHead {
  readonly training: PackPart;
  readonly test: PackPart | null;
}

export type ParsedHead = { readonly kind: 'head'; readonly head: PackHead; readonly headBytes: number; readonly totalBytes: number }
  | { readonly kind: 'refused'; readonly code: 'truncated' | 'wrong-magic' | 'unsupported' | 'damaged' | 'too-large'; readonly reason: string };

export function valueBytesOf({ rows, columns, encoding }: PackPart): number {
  return encoding === 'bits' ? rows * bytesOf(columns) : rows * columns * (encoding === 'bytes' ? 1 : 4);
}

export function labelBytesOf({ rows, hasLabels }: PackPart): number {
  return hasLabels ? rows : 0;
}

export function headBytesOf({ test }: PackHead): number {
  return FIXED_BYTES + (test === null ? 1 : 2) * PART_BYTES;
}

export function totalBytesOf(head: PackHead): number {
  return partsOf(head).reduce((sum, part) => sum + valueBytesOf(part) + labelBytesOf(part), headBytesOf(head));
}

export function partsOf({ training, test }: PackHead): readonly PackPart[] {
  return test === null ? [training] : [training, test];
}

export function writeHead(head: PackHead, into: Uint8Array): void {
  const view = Buffer.from(into.buffer, into.byteOffset, into.byteLength);
  const parts = partsOf(head);
  MAGIC.copy(view);
  view.writeUInt32LE(PACK_FORMAT_VERSION, 8);
  view.writeUInt32LE(parts.length, 12);
  parts.forEach(({ rows, columns, shape, encoding, hasLabels }, index) => {
    const numbers = [rows, columns, shape?.height ?? 0, shape?.width ?? 0, ENCODINGS.indexOf(encoding) + 1, hasLabels ? 1 : 0];
    numbers.forEach((number, at) => { view.writeUInt32LE(number, FIXED_BYTES + index * PART_BYTES + 4 * at); });
  });
}

/** `bytes`: the head at least, perhaps everything. */
export function parseHead(bytes: Uint8Array, limits: DataLimits = DATA_LIMITS): ParsedHead {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < FIXED_BYTES) return refused('truncated', `it ends after ${view.length} bytes, before its head does`);
  if (!view.subarray(0, MAGIC.length).equals(MAGIC)) return refused('wrong-magic', 'it does not begin as a packed data set does');
  const version = view.readUInt32LE(8);
  if (version !== PACK_FORMAT_VERSION) return refused('unsupported', `it has format version ${version}; this version of ebm reads ${PACK_FORMAT_VERSION}`);
  const count = view.readUInt32LE(12);
  if (count !== 1 && count !== 2) return refused('damaged', `it has ${count} parts`);
  const headBytes = FIXED_BYTES + count * PART_BYTES;
  if (view.length < headBytes) return refused('truncated', `it ends after ${view.length} bytes, before its head does`);
  const parts: PackPart[] = [];
  for (let index = 0; index < count; index += 1) {
    const part = parsePart(view.subarray(FIXED_BYTES + index * PART_BYTES), limits);
    if ('kind' in part) return part;
    parts.push(part);
  }
  const [training, test = null] = parts;
  if (test !== null && test.columns !== training!.columns) return refused('damaged', `its training rows have ${training!.columns} columns and its test rows ${test.columns}`);
  const head: PackHead = { training: training!, test };
  const totalBytes = totalBytesOf(head);
  if (totalBytes > DATASET_LIMITS.packBytesMax) return refused('too-large', `it would have ${totalBytes} bytes, and at most ${DATASET_LIMITS.packBytesMax} are read`);
  return { kind: 'head', head, headBytes, totalBytes };
}

function parsePart(view: Buffer, limits: DataLimits): PackPart | Extract<ParsedHead, { readonly kind: 'refused' }> {
  const [rows, columns, height, width, code, labels] = Array.from({ length: 6 }, (_, at) => view.readUInt32LE(4 * at)) as [number, number, number, number, number, number];
  const encoding = ENCODINGS[code - 1];
  if (encoding === undefined) return refused('damaged', `its encoding is ${code}, which is none`);
  if (labels > 1) return refused('damaged', `its mark of labels is ${labels}, neither 0 nor 1`);
  if (rows < 1 || columns < 1) return refused('damaged', `it has ${rows} rows of ${columns} columns`);
  if (rows > limits.rowsMax || columns > limits.columnsMax || rows * columns > limits.valuesMax) return refused('too-large', `it has ${rows} rows of ${columns} columns`);
  if ((height !== 0 || width !== 0) && height * width !== columns) return refused('damaged', `its rows of ${columns} columns are said to be pictures of ${height} by ${width}`);
  return { rows, columns, shape: height === 0 ? null : { height, width }, encoding, hasLabels: labels === 1 };
}

function refused(code: Extract<ParsedHead, { readonly kind: 'refused' }>['code'], reason: string): Extract<ParsedHead, { readonly kind: 'refused' }> {
  return { kind: 'refused', code, reason };
}
