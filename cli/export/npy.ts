// Writes one array in NumPy's .npy format, version 1.0 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
// Pure: equal arrays give equal bytes. Reading .npy is platform/data's.
import { checkShape, littleEndianBytes } from './array.ts';
import type { ExportArray } from './array.ts';

const ALIGNMENT_BYTES = 64;
const PREFIX_BYTES = 10; // magic (6), version (2), length of the header (2)

function description({ values, type }: Pick<ExportArray, 'values' | 'type'>): string {
  if (type === 'bool') return '|b1';
  if (values instanceof Float32Array) return '<f4';
  if (values instanceof Float64Array) return '<f8';
  if (values instanceof Int32Array) return '<i4';
  return '|u1';
}

/** A Python literal: one size needs its comma. */
function tuple(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]!},)` : `(${shape.join(', ')})`;
}

/** The bytes before the values; of the array's values only the type counts. For files too large for memory: `littleEndianBytes` of parts follow. */
export function npyHeader(array: ExportArray): Uint8Array {
  const { shape } = array;
  const literal = `{'descr': '${description(array)}', 'fortran_order': False, 'shape': ${tuple(shape)}, }`;
  // Spaces and a newline end the header, so that the values start at a multiple of 64.
  const headerBytes = Math.ceil((PREFIX_BYTES + literal.length + 1) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES - PREFIX_BYTES;
  const bytes = new Uint8Array(PREFIX_BYTES + headerBytes);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, headerBytes & 0xff, headerBytes >> 8]);
  bytes.set(new TextEncoder().encode(`${literal.padEnd(headerBytes - 1)}\n`), PREFIX_BYTES);
  return bytes;
}

/** The bytes of a .npy file, C order, little-endian. Throws RangeError if the shape does not fit the values. */
export function npyBytes(array: ExportArray): Uint8Array {
  checkShape(array);
  const header = npyHeader(array);
  const values = littleEndianBytes(array.values);
  const bytes = new Uint8Array(header.length + values.length);
  bytes.set(header);
  bytes.set(values, header.length);
  return bytes;
}
