// A trained model as a value: its parameters, what it was trained by, and its chains. Owns reading one from a run, and for Boltzmann machines the way
// back to the integers that engines compute with; energies and score models are library-continuous.ts's.
import { isContinuous, type AnyJob, type CompiledJob } from '../../ebm/job.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { Parameters } from '../../ebm/rbm/parameters.ts';
import type { PublishedModel } from '../../platform/journal/journal.ts';
import type { MemoryJournal } from '../../platform/journal/memory.ts';
import { gridParameters, readRunDirectory } from '../../platform/journal/reading.ts';
import { UsageError } from '../terminal/failure.ts';
import { continuousModelOf, openContinuousModel, type EnergyModel, type ScoreModel } from './library-continuous.ts';
import type { UseOptions } from './library-options.ts';
import { chainsOf, openTrained, type Listener } from './trained.ts';

/**
 * A Bernoulli RBM with the energy E(v, h) = -v'Wh - b'v - c'h. Arrays are the model's own: a copy of the training's, safe to keep.
 * Every parameter is a multiple of 2^-grid nats, which is exact in float32.
 */
export interface BoltzmannModel {
  readonly kind: 'bernoulli-rbm';
  readonly visible: number;
  readonly hidden: number;
  /** W in nats, row-major [visible, hidden]: that of visible unit i and hidden unit j is `weights[i * hidden + j]`. */
  readonly weights: Float32Array;
  /** b in nats [visible] */
  readonly visibleBias: Float32Array;
  /** c in nats [hidden] */
  readonly hiddenBias: Float32Array;
  /**
   * Hidden states of the persistent chains, packed: chain k has ceil(hidden / 8) bytes from k * ceil(hidden / 8) on, and bit i of it is
   * bit (i & 7) of byte (i >> 3). Null for cd, which has none.
   */
  readonly chains: Uint8Array | null;
  /** Updates that made it, and the branch of the run (one more for each rollback). */
  readonly update: number;
  readonly branch: number;
  /** The job that made it, every default filled in. */
  readonly job: CompiledJob;
}

/** Told apart by `kind`. */
export type Model = BoltzmannModel | EnergyModel | ScoreModel;

export type OpenOptions = Pick<UseOptions, 'update' | 'onWarning'>;

export function listenerOf({ onWarning }: Pick<OpenOptions, 'onWarning'>): Listener {
  return { warn: onWarning ?? ((message) => { process.emitWarning(message, 'EbmWarning'); }) };
}

/** The model of a run directory, which may be one that is still being trained. Throws StorageError. */
export async function openModel(directory: string, options: OpenOptions = {}): Promise<Model> {
  const listener = listenerOf(options);
  const reader = await readRunDirectory(directory);
  const chosen = options.update ?? null;
  if (isContinuous(reader.job)) return openContinuousModel(reader, reader.job, chosen, listener);
  const run = await openTrained({ directory, update: chosen }, listener);
  const { update, branch } = run.manifest;
  return modelOf(run.job, run.model, { update, branch, chains: await chainsOf(run, listener) });
}

/** A model that is given, or that of a run directory. */
export function modelFrom(modelOrDirectory: Model | string, options: OpenOptions): Promise<Model> {
  return typeof modelOrDirectory === 'string' ? openModel(modelOrDirectory, options) : Promise.resolve(modelOrDirectory);
}

/** The model of a checkpoint that is kept in memory. */
export function modelInMemory(job: AnyJob, { model, snapshot }: MemoryJournal['checkpoints'][number]): Model {
  if (isContinuous(job)) return continuousModelOf(job, model, snapshot);
  if ('kind' in model) throw new TypeError('the model of a Boltzmann machine has weights');
  const chains = snapshot.arrays.get('chains');
  return modelOf(job, model, { ...snapshot, chains: chains instanceof Uint8Array ? chains : null });
}

function modelOf(job: CompiledJob, { visible, hidden, weights, visibleBias, hiddenBias }: PublishedModel, { update, branch, chains }: Pick<BoltzmannModel, 'update' | 'branch' | 'chains'>): BoltzmannModel {
  return { kind: job.model.kind, visible, hidden, weights, visibleBias, hiddenBias, chains, update, branch, job };
}

/** The model as engines want it. Throws UsageError (`wrong-model`) for one whose arrays do not fit its job, or are not on its grid. */
export function parametersOf(model: BoltzmannModel): Parameters {
  const { visible, hidden, job, update, branch } = model;
  const wrong = (message: string): UsageError => new UsageError('wrong-model', message, 'Give a model that train, resume or open gave.');
  if (visible !== job.facts.visible || hidden !== job.model.hidden) {
    throw wrong(`the model has ${visible} x ${hidden} units, and its job ${job.facts.visible} x ${job.model.hidden}`);
  }
  for (const [name, length] of [['weights', visible * hidden], ['visibleBias', visible], ['hiddenBias', hidden]] as const) {
    if (model[name].length !== length) throw wrong(`${name} of the model has ${model[name].length} elements where ${length} belong`);
  }
  if (model.chains !== null && model.chains.length % bytesOf(hidden) !== 0) throw wrong(`the model's chains are no multiple of ${bytesOf(hidden)} bytes`);
  try {
    return gridParameters(model, job.model.grid, { branch, update });
  } catch (error) {
    throw error instanceof RangeError ? wrong(`the model's parameters are not those of a run: ${error.message}`) : error;
  }
}
