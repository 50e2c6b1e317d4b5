// What a report is made of: plain values, gathered by whoever finished, stopped or inspects a run. Every figure may be unknown (null).
import type { AnyJob } from '../../ebm/job.ts';

export type ReportOutcome =
  | { readonly kind: 'finished' }
  | { readonly kind: 'running' | 'interrupted' | 'cancelled' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** Mean test log-likelihoods, in nats a row; as in the `finished` and `evaluated` lines of the command's --json. */
export interface LikelihoodFigures {
  readonly ais?: number | null;
  readonly raise?: number | null;
  readonly reverse?: number | null;
  readonly exact?: number | null;
  /** Whether the effective sample size of AIS is at least 5 % of its runs. */
  readonly reliable?: boolean | null;
}

export interface LogPartitionFigures {
  readonly kind: 'ais' | 'exact' | 'quadrature';
  /** log Z in nats. */
  readonly mean: number | null;
  readonly standardError?: number | null;
  /** Effective number of runs. */
  readonly ess?: number | null;
  readonly runs?: number | null;
  readonly betas?: number | null;
}

/** Figures of the whole run; the fields of the `finished` line, and of the last `evaluated` one. */
export interface ReportResults {
  /** Updates done. */
  readonly updates: number;
  readonly rollbacks: number;
  readonly branch: number;
  readonly testLogLikelihood: LikelihoodFigures | null;
  readonly logPartition: LogPartitionFigures | null;
  /** The same figures on the rows that were held out of the training set. */
  readonly validationLogLikelihood?: LikelihoodFigures | null;
  /** Standard errors of the test figures, in nats: of annealing, and of the choice of test rows. */
  readonly standardErrors?: { readonly annealing: number | null; readonly images: number | null } | null;
  readonly samplesPerSecond: number | null;
  readonly seconds: number | null;
  readonly residentBytesMax: number | null;
}

/** `sha256:...`; null where there is none (chains of cd) or it is not known yet. */
export interface ReportDigests {
  readonly job: string;
  readonly parameters: string | null;
  readonly chains: string | null;
  /** Head of the ledger's chain. */
  readonly ledger: string | null;
}

export interface ReportPicture {
  readonly png: Uint8Array;
  /** What it shows, in a sentence; also the text for those who cannot see it. */
  readonly caption: string;
}

export interface ReportSample {
  readonly update: number;
  readonly png: Uint8Array;
}

export interface ReportInput {
  readonly job: AnyJob;
  /** The run directory as the user names it, for the commands to copy. */
  readonly directory: string;
  readonly outcome: ReportOutcome;
  readonly results: ReportResults;
  readonly digests: ReportDigests;
  /** Lines of metrics.jsonl in order; metrics.ts says which fields are drawn. Others are ignored. */
  readonly metrics: readonly Readonly<Record<string, unknown>>[];
  /** Lines of ledger.jsonl in order. */
  readonly ledger: readonly Readonly<Record<string, unknown>>[];
  /** Mosaics of samples, by ascending update; the last is the final one. */
  readonly samples: readonly ReportSample[];
  /** How many mosaics there are beside these. */
  readonly samplesLeftOut?: number;
  /** A mosaic of training data to compare samples with. */
  readonly data: ReportPicture | null;
  readonly filters: ReportPicture | null;
  /** How samples came from noise; null of models whose samples are chains of the run. */
  readonly strip: ReportPicture | null;
  readonly warnings: readonly string[];
  /** Fingerprint, for example `wasm/1 sha256:...`. */
  readonly engine: string;
  /** Names and versions of what ran: ebm-fleet, node, ... */
  readonly versions: Readonly<Record<string, string>>;
  /** When the report was written, as it is to be shown; null leaves it out, so that equal runs have equal reports. */
  readonly writtenAt: string | null;
}

/** Beyond these a report would not open on a phone. */
export const REPORT_LIMITS = {
  pointsMax: 500,
  tableRowsMax: 60,
  sampleFramesMax: 24,
  sampleBytesMax: 8_000_000,
  ledgerLinesShown: 12,
  warningsShown: 50,
} as const;
