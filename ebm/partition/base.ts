// The base model that annealing starts from: visible units independent with the data's rates, hidden units fair coins, so that its
// partition function is known and its samples are exact. f_0(v) = 2^hidden e^(bA v).
import { log, softplus } from '../numeric/elementary.ts';
import { blockSum } from '../numeric/sum.ts';
import { gridScale, roundHalfEven } from '../rbm/grid.ts';
import { clampedLogit } from '../rbm/initial.ts';

/** Visible biases bA of the base model on the grid: the logit of each mean, clamped to [0.001, 0.999]; int32 [visible]. */
export function baseBiases(dataMean: ArrayLike<number>, grid: number): Int32Array {
  const scale = gridScale(grid);
  return Int32Array.from(dataMean, (mean) => roundHalfEven(clampedLogit(mean) * scale));
}

/** log Z_0 = sum_i softplus(bA_i) + hidden log 2, in nats. */
export function baseLogPartition(baseBias: Int32Array, hidden: number, grid: number): number {
  const scale = gridScale(grid);
  return blockSum(Float64Array.from(baseBias, (bias) => softplus(bias / scale))) + hidden * log(2);
}
