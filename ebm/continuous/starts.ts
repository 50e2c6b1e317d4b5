// Where chains begin: states drawn from the job's distribution by keys (purpose chain start), id = slot.
import { deriveKey } from '../random/address.ts';
import { PURPOSES } from '../random/purposes.ts';
import type { ChainStart } from './model.ts';
import { fillNormals, fillUniforms } from './noise.ts';

/** First states of slots 0 .. n - 1: float32 [n * size]. */
export function startStates(seed: number, start: ChainStart, size: number, out: Float32Array): void {
  const key = deriveKey(seed, PURPOSES.chainStart, 0);
  const at = { ids: { from: 0, to: out.length / size }, numbers: size, halfStep: 0, word3: 0 };
  if (start.kind === 'normal') {
    fillNormals(key, at, out);
    for (let i = 0; i < out.length; i += 1) out[i] = out[i]! * start.deviation;
    return;
  }
  const uniforms = new Float64Array(out.length);
  fillUniforms(key, at, uniforms);
  for (let i = 0; i < out.length; i += 1) out[i] = start.low + (start.high - start.low) * uniforms[i]!;
}
