// Training for the library: jobs as values, into a run directory or in memory alone, new or resumed. The steps are those of `ebm train`
// and `ebm resume`; here they become a run that can be iterated over, with the trained model as its result.
import { dirname, resolve } from 'node:path';
import type * as z from 'zod';
import { isContinuous } from '../../ebm/job.ts';
import type { RunOutcome } from '../../coordinator/shell/events.ts';
import { readJob as readJobFile, specFromValue } from '../../platform/config/read.ts';
import type { jobSchema } from '../../platform/config/schema.ts';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import type { RunEvent } from '../terminal/events.ts';
import { UsageError } from '../terminal/failure.ts';
import { threadsOf } from './engines.ts';
import { modelInMemory, openModel, type Model } from './library-model.ts';
import { threadsOption, workersOption, type ComputeOptions } from './library-options.ts';
import { RunError, startRun, type Run, type RunSite, type TrainResult } from './library-run.ts';
import { goOn } from './resume.ts';
import type { RunListener } from './serve.ts';
import { checkRoom, loadJob, located, trainInto } from './train.ts';
import { trainRun } from './trainer.ts';

/**
 * A job as in a job file. Everything but `data.source` and `model.kind` has a default; `ebm explain FIELD` says what each field means,
 * its unit, range and default.
 */
export type Job = z.input<typeof jobSchema>;

type ModelKind = Job['model']['kind'];

/** The model that comes of a job whose `model.kind` is known. */
export type ModelOf<Kind extends ModelKind> = Extract<Model, { readonly kind: Kind }>;

export interface TrainOptions extends ComputeOptions {
  /** Run directory, new or empty. Without it nothing is written: checkpoints are kept in memory and go with the run. */
  readonly directory?: string | undefined;
  /** Worker roles in this process, 1 by default. Any number gives the same bits. */
  readonly workers?: number | undefined;
  /** Where a relative `data.source` starts; without it the current folder. */
  readonly baseFolder?: string | undefined;
}

export interface ResumeOptions extends ComputeOptions {
  /** As for `train`. */
  readonly workers?: number | undefined;
  /** A new length of the whole run in epochs, or in `updates` (not both); without either the run's own. */
  readonly epochs?: number | undefined;
  readonly updates?: number | undefined;
}

/**
 * Trains a model. The run begins at once; its events and its result belong to the object that is returned (see Run).
 *
 * Aborting the signal stops the run softly: the update is finished, a checkpoint taken, and the result is of kind `interrupted`.
 * The result rejects with ConfigError, DataError, StorageError or UsageError for what is wrong with the job, its data, the directory
 * or the options, and with RunError for training that fails. Where the type of the job says which kind of model it has, that of the result does.
 */
export function train<Kind extends ModelKind = ModelKind>(job: Job & { readonly model: { readonly kind: Kind } }, options: TrainOptions = {}): Run<ModelOf<Kind>> {
  // Which model comes of a job is the job's to say.
  return startRun((site) => trainJob(job, options, new Recorder(site)), options.signal) as Run<ModelOf<Kind>>;
}

/**
 * Goes on with the run in a directory from its newest good checkpoint, to the bits of one that was never interrupted. A run that has
 * nothing left to do is `finished` at once, with the facts that it ended with then. Rejects as `train` does.
 */
export function resume(directory: string, options: ResumeOptions = {}): Run {
  return startRun((site) => resumeRun(directory, options, new Recorder(site)), options.signal);
}

/** A job file as a value; a relative data source is found from the file's folder. Throws ConfigError. */
export async function readJob(path: string): Promise<Job> {
  return located(await readJobFile(path), dirname(resolve(path))) as Job; // a compiled job is a job
}

/** Passes on what a run tells, but for its end, which is told when everything is put away. */
class Recorder implements RunListener {
  readonly signal: AbortSignal;
  readonly #tell: RunSite['tell'];
  end: RunEvent | null = null;

  constructor({ tell, signal }: RunSite) {
    this.#tell = tell;
    this.signal = signal;
  }

  event(event: RunEvent): void {
    const isEnd = event.kind === 'finished' || event.kind === 'interrupted' || event.kind === 'failed' || event.kind === 'cancelled';
    if (isEnd) this.end = event;
    else this.#tell(event);
  }

  warn(message: string): void {
    this.#tell({ kind: 'warning', message });
  }

  /** Remarks for someone at a terminal. */
  note(): void { /* nobody is there */ }
}

type Request = Parameters<typeof trainInto>[1];

async function trainJob(job: Job, options: TrainOptions, told: Recorder): Promise<TrainResult> {
  const { directory, baseFolder = '.' } = options;
  const request: Request = {
    spec: specFromValue(job), baseFolder: resolve(baseFolder), threads: threadsOption(options), workers: workersOption(options.workers), signal: told.signal,
  };
  if (directory === undefined) return trainInMemory(request, told);
  return resultOf(told, await trainInto(directory, request, { listener: told }), { directory, model: () => modelIn(directory, told) });
}

async function resumeRun(directory: string, options: ResumeOptions, told: Recorder): Promise<TrainResult> {
  const overrides = lengthOverrides(options);
  const outcome = await goOn({ directory, overrides, threads: threadsOption(options), workers: workersOption(options.workers), signal: told.signal }, { listener: told });
  if (outcome.kind !== 'already-finished') return resultOf(told, outcome, { directory, model: () => modelIn(directory, told) });
  return { kind: 'finished', facts: outcome.facts, model: await modelIn(directory, told), directory };
}

function lengthOverrides({ epochs, updates }: ResumeOptions): readonly string[] {
  if (epochs !== undefined && updates !== undefined) throw new UsageError('wrong-option', `epochs (${epochs}) and updates (${updates}) both say how long the run is; give one of them`);
  return [...(epochs === undefined ? [] : [`train.epochs=${epochs}`]), ...(updates === undefined ? [] : [`train.updates=${updates}`])];
}

function modelIn(directory: string, told: Recorder): Promise<Model> {
  return openModel(directory, { onWarning: (message) => { told.warn(message); } });
}

/** A journal in memory without the lines that only a report would read, so that it does not grow with the hours that a run takes. */
class RunMemory extends MemoryJournal {
  override appendMetrics(): Promise<void> {
    return Promise.resolve();
  }
}

async function trainInMemory(request: Request, told: Recorder): Promise<TrainResult> {
  const { threads, workers, signal } = request;
  const { job, data } = await loadJob(request);
  await checkRoom(job, null, { threads: threadsOf(threads), listener: told });
  const journal = new RunMemory({ every: job.checkpoint.every, keep: job.checkpoint.keep, grid: isContinuous(job) ? 0 : job.model.grid });
  const outcome = await trainRun({
    job, data, directory: null, journal, start: null, workers, threads, signal, warnings: [], onEvent: (event) => { told.event(event); },
  });
  return resultOf(told, outcome, {
    directory: null,
    model() {
      const [newest] = journal.checkpoints;
      if (newest === undefined) throw new Error('the run ended without a checkpoint');
      return modelInMemory(job, newest);
    },
  });
}

interface Place {
  readonly directory: string | null;
  readonly model: () => Model | Promise<Model>;
}

async function resultOf({ end }: Recorder, outcome: RunOutcome, { directory, model }: Place): Promise<TrainResult> {
  if (end?.kind === 'finished') return { kind: 'finished', facts: end, model: await model(), directory };
  if (end?.kind === 'interrupted') return { kind: 'interrupted', facts: end, model: await model(), directory };
  throw new RunError(outcome.kind === 'failed' ? outcome : { code: outcome.kind, message: `the run was ${outcome.kind}`, update: outcome.update, cause: null });
}
