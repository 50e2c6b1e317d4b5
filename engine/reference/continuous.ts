// The reference engine of continuous models: float64 in plain loops with derivatives by the tape, the oracle of the other engines (docs/adr/0011).
// This file opens sessions and refuses what does not fit; it computes nothing itself.
import type { ScoreSlopes } from '../../ebm/continuous/likelihood.ts';
import { initialParameters, layoutOf, parameterCount } from '../../ebm/continuous/layout.ts';
import { sizeOf } from '../../ebm/continuous/model.ts';
import { observationNames } from '../../ebm/continuous/observations.ts';
import { deriveKey } from '../../ebm/random/address.ts';
import type { ContinuousEngine, ContinuousProblem, ContinuousSampleUnit, ContinuousSession, FloatRows } from '../continuous.ts';
import { assertAnnealing, assertProblem, assertUnit, samplerOf } from '../continuous-checks.ts';
import type { EngineFingerprint } from '../engine.ts';
import { evaluateContinuous, noiseOf, potentialOf, type ContinuousContext } from './continuous-unit.ts';
import { parameterMatrices } from './energies.ts';
import { logWeights } from './importance.ts';
import { predictedNoise } from './networks.ts';
import { gradient, leaf, multiply, scale, sumColumns, total } from './tape.ts';
import { advance } from './transitions.ts';

/** The rules of docs/adr/0011 that this code follows; a change of bits is a new number. */
const VERSION = 'reference/1';

export function openContinuousReference(): ContinuousEngine {
  return {
    fingerprint: (): EngineFingerprint => ({ name: 'reference', version: VERSION, deviceClass: 'javascript', threads: 1 }),
    load: (problem) => Promise.resolve().then(() => openSession(problem)),
    close: () => Promise.resolve(),
  };
}

function openSession(problem: ContinuousProblem): ContinuousSession {
  assertProblem(problem);
  if (problem.energy.kind === 'module') throw new RangeError('the reference engine computes no energy of a user\'s module: its operations are those of TensorFlow.js; use the wasm engine');
  const layout = layoutOf(problem, problem.shape);
  const context: ContinuousContext = { problem, layout, observations: observationNames(problem.objective), noise: noiseOf(problem) };
  return {
    layout,
    observations: context.observations,
    initial: () => initialParameters(problem.seed, problem, problem.shape),
    evaluate: later((unit, parameters, chains) => {
      assertUnit(problem, unit, chains);
      assertParameters(context, parameters);
      return evaluateContinuous(context, unit, parameters, chains);
    }),
    sample: later((unit) => sampleUnit(context, unit)),
    logWeights: later((unit) => {
      assertAnnealing(problem, unit);
      assertParameters(context, unit.parameters);
      return logWeights(problem, layout, unit);
    }),
    energies: later((parameters, rows) => potentialAt(context, parameters, rows).energies),
    scores: later((parameters, rows, sigma = NaN) => (problem.energy.kind === 'score'
      ? slopesAt(context, parameters, rows, { sigma, directions: new Float32Array(rows.values.length) }).scores
      : Float32Array.from(potentialAt(context, parameters, rows).gradients, (slope) => -slope))),
    slopes: later((parameters, rows, along) => slopesAt(context, parameters, rows, along)),
    close: () => Promise.resolve(),
  };
}

/** The synchronous function as one that keeps its promises: what it throws, the promise rejects with. */
function later<Inputs extends readonly unknown[], Output>(compute: (...inputs: Inputs) => Output): (...inputs: Inputs) => Promise<Output> {
  return (...inputs) => Promise.resolve().then(() => compute(...inputs));
}

function potentialAt(context: ContinuousContext, parameters: Float32Array, { rows, values }: FloatRows): { readonly energies: Float64Array; readonly gradients: Float64Array } {
  const { problem, layout } = context;
  assertParameters(context, parameters);
  if (values.length !== rows * sizeOf(problem.shape)) throw new RangeError(`${rows} rows of ${sizeOf(problem.shape)} numbers are not ${values.length}`);
  return potentialOf(problem, parameterMatrices(layout, parameters), 1)(values);
}

function slopesAt(context: ContinuousContext, parameters: Float32Array, { rows, values }: FloatRows, { sigma, directions }: { readonly sigma: number; readonly directions: Float32Array }): ScoreSlopes {
  const { problem: { energy, shape }, layout } = context;
  const size = sizeOf(shape);
  if (energy.kind !== 'score') throw new RangeError('slopes of scores are those of a score model');
  if (!(sigma > 0 && sigma < Infinity)) throw new RangeError(`a score model has scores at a deviation of noise above 0, got ${sigma}`);
  assertParameters(context, parameters);
  if (values.length !== rows * size || directions.length !== rows * size) throw new RangeError(`${rows} rows of ${size} numbers are not ${values.length}, nor directions ${directions.length}`);
  const y = leaf(rows, size, values);
  const direction = leaf(rows, size, directions);
  const score = scale(predictedNoise({ energy, shape }, parameterMatrices(layout, parameters), y, new Float64Array(rows).fill(sigma)), -1 / sigma);
  const [slope] = gradient(total(multiply(score, direction)), [y]);
  return { scores: Float32Array.from(score.values), slopes: sumColumns(multiply(slope!, direction)).values };
}

function sampleUnit(context: ContinuousContext, unit: ContinuousSampleUnit): { readonly accepted: number } {
  const { problem, layout } = context;
  const { seed, shape } = problem;
  const sampler = samplerOf(problem, unit);
  assertParameters(context, unit.parameters);
  const walk = { key: deriveKey(seed, unit.purpose, unit.branch), ids: unit.chains, word3: unit.word3, firstHalfStep: unit.firstHalfStep, steps: unit.steps, size: sizeOf(shape), held: unit.held ?? null };
  return { accepted: advance(sampler, potentialOf(problem, parameterMatrices(layout, unit.parameters), unit.beta), unit.states, walk) };
}

function assertParameters({ layout }: ContinuousContext, parameters: Float32Array): void {
  if (parameters.length !== parameterCount(layout)) throw new RangeError(`the model has ${parameterCount(layout)} parameters, given ${parameters.length}`);
}
