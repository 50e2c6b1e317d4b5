// What `ebm train`, `ebm resume`, the library and a cluster do alike once there is a place for the run: load the engine, train, draw samples at
// every checkpoint, write the report. Events go to whoever listens; failures of training are outcomes, everything else is thrown.
import type { AnyJob } from '../../ebm/job.ts';
import type { EarlierLength } from '../../coordinator/machine/settings.ts';
import type { RunEvent as ShellEvent, RunOutcome } from '../../coordinator/shell/events.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import type { AnyLoaded } from '../../platform/data/load.ts';
import type { AnyPublished, Journal, Snapshot } from '../../platform/journal/journal.ts';
import { tracesInDirectory, type TracesPlace } from '../../platform/journal/traces.ts';
import { jobTelemetry } from '../../platform/telemetry/job.ts';
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';
import type { ReportPicture } from '../report/input.ts';
import type { RunEvent, StartedEvent } from '../terminal/events.ts';
import { stopRequestOf } from '../terminal/signals.ts';
import { requireClass } from './device-class.ts';
import { recordedFigures } from './recorded.ts';
import { jsonLines, SAMPLES_FOLDER, writeReport } from './report.ts';
import { openStudio, type Drawn, type Studio } from './studio.ts';
import { runEmbedded, runOnFleet, type EmbeddedRun, type FleetPlace } from './training.ts';
import { versions } from './versions.ts';

export interface TrainerOptions {
  readonly job: AnyJob;
  readonly data: AnyLoaded;
  /** Null for a run that has none. */
  readonly directory: string | null;
  /** Of a run that is kept without a directory. With neither it is in memory: no samples are drawn and no report is written. */
  readonly traces?: TracesPlace;
  readonly journal: Journal;
  /** Null: from the seed. */
  readonly start: Snapshot | null;
  /** Of a run that was made longer. */
  readonly lengths?: readonly EarlierLength[];
  readonly workers: number;
  /** Where the workers are, if not here: then `workers` says nothing. */
  readonly fleet?: FleetPlace;
  readonly threads: number | null;
  /** Of a run with its workers in this process, whose gauges get the job's name; absent: nobody reads it. */
  readonly telemetry?: Telemetry;
  readonly signal?: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  /** Warnings that came up before: they belong into the report too. */
  readonly warnings: readonly string[];
}

type Evaluated = Extract<ShellEvent, { readonly kind: 'evaluated' }>;

interface Gallery extends Pick<Drawn, 'strip' | 'filters'> { readonly data: ReportPicture | null }

/** Trains to a terminal state, which is also the last event. */
export async function trainRun(options: TrainerOptions): Promise<RunOutcome> {
  const studio = await openStudio({ job: options.job, data: options.data, threads: options.threads, isEmbedded: options.fleet === undefined });
  try {
    return await trainIn(studio, options);
  } finally {
    await studio.close();
  }
}

async function trainIn(studio: Studio, options: TrainerOptions): Promise<RunOutcome> {
  const { job, directory } = options;
  if (options.fleet === undefined) {
    requireClass(job, options.start?.computedBy ?? [], studio.fingerprint,
      'Go on with that version of ebm on a machine of that class, or let the bits depend on who computes with --set resources.mixedClasses=true.');
  }
  const place = options.traces ?? (directory === null ? null : tracesInDirectory(directory));
  let gallery: Gallery = { data: place === null ? null : studio.dataPicture(), filters: null, strip: null };
  const warnings = [...options.warnings];
  let evaluated = null as Evaluated | null;
  const journal = place === null ? options.journal : withPictures(options.journal, { studio, onDrawn: (drawn) => { gallery = { ...gallery, ...drawn }; }, onFailure: (message) => { options.onEvent({ kind: 'warning', message }); } });
  const machine = { engine: studio.fingerprint.version, threads: studio.fingerprint.threads };
  const { fleet, workers } = options;
  const { workshop } = studio;
  const begin = (run: EmbeddedRun): Promise<RunOutcome> => fleet === undefined ? runEmbedded(workshop, run) : runOnFleet(workshop, run, fleet);
  const ended = await begin({
    workers, journal, start: options.start,
    ...(options.lengths === undefined ? {} : { lengths: options.lengths }),
    ...(options.telemetry === undefined ? {} : { telemetry: jobTelemetry(options.telemetry, job.name) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onEvent(event) {
      if (event.kind === 'evaluated') evaluated = event;
      if (event.kind === 'warning') warnings.push(event.message);
      if (event.kind === 'returned') warnings.push(`Worker ${event.worker} had computed wrongly: the run went back from update ${event.from} to ${event.to}.`);
      if (event.kind === 'quarantined') warnings.push(`Worker ${event.worker} was quarantined: ${event.reason}.`);
      if (!isTerminal(event)) options.onEvent(completed(event, options, machine)); // the end is told after the report is written
    },
  });
  evaluated ??= place === null || ended.kind !== 'finished' ? null : recordedFigures(jsonLines((await place.read()).metrics), ended);
  const outcome = withFigures(ended, evaluated);
  const end = completed(outcome, options, machine);
  if (place !== null) {
    try {
      // Before the report, which may fail too: whoever looks at the run later must know how it ended.
      if (end.kind === 'failed' || end.kind === 'cancelled') await options.journal.appendMetrics({ ...end, at: Date.now() });
      await writeReport(options.journal, {
        job, jobDigest: jobDigest(job), place, outcome, evaluated, ...gallery, filters: filtersOf(gallery, warnings), warnings, engine: outcome.kind === 'finished' ? outcome.engine : machine.engine, versions: versions(), residentBytesMax: residentBytesMax(),
      });
      // By this line the run is known as finished, so it comes when there is nothing left to do.
      if (end.kind === 'finished') await options.journal.appendMetrics({ ...end, at: Date.now() });
    } catch (error) {
      options.onEvent({ kind: 'warning', message: `the end of the run could not be recorded, or its report not be written: ${error instanceof Error ? error.message : String(error)}` });
    }
  }
  options.onEvent(end);
  return outcome;
}

/** A picture that cannot be drawn is a warning. */
function filtersOf({ filters }: Gallery, warnings: string[]): ReportPicture | null {
  try {
    return filters?.() ?? null;
  } catch (error) {
    warnings.push(`the filters could not be drawn: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** A run that went on from its last checkpoint measured nothing again: its figures are those on record. */
function withFigures(outcome: RunOutcome, evaluated: Evaluated | null): RunOutcome {
  if (outcome.kind !== 'finished' || evaluated === null) return outcome;
  const { testLogLikelihood, logPartition } = evaluated;
  return { ...outcome, testLogLikelihood: outcome.testLogLikelihood ?? testLogLikelihood, logPartition: outcome.logPartition ?? logPartition };
}

function isTerminal(event: ShellEvent): event is RunOutcome {
  return event.kind === 'finished' || event.kind === 'failed' || event.kind === 'cancelled' || event.kind === 'interrupted';
}

export function residentBytesMax(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** A shell's event with what only the composition root knows. */
function completed(event: ShellEvent, { job, directory, workers, signal }: TrainerOptions, machine: Pick<StartedEvent, 'engine' | 'threads'>): RunEvent {
  switch (event.kind) {
    case 'started': {
      const { job: digest, update, updates } = event;
      const { facts, model, name } = job;
      return { kind: 'started', job: digest, name, directory, update, updates, rows: facts.trainingRows, visible: facts.visible, hidden: model.kind === 'bernoulli-rbm' ? model.hidden : null, ...machine, workers };
    }
    case 'finished': {
      const { job: digest, update, epochs, parameters, chains, ledger, branch, rollbacks, engine, testLogLikelihood, logPartition, samplesPerSecond, seconds } = event;
      return {
        kind: 'finished', job: digest, updates: update, epochs, parameters, chains, ledger, branch, rollbacks, residentBytesMax: residentBytesMax(),
        engine, testLogLikelihood, logPartition, samplesPerSecond, seconds,
      };
    }
    case 'failed': return { kind: 'failed', code: event.code, message: event.message, update: event.update };
    case 'interrupted': return { kind: 'interrupted', update: event.update, signal: (signal === undefined ? null : stopRequestOf(signal))?.signal ?? 'abort', path: event.path };
    case 'cancelled': return { kind: 'cancelled', update: event.update };
    case 'progress': case 'evaluated': case 'checkpoint': case 'rollback': case 'returned': case 'quarantined': case 'paused': case 'warning': return event;
  }
}

interface Drawing {
  readonly studio: Studio;
  readonly onDrawn: (drawn: Pick<Drawn, 'strip' | 'filters'>) => void;
  readonly onFailure: (message: string) => void;
}

/** The journal with a mosaic beside each checkpoint. A picture that cannot be drawn or written is a warning, never the end of a run. */
function withPictures(journal: Journal, drawing: Drawing): Journal {
  const checkpoint = async (snapshot: Snapshot, model: AnyPublished): Promise<{ readonly path: string }> => {
    const saved = await journal.checkpoint(snapshot, model);
    try {
      await draw(journal, drawing, snapshot, model);
    } catch (error) {
      drawing.onFailure(`the samples of update ${snapshot.update} could not be drawn: ${error instanceof Error ? error.message : String(error)}`);
    }
    return saved;
  };
  return {
    checkpoint,
    restore: (update) => journal.restore(update),
    restoreScheduled: (atMost) => journal.restoreScheduled(atMost),
    appendLedger: (entry, aside) => journal.appendLedger(entry, aside),
    cutLedger: (to) => journal.cutLedger(to),
    ledgerPosition: () => journal.ledgerPosition(),
    discardNewer: (than) => journal.discardNewer(than),
    appendMetrics: (line) => journal.appendMetrics(line),
    writeArtefact: (name, bytes) => journal.writeArtefact(name, bytes),
    close: () => journal.close(),
  };
}

async function draw(journal: Journal, { studio, onDrawn }: Drawing, snapshot: Snapshot, model: AnyPublished): Promise<void> {
  const { samples, filters, strip } = await studio.draw(snapshot, model);
  if (samples !== null) await journal.writeArtefact(`${SAMPLES_FOLDER}/${String(snapshot.update).padStart(8, '0')}.png`, samples);
  onDrawn({ filters, strip });
}
