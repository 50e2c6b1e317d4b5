// Turns a compiled job back into the job file that compiles to it, so that a report can say how to repeat its run. Also quotes words
// for a shell. The format itself is platform/config's.
import { stringify } from 'yaml';
import type { AnyJob, ContinuousTrainSettings, OptimiserSettings, TrainSettings } from '../../ebm/job.ts';

/** Settings of the other optimiser have no effect, and a file that gave them would be questioned. */
function optimiserOf(optimiser: OptimiserSettings): Record<string, unknown> {
  const { kind, learningRate, schedule, warmup, weightDecay, momentum, beta1, beta2, epsilon } = optimiser;
  const own = kind === 'sgd' ? { momentum } : { beta1, beta2, epsilon };
  return { kind, learningRate, schedule, warmup, ...own, weightDecay };
}

function trainOf({ optimiser, epochs, updates, ...train }: TrainSettings | ContinuousTrainSettings): Record<string, unknown> {
  const length = epochs === null ? { updates } : { epochs };
  const { objective, steps, chains, batch, average, staleness, rollbacks, ...more } = train;
  const own = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== null));
  return { objective, steps, ...(chains === null ? {} : { chains }), batch, ...length, optimiser: optimiserOf(optimiser), average, staleness, rollbacks, ...own };
}

function evaluateOf(evaluate: AnyJob['evaluate']): unknown {
  return evaluate === 'off' ? 'off' : { every: evaluate.every, logPartition: evaluate.logPartition };
}

/** YAML of the job with every setting written out; the data it found (facts) is not part of a job file. */
export function jobSource(job: AnyJob): string {
  const { name, seed, data, model, train, evaluate, checkpoint, ledger, resources } = job;
  return stringify({ name, seed, data, model, train: trainOf(train), evaluate: evaluateOf(evaluate), checkpoint, ledger, resources }, { lineWidth: 0 });
}

/** A word of a POSIX shell command that stands for exactly this text. */
export function shellWord(text: string): string {
  const safe = text.startsWith('-') ? `./${text}` : text;
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}
