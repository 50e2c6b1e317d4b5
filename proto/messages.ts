// The messages between a coordinator and its workers, as closed unions. Types and two constants, nothing that runs.
// How they become bytes is codec.ts; what they mean is the business of the two machines.
import type { FloatParameters } from '../ebm/continuous/model.ts';
import type { Int64Sums } from '../ebm/continuous/sums.ts';
import type { AnyJob } from '../ebm/job.ts';
import type { WeightsDifference } from '../ebm/rbm/difference.ts';
import type { UpdateFactors } from '../ebm/rbm/factors.ts';
import type { PackedSums } from '../ebm/rbm/packed.ts';
import type { Parameters, TrainingState, UpdateSums } from '../ebm/rbm/parameters.ts';

/** Version of the wire format. A newer one is refused by name, an older one is read. */
export const WIRE_FORMAT_VERSION = 3;

/**
 * Where messages go. A run's name is part of each, so that runs on one transport never meet, and a run may have any name. A worker's own
 * subject is one word behind fixed ones: a server's permissions can say who may read it.
 */
export const SUBJECTS = {
  coordinator: (run: string): string => `ebm.run.${run}.coordinator`,
  parameters: (run: string): string => `ebm.run.${run}.parameters`,
  /** What has changed since the version before, to all workers of the run. */
  published: (run: string): string => `ebm.run.${run}.published`,
  worker: (run: string, worker: string): string => `ebm.run.${run}.worker.${worker}`,
} as const;

/** Half-open. */
export interface Range { readonly from: number; readonly to: number }

/** Parameters are named, never hashed: branch, version, and whether they are the masters' or their moving average's grid values. */
export interface ParametersName {
  readonly branch: number;
  readonly version: number;
  readonly of: 'masters' | 'average';
}

/** Rows that a figure is computed on. */
export type RowSet = 'training' | 'validation' | 'test';

/**
 * Both phases of a range of an update. `states`: packed hidden bits of the chains, or their float32 values, little-endian; null if the worker has them from
 * its unit before; empty where none persist.
 */
export interface UpdateUnitMessage {
  readonly kind: 'update';
  readonly branch: number;
  readonly update: number;
  readonly parameters: ParametersName;
  readonly data: Range;
  readonly chains: Range;
  readonly states: Uint8Array | null;
  /** In which form the contribution is wanted: its sums, or for a small range the factors of which the coordinator makes them. */
  readonly form: 'sums' | 'factors';
}

/**
 * Whole updates one after the other, each with its step, for a worker on the coordinator's own session: the run's state is lent with the lease (adr/0015).
 * It passes by reference alone. `states`: packed hidden bits of all chains; empty where none persist.
 */
export interface SpanUnitMessage {
  readonly kind: 'span';
  readonly branch: number;
  /** The first. */
  readonly update: number;
  readonly parameters: ParametersName;
  readonly data: Range;
  readonly chains: Range;
  readonly states: Uint8Array;
  /** Of the versions that the span makes, the multiples of this are looked at: their chains come back too. */
  readonly lookEvery: number;
  /** Of each update's step. */
  readonly learningRates: readonly number[];
  readonly lent: TrainingState;
  /** Asked between two updates: what to wait for, because others (a checkpoint that is written) need turns of the event loop; null for nothing. */
  readonly pause: () => Promise<void> | null;
}

/** Chains advanced with fixed parameters and brought home. */
export interface SampleUnitMessage {
  readonly kind: 'sample';
  readonly parameters: ParametersName;
  readonly purpose: number;
  readonly branch: number;
  readonly word3: number;
  readonly chains: Range;
  readonly states: Uint8Array;
  readonly steps: number;
  readonly firstHalfStep: number;
  /** Visible units whose value is fixed: packed mask of a row, and packed values of each chain. */
  readonly clamp: { readonly mask: Uint8Array; readonly values: Uint8Array } | null;
}

export type LogPartitionMethod = 'ais' | 'reverse' | 'raise';

/** A range of annealed runs. `starts`: packed rows that the runs of reverse and raise start from, null for ais. */
export interface LogPartitionUnitMessage {
  readonly kind: 'log-partition';
  readonly parameters: ParametersName;
  readonly method: LogPartitionMethod;
  readonly runs: Range;
  /** Number of temperatures above 0. */
  readonly betas: number;
  /** Visible biases of the base model, in grid units: int32 [visible]. */
  readonly baseBias: Int32Array;
  readonly starts: Uint8Array | null;
}

/** Negative free energies of a range of rows. */
export interface EvaluateUnitMessage {
  readonly kind: 'evaluate';
  readonly parameters: ParametersName;
  readonly set: RowSet;
  readonly rows: Range;
}

/** The logarithm of the partition function by enumeration; a unit by itself. */
export interface ExactUnitMessage {
  readonly kind: 'exact';
  readonly parameters: ParametersName;
}

export type UnitMessage = UpdateUnitMessage | SpanUnitMessage | SampleUnitMessage | LogPartitionUnitMessage | EvaluateUnitMessage | ExactUnitMessage;

export interface WorkerFingerprint {
  readonly engine: string;
  readonly version: string;
  readonly deviceClass: string;
  readonly threads: number;
}

/** What the bits of a continuous model hold within: an engine with its libraries, and a device. */
export type ComputedBy = Pick<WorkerFingerprint, 'version' | 'deviceClass'>;

/** A worker asks to be a member. */
export interface Join { readonly kind: 'join'; readonly worker: string; readonly fingerprint: WorkerFingerprint }
/** A worker is free and asks for a unit. `version`: the highest epoch it has seen. */
export interface Request { readonly kind: 'request'; readonly worker: string; readonly epoch: number }
/** `packed`: sums whose bytes are views, on the way in of the message's. */
export type ContributionContent =
  | { readonly kind: 'sums'; readonly sums: UpdateSums }
  | { readonly kind: 'packed'; readonly sums: PackedSums }
  | { readonly kind: 'factors'; readonly factors: UpdateFactors }
  /** Of a continuous model: the gradient of the update's loss, and what is watched. */
  | { readonly kind: 'gradient'; readonly gradient: Int64Sums; readonly observed: Int64Sums };

/** Of either family. */
export type AnyParameters = Parameters | FloatParameters;

/** Whole microseconds of a worker's time since its contribution before: waiting for a lease, for parameters, computing, and in the codec. */
export interface Spent {
  readonly waitedUs: number;
  readonly fetchedUs: number;
  readonly computedUs: number;
  readonly encodedUs: number;
  readonly decodedUs: number;
}

/** What an update unit gave. `states`: those of the unit's chains after the update; empty where none persist. `asks`: the worker wants its next unit. */
export interface ContributionMessage {
  readonly kind: 'contribution';
  readonly worker: string;
  readonly epoch: number;
  readonly lease: number;
  readonly branch: number;
  readonly update: number;
  readonly data: Range;
  readonly chains: Range;
  readonly content: ContributionContent;
  readonly states: Uint8Array;
  readonly spent: Spent;
  readonly asks: boolean;
}
/** Chains of a version that is looked at: packed hidden bits. */
export interface Look { readonly version: number; readonly states: Uint8Array }
/** How a span ended: after its last step, or in the one that did not hold. By reference alone, like the span. */
export interface AdvancedMessage {
  readonly kind: 'advanced';
  readonly worker: string;
  readonly epoch: number;
  readonly lease: number;
  readonly branch: number;
  /** The span's first. */
  readonly update: number;
  /** Updates whose steps were taken. */
  readonly done: number;
  /** What is not finite or beyond its bound after update + done, and where; null if all steps held. */
  readonly divergence: { readonly reason: string; readonly where: string } | null;
  /** The newest version; null if the first step did not hold. */
  readonly published: Parameters | null;
  /** Chains after the last step that held. */
  readonly states: Uint8Array;
  readonly looks: readonly Look[];
  readonly asks: boolean;
}
/** What any other unit gave: `values` in id order (log-weights, negative free energies, log Z), or the chains of a sample unit. */
export interface ResultMessage {
  readonly kind: 'result';
  readonly worker: string;
  readonly epoch: number;
  readonly lease: number;
  readonly values:
    | { readonly kind: 'numbers'; readonly numbers: Float64Array }
    | { readonly kind: 'samples'; readonly states: Uint8Array; readonly visible: Uint8Array; readonly visibleThresholds: Int32Array };
  readonly asks: boolean;
}
/** A unit could not be computed. `states-missing`: the chain states that the lease took for cached are not there. */
export interface Failed {
  readonly kind: 'failed';
  readonly worker: string;
  readonly epoch: number;
  readonly lease: number;
  readonly code: 'engine' | 'states-missing' | 'parameters-missing';
  readonly message: string;
  readonly asks: boolean;
}
/** A sign of life; `lease`: the one that is still being computed, or null. */
export interface Renew { readonly kind: 'renew'; readonly worker: string; readonly epoch: number; readonly lease: number | null }
/** A worker says goodbye; a unit in its hands is handed back by it. */
export interface Leave { readonly kind: 'leave'; readonly worker: string; readonly epoch: number }
/** `have`: a version of the same branch that the worker could take a difference from, or null. */
export interface ParametersRequest {
  readonly kind: 'parameters-request';
  readonly worker: string;
  readonly epoch: number;
  readonly name: ParametersName;
  readonly have: ParametersName | null;
}

/** The worker is a member. `parameters`: what the epoch starts from; cached versions above it are void. */
export interface Welcome {
  readonly kind: 'welcome';
  readonly epoch: number;
  readonly job: AnyJob;
  readonly start: { readonly branch: number; readonly version: number };
  /** How often the worker must be heard of, with or without work. */
  readonly heartbeatMs: number;
}
export interface Refused { readonly kind: 'refused'; readonly epoch: number; readonly code: 'device-class' | 'quarantined' | 'full' | 'unknown-worker' | 'over'; readonly message: string }
/** A unit to compute, for `termMs` from now on unless renewed. */
export interface LeaseMessage { readonly kind: 'lease'; readonly epoch: number; readonly lease: number; readonly termMs: number; readonly unit: UnitMessage }
/** A new epoch begins; what a worker holds of versions above `start` is void, and so is its unit. */
export interface Fence { readonly kind: 'fence'; readonly epoch: number; readonly start: { readonly branch: number; readonly version: number } }
export interface ParametersResponse { readonly kind: 'parameters'; readonly epoch: number; readonly name: ParametersName; readonly parameters: AnyParameters }
/** The masters' grid values as what has changed since version `base` of the same branch; biases whole. */
export interface ParametersDifference {
  readonly kind: 'parameters-difference';
  readonly epoch: number;
  readonly name: ParametersName;
  readonly base: number;
  readonly weights: WeightsDifference;
  readonly visibleBias: Int32Array;
  readonly hiddenBias: Int32Array;
}
export interface ParametersMissing { readonly kind: 'parameters-missing'; readonly epoch: number; readonly name: ParametersName }
/** Finish the unit at hand, ask for no more, leave. */
export interface Drain { readonly kind: 'drain'; readonly epoch: number }
/** The lease is void; its result would be refused. */
export interface Cancel { readonly kind: 'cancel'; readonly epoch: number; readonly lease: number }

export type ToCoordinator = Join | Request | ContributionMessage | AdvancedMessage | ResultMessage | Failed | Renew | Leave;
export type ToWorker = Welcome | Refused | LeaseMessage | Fence | Drain | Cancel;
export type Message = ToCoordinator | ToWorker | ParametersRequest | ParametersResponse | ParametersDifference | ParametersMissing;
