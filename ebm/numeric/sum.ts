// Sums of float64 values whose bits do not depend on who adds: ascending index, blocks of 64, blocks in order (EXACT.md, The coordinator's step).
// Averages and spreads of figures are built on it. It owns no logarithms; log-mean-exp is in elementary.ts and partition/estimate.ts.

const BLOCK = 64;

/** Sum in ascending order: each block of 64 from 0, then the blocks' sums in order from 0. 0 for none. */
export function blockSum(values: ArrayLike<number>): number {
  let total = 0;
  for (let start = 0; start < values.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, values.length);
    let sum = 0;
    for (let i = start; i < end; i += 1) sum += values[i]!;
    total += sum;
  }
  return total;
}

/** Arithmetic mean; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  return blockSum(values) / values.length;
}

/** Unbiased variance, from squared distances to the mean; NaN for fewer than two values. */
export function variance(values: ArrayLike<number>): number {
  if (values.length < 2) return NaN;
  const centre = mean(values);
  return blockSum(Float64Array.from(values, (value) => (value - centre) * (value - centre))) / (values.length - 1);
}

/** Standard error of the mean of independent values; NaN for fewer than two. */
export function standardErrorOfMean(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values) / values.length);
}
