// What a run has left so far, read back while it still goes on: lines and artefacts by the names that they have in a run directory, wherever
// they are kept. For its report. Changes nothing; what cannot be read counts as not there.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { METRICS_NAME } from './directory.ts';
import { LEDGER_NAME } from './ledger-file.ts';
import { keysOf, replay, type LogPlace } from './store-log.ts';

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
  const text = (name: string): Promise<string> => readFile(join(path, name), 'utf8').catch(() => '');
  return {
    name: path,
    read: async () => ({
      metrics: await text(METRICS_NAME), ledger: await text(LEDGER_NAME),
      names: (folder) => readdir(join(path, folder)).catch(() => []),
      artefact: (name) => readFile(join(path, name)).catch(() => null),
    }),
  };
}

/** Of a run in a store. `settle`: brings there what its journal still has in memory. Throws what the store throws. */
export function tracesInStore({ store, prefix }: LogPlace, name: string, settle: () => Promise<void>): TracesPlace {
  return {
    name,
    async read() {
      await settle();
      const metrics: string[] = [];
      const { state } = await replay(store, prefix, (deed) => { if (deed.kind === 'metrics') metrics.push(deed.text); });
      return {
        metrics: metrics.join(''), ledger: state.ledger.text,
        names: (folder) => Promise.resolve([...state.artefacts.keys()].filter((each) => each.startsWith(`${folder}/`)).map((each) => each.slice(folder.length + 1))),
        artefact: async (wanted) => {
          const kept = state.artefacts.get(wanted);
          return kept === undefined ? null : store.get(keysOf(prefix).artefact(kept.id));
        },
      };
    },
  };
}
