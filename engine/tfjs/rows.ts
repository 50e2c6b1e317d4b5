// Rows of a session in microbatches: every evaluation has exactly so many, so that a row's bits do not depend on how an update was cut into units.
import { samplesIn } from '../../ebm/random/permutation.ts';
import type { ContinuousProblem } from '../continuous.ts';
import type { Range } from '../engine.ts';

export function offsetsOf(range: Range): Uint32Array {
  return Uint32Array.from({ length: range.to - range.from }, (_, i) => range.from + i);
}

export function microbatchesOf(range: Range, rows: number): Range[] {
  return Array.from({ length: (range.to - range.from) / rows }, (_, i) => ({ from: range.from + i * rows, to: range.from + (i + 1) * rows }));
}

/** Training rows at offsets of an update's batch. `size`: numbers of a row. */
export function dataAt({ problem, size }: { readonly problem: ContinuousProblem; readonly size: number }, update: number, range: Range): Float32Array {
  const { data, seed, batch } = problem;
  if (data === null) throw new TypeError('this session has no data');
  const values = new Float32Array((range.to - range.from) * size);
  for (const [i, { row }] of samplesIn(seed, data.rows, { from: update * batch + range.from, to: update * batch + range.to }).entries()) {
    values.set(data.values.subarray(row * size, (row + 1) * size), i * size);
  }
  return values;
}

/** Calls `use` with each microbatch of rows, the last filled up with zeros; `at` is its first row. */
export function eachPadded({ problem: { microbatch }, size }: { readonly problem: ContinuousProblem; readonly size: number }, values: Float32Array, use: (rows: Float32Array, at: number) => void): void {
  for (let at = 0; at * size < values.length; at += microbatch) {
    const rows = new Float32Array(microbatch * size);
    rows.set(values.subarray(at * size, (at + microbatch) * size));
    use(rows, at);
  }
}
