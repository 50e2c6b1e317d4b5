// The vector part of one optimiser step (docs/adr/0001), shared by every engine: means, centring offsets, bias moves, averages.
// The matrix part is an engine's own: it lies between `prepareStep` and `finishStep`, and `moveWeights` below is its plain form.
import type { OptimiserSettings } from '../job.ts';
import { elementRule, moveElement, withoutDecay, type ElementRule } from '../optimiser/element.ts';
import type { PhaseSums, TrainingState, UpdateSums } from './parameters.ts';

const f = Math.fround;
/** Threshold of a unit that is always on: sums of thresholds are means times this. */
const ONE = 65536;
/** Share of the new data mean in the centring offsets, nu. */
const OFFSET_SHARE = 0.01;
const BLOCK = 64;

/** What a step needs to know of the job; an engine's Problem is one. */
export interface StepRules {
  readonly centred: boolean;
  readonly optimiser: OptimiserSettings;
  /** Decay of the moving average of the masters; 0 = none. */
  readonly average: number;
}

/** Which step: the update just finished and its rate. An engine's StepSettings is one. */
export interface StepPoint {
  readonly update: number;
  readonly learningRate: number;
}

/** Float32 factors that turn outer sums into means. */
export type OuterScale =
  | { readonly kind: 'difference'; readonly inverse: number }
  | { readonly kind: 'both'; readonly inverseData: number; readonly inverseModel: number };

/** Everything the matrix pass reads besides the sums and the state. All numbers are float32 values. */
export interface PreparedStep {
  /** For the weights: with decay. */
  readonly rule: ElementRule;
  readonly outer: OuterScale;
  /** dv = g_b: float32 [visible] */
  readonly visibleDifference: Float32Array;
  /** dh = g_c: float32 [hidden] */
  readonly hiddenDifference: Float32Array;
  /** e of A += e (W - A); 0 = there is no average. */
  readonly averageShare: number;
}

/** Steps 1 to 3: changes the centring offsets of the state (they are read, new, by the matrix pass) and returns the rest as values. */
export function prepareStep(rules: StepRules, state: TrainingState, sums: UpdateSums, step: StepPoint): PreparedStep {
  const { data, model, outer } = sums;
  if (!(data.count > 0 && model.count > 0)) throw new RangeError(`a step needs samples in both phases, got ${data.count} and ${model.count}`);
  if (outer.kind === 'difference' && data.count !== model.count) throw new RangeError(`a difference of outer sums needs equal counts, got ${data.count} and ${model.count}`);
  if (rules.centred) {
    moveOffset(state.visibleOffset, data.visible, data.count);
    moveOffset(state.hiddenOffset, data.hidden, ONE * data.count);
  }
  return {
    rule: elementRule(rules.optimiser, step),
    outer: outerScale(outer.kind, data, model),
    visibleDifference: difference({ sums: data.visible, count: data.count }, { sums: model.visible, count: model.count }),
    hiddenDifference: difference({ sums: data.hidden, count: ONE * data.count }, { sums: model.hidden, count: ONE * model.count }),
    averageShare: rules.average > 0 ? f(1 - Math.min(rules.average, (1 + step.update) / (10 + step.update))) : 0,
  };
}

function outerScale(kind: OuterScale['kind'], data: PhaseSums, model: PhaseSums): OuterScale {
  if (kind === 'difference') return { kind, inverse: f(1 / (ONE * data.count)) };
  return { kind, inverseData: f(1 / (ONE * data.count)), inverseModel: f(1 / (ONE * model.count)) };
}

function moveOffset(offset: Float32Array, sums: ArrayLike<number>, count: number): void {
  for (let i = 0; i < offset.length; i += 1) offset[i] = f(offset[i]! + OFFSET_SHARE * (sums[i]! / count - offset[i]!));
}

interface Mean { readonly sums: ArrayLike<number>; readonly count: number }

function difference(data: Mean, model: Mean): Float32Array {
  const result = new Float32Array(data.sums.length);
  for (let i = 0; i < result.length; i += 1) result[i] = data.sums[i]! / data.count - model.sums[i]! / model.count;
  return result;
}

/** Sums over a matrix of moves d, in float64: `rows` r_i = sum_j d_ij lambda_j [visible], `columns` q_j = sum_i d_ij mu_i [hidden]. */
export interface MoveSums { readonly rows: Float64Array; readonly columns: Float64Array }

/** Steps 4 to 9 in plain loops: changes weights, their slots and their average. Row blocks of 64 for `columns`, column blocks for `rows`. */
export function moveWeights(state: TrainingState, prepared: PreparedStep, outer: UpdateSums['outer']): MoveSums {
  const { visible, hidden } = state;
  const slots = state.slots.map((slot) => slot.weights);
  const moves = { rows: new Float64Array(visible), columns: new Float64Array(hidden) };
  const block = new Float64Array(hidden);
  for (let i = 0; i < visible; i += 1) {
    let part = 0;
    for (let j = 0; j < hidden; j += 1) {
      const move = moveWeight(state, prepared, { gradient: gradientAt(state, prepared, outer, [i, j]), slots, index: i * hidden + j });
      part += move * state.hiddenOffset[j]!;
      block[j]! += move * state.visibleOffset[i]!;
      if (j % BLOCK === BLOCK - 1 || j === hidden - 1) {
        moves.rows[i]! += part;
        part = 0;
      }
    }
    if (i % BLOCK === BLOCK - 1 || i === visible - 1) {
      for (let j = 0; j < hidden; j += 1) moves.columns[j]! += block[j]!;
      block.fill(0);
    }
  }
  return moves;
}

function gradientAt(state: TrainingState, prepared: PreparedStep, outer: UpdateSums['outer'], [i, j]: readonly [number, number]): number {
  const gradient = meanOuter(prepared.outer, outer, i * state.hidden + j);
  const centredHidden = f(gradient - f(state.visibleOffset[i]! * prepared.hiddenDifference[j]!));
  return f(centredHidden - f(prepared.visibleDifference[i]! * state.hiddenOffset[j]!));
}

function meanOuter(scale: OuterScale, outer: UpdateSums['outer'], index: number): number {
  if (scale.kind === 'difference' && outer.kind === 'difference') return f(f(outer.difference[index]!) * scale.inverse);
  if (scale.kind === 'both' && outer.kind === 'both') {
    return f(f(f(outer.data[index]!) * scale.inverseData) - f(f(outer.model[index]!) * scale.inverseModel));
  }
  throw new TypeError(`the step was prepared for ${scale.kind} and given ${outer.kind} sums`);
}

function moveWeight(state: TrainingState, prepared: PreparedStep, at: { readonly gradient: number; readonly slots: readonly Float32Array[]; readonly index: number }): number {
  const { weights } = state.masters;
  const { index } = at;
  const move = moveElement(prepared.rule, { gradient: at.gradient, value: weights[index]! }, at.slots, index);
  weights[index] = f(weights[index]! + move);
  if (state.average !== null && prepared.averageShare > 0) averageElement(state.average.weights, weights, index, prepared.averageShare);
  return move;
}

function averageElement(average: Float32Array, values: Float32Array, index: number, share: number): void {
  average[index] = f(average[index]! + f(share * f(values[index]! - average[index]!)));
}

/** Step 10: changes the biases, their slots and their averages. `moves`: what the matrix pass returned. */
export function finishStep(state: TrainingState, prepared: PreparedStep, moves: MoveSums): void {
  moveBiases(state, prepared, 'visibleBias', { gradient: prepared.visibleDifference, correction: moves.rows });
  moveBiases(state, prepared, 'hiddenBias', { gradient: prepared.hiddenDifference, correction: moves.columns });
}

function moveBiases(
  state: TrainingState, prepared: PreparedStep, name: 'visibleBias' | 'hiddenBias', by: { readonly gradient: Float32Array; readonly correction: Float64Array },
): void {
  const rule = withoutDecay(prepared.rule);
  const biases = state.masters[name];
  const slots = state.slots.map((slot) => slot[name]);
  for (let i = 0; i < biases.length; i += 1) {
    const move = moveElement(rule, { gradient: by.gradient[i]!, value: biases[i]! }, slots, i);
    biases[i] = f(biases[i]! + (move - by.correction[i]!));
    if (state.average !== null && prepared.averageShare > 0) averageElement(state.average[name], biases, i, prepared.averageShare);
  }
}
