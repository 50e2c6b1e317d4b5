// What a run has left so far, read back while it still goes on: lines and artefacts by the names that they have in a run directory, wherever
// they are kept. For its report. Changes nothing; what cannot be read counts as not there.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { METRICS_NAME } from './directory.ts';
import { LEDGER_NAME } from './ledger-file.ts';
import { storedFiles } from './store-files.ts';
import type { LogPlace } from './store-log.ts';

/** As they were at one moment. */
export interface Traces {
  /** Texts of metrics.jsonl and ledger.jsonl. */
  readonly metrics: string;
  readonly ledger: string;
  /** Names of the artefacts in a folder, without it. */
  names(folder: string): Promise<readonly string[]>;
  /** Null if there is none of that name any more. */
  artefact(name: string): Promise<Uint8Array | null>;
}

export interface TracesPlace {
  /** The run as users name it where they look at it. */
  readonly name: string;
  read(): Promise<Traces>;
}

/** Of a run directory. */
export function tracesInDirectory(path: string): TracesPlace {
  const artefact = (name: string): Promise<Uint8Array | null> => readFile(join(path, name)).catch(() => null);
  return { name: path, read: () => tracesOf({ names: (folder) => readdir(join(path, folder)).catch(() => []), artefact }) };
}

/** Of a run in a store. `settle`: brings there what its journal still has in memory. Throws what the store throws. */
export function tracesInStore(place: LogPlace, name: string, settle: () => Promise<void>): TracesPlace {
  return {
    name,
    async read() {
      await settle();
      const { files, read } = await storedFiles(place);
      const names = (folder: string): readonly string[] => files.filter(({ file }) => file.startsWith(`${folder}/`)).map(({ file }) => file.slice(folder.length + 1));
      return tracesOf({ names: (folder) => Promise.resolve(names(folder)), artefact: read });
    },
  };
}

async function tracesOf(files: Pick<Traces, 'names' | 'artefact'>): Promise<Traces> {
  const text = async (name: string): Promise<string> => new TextDecoder().decode(await files.artefact(name) ?? new Uint8Array(0));
  return { ...files, metrics: await text(METRICS_NAME), ledger: await text(LEDGER_NAME) };
}
