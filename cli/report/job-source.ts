// Turns a compiled job back into the job file that compiles to it, so that a report can say how to repeat its run. Also quotes words
// for a shell. The format itself is platform/config's.
import { stringify } from 'yaml';
import type { CompiledJob, EvaluateSettings, OptimiserSettings, TrainSettings } from '../../ebm/job.ts';

/** Settings of the other optimiser have no effect, and a file that gave them would be questioned. */
function optimiserOf(optimiser: OptimiserSettings): Record<string, unknown> {
  const { kind, learningRate, schedule, warmup, weightDecay, momentum, beta1, beta2, epsilon } = optimiser;
  const own = kind === 'sgd' ? { momentum } : { beta1, beta2, epsilon };
  return { kind, learningRate, schedule, warmup, ...own, weightDecay };
}

function trainOf(train: TrainSettings): Record<string, unknown> {
  const { objective, steps, chains, batch, epochs, updates, optimiser, average, staleness, rollbacks } = train;
  const length = epochs === null ? { updates } : { epochs };
  return { objective, steps, ...(chains === null ? {} : { chains }), batch, ...length, optimiser: optimiserOf(optimiser), average, staleness, rollbacks };
}

function evaluateOf(evaluate: EvaluateSettings): unknown {
  return evaluate === 'off' ? 'off' : { every: evaluate.every, logPartition: evaluate.logPartition };
}

/** YAML of the job with every setting written out; the data it found (facts) is not part of a job file. */
export function jobSource(job: CompiledJob): string {
  const { name, seed, data, model, train, evaluate, checkpoint, ledger, resources } = job;
  return stringify({ name, seed, data, model, train: trainOf(train), evaluate: evaluateOf(evaluate), checkpoint, ledger, resources }, { lineWidth: 0 });
}

/** A word of a POSIX shell command that stands for exactly this text. */
export function shellWord(text: string): string {
  const safe = text.startsWith('-') ? `./${text}` : text;
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}
