// The engine's random numbers with normals by the wasm kernel (engine/wasm/normals.ts), which has the bits of ebm's plain loops and takes a seventh of their time.
import { fillNormals, fillSigns, fillUniforms, type NoiseAddress } from '../../ebm/continuous/noise.ts';
import { deriveKey } from '../../ebm/random/address.ts';
import type { Key } from '../../ebm/random/philox.ts';
import type { NormalSource } from '../wasm/normals.ts';
import type { OpenNoise } from './noise.ts';

type Normals = (key: Key, at: NoiseAddress, out: Float32Array) => void;

export function kernelNoise(source: NormalSource): OpenNoise {
  return noiseOf((key, at, out) => { source.fill(key, at, out); });
}

/** In plain TypeScript. */
export const openPlainNoise: OpenNoise = noiseOf(fillNormals);

function noiseOf(normals: Normals): OpenNoise {
  return ({ seed, purpose, branch, word3 }) => {
    const key = deriveKey(seed, purpose, branch);
    return {
      normals: (ids, numbers, halfStep, out) => { normals(key, { ids, numbers, halfStep, word3 }, out); },
      uniforms: (ids, numbers, halfStep, out) => { fillUniforms(key, { ids, numbers, halfStep, word3 }, out); },
      signs: (ids, numbers, halfStep, out) => { fillSigns(key, { ids, numbers, halfStep, word3 }, out); },
    };
  };
}
