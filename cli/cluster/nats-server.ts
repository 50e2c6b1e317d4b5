// Which nats-server of this machine is started where one is needed. Starting it is up.ts's, and the benchmark's.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UsageError } from '../terminal/failure.ts';

/** The beginning of an advice. */
export const INSTALL_SERVER = 'Install it (https://nats.io/download; Debian: apt-get install nats-server; with Go: go install github.com/nats-io/nats-server/v2@latest)';

/** A nats-server that is installed here. Throws UsageError if EBM_NATS_SERVER names what is none. */
export function findServer({ EBM_NATS_SERVER: named = '', PATH: path = '' }: NodeJS.ProcessEnv = process.env): string | null {
  if (named === '') return path.split(delimiter).map((folder) => join(folder, 'nats-server')).find(isProgram) ?? null;
  if (isProgram(named)) return named;
  throw new UsageError('no-nats-server', `EBM_NATS_SERVER names ${named}, which is no program that this user may run`, 'Name the file of a nats-server there, or unset it to have the one in PATH.');
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
