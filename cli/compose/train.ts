// `ebm train`: from a job to a new run directory with a trained model, samples and a report. The library trains by the same steps.
import { mkdir, readdir, rmdir, stat, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isContinuous, type AnyJob } from '../../ebm/job.ts';
import type { RunOutcome } from '../../coordinator/shell/events.ts';
import { compileJob } from '../../platform/config/compile.ts';
import type { JobSpec } from '../../platform/config/config.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import { estimateRun, shortages } from '../../platform/config/estimate.ts';
import { loadAny, type AnyLoaded } from '../../platform/data/load.ts';
import { BUILT_IN_NAMES } from '../../platform/data/source.ts';
import { isDatasetDigest } from '../../platform/datasets/names.ts';
import { createRunDirectory } from '../../platform/journal/run-directory.ts';
import { guarded, StorageError } from '../../platform/store/errors.ts';
import { systemCode } from '../../platform/store/files.ts';
import type { TrainOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { bytes } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { stopRequestOf } from '../terminal/signals.ts';
import { tryEnergy } from './continuous.ts';
import { threadsOf } from './engines.ts';
import { letHeapGrow } from './heap.ts';
import { moduleOf, withEnergy, withModule } from './modules.ts';
import { whileServed, type Observers, type RunListener } from './serve.ts';
import { trainRun } from './trainer.ts';

const RUNS_FOLDER = 'runs';

export function train(options: TrainOptions, output: Output): Promise<ExitCode> {
  letHeapGrow();
  return whileServed(options, output, (observers) => trainObserved(options, observers, output)); // before there is a directory
}

async function trainObserved(options: TrainOptions, observers: Observers, output: Output): Promise<ExitCode> {
  const { out, spec, signal } = options;
  const directory = out ?? await claimDirectory(spec.name);
  try {
    const outcome = await trainInto(directory, options, observers);
    sayWhatNext(output, directory, outcome.kind);
    return exitCodeOf(outcome.kind, signal);
  } catch (error) {
    // What came to nothing leaves no empty directory behind; one with a run in it stays.
    if (out === null) await rmdir(directory).catch(() => undefined);
    throw error;
  }
}

/** Trains into a run directory that is absent or empty; the directory is free again when the promise settles. */
export async function trainInto(directory: string, options: Omit<TrainOptions, 'out' | 'serve'>, { listener, ...measuring }: Observers): Promise<RunOutcome> {
  const { threads, workers, signal } = options;
  const { job, data } = await loadJob(options);
  await checkRoom(job, directory, { threads: threadsOf(threads), listener });
  const run = await createRunDirectory(directory, { job, digest: jobDigest(job) });
  try {
    run.warnings.forEach((warning) => { listener.warn(warning); });
    return await trainRun({
      job, data, directory, journal: run.journal, start: null, workers, threads, signal, warnings: run.warnings, ...measuring,
      onEvent: (event) => { listener.event(event); },
    });
  } finally {
    await run.journal.close();
  }
}

/** The compiled job and its data; a user's energy has been tried on them, before there is a directory. Throws ConfigError, ModuleError and DataError. */
export async function loadJob({ spec, baseFolder }: Pick<TrainOptions, 'spec' | 'baseFolder'>): Promise<{ readonly job: AnyJob; readonly data: AnyLoaded }> {
  const found = located(await withModule(spec, baseFolder), baseFolder);
  const data = await loadAny(found.data, baseFolder, found.seed);
  const job = compileJob(found, data.facts, data.shape);
  if (isContinuous(job) && moduleOf(job) !== null) await tryEnergy(job, data);
  return { job, data };
}

/** A path in a job is relative to the job's file; in a run directory it must be found from anywhere. */
export function located(spec: JobSpec, baseFolder: string): JobSpec {
  const { source } = spec.data;
  const isName = (BUILT_IN_NAMES as readonly string[]).includes(source) || isDatasetDigest(source);
  const found = isName ? spec : { ...spec, data: { ...spec.data, source: resolve(baseFolder, source) } };
  const energy = moduleOf(found);
  return energy === null || (energy.compiled ?? null) !== null ? found : withEnergy(found, { ...energy, path: resolve(baseFolder, energy.path) });
}

/** Makes runs/NAME-NUMBER with the first number after those in use; of several processes that try at once each gets its own. */
async function claimDirectory(name: string): Promise<string> {
  return guarded(RUNS_FOLDER, 'making the run directory', async () => {
    await madeDirectory(RUNS_FOLDER);
    const numbers = (await readdir(RUNS_FOLDER)).map((each) => each.startsWith(`${name}-`) ? Number(each.slice(name.length + 1)) : NaN).filter((n) => Number.isSafeInteger(n) && n > 0);
    for (let number = Math.max(0, ...numbers) + 1; ; number += 1) {
      const directory = join(RUNS_FOLDER, `${name}-${number}`);
      if (await madeDirectory(directory)) return directory;
    }
  }).catch((error: unknown) => {
    if (!(error instanceof StorageError) || (error.code !== 'read-only' && error.code !== 'no-permission')) throw error;
    throw new UsageError(error.code, error.message, 'Name it with --out DIR.');
  });
}

/** False if there is something of that name. Not recursive: of a read-only disk Node's recursive mkdir says that nothing is there (ENOENT). */
async function madeDirectory(path: string): Promise<boolean> {
  return mkdir(path).then(() => true, (error: unknown) => {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  });
}

/** Says what a run will need, and refuses one that cannot end. `directory` null: it needs no disk. */
export async function checkRoom(job: AnyJob, directory: string | null, { threads, listener }: { readonly threads: number; readonly listener: RunListener }): Promise<void> {
  const estimate = estimateRun(job, threads);
  listener.note(`${job.name}: about ${bytes(estimate.memoryBytes)} of memory${directory === null ? '' : ` and ${bytes(estimate.diskBytes)} of disk`}`);
  const [shortage] = shortages(estimate, freemem(), directory === null ? null : await freeDiskBytes(resolve(directory)));
  if (shortage === undefined) return;
  const { kind, neededBytes, freeBytes: have, remedy } = shortage;
  throw new UsageError(`not-enough-${kind}`, `the run needs about ${bytes(neededBytes)} of ${kind}, and ${bytes(have)} are free${kind === 'disk' ? ` on the disk of ${directory}` : ''}`, `Choose ${remedy}.`);
}

/** Of the disk that a path is or will be on; null if it cannot be told. */
async function freeDiskBytes(path: string): Promise<number | null> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (await stat(folder).catch(() => null) !== null) {
      const facts = await statfs(folder).catch(() => null);
      return facts === null ? null : facts.bavail * facts.bsize;
    }
    if (dirname(folder) === folder) return null;
  }
}

type OutcomeKind = 'finished' | 'failed' | 'cancelled' | 'interrupted';

export function exitCodeOf(kind: OutcomeKind, signal: AbortSignal): ExitCode {
  switch (kind) {
    case 'finished': return 0;
    case 'failed':
    case 'cancelled': return 1;
    case 'interrupted': return stopRequestOf(signal)?.exitCode ?? 1;
  }
}

export function sayWhatNext(output: Output, directory: string, kind: OutcomeKind): void {
  if (kind === 'finished') output.note(`Look at ${join(directory, 'report.html')} and ${join(directory, 'samples')}; \`ebm evaluate ${directory}\` measures it again, \`ebm verify ${directory}\` recomputes it.`);
  if (kind === 'interrupted') output.note(`\`ebm resume ${directory}\` goes on.`);
}
