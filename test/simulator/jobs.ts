// The jobs of the simulator: every way of training, of stopping short and of starting over, in a dozen updates of a tiny model each.
import type { CompiledJob } from '../../ebm/job.ts';
import { ADAM, SGD } from '../support/engine-run.ts';
import { tinyJob, type TinyChanges } from '../support/tiny-job.ts';

const WILD = { ...SGD, warmup: 5 } as const;

const CHANGES: readonly (readonly [string, TinyChanges])[] = [
  ['PCD', {}],
  ['PCD, more chains than samples', { train: { chains: 13, steps: 2 } }],
  ['PCD, fewer chains than samples', { train: { chains: 3 } }],
  ['CD', { train: { objective: 'cd', chains: null } }],
  ['staleness 1', { train: { staleness: 1 } }],
  ['staleness 1, more chains than samples', { train: { staleness: 1, chains: 11 } }],
  ['CD, staleness 1, Adam', { train: { objective: 'cd', chains: null, staleness: 1, optimiser: ADAM } }],
  ['rollback', { train: { optimiser: { ...WILD, learningRate: 60 } } }],
  ['rollbacks, momentum, staleness 1', { train: { staleness: 1, optimiser: { ...WILD, learningRate: 40, momentum: 0.5 } } }],
  ['rollback to the start, no scheduled checkpoints', { train: { optimiser: { ...WILD, learningRate: 60 } }, job: { checkpoint: { every: 0, keep: 2 } } }],
  ['divergence that no rollback helps', { train: { rollbacks: 1, optimiser: { ...SGD, learningRate: 4_000 } } }],
  ['exact figures of an average', { train: { average: 0.9 }, job: { evaluate: { every: 4, logPartition: { kind: 'exact' } } } }],
  ['annealed figures, staleness 1', { train: { staleness: 1 }, job: { evaluate: { every: 5, logPartition: { kind: 'ais', runs: 6, betas: 8, raise: true, reverse: true } } } }],
  ['a checkpoint at each update, one kept', { job: { checkpoint: { every: 1, keep: 1 }, ledger: { every: 1 } } }],
];

export interface NamedJob { readonly name: string; readonly job: CompiledJob }

export const JOBS: readonly NamedJob[] = CHANGES.map(([name, changes]) => ({
  name, job: tinyJob({ train: { updates: 12, ...changes.train }, job: { checkpoint: { every: 4, keep: 2 }, ...changes.job } }),
}));
