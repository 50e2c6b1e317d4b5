// Port of a run's memory: checkpoints, ledger, metrics. What is in the newest good checkpoint is never lost; the adapter decides how.
// It keeps bytes and lines, and knows nothing of training beyond their names.
// What is durable when: a checkpoint, when its promise resolves, and with it every ledger and metrics line appended before it;
// an artefact, when its promise resolves. Lines after the newest checkpoint may be lost in a crash and are computed again.
import type { ComputedBy } from '../../proto/messages.ts';

/** The state of a run at a version, from which it goes on bit for bit. */
export interface Snapshot {
  readonly formatVersion: 1;
  /** Updates done: the version of the masters. */
  readonly update: number;
  readonly branch: number;
  readonly rollbacks: number;
  /** Product of all halvings so far: the rate is schedule * rateScale. */
  readonly rateScale: number;
  /**
   * Why it was taken; only scheduled ones are targets of a rollback. At a multiple of the job's checkpoint.every (0 too) the journal
   * records `scheduled` whatever it is given: where a run falls back to must not depend on interruptions or its length.
   */
  readonly reason: 'scheduled' | 'signal' | 'pause' | 'final';
  /** Named arrays: masters, optimiser slots, offsets, average, chains; float32, int16, int32 or bytes. */
  readonly arrays: ReadonlyMap<string, SnapshotArray>;
  /** Digest chain of the ledger up to here, so that a resumed run continues it. */
  readonly ledger: { readonly lines: number; readonly head: string };
  /** Figure by which the best checkpoint is chosen (higher is better, finite), or null. */
  readonly figure: number | null;
  /** Of a continuous run: whose contributions it is made of, in order of the first ones. Absent where that is not known. */
  readonly computedBy?: readonly ComputedBy[];
  /** `sha256:` digests for the manifest, as in a ledger entry: of the masters, and of the packed chains (null for cd). */
  readonly digests?: { readonly parameters: string; readonly chains: string | null };
}

export type SnapshotArray = Float32Array | Int16Array | Int32Array | Uint8Array;

/** The model that is sampled, beside the state: grid values as float32, in nats. */
export interface PublishedModel {
  readonly weights: Float32Array;
  readonly visibleBias: Float32Array;
  readonly hiddenBias: Float32Array;
  readonly visible: number;
  readonly hidden: number;
}

/** A continuous model beside its state: its parameters in order of their names; `settings`: what they are of, as JSON. */
export interface PublishedTensors {
  readonly kind: 'tensors';
  readonly model: 'energy' | 'score';
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
  readonly settings: string;
}

export type AnyPublished = PublishedModel | PublishedTensors;

/** What enters the chain of the ledger: a function of the job alone. */
export interface LedgerEntry {
  readonly update: number;
  readonly branch: number;
  readonly rollbacks: number;
  /** `sha256:` of the masters (names in order, little-endian). */
  readonly parameters: string;
  /** `sha256:` of the packed chains in id order; null for cd. */
  readonly chains: string | null;
}

/** What stands beside the chain: engine, time, place, notes. */
export type LedgerAside = Readonly<Record<string, string | number | boolean | null>>;

export interface LedgerPosition { readonly lines: number; readonly head: string }

/** Position before the first line. No job enters it, so a longer run continues the chain of a shorter one. */
export const LEDGER_START: LedgerPosition = { lines: 0, head: `sha256:${'0'.repeat(64)}` };

/** What happened to a line that a resumed run computed again. `line`: its number now; `was`: the entry of the line that was cut, as JSON; `beside`: its aside. */
export type AppendOutcome =
  | { readonly kind: 'appended'; readonly position: LedgerPosition }
  | { readonly kind: 'differs'; readonly position: LedgerPosition; readonly line: number; readonly was: string; readonly beside: LedgerAside };

export type RestoreOutcome =
  | { readonly kind: 'restored'; readonly snapshot: Snapshot; readonly warnings: readonly string[] }
  | { readonly kind: 'none'; readonly warnings: readonly string[] };

export interface Journal {
  /**
   * Durable when the promise resolves. Applies `keep` (newest N, the best, and the rollback target). The arrays must not change
   * until then. If it rejects (a full disk), nothing that was kept before is lost and it may be tried again.
   */
  checkpoint(snapshot: Snapshot, model: AnyPublished): Promise<{ readonly path: string }>;
  /** The newest good checkpoint, or the one at `update`; a damaged one is passed over with a warning that names it. */
  restore(update?: number): Promise<RestoreOutcome>;
  /** The newest good checkpoint whose reason is `scheduled` and whose update is at most `atMost`. */
  restoreScheduled(atMost: number): Promise<RestoreOutcome>;
  /** Appends a line, chained to the one before; compares it with a line that was cut on resume. */
  appendLedger(entry: LedgerEntry, aside: LedgerAside): Promise<AppendOutcome>;
  /** Cuts the ledger back to a checkpoint's position (or LEDGER_START); the cut lines are kept for comparison. */
  cutLedger(to: LedgerPosition): Promise<void>;
  /** Before `restore` and `cutLedger`: the end of what was found. */
  ledgerPosition(): LedgerPosition;
  /**
   * Removes every checkpoint taken later in the run's history than `than` (more rollbacks, or as many and a higher update):
   * for a run that returns to an earlier one because what it computed since was wrong. Durable when the promise resolves.
   */
  discardNewer(than: { readonly rollbacks: number; readonly update: number }): Promise<void>;
  appendMetrics(line: Readonly<Record<string, unknown>>): Promise<void>;
  /** Immutable artefacts, for example samples/00000600.png. A second write of the same name replaces it. */
  writeArtefact(name: string, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
