// The annealed chain of a small RBM as matrices over all visible states, in float64: what AIS, reverse AIS and RAISE estimate, exactly.
// Nothing here uses ebm/partition, so that it can judge it.
import { hiddenInput, visibleInput, type Model } from '../../ebm/rbm/preactivation.ts';
import { bitAt } from '../../ebm/rbm/bits.ts';
import { rowOfIndex } from './tiny-rbm.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export interface ChainShape { readonly model: Model; readonly baseBias: Int32Array }

/** log f_beta(v) in nats for every visible state. */
export function logDensities({ model, baseBias }: ChainShape, beta: number): number[] {
  const scale = 1 << model.grid;
  return Array.from({ length: 1 << model.visible }, (_, v) => {
    const row = rowOfIndex(v, model.visible);
    const inputs = new Int32Array(model.hidden);
    hiddenInput(model, row, inputs);
    let sum = 0;
    for (let i = 0; i < model.visible; i += 1) {
      if (bitAt(row, 0, i) === 1) sum += ((1 - beta) * baseBias[i]! + beta * model.parameters.visibleBias[i]!) / scale;
    }
    return inputs.reduce((total, x) => total + Math.log1p(Math.exp((beta * x) / scale)), sum);
  });
}

/** P(next v | v) of one block Gibbs step at beta: [2^visible][2^visible]. */
export function transitionMatrix({ model, baseBias }: ChainShape, beta: number): number[][] {
  const scale = 1 << model.grid;
  const visibleGivenHidden = Array.from({ length: 1 << model.hidden }, (_, h) => {
    const inputs = new Int32Array(model.visible);
    visibleInput(model, rowOfIndex(h, model.hidden), inputs);
    const on = Array.from(inputs, (z, i) => sigmoid(((1 - beta) * baseBias[i]! + beta * z) / scale));
    return bernoulliStates(on);
  });
  return Array.from({ length: 1 << model.visible }, (_, v) => {
    const inputs = new Int32Array(model.hidden);
    hiddenInput(model, rowOfIndex(v, model.visible), inputs);
    const next = new Array<number>(1 << model.visible).fill(0);
    bernoulliStates(Array.from(inputs, (x) => sigmoid((beta * x) / scale))).forEach((p, h) => {
      visibleGivenHidden[h]!.forEach((q, w) => { next[w]! += p * q; });
    });
    return next;
  });
}

/** Probability of every state of independent units. */
function bernoulliStates(on: readonly number[]): number[] {
  return Array.from({ length: 1 << on.length }, (_, state) => on.reduce((p, q, unit) => p * ((state >> unit) & 1 ? q : 1 - q), 1));
}

/** The annealed model: the distribution of the last v of base draw, transition 1, ..., transition K. [2^visible] */
export function annealedModel(shape: ChainShape, betas: ArrayLike<number>): number[] {
  let current = bernoulliStates(Array.from(shape.baseBias, (bias) => sigmoid(bias / (1 << shape.model.grid))));
  for (let k = 1; k < betas.length; k += 1) {
    const matrix = transitionMatrix(shape, betas[k]!);
    current = current.map((_, w) => current.reduce((sum, p, v) => sum + p * matrix[v]![w]!, 0));
  }
  return current;
}
