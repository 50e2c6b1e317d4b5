// Small RBMs and their exact distribution by enumerating every visible and hidden state: the strongest oracle there is.
import { packRow } from '../../ebm/rbm/bits.ts';
import { energy } from '../../ebm/rbm/energy.ts';
import type { Parameters } from '../../ebm/rbm/parameters.ts';
import type { Model } from '../../ebm/rbm/preactivation.ts';
import { deriveKey, fillWords } from '../../ebm/random/address.ts';

export interface TinyShape {
  readonly visible: number;
  readonly hidden: number;
  readonly grid: number;
  readonly seed: number;
  /** Parameters are uniform in [-spread, spread] nats. */
  readonly spread: number;
}

/** Whole numbers in [-limit, limit], reproducible. */
function integers(seed: number, purpose: number, count: number, limit: number): number[] {
  const words = new Uint32Array(count);
  fillWords(deriveKey(seed, purpose, 0), { id: 0, halfStep: 0, word3: 0 }, words);
  return [...words].map((word) => (word % (2 * limit + 1)) - limit);
}

/** A model with random parameters. Purposes above 100 keep its numbers apart from every run's. */
export function tinyModel(shape: TinyShape): Model {
  const { visible, hidden, grid, seed, spread } = shape;
  const limit = Math.round(spread * (1 << grid));
  const parameters: Parameters = {
    branch: 0,
    version: 0,
    weights: Int16Array.from(integers(seed, 101, visible * hidden, limit)),
    visibleBias: Int32Array.from(integers(seed, 102, visible, limit)),
    hiddenBias: Int32Array.from(integers(seed, 103, hidden, limit)),
  };
  return { visible, hidden, grid, parameters };
}

/** The packed row of state number `index`: unit u is bit u of the index. At most 24 units. */
export function rowOfIndex(index: number, units: number): Uint8Array {
  const row = new Uint8Array((units + 7) >> 3);
  packRow(Array.from({ length: units }, (_, unit) => (index >> unit) & 1), row);
  return row;
}

export interface ExactDistribution {
  readonly logPartition: number;
  /** P(v, h): [2^visible][2^hidden] */
  readonly joint: readonly (readonly number[])[];
  /** P(v): [2^visible] */
  readonly visible: readonly number[];
}

/** Every probability of the model, from energies alone. */
export function exactDistribution(model: Model): ExactDistribution {
  const visibleStates = 1 << model.visible;
  const hiddenStates = 1 << model.hidden;
  const weights = Array.from({ length: visibleStates }, (_, v) => Array.from({ length: hiddenStates }, (__, h) => (
    Math.exp(-energy(model, rowOfIndex(v, model.visible), rowOfIndex(h, model.hidden))))));
  const total = weights.reduce((sum, row) => row.reduce((partial, weight) => partial + weight, sum), 0);
  const joint = weights.map((row) => row.map((weight) => weight / total));
  return { logPartition: Math.log(total), joint, visible: joint.map((row) => row.reduce((sum, p) => sum + p, 0)) };
}

/** Exact means under the model: v [visible], h [hidden], v h^T [visible * hidden]. */
export function exactMeans(model: Model, exact: ExactDistribution): { readonly visible: number[]; readonly hidden: number[]; readonly outer: number[] } {
  const visible = new Array<number>(model.visible).fill(0);
  const hidden = new Array<number>(model.hidden).fill(0);
  const outer = new Array<number>(model.visible * model.hidden).fill(0);
  exact.joint.forEach((row, v) => {
    row.forEach((probability, h) => {
      for (let i = 0; i < model.visible; i += 1) if ((v >> i) & 1) visible[i]! += probability;
      for (let j = 0; j < model.hidden; j += 1) {
        if (!((h >> j) & 1)) continue;
        hidden[j]! += probability;
        for (let i = 0; i < model.visible; i += 1) if ((v >> i) & 1) outer[i * model.hidden + j]! += probability;
      }
    });
  });
  return { visible, hidden, outer };
}
