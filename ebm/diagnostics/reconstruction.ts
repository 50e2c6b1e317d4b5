// How much of an image survives going to the hidden units and back, and how much of a chain moves. Cheap to watch; neither is a likelihood:
// a falling reconstruction error says that learning proceeds, a falling flip rate that the chains stick.
import { sigmoid } from '../numeric/elementary.ts';
import { blockSum } from '../numeric/sum.ts';
import { bitAt, bytesOf, distance, rowOf } from '../rbm/bits.ts';
import { hiddenProbabilities } from '../rbm/energy.ts';
import { gridScale } from '../rbm/grid.ts';
import type { Model } from '../rbm/preactivation.ts';

export interface ReconstructionError {
  /** Mean over rows and units of (v - r)^2, in 0..1. */
  readonly meanSquare: number;
  /** Mean over rows and units of |v - r|: the expected share of wrong bits if the reconstruction were sampled. */
  readonly meanAbsolute: number;
}

/** Of packed rows, by means alone: r = P(v = 1 | h = P(h = 1 | v)). Nothing is drawn. */
export function reconstructionError(model: Model, rows: Uint8Array): ReconstructionError {
  const count = countRows(rows, model.visible);
  const squares = new Float64Array(count);
  const absolutes = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const row = rowOf(rows, model.visible, index);
    const reconstruction = visibleMeans(model, hiddenProbabilities(model, row));
    for (let i = 0; i < model.visible; i += 1) {
      const error = Math.abs(bitAt(row, 0, i) - reconstruction[i]!);
      squares[index]! += error * error;
      absolutes[index]! += error;
    }
  }
  const units = count * model.visible;
  return { meanSquare: blockSum(squares) / units, meanAbsolute: blockSum(absolutes) / units };
}

/** P(v_i = 1 | h) for hidden means instead of bits: float64 [visible]. */
function visibleMeans(model: Model, hiddenMeans: Float64Array): Float64Array {
  const { weights, visibleBias } = model.parameters;
  const scale = gridScale(model.grid);
  return Float64Array.from(visibleBias, (bias, i) => {
    let sum = bias;
    for (let j = 0; j < model.hidden; j += 1) sum += weights[i * model.hidden + j]! * hiddenMeans[j]!;
    return sigmoid(sum / scale);
  });
}

/** Share of units that differ between two packings of the same chains, 0..1. `units` of each chain; spare bits are 0. */
export function flipRate(before: Uint8Array, after: Uint8Array, units: number): number {
  const chains = countRows(before, units);
  if (after.length !== before.length) throw new RangeError(`states of ${before.length} and ${after.length} bytes are not of the same chains`);
  return distance(before, after) / (chains * units);
}

function countRows(rows: Uint8Array, units: number): number {
  const count = rows.length / bytesOf(units);
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`${rows.length} bytes are not whole rows of ${units} units`);
  return count;
}
