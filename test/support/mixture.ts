// A mixture of round Gaussians whose moments, masses and scores are formulas, as an energy of the family gaussian-mixture: the truth that samplers and
// objectives are held to. Written out here a second time, in float64, and from nothing of the engines.
import { logSumExp } from '../../ebm/numeric/elementary.ts';
import { normalDistribution } from '../../ebm/numeric/normal.ts';
import { layoutOf, parameterCount, tensorOf } from '../../ebm/continuous/layout.ts';
import type { ParameterLayout } from '../../ebm/continuous/model.ts';
import { normalRows } from './continuous.ts';

export interface Component { readonly weight: number; readonly mean: readonly number[]; readonly deviation: number }
/** Weights sum to 1. */
export type Mixture = readonly Component[];

/** Overlapping modes of unlike weights and widths, in two dimensions: a chain crosses between them in some tens of steps. */
export const PLANAR_MIXTURE: Mixture = [{ weight: 0.35, mean: [-1.2, 0.3], deviation: 0.6 }, { weight: 0.65, mean: [1.2, 1.1], deviation: 0.9 }];
/** The same in one dimension. */
export const LINE_MIXTURE: Mixture = [{ weight: 0.35, mean: [-1.2], deviation: 0.6 }, { weight: 0.65, mean: [1.2], deviation: 0.9 }];

/** Parameters of the energy of kind gaussian-mixture with as many components. */
export function mixtureParameters(mixture: Mixture): Float32Array {
  const layout = layoutOf({ energy: { kind: 'gaussian-mixture', components: mixture.length }, objective: { kind: 'sliced', projections: 1 } }, [mixture[0]!.mean.length]);
  const parameters = new Float32Array(parameterCount(layout));
  setMixture(layout, parameters, mixture);
  return parameters;
}

/** The same in place, of a layout that may have tensors of its objective. */
export function setMixture(layout: ParameterLayout, parameters: Float32Array, mixture: Mixture): void {
  tensorOf(layout, parameters, 'logits').set(mixture.map(({ weight }) => Math.log(weight)));
  tensorOf(layout, parameters, 'log_scales').set(mixture.map(({ deviation }) => Math.log(deviation)));
  tensorOf(layout, parameters, 'means').set(mixture.flatMap(({ mean }) => mean));
}

/** log p(x), normalised, in nats. */
export function mixtureLogDensity(mixture: Mixture, x: readonly number[]): number {
  return logSumExp(logTerms(mixture, x));
}

/** grad log p(x). */
export function mixtureScore(mixture: Mixture, x: readonly number[]): number[] {
  const terms = logTerms(mixture, x);
  const total = logSumExp(terms);
  return x.map((value, i) => mixture.reduce((sum, { mean, deviation }, k) => sum + (Math.exp(terms[k]! - total) * (mean[i]! - value)) / deviation ** 2, 0));
}

function logTerms(mixture: Mixture, x: readonly number[]): number[] {
  return mixture.map(({ weight, mean, deviation }) => {
    const distance = x.reduce((sum, value, i) => sum + (value - mean[i]!) ** 2, 0);
    return Math.log(weight) - 0.5 * distance / deviation ** 2 - x.length * Math.log(deviation * Math.sqrt(2 * Math.PI));
  });
}

/** E x_i. */
export function mixtureMean(mixture: Mixture, i: number): number {
  return mixture.reduce((sum, { weight, mean }) => sum + weight * mean[i]!, 0);
}

/** E x_i x_j. */
export function mixtureProduct(mixture: Mixture, i: number, j: number): number {
  return mixture.reduce((sum, { weight, mean, deviation }) => sum + weight * (mean[i]! * mean[j]! + (i === j ? deviation ** 2 : 0)), 0);
}

/** P(x_0 > at). */
export function mixtureShareAbove(mixture: Mixture, at: number): number {
  return mixture.reduce((sum, { weight, mean, deviation }) => sum + weight * normalDistribution((mean[0]! - at) / deviation), 0);
}

/** Keyed exact draws, float32 [rows * size]: the first share of the rows is the first component's, exactly; their order says nothing else. */
export function mixtureRows(mixture: Mixture, rows: number, seed: number): Float32Array {
  const size = mixture[0]!.mean.length;
  const values = normalRows(rows, size, seed);
  let from = 0;
  let share = 0;
  for (const { weight, mean, deviation } of mixture) {
    share += weight;
    const to = Math.round(share * rows);
    for (let row = from; row < to; row += 1) for (let i = 0; i < size; i += 1) values[row * size + i] = mean[i]! + deviation * values[row * size + i]!;
    from = to;
  }
  return values;
}
