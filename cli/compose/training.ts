// A run's composition: embedded (one coordinator and N workers in this process, on one session of an engine, messages by reference) or with
// its workers elsewhere.
// What `ebm train`, `resume` and `verify` and the library have in common. It opens no run directory and prints nothing.
import { meanOf } from '../../ebm/rbm/binarise.ts';
import type { FloatMover } from '../../ebm/continuous/step.ts';
import { isContinuous, type CompiledJob, type ContinuousJob } from '../../ebm/job.ts';
import type { Engine, EngineFingerprint, Session } from '../../engine/engine.ts';
import type { EarlierLength } from '../../coordinator/machine/settings.ts';
import type { RunEvent, RunOutcome } from '../../coordinator/shell/events.ts';
import type { ContinuousFigureData } from '../../coordinator/shell/continuous-figures.ts';
import type { FigureData } from '../../coordinator/shell/figures.ts';
import { CLUSTER_RULES, EMBEDDED_RULES } from '../../coordinator/shell/options.ts';
import { CoordinatorShell } from '../../coordinator/shell/shell.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import { realClock } from '../../platform/clock/real.ts';
import type { LoadedData } from '../../platform/data/load.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import type { Journal, Snapshot } from '../../platform/journal/journal.ts';
import { SILENT_TELEMETRY } from '../../platform/telemetry/silent.ts';
import { inProcessTransport } from '../../platform/transport/in-process.ts';
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import type { Message } from '../../proto/messages.ts';
import type { ContinuousPlace, WorkerOptions } from '../../worker/shell/options.ts';
import { WorkerShell } from '../../worker/shell/shell.ts';

/** What a run of a continuous model computes with; `place` null where its units are computed elsewhere. */
export interface ContinuousWorkshop {
  readonly job: ContinuousJob;
  readonly engine: EngineFingerprint;
  /** Of the steps. */
  readonly mover: FloatMover;
  readonly place: ContinuousPlace | null;
  readonly figureData: ContinuousFigureData;
}

export type AnyWorkshop = Workshop | ContinuousWorkshop;

/** What a run computes with: the session has the training rows, so the loaded data need not be kept. */
export interface Workshop {
  readonly job: CompiledJob;
  readonly engine: Engine;
  readonly session: Session;
  readonly figureData: FigureData;
}

export interface EmbeddedRun {
  readonly workers: number;
  readonly journal: Journal;
  /** Null: from the seed. */
  readonly start: Snapshot | null;
  readonly onEvent: (event: RunEvent) => void;
  /** Absent: nobody reads it. Workers elsewhere come with their own (FleetPlace). */
  readonly telemetry?: Telemetry;
  readonly signal?: AbortSignal;
  /** Lengths that the run had before it was made longer. */
  readonly lengths?: readonly EarlierLength[];
  /** Stops at this version, without figures; the journal gets checkpoints only as the targets of rollbacks. */
  readonly verifyUntil?: number;
  /** Versions at which that journal gets checkpoints beside the scheduled ones and the last. */
  readonly verifyAt?: readonly number[];
}

/** Where the workers of a run are, if not in this process. */
export interface FleetPlace {
  /** Name of the run in subjects. */
  readonly run: string;
  /** Of bytes: workers have sessions of their own. The caller closes it. */
  readonly transport: Transport<Message>;
  readonly clock: Clock;
  /** This leader's. */
  readonly epoch: number;
  readonly telemetry: Telemetry;
  /** Handed what steers the run, before it begins. */
  readonly onOpen?: (control: RunControl) => void;
}

export interface RunControl {
  /** A worker is to leave the run after its unit. */
  release(worker: string): void;
  /** Ends the run at once, as cancelled. */
  cancel(): void;
}

const RUN = 'embedded';

/** Means and evaluation rows of a job's data. */
export function figureDataOf(data: LoadedData): FigureData {
  return { dataMean: data.mean ?? meanOf(data.training), test: data.test, validation: data.validation };
}

/** Trains until a terminal state; every failure is an outcome. */
export async function runEmbedded(workshop: AnyWorkshop, run: EmbeddedRun): Promise<RunOutcome> {
  const clock = realClock();
  const transport = inProcessTransport<Message>(clock);
  const running = coordinatorOf(workshop, run, { run: RUN, transport, clock, epoch: 1, telemetry: run.telemetry ?? SILENT_TELEMETRY }, true).run();
  const bench = benchOf(workshop);
  const workers = Array.from({ length: run.workers }, (_, i) => new WorkerShell({ ...bench, run: RUN, clock, transport, shared: true, id: `w-${i + 1}` }).run());
  try {
    const outcome = await running;
    await Promise.all(workers);
    return outcome;
  } finally {
    await transport.close();
  }
}

type Bench = Pick<WorkerOptions, 'session' | 'continuous' | 'engine' | 'visible' | 'hidden' | 'rows'>;

function benchOf(workshop: AnyWorkshop): Bench {
  if (isOfContinuous(workshop)) {
    const { job, engine, place } = workshop;
    if (place === null) throw new TypeError('an embedded run needs a place for its units');
    return { session: null, continuous: place, engine, visible: job.facts.visible, hidden: 0, rows: {} };
  }
  const { job, engine, session, figureData: { test, validation } } = workshop;
  return {
    session, engine: engine.fingerprint(), visible: job.facts.visible, hidden: job.model.hidden, rows: { test: test?.bits ?? null, validation: validation?.bits ?? null },
  };
}

function isOfContinuous(workshop: AnyWorkshop): workshop is ContinuousWorkshop {
  return isContinuous(workshop.job);
}

/** The same with workers elsewhere: this process coordinates, takes the steps, and computes no unit. */
export function runOnFleet(workshop: AnyWorkshop, run: Omit<EmbeddedRun, 'workers' | 'telemetry'>, place: FleetPlace): Promise<RunOutcome> {
  const coordinator = coordinatorOf(workshop, run, place, false);
  place.onOpen?.({ release: (worker) => { coordinator.release(worker); }, cancel: () => { coordinator.wish('cancel'); } });
  return coordinator.run();
}

function coordinatorOf(workshop: AnyWorkshop, run: Omit<EmbeddedRun, 'workers' | 'telemetry'>, place: FleetPlace, shared: boolean): CoordinatorShell {
  const { job } = workshop;
  const family = isOfContinuous(workshop)
    ? { session: null, mover: workshop.mover, engine: workshop.engine, data: workshop.figureData }
    : { session: workshop.session, engine: workshop.engine.fingerprint(), data: workshop.figureData };
  return new CoordinatorShell({
    ...place, ...family, shared, job, jobDigest: jobDigest(job), journal: run.journal,
    start: run.start, fleet: shared ? EMBEDDED_RULES : CLUSTER_RULES, onEvent: run.onEvent, aside: { data: job.facts.digest },
    ...(run.signal === undefined ? {} : { signal: run.signal }),
    ...(run.lengths === undefined ? {} : { lengths: run.lengths }),
    ...(run.verifyUntil === undefined ? {} : { verifyUntil: run.verifyUntil, verifyCheckpoints: true }),
    ...(run.verifyAt === undefined ? {} : { verifyAt: run.verifyAt }),
  });
}
