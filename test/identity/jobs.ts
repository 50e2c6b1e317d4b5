// The jobs whose bits are compared: one for each way of training, all small, with shapes that fill no byte, word or block evenly. What
// is computed is named here alone; how it is computed (fleet.ts) must not matter.
import type { CompiledJob, OptimiserSettings, TrainSettings } from '../../ebm/job.ts';
import { meanOf } from '../../ebm/rbm/binarise.ts';
import type { Dataset, Problem } from '../../engine/engine.ts';
import type { FigureData } from '../../coordinator/shell/figures.ts';
import { problemOf } from '../../cli/compose/engines.ts';
import { ADAM, bitRows, levelRows, SGD } from '../support/engine-run.ts';

const ROWS = 50;
const TEST_ROWS = 9;

export interface Changes {
  readonly train?: Partial<TrainSettings>;
  readonly optimiser?: Partial<OptimiserSettings>;
  readonly job?: Partial<Omit<CompiledJob, 'train' | 'facts' | 'model'>>;
  readonly visible?: number;
  readonly hidden?: number;
  readonly centred?: boolean;
}

/** Centred PCD-1, 37 visible and 19 hidden units, 12 samples and as many chains, 24 updates (5.76 epochs), a checkpoint every 8. */
export function jobOf({ train = {}, optimiser = {}, job = {}, visible = 37, hidden = 19, centred = true }: Changes = {}): CompiledJob {
  return {
    formatVersion: 1, name: 'identity', seed: 77, data: { source: 'identity', binarise: 'threshold', validation: 0 },
    model: { kind: 'bernoulli-rbm', hidden, centred, grid: 10 },
    evaluate: 'off', checkpoint: { every: 8, keep: 3 }, ledger: { every: 3 },
    resources: { engine: 'auto', priority: 0, mixedClasses: false },
    ...job,
    facts: { digest: `sha256:${'5'.repeat(64)}`, trainingRows: ROWS, validationRows: 0, testRows: TEST_ROWS, visible },
    train: {
      objective: 'pcd', steps: 1, chains: 12, batch: 12, updates: 24, epochs: null, optimiser: { ...SGD, ...optimiser },
      average: 0, staleness: 0, rollbacks: 3, ...train,
    },
  };
}

const STOCHASTIC = { data: { source: 'identity', binarise: 'stochastic', validation: 0 } } as const;

/** Every way of training, by name. */
export const WAYS: readonly (readonly [string, Changes])[] = [
  ['PCD-1', {}],
  ['PCD-2 with more chains than samples, plain gradient', { centred: false, train: { steps: 2, chains: 17, batch: 10 } }],
  ['PCD-1 with fewer chains than samples, more than 64 visible units', { visible: 70, hidden: 9, train: { chains: 5, batch: 14 } }],
  ['CD-2', { train: { objective: 'cd', steps: 2, chains: null } }],
  ['Adam', { optimiser: { ...ADAM, schedule: 'geometric' } }],
  ['momentum, weight decay, average, warm-up and a linear schedule', { optimiser: { momentum: 0.5, weightDecay: 0.01, schedule: 'linear', warmup: 5 }, train: { average: 0.9 } }],
  ['stochastic data', { job: STOCHASTIC, train: { batch: 13, chains: 13 } }],
];

/** Runs that a learning rate makes diverge, and that rollbacks rescue: to the start, to a checkpoint, and at the checkpoint itself. */
export const RESCUES: readonly (readonly [string, Changes])[] = [
  ['diverging twice', { optimiser: { learningRate: 40, warmup: 12 } }],
  ['diverging three times, momentum, staleness 1', { optimiser: { learningRate: 50, warmup: 12, momentum: 0.5 }, train: { staleness: 1 } }],
];

/** A way with a staleness. */
export function jobOfWay(changes: Changes, staleness: 0 | 1): CompiledJob {
  return jobOf({ ...changes, train: { ...changes.train, staleness } });
}

function rowsOf(job: CompiledJob): Dataset {
  const { trainingRows, visible } = job.facts;
  return job.data.binarise === 'stochastic' ? levelRows(trainingRows, visible, 8) : bitRows(trainingRows, visible, 8);
}

export interface Material {
  /** With the training rows. */
  readonly problem: Problem;
  readonly figureData: FigureData;
}

export function materialOf(job: CompiledJob): Material {
  const rows = rowsOf(job);
  return {
    problem: problemOf(job, rows),
    figureData: { dataMean: meanOf(rows), test: { rows: TEST_ROWS, bits: bitRows(TEST_ROWS, job.facts.visible, 9).bits }, validation: null },
  };
}
