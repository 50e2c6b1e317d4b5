// Where a cluster keeps what it must not lose: a directory, on one machine or shared by several, or a NATS server that syncs each write. Each
// place has a store for the log of decisions, a lease that decides who tries to lead, and the runs' journals.
import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { realClock } from '../../platform/clock/real.ts';
import type { RunJob } from '../../platform/journal/job-document.ts';
import { fencedJournal } from '../../platform/journal/fenced.ts';
import type { Journal } from '../../platform/journal/journal.ts';
import { createRunDirectory, openRunDirectory, realRunSystem } from '../../platform/journal/run-directory.ts';
import { createStoreRun, materialise, openStoreRun } from '../../platform/journal/store-run.ts';
import { tracesInStore, type TracesPlace } from '../../platform/journal/traces.ts';
import type { Lease } from '../../platform/lease/lease.ts';
import { natsLease } from '../../platform/lease/nats.ts';
import { processes } from '../../platform/lease/processes.ts';
import { storeLease } from '../../platform/lease/store.ts';
import { ensureDirectory } from '../../platform/store/durable.ts';
import { guarded } from '../../platform/store/errors.ts';
import { fencedFiles } from '../../platform/store/fenced-files.ts';
import { openDirectoryStore } from '../../platform/store/directory.ts';
import { openNatsStore } from '../../platform/store/nats.ts';
import { nodeFiles } from '../../platform/store/node-files.ts';
import type { Store } from '../../platform/store/store.ts';
import type { NatsTransport } from '../../platform/transport/nats.ts';
import { datasetsInDirectory, datasetsInStore, type DatasetPlace } from './datasets.ts';

/** How long a leader's sign of life counts: so long a silent one keeps a standby waiting. One that ended on the standby's own machine does not. */
const LEASE_MS = 3_000;

export interface OpenJournal {
  readonly journal: Journal;
  readonly warnings: readonly string[];
  /** Of a run without a directory. */
  readonly traces?: TracesPlace;
}

export interface RunPlaces {
  /** Null where a run has no directory. */
  directory(job: string): string | null;
  /** The journal of a job's run, made if there is none. Nothing is written that `assertLeading` rejects. Whoever had it open before writes no more. */
  open(job: string, made: RunJob, assertLeading: () => Promise<void>): Promise<OpenJournal>;
  files(job: string): Promise<readonly { readonly file: string; readonly bytes: number }[]>;
  /** A part of a file that `files` named; null if there is none. */
  read(job: string, file: string, from: number, bytesMax: number): Promise<{ readonly part: Uint8Array; readonly bytes: number } | null>;
}

export interface ClusterPlace {
  /** For people. */
  readonly name: string;
  readonly store: Store;
  readonly lease: Lease;
  readonly runs: RunPlaces;
  /** For the leader. Throws StorageError. */
  datasets(): Promise<DatasetPlace>;
  close(): Promise<void>;
}

const holder = (): string => `${hostname()}-${process.pid}`;

/** `where`: a directory, or `nats`. Throws StorageError. */
export async function openPlace(where: string, { connection }: Pick<NatsTransport, 'connection'>): Promise<ClusterPlace> {
  return where === 'nats' ? natsPlace(connection) : directoryPlace(where);
}

async function directoryPlace(directory: string): Promise<ClusterPlace> {
  const files = nodeFiles();
  await guarded(directory, 'making the store', () => ensureDirectory(files, directory));
  const store = await openDirectoryStore(files, join(directory, 'records'));
  const lease = storeLease({ store, clock: realClock(), name: holder(), ttlMs: LEASE_MS, processes: processes() });
  return { name: directory, store, lease, runs: new RunDirectories(resolve(directory, 'runs')), datasets: () => datasetsInDirectory(directory), close: () => store.close() };
}

async function natsPlace(connection: NatsTransport['connection']): Promise<ClusterPlace> {
  const clock = realClock();
  const monitoring = process.env['EBM_NATS_MONITORING'];
  const store = await openNatsStore({ connection, clock, ...(monitoring === undefined ? {} : { monitoring }) });
  const lease = natsLease({ connection, clock, name: holder(), ttlMs: LEASE_MS, processes: processes() });
  const runs = new StoredRuns(store);
  const close = async (): Promise<void> => {
    await runs.close();
    await store.close();
  };
  return { name: 'nats', store, lease, runs, datasets: () => datasetsInStore(store, 'nats'), close };
}

class RunDirectories implements RunPlaces {
  readonly #root: string;

  constructor(root: string) { this.#root = root; }

  directory(job: string): string { return join(this.#root, job); }

  open(job: string, made: RunJob, assertLeading: () => Promise<void>): Promise<OpenJournal> {
    const path = this.directory(job);
    const system = { ...realRunSystem(), files: fencedFiles(nodeFiles(), assertLeading), isFenced: true };
    return existsSync(join(path, 'job.json')) ? openRunDirectory(path, system) : createRunDirectory(path, made, system);
  }

  files(job: string): Promise<readonly { readonly file: string; readonly bytes: number }[]> { return filesIn(this.directory(job)); }

  read(job: string, file: string, from: number, bytesMax: number): ReturnType<RunPlaces['read']> { return partOf(this.directory(job), file, from, bytesMax); }
}

/** Runs in a store. To be fetched, one is written out as a directory, anew each time that its files are asked for. */
class StoredRuns implements RunPlaces {
  readonly #store: Store;
  readonly #written = new Map<string, string>();

  constructor(store: Store) { this.#store = store; }

  directory(): null { return null; }

  async open(job: string, made: RunJob, assertLeading: () => Promise<void>): Promise<OpenJournal> {
    const place = { store: this.#store, prefix: `runs/${job}`, writer: holder() };
    const opened = await (await this.#store.get(`${place.prefix}/job.json`) === null ? createStoreRun(place, made) : openStoreRun(place));
    const settle = async (): Promise<void> => {
      await assertLeading();
      await opened.journal.flush();
    };
    return { journal: fencedJournal(opened.journal, assertLeading), warnings: opened.warnings, traces: tracesInStore(place, job, settle) };
  }

  async files(job: string): Promise<readonly { readonly file: string; readonly bytes: number }[]> {
    const prefix = `runs/${job}`;
    if (await this.#store.get(`${prefix}/job.json`) === null) return [];
    await this.#forget(job);
    const folder = await mkdtemp(join(tmpdir(), 'ebm-run-'));
    this.#written.set(job, folder);
    await materialise({ store: this.#store, prefix }, join(folder, 'run'));
    return filesIn(join(folder, 'run'));
  }

  async read(job: string, file: string, from: number, bytesMax: number): ReturnType<RunPlaces['read']> {
    const folder = this.#written.get(job);
    return folder === undefined ? null : partOf(join(folder, 'run'), file, from, bytesMax);
  }

  async close(): Promise<void> {
    for (const job of [...this.#written.keys()]) await this.#forget(job);
  }

  async #forget(job: string): Promise<void> {
    const folder = this.#written.get(job);
    this.#written.delete(job);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function filesIn(root: string): Promise<readonly { readonly file: string; readonly bytes: number }[]> {
  if (!existsSync(root)) return [];
  const found: { readonly file: string; readonly bytes: number }[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.') || entry.name.startsWith('lock')) continue;
    const path = join(entry.parentPath, entry.name);
    const facts = await stat(path).catch(() => null); // a run that goes on removes what is superfluous
    if (facts !== null) found.push({ file: path.slice(root.length + 1), bytes: facts.size });
  }
  return found.sort((a, b) => a.file < b.file ? -1 : 1);
}

/** By its name in the list alone: no path leads out. */
async function partOf(root: string, file: string, from: number, bytesMax: number): ReturnType<RunPlaces['read']> {
  if (!(await filesIn(root)).some((one) => one.file === file)) return null;
  const handle = await open(join(root, file), 'r').catch(() => null);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    const part = new Uint8Array(Math.max(0, Math.min(bytesMax, size - from)));
    const { bytesRead } = await handle.read(part, 0, part.length, from);
    return { part: part.subarray(0, bytesRead), bytes: size };
  } finally {
    await handle.close();
  }
}
