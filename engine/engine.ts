// Port of the engines: how the mathematics is computed. An engine knows no role, network or clock.
// Whatever the adapter, the same unit gives the same bits (EXACT.md, integer class).
import type { OptimiserSettings } from '../ebm/job.ts';
import type { WeightsDifference } from '../ebm/rbm/difference.ts';
import type { UpdateFactors } from '../ebm/rbm/factors.ts';
import type { PackedSums } from '../ebm/rbm/packed.ts';
import type { Masters, Parameters, TrainingState, UpdateSums } from '../ebm/rbm/parameters.ts';

export interface EngineFingerprint {
  readonly name: 'reference' | 'wasm' | 'tensorflow';
  /** Version and content of what computes, for example `wasm/1 sha256:ab12...`. */
  readonly version: string;
  /** Float bits agree within a device class only; integer models agree everywhere. */
  readonly deviceClass: string;
  readonly threads: number;
}

/**
 * Binary rows, packed: bit i of a row is bit (i & 7) of byte (i >> 3); rowBytes = ceil(visible / 8); spare bits are 0.
 * `levels`: for stochastic binarising, thresholds T = round(65536 x) in 0..65536 [rows * visible]: as they stand (palette null),
 * or as indices into a palette of at most 256 thresholds.
 */
export type Dataset =
  | { readonly kind: 'bits'; readonly rows: number; readonly visible: number; readonly bits: Uint8Array }
  | { readonly kind: 'levels'; readonly rows: number; readonly visible: number; readonly levels: Uint8Array | Int32Array; readonly palette: Int32Array | null };

/** What an engine must know of a job to compute its units. */
export interface Problem {
  /** Unsigned 32-bit. */
  readonly seed: number;
  readonly visible: number;
  readonly hidden: number;
  /** Grid exponent g: parameters are in units of 2^-g nats. */
  readonly grid: number;
  readonly objective: 'pcd' | 'cd';
  readonly steps: number;
  readonly batch: number;
  /** M: persistent chains, or the batch for cd. */
  readonly chains: number;
  readonly centred: boolean;
  readonly optimiser: OptimiserSettings;
  readonly average: number;
  /** Training rows; null at a coordinator that computes no units. */
  readonly data: Dataset | null;
}

/** Half-open. */
export interface Range { readonly from: number; readonly to: number }

/** One work unit: everything it reads is named in it. */
export interface UpdateUnit {
  readonly branch: number;
  readonly update: number;
  /** Version of the parameters to compute with (the update's number, or one less with staleness 1). */
  readonly version: number;
  /** Offsets in the update's batch [0, batch). */
  readonly data: Range;
  /** Chain ids [0, chains). With cd equal to `data`. Either range may be empty with pcd. */
  readonly chains: Range;
}

export interface Contribution {
  readonly sums: UpdateSums;
  /** Packed hidden bits of the unit's chains after the update, ceil(hidden / 8) bytes a chain; empty for cd. */
  readonly chains: Uint8Array;
}

/** A contribution before its outer products are made. The arrays are the caller's. */
export interface FactorContribution {
  readonly factors: UpdateFactors;
  /** As a contribution's. */
  readonly chains: Uint8Array;
}

/** Sums as `addPacked` and `tally` of each of these, at least one, would make them. `into` belongs to whoever is given them, and is void. */
export interface UnfinishedSums { readonly packed: readonly PackedSums[]; readonly factors: readonly UpdateFactors[]; readonly into: Contribution | null }

/** Numbers of one optimiser step that the coordinator decides. */
export interface StepSettings {
  /** Number of the update just finished, t; the step makes version t + 1. */
  readonly update: number;
  readonly branch: number;
  /** Rate of this step (schedule and rollbacks applied), float32-representable. */
  readonly learningRate: number;
}

/** `diverged` names the first bound that broke; the state is then void and must be restored. */
export type ApplyOutcome =
  | { readonly kind: 'applied'; readonly published: Parameters }
  | { readonly kind: 'diverged'; readonly reason: 'not-finite' | 'weight-out-of-grid' | 'pre-activation-bound'; readonly where: string };

/** Advance chains with fixed parameters and bring them home. */
export interface SampleUnit {
  readonly parameters: Parameters;
  /** Row of ebm's table of purposes. */
  readonly purpose: number;
  readonly branch: number;
  /** Word 3 of the random counter (EXACT.md): the parameters' version. */
  readonly word3: number;
  /** Chain ids; `states` holds their packed hidden bits and is advanced in place. */
  readonly chains: Range;
  readonly states: Uint8Array;
  readonly steps: number;
  /** Half-step number of the first visible draw; continues by 2 a step. */
  readonly firstHalfStep: number;
  /**
   * Visible units whose value is fixed, or null: packed mask [rowBytes] and values [chains * rowBytes]. A fixed unit's threshold is
   * reported as 65536 times its value.
   */
  readonly clamp: { readonly mask: Uint8Array; readonly values: Uint8Array } | null;
}

export interface SampleResult {
  /** Packed hidden bits after the last step. */
  readonly states: Uint8Array;
  /** Packed visible bits of the last step [chains * rowBytes]. */
  readonly visible: Uint8Array;
  /** Thresholds the last visible bits were drawn from, 0..65536 [chains * visible]. */
  readonly visibleThresholds: Int32Array;
}

/** A range of annealed importance sampling runs; see ebm/partition for the meaning of each kind. */
export interface LogPartitionUnit {
  readonly parameters: Parameters;
  readonly kind: 'ais' | 'reverse' | 'raise';
  /** Ids of the runs. */
  readonly runs: Range;
  /** Inverse temperatures from 0 to 1, ascending. */
  readonly betas: Float64Array;
  /** Visible biases of the base model on the grid, int32 [visible]. */
  readonly baseBias: Int32Array;
  /** reverse, raise: packed visible rows the runs start from, one a run; null for ais. */
  readonly starts: Uint8Array | null;
}

export interface Session {
  /** Arrays of a training state, zeroed, in the memory where the engine wants them. One a session. */
  createState(): TrainingState;
  /**
   * Rounds masters (or their average) of the session's own state to the grid as `version`. Published arrays stay valid while the next
   * `publishedMax - 1` versions are made; those of an average until the next average is published, whatever versions are made.
   */
  publish(masters: Masters, branch: number, version: number): Promise<ApplyOutcome>;
  readonly publishedMax: number;
  /** Takes parameters that came over a wire into the engine's memory. Those of `publish` and `apply` need not be. */
  adopt(parameters: Parameters): Promise<Parameters>;
  /** Computes a unit. `chains`: packed hidden bits of the unit's chains, not changed. The contribution belongs to the caller until `release`. */
  evaluate(unit: UpdateUnit, parameters: Parameters, chains: Uint8Array): Promise<Contribution>;
  /** Computes a unit as far as its factors. */
  evaluateFactors(unit: UpdateUnit, parameters: Parameters, chains: Uint8Array): Promise<FactorContribution>;
  /**
   * Adds the sums that factors stand for to a contribution of this session's `tally` or `addPacked`, which is void then, or begins one. Of sums in int32 alone:
   * updates of at most 32,767 samples a phase.
   */
  tally(factors: UpdateFactors, into: Contribution | null): Promise<Contribution>;
  /** The sums of a contribution, as they were given, in the fewest bits a value of each row, if that makes them fewer bytes; null also for sums in float64. Valid until the contribution is released. */
  pack(contribution: Contribution): Promise<PackedSums | null>;
  /** Adds packed sums to a contribution of this session's `tally` or `addPacked`, which is void then, or begins one. Of sums in int32 alone. */
  addPacked(packed: PackedSums, into: Contribution | null): Promise<Contribution>;
  /** What has changed between the weights of two versions of this session; null if the values themselves are no more bytes. */
  difference(base: Parameters, next: Parameters): Promise<WeightsDifference | null>;
  /**
   * Takes the version that differs so from one in the engine's memory. Null if the difference does not fit. `onPlaced`: told of the version, by an engine
   * that has a queue, while it is being made: calls with it wait their turn, and give something void if the promise is null.
   */
  adoptDifference(base: Parameters, difference: WeightsDifference, next: Omit<Parameters, 'weights'>, onPlaced?: (parameters: Parameters) => void): Promise<Parameters | null>;
  /** Gives a contribution's arrays back to the engine, which may use them again. */
  release(contribution: Contribution): void;
  /**
   * One optimiser step, in the order of EXACT.md; changes the state, publishes version update + 1. Sums are left as they are; those that are
   * unfinished are finished first, in the same command where commands cost, and then given up.
   */
  apply(state: TrainingState, sums: UpdateSums | UnfinishedSums, step: StepSettings): Promise<ApplyOutcome>;
  sample(unit: SampleUnit): Promise<SampleResult>;
  /** Log-weights of the runs, in nats, in run order. */
  logPartition(unit: LogPartitionUnit): Promise<Float64Array>;
  /** Annealed runs under way are not wanted any longer: where the engine can, it ends them soon, and their promise rejects. */
  giveUp?(): void;
  /** Negative free energies -F(v) in nats of packed rows, in order: float64 [rows]. */
  negativeFreeEnergies(parameters: Parameters, rows: Uint8Array): Promise<Float64Array>;
  /** Hidden thresholds (65536 = 1) of packed rows: int32 [rows * hidden]. */
  hiddenThresholds(parameters: Parameters, rows: Uint8Array): Promise<Int32Array>;
  /** Natural logarithm of the partition function by enumeration; only if one layer has at most 20 units. */
  exactLogPartition(parameters: Parameters): Promise<number>;
  close(): Promise<void>;
}

export interface Engine {
  fingerprint(): EngineFingerprint;
  load(problem: Problem): Promise<Session>;
  close(): Promise<void>;
}
