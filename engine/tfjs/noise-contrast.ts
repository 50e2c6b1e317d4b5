// Noise contrast (Gutmann and Hyvarinen 2010): the model tells data from rows of a normal distribution, and its log partition function is a parameter.
// The distribution and its rows are ebm/continuous/contrast.ts's.
import { fromNormals, noiseLogDensities, type NoiseDistribution } from '../../ebm/continuous/contrast.ts';
import { LOG_PARTITION } from '../../ebm/continuous/layout.ts';
import { DATA_HALF_STEPS } from '../../ebm/continuous/noise.ts';
import { log } from '../../ebm/numeric/elementary.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import { functionsOf } from './activations.ts';
import type { Tensor } from './library.ts';
import type { DataRows, Term, TermContext } from './terms.ts';

export function noiseContrastTerm({ tf, model, openNoise, batch }: TermContext, ratio: number, data: DataRows, distribution: NoiseDistribution): Term {
  const { size, offsets } = data;
  const { softplus } = functionsOf(tf);
  const noise = openNoise({ seed: data.seed, purpose: PURPOSES.dataNoise, branch: data.branch, word3: data.update });
  return (parameters, watch) => {
    const energy = model(parameters, 'once');
    /** log p_model - log p_noise - log ratio; what is known of a row is added in float64 and rounded once. */
    const logits = (name: string, values: Float32Array): Tensor => {
      const energies = energy(tf.tensor2d(values, [offsets.length, size]));
      watch(name, energies);
      const known = Float32Array.from(noiseLogDensities(distribution, values), (density) => density + log(ratio));
      return energies.add(parameters[LOG_PARTITION]!).neg().sub(tf.tensor1d(known));
    };
    let losses = softplus(logits('dataEnergy', data.values.slice()).neg());
    for (let r = 0; r < ratio; r += 1) {
      const normals = new Float32Array(offsets.length * size);
      noise.normals(offsets, size, DATA_HALF_STEPS.contrast + r, normals);
      losses = losses.add(softplus(logits('noiseEnergy', fromNormals(distribution, normals))));
    }
    watch('loss', losses);
    return losses.sum().div(batch);
  };
}
