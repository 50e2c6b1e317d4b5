// Where data sets are on this machine: the cache of its workers and users, and beside the runs of a coordinator's store.
import { homedir, tmpdir, userInfo } from 'node:os';
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
  const home = homedir();
  return isAbsolute(home) && home !== '/' && home !== '/nonexistent' ? join(home, '.cache', 'ebm-fleet') : join(tmpdir(), `ebm-fleet-${userInfo().uid}`);
}
