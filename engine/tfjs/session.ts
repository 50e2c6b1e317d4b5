// A continuous model on a TensorFlow.js backend. Every evaluation has exactly `microbatch` rows, so that a row's bits do not depend on how an update was
// cut into units. No tensor outlives a call but the parameters of the version last used; tensors never leave, arrays do.
import { restartStates } from '../../ebm/continuous/chains.ts';
import { noiseDistribution, type NoiseDistribution } from '../../ebm/continuous/contrast.ts';
import { initialParameters, layoutOf } from '../../ebm/continuous/layout.ts';
import { isContrastive, sizeOf, type ContrastiveSettings } from '../../ebm/continuous/model.ts';
import { additionsOf, observationNames } from '../../ebm/continuous/observations.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { ContinuousAnnealingUnit, ContinuousContribution, ContinuousProblem, ContinuousSession, FloatRows } from '../continuous.ts';
import { assertAnnealing, assertProblem, assertRows, assertUnit, samplerOf } from '../continuous-checks.ts';
import type { UpdateUnit } from '../engine.ts';
import { walkChains, type ChainRows } from './chains.ts';
import { computing } from './computing.ts';
import { addTerm, createAccumulator, observe, sumsOf, type Accumulator, type BeginSums } from './contribution.ts';
import { energyModel, slopeAt, type Energy, type EnergyModel } from './energies.ts';
import { deviceWeights } from './importance.ts';
import { valuesOf, type Tensor, type TensorFlow } from './library.ts';
import { moduleModel, tryModule, type UserModule } from './module-energy.ts';
import type { OpenNoise } from './noise.ts';
import { contrastiveTerm, dataTerm } from './objectives.ts';
import { parameterHolder, type ParameterHolder } from './parameters.ts';
import { dataAt, eachPadded, microbatchesOf, offsetsOf } from './rows.ts';
import type { TermContext } from './terms.ts';

/** A session's fixed things, for the functions below. */
interface Scene extends TermContext {
  readonly problem: ContinuousProblem;
  readonly size: number;
  readonly noiseDistribution: NoiseDistribution | null;
  readonly parameters: ParameterHolder;
  readonly beginSums: BeginSums;
}

/** Advances one microbatch of chains and adds the model's term at where they end; returns their states. */
function addChains(scene: Scene, into: Accumulator, unit: UpdateUnit, { objective, rows, parameters }: { objective: ContrastiveSettings; rows: ChainRows; parameters: readonly Tensor[] }): Float32Array {
  const { tf, model, openNoise, problem, size } = scene;
  const states = rows.states.slice();
  const place = { seed: problem.seed, branch: unit.branch, update: unit.update };
  const restarts = objective.kind === 'pcd' ? restartStates(place, { start: objective.start, share: objective.restart, size }, rows.ids, states) : 0;
  const walk = { noise: openNoise({ seed: problem.seed, purpose: PURPOSES.chains, branch: unit.branch, word3: unit.update }), steps: objective.steps, firstHalfStep: 0, beta: 1 };
  const end = scene.parameters.with(parameters, model, (energy) => walkChains(tf, energy, objective.sampler, { chains: { ...rows, states }, walk }));
  addTerm(tf, into, parameters, contrastiveTerm(scene, end.states, { sign: -1, penalty: objective.energyPenalty, name: 'modelEnergy' }, size));
  observe(into, 'accepted', end.accepted.reduce((sum, count) => sum + count, 0));
  observe(into, 'restarts', restarts);
  return end.states;
}

function evaluate(scene: Scene, unit: UpdateUnit, values: Float32Array, chains: { readonly slots: Uint32Array; readonly states: Float32Array }): ContinuousContribution {
  assertUnit(scene.problem, unit, chains);
  const { problem, size, tf, parameters } = scene;
  const { objective, microbatch, batch, seed } = problem;
  const into = createAccumulator(scene.beginSums, { layout: parameters.layout, observations: observationNames(objective), parts: (batch / microbatch) * additionsOf(objective) });
  const tensors = parameters.of(values);
  for (const range of microbatchesOf(unit.data, microbatch)) {
    const rows = { values: dataAt(scene, unit.update, range), offsets: offsetsOf(range), size, seed, branch: unit.branch, update: unit.update };
    addTerm(tf, into, tensors, dataTerm(scene, objective, rows, scene.noiseDistribution));
  }
  const states = new Float32Array(objective.kind === 'pcd' ? chains.states.length : 0);
  if (isContrastive(objective)) {
    for (const range of microbatchesOf(unit.chains, microbatch)) {
      const from = range.from - unit.chains.from;
      const rows: ChainRows = objective.kind === 'cd'
        ? { ids: offsetsOf(range), states: dataAt(scene, unit.update, range), size }
        : { ids: chains.slots.slice(from, from + microbatch), states: chains.states.slice(from * size, (from + microbatch) * size), size };
      const ended = addChains(scene, into, unit, { objective, rows, parameters: tensors });
      if (objective.kind === 'pcd') states.set(ended, from * size);
    }
  }
  return { ...sumsOf(into), states };
}

/** One number or row of numbers for each row, by the energy at it. */
function mapped(scene: Scene, values: Float32Array, rows: FloatRows, make: (energy: Energy, x: Tensor) => Tensor): Float32Array {
  const { tf, problem: { microbatch }, size, model, parameters } = scene;
  assertRows(rows, size);
  const parts: Float32Array[] = [];
  parameters.with(parameters.of(values), model, (energy) => {
    eachPadded(scene, rows.values, (padded) => {
      const made = tf.tidy(() => make(energy, tf.tensor2d(padded, [microbatch, size])));
      parts.push(valuesOf(made));
      made.dispose();
    });
  });
  const width = parts.length === 0 ? 0 : parts[0]!.length / microbatch;
  const all = new Float32Array(rows.rows * width);
  for (const [i, part] of parts.entries()) all.set(part.subarray(0, Math.min(part.length, all.length - i * microbatch * width)), i * microbatch * width);
  return all;
}

function sample(scene: Scene, unit: Parameters<ContinuousSession['sample']>[0]): { readonly accepted: number } {
  const { tf, problem, size, model, openNoise, parameters } = scene;
  const { seed, microbatch } = problem;
  const { chains, states, steps, firstHalfStep, beta } = unit;
  const sampler = samplerOf(problem, unit);
  const noise = openNoise({ seed, purpose: unit.purpose, branch: unit.branch, word3: unit.word3 });
  let accepted = 0;
  parameters.with(parameters.of(unit.parameters), model, (energy) => {
    eachPadded(scene, states.slice(), (rows, at) => {
      const ids = offsetsOf({ from: chains.from + at, to: chains.from + at + microbatch });
      const end = walkChains(tf, energy, sampler, { chains: { ids, states: rows, size, held: unit.held ?? null }, walk: { noise, steps, firstHalfStep, beta } });
      const real = Math.min(microbatch, chains.to - chains.from - at);
      states.set(end.states.subarray(0, real * size), at * size);
      accepted += end.accepted.subarray(0, real).reduce((sum, count) => sum + count, 0);
    });
  });
  return { accepted };
}

/** The first microbatch of the data, from their start again where they are fewer. */
function firstRows({ microbatch }: ContinuousProblem, { values }: FloatRows, size: number): Float32Array {
  return Float32Array.from({ length: microbatch * size }, (_, i) => values[i % values.length]!);
}

function logWeights(scene: Scene, unit: ContinuousAnnealingUnit): Float64Array {
  const { tf, problem, model, openNoise, parameters } = scene;
  const { seed, microbatch } = problem;
  assertAnnealing(problem, unit);
  const { runs, branch, word3 } = unit;
  const noise = openNoise({ seed, purpose: PURPOSES.ais, branch, word3 });
  const weights = new Float64Array(runs.to - runs.from);
  parameters.with(parameters.of(unit.parameters), model, (energy) => {
    for (let at = 0; at < weights.length; at += microbatch) { // the last microbatch is filled up with runs that nobody asked for
      const ids = offsetsOf({ from: runs.from + at, to: runs.from + at + microbatch });
      weights.set(deviceWeights(tf, energy, unit, { ids, noise }).subarray(0, weights.length - at), at);
    }
  });
  return weights;
}

interface SessionOptions {
  readonly problem: ContinuousProblem;
  readonly openNoise: OpenNoise;
  readonly beginSums: BeginSums;
  /** Makes the session's backend the current one: engines of several backends may live in a process. */
  readonly activate: () => void;
  /** Of an energy of kind `module`. */
  readonly user: UserModule | null;
}

export function continuousSession(tf: TensorFlow, { problem, openNoise, beginSums, activate, user }: SessionOptions): ContinuousSession {
  assertProblem(problem);
  const { batch, shape, energy, objective, data, seed } = problem;
  const size = sizeOf(shape);
  const layout = layoutOf(problem, shape);
  if (energy.kind === 'score') throw new TypeError('a score model has a session of its own');
  const model: EnergyModel = user === null ? energyModel(tf, energy, shape) : moduleModel(tf, user);
  const parameters = parameterHolder(tf, layout);
  const scene: Scene = {
    tf, model, openNoise, beginSums, batch, problem, size, parameters,
    noiseDistribution: objective.kind === 'nce' && data !== null ? noiseDistribution(data, size) : null,
  };
  if (user !== null && data !== null) {
    activate();
    const start = parameters.of(initialParameters(seed, problem, shape));
    tf.tidy(() => {
      const named = Object.fromEntries(layout.map(({ name }, i) => [name, start[i]!]));
      tryModule(tf, { path: user.program.path, model, start: named, declared: user.parameters, rows: tf.tensor2d(firstRows(problem, data, size), [problem.microbatch, size]) });
    });
  }
  const computed = computing(activate);
  return {
    layout,
    observations: observationNames(objective),
    initial: () => initialParameters(seed, problem, shape),
    evaluate: (unit, values, chains) => computed(() => evaluate(scene, unit, values, chains)),
    sample: (unit) => computed(() => sample(scene, unit)),
    logWeights: (unit) => computed(() => logWeights(scene, unit)),
    energies: (values, rows) => computed(() => Float64Array.from(mapped(scene, values, rows, (at, x) => at(x)))),
    scores: (values, rows) => computed(() => mapped(scene, values, rows, (at, x) => slopeAt(tf, at, x).neg())),
    slopes: () => Promise.reject(new RangeError('slopes of scores are those of a score model')),
    close: () => computed(() => { parameters.dispose(); }),
  };
}
