// Virtual time for fleets on real engines: the clock moves only while no engine computes, so that a run in which workers are slow, die
// or join is the same history on every machine.
import type { CompiledJob } from '../../ebm/job.ts';
import type { Session } from '../../engine/engine.ts';
import type { RunOutcome } from '../../coordinator/shell/events.ts';
import type { VirtualClock } from '../../platform/clock/virtual.ts';
import { Crew, turn, type FleetOptions, type FleetRun } from './fleet.ts';

/** A run that takes longer hangs. */
const LIMIT_MS = 600_000;

/** A session as a plain object of bound methods, some of which a test replaces. */
export function methodsOf(session: Session): Session {
  return {
    createState: () => session.createState(),
    publishedMax: session.publishedMax,
    publish: (...given) => session.publish(...given),
    adopt: (...given) => session.adopt(...given),
    evaluate: (...given) => session.evaluate(...given),
    evaluateFactors: (...given) => session.evaluateFactors(...given),
    tally: (...given) => session.tally(...given),
    pack: (...given) => session.pack(...given),
    addPacked: (...given) => session.addPacked(...given),
    difference: (...given) => session.difference(...given),
    adoptDifference: (...given) => session.adoptDifference(...given),
    release: (contribution) => { session.release(contribution); },
    apply: (...given) => session.apply(...given),
    sample: (...given) => session.sample(...given),
    logPartition: (...given) => session.logPartition(...given),
    negativeFreeEnergies: (...given) => session.negativeFreeEnergies(...given),
    hiddenThresholds: (...given) => session.hiddenThresholds(...given),
    exactLogPartition: (...given) => session.exactLogPartition(...given),
    close: () => session.close(),
  };
}

/** Counts what is under way in engines. */
export class Pending {
  #count = 0;

  get isIdle(): boolean { return this.#count === 0; }

  async during<Result>(work: Promise<Result>): Promise<Result> {
    this.#count += 1;
    try {
      return await work;
    } finally {
      this.#count -= 1;
    }
  }

  /** A session whose calls are counted, and whose units arrive `unitMs()` after they were computed. */
  watch(session: Session, clock: VirtualClock, unitMs: () => number): Session {
    const later = (): Promise<void> => new Promise((resolve) => { clock.after(unitMs(), resolve); });
    return {
      ...methodsOf(session),
      publish: (...given) => this.during(session.publish(...given)),
      adopt: (...given) => this.during(session.adopt(...given)),
      evaluate: async (...given) => {
        const contribution = await this.during(session.evaluate(...given));
        await later();
        return contribution;
      },
      evaluateFactors: async (...given) => {
        const contribution = await this.during(session.evaluateFactors(...given));
        await later();
        return contribution;
      },
      tally: (...given) => this.during(session.tally(...given)),
      pack: (...given) => this.during(session.pack(...given)),
      addPacked: (...given) => this.during(session.addPacked(...given)),
      difference: (...given) => this.during(session.difference(...given)),
      adoptDifference: (...given) => this.during(session.adoptDifference(...given)),
      apply: (...given) => this.during(session.apply(...given)),
      sample: (...given) => this.during(session.sample(...given)),
      logPartition: (...given) => this.during(session.logPartition(...given)),
      negativeFreeEnergies: (...given) => this.during(session.negativeFreeEnergies(...given)),
      hiddenThresholds: (...given) => this.during(session.hiddenThresholds(...given)),
      exactLogPartition: (...given) => this.during(session.exactLogPartition(...given)),
    };
  }
}

export interface TimedOptions extends Omit<FleetOptions, 'wrap'> {
  /** How long a worker takes for a unit. */
  readonly unitMs: (worker: string) => number;
  /** The session that a role gets, as in FleetOptions. */
  readonly wrapped?: NonNullable<FleetOptions['wrap']>;
}

/** Runs a job with time passing; `pending` also holds the clock while a test waits for something. */
export async function runTimed(job: CompiledJob, options: TimedOptions, pending = new Pending()): Promise<FleetRun> {
  const { unitMs, wrapped = (session: Session): Session => session } = options;
  const wrap: FleetOptions['wrap'] = (session, role, clock) => pending.watch(wrapped(session, role, clock), clock, () => role === 'coordinator' ? 0 : unitMs(role));
  const crew = new Crew(job, { ...options, wrap });
  let ended: RunOutcome | null = null;
  void (await crew.start()).outcome.then((outcome) => { ended = outcome; });
  for (;;) {
    await turn();
    if (ended !== null && pending.isIdle) break;
    if (!pending.isIdle) continue;
    if (crew.clock.nowMs() > LIMIT_MS || !crew.clock.runNext()) throw new Error(`the run hangs at ${crew.clock.nowMs()} ms`);
  }
  crew.dismiss(); // whoever came too late
  crew.clock.advance(LIMIT_MS);
  await crew.end();
  return { outcome: ended, events: crew.events, journal: crew.journal, telemetry: crew.telemetry, contributions: crew.contributions };
}
