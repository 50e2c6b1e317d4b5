// Initial parameters: weights normal with variance 1 / (numbers that enter a unit), means of a mixture standard normal, everything else 0.
// Numbers of purpose init: id = row of the tensor (all axes but the last), half-step = the tensor's number in the layout, word 3 = 0, branch 0.
import { sizeOf, type ParameterLayout, type ParameterTensor } from '../../ebm/continuous/model.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { OpenNoise } from './noise.ts';

function deviationOf({ name, shape }: ParameterTensor): number {
  if (name === 'means') return 1;
  return name.endsWith('/weights') || name.endsWith('/kernel') ? 1 / Math.sqrt(sizeOf(shape.slice(0, -1))) : 0;
}

export function initialParameters(openNoise: OpenNoise, layout: ParameterLayout, seed: number): Float32Array {
  const noise = openNoise({ seed, purpose: PURPOSES.init, branch: 0, word3: 0 });
  const values = new Float32Array(layout.at(-1)?.to ?? 0);
  for (const [number, tensor] of layout.entries()) {
    const deviation = deviationOf(tensor);
    if (deviation === 0) continue;
    const normals = new Float32Array(tensor.to - tensor.from);
    noise.normals(Uint32Array.from({ length: sizeOf(tensor.shape.slice(0, -1)) }, (_, row) => row), tensor.shape.at(-1)!, number, normals);
    values.set(normals.map((z) => deviation * z), tensor.from);
  }
  return values;
}
