// The benchmarks of `ebm bench`: chooses the workload and how it is run. What a figure does not measure: starting, reading data, files,
// and the coordinator's and worker's part of an update.
import { aisWorkload } from './annealing.ts';
import { runAlone, runAsPeer } from './runner.ts';
import { gibbsWorkload, trainWorkload } from './training.ts';
import { BENCH_DEFAULTS, type BenchKind, type BenchOptions, type Workload } from './workload.ts';

const WORKLOADS: Readonly<Record<Exclude<BenchKind, 'kernels'>, (options: BenchOptions) => Promise<Workload>>> = {
  train: trainWorkload, gibbs: gibbsWorkload, ais: aisWorkload,
};

/** Runs one benchmark and prints its result to standard output. */
export async function runBench(kind: BenchKind, options: Partial<BenchOptions> = {}): Promise<void> {
  const complete = { ...BENCH_DEFAULTS, ...options };
  if (kind === 'kernels') throw new Error('not yet');
  const workload = await WORKLOADS[kind](complete);
  try {
    await (complete.peer ? runAsPeer : runAlone)(workload, complete);
  } finally {
    await workload.close();
  }
}
