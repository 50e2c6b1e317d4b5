// `ebm resume`: goes on with a run from its last good checkpoint, bit for bit; a longer run may be asked for.
import { extendJob } from '../../platform/config/compile.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import { checkUnchanged, loadAny } from '../../platform/data/load.ts';
import { LEDGER_START, type RestoreOutcome, type Snapshot } from '../../platform/journal/journal.ts';
import { noneGood, readRunDirectory } from '../../platform/journal/reading.ts';
import { openRunDirectory, type OpenRun } from '../../platform/journal/run-directory.ts';
import type { EarlierLength } from '../../coordinator/machine/settings.ts';
import type { AnyJob } from '../../ebm/job.ts';
import type { RunOutcome } from '../../coordinator/shell/events.ts';
import type { ResumeOptions } from '../commands/actions.ts';
import type { FinishedEvent } from '../terminal/events.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { threadsOf } from './engines.ts';
import { letHeapGrow } from './heap.ts';
import { lengthsAfter, readLengths, writeLengths } from './lengths.ts';
import { recordedEnd } from './recorded.ts';
import { whileServed, type Observers } from './serve.ts';
import { checkRoom, exitCodeOf, sayWhatNext } from './train.ts';
import { trainRun } from './trainer.ts';

export async function resume(options: ResumeOptions, output: Output): Promise<ExitCode> {
  const { directory, signal } = options;
  letHeapGrow();
  const outcome = await whileServed(options, output, (observers) => goOn(options, observers));
  if (outcome.kind === 'already-finished') {
    const { updates } = outcome;
    output.result({ ...outcome.facts, kind: 'already-finished', directory },
      `${directory} has done its ${updates} updates. \`ebm resume ${directory} --set train.epochs=N\` with a larger N trains longer.`);
    return 0;
  }
  sayWhatNext(output, directory, outcome.kind);
  return exitCodeOf(outcome.kind, signal);
}

/** A run that had nothing left to do: nothing was computed or changed. `facts`: its end, as it was told then. */
export interface AlreadyFinished { readonly kind: 'already-finished'; readonly updates: number; readonly facts: FinishedEvent }

/** Trains on to a terminal state; the directory is free again when the promise settles. */
export async function goOn(options: Omit<ResumeOptions, 'serve'>, { listener, ...measuring }: Observers): Promise<RunOutcome | AlreadyFinished> {
  const { directory, signal, threads, workers } = options;
  const run = await openRunDirectory(directory);
  try {
    const { job, warnings: jobWarnings } = extendJob(run.job, options.overrides);
    const restored = await run.journal.restore();
    const start = await startOf(restored, run);
    const facts = await endOf(run, job, start);
    // From the seed a run of another length is the run that it would have been: nothing of the old schedule is in it.
    const warnings = [...run.warnings, ...restored.warnings, ...((start?.update ?? 0) === 0 ? [] : jobWarnings)];
    warnings.forEach((warning) => { listener.warn(warning); });
    if (start === null) listener.note('There is no checkpoint yet: starting from the seed.');
    if (facts !== null) return { kind: 'already-finished', updates: job.train.updates, facts };
    const data = await loadAny(job.data, directory, job.seed);
    checkUnchanged(job.facts, data);
    await checkRoom(job, directory, { threads: threadsOf(threads), listener });
    const lengths = options.overrides.length > 0 ? await change(run, job, start) : await readLengths(directory);
    return await trainRun({
      job, data, directory, journal: run.journal, start, lengths, workers, threads, signal, warnings, ...measuring, onEvent: (event) => { listener.event(event); },
    });
  } finally {
    await run.journal.close();
  }
}

/** Null: from the seed. Throws where checkpoints are there and none is good: computing all of it again is for the user to decide. */
async function startOf(restored: RestoreOutcome, { path }: OpenRun): Promise<Snapshot | null> {
  if (restored.kind === 'restored') return restored.snapshot;
  const damaged = (await (await readRunDirectory(path)).checkpoints('deep')).flatMap((checkpoint) => checkpoint.kind === 'damaged' ? [checkpoint.what] : []);
  if (damaged.length === 0) return null;
  throw noneGood(path, damaged);
}

/** How the run ended, if it has nothing left to do. Throws for a run that is already longer than it is asked to be. */
async function endOf({ path, job: before }: OpenRun, job: AnyJob, start: Snapshot | null): Promise<FinishedEvent | null> {
  if (start === null) return null;
  const { updates } = job.train;
  if (start.update > updates) {
    throw new UsageError('already-longer', `the run has done ${start.update} updates, and ${updates} are asked for`, 'Ask for more, or start a new run.');
  }
  return start.update === updates && before.train.updates === updates ? recordedEnd(path, start) : null;
}

/** Makes the changed job durable, in an order that a crash at any point leaves a run that goes on. Returns the lengths it has had. */
async function change(run: OpenRun, job: AnyJob, start: Snapshot | null): Promise<readonly EarlierLength[]> {
  const before = await readLengths(run.path);
  const { updates } = run.job.train;
  const isLonger = job.train.updates !== updates;
  const lengths = isLonger ? lengthsAfter(before, { update: start?.update ?? 0, updates }) : before;
  if (isLonger) {
    await writeLengths(run.journal, lengths);
    // Lines after the checkpoint were computed with the old length: what comes in their place is meant to differ.
    if (job.train.optimiser.schedule !== 'constant') await run.journal.dropLedger(start?.ledger ?? LEDGER_START);
  }
  await run.replaceJob({ job, digest: jobDigest(job) });
  return lengths;
}
