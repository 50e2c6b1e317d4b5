// Runs a job file as `ebm train` would, without a run directory, and returns its figures and how long each part took.
// For the quality tests, and for exploring by hand:
//   node dist/test/quality/run.js examples/ladder-b.yaml seed=2 train.epochs=20
// prints one JSON line. EBM_THREADS sets the threads (default: the cores).
import { boltzmannJob } from '../../ebm/job.ts';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { openEngine, problemOf } from '../../cli/compose/engines.ts';
import { figureDataOf, runEmbedded } from '../../cli/compose/training.ts';
import type { RunEvent } from '../../coordinator/shell/events.ts';
import { compileJob } from '../../platform/config/compile.ts';
import { readJob } from '../../platform/config/read.ts';
import { loadData } from '../../platform/data/load.ts';
import { MemoryJournal } from '../support/memory-journal.ts';

export type Evaluated = RunEvent & { readonly kind: 'evaluated' };

export interface QualityRun {
  readonly figures: readonly Evaluated[];
  readonly last: Evaluated;
  readonly updates: number;
  readonly epochs: number;
  readonly rollbacks: number;
  /** Without evaluations. */
  readonly trainingSeconds: number;
  readonly evaluationSeconds: number;
  readonly threads: number;
}

/** Throws if the run does not finish, or has no figures. */
export async function runJob(path: string, overrides: readonly string[] = []): Promise<QualityRun> {
  const spec = await readJob(path, overrides);
  const data = await loadData(spec.data, dirname(path), spec.seed);
  const job = boltzmannJob(compileJob(spec, data.facts));
  const asked = process.env["EBM_THREADS"];
  const engine = await openEngine(job.resources.engine, asked === undefined ? null : Number(asked));
  try {
    const session = await engine.load(problemOf(job, data.training));
    const figures: Evaluated[] = [];
    const fromMs = performance.now();
    const outcome = await runEmbedded({ job, engine, session, figureData: figureDataOf(data) }, {
      workers: 1, journal: new MemoryJournal(), start: null,
      onEvent: (event) => { if (event.kind === 'evaluated') figures.push(event); },
    });
    const seconds = (performance.now() - fromMs) / 1000;
    const last = figures.at(-1);
    if (outcome.kind !== 'finished' || last === undefined) throw new Error(`the run of ${path} ended without figures: ${JSON.stringify(outcome)}`);
    const evaluationSeconds = figures.reduce((sum, figure) => sum + figure.seconds, 0);
    return {
      figures, last, updates: outcome.updates, epochs: outcome.epochs, rollbacks: outcome.rollbacks,
      trainingSeconds: seconds - evaluationSeconds, evaluationSeconds, threads: engine.fingerprint().threads,
    };
  } finally {
    await engine.close();
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path = 'examples/mnist-rbm.yaml', ...overrides] = process.argv.slice(2);
  console.log(JSON.stringify({ path, overrides, ...await runJob(path, overrides) }));
}
