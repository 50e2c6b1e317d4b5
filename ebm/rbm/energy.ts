// Energy, free energy and conditionals of a published model in float64 nats: for figures and for tests of exactness, never for sampling.
// E(v, h) = -(b v + c h + v W h); F(v) = -log sum_h exp(-E(v, h)) = -(b v + sum_j softplus(x_j)).
import { sigmoid, softplus } from '../numeric/elementary.ts';
import { bitAt } from './bits.ts';
import { gridScale } from './grid.ts';
import { hiddenInput, visibleBiasSum, visibleInput, type Model } from './preactivation.ts';

/** E(v, h) in nats of packed rows: an exact multiple of 2^-g. */
export function energy(model: Model, visibleRow: Uint8Array, hiddenRow: Uint8Array): number {
  const inputs = new Int32Array(model.hidden);
  hiddenInput(model, visibleRow, inputs);
  let sum = visibleBiasSum(model, visibleRow);
  for (let j = 0; j < model.hidden; j += 1) if (bitAt(hiddenRow, 0, j) === 1) sum += inputs[j]!;
  return -sum / gridScale(model.grid);
}

/** -F(v) in nats from integer pre-activations x [hidden] and the integer sum b v: softplus added in ascending order, then b v. */
export function negativeFreeEnergyOf(inputs: Int32Array, biasSum: number, grid: number): number {
  const scale = gridScale(grid);
  let sum = 0;
  for (const input of inputs) sum += softplus(input / scale);
  return biasSum / scale + sum;
}

/** -F(v) in nats of a packed visible row. */
export function negativeFreeEnergy(model: Model, row: Uint8Array): number {
  const inputs = new Int32Array(model.hidden);
  hiddenInput(model, row, inputs);
  return negativeFreeEnergyOf(inputs, visibleBiasSum(model, row), model.grid);
}

/** P(h_j = 1 | v) of a packed visible row: float64 [hidden]. */
export function hiddenProbabilities(model: Model, row: Uint8Array): Float64Array {
  const inputs = new Int32Array(model.hidden);
  hiddenInput(model, row, inputs);
  return probabilities(inputs, model.grid);
}

/** P(v_i = 1 | h) of a packed hidden row: float64 [visible]. */
export function visibleProbabilities(model: Model, row: Uint8Array): Float64Array {
  const inputs = new Int32Array(model.visible);
  visibleInput(model, row, inputs);
  return probabilities(inputs, model.grid);
}

function probabilities(inputs: Int32Array, grid: number): Float64Array {
  const scale = gridScale(grid);
  return Float64Array.from(inputs, (input) => sigmoid(input / scale));
}
