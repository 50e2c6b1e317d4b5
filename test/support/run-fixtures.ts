// Small jobs, snapshots and models for tests of the journal: made from numbers, so that equal numbers give equal bytes.
import type { CompiledJob } from '../../ebm/job.ts';
import type { LedgerEntry, PublishedModel, Snapshot } from '../../platform/journal/journal.ts';
import { LEDGER_START } from '../../platform/journal/journal.ts';

export const digestOfNumber = (number: number): string => `sha256:${number.toString(16).padStart(64, '0')}`;

export function jobOf(checkpoint: { readonly every: number; readonly keep: number } = { every: 100, keep: 3 }): CompiledJob {
  return {
    formatVersion: 1, name: 'small', seed: 1,
    data: { source: 'mnist', binarise: 'threshold', validation: 0 },
    model: { kind: 'bernoulli-rbm', hidden: 2, centred: true, grid: 10 },
    train: {
      objective: 'pcd', steps: 1, chains: 4, batch: 4, updates: 1000, epochs: null,
      optimiser: { kind: 'sgd', learningRate: 0.05, schedule: 'linear', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      average: 0, staleness: 0, rollbacks: 3,
    },
    evaluate: 'off', checkpoint, ledger: { every: 10 },
    resources: { engine: 'reference', priority: 0, mixedClasses: false },
    facts: { digest: digestOfNumber(7), trainingRows: 8, validationRows: 0, testRows: 4, visible: 3 },
  };
}

export const runOf = (checkpoint?: { readonly every: number; readonly keep: number }): { readonly job: CompiledJob; readonly digest: string } =>
  ({ job: jobOf(checkpoint), digest: digestOfNumber(99) });

/** A state that no other update, branch or rollback has. `elements`: of its largest array. */
export function snapshotOf(at: Partial<Omit<Snapshot, 'arrays'>> & { readonly update: number }, elements = 6): Snapshot {
  const mark = at.update * 8 + (at.branch ?? 0);
  return {
    formatVersion: 1, branch: 0, rollbacks: 0, rateScale: 1, reason: 'scheduled', ledger: LEDGER_START, figure: null,
    arrays: new Map<string, Float32Array | Int16Array | Int32Array | Uint8Array>([
      ['chains', Uint8Array.from({ length: 5 }, (_, i) => mark + i)],
      ['masters/weights', Float32Array.from({ length: elements }, (_, i) => mark + i / 8)],
      ['published/weights', Int16Array.from({ length: 3 }, (_, i) => mark - i)],
      ['published/bias', Int32Array.from({ length: 3 }, (_, i) => -mark * i)],
    ]),
    ...at,
  };
}

/** Of 3 visible and 2 hidden units, on the grid of 2^-10 nats. */
export function modelOf(update: number): PublishedModel {
  const grid = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (update - 3 * i) / 1024);
  return { weights: grid(6), visibleBias: grid(3), hiddenBias: grid(2), visible: 3, hidden: 2 };
}

export function entryOf(update: number, branch = 0): LedgerEntry {
  return { update, branch, rollbacks: branch, parameters: digestOfNumber(update * 100 + branch), chains: digestOfNumber(update * 100 + branch + 50) };
}
