// Random numbers as arrays, by their addresses: what samplers and objectives read. The numbers are ebm/continuous/noise.ts's; normals may come from the
// wasm kernel (engine/wasm/normals.ts), which has the same bits in a seventh of the time.
import { fillNormals, fillSigns, fillUniforms, type NoiseAddress } from '../../ebm/continuous/noise.ts';
import { deriveKey } from '../../ebm/random/address.ts';
import type { Key } from '../../ebm/random/philox.ts';

/** Which numbers: all of one key and word 3. */
export interface NoiseStream { readonly seed: number; readonly purpose: number; readonly branch: number; readonly word3: number }

/** `numbers` of each id of a half-step, row-major [ids * numbers]. */
export interface Noise {
  /** Standard normals. */
  normals(ids: Uint32Array, numbers: number, halfStep: number, out: Float32Array): void;
  /** Never 0 or 1. */
  uniforms(ids: Uint32Array, numbers: number, halfStep: number, out: Float64Array): void;
  /** 1 or -1. */
  signs(ids: Uint32Array, numbers: number, halfStep: number, out: Float32Array): void;
}

export type OpenNoise = (stream: NoiseStream) => Noise;

/** Fills as `fillNormals` of ebm does: a NormalSource, or that itself. */
export interface NormalFiller { fill(key: Key, at: NoiseAddress, out: Float32Array): void }

export function noiseBy(source: NormalFiller): OpenNoise {
  return ({ seed, purpose, branch, word3 }) => {
    const key = deriveKey(seed, purpose, branch);
    return {
      normals: (ids, numbers, halfStep, out) => { source.fill(key, { ids, numbers, halfStep, word3 }, out); },
      uniforms: (ids, numbers, halfStep, out) => { fillUniforms(key, { ids, numbers, halfStep, word3 }, out); },
      signs: (ids, numbers, halfStep, out) => { fillSigns(key, { ids, numbers, halfStep, word3 }, out); },
    };
  };
}

/** In plain TypeScript. */
export const openPlainNoise: OpenNoise = noiseBy({ fill: fillNormals });
