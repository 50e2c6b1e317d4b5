// Sums of softplus(beta x) over the units of a layer, for integer pre-activations x in units of 2^-g nats. The work is shared out as
//   sum_j softplus(beta x_j) = beta 2^-g sum_j max(x_j, 0) + log prod_j (1 + e^-(beta |x_j| 2^-g)):
// the first sum is exact in integers, the exponentials come from two short tables a temperature, and a block of units needs one logarithm.
// The order of every float64 operation is part of the definition, so that engines agree to the bit. It owns no samples and no estimates.
import { exp, log } from '../numeric/elementary.ts';
import { gridScale } from '../rbm/grid.ts';
import type { Model } from '../rbm/preactivation.ts';

/** Units whose factors are multiplied before one logarithm is taken. Each factor is in (1, 2], so a product is at most 2^512. */
export const DECAY_BLOCK = 512;
const LOW_BITS = 8;
const LOW_SIZE = 256;
const LOW_MASK = LOW_SIZE - 1;

/** e^-(beta n 2^-g) = low[n & 255] * high[n >> 8] for n in 0..bound. */
export interface DecayTable {
  readonly beta: number;
  /** float64 [256]: entry m is exp(-(s m)), s = beta 2^-g */
  readonly low: Float64Array;
  /** float64 [(bound >> 8) + 1]: entry m is exp(-(s (256 m))) */
  readonly high: Float64Array;
}

/** The table of one inverse temperature for |x| <= bound (see `preActivationBound`). */
export function decayTable(beta: number, grid: number, bound: number): DecayTable {
  const step = beta / gridScale(grid); // exact: a power of two
  const low = new Float64Array(LOW_SIZE);
  const high = new Float64Array((bound >> LOW_BITS) + 1);
  for (let m = 0; m < low.length; m += 1) low[m] = exp(-(step * m));
  for (let m = 0; m < high.length; m += 1) high[m] = exp(-(step * (LOW_SIZE * m)));
  return { beta, low, high };
}

/** Largest |x| that any visible state can give a hidden unit: max over j of |c_j| + sum_i |W_ij|, in grid units. */
export function preActivationBound(model: Model): number {
  const { weights, hiddenBias } = model.parameters;
  const sums = Float64Array.from(hiddenBias, Math.abs);
  for (let i = 0; i < model.visible; i += 1) {
    for (let j = 0; j < model.hidden; j += 1) sums[j]! += Math.abs(weights[i * model.hidden + j]!);
  }
  return sums.reduce((most, sum) => Math.max(most, sum), 0);
}

/** sum_j max(x_j, 0) in grid units: an exact integer (below 2^53 for 2^29 units). */
export function positiveSum(inputs: Int32Array): number {
  let sum = 0;
  for (const input of inputs) if (input > 0) sum += input;
  return sum;
}

/**
 * Product of 1 + e^-(beta |x_j| 2^-g) over the units [from, min(from + 512, length)): four running products, unit j in number
 * (j - from) mod 4, each from 1 in ascending order; then (p0 p1) (p2 p3).
 */
export function blockProduct(table: DecayTable, inputs: Int32Array, from: number): number {
  const end = Math.min(from + DECAY_BLOCK, inputs.length);
  const products = new Float64Array(4).fill(1);
  for (let j = from; j < end; j += 1) products[(j - from) & 3]! *= 1 + decay(table, Math.abs(inputs[j]!));
  return products[0]! * products[1]! * (products[2]! * products[3]!);
}

function decay(table: DecayTable, n: number): number {
  return table.low[n & LOW_MASK]! * table.high[n >> LOW_BITS]!;
}

/** sum_j softplus(beta x_j) in nats. Absolute error below 1e-13 for 500 units at any temperature. */
export function softplusSum(table: DecayTable, inputs: Int32Array, grid: number): number {
  let logs = 0;
  for (let from = 0; from < inputs.length; from += DECAY_BLOCK) logs += log(blockProduct(table, inputs, from));
  return table.beta / gridScale(grid) * positiveSum(inputs) + logs;
}

/**
 * sum_j log((1 + e^-|beta' x_j|) / (1 + e^-|beta x_j|)) from the tables of beta' (`upper`) and beta (`lower`): for each block one
 * quotient and one logarithm, blocks ascending, added from 0. It is what softplus differences have besides their max(x, 0).
 */
export function decayDifference(upper: DecayTable, lower: DecayTable, inputs: Int32Array): number {
  let logs = 0;
  for (let from = 0; from < inputs.length; from += DECAY_BLOCK) {
    logs += log(blockProduct(upper, inputs, from) / blockProduct(lower, inputs, from));
  }
  return logs;
}
