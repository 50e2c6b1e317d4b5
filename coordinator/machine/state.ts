// The state of the coordinator's machine, as immutable values: what it knows of the fleet, and of the run. Ids, ranges, versions and
// deadlines only: parameters, sums and chain states live beside it, in the shell.
import type { ComputedBy, Range, WorkerFingerprint } from '../../proto/messages.ts';
import type { Figure, Settings } from './settings.ts';
import type { Table } from './table.ts';

export interface Member {
  readonly key: string;
  readonly fingerprint: WorkerFingerprint;
  readonly heardMs: number;
  /** Order of asking, or null while it does not ask: who asked first is served first. */
  readonly asking: number | null;
  /** Key of its lease (L4: it has at most one), or null. */
  readonly lease: number | null;
  readonly draining: boolean;
  /** Places of updates that it does in a millisecond, smoothed; null while nothing is known. A matter of scheduling alone. */
  readonly pace: number | null;
  /** The newest update in which a contribution of it was counted, or null. */
  readonly counted: number | null;
  /** Chains whose states the member has, as of (branch, version). */
  readonly cached: { readonly branch: number; readonly version: number; readonly chains: readonly Range[] } | null;
}

export type TaskKind =
  | { readonly kind: 'update'; readonly branch: number; readonly update: number; readonly version: number }
  | { readonly kind: 'figure'; readonly branch: number; readonly version: number; readonly figure: Figure; readonly part: number };

/** Work of which every place must be covered exactly once. L1: a place is outstanding, leased or covered, and never two of them. */
export interface Task {
  readonly key: number;
  readonly kind: TaskKind;
  readonly size: number;
  readonly outstanding: readonly Range[];
  readonly covered: readonly Range[];
  /** Leases that ended without a result. */
  readonly losses: number;
  readonly failures: number;
}

export interface Lease {
  readonly key: number;
  readonly worker: string;
  readonly task: number;
  readonly range: Range;
  readonly grantedMs: number;
  readonly untilMs: number;
  readonly termMs: number;
  /** The duel it takes part in, or null. */
  readonly duel: number | null;
  /** Rates of the steps of a span; null for a lease on a range. */
  readonly span: readonly number[] | null;
}

/** Two or more evaluations of one range of an update. W2: two equal digests decide; whoever differs is quarantined. */
export interface Duel {
  readonly key: number;
  readonly task: Task;
  readonly range: Range;
  readonly votes: readonly { readonly worker: string; readonly digest: string }[];
  /** Since when its votes differ, or null. */
  readonly disputedMs: number | null;
}

export type Wish = 'go' | 'interrupt' | 'pause';
/** What is left to be done at a version before the next update. */
export type Chore = 'ledger' | 'evaluate' | 'checkpoint';
export type CheckpointReason = 'scheduled' | 'signal' | 'pause' | 'final';

export type Outcome =
  | { readonly kind: 'finished' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string; readonly update: number };

export type FailureCode =
  | 'diverged' | 'unit-failed' | 'workers-disagree' | 'checkpoint-missing' | 'ledger-differs' | 'storage' | 'engine';

export type Phase =
  | { readonly kind: 'idle' }
  /** `target`: the version a rollback or a return wants; null at the start. */
  | { readonly kind: 'restoring'; readonly target: number | null }
  | { readonly kind: 'training' }
  /** `ready`: the parameters to measure are published. */
  | { readonly kind: 'measuring'; readonly ready: boolean; readonly concluding: boolean }
  | { readonly kind: 'paused' }
  | { readonly kind: 'over'; readonly outcome: Outcome };

export interface Run {
  readonly phase: Phase;
  readonly wish: Wish;
  readonly branch: number;
  readonly rollbacks: number;
  readonly rateScale: number;
  /** D1: whose contributions were counted, in order of the first ones; empty for a Boltzmann machine. */
  readonly computedBy: readonly ComputedBy[];
  /** Version of the masters: updates done. */
  readonly version: number;
  /** Version of the last checkpoint asked for, and whether it is being written. */
  readonly saved: { readonly version: number; readonly pending: boolean };
  readonly chores: readonly Chore[];
  /** Version that a missing checkpoint made the run recompute, or null: a second miss is a failure (R4). */
  readonly replaying: number | null;
  readonly applying: boolean;
  /** Who did not tell how its span ended, or null. */
  readonly astray: string | null;
  /** When an update was last applied by itself. */
  readonly appliedMs: number;
  /** Open updates, oldest first (at most staleness + 1), or the figures of an evaluation. */
  readonly tasks: Table<Task>;
  readonly leases: Table<Lease>;
  readonly duels: Table<Duel>;
}

/** `counted`: as of a member. */
export interface Departed { readonly key: string; readonly counted: number }

export interface State {
  readonly settings: Settings;
  readonly epoch: number;
  readonly nowMs: number;
  readonly members: Table<Member>;
  /** Who was counted and has left since: a lie is found out later, perhaps. At most workersMax, those counted last. */
  readonly departed: Table<Departed>;
  readonly quarantined: readonly { readonly worker: string; readonly reason: string }[];
  /** Numbers tasks, leases, duels and the order of asking. */
  readonly counter: number;
  readonly run: Run;
}

export function initialState(settings: Settings, epoch: number): State {
  return {
    settings, epoch, nowMs: 0, members: [], departed: [], quarantined: [], counter: 0,
    run: {
      phase: { kind: 'idle' }, wish: 'go', branch: 0, rollbacks: 0, rateScale: 1, computedBy: settings.computedBy ?? [], version: 0, saved: { version: -1, pending: false },
      chores: [], replaying: null, applying: false, astray: null, appliedMs: 0, tasks: [], leases: [], duels: [],
    },
  };
}
