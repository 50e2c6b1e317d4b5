// Inverse temperatures of annealing: beta_0 = 0 (the base model) < ... < beta_K = 1 (the model), K + 1 numbers.
// `betas` in a job, a figure or a benchmark counts the K temperatures above 0, as the field does. It owns no sampling.

/** k / count for k = 0..count: float64 [count + 1]. */
export function linearBetas(count: number): Float64Array {
  assertCount(count);
  return Float64Array.from({ length: count + 1 }, (_, k) => k / count);
}

/**
 * Salakhutdinov and Murray's 14,500 temperatures (2008): 500 evenly to 0.5, 4,000 to 0.9, 10,000 to 1; float64 [14501].
 * With another count the three parts keep these proportions (each at least one).
 */
export function salakhutdinovBetas(count = 14_500): Float64Array {
  assertCount(count);
  if (count < 3) return linearBetas(count);
  const first = Math.max(1, Math.round((count * 500) / 14_500));
  const second = Math.min(count - first - 1, Math.max(1, Math.round((count * 4_000) / 14_500)));
  const third = count - first - second;
  return Float64Array.from({ length: count + 1 }, (_, k) => {
    if (k <= first) return k / (2 * first);
    if (k <= first + second) return (5 * second + 4 * (k - first)) / (10 * second);
    return (9 * third + (k - first - second)) / (10 * third);
  });
}

function assertCount(count: number): void {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`annealing needs at least 1 inverse temperature above 0, got ${count}`);
}

/** Throws unless the numbers rise strictly from 0 to 1. */
export function assertBetas(betas: Float64Array): void {
  const last = betas.length - 1;
  if (last < 1 || betas[0] !== 0 || betas[last] !== 1) throw new RangeError('inverse temperatures must start at 0 and end at 1');
  for (let k = 1; k <= last; k += 1) {
    if (!(betas[k]! > betas[k - 1]!)) throw new RangeError(`inverse temperatures must rise: number ${k} is ${betas[k]} after ${betas[k - 1]}`);
  }
}
