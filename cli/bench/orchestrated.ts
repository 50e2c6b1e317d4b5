// `ebm bench train`, second line: the same updates through coordinator, worker, transport, ledger and checkpoint (in memory), so that what
// orchestration costs beside bare kernels is seen. Each repetition goes on from one snapshot; loading data is not in it.
import { meanOf } from '../../ebm/rbm/binarise.ts';
import { boltzmannJob, type CompiledJob } from '../../ebm/job.ts';
import type { Session } from '../../engine/engine.ts';
import { compileJob } from '../../platform/config/compile.ts';
import { specFromValue } from '../../platform/config/read.ts';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import type { Snapshot } from '../../platform/journal/journal.ts';
import { openEngine, problemOf } from '../compose/engines.ts';
import { runEmbedded } from '../compose/training.ts';
import { throwIfStopped } from '../compose/work.ts';
import { benchRows } from './rows.ts';
import { lengthOf, type BenchOptions, type Workload } from './workload.ts';

const NO_DIGEST = `sha256:${'0'.repeat(64)}`;

function jobOf(options: BenchOptions, rows: number, epochs: number): CompiledJob {
  const { visible, hidden, batch, chains, k } = options;
  const { epoch } = lengthOf(options, rows);
  const updates = epochs * epoch;
  const spec = specFromValue({
    name: 'bench', seed: 1, data: { source: 'bench' }, model: { kind: 'bernoulli-rbm', hidden }, evaluate: 'off',
    train: { objective: 'pcd', steps: k, batch, chains, updates, optimiser: { kind: 'sgd', learningRate: 0.05, schedule: 'constant' } },
    checkpoint: { every: epoch, keep: 1 },
  });
  return boltzmannJob(compileJob(spec, { digest: NO_DIGEST, trainingRows: rows, validationRows: 0, testRows: 0, visible }));
}

export async function orchestratedWorkload(options: BenchOptions): Promise<Workload> {
  const data = await benchRows(options.visible);
  const dataMean = meanOf(data);
  const engine = await openEngine(options.engine, options.threads, 'joined');
  const { epoch, epochs } = lengthOf(options, data.rows);
  const figureData = { dataMean, test: null, validation: null };
  let session: Session | null = null;
  const run = async (job: CompiledJob, start: Snapshot | null): Promise<MemoryJournal> => {
    const journal = new MemoryJournal({ every: job.checkpoint.every, keep: 1, grid: job.model.grid });
    const outcome = await runEmbedded({ job, engine, session: session!, figureData }, { workers: 1, journal, start, signal: options.signal, onEvent: () => undefined });
    throwIfStopped(options.signal);
    if (outcome.kind !== 'finished') throw new Error(`the benchmark's run ended as ${outcome.kind}`);
    return journal;
  };
  const prepare = async (): Promise<void> => {
    await session?.close();
    session = await engine.load(problemOf(jobOf(options, data.rows, epochs), data));
  };
  await prepare();
  const start = (await run(jobOf(options, data.rows, epochs), null)).checkpoints[0]!.snapshot;
  // The ledger of a new journal is empty: the chain starts anew.
  const cut = { ...start, ledger: { lines: 0, head: new MemoryJournal({ every: 1, keep: 1, grid: 10 }).ledgerPosition().head } };
  const job = jobOf(options, data.rows, 2 * epochs);
  return {
    name: 'ebm-fleet orchestrated', unit: 'samples/s', work: epochs * epoch * options.batch,
    configuration: `${options.visible}x${options.hidden} b${options.batch} PCD-${options.k}, ${options.chains} chains, centred, coordinator and one worker`,
    prepare,
    repeat: async () => { await run(job, cut); },
    close: () => engine.close(),
  };
}
