// What a run tells its observers, one tagged object an event: `ebm train --json` prints them as they are, the library yields them,
// the terminal draws them. They are the coordinator's events with what only the composition root knows: directory, signal, memory.
// Owns the shapes alone. Numbers are finite or null.
import type { Figures, LogLikelihoodFigure, LogPartitionFigure, RunDigests, RunEvent as ShellEvent } from '../../coordinator/shell/events.ts';

export type { LogLikelihoodFigure, LogPartitionFigure };

type Of<Kind extends ShellEvent['kind']> = Extract<ShellEvent, { readonly kind: Kind }>;

export interface StartedEvent {
  readonly kind: 'started';
  /** The job digest. */
  readonly job: string;
  readonly name: string;
  /** Null for a run of the library that is kept in memory alone. */
  readonly directory: string | null;
  /** Updates done already: 0, or where a resumed run goes on. */
  readonly update: number;
  readonly updates: number;
  readonly rows: number;
  readonly visible: number;
  /** Null for a model that has no hidden units. */
  readonly hidden: number | null;
  readonly engine: string;
  readonly threads: number;
  readonly workers: number;
}

export type ProgressEvent = Of<'progress'>;
export type EvaluatedEvent = Of<'evaluated'>;

export interface FinishedEvent extends RunDigests, Pick<Figures, 'testLogLikelihood' | 'logPartition'> {
  readonly kind: 'finished';
  readonly job: string;
  readonly updates: number;
  readonly epochs: number;
  readonly branch: number;
  readonly rollbacks: number;
  readonly residentBytesMax: number;
  readonly engine: string;
  readonly samplesPerSecond: number | null;
  readonly seconds: number;
}

export interface FailedEvent { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly update: number | null }
export interface CancelledEvent { readonly kind: 'cancelled'; readonly update: number }
/** Stopped softly by a signal; `path` is the checkpoint that `ebm resume` goes on from. */
export interface InterruptedEvent { readonly kind: 'interrupted'; readonly update: number; readonly signal: string; readonly path: string | null }

export type RunEvent =
  | StartedEvent | ProgressEvent | EvaluatedEvent | Of<'checkpoint' | 'rollback' | 'returned' | 'quarantined' | 'paused' | 'warning'>
  | FinishedEvent | FailedEvent | CancelledEvent | InterruptedEvent;
