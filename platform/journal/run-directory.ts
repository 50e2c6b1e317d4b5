// A run directory as a whole: made new for a run, opened to go on, locked against a second process, its job read and replaced.
// Paths in errors are as the user wrote them.
import { isContinuous } from '../../ebm/job.ts';
import { basename, dirname, join } from 'node:path';
import { fileLease, isLockName } from '../lease/file.ts';
import type { Lease } from '../lease/lease.ts';
import { processes, type Processes } from '../lease/processes.ts';
import { ensureDirectory, putFile, removeTemporaries, replaceFile, syncPath } from '../store/durable.ts';
import { guarded, StorageError } from '../store/errors.ts';
import { systemCode, type Files } from '../store/files.ts';
import { nodeFiles } from '../store/node-files.ts';
import { METRICS_NAME, openDirectoryJournal, type DirectoryJournal } from './directory.ts';
import { LEDGER_NAME } from './ledger-file.ts';
import { encodeJob, JOB_NAME, readJob, type RunJob } from './job-document.ts';

/** What a run directory needs of the machine. */
export interface RunSystem {
  readonly files: Files;
  readonly processes: Processes;
  /** Wall clock, told to those who find the directory in use. */
  readonly nowMs: () => number;
  /** Whoever opens a run has a fence that keeps earlier holders from writing (a cluster's epoch): their lock is no obstacle. */
  readonly isFenced?: boolean;
}

export function realRunSystem(): RunSystem {
  return { files: nodeFiles(), processes: processes(), nowMs: Date.now };
}

export interface OpenRun extends RunJob {
  readonly path: string;
  /** Closing it gives the directory back. */
  readonly journal: DirectoryJournal;
  /** What was found and mended: a torn line, a damaged ledger. */
  readonly warnings: readonly string[];
  /** For a longer run: replaces job.json, durably. */
  readonly replaceJob: (next: RunJob) => Promise<void>;
}

const isNothing = (name: string): boolean => isLockName(name) || name.startsWith('.tmp-');

async function requireEmpty({ files }: RunSystem, path: string): Promise<void> {
  const facts = await files.describe(path);
  if (facts === null) return;
  if (facts.kind !== 'directory') throw new StorageError({ code: 'not-a-directory', path, what: 'this is a file, a run needs a directory', remedy: 'Choose another name with --out.' });
  const names = (await files.list(path)).filter((name) => !isNothing(name));
  if (names.length === 0) return;
  const isRun = names.includes(JOB_NAME);
  const some = `${names.slice(0, 3).join(', ')}${names.length > 3 ? `, and ${names.length - 3} more` : ''}`;
  throw new StorageError({
    code: 'not-empty', path, what: isRun ? 'this directory holds a run already' : `this directory is not empty (${some})`,
    remedy: isRun ? `Go on with it (ebm resume ${path}), or choose another directory with --out.` : 'Choose a new or empty directory with --out.',
  });
}

async function lock(system: RunSystem, path: string): Promise<Lease> {
  const lease = fileLease({ ...system, directory: path });
  const outcome = await lease.take();
  if (outcome.kind === 'taken' || system.isFenced === true) return lease;
  const { name, since, remedy } = outcome.by;
  throw new StorageError({ code: 'in-use', path, what: `this run directory is in use by ${name} since ${since}`, remedy });
}

/** Runs `open` with the directory locked; gives the lock back if it fails. */
async function locked<Result>(system: RunSystem, path: string, open: (lease: Lease) => Promise<Result>): Promise<Result> {
  const lease = await lock(system, path);
  try {
    return await open(lease);
  } catch (error) {
    await lease.giveUp().catch(() => undefined);
    throw error;
  }
}

/** Files that grow get a new inode: who still has the old one open, and wakes up, writes where nobody looks. */
async function takeOver(files: Files, path: string): Promise<void> {
  for (const name of [LEDGER_NAME, METRICS_NAME].map((each) => join(path, each))) {
    const facts = await files.describe(name);
    if (facts?.kind !== 'file') continue;
    const file = await files.open(name);
    const bytes = new Uint8Array(facts.bytes);
    try {
      for (let at = 0, read = -1; at < bytes.length && read !== 0; at += read) read = await file.read(bytes.subarray(at), at);
    } finally {
      await file.close();
    }
    await replaceFile(files, name, bytes);
  }
}

async function opened({ files, isFenced }: RunSystem, path: string, lease: Lease): Promise<OpenRun> {
  await removeTemporaries(files, path);
  if (isFenced === true) await takeOver(files, path);
  // Names that a process made just before it died; those in the directory itself the lock has made durable.
  await syncPath(files, path);
  const { job, digest } = await readJob(files, path);
  const settings = { every: job.checkpoint.every, keep: job.checkpoint.keep, grid: isContinuous(job) ? 0 : job.model.grid };
  const { journal, warnings } = await openDirectoryJournal(files, path, settings, () => lease.giveUp());
  const replaceJob = (next: RunJob): Promise<void> => guarded(join(path, JOB_NAME), 'replacing the job', () => replaceFile(files, join(path, JOB_NAME), encodeJob(next)));
  return { path, job, digest, journal, warnings, replaceJob };
}

/** A run directory for a new run: absent or empty. Throws StorageError. */
export function createRunDirectory(path: string, run: RunJob, system: RunSystem = realRunSystem()): Promise<OpenRun> {
  return guarded(path, 'making the run directory', async () => {
    await requireEmpty(system, path);
    await ensureDirectory(system.files, path);
    return locked(system, path, async (lease) => {
      // job.json is what makes it a run directory: until it is there, it counts as empty.
      await requireEmpty(system, path);
      await putFile(system.files, join(path, JOB_NAME), encodeJob(run));
      return opened(system, path, lease);
    });
  });
}

/** Up to five runs beside a path that is none, for the error. */
async function runsBeside(files: Files, path: string): Promise<readonly string[]> {
  const parent = dirname(path);
  const found: string[] = [];
  for (const name of await files.list(parent).catch(() => [])) {
    const isRun = await files.describe(join(parent, name, JOB_NAME)).catch(() => null);
    if (isRun !== null) found.push(join(parent, name));
    if (found.length === 5) break;
  }
  return found;
}

/** That there is a run directory. Throws StorageError: missing, not-a-directory or not-a-run. */
export async function requireRun(files: Files, path: string): Promise<void> {
  const facts = await files.describe(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOTDIR') return null;
    throw error;
  });
  if (facts === null) {
    const beside = await runsBeside(files, path);
    const remedy = beside.length === 0 ? 'Give the directory that `ebm train` wrote.' : `There ${beside.length === 1 ? 'is' : 'are'}: ${beside.join(', ')}.`;
    throw new StorageError({ code: 'missing', path, what: 'there is no such run directory', remedy });
  }
  if (facts.kind !== 'directory') {
    const remedy = basename(path) === JOB_NAME ? `Give its directory, ${dirname(path)}.` : 'Give the directory that `ebm train` wrote.';
    throw new StorageError({ code: 'not-a-directory', path, what: 'this is a file, not a run directory', remedy });
  }
  await readJob(files, path);
}

/** A run directory to go on with, locked until its journal is closed. Throws StorageError. */
export function openRunDirectory(path: string, system: RunSystem = realRunSystem()): Promise<OpenRun> {
  return guarded(path, 'opening the run directory', async () => {
    // Before the lock, so that no lock is left in a directory that is no run.
    await requireRun(system.files, path);
    return locked(system, path, (lease) => opened(system, path, lease));
  });
}
