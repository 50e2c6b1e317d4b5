// Where engines are installed: a folder of the user's cache, shared by every copy of the program. Not in node_modules, which `npm ci` empties.
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { STAMP } from './stamp.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** As asked, or EBM_ENGINES, or a folder of the user's cache. */
export function enginesFolder(environment: Environment, asked: string | null = null): string {
  const named = asked ?? environment['EBM_ENGINES'];
  if (named !== undefined && named !== '') return resolve(named);
  return join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ebm-fleet', 'engines');
}

export function tensorflowFolder(engines: string): string {
  return join(engines, 'tensorflow');
}

/** The folder of an installation that was finished; null where there is none. */
export async function findTensorflow(environment: Environment): Promise<string | null> {
  const folder = tensorflowFolder(enginesFolder(environment));
  try {
    await access(join(folder, STAMP));
    return folder;
  } catch {
    return null;
  }
}
