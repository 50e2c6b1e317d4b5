// Raw sums of an update (EXACT.md, Statistics): made empty, added to row by row, added together. All are integers, so any grouping
// and any order give the same bits. Means and centring are the step's (step.ts).
import { bitAt } from './bits.ts';
import type { PhaseSums, UpdateSums } from './parameters.ts';

/** Samples of a phase up to which its outer sums fit int32: 32767 * 65536 < 2^31. */
export const INT32_COUNT_MAX = 32767;

export interface SumsShape {
  readonly visible: number;
  readonly hidden: number;
  /** Samples of the whole update, in each phase: they decide the form of the sums, whatever the range. */
  readonly batch: number;
  readonly chains: number;
}

/** Writable sums of one phase. */
export interface PhaseAccumulator { count: number; readonly visible: Int32Array; readonly hidden: Float64Array }

/** Sums that are all zero, of the form that the update's size asks for. */
export interface SumsAccumulator { readonly data: PhaseAccumulator; readonly model: PhaseAccumulator; readonly outer: UpdateSums['outer'] }

export function emptySums(shape: SumsShape): SumsAccumulator {
  const { visible, hidden, batch, chains } = shape;
  const phase = (): PhaseAccumulator => ({ count: 0, visible: new Int32Array(visible), hidden: new Float64Array(hidden) });
  const narrow = Math.max(batch, chains) <= INT32_COUNT_MAX;
  const outer = (): Int32Array | Float64Array => (narrow ? new Int32Array(visible * hidden) : new Float64Array(visible * hidden));
  return {
    data: phase(),
    model: phase(),
    outer: batch === chains ? { kind: 'difference', difference: outer() } : { kind: 'both', data: outer(), model: outer() },
  };
}

/** Adds one sample: packed visible bits and the thresholds of the hidden units given them. */
export function addSample(sums: SumsAccumulator, phase: 'data' | 'model', row: Uint8Array, thresholds: Int32Array): void {
  const target = sums[phase];
  const outer = sums.outer.kind === 'difference' ? sums.outer.difference : sums.outer[phase];
  const sign = sums.outer.kind === 'difference' && phase === 'model' ? -1 : 1;
  const hidden = thresholds.length;
  target.count += 1;
  for (let j = 0; j < hidden; j += 1) target.hidden[j]! += thresholds[j]!;
  for (let i = 0; i < target.visible.length; i += 1) {
    if (bitAt(row, 0, i) === 0) continue;
    target.visible[i]! += 1;
    for (let j = 0; j < hidden; j += 1) outer[i * hidden + j]! += sign * thresholds[j]!;
  }
}

/** Adds the sums of a range to those of an update. */
export function addSums(total: SumsAccumulator, part: UpdateSums): void {
  addPhase(total.data, part.data);
  addPhase(total.model, part.model);
  if (total.outer.kind === 'difference' && part.outer.kind === 'difference') {
    addArray(total.outer.difference, part.outer.difference);
  } else if (total.outer.kind === 'both' && part.outer.kind === 'both') {
    addArray(total.outer.data, part.outer.data);
    addArray(total.outer.model, part.outer.model);
  } else {
    throw new TypeError(`sums of kind ${part.outer.kind} cannot be added to sums of kind ${total.outer.kind}`);
  }
}

/** Adds counts and the sums of one phase's units. */
export function addPhase(total: PhaseAccumulator, part: PhaseSums): void {
  total.count += part.count;
  addArray(total.visible, part.visible);
  addArray(total.hidden, part.hidden);
}

function addArray(total: Int32Array | Float64Array, part: Int32Array | Float64Array): void {
  if (total.length !== part.length) throw new RangeError(`sums of ${part.length} elements cannot be added to sums of ${total.length}`);
  for (let index = 0; index < total.length; index += 1) total[index]! += part[index]!;
}
