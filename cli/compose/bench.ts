// `ebm bench`: options of the command line to those of a benchmark.
import { benchCluster } from '../bench/cluster.ts';
import { runBench } from '../bench/bench.ts';
import { BENCH_DEFAULTS, LANGEVIN_DEFAULTS } from '../bench/workload.ts';
import type { BenchOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { threadsOf } from './engines.ts';

export async function bench(options: BenchOptions, output: Output): Promise<ExitCode> {
  if (options.engine === 'reference') throw new UsageError('no-such-benchmark', 'benchmarks measure the wasm and the tensorflow engine', 'Leave --engine out.');
  if (options.benchmark === 'cluster') return cluster(options, output);
  if (options.model !== null && options.benchmark !== 'langevin') throw new UsageError('no-such-benchmark', '--model is the energy of langevin', 'Leave --model out.');
  if (options.benchmark === 'ais' && options.engine === 'tensorflow') throw new UsageError('no-such-benchmark', 'annealing is the wasm engine\'s work with either', 'Leave --engine out.');
  const { benchmark, peer, signal, threads, visible, hidden, batch, k, chains, runs, betas } = options;
  const model = options.model ?? BENCH_DEFAULTS.model;
  const standing = benchmark === 'langevin' ? { ...BENCH_DEFAULTS, ...LANGEVIN_DEFAULTS[model] } : BENCH_DEFAULTS;
  await runBench(benchmark, {
    threads: threadsOf(threads), engine: options.engine === 'tensorflow' ? 'tensorflow' : 'wasm', model, json: output.json, peer, signal,
    visible: visible ?? standing.visible, hidden: hidden ?? standing.hidden, batch: batch ?? standing.batch,
    k: k ?? standing.k, chains: chains ?? (benchmark === 'langevin' ? 10 * (batch ?? standing.batch) : batch ?? standing.chains), runs: runs ?? standing.runs, betas: betas ?? standing.betas,
  });
  return 0;
}

const UPDATES = 2_000;
const REPETITIONS = 3;
const WORKERS = 2;

/** Jobs of a cluster name data that come with the program, so the visible units are theirs. */
async function cluster({ visible, peer, signal, threads, hidden, batch, k, chains, cluster: own }: BenchOptions, output: Output): Promise<ExitCode> {
  if (visible !== null && visible !== BENCH_DEFAULTS.visible) throw new UsageError('no-such-benchmark', `a cluster's job has ${BENCH_DEFAULTS.visible} visible units, those of mnist, not ${visible}`, 'Leave --visible out.');
  if (peer) throw new UsageError('no-such-benchmark', 'the cluster takes no part in the interleaving protocol: it interleaves by itself', 'Leave --peer out.');
  const isEqual = await benchCluster({
    workers: own.workers ?? WORKERS, threads: threads ?? 1, hidden: hidden ?? BENCH_DEFAULTS.hidden, batch: batch ?? BENCH_DEFAULTS.batch, k: k ?? BENCH_DEFAULTS.k,
    chains: chains ?? batch ?? BENCH_DEFAULTS.chains, updates: own.updates ?? UPDATES, staleness: own.staleness, repetitions: own.repetitions ?? REPETITIONS, signal,
  }, output);
  return isEqual ? 0 : 1;
}
