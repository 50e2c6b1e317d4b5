// The benchmarks of `ebm bench`: chooses the workloads and how they are run. What the figures do not measure: starting, reading data and
// files; `train` shows the engine's bare calls and, beside them, the same through coordinator and worker; `kernels` shows each call alone.
import { letHeapGrow } from '../compose/heap.ts';
import { aisWorkload } from './annealing.ts';
import { langevinWorkload } from './langevin.ts';
import { orchestratedWorkload } from './orchestrated.ts';
import { runAlone, runAsPeer } from './runner.ts';
import { checkSizes } from './sizes.ts';
import { applyWorkload, evaluateWorkload, gibbsWorkload, trainWorkload } from './training.ts';
import { BENCH_DEFAULTS, type BenchKind, type BenchOptions, type Workload } from './workload.ts';

type Open = (options: BenchOptions) => Promise<Workload>;

/** The first takes part as a peer. */
const WORKLOADS: Readonly<Record<BenchKind, readonly [Open, ...Open[]]>> = {
  train: [trainWorkload, orchestratedWorkload], kernels: [evaluateWorkload, applyWorkload], gibbs: [gibbsWorkload], ais: [aisWorkload], langevin: [langevinWorkload],
};

/** Runs one benchmark and prints its result to standard output. Throws UsageError for sizes that it cannot have, StoppedError once it was asked to stop. */
export async function runBench(kind: BenchKind, options: Partial<BenchOptions> & Pick<BenchOptions, 'signal'>): Promise<void> {
  letHeapGrow();
  const complete = { ...BENCH_DEFAULTS, ...options };
  checkSizes(kind, complete);
  const [first, ...others] = WORKLOADS[kind];
  const workloads = [await first(complete)];
  try {
    if (complete.peer) {
      await runAsPeer(workloads[0]!, complete);
      return;
    }
    for (const open of others) workloads.push(await open(complete));
    await runAlone(workloads, complete);
  } finally {
    for (const workload of workloads) await workload.close();
  }
}
