// Where chains of continuous models start, and which start anew (docs/adr/0011): keyed by slot, so that no schedule changes them. All engines and
// the coordinator call this file; what a transition does is an engine's.
import { deriveKey } from '../random/address.ts';
import type { Key } from '../random/philox.ts';
import { PURPOSES } from '../random/purposes.ts';
import type { ChainStart } from './model.ts';
import { countOf, fillNormals, fillUniforms, type NoiseAddress, type NoiseIds } from './noise.ts';

/** First states of slots: float32 [slots * size], of purpose chainStart, branch 0. */
export function firstStates(seed: number, slots: NoiseIds, by: { readonly start: ChainStart; readonly size: number }): Float32Array {
  return drawStates(deriveKey(seed, PURPOSES.chainStart, 0), by.start, { ids: slots, numbers: by.size, halfStep: 0, word3: 0 });
}

/** Draws anew, in place, each slot whose uniform number is below `share`. `states`: float32 [slots * size]. Returns how many. */
export function restartStates(
  at: { readonly seed: number; readonly branch: number; readonly update: number },
  by: { readonly start: ChainStart; readonly share: number; readonly size: number }, slots: Uint32Array, states: Float32Array,
): number {
  if (!(by.share > 0)) return 0;
  const key = deriveKey(at.seed, PURPOSES.restart, at.branch);
  const uniforms = new Float64Array(slots.length);
  fillUniforms(key, { ids: slots, numbers: 1, halfStep: 0, word3: at.update }, uniforms);
  const indices = Array.from(slots.keys()).filter((index) => uniforms[index]! < by.share);
  const fresh = drawStates(key, by.start, { ids: Uint32Array.from(indices, (index) => slots[index]!), numbers: by.size, halfStep: 1, word3: at.update });
  indices.forEach((index, order) => { states.set(fresh.subarray(order * by.size, (order + 1) * by.size), index * by.size); });
  return indices.length;
}

function drawStates(key: Key, start: ChainStart, at: NoiseAddress): Float32Array {
  const states = new Float32Array(countOf(at.ids) * at.numbers);
  switch (start.kind) {
    case 'normal':
      fillNormals(key, at, states);
      for (let i = 0; i < states.length; i += 1) states[i] = start.deviation * states[i]!;
      return states;
    case 'uniform': {
      const uniforms = new Float64Array(states.length);
      fillUniforms(key, at, uniforms);
      for (let i = 0; i < states.length; i += 1) states[i] = start.low + (start.high - start.low) * uniforms[i]!;
      return states;
    }
  }
}
