// The reference engine of continuous models: float64 in plain loops with derivatives by the tape, the oracle of the other engines (docs/adr/0011).
// This file opens sessions and refuses what does not fit; it computes nothing itself.
import { initialParameters, layoutOf, parameterCount } from '../../ebm/continuous/layout.ts';
import { sizeOf } from '../../ebm/continuous/model.ts';
import { deriveKey } from '../../ebm/random/address.ts';
import type { ContinuousEngine, ContinuousProblem, ContinuousSampleUnit, ContinuousSession, FloatRows } from '../continuous.ts';
import type { EngineFingerprint, Range, UpdateUnit } from '../engine.ts';
import { evaluateContinuous, noiseOf, observationsOf, potentialOf, type ContinuousContext } from './continuous-unit.ts';
import { parameterMatrices } from './energies.ts';
import { isContrastive } from './losses.ts';
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
  const layout = layoutOf(problem, problem.shape);
  const context: ContinuousContext = { problem, layout, observations: observationsOf(problem), noise: noiseOf(problem) };
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
    energies: later((parameters, rows) => potentialAt(context, parameters, rows).energies),
    scores: later((parameters, rows) => Float32Array.from(potentialAt(context, parameters, rows).gradients, (slope) => -slope)),
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

function sampleUnit(context: ContinuousContext, unit: ContinuousSampleUnit): { readonly accepted: number } {
  const { problem, layout } = context;
  const { objective, seed, shape } = problem;
  if (!isContrastive(objective)) throw new TypeError(`a job with the objective ${objective.kind} has no sampler`);
  const size = sizeOf(shape);
  const count = unit.chains.to - unit.chains.from;
  assertParameters(context, unit.parameters);
  if (unit.states.length !== count * size) throw new RangeError(`${count} chains of ${size} numbers are not ${unit.states.length}`);
  const walk = { key: deriveKey(seed, unit.purpose, unit.branch), ids: unit.chains, word3: unit.word3, firstHalfStep: unit.firstHalfStep, steps: unit.steps, size };
  return { accepted: advance(objective.sampler, potentialOf(problem, parameterMatrices(layout, unit.parameters), unit.beta), unit.states, walk) };
}

function assertProblem({ batch, microbatch, shape, data, objective }: ContinuousProblem): void {
  for (const [name, value] of Object.entries({ batch, microbatch, size: sizeOf(shape) })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number of at least 1, got ${value}`);
  }
  if (batch % microbatch !== 0) throw new RangeError(`a batch of ${batch} is not whole microbatches of ${microbatch}`);
  if (data !== null && (data.rows < 1 || data.values.length !== data.rows * sizeOf(shape))) throw new RangeError(`${data.rows} rows of ${sizeOf(shape)} numbers are not ${data.values.length}`);
  if (isContrastive(objective) && objective.sampler.kind !== 'ula') {
    const { noise, clip, bounds, kind } = objective.sampler;
    if (noise !== null || clip !== null || bounds !== null) throw new RangeError(`${kind} has no noise, clip or bounds of its own: they would make its acceptance wrong`);
  }
}

function assertParameters({ layout }: ContinuousContext, parameters: Float32Array): void {
  if (parameters.length !== parameterCount(layout)) throw new RangeError(`the model has ${parameterCount(layout)} parameters, given ${parameters.length}`);
}

function assertUnit(problem: ContinuousProblem, unit: UpdateUnit, chains: { readonly slots: Uint32Array; readonly states: Float32Array }): void {
  const { objective, batch, microbatch } = problem;
  assertRange(unit.data, { batch, microbatch, name: 'data' });
  assertRange(unit.chains, { batch, microbatch, name: 'chains' });
  const count = unit.chains.to - unit.chains.from;
  switch (objective.kind) {
    case 'pcd':
      if (chains.slots.length !== count || chains.states.length !== count * sizeOf(problem.shape)) throw new RangeError(`${count} chains are not ${chains.slots.length} slots with ${chains.states.length} numbers`);
      return;
    case 'cd':
      if (unit.data.from !== unit.chains.from || unit.data.to !== unit.chains.to) throw new RangeError('a unit of cd needs equal ranges of data and chains');
      return;
    case 'nce':
    case 'explicit':
    case 'denoising':
    case 'sliced':
      if (count !== 0) throw new RangeError(`the objective ${objective.kind} has no chains`);
  }
}

function assertRange({ from, to }: Range, { batch, microbatch, name }: { readonly batch: number; readonly microbatch: number; readonly name: string }): void {
  const whole = Number.isInteger(from / microbatch) && Number.isInteger(to / microbatch);
  if (!whole || from < 0 || from > to || to > batch) throw new RangeError(`range ${name} [${from}, ${to}) is not whole microbatches of ${microbatch} inside [0, ${batch})`);
}
