// Files of every format, made by code that shares nothing with the readers, in folders that vanish with their test.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { DataError, type DataErrorCode } from '../../../platform/data/errors.ts';

/** A folder with these files in it, removed when the test ends. */
export async function folderWith(context: TestContext, files: Readonly<Record<string, Uint8Array | string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ebm-data-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** Asserts that the promise rejects with a DataError of this code whose message matches every pattern. */
export async function refuses(work: Promise<unknown>, code: DataErrorCode, ...patterns: readonly (RegExp | string)[]): Promise<DataError> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  assert.ok(error instanceof DataError, `expected a DataError, got ${String(error)}`);
  assert.equal(error.code, code, error.message);
  for (const pattern of patterns) {
    if (typeof pattern === 'string') assert.ok(error.message.includes(pattern), `${JSON.stringify(error.message)} does not say ${JSON.stringify(pattern)}`);
    else assert.match(error.message, pattern);
  }
  return error;
}

// A copy of its own: slices of a Buffer share memory, and tests damage what they slice.
function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** IDX: `type` is the third byte of the magic number; `data` are the elements, big-endian. */
export function idxBytes(type: number, dimensions: readonly number[], data: Uint8Array): Uint8Array {
  const sizes = Buffer.alloc(4 * dimensions.length);
  dimensions.forEach((size, axis) => sizes.writeUInt32BE(size, 4 * axis));
  return joined(Uint8Array.of(0, 0, type, dimensions.length), sizes, data);
}

export interface NpyFixture {
  readonly descr: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
  readonly fortranOrder?: boolean;
  readonly version?: 1 | 2 | 3;
}

export function npyBytes(array: NpyFixture): Uint8Array {
  const { version = 1, fortranOrder = false } = array;
  const shape = array.shape.length === 1 ? `${array.shape[0]!},` : array.shape.join(', ');
  const text = `{'descr': ${array.descr.startsWith('[') ? array.descr : `'${array.descr}'`}, 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': (${shape}), }`;
  const before = version === 1 ? 10 : 12;
  const padded = `${text}${' '.repeat(63 - ((before + text.length) % 64))}\n`;
  const head = Buffer.alloc(before);
  head.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  if (version === 1) head.writeUInt16LE(padded.length, 8);
  else head.writeUInt32LE(padded.length, 8);
  return joined(head, Buffer.from(padded, 'latin1'), array.data);
}

/** Little-endian bytes of numbers. */
export function bytesOfNumbers(numbers: Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | BigInt64Array | Uint16Array | Uint32Array | BigUint64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength).slice();
}

/** The same elements in the other byte order. */
export function swapped(bytes: Uint8Array, elementBytes: number): Uint8Array {
  const out = bytes.slice();
  for (let at = 0; at < out.length; at += elementBytes) out.subarray(at, at + elementBytes).reverse();
  return out;
}

export function npzBytes(arrays: Readonly<Record<string, Uint8Array>>, level: 0 | 6 = 0): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(arrays).map(([name, content]) => [`${name}.npy`, content])), { level });
}

export interface TensorFixture { readonly dtype: string; readonly shape: readonly number[]; readonly data: Uint8Array }

export function safetensorsBytes(tensors: Readonly<Record<string, TensorFixture>>): Uint8Array {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'test' } };
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [at, at + data.length] };
    at += data.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return joined(length, text, ...Object.values(tensors).map(({ data }) => data));
}

export interface PngFixture {
  readonly width: number;
  readonly height: number;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  readonly colour: 0 | 2 | 3 | 4 | 6;
  /** Packed samples of each row, without filter bytes. */
  readonly rows: readonly Uint8Array[];
  readonly palette?: Uint8Array;
  readonly transparency?: Uint8Array;
  readonly interlaced?: boolean;
  /** Chunks put after the header: type and content. */
  readonly extra?: readonly (readonly [string, Uint8Array])[];
}

export function pngChunk(type: string, content: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return joined(length, body, checksum);
}

export function pngBytes(picture: PngFixture): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(picture.width, 0);
  header.writeUInt32BE(picture.height, 4);
  header.set([picture.depth, picture.colour, 0, 0, picture.interlaced === true ? 1 : 0], 8);
  const filtered = Buffer.concat(picture.rows.map((row) => Buffer.concat([Uint8Array.of(0), row])));
  return joined(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), pngChunk('IHDR', header),
    ...(picture.extra ?? []).map(([type, content]) => pngChunk(type, content)),
    ...(picture.palette === undefined ? [] : [pngChunk('PLTE', picture.palette)]),
    ...(picture.transparency === undefined ? [] : [pngChunk('tRNS', picture.transparency)]),
    pngChunk('IDAT', deflateSync(filtered)), pngChunk('IEND', new Uint8Array(0)),
  );
}

/** An 8-bit grey PNG of row-major pixels. */
export function greyPng(width: number, pixels: Uint8Array): Uint8Array {
  const height = pixels.length / width;
  return pngBytes({ width, height, depth: 8, colour: 0, rows: Array.from({ length: height }, (_, row) => pixels.subarray(row * width, (row + 1) * width)) });
}
