// What the machine is told once: the numbers of the job that steer it, and the fleet's rules. Frozen values, no defaults "just in case".
import { isContinuous, type AnyJob, type CompiledJob } from '../../ebm/job.ts';
import type { ComputedBy, LogPartitionMethod, RowSet } from '../../proto/messages.ts';

/** What a unit is cut from. `speed`: of the worker, as a multiple of its fleet's mean; 1 while nothing is known. */
export interface CutPoint {
  readonly remaining: number;
  readonly size: number;
  readonly workers: number;
  readonly speed: number;
  readonly from: number;
  readonly task: number;
}

/** How large the next unit of a task is. Any answer from 1 to `remaining` gives the same bits. */
export type Cut = (at: CutPoint) => number;

/** One figure of an evaluation: ranges of runs or rows, or a single enumeration. `part`: the most of it that one unit holds. */
export interface FigurePlan {
  readonly figure: Figure;
  readonly size: number;
  readonly part: number;
}

export type Figure =
  | { readonly kind: 'exact' }
  | { readonly kind: 'log-partition'; readonly method: LogPartitionMethod }
  | { readonly kind: 'rows'; readonly set: RowSet };

export interface FleetRules {
  readonly workersMax: number;
  /** A member that was not heard of for so long is gone. */
  readonly memberMs: number;
  readonly heartbeatMs: number;
  /** Term of a lease, while nothing is known of unit times and at most; doubled for each time that its task lost one (L5). */
  readonly leaseMs: number;
  /** Term of an update's lease in measured times of its unit, from leaseMsMin to leaseMs; 0 for leaseMs always. */
  readonly leaseUnits: number;
  /** Longer than workers take between two signs of life, however short units are. */
  readonly leaseMsMin: number;
  /** Age from which a lease may have a twin; Infinity for never. */
  readonly twinAfterMs: number;
  /** The same in times that the fleet takes for such a unit on average, but not before twinMsMin; 0 for never. */
  readonly twinUnits: number;
  readonly twinMsMin: number;
  /** How long a disagreement may wait for a deciding worker. */
  readonly disputeMs: number;
  /** Failures of one task's units before the run fails. */
  readonly failuresMax: number;
  /** Published versions that stay valid: the engine's `publishedMax`. */
  readonly publishedMax: number;
  readonly cut: Cut;
  /** Whether a unit that begins where its worker has the chains may go on beyond them: their states are few bytes, a crumb is a whole message. */
  readonly extends: boolean;
  /** About how long a span of whole updates may take, of which the only worker also takes the steps; 0 for none, and where it has a session of its own; Infinity for as many updates as one may have. */
  readonly spanMs: number;
  /** Whether contributions of small ranges come as factors, of which the coordinator makes the sums, or all as sums. */
  readonly forms: 'sums' | 'smallest';
}

/** Before version `update` the run was one of `updates` updates. */
export interface EarlierLength { readonly update: number; readonly updates: number }

export interface Settings {
  readonly job: AnyJob;
  /** Of a run that was made longer, by ascending update; absent if it never was. */
  readonly lengths?: readonly EarlierLength[];
  /** Of the snapshot that the run goes on from; absent at the seed. */
  readonly computedBy?: readonly ComputedBy[];
  /** Version at which the run is over: the job's updates, or fewer for a verification. */
  readonly until: number;
  readonly figures: readonly FigurePlan[];
  /** Whether checkpoints are taken. */
  readonly checkpoints: boolean;
  /** Versions of which checkpoints are taken beside the scheduled ones and the last; absent for none. */
  readonly alsoSavedAt?: readonly number[];
  /** Multiples of this are versions whose chains somebody looks at: a span has a few at most. Absent for all. */
  readonly lookEvery?: number;
  readonly fleet: FleetRules;
}

/** Guided self-scheduling: all of it for one worker, else half of a worker's share of what is left, by its speed, but no crumbs. */
export const guidedCut: Cut = ({ remaining, size, workers, speed }) => {
  if (workers <= 1) return remaining;
  return Math.max(Math.ceil((speed * size) / (4 * workers)), Math.ceil((speed * remaining) / (2 * workers)));
};

/** What is left over by so small a share of a worker's part goes with the last one. */
const CRUMB_SHARE = 0.25;

/** A worker's whole share of the update at once, by its speed: for a wire, where every unit carries full-size sums. */
export const wholeCut: Cut = ({ remaining, size, workers, speed }) => {
  const share = Math.max(1, Math.round((speed * size) / Math.max(1, workers)));
  return remaining - share < CRUMB_SHARE * share ? remaining : share;
};

export const FLEET_RULES: FleetRules = {
  workersMax: 4_096,
  memberMs: 30_000,
  heartbeatMs: 5_000,
  leaseMs: 30_000,
  leaseUnits: 0,
  leaseMsMin: 0,
  twinAfterMs: Infinity,
  twinUnits: 0,
  twinMsMin: 0,
  disputeMs: 60_000,
  failuresMax: 3,
  publishedMax: Infinity,
  cut: guidedCut,
  extends: false,
  spanMs: 0,
  forms: 'sums',
};

/** The length that an update's schedule follows: the run's, as it was when the update was first computed. */
export function lengthAt({ job, lengths = [] }: Pick<Settings, 'job' | 'lengths'>, update: number): number {
  return lengths.find((earlier) => update < earlier.update)?.updates ?? job.train.updates;
}

/** M: chains that an update advances: those that persist, or the batch for cd and for continuous models. */
export function chainsOf(job: AnyJob): number {
  return !hasWorkersChains(job) ? job.train.batch : job.train.chains ?? job.train.batch;
}

/** Whether every update advances the same chains, so that workers may keep those of their range: not for cd, nor with replay slots. */
export function hasWorkersChains(job: AnyJob): job is CompiledJob {
  return !isContinuous(job) && job.train.objective === 'pcd';
}

/** Places of an update: of a continuous model its microbatches, since a unit is whole ones. */
export function placesOf(job: AnyJob): number {
  return isContinuous(job) ? job.train.batch / job.train.microbatch : Math.max(job.train.batch, chainsOf(job));
}
