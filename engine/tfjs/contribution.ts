// A unit's contribution as it is made: exact sums of gradients and of what is observed. Each microbatch's term is added by itself, so that the sums of
// an update are the same however its microbatches were cut into units.
import { parameterCount } from '../../ebm/continuous/layout.ts';
import type { ParameterLayout } from '../../ebm/continuous/model.ts';
import { addValues, createSums, EXPONENT, OBSERVED_EXPONENT, type Int64Sums } from '../../ebm/continuous/sums.ts';
import { gradientsOf, type Tensor, type TensorFlow } from './library.ts';
import type { Term } from './terms.ts';

/** Exact sums under way, as `addValues` of ebm makes them; `take` ends them. */
export interface SumsUnderWay {
  add(values: Float32Array, place: { readonly at: number; readonly exponent: number; readonly parts: number }): void;
  take(): Int64Sums;
}
/** Begins sums of so many values. They are over before the next ones begin. */
export type BeginSums = (length: number) => SumsUnderWay;

export interface Accumulator {
  readonly layout: ParameterLayout;
  readonly observations: readonly string[];
  /** Additions that the whole update makes to a sum. */
  readonly parts: number;
  readonly gradient: SumsUnderWay;
  readonly observed: Int64Sums;
}

export function createAccumulator(beginSums: BeginSums, { layout, observations, parts }: Pick<Accumulator, 'layout' | 'observations' | 'parts'>): Accumulator {
  return { layout, observations, parts, gradient: beginSums(parameterCount(layout)), observed: createSums(observations.length) };
}

/** What was added. A number that was unfit to be observed makes the gradient unfit too. */
export function sumsOf({ gradient, observed }: Accumulator): { readonly gradient: Int64Sums; readonly observed: Int64Sums } {
  const sums = gradient.take();
  sums.rejected += observed.rejected;
  return { gradient: sums, observed };
}

/** Adds a number to what is observed under the name. */
export function observe({ observations, observed, parts }: Accumulator, name: string, value: number): void {
  addValues(observed, Float64Array.of(value), { at: observations.indexOf(name), exponent: OBSERVED_EXPONENT, parts });
}

/** Adds a term's gradient with respect to the parameters (tensors in order of the layout), and returns its value. */
export function addTerm(tf: TensorFlow, accumulator: Accumulator, parameters: readonly Tensor[], term: Term): number {
  return tf.tidy(() => {
    const { layout, gradient, parts } = accumulator;
    const watched = new Map<string, number>();
    const { value, gradients } = gradientsOf(tf, () => term(Object.fromEntries(layout.map(({ name }, i) => [name, parameters[i]!])), (name, rows) => {
      watched.set(name, (rows.dataSync() as Float32Array).reduce((sum, row) => sum + row, watched.get(name) ?? 0));
    }), parameters);
    for (const [name, sum] of watched) observe(accumulator, name, sum);
    for (const [i, tensor] of layout.entries()) {
      // A parameter that the loss does not depend on has no gradient: a bias of the energy in score matching.
      if (gradients[i] !== null) gradient.add(gradients[i]!.dataSync() as Float32Array, { at: tensor.from, exponent: EXPONENT, parts });
    }
    return value.dataSync()[0]!;
  });
}
