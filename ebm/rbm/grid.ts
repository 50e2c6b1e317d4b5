// The grid: float32 masters rounded to integers in units of 2^-g nats, and the bounds that keep integer pre-activations exact
// (EXACT.md, Grid; docs/adr/0001, Publishing). Breaking a bound is an outcome, named by its first place in a fixed order.
import type { Masters, Parameters } from './parameters.ts';

const INT16_MIN = -32768;
const INT16_MAX = 32767;
const INT32_MIN = -0x8000_0000;
const INT32_MAX = 0x7fff_ffff;
/** Largest sum of |W| and |b| over the inputs of a unit: float32 products are exact up to here, and int32 sums far beyond. */
export const PRE_ACTIVATION_BOUND = 0x100_0000;

export interface Divergence {
  readonly kind: 'diverged';
  readonly reason: 'not-finite' | 'weight-out-of-grid' | 'pre-activation-bound';
  readonly where: string;
}

/** Sizes of the layers, and the grid exponent g. */
export interface GridShape {
  readonly visible: number;
  readonly hidden: number;
  readonly grid: number;
}

/** 2^g, exactly. */
export function gridScale(grid: number): number {
  if (!Number.isInteger(grid) || grid < 0 || grid > 20) throw new RangeError(`the grid exponent must be a whole number from 0 to 20, got ${grid}`);
  return 1 << grid;
}

/** Nearest integer, ties to even. Exact for any float64; NaN and infinities stay what they are. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest < 0.5) return below;
  if (rest > 0.5) return below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/**
 * Rounds masters to the grid into `target` and checks every bound. Null when all hold; otherwise the first that broke, in this order:
 * weights row-major (finite, then int16), visible biases, hidden biases (finite, then int32, which is a `pre-activation-bound`),
 * sums of the hidden units, sums of the visible units. `target` is void then.
 */
export function quantise(masters: Masters, shape: GridShape, target: Parameters): Divergence | null {
  const scale = gridScale(shape.grid);
  return roundWeights(masters.weights, scale, shape.hidden, target.weights)
    ?? roundBiases(masters.visibleBias, scale, 'visible', target.visibleBias)
    ?? roundBiases(masters.hiddenBias, scale, 'hidden', target.hiddenBias)
    ?? checkBounds(target, shape);
}

function roundWeights(masters: Float32Array, scale: number, hidden: number, target: Int16Array): Divergence | null {
  for (let index = 0; index < masters.length; index += 1) {
    const value = roundHalfEven(masters[index]! * scale);
    if (!(value >= INT16_MIN && value <= INT16_MAX)) {
      const where = `weight [${Math.floor(index / hidden)}, ${index % hidden}]`;
      return { kind: 'diverged', reason: Number.isFinite(masters[index]!) ? 'weight-out-of-grid' : 'not-finite', where };
    }
    target[index] = value;
  }
  return null;
}

function roundBiases(masters: Float32Array, scale: number, layer: 'visible' | 'hidden', target: Int32Array): Divergence | null {
  for (let index = 0; index < masters.length; index += 1) {
    const value = roundHalfEven(masters[index]! * scale);
    if (!(value >= INT32_MIN && value <= INT32_MAX)) {
      return { kind: 'diverged', reason: Number.isFinite(masters[index]!) ? 'pre-activation-bound' : 'not-finite', where: `${layer} bias [${index}]` };
    }
    target[index] = value;
  }
  return null;
}

/** The first unit, hidden units before visible ones, whose |inputs| and |bias| sum to more than the bound; null if none does. */
export function checkBounds(parameters: Parameters, shape: Pick<GridShape, 'visible' | 'hidden'>): Divergence | null {
  const { visible, hidden } = shape;
  const hiddenSums = Float64Array.from(parameters.hiddenBias, Math.abs);
  const visibleSums = Float64Array.from(parameters.visibleBias, Math.abs);
  for (let i = 0; i < visible; i += 1) {
    for (let j = 0; j < hidden; j += 1) {
      const size = Math.abs(parameters.weights[i * hidden + j]!);
      hiddenSums[j]! += size;
      visibleSums[i]! += size;
    }
  }
  return overBound(hiddenSums, 'hidden') ?? overBound(visibleSums, 'visible');
}

function overBound(sums: Float64Array, layer: 'visible' | 'hidden'): Divergence | null {
  const index = sums.findIndex((sum) => sum > PRE_ACTIVATION_BOUND);
  return index < 0 ? null : { kind: 'diverged', reason: 'pre-activation-bound', where: `${layer} unit [${index}]` };
}
