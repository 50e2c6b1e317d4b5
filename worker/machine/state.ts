// The state of a worker's machine, its events and its commands. Names, ranges and epochs only: arrays live in the shell.
import type { LeaseMessage, ParametersName, Range, ToWorker } from '../../proto/messages.ts';

/** What the machine must know of a lease. */
export interface Work {
  readonly lease: number;
  /** The shell's own number for it: leases of two coordinators may have the same. */
  readonly ticket: number;
  readonly kind: LeaseMessage['unit']['kind'];
  readonly parameters: ParametersName;
  /** Update units: the chains and the version of their states; null otherwise. */
  readonly chains: { readonly branch: number; readonly update: number; readonly range: Range; readonly sent: boolean } | null;
}

export type Phase =
  | { readonly kind: 'joining' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'fetching'; readonly work: Work }
  /** `isVoid`: the lease has ended meanwhile; the result will be thrown away. */
  | { readonly kind: 'computing'; readonly work: Work; readonly isVoid: boolean }
  /** It leaves when the engine has come to the end of a unit that was given up. */
  | { readonly kind: 'leaving'; readonly reason: LeaveReason }
  | { readonly kind: 'left'; readonly reason: LeaveReason };

export type LeaveReason = { readonly kind: 'drained' } | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export interface State {
  /** The highest epoch seen. */
  readonly epoch: number;
  readonly phase: Phase;
  readonly draining: boolean;
  /** Ticket of the unit that the engine is at, void or not; null while it rests. */
  readonly running: number | null;
  /** Parameters at hand, oldest first. */
  readonly parameters: readonly ParametersName[];
  /** Chains at hand, as of (branch, version); null where the coordinator always sends them. */
  readonly chains: { readonly branch: number; readonly version: number; readonly ranges: readonly Range[] } | null;
}

/** Versions that a worker keeps. */
export const PARAMETERS_MAX = 3;

export const INITIAL_STATE: State = { epoch: 0, phase: { kind: 'joining' }, draining: false, running: null, parameters: [], chains: null };

export type Event =
  | { readonly kind: 'start' }
  | { readonly kind: 'tick' }
  | { readonly kind: 'message'; readonly message: Exclude<ToWorker, LeaseMessage> }
  | { readonly kind: 'lease'; readonly epoch: number; readonly work: Work }
  /** `epoch`: of the answer. */
  | { readonly kind: 'fetched'; readonly name: ParametersName; readonly epoch: number }
  /** The coordinator no longer has the parameters, or did not answer in time. */
  | { readonly kind: 'fetch-failed'; readonly name: ParametersName; readonly gone: boolean }
  /** The result is at hand. `keeps`: the shell can keep the chains' states for the next update. */
  | { readonly kind: 'computed'; readonly ticket: number; readonly keeps: boolean }
  | { readonly kind: 'failed'; readonly ticket: number; readonly message: string }
  /** Stop as soon as the unit at hand is finished. */
  | { readonly kind: 'drain' };

export type Command =
  | { readonly kind: 'join' }
  | { readonly kind: 'request' }
  | { readonly kind: 'renew'; readonly lease: number | null }
  | { readonly kind: 'leave' }
  | { readonly kind: 'fetch'; readonly name: ParametersName }
  | { readonly kind: 'compute'; readonly ticket: number }
  /** Sends the result at hand; `asks` for the next unit in the same message. */
  | { readonly kind: 'deliver'; readonly ticket: number; readonly lease: number; readonly asks: boolean }
  | { readonly kind: 'discard'; readonly ticket: number }
  | { readonly kind: 'fail'; readonly lease: number; readonly code: 'engine' | 'states-missing' | 'parameters-missing'; readonly message: string; readonly asks: boolean }
  | { readonly kind: 'forget'; readonly names: readonly ParametersName[] }
  | { readonly kind: 'stop'; readonly reason: LeaveReason };
