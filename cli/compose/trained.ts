// A trained run as commands use it: its job, the model of a checkpoint on the grid, its chains, an engine session that holds the model,
// and data of the model's kind. The run directory is read, never locked or changed.
import { boltzmannJob, type CompiledJob } from '../../ebm/job.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { Parameters } from '../../ebm/rbm/parameters.ts';
import type { Session } from '../../engine/engine.ts';
import { readRows } from '../../platform/data/arrays.ts';
import type { PictureShape } from '../../platform/data/data.ts';
import { DataError } from '../../platform/data/errors.ts';
import { bitRows, type BitRows } from '../../platform/data/prepare.ts';
import { openSource } from '../../platform/data/source.ts';
import type { PublishedModel } from '../../platform/journal/journal.ts';
import type { Manifest } from '../../platform/journal/manifest.ts';
import { readRunDirectory, type RunReader } from '../../platform/journal/reading.ts';
import type { RunOptions } from '../commands/actions.ts';
import { squareShape } from '../pictures/mosaic.ts';
import { count } from '../terminal/format.ts';
import { besides, openEngine, problemOf } from './engines.ts';

export interface TrainedRun {
  readonly reader: RunReader;
  readonly job: CompiledJob;
  /** The checkpoint's directory. */
  readonly path: string;
  readonly manifest: Manifest;
  /** What is sampled, evaluated and exported: the moving average where the job keeps one. On the grid, and the same in nats. */
  readonly parameters: Parameters;
  readonly model: PublishedModel;
}

/** Who hears of what is wrong and can be done without. */
export interface Listener { warn(message: string): void }

/** The checkpoint of `update`, or the newest good one; `listener` hears of damaged ones that were passed over. Throws StorageError. */
export async function openTrained({ directory, update }: Pick<RunOptions, 'directory' | 'update'>, listener: Listener): Promise<TrainedRun> {
  const reader = await readRunDirectory(directory);
  const { path, manifest, parameters, model, warnings } = await reader.model(update === null ? 'newest' : { update });
  warnings.forEach((warning) => { listener.warn(warning); });
  return { reader, job: boltzmannJob(reader.job), path, manifest, parameters, model };
}

/** `update 6,000 of mnist-rbm` */
export function nameOf({ job, manifest }: { readonly job: Pick<CompiledJob, 'name'>; readonly manifest: Pick<Manifest, 'update'> }): string {
  return `update ${count(manifest.update)} of ${job.name}`;
}

/** A session that holds the model. */
export interface LoadedModel {
  readonly session: Session;
  readonly parameters: Parameters;
  /** Compute threads of the engine. */
  readonly threads: number;
}

/** Opens an engine of the job's bits for the time of `work`. */
export async function withModel<Result>({ job, parameters }: Pick<TrainedRun, 'job' | 'parameters'>, threads: number | null, work: (model: LoadedModel) => Promise<Result>): Promise<Result> {
  const engine = await openEngine(besides(job.resources.engine), threads);
  try {
    const session = await engine.load(problemOf(job, null));
    const result = await work({ session, parameters: await session.adopt(parameters), threads: engine.fingerprint().threads });
    await session.close();
    return result;
  } finally {
    await engine.close();
  }
}

/** The persistent chains that stand beside the model, packed; null for cd, and with a warning where they cannot be read. */
export async function chainsOf({ reader, job, manifest, path }: TrainedRun, listener: Listener): Promise<Uint8Array | null> {
  if (job.train.objective === 'cd') return null;
  const restored = await reader.restore(manifest.update);
  const snapshot = restored.kind === 'restored' ? restored.snapshot : null;
  const chains = snapshot?.update === manifest.update && snapshot.branch === manifest.branch ? snapshot.arrays.get('chains') : undefined;
  if (chains instanceof Uint8Array && chains.length > 0 && chains.length % bytesOf(job.model.hidden) === 0) return chains;
  restored.warnings.forEach((warning) => { listener.warn(warning); });
  listener.warn(`the chains of ${path} cannot be used: samples start from random states`);
  return null;
}

/** Where data come from, as the user wrote it; a relative path starts at the current folder. */
export interface RowsSource { readonly data: string; readonly test: boolean }

export interface GivenRows { readonly rows: BitRows; readonly shape: PictureShape | null }

/** Rows of the model's width as bits, made as the run made its own. Stochastic bits share no draw with the run's. Throws DataError. */
export async function rowsFor({ job }: TrainedRun, { data, test }: RowsSource): Promise<GivenRows> {
  const { facts, seed } = job;
  const raw = await readRows(data, { baseFolder: process.cwd(), visible: facts.visible, part: test ? 'test' : 'training' });
  const firstId = facts.trainingRows + facts.validationRows + facts.testRows;
  return { rows: bitRows(raw, { from: 0, to: raw.rows }, { binarise: job.data.binarise, seed, firstId }), shape: raw.shape ?? squareShape(facts.visible) };
}

/** Height and width of a row as the run's data say; of data that are gone or have none, a square or null. */
export async function shapeOf({ job, reader }: TrainedRun): Promise<PictureShape | null> {
  try {
    const { training } = await (await openSource(job.data.source, reader.path)).read();
    return training.columns === job.facts.visible ? training.shape ?? squareShape(job.facts.visible) : squareShape(job.facts.visible);
  } catch (error) {
    if (error instanceof DataError) return squareShape(job.facts.visible);
    throw error;
  }
}
