// What an engine computes by, from a job as it is written.
import type { ContinuousJob, SamplerFields } from '../job.ts';
import type { ContinuousSettings, ObjectiveSettings, SamplerSettings } from './model.ts';

export function settingsOf({ model, train }: Pick<ContinuousJob, 'model' | 'train'>): ContinuousSettings {
  const { batch, microbatch } = train;
  if (model.kind === 'score') {
    const { network, dataDeviation, noise } = model;
    return { energy: { kind: 'score', network, dataDeviation }, objective: { kind: 'noise-conditional', noise }, batch, microbatch };
  }
  return { energy: model.energy, objective: objectiveOf(train), batch, microbatch };
}

function objectiveOf(train: ContinuousJob['train']): ObjectiveSettings {
  switch (train.objective) {
    case 'pcd': case 'cd': {
      const { kind, low, high, deviation } = present(train.start, 'start');
      return {
        kind: train.objective, sampler: samplerOf(present(train.sampler, 'sampler')), steps: train.steps, slots: train.objective === 'pcd' ? present(train.chains, 'chains') : null,
        restart: train.restart ?? 0, start: kind === 'uniform' ? { kind, low, high } : { kind, deviation }, energyPenalty: train.energyPenalty ?? 0,
        gradientPenalty: train.gradientPenalty ?? 0,
      };
    }
    case 'nce': return { kind: 'nce', ratio: present(train.noiseRatio, 'noiseRatio') };
    case 'explicit': return { kind: 'explicit', trace: present(train.trace, 'trace'), projections: present(train.projections, 'projections') };
    case 'denoising': return { kind: 'denoising', sigmas: present(train.sigmas, 'sigmas') };
    case 'sliced': return { kind: 'sliced', projections: present(train.projections, 'projections') };
  }
}

function samplerOf({ low, high, ...sampler }: SamplerFields): SamplerSettings {
  return { ...sampler, bounds: low === null || high === null ? null : [low, high] };
}

function present<T>(value: T | null | undefined, name: string): T {
  if (value === null || value === undefined) throw new TypeError(`a compiled job without train.${name}`);
  return value;
}

/**
 * At which temperature the chains of training are: of ula with noise of its own noise^2 / (2 stepSize), which is 0 without noise. A model that was trained so is
 * e^(-E / T). 1 where there are no chains.
 */
export function samplingTemperature({ sampler }: Pick<ContinuousJob['train'], 'sampler'>): number {
  if (sampler === undefined) return 1;
  const { noise, stepSize, temperature } = sampler;
  return noise === null ? temperature : (noise * noise) / (2 * stepSize);
}

/** Of the density that figures are of: where chains have no noise there is none, and 1 stands for it. */
export function densityTemperature(train: Pick<ContinuousJob['train'], 'sampler'>): number {
  return samplingTemperature(train) || 1;
}
