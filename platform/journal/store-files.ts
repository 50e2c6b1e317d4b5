// A run in a store as the files of a run directory, none of which is written anywhere: for whoever fetches it, or reports on it. A run that goes on
// is shown as it is at this moment; checkpoints that it removes later cannot be read then.
import { decodeJob, JOB_NAME, type RunJob } from './job-document.ts';
import { checkpointName } from './checkpoints.ts';
import { CHECKPOINTS_NAME, METRICS_NAME } from './directory.ts';
import { LEDGER_NAME } from './ledger-file.ts';
import { MANIFEST_NAME, MODEL_NAME, STATE_NAME } from './manifest.ts';
import type { KeptArtefact, KeptCheckpoint } from './run-log.ts';
import { readCheckpointFile, sha256Of } from './store-journal.ts';
import { keysOf, replay, type LogPlace } from './store-log.ts';
import { StorageError } from '../store/errors.ts';
import { compareKeys } from '../store/keys.ts';

interface StoredFile { readonly bytes: number; readonly read: () => Promise<Uint8Array | null> }

export interface StoredFiles {
  /** By name. */
  readonly files: readonly { readonly file: string; readonly bytes: number }[];
  /** Null if there is none of that name, or if it is gone or damaged by now. */
  readonly read: (file: string) => Promise<Uint8Array | null>;
}

/** Throws StorageError: `not-a-run`, `newer-format`, `damaged` (its job), and what the store throws. */
export async function storedFiles(place: LogPlace): Promise<StoredFiles> {
  const { store, prefix } = place;
  const { document } = await readStoreJob(place);
  const metrics: string[] = [];
  const { state } = await replay(store, prefix, (deed) => { if (deed.kind === 'metrics') metrics.push(deed.text); });
  const all = new Map<string, StoredFile>([
    [JOB_NAME, inMemory(document)], [LEDGER_NAME, inMemory(encoded(state.ledger.text))], [METRICS_NAME, inMemory(encoded(metrics.join('')))],
    ...[...state.checkpoints.values()].flatMap((kept) => checkpointFiles(place, kept)),
    ...[...state.artefacts.values()].map((kept) => [kept.name, artefactFile(place, kept)] as const),
  ]);
  return {
    files: [...all].map(([file, { bytes }]) => ({ file, bytes })).sort((a, b) => compareKeys(a.file, b.file)),
    read: async (file) => await all.get(file)?.read() ?? null,
  };
}

/** Throws StorageError: `not-a-run`, `newer-format`, `damaged`. */
export async function readStoreJob({ store, prefix }: LogPlace): Promise<{ readonly run: RunJob; readonly document: Uint8Array }> {
  const { job } = keysOf(prefix);
  const document = await store.get(job);
  if (document === null) throw new StorageError({ code: 'not-a-run', path: prefix, what: 'there is no such run in this store', remedy: 'Check its name (`ebm list`).' });
  return { run: decodeJob(document, job), document };
}

const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);
const inMemory = (bytes: Uint8Array): StoredFile => ({ bytes: bytes.length, read: () => Promise.resolve(bytes) });

function checkpointFiles({ store, prefix }: LogPlace, { id, manifest, text }: KeptCheckpoint): readonly (readonly [string, StoredFile])[] {
  const folder = `${CHECKPOINTS_NAME}/${checkpointName(manifest.update)}`;
  const contents = ([STATE_NAME, MODEL_NAME] as const).map((name) => [`${folder}/${name}`, {
    bytes: manifest.files[name].bytes,
    async read() {
      const reading = await readCheckpointFile(store, keysOf(prefix).file(id, name), name, manifest);
      return reading.kind === 'good' ? reading.content : null;
    },
  }] as const);
  return [[`${folder}/${MANIFEST_NAME}`, inMemory(encoded(text))], ...contents];
}

function artefactFile({ store, prefix }: LogPlace, { id, bytes, sha256 }: KeptArtefact): StoredFile {
  return {
    bytes,
    async read() {
      const content = await store.get(keysOf(prefix).artefact(id)).catch((error: unknown) => {
        if (error instanceof StorageError && error.code === 'damaged') return null;
        throw error;
      });
      return content !== null && sha256Of(content) === sha256 ? content : null;
    },
  };
}
