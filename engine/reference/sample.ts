// Chains advanced with fixed parameters and brought home, with some visible units held at given values if asked (inpainting).
import { bytesOf, bitAt, rowOf } from '../../ebm/rbm/bits.ts';
import { drawRow, hiddenThresholds, visibleThresholds } from '../../ebm/rbm/gibbs.ts';
import { ALWAYS_ON } from '../../ebm/rbm/thresholds.ts';
import { deriveKey } from '../../ebm/random/address.ts';
import type { SampleResult, SampleUnit } from '../engine.ts';
import { modelOf, type Context } from './context.ts';

/** Advances `unit.states` in place. A clamped unit's threshold is reported as 65536 times its value; its draw is not used. */
export function sampleUnit({ problem, table }: Context, unit: SampleUnit): SampleResult {
  const { visible, hidden } = problem;
  const count = unit.chains.to - unit.chains.from;
  if (unit.steps < 1) throw new RangeError(`a sample unit needs at least one step, got ${unit.steps}`);
  if (unit.states.length !== count * bytesOf(hidden)) throw new RangeError(`the unit's states are ${count * bytesOf(hidden)} bytes, given ${unit.states.length}`);
  const model = modelOf(problem, unit.parameters);
  const key = deriveKey(problem.seed, unit.purpose, unit.branch);
  const rows = new Uint8Array(count * bytesOf(visible));
  const visibleLevels = new Int32Array(count * visible);
  const hiddenLevels = new Int32Array(hidden);
  for (let index = 0; index < count; index += 1) {
    const state = rowOf(unit.states, hidden, index);
    const row = rowOf(rows, visible, index);
    const levels = visibleLevels.subarray(index * visible, (index + 1) * visible);
    for (let step = 0; step < unit.steps; step += 1) {
      const at = { id: unit.chains.from + index, halfStep: unit.firstHalfStep + 2 * step, word3: unit.word3 };
      visibleThresholds(model, table, state, levels);
      if (unit.clamp !== null) clampLevels(levels, unit.clamp.mask, rowOf(unit.clamp.values, visible, index));
      drawRow(levels, key, at, row);
      hiddenThresholds(model, table, row, hiddenLevels);
      drawRow(hiddenLevels, key, { ...at, halfStep: at.halfStep + 1 }, state);
    }
  }
  return { states: unit.states, visible: rows, visibleThresholds: visibleLevels };
}

/** A threshold of 65536 is above every draw and 0 above none: the unit takes its value. */
function clampLevels(levels: Int32Array, mask: Uint8Array, values: Uint8Array): void {
  for (let i = 0; i < levels.length; i += 1) {
    if (bitAt(mask, 0, i) === 1) levels[i] = ALWAYS_ON * bitAt(values, 0, i);
  }
}
