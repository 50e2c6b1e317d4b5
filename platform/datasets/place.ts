// Where data sets are on this machine: the cache of its workers and users, and beside the runs of a coordinator's store.
import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

const FOLDER = 'datasets';

/** Of a coordinator's store. */
export function storeFolder(store: string): string {
  return join(store, FOLDER);
}

/** Of the store that a run directory (STORE/runs/ID) is in; of another one there is nothing at that place. */
export function folderBesideRun(runDirectory: string): string {
  return storeFolder(resolve(runDirectory, '..', '..'));
}

/** Of the cache: `chosen`, else EBM_CACHE, else ebm-fleet in the user's cache folder, else in the folder of temporary files. */
export function cacheFolder(chosen: string | null = null, environment: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(chosen ?? (environment['EBM_CACHE'] || userFolder(environment)), FOLDER);
}

function userFolder({ XDG_CACHE_HOME: caches = '' }: Readonly<Record<string, string | undefined>>): string {
  if (isAbsolute(caches)) return join(caches, 'ebm-fleet');
  const home = homeFolder();
  return home === null ? join(tmpdir(), `ebm-fleet-${process.getuid?.() ?? 'cache'}`) : join(home, '.cache', 'ebm-fleet');
}

/** Null for a user without one, as in many containers. */
function homeFolder(): string | null {
  try {
    const home = homedir();
    return isAbsolute(home) && home !== '/' && existsSync(home) ? home : null;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return null; // the user is not in the list of users
    throw error;
  }
}
