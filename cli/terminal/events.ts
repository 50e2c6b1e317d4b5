// What a run tells its observers, one tagged object an event: `ebm train --json` prints them as they are, the library yields them,
// the terminal draws them. Owns the shapes alone. Numbers are finite or null.

/** Digests are `sha256:` and 64 hexadecimal digits; `chains` is null for cd, which keeps none. */
export interface Digests {
  readonly parameters: string;
  readonly chains: string | null;
  readonly ledger: string;
}

/** Mean log-likelihood of a row, in nats, by each way that was asked for. */
export type LogLikelihood =
  | { readonly exact: number | null }
  | { readonly ais: number | null; readonly raise?: number | null; readonly reverse?: number | null; readonly reliable: boolean };

/** Natural logarithm of the partition function. `ess`: effective number of the runs. */
export type LogPartitionFigure =
  | { readonly kind: 'exact'; readonly mean: number | null }
  | { readonly kind: 'ais'; readonly mean: number | null; readonly standardError: number | null; readonly ess: number | null; readonly runs: number; readonly betas: number };

export interface StartedEvent {
  readonly kind: 'started';
  /** The job digest. */
  readonly job: string;
  readonly name: string;
  readonly directory: string;
  /** Updates done already: 0, or where a resumed run goes on. */
  readonly update: number;
  readonly updates: number;
  readonly rows: number;
  readonly visible: number;
  readonly hidden: number;
  readonly engine: string;
  readonly threads: number;
  readonly workers: number;
}

export interface ProgressEvent {
  readonly kind: 'progress';
  readonly update: number;
  readonly updates: number;
  readonly epoch: number;
  /** Mean energy of the data phase minus that of the model phase, in nats. */
  readonly energyGap: number | null;
  readonly updatesPerSecond: number | null;
  readonly samplesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface EvaluatedEvent {
  readonly kind: 'evaluated';
  readonly update: number;
  readonly testLogLikelihood: LogLikelihood | null;
  readonly validationLogLikelihood?: LogLikelihood | null;
  readonly logPartition: LogPartitionFigure | null;
}

export interface CheckpointEvent { readonly kind: 'checkpoint'; readonly update: number; readonly path: string }

/** Divergence: the run fell back `from` an update `to` a scheduled checkpoint, on a new branch with half the rate. */
export interface RollbackEvent {
  readonly kind: 'rollback';
  readonly from: number;
  readonly to: number;
  readonly branch: number;
  readonly learningRate: number;
  readonly reason?: string;
}

export interface FinishedEvent extends Digests {
  readonly kind: 'finished';
  readonly job: string;
  readonly updates: number;
  readonly epochs: number;
  readonly branch: number;
  readonly rollbacks: number;
  readonly residentBytesMax: number;
  readonly engine: string;
  readonly testLogLikelihood: LogLikelihood | null;
  readonly logPartition: LogPartitionFigure | null;
  readonly samplesPerSecond: number | null;
  readonly seconds: number;
}

export interface FailedEvent { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly update: number | null }
export interface CancelledEvent { readonly kind: 'cancelled'; readonly update: number }
/** Stopped softly by a signal; `path` is the checkpoint that `ebm resume` goes on from. */
export interface InterruptedEvent { readonly kind: 'interrupted'; readonly update: number; readonly signal: string; readonly path: string | null }

export type RunEvent =
  | StartedEvent | ProgressEvent | EvaluatedEvent | CheckpointEvent | RollbackEvent
  | FinishedEvent | FailedEvent | CancelledEvent | InterruptedEvent;
