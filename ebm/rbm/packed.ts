// Outer sums in as many bits a value as each visible unit's row of them needs: exact, and less than two thirds of their int32, since most units
// are off in most rows. The plain loops that engines' kernels are tested against.
//
// A packed matrix: a byte a row, its bits a value (0 where all values are 0, at most 32), then the rows one after the other. A row is made of 4
// lanes, as vectors are: value j is number j >> 2 of lane j & 3, two's complement in so many bits, from the lowest bit on; words of 32 bits of
// the 4 lanes in turn, little-endian; spare bits are 0.
import type { PhaseSums, UpdateSums } from './parameters.ts';

export const LANES = 4;
const VECTOR_BYTES = 16;
const BITS_MAX = 32;

interface Shape { readonly visible: number; readonly hidden: number }

/** As UpdateSums of int32, but for the outer sums: packed matrices [visible, hidden]. */
export interface PackedSums {
  readonly data: PhaseSums;
  readonly model: PhaseSums;
  readonly outer:
    | { readonly kind: 'difference'; readonly difference: Uint8Array }
    | { readonly kind: 'both'; readonly data: Uint8Array; readonly model: Uint8Array };
}

/** Bits that hold all values, sign included; 0 if all are 0. */
export function bitsOf(values: Int32Array): number {
  let [any, used] = [0, 0];
  for (const value of values) {
    any |= value;
    used |= value ^ (value >> 31); // the bits that differ from the sign
  }
  return any === 0 ? 0 : BITS_MAX + 1 - Math.clz32(used);
}

/** Bytes of a row of values of so many bits each. */
export function rowBytes(hidden: number, bits: number): number {
  return VECTOR_BYTES * Math.ceil((Math.ceil(hidden / LANES) * bits) / 32);
}

/** Where each row begins, and behind the last one the bytes of the matrix, from the bits of its rows: [visible + 1]. */
export function rowStarts(bits: Uint8Array, hidden: number): Float64Array {
  const starts = new Float64Array(bits.length + 1);
  starts[0] = bits.length;
  bits.forEach((one, row) => { starts[row + 1] = starts[row]! + rowBytes(hidden, one); });
  return starts;
}

/** Null if whole values are no more bytes. */
export function packSums({ data, model, outer }: UpdateSums): PackedSums | null {
  const shape = { visible: data.visible.length, hidden: data.hidden.length };
  const pack = (values: Int32Array | Float64Array): Uint8Array | null => (values instanceof Int32Array ? packMatrix(values, shape) : null);
  const packed = outer.kind === 'difference' ? [pack(outer.difference)] : [pack(outer.data), pack(outer.model)];
  const [first, second] = packed;
  if (first === null || first === undefined || second === null || !isWorthwhile(packed, shape)) return null;
  return { data, model, outer: second === undefined ? { kind: 'difference', difference: first } : { kind: 'both', data: first, model: second } };
}

/** Whether packed matrices are fewer bytes than their int32. */
export function isWorthwhile(packed: readonly (Uint8Array | null)[], { visible, hidden }: Shape): boolean {
  return packed.reduce((bytes, one) => bytes + (one?.length ?? 0), 0) < packed.length * 4 * visible * hidden;
}

function packMatrix(values: Int32Array, { visible, hidden }: Shape): Uint8Array {
  const rows = Array.from({ length: visible }, (_, row) => values.subarray(row * hidden, (row + 1) * hidden));
  const bits = Uint8Array.from(rows, bitsOf);
  const starts = rowStarts(bits, hidden);
  const bytes = new Uint8Array(starts[visible]!);
  bytes.set(bits);
  rows.forEach((row, at) => {
    row.forEach((value, j) => { for (let bit = 0; bit < bits[at]!; bit += 1) bytes[starts[at]! + byteOf(j, bits[at]!, bit)]! |= ((value >>> bit) & 1) << (((j >> 2) * bits[at]! + bit) & 7); });
  });
  return bytes;
}

/** In which byte of a row a bit of value j is. */
function byteOf(j: number, bits: number, bit: number): number {
  const at = (j >> 2) * bits + bit;
  return VECTOR_BYTES * (at >>> 5) + 4 * (j & 3) + ((at & 31) >>> 3);
}

/** Throws RangeError if it is no packed matrix of this shape. The arrays of the phases are the given ones. */
export function unpackSums({ data, model, outer }: PackedSums): UpdateSums {
  const shape = { visible: data.visible.length, hidden: data.hidden.length };
  return {
    data, model,
    outer: outer.kind === 'difference' ? { kind: 'difference', difference: unpackMatrix(outer.difference, shape) } : { kind: 'both', data: unpackMatrix(outer.data, shape), model: unpackMatrix(outer.model, shape) },
  };
}

function unpackMatrix(bytes: Uint8Array, shape: Shape): Int32Array {
  const misfit = misfitOfMatrix(bytes, shape);
  if (misfit !== null) throw new RangeError(misfit);
  const { visible, hidden } = shape;
  const values = new Int32Array(visible * hidden);
  const starts = rowStarts(bytes.subarray(0, visible), hidden);
  for (let row = 0; row < visible; row += 1) {
    const bits = bytes[row]!;
    for (let j = 0; bits > 0 && j < hidden; j += 1) {
      let value = 0;
      for (let bit = 0; bit < bits; bit += 1) value |= ((bytes[starts[row]! + byteOf(j, bits, bit)]! >>> (((j >> 2) * bits + bit) & 7)) & 1) << bit;
      values[row * hidden + j] = (value << (BITS_MAX - bits)) >> (BITS_MAX - bits);
    }
  }
  return values;
}

/** What does not fit a model of this shape whose sums are of this kind, in words, or null. */
export function misfitOfPacked({ data, model, outer }: PackedSums, kind: UpdateSums['outer']['kind'], shape: Shape): string | null {
  for (const phase of [data, model]) {
    if (phase.visible.length !== shape.visible || phase.hidden.length !== shape.hidden) return `sums of ${phase.visible.length} x ${phase.hidden.length} units for ${shape.visible} x ${shape.hidden}`;
  }
  if (outer.kind !== kind) return `outer sums of kind ${outer.kind} where ${kind} is expected`;
  return outer.kind === 'difference' ? misfitOfMatrix(outer.difference, shape) : misfitOfMatrix(outer.data, shape) ?? misfitOfMatrix(outer.model, shape);
}

function misfitOfMatrix(bytes: Uint8Array, { visible, hidden }: Shape): string | null {
  if (bytes.length < visible) return `${bytes.length} bytes of packed sums for ${visible} rows`;
  const bits = bytes.subarray(0, visible);
  const tooMany = bits.find((one) => one > BITS_MAX);
  if (tooMany !== undefined) return `packed sums of ${tooMany} bits each`;
  const expected = rowStarts(bits, hidden)[visible]!;
  return bytes.length === expected ? null : `${bytes.length} bytes of packed sums where their rows' bits ask for ${expected}`;
}
