// `ebm bench`: options of the command line to those of a benchmark.
import { runBench } from '../bench/bench.ts';
import { BENCH_DEFAULTS } from '../bench/workload.ts';
import type { BenchOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { threadsOf } from './engines.ts';

export async function bench(options: BenchOptions, output: Output): Promise<ExitCode> {
  if (options.engine === 'reference') throw new UsageError('no-such-benchmark', 'benchmarks measure the wasm engine', 'Leave --engine out.');
  const { benchmark, peer, signal, threads, visible, hidden, batch, k, chains, runs, betas } = options;
  await runBench(benchmark, {
    threads: threadsOf(threads), json: output.json, peer, signal,
    visible: visible ?? BENCH_DEFAULTS.visible, hidden: hidden ?? BENCH_DEFAULTS.hidden, batch: batch ?? BENCH_DEFAULTS.batch,
    k: k ?? BENCH_DEFAULTS.k, chains: chains ?? batch ?? BENCH_DEFAULTS.chains, runs: runs ?? BENCH_DEFAULTS.runs, betas: betas ?? BENCH_DEFAULTS.betas,
  });
  return 0;
}
