// What an engine computes by, from a job as it is written.
import type { ContinuousJob, SamplerFields } from '../job.ts';
import type { ContinuousSettings, ObjectiveSettings, SamplerSettings } from './model.ts';

export function settingsOf({ model, train }: Pick<ContinuousJob, 'model' | 'train'>): ContinuousSettings {
  return { energy: model.energy, objective: objectiveOf(train), batch: train.batch, microbatch: train.microbatch };
}

function objectiveOf(train: ContinuousJob['train']): ObjectiveSettings {
  switch (train.objective) {
    case 'pcd': case 'cd': {
      const { kind, low, high, deviation } = present(train.start, 'start');
      return {
        kind: train.objective, sampler: samplerOf(present(train.sampler, 'sampler')), steps: train.steps, slots: train.objective === 'pcd' ? present(train.chains, 'chains') : null,
        restart: train.restart ?? 0, start: kind === 'uniform' ? { kind, low, high } : { kind, deviation }, energyPenalty: train.energyPenalty ?? 0,
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
