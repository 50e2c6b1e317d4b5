// What a benchmark is to its runner: some work that can be repeated, in units that peers count too.

export interface BenchOptions {
  readonly threads: number;
  readonly visible: number;
  readonly hidden: number;
  readonly batch: number;
  /** Gibbs steps an update. */
  readonly k: number;
  readonly chains: number;
  /** AIS runs and inverse temperatures. */
  readonly runs: number;
  readonly betas: number;
  readonly engine: 'wasm' | 'tensorflow';
  /** Of `langevin`: the energy. */
  readonly model: 'mlp' | 'conv';
  /** One JSON object a line instead of text. */
  readonly json: boolean;
  /** Take part in the interleaving protocol of reference/peers: READY, then one repetition for each `go` on standard input. */
  readonly peer: boolean;
  /** Aborted to stop: between updates where a workload has any, otherwise between repetitions. */
  readonly signal: AbortSignal;
}

export const BENCH_DEFAULTS: Omit<BenchOptions, 'signal'> = {
  threads: 1, visible: 784, hidden: 500, batch: 100, k: 1, chains: 100, runs: 100, betas: 10_000, engine: 'wasm', model: 'mlp', json: false, peer: false,
};

/** Samples of one repetition, as the peers have it: an epoch. */
const SAMPLES = 60_000;
/** Alone a repetition is longer, so that the beginning and the end of a run, which are not its rate, weigh little. */
const EPOCHS_ALONE = 4;

/** Updates of an epoch of a benchmark's rows, and epochs of a repetition. */
export function lengthOf({ batch, peer }: BenchOptions, rows: number): { readonly epoch: number; readonly epochs: number } {
  return { epoch: Math.max(1, Math.floor(Math.min(SAMPLES, rows) / batch)), epochs: peer ? 1 : EPOCHS_ALONE };
}

export type BenchKind = 'kernels' | 'train' | 'gibbs' | 'ais' | 'langevin';

/** Other defaults of `langevin`: the sizes of reference/peers. */
export const LANGEVIN_DEFAULTS = {
  mlp: { visible: 784, hidden: 512, batch: 128, k: 20, chains: 1_280 },
  conv: { visible: 784, hidden: 32, batch: 64, k: 20, chains: 640 },
} as const;

export interface Workload {
  readonly name: string;
  /** What was measured, in words. */
  readonly configuration: string;
  /** Units of work of one repetition, and what they are. */
  readonly work: number;
  readonly unit: string;
  /** Before each repetition, outside of its time. */
  prepare?(): Promise<void>;
  /** Throws StoppedError if it learns before its end that it should stop. */
  repeat(): Promise<void>;
  close(): Promise<void>;
}
