// Integer pre-activations of both layers from packed bits, in units of 2^-g nats. The published bounds keep them inside 2^24.
import { bitAt } from './bits.ts';
import type { Parameters } from './parameters.ts';

/** Published parameters with the sizes that give them a meaning. */
export interface Model {
  readonly visible: number;
  readonly hidden: number;
  /** Grid exponent g: parameters are in units of 2^-g nats. */
  readonly grid: number;
  readonly parameters: Parameters;
}

/** x_j = c_j + sum of the weights of the visible units that are on: writes int32 [hidden]. `row`: packed visible bits. */
export function hiddenInput(model: Model, row: Uint8Array, out: Int32Array): void {
  const { weights, hiddenBias } = model.parameters;
  out.set(hiddenBias);
  for (let i = 0; i < model.visible; i += 1) {
    if (bitAt(row, 0, i) === 0) continue;
    for (let j = 0; j < model.hidden; j += 1) out[j]! += weights[i * model.hidden + j]!;
  }
}

/** y_i = b_i + sum of the weights of the hidden units that are on: writes int32 [visible]. `row`: packed hidden bits. */
export function visibleInput(model: Model, row: Uint8Array, out: Int32Array): void {
  const { weights, visibleBias } = model.parameters;
  for (let i = 0; i < model.visible; i += 1) {
    let sum = visibleBias[i]!;
    for (let j = 0; j < model.hidden; j += 1) {
      if (bitAt(row, 0, j) === 1) sum += weights[i * model.hidden + j]!;
    }
    out[i] = sum;
  }
}

/** Sum of the visible biases of the units that are on, in grid units: an exact integer. */
export function visibleBiasSum(model: Model, row: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < model.visible; i += 1) if (bitAt(row, 0, i) === 1) sum += model.parameters.visibleBias[i]!;
  return sum;
}
