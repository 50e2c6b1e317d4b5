// The lengths that a run has had. A schedule depends on the length, so updates from before a run was made longer can only be computed
// again with the length of then. Kept in lengths.json of the run directory, written before the job is replaced.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompiledJob } from '../../ebm/job.ts';
import type { Journal } from '../../platform/journal/journal.ts';

const LENGTHS_NAME = 'lengths.json';

/** Up to `update` the run was one of `updates` updates. */
export interface EarlierLength { readonly update: number; readonly updates: number }

export async function readLengths(directory: string): Promise<readonly EarlierLength[]> {
  const text = await readFile(join(directory, LENGTHS_NAME), 'utf8').catch(() => null);
  return text === null ? [] : (JSON.parse(text) as { readonly lengths: readonly EarlierLength[] }).lengths;
}

export async function recordLength(journal: Journal, directory: string, earlier: EarlierLength): Promise<void> {
  const before = (await readLengths(directory)).filter(({ update }) => update < earlier.update);
  await journal.writeArtefact(LENGTHS_NAME, new TextEncoder().encode(`${JSON.stringify({ formatVersion: 1, lengths: [...before, earlier] })}\n`));
}

/** The job as it was when update `update` was computed, and the update where that ends; `until` null: it is so still. */
export function jobAt(job: CompiledJob, lengths: readonly EarlierLength[], update: number): { readonly job: CompiledJob; readonly until: number | null } {
  const { schedule } = job.train.optimiser;
  const then = schedule === 'constant' ? undefined : lengths.find((each) => update < each.update);
  return then === undefined ? { job, until: null } : { job: { ...job, train: { ...job.train, updates: then.updates } }, until: then.update };
}
