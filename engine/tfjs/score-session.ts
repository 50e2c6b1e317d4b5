// A score model on a TensorFlow.js backend: noise-conditional denoising, and scores at any deviation of noise. It has no energies and no chains; samplers
// and the likelihood are ebm/continuous's, which ask for scores. What session.ts says of microbatches, tensors and arrays holds here too.
import { trainingSigmas } from '../../ebm/continuous/diffusion.ts';
import { initialParameters, layoutOf } from '../../ebm/continuous/layout.ts';
import type { ScoreSlopes } from '../../ebm/continuous/likelihood.ts';
import { sizeOf, type NoiseSettings, type ScoreSettings } from '../../ebm/continuous/model.ts';
import { DATA_HALF_STEPS } from '../../ebm/continuous/noise.ts';
import { observationNames } from '../../ebm/continuous/observations.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { ContinuousContribution, ContinuousProblem, ContinuousSession, FloatRows } from '../continuous.ts';
import { assertProblem, assertRows, assertUnit } from '../continuous-checks.ts';
import type { UpdateUnit } from '../engine.ts';
import { computing } from './computing.ts';
import { addTerm, createAccumulator, sumsOf, type BeginSums } from './contribution.ts';
import { gradientOf, type NamedTensors, type Tensor, type TensorFlow } from './library.ts';
import { noisePredictor, type NoisePredictor } from './networks.ts';
import type { OpenNoise } from './noise.ts';
import { parameterHolder, type ParameterHolder } from './parameters.ts';
import { dataAt, eachPadded, microbatchesOf, offsetsOf } from './rows.ts';
import type { DataRows, Term } from './terms.ts';

export interface ScoreProblem extends ContinuousProblem { readonly energy: ScoreSettings; readonly objective: { readonly kind: 'noise-conditional'; readonly noise: NoiseSettings } }

export function isScoreProblem(problem: ContinuousProblem): problem is ScoreProblem {
  return problem.energy.kind === 'score';
}

interface Scene {
  readonly tf: TensorFlow;
  readonly problem: ScoreProblem;
  readonly size: number;
  readonly openNoise: OpenNoise;
  readonly beginSums: BeginSums;
  readonly predict: NoisePredictor;
  readonly parameters: ParameterHolder;
}

/** Sum over rows of 1/2 |predicted - z|^2 / batch at x + sigma z. */
function denoisingTerm({ tf, problem, predict, openNoise }: Scene, { values, offsets, size, seed, branch, update }: DataRows): Term {
  const noise = openNoise({ seed, purpose: PURPOSES.dataNoise, branch, word3: update });
  const normals = new Float32Array(values.length);
  noise.normals(offsets, size, DATA_HALF_STEPS.normals, normals);
  const uniforms = new Float64Array(offsets.length);
  noise.uniforms(offsets, 1, DATA_HALF_STEPS.sigma, uniforms);
  const sigmas = trainingSigmas(problem.objective.noise, uniforms, { offsets, batch: problem.batch });
  return (parameters, watch) => {
    const noisy = tf.tensor2d(values.map((value, i) => value + sigmas[Math.floor(i / size)]! * normals[i]!), [offsets.length, size]);
    const losses = predict(parameters, noisy, sigmas).sub(tf.tensor2d(normals, [offsets.length, size])).square().sum(-1).mul(0.5);
    watch('loss', losses);
    return losses.sum().div(problem.batch);
  };
}

function evaluate(scene: Scene, unit: UpdateUnit, values: Float32Array, chains: { readonly slots: Uint32Array; readonly states: Float32Array }): ContinuousContribution {
  const { tf, problem, size, parameters } = scene;
  const { batch, microbatch, seed, objective } = problem;
  assertUnit(problem, unit, chains);
  const into = createAccumulator(scene.beginSums, { layout: parameters.layout, observations: observationNames(objective), parts: batch / microbatch });
  const tensors = parameters.of(values);
  for (const range of microbatchesOf(unit.data, microbatch)) {
    const rows = { values: dataAt(scene, unit.update, range), offsets: offsetsOf(range), size, seed, branch: unit.branch, update: unit.update };
    addTerm(tf, into, tensors, denoisingTerm(scene, rows));
  }
  return { ...sumsOf(into), states: new Float32Array(0) };
}

/** `directions` empty: scores alone. */
function slopes(scene: Scene, values: Float32Array, rows: FloatRows, { sigma, directions }: { readonly sigma: number; readonly directions: Float32Array }): ScoreSlopes {
  const { tf, problem: { microbatch }, size, predict, parameters } = scene;
  assertRows(rows, size);
  if (directions.length !== 0 && directions.length !== rows.values.length) throw new RangeError(`${directions.length} numbers of directions for ${rows.values.length} of rows`);
  if (!(sigma > 0 && sigma < Infinity)) throw new RangeError(`a score model has scores at a deviation of noise above 0, got ${sigma}`);
  const tensors = parameters.of(values);
  const named: NamedTensors = Object.fromEntries(parameters.layout.map(({ name }, i) => [name, tensors[i]!]));
  const sigmas = new Float64Array(microbatch).fill(sigma);
  const scores = new Float32Array(rows.values.length);
  const along = new Float64Array(directions.length === 0 ? 0 : rows.rows);
  const scoreAt = (y: Tensor): Tensor => predict(named, y, sigmas).mul(-1 / sigma);
  eachPadded(scene, rows.values, (padded, at) => {
    const real = Math.min(microbatch, rows.rows - at);
    const keep = (score: Tensor): void => { scores.set((score.dataSync() as Float32Array).subarray(0, real * size), at * size); };
    tf.tidy(() => {
      const y = tf.tensor2d(padded, [microbatch, size]);
      if (directions.length === 0) {
        keep(scoreAt(y));
        return;
      }
      const vectors = new Float32Array(padded.length);
      vectors.set(directions.subarray(at * size, (at + microbatch) * size));
      const direction = tf.tensor2d(vectors, [microbatch, size]);
      const { gradient } = gradientOf(tf, () => {
        const score = scoreAt(y);
        keep(score);
        return score.mul(direction).sum();
      }, y);
      along.set((gradient.mul(direction).sum(-1).dataSync() as Float32Array).subarray(0, real), at);
    });
  });
  return { scores, slopes: along };
}

const NO_DIRECTIONS = new Float32Array(0);

interface ScoreSessionOptions { readonly problem: ScoreProblem; readonly openNoise: OpenNoise; readonly beginSums: BeginSums; readonly activate: () => void }

/** `activate` as of `continuousSession`. */
export function scoreSession(tf: TensorFlow, { problem, openNoise, beginSums, activate }: ScoreSessionOptions): ContinuousSession {
  assertProblem(problem);
  const { shape, objective, seed } = problem;
  const layout = layoutOf(problem, shape);
  const scene: Scene = { tf, problem, openNoise, beginSums, size: sizeOf(shape), predict: noisePredictor(tf, problem.energy, shape), parameters: parameterHolder(tf, layout) };
  const computed = computing(activate);
  const none = (): Promise<never> => Promise.reject(new RangeError('a score model has no energies and no chains'));
  return {
    layout,
    observations: observationNames(objective),
    initial: () => initialParameters(seed, problem, shape),
    evaluate: (unit, values, chains) => computed(() => evaluate(scene, unit, values, chains)),
    sample: none,
    energies: none,
    logWeights: none,
    scores: (values, rows, sigma = NaN) => computed(() => slopes(scene, values, rows, { sigma, directions: NO_DIRECTIONS }).scores),
    slopes: (values, rows, along) => computed(() => slopes(scene, values, rows, along)),
    close: () => computed(() => { scene.parameters.dispose(); }),
  };
}
