// A run of a store as a run directory, as `ebm fetch` writes one, without a cluster.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { storedFiles } from '../../platform/journal/store-files.ts';
import type { LogPlace } from '../../platform/journal/store-log.ts';

/** Names of files that could not be read. */
export async function materialise(place: LogPlace, directory: string): Promise<readonly string[]> {
  const { files, read } = await storedFiles(place);
  const left: string[] = [];
  for (const { file } of files) {
    const content = await read(file);
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    if (content === null) left.push(file);
    else writeFileSync(join(directory, file), content);
  }
  return left;
}
