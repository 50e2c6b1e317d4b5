// The optimiser's step of a continuous model: exact sums of the loss's gradient to new float32 parameters. Everything is float32 by ebm/optimiser;
// what reduces over parameters (the gradient's norm) is float64 in ascending blocks of 64. It owns no rates and publishes nothing.
import type { OptimiserSettings } from '../job.ts';
import { elementRule, moveElements, slotCount, withoutDecay, type ElementRule } from '../optimiser/element.ts';
import type { ParameterLayout } from './model.ts';
import { constrainSpectralNorm, type SpectralSettings } from './spectral.ts';
import { writeNegated, writeValues, type Int64Sums } from './sums.ts';

const f = Math.fround;
const BLOCK = 64;
/** Values that are moved at once. */
const PIECE = 4_096;

export interface FloatStepRules {
  readonly optimiser: OptimiserSettings;
  /** Decay of the moving average of the parameters; 0 = none. */
  readonly average: number;
  /** Fraction bits of the gradient's sums. */
  readonly exponent: number;
  /** Gradients of a larger Euclidean norm are scaled down to it; null: never. */
  readonly gradientNormMax: number | null;
  /** Largest singular value of weight matrices; null: any. */
  readonly spectral: SpectralSettings | null;
}

/** Float32 arrays of the layout's length, changed by steps. */
export interface FloatTrainingState {
  /** Made the arrays, and moves them. */
  readonly mover: FloatMover;
  readonly parameters: Float32Array;
  /** As many as `slotCount` of the optimiser says. */
  readonly slots: readonly Float32Array[];
  readonly average: Float32Array | null;
}

/** `rejected`: the state is unchanged. `not-finite`: it is void and must be restored. */
export type FloatStepOutcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'diverged'; readonly reason: 'rejected' | 'not-finite'; readonly where: string };

/** By how much a gradient moves what: `share` scales it down, 1 not at all. */
export interface Slope { readonly gradient: Int64Sums; readonly exponent: number; readonly share: number }
export interface ValueRange { readonly from: number; readonly to: number }

/** Holds a state's arrays and moves them: by the loops below, or by a kernel with the same bits (engine/wasm/float-mover.ts). */
export interface FloatMover {
  /** Zeros. */
  array(length: number): Float32Array;
  /** Moves values and their slots by what they climb by, minus the gradient in float32. False if a value is finite no longer. */
  move(rule: ElementRule, state: FloatTrainingState, range: ValueRange, slope: Slope): boolean;
}

export const PLAIN_MOVER: FloatMover = { array: (length) => new Float32Array(length), move: moveValues };

export function createFloatState(rules: Pick<FloatStepRules, 'optimiser' | 'average'>, initial: Float32Array, mover = PLAIN_MOVER): FloatTrainingState {
  const zeros = (): Float32Array => mover.array(initial.length);
  const copy = (): Float32Array => {
    const values = zeros();
    values.set(initial);
    return values;
  };
  return { mover, parameters: copy(), slots: Array.from({ length: slotCount(rules.optimiser) }, zeros), average: rules.average > 0 ? copy() : null };
}

/** The step after `update`. `gradient`: of the loss, which the step decreases. `learningRate` has schedule and rollbacks applied. */
export function applyFloatStep(
  rules: FloatStepRules, { layout, state }: { readonly layout: ParameterLayout; readonly state: FloatTrainingState },
  gradient: Int64Sums, step: { readonly update: number; readonly learningRate: number },
): FloatStepOutcome {
  if (gradient.low.length !== state.parameters.length) throw new RangeError(`${gradient.low.length} sums do not fit ${state.parameters.length} parameters`);
  if (gradient.rejected > 0) return { kind: 'diverged', reason: 'rejected', where: `${gradient.rejected} values of the gradient` };
  const rule = elementRule(rules.optimiser, step);
  const plain = withoutDecay(rule);
  const slope = { gradient, exponent: rules.exponent, share: shareOf(gradient, rules) };
  let isFinite = true;
  for (const tensor of layout) isFinite = state.mover.move(tensor.shape.length >= 2 ? rule : plain, state, tensor, slope) && isFinite;
  if (rules.spectral !== null) constrainSpectralNorm(rules.spectral, layout, state.parameters);
  if (!isFinite) return { kind: 'diverged', reason: 'not-finite', where: firstNotFinite(layout, state.parameters) };
  if (state.average !== null) moveAverage(state.average, state.parameters, f(1 - Math.min(rules.average, (1 + step.update) / (10 + step.update))));
  return { kind: 'applied' };
}

/** Some values at a time: what they climb by is used while it is in the cache. */
function moveValues(rule: ElementRule, { parameters, slots }: FloatTrainingState, { from, to }: ValueRange, { gradient, exponent, share }: Slope): boolean {
  const ascent = new Float32Array(Math.min(PIECE, to - from));
  let rest = 0;
  for (let at = from; at < to; at += PIECE) {
    const count = Math.min(PIECE, to - at);
    writeNegated(gradient, exponent, ascent, { from: at, count });
    if (share !== 1) for (let i = 0; i < count; i += 1) ascent[i] = ascent[i]! * share;
    moveElements(rule, { values: parameters, gradients: ascent, slots, from: at, to: at + count });
    for (let i = at; i < at + count; i += 1) rest += parameters[i]! - parameters[i]!; // 0, and NaN of what is not finite
  }
  return rest === 0;
}

/** What the gradient is scaled by to be no longer than it may, in float32. */
function shareOf(gradient: Int64Sums, { exponent, gradientNormMax }: FloatStepRules): number {
  if (gradientNormMax === null) return 1;
  const values = new Float32Array(gradient.low.length);
  writeValues(gradient, exponent, values);
  const norm = euclideanNorm(values);
  return norm > gradientNormMax ? f(gradientNormMax / norm) : 1;
}

/** Float64: squares added in ascending order, each block of 64 from 0, the blocks' sums in order. */
export function euclideanNorm(values: Float32Array): number {
  let total = 0;
  for (let start = 0; start < values.length; start += BLOCK) {
    let sum = 0;
    for (let i = start; i < Math.min(start + BLOCK, values.length); i += 1) sum += values[i]! * values[i]!;
    total += sum;
  }
  return Math.sqrt(total);
}

function firstNotFinite(layout: ParameterLayout, parameters: Float32Array): string {
  const index = parameters.findIndex((value) => !Number.isFinite(value));
  const tensor = layout.find(({ to }) => index < to);
  return `${tensor?.name ?? 'parameter'} [${index - (tensor?.from ?? 0)}]`;
}

/** docs/adr/0001, step 9. */
function moveAverage(average: Float32Array, values: Float32Array, share: number): void {
  for (let i = 0; i < average.length; i += 1) average[i] = f(average[i]! + f(share * f(values[i]! - average[i]!)));
}
