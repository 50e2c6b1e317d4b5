// A data set as one object with one name: everything that was read from its source, before binarising and the split, packed exactly. Equal
// content has equal bytes and one digest, whatever file it came from; what does not have the form that packing gives is refused.
import { endianness } from 'node:os';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { RawData, SourceData } from '../data/data.ts';
import { DataError } from '../data/errors.ts';
import { DATA_LIMITS, type DataLimits } from '../data/limits.ts';
import { headBytesOf, labelBytesOf, parseHead, partsOf, totalBytesOf, valueBytesOf, writeHead, type Encoding, type PackHead, type PackPart } from './head.ts';
import { DATASET_LIMITS } from './limits.ts';
import { digestOfBytes } from './names.ts';

export interface DatasetPack {
  /** `sha256:` of the bytes. */
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly head: PackHead;
}

const IS_LITTLE = endianness() === 'LE';

/** `name`: what messages call the source. Throws DataError `too-large`. */
export function packSource(source: SourceData, name: string): DatasetPack {
  const tables = source.test === null ? [source.training] : [source.training, source.test];
  const head: PackHead = { training: partOf(source.training), test: source.test === null ? null : partOf(source.test) };
  const total = totalBytesOf(head);
  if (total > DATASET_LIMITS.packBytesMax) {
    throw new DataError({ code: 'too-large', file: name, value: String(total), problem: `packed, the data have ${total} bytes`, accepted: `at most ${DATASET_LIMITS.packBytesMax} bytes on a cluster`, remedy: 'Use fewer rows, or unsigned 8-bit values.' });
  }
  const bytes = new Uint8Array(total);
  writeHead(head, bytes);
  let at = headBytesOf(head);
  partsOf(head).forEach((part, index) => {
    const { labels } = tables[index]!;
    writeValues(tables[index]!, part.encoding, bytes.subarray(at, at + valueBytesOf(part)));
    at += valueBytesOf(part);
    if (labels !== null) bytes.set(labels, at);
    at += labelBytesOf(part);
  });
  return { digest: digestOfBytes(bytes), bytes, head };
}

/**
 * What was packed; arrays may be views of `bytes`. `name`: what messages call it. Throws DataError if the bytes are not exactly what packing
 * makes: truncated, too long, beyond the limits, values out of range, or another encoding than the one that the content has.
 */
export function unpackDataset(bytes: Uint8Array, name: string, limits: DataLimits = DATA_LIMITS): SourceData {
  const parsed = parseHead(bytes, limits);
  if (parsed.kind === 'refused') throw new DataError({ code: parsed.code, file: name, problem: parsed.reason, remedy: 'Push the data set again from its source.' });
  const { head, totalBytes } = parsed;
  if (bytes.length !== totalBytes) {
    throw new DataError({ code: bytes.length < totalBytes ? 'truncated' : 'trailing-bytes', file: name, value: String(bytes.length), problem: `it has ${bytes.length} bytes, and its head says ${totalBytes}`, remedy: 'Push the data set again from its source.' });
  }
  let at = parsed.headBytes;
  const tables = partsOf(head).map((part): RawData => {
    const values = readValues(part, bytes.subarray(at, at + valueBytesOf(part)), name);
    at += valueBytesOf(part);
    const labels = part.hasLabels ? bytes.subarray(at, at + labelBytesOf(part)) : null;
    at += labelBytesOf(part);
    return { rows: part.rows, columns: part.columns, shape: part.shape, values, labels };
  });
  return { training: tables[0]!, test: tables[1] ?? null };
}

function partOf({ rows, columns, shape, values, labels }: RawData): PackPart {
  return { rows, columns, shape, encoding: values instanceof Uint8Array ? (isBinary(values) ? 'bits' : 'bytes') : 'float32', hasLabels: labels !== null };
}

function isBinary(values: Uint8Array): boolean {
  return values.every((value) => value === 0 || value === 255);
}

function writeValues({ rows, columns, values }: RawData, encoding: Encoding, out: Uint8Array): void {
  if (!(values instanceof Uint8Array)) {
    out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    if (!IS_LITTLE) Buffer.from(out.buffer, out.byteOffset, out.byteLength).swap32();
    return;
  }
  if (encoding === 'bytes') {
    out.set(values);
    return;
  }
  const rowBytes = bytesOf(columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (values[row * columns + column] !== 0) out[row * rowBytes + (column >> 3)]! |= 1 << (column & 7);
    }
  }
}

function readValues(part: PackPart, packed: Uint8Array, name: string): Uint8Array | Float32Array {
  switch (part.encoding) {
    case 'bits': return readBits(part, packed, name);
    case 'bytes':
      if (isBinary(packed)) throw notCanonical(name, 'its values are 0 and 255 alone, which are packed as bits');
      return packed;
    case 'float32': return readFloats(packed, name);
  }
}

function readBits({ rows, columns }: PackPart, packed: Uint8Array, name: string): Uint8Array {
  const values = new Uint8Array(rows * columns);
  const rowBytes = bytesOf(columns);
  const spare = (0xff << (((columns - 1) & 7) + 1)) & 0xff;
  for (let row = 0; row < rows; row += 1) {
    if ((packed[(row + 1) * rowBytes - 1]! & spare) !== 0) throw notCanonical(name, `the spare bits of row ${row} (from 0) are not 0`);
    for (let column = 0; column < columns; column += 1) {
      if (((packed[row * rowBytes + (column >> 3)]! >> (column & 7)) & 1) === 1) values[row * columns + column] = 255;
    }
  }
  return values;
}

function readFloats(packed: Uint8Array, name: string): Float32Array {
  const isPlain = IS_LITTLE && packed.byteOffset % 4 === 0;
  const own = isPlain ? packed : packed.slice();
  if (!IS_LITTLE) Buffer.from(own.buffer, own.byteOffset, own.byteLength).swap32();
  const values = new Float32Array(own.buffer, own.byteOffset, own.length / 4);
  let isBytes = true;
  for (const value of values) {
    if (!Number.isFinite(value) || Object.is(value, -0)) throw notCanonical(name, `it holds the value ${Object.is(value, -0) ? '-0' : value}, and values are finite`);
    if (isBytes && !(value >= 0 && value <= 1 && Math.fround(Math.round(value * 255) / 255) === value)) isBytes = false;
  }
  if (isBytes) throw notCanonical(name, 'its values are multiples of 1/255, which are packed as bytes');
  return values;
}

function notCanonical(name: string, problem: string): DataError {
  return new DataError({ code: 'damaged', file: name, problem, remedy: 'Push the data set again from its source, with this version of ebm.' });
}
