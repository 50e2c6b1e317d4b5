// The compiled job: complete, frozen, every default filled in. It is what determines a run's bits, plus how the run is watched.
// Compiling (files, defaults, errors for users) is platform/config; this file owns the shape alone.

export type ScheduleKind = 'constant' | 'linear' | 'geometric';

export interface OptimiserSettings {
  readonly kind: 'sgd' | 'adam';
  /** Step size at its peak. */
  readonly learningRate: number;
  readonly schedule: ScheduleKind;
  /** Updates over which the rate rises linearly from 0. */
  readonly warmup: number;
  /** SGD only. */
  readonly momentum: number;
  /** Decay of the weights alone, never of biases. */
  readonly weightDecay: number;
  /** Adam only. */
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface DataSettings {
  readonly source: string;
  readonly binarise: 'threshold' | 'stochastic' | 'none';
  /** Rows held out of the training set: its last ones. */
  readonly validation: number;
}

export interface ModelSettings {
  readonly kind: 'bernoulli-rbm';
  readonly hidden: number;
  readonly centred: boolean;
  /** Parameters are sampled on a grid of 2^-grid nats. */
  readonly grid: number;
}

export interface TrainSettings {
  readonly objective: 'cd' | 'pcd';
  /** Gibbs steps an update. */
  readonly steps: number;
  /** Persistent chains; null for cd, where every sample of the batch has its own. */
  readonly chains: number | null;
  readonly batch: number;
  /** Updates of the whole run. */
  readonly updates: number;
  /** Epochs asked for; null if the job named updates. */
  readonly epochs: number | null;
  readonly optimiser: OptimiserSettings;
  /** Decay of the moving average of the parameters that is evaluated and exported; 0 = none. */
  readonly average: number;
  readonly staleness: 0 | 1;
  /** How often divergence may fall back before the run fails. */
  readonly rollbacks: number;
}

export type LogPartitionSettings =
  | { readonly kind: 'exact' }
  | { readonly kind: 'ais'; readonly runs: number; readonly betas: number; readonly raise: boolean; readonly reverse: boolean };

/** `every`: updates between figures; 0 = only at the end. */
export type EvaluateSettings = 'off' | { readonly every: number; readonly logPartition: LogPartitionSettings };

/** What the data turned out to be; part of the job's digest through `digest`. */
export interface DataFacts {
  /** `sha256:` of the content as read, before binarising. */
  readonly digest: string;
  readonly trainingRows: number;
  readonly validationRows: number;
  readonly testRows: number;
  readonly visible: number;
}

export interface CompiledJob {
  readonly formatVersion: 1;
  readonly name: string;
  /** Unsigned 32-bit. */
  readonly seed: number;
  readonly data: DataSettings;
  readonly model: ModelSettings;
  readonly train: TrainSettings;
  readonly evaluate: EvaluateSettings;
  readonly checkpoint: { readonly every: number; readonly keep: number };
  readonly ledger: { readonly every: number };
  readonly resources: { readonly engine: 'auto' | 'reference' | 'wasm' | 'tensorflow'; readonly priority: number; readonly mixedClasses: boolean };
  readonly facts: DataFacts;
}
