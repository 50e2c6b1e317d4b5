// Exact log Z, marginals and expected statistics of a Bernoulli RBM with at most 20 units in one layer, by visiting every state of that
// layer in Gray-code order. One unit flips at a time, so the pre-activations of the other layer are updated in integers, without rounding.
// The oracle of samplers, gradients and log-partition estimates. It samples nothing.
import { exp, log, sigmoid } from '../numeric/elementary.ts';
import { gridScale } from '../rbm/grid.ts';
import type { Model } from '../rbm/preactivation.ts';
import { decayTable, softplusSum, type DecayTable } from './decay.ts';

/** Units of the enumerated layer at most: 2^20 states. */
export const ENUMERATED_UNITS_MAX = 20;
/** States whose probabilities are added before they join the total. */
const BLOCK_STATES = 1024;

/** The model as seen from the layer that is enumerated: its units' biases and the rows of weights to the other layer. */
interface View {
  readonly units: number;
  readonly others: number;
  readonly biases: Int32Array;
  readonly otherBiases: Int32Array;
  /** Weight from enumerated unit a to other unit o. */
  readonly weight: (a: number, o: number) => number;
  readonly grid: number;
}

function smallerLayer(model: Model): View & { readonly enumerated: 'visible' | 'hidden' } {
  const { visible, hidden, grid, parameters } = model;
  if (Math.min(visible, hidden) > ENUMERATED_UNITS_MAX) {
    throw new RangeError(`exact sums need a layer of at most ${ENUMERATED_UNITS_MAX} units, got ${visible} visible and ${hidden} hidden`);
  }
  const { weights, visibleBias, hiddenBias } = parameters;
  return visible < hidden
    ? { enumerated: 'visible', units: visible, others: hidden, biases: visibleBias, otherBiases: hiddenBias, weight: (a, o) => weights[a * hidden + o]!, grid }
    : { enumerated: 'hidden', units: hidden, others: visible, biases: hiddenBias, otherBiases: visibleBias, weight: (a, o) => weights[o * hidden + a]!, grid };
}

/** A state of the enumerated layer during a visit. Arrays are overwritten from state to state. */
interface Visited {
  /** 0 or 1 each: uint8 [units] */
  readonly bits: Uint8Array;
  /** Pre-activations of the other layer in grid units: int32 [others] */
  readonly inputs: Int32Array;
  /** log of the sum of e^-E over the other layer's states, in nats. */
  readonly logSum: number;
}

/** Visits all 2^units states, one flip apart. */
function visitStates(view: View, visit: (state: Visited) => void): void {
  const { units, others, grid } = view;
  const bits = new Uint8Array(units);
  const inputs = Int32Array.from(view.otherBiases);
  const rows = Array.from({ length: units }, (_, a) => Int32Array.from({ length: others }, (_unused, o) => view.weight(a, o)));
  const table = tableFor(view, rows);
  let bias = 0;
  for (let step = 0; step < 1 << units; step += 1) {
    if (step > 0) {
      const flipped = 31 - Math.clz32(step & -step);
      const sign = bits[flipped] === 0 ? 1 : -1;
      bits[flipped]! ^= 1;
      bias += sign * view.biases[flipped]!;
      const row = rows[flipped]!;
      for (let o = 0; o < others; o += 1) inputs[o]! += sign * row[o]!;
    }
    visit({ bits, inputs, logSum: bias / gridScale(grid) + softplusSum(table, inputs, grid) });
  }
}

/** Exponentials for every pre-activation that the other layer can have. */
function tableFor(view: View, rows: readonly Int32Array[]): DecayTable {
  const sums = Array.from(view.otherBiases, (bias, o) => rows.reduce((sum, row) => sum + Math.abs(row[o]!), Math.abs(bias)));
  return decayTable(1, view.grid, Math.max(0, ...sums));
}

/** A running log of a sum of exponentials: `most` + log(`sum`). */
interface RunningSum { most: number; sum: number }

function addExponential(total: RunningSum, value: number, count: number): void {
  if (value > total.most) {
    total.sum = total.sum * exp(total.most - value) + count;
    total.most = value;
  } else {
    total.sum += count * exp(value - total.most);
  }
}

/** log Z in nats. Relative error of Z below 1e-12 for MNIST's sizes. Throws RangeError if both layers have more than 20 units. */
export function exactLogPartition(model: Model): number {
  const view = smallerLayer(model);
  const total: RunningSum = { most: -Infinity, sum: 0 };
  let block: RunningSum = { most: -Infinity, sum: 0 };
  let states = 0;
  visitStates(view, ({ logSum }) => {
    addExponential(block, logSum, 1);
    states += 1;
    if (states % BLOCK_STATES === 0 || states === 1 << view.units) {
      addExponential(total, block.most, block.sum);
      block = { most: -Infinity, sum: 0 };
    }
  });
  return total.most + log(total.sum);
}

/** Expectations under the model. */
export interface ExactStatistics {
  /** nats */
  readonly logPartition: number;
  /** E[v]: float64 [visible] */
  readonly visible: Float64Array;
  /** E[h]: float64 [hidden] */
  readonly hidden: Float64Array;
  /** E[v h^T]: float64 [visible * hidden], row-major */
  readonly outer: Float64Array;
}

/** Exact marginals and pair expectations: the model's side of the log-likelihood's gradient. The enumerated layer has at most 20 units. */
export function exactStatistics(model: Model): ExactStatistics {
  const view = smallerLayer(model);
  const logPartition = exactLogPartition(model);
  const { visible, hidden } = model;
  const units = new Float64Array(view.units);
  const others = new Float64Array(view.others);
  const outer = new Float64Array(visible * hidden);
  const scale = gridScale(view.grid);
  visitStates(view, ({ bits, inputs, logSum }) => {
    const probability = exp(logSum - logPartition);
    for (let a = 0; a < view.units; a += 1) units[a]! += probability * bits[a]!;
    for (let o = 0; o < view.others; o += 1) {
      const share = probability * sigmoid(inputs[o]! / scale);
      others[o]! += share;
      for (let a = 0; a < view.units; a += 1) {
        if (bits[a] === 1) outer[view.enumerated === 'visible' ? a * hidden + o : o * hidden + a]! += share;
      }
    }
  });
  return view.enumerated === 'visible' ? { logPartition, visible: units, hidden: others, outer } : { logPartition, visible: others, hidden: units, outer };
}
