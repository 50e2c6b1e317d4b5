// A job that trains in milliseconds on the reference engine, its data and its problem: what tests of the roles run.
import type { CompiledJob, TrainSettings } from '../../ebm/job.ts';
import { meanOf } from '../../ebm/rbm/binarise.ts';
import type { Problem } from '../../engine/engine.ts';
import type { FigureData } from '../../coordinator/shell/figures.ts';
import { bitRows, SGD } from './engine-run.ts';

const VISIBLE = 9;
const ROWS = 24;
const TEST_ROWS = 7;

export interface TinyChanges {
  readonly train?: Partial<TrainSettings>;
  readonly job?: Partial<Omit<CompiledJob, 'train'>>;
}

export function tinyJob({ train = {}, job = {} }: TinyChanges = {}): CompiledJob {
  return {
    formatVersion: 1, name: 'tiny', seed: 11, data: { source: 'tiny', binarise: 'threshold', validation: 0 },
    model: { kind: 'bernoulli-rbm', hidden: 5, centred: true, grid: 10 },
    evaluate: 'off', checkpoint: { every: 4, keep: 3 }, ledger: { every: 2 },
    resources: { engine: 'reference', priority: 0, mixedClasses: false },
    facts: { digest: `sha256:${'1'.repeat(64)}`, trainingRows: ROWS, validationRows: 0, testRows: TEST_ROWS, visible: VISIBLE },
    ...job,
    train: {
      objective: 'pcd', steps: 1, chains: 8, batch: 8, updates: 10, epochs: null, optimiser: SGD, average: 0, staleness: 0, rollbacks: 3, ...train,
    },
  };
}

export function tinyProblem(job: CompiledJob): Problem {
  const { train, model, seed, facts } = job;
  return {
    seed, visible: facts.visible, hidden: model.hidden, grid: model.grid, objective: train.objective, steps: train.steps, batch: train.batch,
    chains: train.chains ?? train.batch, centred: model.centred, optimiser: train.optimiser, average: train.average,
    data: bitRows(facts.trainingRows, facts.visible, 3),
  };
}

export function tinyData(job: CompiledJob): FigureData {
  const { data } = tinyProblem(job);
  if (data === null) throw new Error('the tiny problem has data');
  return { dataMean: meanOf(data), test: { rows: TEST_ROWS, bits: bitRows(TEST_ROWS, VISIBLE, 4).bits }, validation: null };
}
