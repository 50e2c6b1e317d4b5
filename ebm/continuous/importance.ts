// Annealed importance sampling of an energy (Neal 2001): log Z from runs that go from an independent normal to the model. A run is a pure function of its
// id; ranges of runs may be computed anywhere. What the log-weights mean is ebm/partition/estimate.ts's, with a base of log Z 0.
//
// DEFINITION. Base: normal with `mean` and `deviation` in each dimension, log density log p_0. Runs move in z = (x - mean) / deviation, float32; x is as an
// engine rounds it. Path: log f_k(x) = (1 - beta_k) log p_0(x) - beta_k E(x) / T, beta_0 = 0 < ... < beta_K = 1.
// DRAWS. Purpose ais, id = run, branch and version (word 3) of the parameters: z_0 are the normals of half-step 0, transition k is at half-steps 2 k, 2 k + 1.
// TRANSITION k, which leaves f_k invariant: one step of mala on U_k(z) = beta_k E(x(z)) / T + (1 - beta_k) |z|^2 / 2, of size STEP_SIZES[k mod 4].
// PATH. z from the base; for k = 1..K: w += (beta_k - beta_(k-1)) (-E(x) / T - log p_0(x)); if k < K: transition k. Sums are float64.
import { log } from '../numeric/elementary.ts';
import { assertBetas } from '../partition/temperatures.ts';
import { noiseDistribution, type NoiseDistribution } from './contrast.ts';
import type { SamplerSettings } from './model.ts';

const LOG_TWO_PI = 1.8378770664093453;
/** In turn, because the widest that is accepted is not known and differs along the path: where one is refused another moves. In units of the base. */
const STEP_SIZES = [0.5, 0.15, 0.05, 0.015] as const;
/** Dimensions that hardly vary would make the base a needle which the model is not. */
const DEVIATION_SHARE_MIN = 0.1;

/** The base for a model of these rows: their mean, and their deviation, of each dimension at least a tenth of the largest. */
export function annealingBase(data: { readonly rows: number; readonly values: Float32Array }, size: number): NoiseDistribution {
  const { mean, deviation } = noiseDistribution(data, size);
  const least = DEVIATION_SHARE_MIN * deviation.reduce((most, value) => Math.max(most, value), 0);
  return { mean, deviation: deviation.map((value) => Math.max(least, value)) };
}

/** What an engine does of some runs, whose states it holds. */
export interface AnnealingRuns {
  /** z [runs * size], as it is now. */
  readonly states: Float32Array;
  /** E / T at each state's x, float64 [runs]. */
  readonly energies: () => Float64Array;
  /** Transition k of all runs, in place. */
  readonly move: (k: number, beta: number, sampler: SamplerSettings) => void;
}

/** Log-weights of runs that stand at their starts, in nats: float64 [runs]. Throws RangeError for betas that do not rise from 0 to 1. */
export function annealedWeights({ states, energies, move }: AnnealingRuns, { betas, deviation }: { readonly betas: Float64Array; readonly deviation: Float64Array }): Float64Array {
  assertBetas(betas);
  const size = deviation.length;
  const weights = new Float64Array(states.length / size);
  const level = deviation.reduce((sum, value) => sum - log(value) - 0.5 * LOG_TWO_PI, 0);
  for (let k = 1; k < betas.length; k += 1) {
    const by = betas[k]! - betas[k - 1]!;
    energies().forEach((energy, run) => {
      let square = 0;
      for (let i = run * size; i < (run + 1) * size; i += 1) square += states[i]! * states[i]!;
      weights[run]! += by * (0.5 * square - level - energy);
    });
    if (k < betas.length - 1) move(k, betas[k]!, { kind: 'mala', stepSize: STEP_SIZES[k % STEP_SIZES.length]!, noise: null, temperature: 1, leapfrogs: 1, clip: null, bounds: null });
  }
  return weights;
}
