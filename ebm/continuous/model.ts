// What a continuous model is made of, as a job says it: an energy over real vectors, an objective, a sampler. Compositions of parts, not a class
// for each combination. Shapes, defaults and errors for users are platform/config's; what the parts compute is engine/.

/** Smooth enough for the objectives that differentiate twice or three times: swish, softplus, tanh and elu have all the derivatives that are asked for. */
export type Activation = 'swish' | 'softplus' | 'tanh' | 'elu' | 'leaky-relu' | 'relu';

/** E(x) of one row x, a scalar in nats. Lower is likelier. */
export type EnergySettings =
  /** Dense layers of these widths with an activation after each, then one linear output. Rows are flattened. */
  | { readonly kind: 'mlp'; readonly layers: readonly number[]; readonly activation: Activation }
  /**
   * Images [height, width, channels]: 3 x 3 convolutions ("same") with these output channels and strides, an activation after each, flattened into one
   * linear output. `residual`: where neither stride nor channels change, the input is added to what comes out.
   */
  | { readonly kind: 'conv'; readonly channels: readonly number[]; readonly strides: readonly number[]; readonly residual: boolean; readonly activation: Activation }
  /** 1/2 |L^T (x - mean)|^2 with L lower triangular, log of its diagonal as parameter: a Gaussian, whose log Z is known. For tests and examples. */
  | { readonly kind: 'quadratic' }
  /** -log sum_k exp(logit_k - 1/2 |x - mean_k|^2 / s_k^2 - d log s_k), with log s_k as parameter. */
  | { readonly kind: 'gaussian-mixture'; readonly components: number }
  /** A module of the user's (define-energy.ts). `path`: where its text was, for people. `compiled`: once it has been read. */
  | { readonly kind: 'module'; readonly path: string; readonly compiled?: CompiledModule | null | undefined };

/** `digest`: sha256: of `source`, the text that was read. `parameters`: those that it declares, in order of their names. */
export interface CompiledModule { readonly digest: string; readonly source: string; readonly parameters: readonly ModuleParameter[] }
/** `deviation` of the normal numbers that it starts from; 0: zeros. */
export interface ModuleParameter { readonly name: string; readonly shape: readonly number[]; readonly deviation: number }

/** Throws TypeError for a module that has not been read. */
export function compiledModule({ path, compiled }: Extract<EnergySettings, { kind: 'module' }>): CompiledModule {
  if (compiled === undefined || compiled === null) throw new TypeError(`the module ${path} has not been read`);
  return compiled;
}

/**
 * Not an energy: scores of the data with normal noise of any deviation sigma, by a network that predicts the noise (docs/adr/0013). It has no energies and
 * no chains; ebm/continuous/diffusion.ts says what the network is given.
 */
export interface ScoreSettings {
  readonly kind: 'score';
  readonly network: NetworkSettings;
  /** Roughly the root mean square of a number of the data: what the network need not learn. */
  readonly dataDeviation: number;
}

/** From a row and `features` numbers that say how noisy it is to a row. */
export type NetworkSettings =
  /** Dense layers of these widths, an activation after each, then a linear layer. */
  | { readonly kind: 'mlp'; readonly layers: readonly number[]; readonly activation: Activation; readonly features: number }
  /**
   * Images: 3 x 3 convolutions as of an energy, then as many back: each enlarges by its partner's stride (nearest neighbours) and sees beside that what
   * its partner was given.
   */
  | { readonly kind: 'conv'; readonly channels: readonly number[]; readonly strides: readonly number[]; readonly activation: Activation; readonly features: number };

/** Which deviations of noise there are, from the least at time 0 to the largest at time 1. */
export type NoiseSettings =
  /** Variance exploding: sigma geometric in time. `levels`: that many of them alone (NCSN); null: all. */
  | { readonly kind: 've'; readonly sigmaMin: number; readonly sigmaMax: number; readonly levels: number | null }
  /** Variance preserving, rate beta linear in time, seen in x divided by what is left of the data: sigma^2 = e^(integral of beta) - 1. */
  | { readonly kind: 'vp'; readonly betaMin: number; readonly betaMax: number };

/** One transition a step. `stepSize` is epsilon of x' = x - epsilon grad E(x) + noise. */
export interface SamplerSettings {
  /** ula: unadjusted Langevin. mala: the same with Metropolis' correction. hmc: `leapfrogs` steps of size sqrt(2 epsilon). */
  readonly kind: 'ula' | 'mala' | 'hmc';
  readonly stepSize: number;
  /** Standard deviation of the noise; null: sqrt(2 epsilon temperature), the exact one. Only ula may have another, and samples at temperature noise^2 / (2 epsilon) then. */
  readonly noise: number | null;
  readonly temperature: number;
  /** hmc only; 1 otherwise. */
  readonly leapfrogs: number;
  /** Each component of beta E's gradient is clipped to [-clip, clip]; null: not. mala and hmc stay exact: it changes what they propose. */
  readonly clip: number | null;
  /** States are clamped to it after each step; null: not. ula only. */
  readonly bounds: readonly [number, number] | null;
  /** The temperatures before the sampler's own, from the hottest down; null or absent: none. A ula with a noise of its own cannot have them. */
  readonly annealing?: AnnealingSettings | null | undefined;
}

/** `levels` temperatures in equal ratios, the first `hottest` times the last, which is the sampler's own; a walk's steps are shared out evenly among them. */
export interface AnnealingSettings { readonly levels: number; readonly hottest: number }

/** Distribution of new chains and of restarted ones: uniform in a box, or normal around 0. */
export type ChainStart = { readonly kind: 'uniform'; readonly low: number; readonly high: number } | { readonly kind: 'normal'; readonly deviation: number };

export interface ContrastiveSettings {
  /** pcd: chains persist. cd: they start from the batch's own rows. */
  readonly kind: 'pcd' | 'cd';
  readonly sampler: SamplerSettings;
  /** Transitions an update. */
  readonly steps: number;
  /** pcd: replay slots of the run; each update advances `batch` distinct ones. null for cd. */
  readonly slots: number | null;
  /** pcd: probability that a drawn slot starts anew. */
  readonly restart: number;
  readonly start: ChainStart;
  /** alpha: adds alpha (mean E(x+)^2 + mean E(x-)^2) to the loss mean E(x+) - mean E(x-). */
  readonly energyPenalty: number;
  /** lambda: adds lambda mean |grad E(x+)|^2 over data rows to the loss. Absent: 0. */
  readonly gradientPenalty?: number;
}

export type ObjectiveSettings =
  | ContrastiveSettings
  /** Noise contrast against a normal of the data's mean and covariance diagonal, `ratio` noise rows a data row; log Z is a parameter. */
  | { readonly kind: 'nce'; readonly ratio: number }
  /**
   * Hyvarinen's: mean of 1/2 |s|^2 + tr ds/dx, s = -grad E. `exact`: the trace by d Hessian-vector products. `hutchinson`: by `projections` random signs.
   */
  | { readonly kind: 'explicit'; readonly trace: 'exact' | 'hutchinson'; readonly projections: number }
  /** Vincent's: mean over rows of sigma^2 / 2 |s(x + sigma z) + z / sigma|^2, sigma drawn from the list for each row. */
  | { readonly kind: 'denoising'; readonly sigmas: readonly number[] }
  /** The same over all deviations of a score model: mean over rows of 1/2 |predicted - z|^2, where sigma^2 / 2 |s + z / sigma|^2 is the same number. */
  | { readonly kind: 'noise-conditional'; readonly noise: NoiseSettings }
  /** Song's sliced with variance reduction: 1/2 |s|^2 + mean over `projections` signs v of v^T (ds/dx) v. */
  | { readonly kind: 'sliced'; readonly projections: number };

/** Whether the objective has chains. */
export function isContrastive(objective: ObjectiveSettings): objective is ContrastiveSettings {
  return objective.kind === 'pcd' || objective.kind === 'cd';
}

export interface ContinuousSettings {
  /** What is trained; with a score model the objective is noise-conditional, and with no other. */
  readonly energy: EnergySettings | ScoreSettings;
  readonly objective: ObjectiveSettings;
  /** Rows of data an update. */
  readonly batch: number;
  /** Rows of every evaluation: batch is a multiple of it. A unit is whole microbatches. */
  readonly microbatch: number;
}

/** Shape of one row: [d], or [height, width, channels]. */
export type RowShape = readonly number[];

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A published version: float32, in the order of the layout. */
export interface FloatParameters { readonly branch: number; readonly version: number; readonly values: Float32Array }

/** Parameters as one float32 vector: tensors in order of their names (code units), each row-major. */
export interface ParameterTensor { readonly name: string; readonly shape: readonly number[]; readonly from: number; readonly to: number }
export type ParameterLayout = readonly ParameterTensor[];
