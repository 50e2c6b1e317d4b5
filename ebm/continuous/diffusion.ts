// Noise over the data and the scores of what comes of it (docs/adr/0013). Everything is said of y = x0 + sigma z, a row with noise of deviation sigma: a
// variance-preserving process is that too, once it is divided by what is left of the data. All engines, samplers and the likelihood read it from here.
import { cos, exp, log, sin } from '../numeric/elementary.ts';
import type { NoiseSettings, ScoreSettings } from './model.ts';

/** Time at which a variance-preserving process is taken to begin: at 0 it has no noise, and its score no bound. */
const START = 1e-3;
/** Slowest and fastest angle a nat of log sigma, and their number is half the features. */
const SLOWEST = 0.125;
const FASTEST = 4;

/** Deviation of the noise at a time in [0, 1], from the least to the largest. */
export function sigmaAt(noise: NoiseSettings, time: number): number {
  switch (noise.kind) {
    case 've': return noise.sigmaMin * exp(time * log(noise.sigmaMax / noise.sigmaMin));
    case 'vp': {
      const at = START + (1 - START) * time;
      return Math.sqrt(exp(at * (noise.betaMin + 0.5 * at * (noise.betaMax - noise.betaMin))) - 1);
    }
  }
}

/**
 * Deviations that rows of an update are trained at: row `offset` of `batch` has time (offset + u) / batch, u its uniform number, so that an update sees all
 * times; where there are levels, that of the interval of times it falls in, of as many equal ones. Float64 [uniforms].
 */
export function trainingSigmas(noise: NoiseSettings, uniforms: Float64Array, { offsets, batch }: { readonly offsets: ArrayLike<number>; readonly batch: number }): Float64Array {
  return uniforms.map((u, i) => sigmaAt(noise, snapped(noise, (offsets[i]! + u) / batch)));
}

function snapped(noise: NoiseSettings, time: number): number {
  if (noise.kind !== 've' || noise.levels === null) return time;
  return Math.min(noise.levels - 1, Math.floor(time * noise.levels)) / (noise.levels - 1);
}

/**
 * What the network is given of each row's sigma, and what is made of what it answers. With v = sigma^2 + dataDeviation^2 the predicted noise is
 * skip y + output F(input y, features): F = 0 is right for a Gaussian, and whatever sigma is, F has to give numbers of about 1. Float32, one a row;
 * `features` [rows * features]: cosines, then sines, of log sigma times angles from SLOWEST to FASTEST, geometric.
 */
export interface Conditioning { readonly input: Float32Array; readonly skip: Float32Array; readonly output: Float32Array; readonly features: Float32Array }

export function conditioningOf({ network, dataDeviation }: ScoreSettings, sigmas: ArrayLike<number>): Conditioning {
  const rows = sigmas.length;
  const pairs = network.features / 2;
  const conditioning = { input: new Float32Array(rows), skip: new Float32Array(rows), output: new Float32Array(rows), features: new Float32Array(rows * network.features) };
  const angles = Float64Array.from({ length: pairs }, (_, k) => SLOWEST * exp((pairs === 1 ? 0 : k / (pairs - 1)) * log(FASTEST / SLOWEST)));
  for (let row = 0; row < rows; row += 1) {
    const sigma = sigmas[row]!;
    const variance = sigma * sigma + dataDeviation * dataDeviation;
    conditioning.input[row] = 1 / Math.sqrt(variance);
    conditioning.skip[row] = sigma / variance;
    conditioning.output[row] = dataDeviation / Math.sqrt(variance);
    angles.forEach((angle, k) => {
      conditioning.features[row * network.features + k] = cos(angle * log(sigma));
      conditioning.features[row * network.features + pairs + k] = sin(angle * log(sigma));
    });
  }
  return conditioning;
}
