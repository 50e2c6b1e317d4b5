// The standard normal distribution: distribution function and quantile, for normal scores of ranks. Built on elementary.ts, so the bits are
// the same everywhere. Random normals are not made here.
import { exp, log } from './elementary.ts';

const ROOT_TWO_PI = 2.5066282746310002;
/** Beyond it the continued fraction converges faster than the series. */
const SERIES_MAX = 2.5;

/** P(Z <= x) of a standard normal Z. Absolute error below 1e-15, relative error of the lower tail below 1e-13. */
export function normalDistribution(x: number): number {
  const size = Math.abs(x);
  if (x !== x) return NaN;
  if (size > 40) return x < 0 ? 0 : 1;
  const density = exp(-0.5 * size * size) / ROOT_TWO_PI;
  if (size < SERIES_MAX) {
    let term = size;
    let sum = size;
    for (let n = 3; term > 1e-18 * sum; n += 2) {
      term *= (size * size) / n;
      sum += term;
    }
    return x < 0 ? 0.5 - density * sum : 0.5 + density * sum;
  }
  let fraction = size;
  for (let n = 60; n >= 1; n -= 1) fraction = size + n / fraction;
  return x < 0 ? density / fraction : 1 - density / fraction;
}

/** x with P(Z <= x) = p: -Infinity at 0, Infinity at 1, NaN outside [0, 1]. Error below 1e-12 for p in [1e-9, 1 - 1e-9]. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : NaN;
  if (p > 0.5) return -normalQuantile(1 - p);
  // Abramowitz and Stegun 26.2.23 to 4.5e-4, then Halley's steps, each of which triples the correct digits.
  const t = Math.sqrt(-2 * log(p));
  let x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let round = 0; round < 2; round += 1) {
    const error = (normalDistribution(x) - p) * ROOT_TWO_PI * exp(0.5 * x * x);
    x -= error / (1 + 0.5 * x * error);
  }
  return x;
}
