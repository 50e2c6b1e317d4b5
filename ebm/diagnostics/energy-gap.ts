// The energy gap of an update: mean energy of the data phase less that of the model phase, from the sums that the optimiser needs anyway.
// Below 0 the data lie lower than the model's own samples; a gap that runs away in either direction announces divergence.
// It reads no samples, and one pass over the weights: take it when it is shown or decided on, not at every update.
import { blockSum } from '../numeric/sum.ts';
import { gridScale } from '../rbm/grid.ts';
import type { Parameters, UpdateSums } from '../rbm/parameters.ts';

/** Sums of thresholds are means times this. */
const ONE = 65536;

/**
 * mean E(v, h) of the data phase minus that of the model phase, in nats: -(sum_ij W_ij dS_ij + b dv + c dh), with d the difference of the
 * phases' means, hidden units by their means given v, and the parameters on the grid 2^-grid. Rows ascending, each from 0, then in blocks
 * of 64, so the figure is repeatable to the bit. Throws RangeError if a phase is empty.
 */
export function energyGap(parameters: Parameters, grid: number, sums: UpdateSums): number {
  const { data, model, outer } = sums;
  if (!(data.count > 0 && model.count > 0)) throw new RangeError(`an energy gap needs samples in both phases, got ${data.count} and ${model.count}`);
  const visible = parameters.visibleBias.length;
  const hidden = parameters.hiddenBias.length;
  const dataUnit = 1 / data.count;
  const modelUnit = 1 / model.count;
  const rows = new Float64Array(visible);
  for (let i = 0; i < visible; i += 1) {
    const offset = i * hidden;
    const pairs = outer.kind === 'difference'
      ? rowProduct(parameters.weights, outer.difference, offset, hidden) * dataUnit
      : rowProduct(parameters.weights, outer.data, offset, hidden) * dataUnit - rowProduct(parameters.weights, outer.model, offset, hidden) * modelUnit;
    rows[i] = pairs / ONE + parameters.visibleBias[i]! * (data.visible[i]! * dataUnit - model.visible[i]! * modelUnit);
  }
  const columns = Float64Array.from(parameters.hiddenBias, (bias, j) => (bias * (data.hidden[j]! * dataUnit - model.hidden[j]! * modelUnit)) / ONE);
  return -(blockSum(rows) + blockSum(columns)) / gridScale(grid);
}

function rowProduct(weights: Int16Array, sums: Int32Array | Float64Array, offset: number, length: number): number {
  let sum = 0;
  for (let index = offset; index < offset + length; index += 1) sum += weights[index]! * sums[index]!;
  return sum;
}
