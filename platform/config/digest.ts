// The job digest: one name for everything that determines a run's bits. Owns the canonical form that is hashed, nothing else.
import { createHash } from 'node:crypto';
import { compiledModule, type EnergySettings } from '../../ebm/continuous/model.ts';
import type { AnyJob } from '../../ebm/job.ts';

/** JSON with sorted keys and no spaces; numbers as JavaScript prints them, which round-trips every double. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

/**
 * `sha256:` of what determines the bits: the data's digest and how it is turned into bits and split, model, train, seed and
 * checkpoint.every (divergence falls back to one). Epochs enter as the updates they are. Not name, path, resources, evaluate, ledger, keep.
 * Throws TypeError for a job whose module has not been read.
 */
export function jobDigest(job: AnyJob): string {
  const model = job.model.kind === 'energy' && job.model.energy.kind === 'module' ? { kind: job.model.kind, energy: moduleOf(job.model.energy) } : job.model;
  const train = Object.fromEntries(Object.entries(job.train).filter(([key]) => key !== 'epochs'));
  const determining = {
    formatVersion: job.formatVersion, seed: job.seed, model, train,
    data: { digest: job.facts.digest, binarise: job.data.binarise, validation: job.data.validation },
    checkpoint: { every: job.checkpoint.every },
  };
  return `sha256:${createHash('sha256').update(canonicalJson(determining)).digest('hex')}`;
}

/** The text stands for itself by its digest, wherever it was. */
function moduleOf(energy: Extract<EnergySettings, { kind: 'module' }>): unknown {
  const { digest, parameters } = compiledModule(energy);
  return { kind: energy.kind, digest, parameters };
}
