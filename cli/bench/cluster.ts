// `ebm bench cluster`: one job by real processes over a real nats-server, in turn with the same job by `ebm train` with as many threads. Compares
// digests, wall time between two updates of the run (neither start nor end), CPU seconds of each process, and what the run's metrics say of stages.
import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServer } from '../cluster/nats-server.ts';
import { UsageError } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { throwIfStopped } from '../compose/work.ts';
import { ebm, parsed, startServer, type Line, type Process } from './processes.ts';
import { stagesBetween, stageText, type StageRow } from './stages.ts';

export interface ClusterBench {
  readonly workers: number;
  /** Of each worker; the run beside it has workers times as many. */
  readonly threads: number;
  readonly hidden: number;
  readonly batch: number;
  readonly k: number;
  readonly chains: number;
  readonly updates: number;
  readonly staleness: 0 | 1;
  readonly repetitions: number;
  readonly signal: AbortSignal;
}

/** The part of a run that is not measured: processes start, tables are filled, code is compiled. */
const WARM_SHARE = 0.2;
/** A checkpoint in the middle would be in some runs' time and not in others'. */
const NEVER = 1_000_000_000;

interface Mark { readonly update: number; readonly ms: number; readonly cpu: readonly number[] }
interface Measured {
  readonly msAnUpdate: number;
  /** CPU seconds of each process, an update. */
  readonly cpuAnUpdate: readonly number[];
  readonly digests: readonly unknown[];
  readonly stages: readonly StageRow[];
}

function jobOf({ hidden, batch, k, chains, updates, staleness }: ClusterBench): Record<string, unknown> {
  return {
    name: 'bench', seed: 1, data: { source: 'mnist' }, model: { kind: 'bernoulli-rbm', hidden }, evaluate: 'off',
    train: { objective: 'pcd', steps: k, batch, chains, updates, staleness, optimiser: { kind: 'sgd', learningRate: 0.05, schedule: 'constant' } },
    checkpoint: { every: NEVER }, ledger: { every: Math.max(1, Math.floor(updates / 10)) },
  };
}

/** From the first progress after the warm part to the last update, as its lines tell it. */
async function watched(teller: Process, processes: readonly Process[], bench: ClusterBench): Promise<Omit<Measured, 'stages'> & { readonly from: number; readonly id: string | null }> {
  let first: Mark | null = null;
  let last: Mark | null = null;
  let id: string | null = null;
  const mark = (update: number): Mark => ({ update, ms: performance.now(), cpu: processes.map((each) => each.cpuSeconds) });
  const finished = await teller.until((text): Line | null => {
    const line = parsed(text);
    if (line === null) return null;
    if (line.kind === 'submitted') id = String(line['id']);
    const update = Number(line['update']);
    if (line.kind === 'progress' && update >= WARM_SHARE * bench.updates && update < bench.updates) first ??= mark(update);
    if (line.kind === 'progress' && update === bench.updates) last = mark(update);
    if (line.kind === 'failed') throw new Error(`the benchmark's run failed: ${text}`);
    return line.kind === 'finished' ? line : null;
  }, bench.signal);
  if (first === null || last === null) throw new UsageError('too-short', `${bench.updates} updates were over too soon to measure them`, 'Give more with --updates.');
  const [a, b] = [first as Mark, last as Mark];
  const updates = b.update - a.update;
  return {
    id, from: a.update, msAnUpdate: (b.ms - a.ms) / updates, cpuAnUpdate: b.cpu.map((seconds, i) => (seconds - a.cpu[i]!) / updates),
    digests: [finished['parameters'], finished['chains'], finished['ledger']],
  };
}

async function linesOf(path: string): Promise<readonly Line[]> {
  return (await readFile(path, 'utf8')).split('\n').flatMap((line) => parsed(line) ?? []);
}

class Bench {
  readonly #bench: ClusterBench;
  readonly #folder: string;
  readonly #job: string;
  readonly #crew: Process[] = [];
  #url = '';
  #round = 0;

  constructor(bench: ClusterBench, folder: string) {
    this.#bench = bench;
    this.#folder = folder;
    this.#job = join(folder, 'job.json');
  }

  get roles(): readonly string[] { return this.#crew.map(({ name }) => name); }

  async start(): Promise<void> {
    const { workers, threads, signal } = this.#bench;
    await writeFile(this.#job, JSON.stringify(jobOf(this.#bench)));
    const { server, url } = await startServer(findServer(), signal);
    this.#url = url;
    this.#crew.push(server);
    // With the threads that it takes by itself: more of them would need the workers' cores.
    const leader = ebm('coordinator', ['coordinator', '--store', join(this.#folder, 'store'), '--nats', url, '--json']);
    this.#crew.push(leader);
    await leader.until((line) => (parsed(line)?.kind === 'leading' ? true : null), signal);
    for (let i = 1; i <= workers; i += 1) this.#crew.push(ebm(`worker ${i}`, ['worker', '--name', `w${i}`, '--threads', String(threads), '--nats', url]));
  }

  async embedded(): Promise<Measured> {
    const { workers, threads } = this.#bench;
    this.#round += 1;
    const child = ebm('embedded run', ['train', this.#job, '--threads', String(workers * threads), '--out', join(this.#folder, `train-${this.#round}`), '--json']);
    const { msAnUpdate, cpuAnUpdate, digests } = await watched(child, [child], this.#bench).finally(() => child.end('SIGKILL'));
    return { msAnUpdate, cpuAnUpdate, digests, stages: [] };
  }

  async overNats(): Promise<Measured> {
    const client = ebm('client', ['submit', this.#job, '--follow', '--json', '--nats', this.#url]);
    const { id, from, ...measured } = await watched(client, this.#crew, this.#bench).finally(() => client.end('SIGKILL'));
    const lines = await linesOf(join(this.#folder, 'store', 'runs', String(id), 'metrics.jsonl'));
    return { ...measured, stages: stagesBetween(lines, from) };
  }

  async close(): Promise<void> {
    for (const one of [...this.#crew].reverse()) await one.end(this.#bench.signal.aborted ? 'SIGKILL' : 'SIGTERM');
  }
}

const least = (values: readonly number[]): number => Math.min(...values);
const medianOf = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Throws StoppedError once it was asked to stop. */
export async function benchCluster(options: ClusterBench, output: Output): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'ebm-bench-'));
  const bench = new Bench(options, folder);
  const pairs: { readonly embedded: Measured; readonly nats: Measured }[] = [];
  try {
    await bench.start();
    for (let round = 0; round < options.repetitions; round += 1) {
      const embedded = await bench.embedded();
      pairs.push({ embedded, nats: await bench.overNats() });
    }
  } catch (error) {
    throwIfStopped(options.signal);
    throw error;
  } finally {
    await bench.close();
    await rm(folder, { recursive: true, force: true });
  }
  return report(options, { pairs, roles: bench.roles }, output);
}

function report(options: ClusterBench, { pairs, roles }: { readonly pairs: readonly { readonly embedded: Measured; readonly nats: Measured }[]; readonly roles: readonly string[] }, output: Output): boolean {
  const { workers, threads, hidden, batch, k, chains, updates, staleness } = options;
  const embedded = pairs.map((pair) => pair.embedded.msAnUpdate);
  const nats = pairs.map((pair) => pair.nats.msAnUpdate);
  const equal = new Set(pairs.flatMap((pair) => [JSON.stringify(pair.embedded.digests), JSON.stringify(pair.nats.digests)])).size === 1;
  const fastest = pairs[nats.indexOf(least(nats))]!.nats;
  const cpu = Object.fromEntries(roles.map((role, i) => [role, 1000 * fastest.cpuAnUpdate[i]!]));
  const embeddedCpu = 1000 * least(pairs.map((pair) => pair.embedded.cpuAnUpdate[0]!));
  const ratios = { best: least(embedded) / least(nats), median: medianOf(embedded) / medianOf(nats) };
  const configuration = `784x${hidden} b${batch} PCD-${k}, ${chains} chains, ${updates} updates${staleness === 1 ? ', staleness 1' : ''}`;
  const text = [
    `cluster over NATS, ${workers} workers of ${threads} threads: ${configuration}`,
    `  embedded: best ${least(embedded).toFixed(2)} ms an update, median ${medianOf(embedded).toFixed(2)}; ${embeddedCpu.toFixed(2)} CPU ms`,
    `  over NATS: best ${least(nats).toFixed(2)} ms an update, median ${medianOf(nats).toFixed(2)}; ratio ${(100 * ratios.best).toFixed(1)} % (best), ${(100 * ratios.median).toFixed(1)} % (medians)`,
    `  CPU ms an update: ${Object.entries(cpu).map(([role, ms]) => `${role} ${ms.toFixed(2)}`).join(', ')}`,
    ...stageText(fastest.stages),
    `  digests: ${equal ? 'equal in all runs' : 'DIFFERENT'}`,
  ].join('\n');
  output.result({
    kind: 'bench', name: 'cluster', configuration, workers, threads, embeddedMs: embedded, natsMs: nats, ratioBest: ratios.best, ratioMedian: ratios.median,
    embeddedCpuMs: embeddedCpu, cpuMs: cpu, stages: fastest.stages, digestsEqual: equal,
  }, text);
  return equal;
}
