// The compiled job: complete, frozen, every default filled in. It is what determines a run's bits, plus how the run is watched.
// Compiling (files, defaults, errors for users) is platform/config; this file owns the shape alone.
import type { AnnealingSettings, EnergySettings, NetworkSettings, NoiseSettings, ObjectiveSettings, SamplerSettings } from './continuous/model.ts';

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

/** An energy over real vectors. */
export interface EnergyModelSettings { readonly kind: 'energy'; readonly energy: EnergySettings }

/** Scores of the data under noise: trained by denoising over all of the noise's deviations. */
export interface ScoreModelSettings {
  readonly kind: 'score';
  readonly network: NetworkSettings;
  readonly noise: NoiseSettings;
  /** As in ebm/continuous/model.ts. */
  readonly dataDeviation: number;
}

/** Settings of `train` that every model has. */
export type LengthSettings = Pick<TrainSettings, 'batch' | 'updates' | 'epochs' | 'optimiser' | 'average' | 'staleness' | 'rollbacks'>;

/** As in a job file: settings of other objectives than the job's are absent. What engines compute by is ebm/continuous/settings.ts's. */
export interface ContinuousTrainSettings extends LengthSettings {
  /** A score model's is denoising. */
  readonly objective: Exclude<ObjectiveSettings['kind'], 'noise-conditional'>;
  readonly microbatch: number;
  /** Steps of the sampler an update (cd, pcd); 1 otherwise. */
  readonly steps: number;
  /** Replay slots (pcd); null otherwise. */
  readonly chains: number | null;
  readonly sampler?: SamplerFields;
  readonly restart?: number;
  readonly start?: StartFields;
  readonly energyPenalty?: number;
  readonly gradientPenalty?: number;
  readonly noiseRatio?: number;
  readonly trace?: 'exact' | 'hutchinson';
  readonly projections?: number;
  readonly sigmas?: readonly number[];
  /** Gradients of a larger Euclidean norm are scaled down to it; null: never. */
  readonly gradientNormMax: number | null;
  /** Largest singular value of every weight matrix; null: any. */
  readonly spectralNorm: number | null;
}

export interface SamplerFields {
  readonly kind: SamplerSettings['kind'];
  readonly stepSize: number;
  readonly noise: number | null;
  readonly temperature: number;
  readonly leapfrogs: number;
  readonly clip: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Absent: chains keep the one temperature. */
  readonly annealing?: AnnealingSettings | undefined;
}

export interface StartFields { readonly kind: 'uniform' | 'normal'; readonly low: number; readonly high: number; readonly deviation: number }

/** log Z by quadrature over a box around the data, in two dimensions alone, or by annealed importance sampling. */
export type ContinuousPartitionSettings = { readonly kind: 'quadrature'; readonly points: number } | { readonly kind: 'ais'; readonly runs: number; readonly betas: number };

export type ContinuousEvaluateSettings = 'off' | { readonly every: number; readonly logPartition: ContinuousPartitionSettings };

/** `shape`: of one row, as the data have it: [d], or [height, width, 1]. */
export interface ContinuousFacts extends DataFacts { readonly shape: readonly number[] }

export interface ContinuousJob extends Omit<CompiledJob, 'model' | 'train' | 'evaluate' | 'facts'> {
  readonly model: EnergyModelSettings | ScoreModelSettings;
  readonly train: ContinuousTrainSettings;
  readonly evaluate: ContinuousEvaluateSettings;
  readonly facts: ContinuousFacts;
}

/** A job of any family. `CompiledJob` is one of a Boltzmann machine. */
export type AnyJob = CompiledJob | ContinuousJob;

/** A job that must be one of a Boltzmann machine. Throws TypeError for any other. */
export function boltzmannJob(job: AnyJob): CompiledJob {
  if (isContinuous(job)) throw new TypeError('a job of a Boltzmann machine is needed');
  return job;
}

export function isContinuous(job: AnyJob): job is ContinuousJob {
  return job.model.kind !== 'bernoulli-rbm';
}
