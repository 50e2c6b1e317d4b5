// The lengths that a run has had. A schedule depends on the length, so updates from before a run was made longer can only be computed
// again with the length of then. Kept in lengths.json of the run directory, written before the job is replaced.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EarlierLength } from '../../coordinator/machine/settings.ts';
import type { Journal } from '../../platform/journal/journal.ts';
import { StorageError } from '../../platform/store/errors.ts';
import { systemCode } from '../../platform/store/files.ts';

export const LENGTHS_NAME = 'lengths.json';
const FORMAT_VERSION = 1;

/** By ascending update; none for a run that was never made longer. Throws StorageError for a file that cannot be used. */
export async function readLengths(directory: string): Promise<readonly EarlierLength[]> {
  const path = join(directory, LENGTHS_NAME);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return [];
  const lengths = lengthsIn(text);
  if (lengths === null) {
    throw new StorageError({ code: 'damaged', path, what: 'this is not the list of the lengths that the run has had', remedy: 'Put the original back: updates from before the run was made longer cannot be computed again without it.' });
  }
  return lengths;
}

function lengthsIn(text: string): readonly EarlierLength[] | null {
  try {
    const value = JSON.parse(text) as { readonly formatVersion?: unknown; readonly lengths?: unknown } | null;
    if (value?.formatVersion !== FORMAT_VERSION || !Array.isArray(value.lengths)) return null;
    const lengths = value.lengths as readonly EarlierLength[];
    return lengths.every((each) => Number.isSafeInteger(each?.update) && Number.isSafeInteger(each.updates)) ? lengths : null;
  } catch {
    return null;
  }
}

/** The lengths once the run goes on from `update` with another one: what is computed anew from there has no earlier length. */
export function lengthsAfter(before: readonly EarlierLength[], { update, updates }: EarlierLength): readonly EarlierLength[] {
  return [...before.filter((each) => each.update < update), ...(update === 0 ? [] : [{ update, updates }])];
}

export async function writeLengths(journal: Journal, lengths: readonly EarlierLength[]): Promise<void> {
  await journal.writeArtefact(LENGTHS_NAME, new TextEncoder().encode(`${JSON.stringify({ formatVersion: FORMAT_VERSION, lengths })}\n`));
}
