// Where a cluster keeps what it must not lose: a directory, on one machine or shared by several, or a NATS server that syncs each write. Each
// place has a store for the log of decisions, a lease that decides who tries to lead, and the runs' journals.
import { existsSync } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { realClock } from '../../platform/clock/real.ts';
import type { RunJob } from '../../platform/journal/job-document.ts';
import { fencedJournal } from '../../platform/journal/fenced.ts';
import type { Journal } from '../../platform/journal/journal.ts';
import { createRunDirectory, openRunDirectory, realRunSystem } from '../../platform/journal/run-directory.ts';
import { storedFiles, type StoredFiles } from '../../platform/journal/store-files.ts';
import { createStoreRun, openStoreRun } from '../../platform/journal/store-run.ts';
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
import { compareKeys, isKey } from '../../platform/store/keys.ts';
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

export interface RunFile { readonly file: string; readonly bytes: number }

export interface RunPlaces {
  /** Null where a run has no directory. */
  directory(job: string): string | null;
  /** The journal of a job's run, made if there is none. Nothing is written that `assertLeading` rejects. Whoever had it open before writes no more. */
  open(job: string, made: RunJob, assertLeading: () => Promise<void>): Promise<OpenJournal>;
  /** Those whose names come after `after`, by name. */
  files(job: string, after: string): Promise<readonly RunFile[]>;
  /** A part of a file that `files` named; null if there is none, or none any more. */
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
  return { name: 'nats', store, lease, runs: new StoredRuns(store), datasets: () => datasetsInStore(store, 'nats'), close: () => store.close() };
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

  files(job: string, after: string): Promise<readonly RunFile[]> { return filesIn(this.directory(job), after); }

  read(job: string, file: string, from: number, bytesMax: number): ReturnType<RunPlaces['read']> { return partOf(this.directory(job), file, from, bytesMax); }
}

/** Runs whose files are being fetched: what they were when their first file was asked for. */
const FETCHED_RUNS_MAX = 4;

class StoredRuns implements RunPlaces {
  readonly #store: Store;
  /** By job, the one that was asked for last at the end. */
  readonly #fetched = new Map<string, StoredFiles>();
  /** A large file is asked for part by part. */
  #last: { readonly of: StoredFiles; readonly file: string; readonly content: Uint8Array } | null = null;

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

  async files(job: string, after: string): Promise<readonly RunFile[]> {
    if (after === '') this.#fetched.delete(job);
    return (await this.#files(job))?.files.filter(({ file }) => file > after) ?? [];
  }

  async read(job: string, file: string, from: number, bytesMax: number): ReturnType<RunPlaces['read']> {
    const of = await this.#files(job);
    if (of === null) return null;
    const isSame = this.#last?.of === of && this.#last.file === file;
    const content = isSame ? this.#last!.content : await of.read(file);
    if (content === null) return null;
    this.#last = { of, file, content };
    return { part: content.subarray(from, from + bytesMax), bytes: content.length };
  }

  /** Null if the run has not begun. */
  async #files(job: string): Promise<StoredFiles | null> {
    const prefix = `runs/${job}`;
    const known = this.#fetched.get(job);
    if (known === undefined && await this.#store.get(`${prefix}/job.json`) === null) return null;
    const files = known ?? await storedFiles({ store: this.#store, prefix });
    this.#fetched.delete(job);
    this.#fetched.set(job, files);
    const [oldest] = this.#fetched.keys();
    if (this.#fetched.size > FETCHED_RUNS_MAX && oldest !== undefined) this.#fetched.delete(oldest);
    return files;
  }
}

/** Whether a run directory's file is the run's: no lock, nothing that is being written, and no path that leads out. */
function isRunFile(file: string): boolean {
  return isKey(file) && !basename(file).startsWith('lock');
}

async function filesIn(root: string, after: string): Promise<readonly RunFile[]> {
  if (!existsSync(root)) return [];
  const found: RunFile[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const file = path.slice(root.length + 1);
    if (!entry.isFile() || !isRunFile(file) || file <= after) continue;
    const facts = await stat(path).catch(() => null); // a run that goes on removes what is superfluous
    if (facts !== null) found.push({ file, bytes: facts.size });
  }
  return found.sort((a, b) => compareKeys(a.file, b.file));
}

async function partOf(root: string, file: string, from: number, bytesMax: number): ReturnType<RunPlaces['read']> {
  if (!isRunFile(file)) return null;
  const path = join(root, file);
  // No link leads out either.
  if (await realpath(path).catch(() => null) !== join(await realpath(root).catch(() => root), file)) return null;
  const handle = await open(path, 'r').catch(() => null);
  if (handle === null) return null;
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) return null;
    const part = new Uint8Array(Math.max(0, Math.min(bytesMax, facts.size - from)));
    const { bytesRead } = await handle.read(part, 0, part.length, from);
    return { part: part.subarray(0, bytesRead), bytes: facts.size };
  } finally {
    await handle.close();
  }
}
