// Outer sums in the fewest bytes a value that hold their range: two's complement, little-endian, 1 to 3 bytes each. Exact. The plain loops that
// engines' kernels are tested against.
import type { PhaseSums, UpdateSums } from './parameters.ts';

/** Bytes a value; sums that need 4 travel as they are. */
export type Width = 1 | 2 | 3;

/** As UpdateSums of int32, but for the outer sums: [visible * hidden * width] bytes. */
export interface PackedSums {
  readonly data: PhaseSums;
  readonly model: PhaseSums;
  readonly width: Width;
  readonly outer:
    | { readonly kind: 'difference'; readonly difference: Uint8Array }
    | { readonly kind: 'both'; readonly data: Uint8Array; readonly model: Uint8Array };
}

/** Whether the field of a message says a width. */
export function isWidth(value: number): value is Width {
  return value === 1 || value === 2 || value === 3;
}

/** What of a value its bytes must hold: 0 at and above the bit that is all sign. A value fits n bits if its bits above are all equal to its sign. */
export function usedBits(values: Int32Array): number {
  let used = 0;
  for (let at = 0; at < values.length; at += 1) used |= values[at]! ^ (values[at]! >> 31);
  return used;
}

/** Bytes a value that hold all values whose used bits these are; null if it takes 4. */
export function widthOf(used: number): Width | null {
  const bits = 33 - Math.clz32(used);
  return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 24 ? 3 : null;
}

/** Null if whole values are no more bytes. One width for both phases: they are of one size. */
export function packSums({ data, model, outer }: UpdateSums): PackedSums | null {
  const arrays = outer.kind === 'difference' ? [outer.difference] : [outer.data, outer.model];
  const whole = arrays.flatMap((array) => (array instanceof Int32Array ? [array] : []));
  if (whole.length < arrays.length) return null;
  const width = widthOf(whole.reduce((used, array) => used | usedBits(array), 0));
  if (width === null) return null;
  const [first, second] = whole.map((array) => packed(array, width));
  return { data, model, width, outer: second === undefined ? { kind: 'difference', difference: first! } : { kind: 'both', data: first!, model: second } };
}

function packed(values: Int32Array, width: Width): Uint8Array {
  const bytes = new Uint8Array(values.length * width);
  for (let at = 0, to = 0; at < values.length; at += 1) {
    for (let byte = 0; byte < width; byte += 1, to += 1) bytes[to] = values[at]! >> (8 * byte);
  }
  return bytes;
}

/** The arrays of the phases are the given ones. */
export function unpackSums({ data, model, width, outer }: PackedSums): UpdateSums {
  const values = (bytes: Uint8Array): Int32Array => unpacked(bytes, width);
  return {
    data, model,
    outer: outer.kind === 'difference' ? { kind: 'difference', difference: values(outer.difference) } : { kind: 'both', data: values(outer.data), model: values(outer.model) },
  };
}

function unpacked(bytes: Uint8Array, width: Width): Int32Array {
  const values = new Int32Array(bytes.length / width);
  const shift = 32 - 8 * width;
  for (let at = 0, from = 0; at < values.length; at += 1) {
    let value = 0;
    for (let byte = 0; byte < width; byte += 1, from += 1) value |= bytes[from]! << (8 * byte);
    values[at] = (value << shift) >> shift;
  }
  return values;
}

/** What does not fit a model of this shape whose sums are of this kind, in words, or null. */
export function misfitOfPacked({ data, model, width, outer }: PackedSums, kind: UpdateSums['outer']['kind'], { visible, hidden }: { readonly visible: number; readonly hidden: number }): string | null {
  for (const phase of [data, model]) {
    if (phase.visible.length !== visible || phase.hidden.length !== hidden) return `sums of ${phase.visible.length} x ${phase.hidden.length} units for ${visible} x ${hidden}`;
  }
  if (outer.kind !== kind) return `outer sums of kind ${outer.kind} where ${kind} is expected`;
  const arrays = outer.kind === 'difference' ? [outer.difference] : [outer.data, outer.model];
  const wrong = arrays.find((bytes) => bytes.length !== visible * hidden * width);
  return wrong === undefined ? null : `${wrong.length} bytes of outer sums of ${width} bytes each for ${visible} x ${hidden} units`;
}
