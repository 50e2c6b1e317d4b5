// Port of the engines of continuous models (EXACT.md, float class). A unit is whole microbatches; what comes back are exact sums, so that worker
// count and schedule never change bits within a device class. An engine knows no role, network or clock.
import type { NoiseDistribution } from '../ebm/continuous/contrast.ts';
import type { ScoreSlopes } from '../ebm/continuous/likelihood.ts';
import type { ContinuousSettings, ParameterLayout, RowShape, SamplerSettings } from '../ebm/continuous/model.ts';
import type { Int64Sums } from '../ebm/continuous/sums.ts';
import type { EngineFingerprint, Range, UpdateUnit } from './engine.ts';
import type { ModuleProgram } from './module-program.ts';

/** Rows of real numbers, row-major [rows * size of shape]. */
export interface FloatRows { readonly rows: number; readonly values: Float32Array }

export interface ContinuousProblem extends ContinuousSettings {
  /** Unsigned 32-bit. */
  readonly seed: number;
  readonly shape: RowShape;
  /** Training rows; null at a coordinator that computes no units. */
  readonly data: FloatRows | null;
  /** Of an energy of kind `module`, for which it must be given. */
  readonly program?: ModuleProgram;
}

export interface ContinuousContribution {
  /** Sum over the unit's microbatches of the gradient of the update's loss, in the order of the layout, 2^-exponent nats an integer. */
  readonly gradient: Int64Sums;
  /** Sums of what is watched, in the order of `observations`. */
  readonly observed: Int64Sums;
  /** States of the unit's chains after the update, float32 [chains * size]; empty where nothing persists. */
  readonly states: Float32Array;
}

export interface ContinuousSampleUnit {
  readonly parameters: Float32Array;
  /** Row of ebm's table of purposes. */
  readonly purpose: number;
  readonly branch: number;
  readonly word3: number;
  readonly chains: Range;
  /** Advanced in place: float32 [chains * size]. */
  readonly states: Float32Array;
  readonly steps: number;
  /** Half-step number of the first step; a step takes two: 2 j for its noise, 2 j + 1 for its uniform number. */
  readonly firstHalfStep: number;
  /** Inverse temperature of the energy for this unit, 1 for the model itself. */
  readonly beta: number;
  /** null or absent: the objective's own. One that has none (score matching, nce) can be sampled by naming one here. */
  readonly sampler?: SamplerSettings | null;
  /** 1 where a number of every chain stays as its state has it, 0 where it moves [size]: the others are sampled given these. null or absent: all move. */
  readonly held?: Uint8Array | null;
}

/** A range of runs of annealed importance sampling (ebm/continuous/importance.ts). */
export interface ContinuousAnnealingUnit {
  readonly parameters: Float32Array;
  readonly branch: number;
  readonly word3: number;
  readonly runs: Range;
  /** From 0 to 1, rising. */
  readonly betas: Float64Array;
  /** Float64 [size] each. */
  readonly base: NoiseDistribution;
  /** The density is e^(-E / temperature). */
  readonly temperature: number;
}

/** `data` of a unit: offsets in the update's batch; `chains`: the same offsets for the chains that the update advances (empty without chains). */
export interface ContinuousSession {
  readonly layout: ParameterLayout;
  /** Names of what `observed` sums, for example `dataEnergy`, `modelEnergy`, `accepted`. */
  readonly observations: readonly string[];
  /** Float32 initial parameters, keyed by the job's seed (purpose init). */
  initial(): Float32Array;
  /**
   * `slots`: ids of the replay slots that the unit's chains are in (pcd), which address their random numbers. `states`: theirs, not changed. An unfit
   * value (not finite, or too large for exact sums) is counted in `gradient.rejected`.
   */
  evaluate(unit: UpdateUnit, parameters: Float32Array, chains: { readonly slots: Uint32Array; readonly states: Float32Array }): Promise<ContinuousContribution>;
  sample(unit: ContinuousSampleUnit): Promise<{ readonly accepted: number }>;
  /** Log-weights in run order, in nats: float64 [runs]. */
  logWeights(unit: ContinuousAnnealingUnit): Promise<Float64Array>;
  /** E of each row, in nats: float64 [rows]. */
  energies(parameters: Float32Array, rows: FloatRows): Promise<Float64Array>;
  /**
   * Scores of each row, float32 [rows * size]: -grad E, where there is no `sigma`; of a score model those of the data with noise of that deviation.
   * A row's bits do not depend on how many rows come after it.
   */
  scores(parameters: Float32Array, rows: FloatRows, sigma?: number): Promise<Float32Array>;
  /** Score models: the same with v^T (ds/dx) v of each row, for directions v, float32 [rows * size]. */
  slopes(parameters: Float32Array, rows: FloatRows, along: { readonly sigma: number; readonly directions: Float32Array }): Promise<ScoreSlopes>;
  close(): Promise<void>;
}

export interface ContinuousEngine {
  fingerprint(): EngineFingerprint;
  load(problem: ContinuousProblem): Promise<ContinuousSession>;
  close(): Promise<void>;
}
