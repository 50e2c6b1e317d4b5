// A run in a store as a whole: made new, opened to go on, which ends whoever wrote to it before, and written out as an ordinary run
// directory that every command knows.
import { basename, dirname, join } from 'node:path';
import { ensureDirectory, removeTree, temporaryName, writeNew } from '../store/durable.ts';
import { guarded, StorageError } from '../store/errors.ts';
import type { Files } from '../store/files.ts';
import { foldersOf } from '../store/keys.ts';
import { nodeFiles } from '../store/node-files.ts';
import type { Store } from '../store/store.ts';
import { checkpointName, describeDamage } from './checkpoints.ts';
import { CHECKPOINTS_NAME, METRICS_NAME } from './directory.ts';
import { decodeJob, encodeJob, JOB_NAME, type RunJob } from './job-document.ts';
import { LEDGER_NAME } from './ledger-file.ts';
import { MANIFEST_NAME, MODEL_NAME, STATE_NAME } from './manifest.ts';
import { encodeRecord, type Deed, type KeptCheckpoint, type RunState } from './run-log.ts';
import { readCheckpointFile, sha256Of, StoreJournal } from './store-journal.ts';
import { keysOf, newestRecord, replay, STORE_LOG_LIMITS } from './store-log.ts';

const OPEN_ATTEMPTS_MAX = 16;
const WRITE_ATTEMPTS_MAX = 3;

export interface StoreRun extends RunJob {
  readonly journal: StoreJournal;
  /** What was found and passed over: damaged records. */
  readonly warnings: readonly string[];
}

/** Where a run is, and who we are. `prefix`: `runs/mine-1`, without a slash at its end. `writer`: for people, in the log and in errors. */
export interface StoreRunPlace {
  readonly store: Store;
  readonly prefix: string;
  readonly writer: string;
  /** Records after which the log is shortened; STORE_LOG_LIMITS.recordsBetweenSnapshots unless told. */
  readonly compactEvery?: number;
}

async function readStoreJob(store: Store, prefix: string): Promise<RunJob> {
  const { job } = keysOf(prefix);
  const bytes = await store.get(job);
  if (bytes === null) throw new StorageError({ code: 'not-a-run', path: prefix, what: 'there is no such run in this store', remedy: 'Check its name (`ebm list`).' });
  return decodeJob(bytes, job);
}

/** A new run. Throws StorageError: `not-empty` if there is one. */
export async function createStoreRun(place: StoreRunPlace, run: RunJob): Promise<StoreRun> {
  const { store, prefix } = place;
  if ((await store.putIfAbsent(keysOf(prefix).job, encodeJob(run))).kind === 'exists') {
    throw new StorageError({ code: 'not-empty', path: prefix, what: 'this store holds a run of that name already', remedy: 'Go on with it, or choose another name.' });
  }
  return openStoreRun(place);
}

/** A run to go on with; whoever had it open before gets `deposed` at the next write. Throws StorageError: `not-a-run`, `newer-format`, `damaged`. */
export async function openStoreRun({ store, prefix, writer, compactEvery = STORE_LOG_LIMITS.recordsBetweenSnapshots }: StoreRunPlace): Promise<StoreRun> {
  const run = await readStoreJob(store, prefix);
  const keys = keysOf(prefix);
  for (let attempt = 0; attempt < OPEN_ATTEMPTS_MAX; attempt += 1) {
    // Before the opening: what stands here now and is named nowhere belongs to those who can write no more (S3).
    const found = [...await store.list(keys.checkpoints), ...await store.list(keys.artefacts), ...await store.list(keys.segments)];
    const { state, next, warnings } = await replay(store, prefix);
    const deed: Deed = { kind: 'opened', writer, at: new Date().toISOString() };
    if ((await store.putIfAbsent(keys.record(next), encodeRecord(next, [deed]))).kind === 'exists') continue;
    // S5: a number that was free may have been freed, by a snapshot that came while we read.
    if (await newestRecord(store, prefix) !== next) continue;
    state.do(deed);
    // A record that cannot be read may have named anything: then nothing is garbage.
    if (warnings.length === 0) await removeGarbage(store, found, state, keys);
    const { job } = run;
    const settings = { every: job.checkpoint.every, keep: job.checkpoint.keep, grid: job.model.grid };
    return { ...run, journal: new StoreJournal({ store, prefix, settings, state, next: next + 1, compactEvery: warnings.length === 0 ? compactEvery : null }), warnings };
  }
  throw new StorageError({ code: 'in-use', path: prefix, what: `this run changed hands ${OPEN_ATTEMPTS_MAX} times while it was opened`, remedy: 'Try again.' });
}

async function removeGarbage(store: Store, found: readonly string[], state: RunState, keys: ReturnType<typeof keysOf>): Promise<void> {
  const named = new Set([...[...state.artefacts.values()].map(({ id }) => keys.artefact(id)), ...state.snapshot.segments.map(({ id }) => keys.segment(id))]);
  for (const { id } of state.checkpoints.values()) for (const name of [STATE_NAME, MODEL_NAME]) named.add(keys.file(id, name));
  for (const key of found) if (!named.has(key)) await store.remove(key);
}

export interface Materialised { readonly path: string; readonly checkpoints: number; readonly warnings: readonly string[] }

/**
 * Writes a run as an ordinary run directory, which must be absent or empty; it appears when it is whole. A run that is going on is written
 * as it is at this moment. What is damaged is left out with a warning. Throws StorageError.
 */
export async function materialise(place: Pick<StoreRunPlace, 'store' | 'prefix'>, directory: string, files: Files = nodeFiles()): Promise<Materialised> {
  const { store, prefix } = place;
  const run = await readStoreJob(store, prefix);
  return guarded(directory, 'writing a run directory', async () => {
    await requireFree(files, directory);
    const parent = dirname(directory);
    await ensureDirectory(files, parent);
    const temporary = temporaryName(parent) + `-${basename(directory)}`;
    try {
      for (let attempt = 1; ; attempt += 1) {
        await removeTree(files, temporary);
        await files.makeDirectory(temporary);
        const warnings = await writeRun(files, temporary, place, run);
        // What is missing may have been removed while it was read, by who runs it: then the next look finds newer ones.
        if (warnings.damage.length > 0 && attempt < WRITE_ATTEMPTS_MAX) continue;
        await files.rename(temporary, directory);
        await files.syncDirectory(parent);
        return { path: directory, checkpoints: warnings.checkpoints, warnings: [...warnings.records, ...warnings.damage] };
      }
    } catch (error) {
      await removeTree(files, temporary).catch(() => undefined);
      throw error;
    }
  });
}

async function requireFree(files: Files, directory: string): Promise<void> {
  const facts = await files.describe(directory);
  if (facts === null || (facts.kind === 'directory' && (await files.list(directory)).length === 0)) return;
  throw new StorageError({ code: 'not-empty', path: directory, what: facts.kind === 'directory' ? 'this directory is not empty' : 'this is a file', remedy: 'Choose a new or empty directory with --out.' });
}

interface Left { readonly checkpoints: number; readonly records: readonly string[]; readonly damage: readonly string[] }

async function writeRun(files: Files, path: string, { store, prefix }: Pick<StoreRunPlace, 'store' | 'prefix'>, run: RunJob): Promise<Left> {
  const metrics: string[] = [];
  const { state, warnings } = await replay(store, prefix, (deed) => { if (deed.kind === 'metrics') metrics.push(deed.text); });
  const text = new TextEncoder();
  await writeNew(files, join(path, JOB_NAME), [encodeJob(run)]);
  await writeNew(files, join(path, LEDGER_NAME), [text.encode(state.ledger.text)]);
  await writeNew(files, join(path, METRICS_NAME), metrics.map((line) => text.encode(line)));
  await ensureDirectory(files, join(path, CHECKPOINTS_NAME));
  const damage: string[] = [];
  let checkpoints = 0;
  for (const kept of state.checkpoints.values()) {
    const what = await writeCheckpointFiles(files, join(path, CHECKPOINTS_NAME, checkpointName(kept.manifest.update)), { store, prefix }, kept);
    if (what === null) checkpoints += 1;
    else damage.push(what);
  }
  for (const { name, id, sha256 } of state.artefacts.values()) {
    const bytes = await store.get(keysOf(prefix).artefact(id));
    if (bytes === null || sha256Of(bytes) !== sha256) { damage.push(`${prefix}/${name} is ${bytes === null ? 'missing' : 'damaged'}; it was left out`); continue; }
    for (const folder of foldersOf(name)) await ensureDirectory(files, join(path, folder));
    await writeNew(files, join(path, name), [bytes]);
  }
  await files.syncDirectory(path);
  return { checkpoints, records: warnings, damage };
}

/** Null, or what is wrong with it: then nothing of it is written. */
async function writeCheckpointFiles(files: Files, path: string, { store, prefix }: Pick<StoreRunPlace, 'store' | 'prefix'>, { id, manifest, text }: KeptCheckpoint): Promise<string | null> {
  await files.makeDirectory(path);
  for (const name of [STATE_NAME, MODEL_NAME] as const) {
    const reading = await readCheckpointFile(store, keysOf(prefix).file(id, name), name, manifest);
    if (reading.kind === 'damaged') {
      await removeTree(files, path);
      return `${describeDamage(`${prefix}/checkpoints/${checkpointName(manifest.update)}`, reading.damage)}; this checkpoint was left out`;
    }
    await writeNew(files, join(path, name), [reading.content]);
  }
  await writeNew(files, join(path, MANIFEST_NAME), [new TextEncoder().encode(text)]);
  await files.syncDirectory(path);
  return null;
}
