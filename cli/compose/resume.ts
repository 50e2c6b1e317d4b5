// `ebm resume`: goes on with a run from its last good checkpoint, bit for bit; a longer run may be asked for.
import { extendJob } from '../../platform/config/compile.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import { checkUnchanged, loadData } from '../../platform/data/load.ts';
import { openRunDirectory, type OpenRun } from '../../platform/journal/run-directory.ts';
import type { Snapshot } from '../../platform/journal/journal.ts';
import type { CompiledJob } from '../../ebm/job.ts';
import type { RunOutcome } from '../../coordinator/shell/events.ts';
import type { ResumeOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { threadsOf } from './engines.ts';
import { recordLength } from './lengths.ts';
import { checkRoom, exitCodeOf, sayWhatNext, type RunListener } from './train.ts';
import { trainRun } from './trainer.ts';

export async function resume(options: ResumeOptions, output: Output): Promise<ExitCode> {
  const { directory, signal } = options;
  const outcome = await goOn(options, output);
  if (outcome.kind === 'already-finished') {
    const { updates } = outcome;
    output.result({ kind: 'already-finished', directory, updates },
      `${directory} has done its ${updates} updates. \`ebm resume ${directory} --set train.epochs=N\` with a larger N trains longer.`);
    return 0;
  }
  sayWhatNext(output, directory, outcome.kind);
  return exitCodeOf(outcome.kind, signal);
}

/** A run that had nothing left to do: nothing was computed or changed. */
export interface AlreadyFinished { readonly kind: 'already-finished'; readonly updates: number }

/** Trains on to a terminal state; the directory is free again when the promise settles. */
export async function goOn(options: ResumeOptions, listener: RunListener): Promise<RunOutcome | AlreadyFinished> {
  const { directory, signal, threads, workers } = options;
  const run = await openRunDirectory(directory);
  try {
    const { job, warnings: jobWarnings } = extendJob(run.job, options.overrides);
    const restored = await run.journal.restore();
    const start = restored.kind === 'restored' ? restored.snapshot : null;
    const warnings = [...run.warnings, ...restored.warnings, ...jobWarnings];
    warnings.forEach((warning) => { listener.warn(warning); });
    if (start === null) listener.note('No checkpoint yet: starting from the seed.');
    if (isDone(run, job, start)) return { kind: 'already-finished', updates: job.train.updates };
    const data = await loadData(job.data, '/', job.seed);
    checkUnchanged(job.facts, data);
    await checkRoom(job, directory, { threads: threadsOf(threads), listener });
    if (options.overrides.length > 0) {
      const { updates } = run.job.train;
      if (updates !== job.train.updates && start !== null) await recordLength(run.journal, directory, { update: start.update, updates });
      await run.replaceJob({ job, digest: jobDigest(job) });
    }
    return await trainRun({
      job, data, directory, journal: run.journal, start, workers, threads, signal, warnings, onEvent: (event) => { listener.event(event); },
    });
  } finally {
    await run.journal.close();
  }
}

/** Throws for a run that is already longer than it is asked to be. */
function isDone(run: OpenRun, job: CompiledJob, start: Snapshot | null): boolean {
  if (start === null) return false;
  if (start.update > job.train.updates) {
    throw new UsageError('already-longer', `the run has done ${start.update} updates, and ${job.train.updates} are asked for`, 'Ask for more, or start a new run.');
  }
  return start.update === job.train.updates && run.job.train.updates === job.train.updates && start.reason !== 'signal' && start.reason !== 'pause';
}
