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

/**
 * A server's environment: it collects garbage when its heap is nine times what lives, or 512 MiB, unless it is told otherwise. It keeps a few MB, and gets
 * and hands on tens of MB a second: of its processor time a third was collecting (docs/benchmarks.md).
 */
export function serverEnvironment({ GOGC = '800', GOMEMLIMIT = '512MiB', ...others }: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...others, GOGC, GOMEMLIMIT };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
