// `ebm train`: from a job to a new run directory with a trained model, samples and a report.
import { mkdir, readdir, stat, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { CompiledJob } from '../../ebm/job.ts';
import { compileJob } from '../../platform/config/compile.ts';
import type { JobSpec } from '../../platform/config/config.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import { estimateRun, shortages } from '../../platform/config/estimate.ts';
import { loadData } from '../../platform/data/load.ts';
import { BUILT_IN_NAMES } from '../../platform/data/source.ts';
import { createRunDirectory } from '../../platform/journal/run-directory.ts';
import type { TrainOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { bytes } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { stopRequestOf } from '../terminal/signals.ts';
import { threadsOf } from './engines.ts';
import { trainRun } from './trainer.ts';

const RUNS_FOLDER = 'runs';

export async function train(options: TrainOptions, output: Output): Promise<ExitCode> {
  const spec = located(options.spec, options.baseFolder);
  const data = await loadData(spec.data, options.baseFolder, spec.seed);
  const job = compileJob(spec, data.facts);
  const directory = options.out ?? await nextDirectory(job.name);
  await checkRoom(job, directory, { threads: threadsOf(options.threads), output });
  await mkdir(dirname(resolve(directory)), { recursive: true });
  const run = await createRunDirectory(directory, { job, digest: jobDigest(job) });
  try {
    run.warnings.forEach((warning) => { output.warn(warning); });
    const outcome = await trainRun({
      job, data, directory, journal: run.journal, start: null, workers: options.workers, threads: options.threads, signal: options.signal,
      warnings: run.warnings, onEvent: (event) => { output.event(event); },
    });
    sayWhatNext(output, directory, outcome.kind);
    return exitCodeOf(outcome.kind, options.signal);
  } finally {
    await run.journal.close();
  }
}

/** A path in a job is relative to the job's file; in a run directory it must be found from anywhere. */
export function located(spec: JobSpec, baseFolder: string): JobSpec {
  const { source } = spec.data;
  const isBuiltIn = (BUILT_IN_NAMES as readonly string[]).includes(source);
  return isBuiltIn ? spec : { ...spec, data: { ...spec.data, source: resolve(baseFolder, source) } };
}

/** runs/NAME-NUMBER with the first number after those in use. */
async function nextDirectory(name: string): Promise<string> {
  const there = await readdir(RUNS_FOLDER).catch(() => [] as string[]);
  const numbers = there.map((each) => each.startsWith(`${name}-`) ? Number(each.slice(name.length + 1)) : NaN).filter((n) => Number.isInteger(n) && n > 0);
  return join(RUNS_FOLDER, `${name}-${Math.max(0, ...numbers) + 1}`);
}

/** Says what a run will need, and refuses one that cannot end. */
export async function checkRoom(job: CompiledJob, directory: string, { threads, output }: { readonly threads: number; readonly output: Output }): Promise<void> {
  const estimate = estimateRun(job, threads);
  output.note(`${job.name}: about ${bytes(estimate.memoryBytes)} of memory and ${bytes(estimate.diskBytes)} of disk`);
  const [shortage] = shortages(estimate, freemem(), await freeDiskBytes(resolve(directory)));
  if (shortage === undefined) return;
  const { kind, neededBytes, freeBytes: have, remedy } = shortage;
  throw new UsageError(`not-enough-${kind}`, `the run needs about ${bytes(neededBytes)} of ${kind}, and ${bytes(have)} are free`, `Choose ${remedy}.`);
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
  if (kind === 'finished') output.note(`Look at ${join(directory, 'report.html')} and ${join(directory, 'samples')}; \`ebm sample ${directory}\` draws more, \`ebm verify ${directory}\` recomputes it.`);
  if (kind === 'interrupted') output.note(`\`ebm resume ${directory}\` goes on.`);
}
