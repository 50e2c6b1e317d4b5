// Noise contrast (Gutmann and Hyvarinen 2010): the model tells data from rows of a normal distribution, and its log partition function is a parameter.
// The normal has the training data's mean and standard deviation in each dimension.
import type { FloatRows } from '../continuous.ts';
import { log } from '../../ebm/numeric/elementary.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import { functionsOf } from './activations.ts';
import type { Tensor } from './library.ts';
import type { DataRows, Term, TermContext } from './terms.ts';

/** Constant dimensions get this standard deviation. */
const DEVIATION_MIN = 1e-3;
const LOG_TAU = 1.8378770664093453;
/** Noise row r of a data row has its normals at this half-step + r. */
const FIRST_HALF_STEP = 16;

/** float64 [size] each. */
export interface NoiseDistribution { readonly mean: Float64Array; readonly deviation: Float64Array }

/** Mean and population standard deviation of all rows, two passes in float64 and row order. */
export function noiseDistribution({ rows, values }: FloatRows, size: number): NoiseDistribution {
  const mean = new Float64Array(size);
  const deviation = new Float64Array(size);
  for (let i = 0; i < values.length; i += 1) mean[i % size]! += values[i]!;
  for (let i = 0; i < size; i += 1) mean[i]! /= rows;
  for (let i = 0; i < values.length; i += 1) deviation[i % size]! += (values[i]! - mean[i % size]!) * (values[i]! - mean[i % size]!);
  for (let i = 0; i < size; i += 1) deviation[i] = Math.max(Math.sqrt(deviation[i]! / rows), DEVIATION_MIN);
  return { mean, deviation };
}

/** log p_noise of a row given in units of the deviation: float64, then rounded. */
function logDensities(normals: Float32Array | Float64Array, { deviation }: NoiseDistribution): Float32Array {
  const size = deviation.length;
  const constant = -0.5 * size * LOG_TAU - deviation.reduce((sum, value) => sum + log(value), 0);
  return Float32Array.from({ length: normals.length / size }, (_, row) => {
    let squares = 0;
    for (let i = row * size; i < (row + 1) * size; i += 1) squares += normals[i]! * normals[i]!;
    return constant - 0.5 * squares;
  });
}

export function noiseContrastTerm({ tf, model, openNoise, batch }: TermContext, ratio: number, data: DataRows, distribution: NoiseDistribution): Term {
  const { mean, deviation } = distribution;
  const { size, offsets } = data;
  const { softplus } = functionsOf(tf);
  const noise = openNoise({ seed: data.seed, purpose: PURPOSES.dataNoise, branch: data.branch, word3: data.update });
  return (parameters, watch) => {
    const energy = model(parameters);
    /** log p_model - log p_noise - log ratio */
    const logits = (name: string, values: Float32Array, noiseDensities: Float32Array): Tensor => {
      const energies = energy(tf.tensor2d(values, [offsets.length, size]));
      watch(name, energies);
      return energies.add(parameters['log_partition']!).neg().sub(tf.tensor1d(noiseDensities)).sub(log(ratio));
    };
    const standardised = Float64Array.from(data.values, (value, i) => (value - mean[i % size]!) / deviation[i % size]!);
    let losses = softplus(logits('dataEnergy', data.values.slice(), logDensities(standardised, distribution)).neg());
    for (let r = 0; r < ratio; r += 1) {
      const normals = new Float32Array(offsets.length * size);
      noise.normals(offsets, size, FIRST_HALF_STEP + r, normals);
      const rows = normals.map((z, i) => mean[i % size]! + deviation[i % size]! * z);
      losses = losses.add(softplus(logits('noiseEnergy', rows, logDensities(normals, distribution))));
    }
    watch('loss', losses);
    return losses.sum().div(batch);
  };
}
