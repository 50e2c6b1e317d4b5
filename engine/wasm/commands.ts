// What the owner of the wasm engine asks its threads to do. Commands are values (JSON) with addresses in shared memory in them.
import type { OptimiserSettings } from '../../ebm/job.ts';
import type { Range } from '../engine.ts';
import type { DataLayout, PublishedLayout, SessionLayout } from './layout.ts';

/** What threads know of a session: they keep it from `open` to `close`. */
export interface SessionPlan {
  readonly id: number;
  readonly seed: number;
  readonly visible: number;
  readonly hidden: number;
  readonly grid: number;
  readonly objective: 'pcd' | 'cd';
  readonly steps: number;
  readonly batch: number;
  readonly centred: boolean;
  readonly optimiser: OptimiserSettings;
  readonly average: number;
  readonly data: DataLayout | null;
  readonly layout: SessionLayout;
}

/** Masters, momenta or averages by address. */
export interface MastersLayout { readonly weights: number; readonly visibleBias: number; readonly hiddenBias: number }

export interface StateLayout {
  readonly masters: MastersLayout;
  readonly slots: readonly MastersLayout[];
  readonly average: MastersLayout | null;
  readonly visibleOffset: number;
  readonly hiddenOffset: number;
}

export interface PhaseLayout { readonly count: number; readonly visible: number; readonly hidden: number }

/** Update sums by address; `outerModel` is 0 for a difference. */
export interface SumsLayout { readonly data: PhaseLayout; readonly model: PhaseLayout; readonly outer: number; readonly outerModel: number; readonly wide: boolean }

export interface EvaluateCommand {
  readonly kind: 'evaluate';
  readonly session: number;
  readonly branch: number;
  readonly update: number;
  readonly data: Range;
  readonly chains: Range;
  readonly published: PublishedLayout;
  readonly sums: SumsLayout;
  /** Packed hidden bits of the chains, advanced in place; 0 for cd. */
  readonly states: number;
  /** Where factors go instead of sums; null for sums. */
  readonly factors: FactorsLayout | null;
  /** Where the outer sums are written packed as well, or null. */
  readonly pack: PackPlace | null;
}

/** Factors by address (ebm/rbm/factors.ts): packed visible bits, uint16 thresholds, bits of the full ones. */
export interface FactorsLayout { readonly data: FactorsPlace; readonly model: FactorsPlace }
export interface FactorsPlace { readonly visible: number; readonly thresholds: number; readonly full: number }

/** Adds the outer products of factors of so many samples to sums, which start at 0 if they are the first. */
export interface TallyCommand extends TallyTask {
  readonly kind: 'tally';
  readonly session: number;
}

export interface TallyTask {
  readonly data: number;
  readonly model: number;
  readonly factors: FactorsLayout;
  /** Whether there are full thresholds. */
  readonly full: { readonly data: boolean; readonly model: boolean };
  readonly sums: SumsLayout;
  readonly first: boolean;
}

/** Writes outer sums as packed matrices (ebm/rbm/packed.ts). */
export interface PackCommand extends PackPlace {
  readonly kind: 'pack';
  readonly session: number;
  readonly sums: SumsLayout;
}

/** Room for rows of 32 bits a value, 0 for the one that is not. */
export interface PackPlace { readonly outer: number; readonly outerModel: number }

/** Adds packed outer sums to int32 ones, which start at 0 if they are the first. */
export interface UnpackCommand extends UnpackTask {
  readonly kind: 'unpack';
  readonly session: number;
}

export interface UnpackTask {
  readonly outer: number;
  readonly outerModel: number;
  readonly sums: SumsLayout;
  readonly first: boolean;
}

/**
 * Writes what has changed between two versions (ebm/rbm/difference.ts): codes in the form of fewest bytes, whole values where a code does not say
 * the move, in `escapes`, which has room for all.
 */
export interface EncodeCommand extends EncodePlace {
  readonly kind: 'encode';
  readonly session: number;
  readonly next: PublishedLayout;
}

/** The version to start from, and where what leads to the next one goes. */
export interface EncodePlace {
  readonly base: PublishedLayout;
  readonly codes: number;
  readonly escapes: number;
  /** int32 [3], also for the time of the command: the bits of a code, 0 if the values are no more bytes; the number of escapes. */
  readonly out: number;
}

/** Completes a version whose biases are there already from another one and the codes of what has changed. */
export interface DecodeCommand {
  readonly kind: 'decode';
  readonly session: number;
  readonly base: PublishedLayout;
  readonly bits: number;
  readonly rowBytes: number;
  readonly codes: number;
  readonly escapes: number;
  readonly escapeCount: number;
  readonly published: PublishedLayout;
  /** int32: the escapes that the codes name. */
  readonly out: number;
}

export interface ApplyCommand {
  readonly kind: 'apply';
  readonly session: number;
  readonly update: number;
  readonly learningRate: number;
  readonly state: StateLayout;
  /** What the sums need before the step, in this order. */
  readonly unpack: readonly UnpackTask[];
  readonly tally: TallyTask | null;
  readonly sums: SumsLayout;
  readonly published: PublishedLayout;
  /** Outcome as JSON text: int32 length, then UTF-8 bytes; length 0 = applied. */
  readonly outcome: number;
  /** What leads to the new version is written too. */
  readonly encode: EncodePlace | null;
}

export interface PublishCommand {
  readonly kind: 'publish';
  readonly session: number;
  readonly masters: MastersLayout;
  readonly published: PublishedLayout;
  readonly outcome: number;
}

/** Completes a version whose biases are there already from weights int16 [visible, hidden] at `plain`. */
export interface AdoptCommand {
  readonly kind: 'adopt';
  readonly session: number;
  readonly plain: number;
  readonly published: PublishedLayout;
}

export interface SampleCommand {
  readonly kind: 'sample';
  readonly session: number;
  readonly purpose: number;
  readonly branch: number;
  readonly word3: number;
  readonly chains: Range;
  readonly steps: number;
  readonly firstHalfStep: number;
  readonly published: PublishedLayout;
  /** Packed hidden bits, advanced in place; packed visible bits; int32 thresholds. */
  readonly states: number;
  readonly rows: number;
  readonly thresholds: number;
  /** Packed mask of one row and packed values of every chain; 0 = nothing is clamped. */
  readonly mask: number;
  readonly values: number;
}

/** Results of every packed row: hidden thresholds int32 [rows, hidden], or negative free energies float64 [rows]. */
export interface RowsCommand {
  readonly kind: 'thresholds' | 'energies';
  readonly session: number;
  readonly published: PublishedLayout;
  readonly rows: number;
  readonly count: number;
  /** energies: int32 [pass, hidden] for pre-activations. */
  readonly inputs: number;
  readonly out: number;
}

export interface LogPartitionCommand {
  readonly kind: 'log-partition';
  readonly session: number;
  readonly branch: number;
  readonly version: number;
  readonly published: PublishedLayout;
  readonly path: 'ais' | 'reverse' | 'raise';
  readonly runs: Range;
  /** float64 [betasCount] */
  readonly betas: number;
  readonly betasCount: number;
  readonly baseBias: number;
  /** 0 = none */
  readonly starts: number;
  /** float64 [runs] */
  readonly out: number;
  /** Working memory (annealing.ts): pre-activations, factors of increments, base biases as float32, bias differences, tables. */
  readonly inputs: number;
  readonly factors: number;
  readonly base: number;
  readonly differences: number;
  readonly tables: number;
}

export interface ExactCommand {
  readonly kind: 'exact';
  readonly session: number;
  readonly published: PublishedLayout;
  /** float64 */
  readonly out: number;
}

/** Adds int32 sums to float64 ones of the same shape. */
export interface AddCommand {
  readonly kind: 'add';
  readonly session: number;
  readonly from: SumsLayout;
  readonly to: SumsLayout;
}

export type Command =
  | { readonly kind: 'open'; readonly session: SessionPlan }
  | { readonly kind: 'close'; readonly session: number }
  | EvaluateCommand | ApplyCommand | PublishCommand | AdoptCommand | SampleCommand | RowsCommand | AddCommand | LogPartitionCommand | ExactCommand
  | TallyCommand | PackCommand | UnpackCommand | EncodeCommand | DecodeCommand
  | { readonly kind: 'stop' };

/** A command with the length of the memory it speaks of. */
export interface Envelope { readonly memoryBytes: number; readonly command: Command }

/** Times that weights are read in a command which is short: a thread makes some 150 in a nanosecond, so these take it 7 ms. */
const SHORT_VISITS = 0x4000_0000;
/** What the optimiser does with a weight takes as long as so many visits. */
const STEP_VISITS = 180;

/** Whether a command is over in some milliseconds. */
export function isShort(command: Command, { visible, hidden, steps }: SessionPlan): boolean {
  if (command.kind === 'apply') return visible * hidden * (STEP_VISITS + (command.tally?.data ?? 0) + (command.tally?.model ?? 0)) <= SHORT_VISITS;
  if (command.kind !== 'evaluate') return false;
  const data = command.data.to - command.data.from;
  const chains = command.chains.to - command.chains.from;
  return visible * hidden * (2 * data + (2 * steps + 1) * chains) <= SHORT_VISITS; // up, down, and the statistics
}
