// What every engine of continuous models refuses: problems, units and samples that do not fit (docs/adr/0011). One place, so that a job which one engine
// takes is taken by all. Nothing here computes.
import { isContrastive, sizeOf, type ContinuousSettings, type SamplerSettings } from '../ebm/continuous/model.ts';
import type { ContinuousAnnealingUnit, ContinuousProblem, ContinuousSampleUnit, FloatRows } from './continuous.ts';
import type { Range, UpdateUnit } from './engine.ts';

/** @throws RangeError */
export function assertProblem({ batch, microbatch, shape, data, objective, energy }: ContinuousProblem): void {
  const size = sizeOf(shape);
  for (const [name, value] of Object.entries({ batch, microbatch, size })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number of at least 1, got ${value}`);
  }
  if (batch % microbatch !== 0) throw new RangeError(`a batch of ${batch} is not whole microbatches of ${microbatch}`);
  if (data !== null && (data.rows < 1 || data.values.length !== data.rows * size)) throw new RangeError(`${data.rows} rows of ${size} numbers are not ${data.values.length}`);
  if ((energy.kind === 'score') !== (objective.kind === 'noise-conditional')) throw new RangeError(`the objective ${objective.kind} does not train a model of kind ${energy.kind}`);
  if (isContrastive(objective)) assertSampler(objective.sampler);
}

function assertSampler({ kind, noise, bounds, annealing }: SamplerSettings): void {
  if (annealing !== undefined && annealing !== null && noise !== null) throw new RangeError('an annealed sampler has the noise of its temperatures and none of its own');
  if (kind === 'ula' || (noise === null && bounds === null)) return;
  throw new RangeError(`${kind} has no noise or bounds of its own: they would make its acceptance wrong`);
}

/** @throws RangeError for a unit that is not whole microbatches of this problem, or whose chains are not what it names. */
export function assertUnit(problem: ContinuousProblem, unit: UpdateUnit, chains: { readonly slots: Uint32Array; readonly states: Float32Array }): void {
  assertRange(problem, unit.data, 'data');
  assertRange(problem, unit.chains, 'chains');
  const count = unit.chains.to - unit.chains.from;
  const numbers = count * sizeOf(problem.shape);
  switch (problem.objective.kind) {
    case 'pcd':
      if (chains.slots.length !== count || chains.states.length !== numbers) throw new RangeError(`${count} chains are not ${chains.slots.length} slots with ${chains.states.length} numbers`);
      return;
    case 'cd':
      if (unit.data.from !== unit.chains.from || unit.data.to !== unit.chains.to) throw new RangeError('a unit of cd needs equal ranges of data and chains');
      return;
    case 'nce': case 'explicit': case 'denoising': case 'sliced': case 'noise-conditional':
      if (count !== 0) throw new RangeError(`the objective ${problem.objective.kind} has no chains`);
  }
}

function assertRange({ batch, microbatch }: ContinuousSettings, { from, to }: Range, name: string): void {
  const whole = Number.isInteger(from / microbatch) && Number.isInteger(to / microbatch);
  if (!whole || from < 0 || from > to || to > batch) throw new RangeError(`range ${name} [${from}, ${to}) is not whole microbatches of ${microbatch} inside [0, ${batch})`);
}

/** @throws RangeError for rows whose values are not `size` numbers each. */
export function assertRows({ rows, values }: FloatRows, size: number): void {
  if (values.length !== rows * size) throw new RangeError(`${rows} rows of ${size} numbers, got ${values.length}`);
}

/** @throws RangeError for a base of another size than the rows, or a temperature that is none. */
export function assertAnnealing({ shape }: ContinuousProblem, { base: { mean, deviation }, temperature }: ContinuousAnnealingUnit): void {
  const size = sizeOf(shape);
  if (mean.length !== size || deviation.length !== size || !deviation.every((value) => value > 0)) throw new RangeError(`a base of ${mean.length} means and ${deviation.length} deviations does not fit rows of ${size} numbers`);
  if (!(temperature > 0)) throw new RangeError(`a density at temperature ${temperature}`);
}

/** The sampler of a unit of samples: its own, else the objective's. @throws RangeError if there is neither, its chains are not whole, or what is held is not said of a row. */
export function samplerOf({ objective, shape }: ContinuousProblem, { sampler, chains, states, held }: ContinuousSampleUnit): SamplerSettings {
  const count = chains.to - chains.from;
  const size = sizeOf(shape);
  if (states.length !== count * size) throw new RangeError(`${count} chains of ${size} numbers are not ${states.length}`);
  if (held !== undefined && held !== null && held.length !== size) throw new RangeError(`what is held of rows of ${size} numbers is said of ${held.length}`);
  const settings = sampler ?? (isContrastive(objective) ? objective.sampler : null);
  if (settings === null) throw new RangeError(`a job with the objective ${objective.kind} has no sampler: the unit must name one`);
  assertSampler(settings);
  return settings;
}
