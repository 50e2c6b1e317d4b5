// What the machine is told (events) and what it wants done (commands). Closed unions; bulk never enters them: an event that came with
// bytes is handed to `step` while its shell holds the bytes, and the commands say what becomes of them.
import type { Range, WorkerFingerprint } from '../../proto/messages.ts';
import type { Figure } from './settings.ts';
import type { CheckpointReason, FailureCode, Outcome } from './state.ts';

/** Time arrives with every event. */
interface At { readonly nowMs: number }
interface FromWorker extends At { readonly worker: string; readonly epoch: number }

export type Event =
  | (At & { readonly kind: 'start' })
  | (At & { readonly kind: 'tick' })
  | (At & { readonly kind: 'join'; readonly worker: string; readonly fingerprint: WorkerFingerprint })
  | (FromWorker & { readonly kind: 'request' })
  /** `digest`: of the contribution's content, present when `wantsDigest` asked for it. */
  | (FromWorker & {
    readonly kind: 'contribution'; readonly lease: number; readonly branch: number; readonly update: number;
    readonly data: Range; readonly chains: Range; readonly digest: string | null; readonly asks: boolean;
  })
  /** A span ended. `divergence`: what did not hold in the step after `done` others; null if all held. */
  | (FromWorker & {
    readonly kind: 'advanced'; readonly lease: number; readonly branch: number; readonly update: number; readonly done: number;
    readonly divergence: string | null; readonly asks: boolean;
  })
  | (FromWorker & { readonly kind: 'result'; readonly lease: number; readonly asks: boolean })
  | (FromWorker & { readonly kind: 'failed'; readonly lease: number; readonly code: string; readonly message: string; readonly asks: boolean })
  | (FromWorker & { readonly kind: 'renew'; readonly lease: number | null })
  | (FromWorker & { readonly kind: 'leave' })
  /** The cluster wants the worker elsewhere. */
  | (At & { readonly kind: 'release'; readonly worker: string })
  /** The state of a version is in place, with what its snapshot says of the run. */
  | (At & { readonly kind: 'restored'; readonly update: number; readonly branch: number; readonly rollbacks: number; readonly rateScale: number; readonly measured: boolean })
  | (At & { readonly kind: 'applied'; readonly update: number })
  | (At & { readonly kind: 'diverged'; readonly update: number; readonly message: string })
  /** The parameters to measure are published. */
  | (At & { readonly kind: 'ready' })
  /** The figures are merged and reported. */
  | (At & { readonly kind: 'measured' })
  | (At & { readonly kind: 'checkpointed'; readonly update: number })
  | (At & { readonly kind: 'wish'; readonly wish: 'interrupt' | 'pause' | 'unpause' | 'cancel' })
  /** An operation of the shell failed for good: a full disk, an engine that threw. */
  | (At & { readonly kind: 'broken'; readonly code: FailureCode; readonly message: string });

export type RefusalReason = 'stale-epoch' | 'unknown-worker' | 'lease-expired' | 'mismatch';

/** Where a unit's work lies. `cached`: the worker has the chains' states. */
export type UnitPlan =
  | { readonly kind: 'update'; readonly branch: number; readonly update: number; readonly version: number; readonly data: Range; readonly chains: Range; readonly cached: boolean }
  | { readonly kind: 'span'; readonly branch: number; readonly update: number; readonly data: Range; readonly chains: Range; readonly learningRates: readonly number[] }
  | { readonly kind: 'figure'; readonly branch: number; readonly version: number; readonly figure: Figure; readonly range: Range };

export type Command =
  | { readonly kind: 'welcome'; readonly to: string }
  | { readonly kind: 'refuse'; readonly to: string; readonly code: 'device-class' | 'quarantined' | 'full' | 'unknown-worker' | 'over'; readonly message: string }
  | { readonly kind: 'lease'; readonly to: string; readonly lease: number; readonly termMs: number; readonly unit: UnitPlan; readonly duel: number | null }
  | { readonly kind: 'cancel'; readonly to: string; readonly lease: number }
  | { readonly kind: 'fence'; readonly to: string }
  | { readonly kind: 'drain'; readonly to: string }
  /** Adds the contribution at hand. */
  | { readonly kind: 'accept'; readonly update: number; readonly chains: Range }
  /** Takes the end of the span at hand: `done` updates from `update` on, whose chains become the run's. */
  | { readonly kind: 'advance'; readonly update: number; readonly done: number }
  /** Keeps the result at hand. */
  | { readonly kind: 'collect'; readonly figure: Figure; readonly range: Range }
  /** Gives back what is at hand. */
  | { readonly kind: 'discard'; readonly reason: RefusalReason | 'settled' }
  /** Keeps what is needed to evaluate a range again: its chain states as of `update`, and the parameters of `version`. */
  | { readonly kind: 'retain'; readonly duel: number; readonly branch: number; readonly update: number; readonly version: number; readonly chains: Range }
  | { readonly kind: 'forget'; readonly duel: number }
  | { readonly kind: 'open'; readonly branch: number; readonly update: number }
  | { readonly kind: 'apply'; readonly branch: number; readonly update: number; readonly learningRate: number }
  /** The chains of the update become the run's. */
  | { readonly kind: 'commit'; readonly update: number }
  /** Drops what open updates and figures have gathered. */
  | { readonly kind: 'abandon' }
  | { readonly kind: 'ledger'; readonly update: number; readonly branch: number; readonly rollbacks: number }
  | { readonly kind: 'checkpoint'; readonly update: number; readonly branch: number; readonly rollbacks: number; readonly rateScale: number; readonly reason: CheckpointReason }
  /**
   * Brings back a version. `start`: what the run starts from. `scheduled`: the newest scheduled checkpoint not above `update`, or the
   * seed; if it is of exactly that version, `as` replaces what it says of the run. `returned`: the worker whose contribution was wrong,
   * if what was computed since is to be taken back; null for a rollback, whose past stays in the ledger.
   */
  | { readonly kind: 'restore'; readonly from: { readonly kind: 'start' } | { readonly kind: 'scheduled'; readonly update: number; readonly as: RunMarks; readonly returned: string | null } }
  | { readonly kind: 'measure'; readonly update: number }
  | { readonly kind: 'conclude'; readonly update: number }
  | { readonly kind: 'report'; readonly what: Report }
  | { readonly kind: 'end'; readonly outcome: Outcome };

export interface RunMarks { readonly branch: number; readonly rollbacks: number; readonly rateScale: number }

export type Report =
  | { readonly kind: 'rollback'; readonly from: number; readonly to: number; readonly branch: number; readonly rollbacks: number; readonly rateScale: number; readonly message: string }
  | { readonly kind: 'returned'; readonly from: number; readonly to: number; readonly epoch: number; readonly worker: string }
  | { readonly kind: 'quarantined'; readonly worker: string; readonly reason: string }
  | { readonly kind: 'paused'; readonly update: number };
