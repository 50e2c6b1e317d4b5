// Stored arrays of any element type and order, as .npy, .npz, .safetensors and IDX have them, and their way into a canonical table.
// The formats find the header; this file knows element types, byte orders, Fortran order and where an element stands in the file.
import type { RawData } from './data.ts';
import { DataError } from './errors.ts';
import type { DataLimits } from './limits.ts';
import { arrayPosition, canonicalValues, checkScale, tableShape, valueFailure, type Origin, type TableShape } from './validate.ts';

export type ElementKind = 'bool' | 'unsigned' | 'signed' | 'float';

export interface ElementType {
  readonly kind: ElementKind;
  readonly bytes: 1 | 2 | 4 | 8;
  readonly bigEndian: boolean;
}

export interface Tensor {
  readonly origin: Origin;
  readonly type: ElementType;
  readonly dimensions: readonly number[];
  readonly fortranOrder: boolean;
  /** Everything after the header: its length is checked here. */
  readonly bytes: Uint8Array;
  /** Where `bytes` starts in the file; in a compressed entry, in its inflated content. */
  readonly byteOffset: number;
}

/** Checks shape, length and every value. The table may be a view of the tensor's bytes. Throws DataError. */
export function rawFromTensor(tensor: Tensor, limits: DataLimits): RawData {
  const { table, at, byteOffsetOf } = tensorElements(tensor, limits);
  const { type, bytes, origin } = tensor;
  if (type.kind === 'unsigned' && type.bytes === 1) {
    checkScale(bytes, origin);
    return { ...table, values: tensor.fortranOrder ? Uint8Array.from({ length: bytes.length }, (_, index) => at(index)) : bytes, labels: null };
  }
  const values = canonicalValues({
    count: table.rows * table.columns,
    at,
    failure(index, value) {
      const position = { row: Math.floor(index / table.columns), column: index % table.columns, byteOffset: byteOffsetOf(index) };
      return valueFailure(value, { origin, position, isInteger: type.kind !== 'float' });
    },
  }, limits);
  return { ...table, values, labels: null };
}

export interface TensorElements {
  readonly table: TableShape;
  /** Row-major element `index` as a float64, not yet checked. */
  readonly at: (index: number) => number;
  /** Where it stands in the file. */
  readonly byteOffsetOf: (index: number) => number;
}

/** The elements in row-major order, whatever the stored order. Checks shape and length, but no value. */
export function tensorElements(tensor: Tensor, limits: DataLimits): TensorElements {
  const table = tableShape(tensor.dimensions, tensor.origin, limits);
  checkLength(tensor, table.rows * table.columns);
  const read = elementReader(tensor.type, tensor.bytes);
  if (!tensor.fortranOrder) return { table, at: read, byteOffsetOf: (index) => tensor.byteOffset + index * tensor.type.bytes };
  const order = fortranOrder(tensor.dimensions, table);
  return { table, at: (index) => read(order(index)), byteOffsetOf: (index) => tensor.byteOffset + order(index) * tensor.type.bytes };
}

/** Number of the stored element that is row-major element `index` of the table. */
type Order = (index: number) => number;

function checkLength(tensor: Tensor, count: number): void {
  const expected = count * tensor.type.bytes;
  const found = tensor.bytes.length;
  if (found === expected) return;
  const at = { file: tensor.origin.file, position: { ...arrayPosition(tensor.origin).position, byteOffset: tensor.byteOffset + Math.min(found, expected) } };
  const shape = `[${tensor.dimensions.join(', ')}] of ${tensor.type.bytes} bytes each`;
  if (found < expected) throw new DataError({ code: 'truncated', ...at, value: String(found), problem: `the data end after ${found} bytes of the ${expected} that shape ${shape} needs`, remedy: 'Copy or write the file again.' });
  throw new DataError({ code: 'trailing-bytes', ...at, value: String(found), problem: `${found - expected} bytes follow the ${expected} that shape ${shape} needs`, remedy: 'Write the file again; the header or the data are of another file.' });
}

// First index fastest. The rows are the first index, so only the columns need a table of strides.
function fortranOrder(dimensions: readonly number[], table: TableShape): Order {
  const inner = dimensions.slice(1);
  const starts = new Float64Array(table.columns);
  for (let column = 0; column < table.columns; column += 1) {
    let rest = column;
    let start = 0;
    for (let axis = inner.length - 1; axis >= 0; axis -= 1) {
      const stride = inner.slice(0, axis).reduce((product, size) => product * size, table.rows);
      start += (rest % inner[axis]!) * stride;
      rest = Math.floor(rest / inner[axis]!);
    }
    starts[column] = start;
  }
  return (index) => Math.floor(index / table.columns) + starts[index % table.columns]!;
}

/** Reads element `index` as a float64; 64-bit integers beyond 2^53 are rounded, which keeps them out of range. */
export function elementReader(type: ElementType, bytes: Uint8Array): (index: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = !type.bigEndian;
  if (type.kind === 'float') {
    if (type.bytes === 8) return (index) => view.getFloat64(8 * index, little);
    if (type.bytes === 4) return (index) => view.getFloat32(4 * index, little);
    return (index) => halfToNumber(view.getUint16(2 * index, little));
  }
  const signed = type.kind === 'signed';
  switch (type.bytes) {
    case 1: return signed ? (index) => view.getInt8(index) : (index) => bytes[index]!;
    case 2: return signed ? (index) => view.getInt16(2 * index, little) : (index) => view.getUint16(2 * index, little);
    case 4: return signed ? (index) => view.getInt32(4 * index, little) : (index) => view.getUint32(4 * index, little);
    case 8: return signed ? (index) => Number(view.getBigInt64(8 * index, little)) : (index) => Number(view.getBigUint64(8 * index, little));
  }
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15) and 10 fraction bits. */
export function halfToNumber(half: number): number {
  const sign = (half & 0x8000) === 0 ? 1 : -1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return (sign * fraction) / 0x1000000;
  const significand = sign * (0x400 + fraction);
  return exponent >= 25 ? significand * (1 << (exponent - 25)) : significand / (1 << (25 - exponent));
}
