// A run in a store as a whole: made new, and opened to go on, which ends whoever wrote to it before.
import { isContinuous } from '../../ebm/job.ts';
import { StorageError } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { encodeJob, type RunJob } from './job-document.ts';
import { MODEL_NAME, STATE_NAME } from './manifest.ts';
import { encodeRecord, type Deed, type RunState } from './run-log.ts';
import { readStoreJob } from './store-files.ts';
import { StoreJournal } from './store-journal.ts';
import { keysOf, newestRecord, replay, STORE_LOG_LIMITS } from './store-log.ts';

const OPEN_ATTEMPTS_MAX = 16;

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
  const { run } = await readStoreJob({ store, prefix });
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
    const settings = { every: job.checkpoint.every, keep: job.checkpoint.keep, grid: isContinuous(job) ? 0 : job.model.grid };
    return { ...run, journal: new StoreJournal({ store, prefix, settings, state, next: next + 1, compactEvery: warnings.length === 0 ? compactEvery : null }), warnings };
  }
  throw new StorageError({ code: 'in-use', path: prefix, what: `this run changed hands ${OPEN_ATTEMPTS_MAX} times while it was opened`, remedy: 'Try again.' });
}

async function removeGarbage(store: Store, found: readonly string[], state: RunState, keys: ReturnType<typeof keysOf>): Promise<void> {
  const named = new Set([...[...state.artefacts.values()].map(({ id }) => keys.artefact(id)), ...state.snapshot.segments.map(({ id }) => keys.segment(id))]);
  for (const { id } of state.checkpoints.values()) for (const name of [STATE_NAME, MODEL_NAME]) named.add(keys.file(id, name));
  for (const key of found) if (!named.has(key)) await store.remove(key);
}
