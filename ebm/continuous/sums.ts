// Exact sums of float values: each is rounded once to a multiple of 2^-exponent, from there on addition is that of integers and any grouping gives
// the same bits (EXACT.md, float class). One function for all engines, because libraries disagree on NaN and on halves.
import { roundHalfEven } from '../rbm/grid.ts';

/** Fraction bits where a tensor has no exponent of its own. */
export const EXPONENT = 40;
/** The same of what is watched, whose sums are larger. */
export const OBSERVED_EXPONENT = 20;
const WORD = 0x1_0000_0000;
const PART = 1 / WORD;
/** 2^62, of which each of an update's additions to a sum may have its part. */
export const PARTS_WHOLE = 0x4000_0000 * WORD;
/** 1.5 2^52: added to a smaller number than 2^51 and taken away again, it leaves that rounded half to even, as float64 addition rounds. */
const ROUNDER = 0x18_0000 * WORD;
const ROUNDED_MAX = 0x8_0000 * WORD;

/** Sums as two's complement integers of 64 bits: low words, high words. */
export interface Int64Sums {
  readonly low: Uint32Array;
  readonly high: Int32Array;
  /** Values that were not finite or too large, which are in no sum: with one of them the update has diverged. */
  rejected: number;
}

export function createSums(length: number): Int64Sums {
  return { low: new Uint32Array(length), high: new Int32Array(length), rejected: 0 };
}

/** 2^exponent for a whole exponent in -1000..1000. */
export function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let i = 0; i < Math.abs(exponent); i += 1) power *= exponent < 0 ? 0.5 : 2;
  return power;
}

/**
 * Adds values[from + i] to sum `at + i`, each rounded half to even to a multiple of 2^-exponent. `parts`: how many such calls the update has in all; a value
 * of 2^62 / parts or more is rejected, so that no sum overflows.
 */
export function addValues(sums: Int64Sums, values: Float32Array | Float64Array, { at, exponent, parts }: { readonly at: number; readonly exponent: number; readonly parts: number }): void {
  const scale = powerOfTwo(exponent);
  const most = PARTS_WHOLE / parts;
  const { low, high } = sums;
  for (let i = 0; i < values.length; i += 1) {
    const scaled = values[i]! * scale;
    const size = Math.abs(scaled);
    if (!(size < most)) {
      sums.rejected += 1;
      continue;
    }
    const whole = size < ROUNDED_MAX ? scaled + ROUNDER - ROUNDER : size < 2 * ROUNDED_MAX ? roundHalfEven(scaled) : scaled; // from 2^52 on every float64 is whole
    const upper = Math.floor(whole * PART);
    const total = low[at + i]! + (whole - upper * WORD);
    const carry = Math.floor(total * PART); // not a branch: half of all gradients carry, and none is foreseen
    high[at + i] = high[at + i]! + upper + carry;
    low[at + i] = total - carry * WORD;
  }
}

/** Adds sums of the same length. */
export function addSums(into: Int64Sums, more: Int64Sums): void {
  if (into.low.length !== more.low.length) throw new RangeError(`sums of ${more.low.length} values added to ${into.low.length}`);
  into.rejected += more.rejected;
  for (let i = 0; i < into.low.length; i += 1) {
    const total = into.low[i]! + more.low[i]!;
    const carry = Math.floor(total * PART);
    into.high[i] = into.high[i]! + more.high[i]! + carry;
    into.low[i] = total - carry * WORD;
  }
}

/** The sum as float64: correctly rounded, since both words are exact and only the last addition rounds. */
export function valueAt({ low, high }: Int64Sums, index: number, exponent: number): number {
  return (high[index]! * WORD + low[index]!) * powerOfTwo(-exponent);
}

/** All sums, each as `valueAt` has it, rounded to float32. */
export function writeValues(sums: Int64Sums, exponent: number, out: Float32Array): void {
  writeScaled(sums, powerOfTwo(-exponent), out, { from: 0, count: out.length });
}

interface Piece { readonly from: number; readonly count: number }

/** Minus `count` sums from `from` on, each as `valueAt` has it, rounded to float32. */
export function writeNegated(sums: Int64Sums, exponent: number, out: Float32Array, piece: Piece): void {
  writeScaled(sums, -powerOfTwo(-exponent), out, piece);
}

function writeScaled({ low, high }: Int64Sums, scale: number, out: Float32Array, { from, count }: Piece): void {
  for (let i = 0; i < count; i += 1) out[i] = (high[from + i]! * WORD + low[from + i]!) * scale;
}
