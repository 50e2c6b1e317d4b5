// What a coordinator's shell is handed: the job, the engine's session, the ports, and who listens. Everything is chosen by cli/.
import type { FloatMover } from '../../ebm/continuous/step.ts';
import type { AnyJob } from '../../ebm/job.ts';
import type { EngineFingerprint, Session } from '../../engine/engine.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Journal, Snapshot } from '../../platform/journal/journal.ts';
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import type { Message } from '../../proto/messages.ts';
import { FLEET_RULES, wholeCut, type EarlierLength, type FleetRules } from '../machine/settings.ts';
import type { RunEvent } from './events.ts';
import type { ContinuousFigureData } from './continuous-figures.ts';
import type { FigureData } from './figures.ts';

export interface CoordinatorOptions {
  /** Name of the run in subjects; letters, digits, - and _. */
  readonly run: string;
  readonly job: AnyJob;
  /** `sha256:...`, for the `started` and `finished` events. */
  readonly jobDigest: string;
  /** Computes steps and publishes; loaded with `data: null` it can do that too. Null for a continuous model, whose step needs no engine. */
  readonly session: Session | null;
  /** Of a continuous model: what holds its state and moves it; plain loops if it is not given. */
  readonly mover?: FloatMover;
  readonly engine: EngineFingerprint;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly transport: Transport<Message>;
  /**
   * Whether workers compute on this same session and messages pass by reference: then parameters need not be copied, and the arrays of
   * contributions go back to the session. False for any transport of bytes.
   */
  readonly shared: boolean;
  readonly data: FigureData | ContinuousFigureData;
  /** What the run goes on from, or null for the seed. */
  readonly start: Snapshot | null;
  /** This leader's epoch. */
  readonly epoch: number;
  readonly onEvent: (event: RunEvent) => void;
  /** Aborting interrupts the run softly: it finishes the update, saves, and ends as `interrupted`. */
  readonly signal?: AbortSignal;
  /** Of a run that was made longer: the lengths that it had before. */
  readonly lengths?: readonly EarlierLength[];
  /** Stops at this version instead of the job's last, without figures or checkpoints: for `ebm verify`. */
  readonly verifyUntil?: number;
  /** A verification that takes checkpoints nevertheless: a run that diverged falls back to one. */
  readonly verifyCheckpoints?: boolean;
  /** Versions of which a verification takes checkpoints beside the scheduled ones and the last: the run it verifies was interrupted there. */
  readonly verifyAt?: readonly number[];
  readonly fleet?: Partial<FleetRules>;
  /** Time between two progress events, in milliseconds; 1,000 by default. */
  readonly progressMs?: number;
  /** What else stands beside each ledger line (place, host). */
  readonly aside?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Versions of a continuous model that stay known. */
const CONTINUOUS_PUBLISHED = 2;

/** Far longer than any unit: inside one process a worker cannot be lost without the coordinator. */
const AGES_MS = 0x7fff_ffff;

/** Rules for workers in the coordinator's own process: a blocked event loop must not cost a lease. */
export const EMBEDDED_RULES: Partial<FleetRules> = { memberMs: AGES_MS, leaseMs: AGES_MS, spanMs: 50 };

/** Rules for workers that are processes elsewhere: their talking thread never computes, so silence means that they are gone. */
export const CLUSTER_RULES: Partial<FleetRules> = {
  heartbeatMs: 1_000, memberMs: 5_000, cut: wholeCut, extends: true, forms: 'smallest',
  leaseMs: 10_000, leaseMsMin: 3_000, leaseUnits: 10, twinUnits: 4, twinMsMin: 500,
};

export function rulesOf(options: CoordinatorOptions): FleetRules {
  const rules = { ...FLEET_RULES, publishedMax: options.session?.publishedMax ?? CONTINUOUS_PUBLISHED, ...options.fleet };
  return options.shared ? rules : { ...rules, spanMs: 0 };
}
