// What a run tells its observer, one tagged object an event, as in `ebm train --json`. Numbers are finite or null.
// The composition root adds what only it knows (directory, signal, resident memory).

export type LogLikelihoodFigure =
  | { readonly exact: number | null }
  | { readonly ais: number | null; readonly raise?: number | null; readonly reverse?: number | null; readonly reliable: boolean };

export type LogPartitionFigure =
  | { readonly kind: 'exact' | 'quadrature'; readonly mean: number | null }
  | { readonly kind: 'ais'; readonly mean: number | null; readonly standardError: number | null; readonly ess: number | null; readonly runs: number; readonly betas: number };

export interface Figures {
  readonly testLogLikelihood: LogLikelihoodFigure | null;
  readonly validationLogLikelihood: LogLikelihoodFigure | null;
  readonly logPartition: LogPartitionFigure | null;
  /** Standard errors of the test figures, in nats: of log Z or annealing, and of the choice of images. Null where unknown. */
  readonly standardErrors: { readonly annealing: number | null; readonly images: number | null } | null;
}

export interface RunDigests {
  readonly parameters: string;
  /** Null for cd. */
  readonly chains: string | null;
  /** Head of the ledger's chain. */
  readonly ledger: string;
}

export type RunEvent =
  | { readonly kind: 'started'; readonly job: string; readonly update: number; readonly updates: number; readonly branch: number; readonly engine: string; readonly threads: number }
  | {
    readonly kind: 'progress'; readonly update: number; readonly updates: number; readonly epoch: number; readonly energyGap: number | null;
    /** Share of the proposals that were accepted; present where a sampler has an acceptance test. */
    readonly acceptance?: number;
    readonly updatesPerSecond: number | null; readonly samplesPerSecond: number | null; readonly secondsLeft: number | null;
  }
  | ({ readonly kind: 'evaluated'; readonly update: number; readonly seconds: number } & Figures)
  | { readonly kind: 'checkpoint'; readonly update: number; readonly path: string }
  | { readonly kind: 'rollback'; readonly from: number; readonly to: number; readonly branch: number; readonly learningRate: number; readonly reason: string }
  /** A contribution that was counted turned out wrong: the run went back and computes again. */
  | { readonly kind: 'returned'; readonly from: number; readonly to: number; readonly worker: string }
  | { readonly kind: 'quarantined'; readonly worker: string; readonly reason: string }
  | { readonly kind: 'paused'; readonly update: number }
  | { readonly kind: 'warning'; readonly message: string }
  | RunOutcome;

interface Ended { readonly update: number; readonly branch: number; readonly rollbacks: number; readonly seconds: number }

export type RunOutcome =
  | (Ended & RunDigests & {
    readonly kind: 'finished'; readonly job: string; readonly updates: number; readonly epochs: number; readonly engine: string;
    readonly samplesPerSecond: number | null;
  } & Pick<Figures, 'testLogLikelihood' | 'logPartition'>)
  /** `path`: the checkpoint to go on from, null if none was taken. */
  | (Ended & { readonly kind: 'interrupted'; readonly path: string | null })
  | (Ended & { readonly kind: 'cancelled' })
  /** `cause`: what was thrown, if something was. */
  | (Ended & { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly cause: unknown });
