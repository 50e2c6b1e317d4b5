// What an engine of continuous models computes by kernels of our own, whatever its library: normals by their addresses, and exact sums. Their bits are those
// of ebm's plain TypeScript.
import { ExactSumsSource } from '../wasm/exact-sums.ts';
import { compileKernels } from '../wasm/kernels.ts';
import { NormalSource } from '../wasm/normals.ts';
import type { BeginSums } from './contribution.ts';
import { noiseBy, type OpenNoise } from './noise.ts';

/** Rejects as `compileKernels` does. */
export async function openKernels(): Promise<{ readonly openNoise: OpenNoise; readonly beginSums: BeginSums }> {
  const compiled = await compileKernels();
  const [normals, sums] = await Promise.all([NormalSource.open(compiled), ExactSumsSource.open(compiled)]);
  return {
    openNoise: noiseBy(normals),
    beginSums: (length) => {
      sums.begin(length);
      return sums;
    },
  };
}
