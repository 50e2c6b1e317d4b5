// What is to be done at which versions.
import type { Settings } from './settings.ts';
import type { Chore } from './state.ts';

export function choresAt(settings: Settings, version: number): readonly Chore[] {
  const { job, until, checkpoints, alsoSavedAt = [] } = settings;
  const chores: Chore[] = [];
  if (job.ledger.every > 0 && version % job.ledger.every === 0) chores.push('ledger');
  if (measures(settings, version)) chores.push('evaluate');
  const scheduled = job.checkpoint.every > 0 && version % job.checkpoint.every === 0;
  if (checkpoints && (scheduled || version === until || alsoSavedAt.includes(version))) chores.push('checkpoint');
  return chores;
}

export function measures({ job, until, figures }: Settings, version: number): boolean {
  if (figures.length === 0 || job.evaluate === 'off') return false;
  return version === until || (version > 0 && job.evaluate.every > 0 && version % job.evaluate.every === 0);
}
