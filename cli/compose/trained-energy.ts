// A trained energy as commands use it: its job, the parameters of a checkpoint, its chains, an engine session, and rows of real numbers. The run
// directory is read, never locked or changed. What it is for a Boltzmann machine is trained.ts.
import { sizeOf } from '../../ebm/continuous/model.ts';
import type { ContinuousJob } from '../../ebm/job.ts';
import { readRows } from '../../platform/data/arrays.ts';
import { floatRows, type FloatSet } from '../../platform/data/floats.ts';
import { DATA_LIMITS } from '../../platform/data/limits.ts';
import { isFloats, loadAny, type LoadedFloats } from '../../platform/data/load.ts';
import type { PublishedTensors } from '../../platform/journal/journal.ts';
import type { Manifest } from '../../platform/journal/manifest.ts';
import type { RunReader } from '../../platform/journal/reading.ts';
import type { RunOptions } from '../commands/actions.ts';
import { tensorsOf } from './studio.ts';
import type { Listener, RowsSource } from './trained.ts';

export interface TrainedEnergy {
  readonly reader: RunReader;
  readonly job: ContinuousJob;
  /** The checkpoint's directory. */
  readonly path: string;
  readonly manifest: Manifest;
  /** What is sampled, evaluated and exported: the moving average where the job keeps one. In the order of the layout. */
  readonly parameters: Float32Array;
  /** The same by name. */
  readonly tensors: PublishedTensors['tensors'];
}

/** Rows that an engine is handed at once, about. */
const PART_ROWS = 10_000;

/** The checkpoint of `update`, or the newest good one; `listener` hears of damaged ones that were passed over. Throws StorageError. */
export async function openEnergy(reader: RunReader, job: ContinuousJob, { update }: Pick<RunOptions, 'update'>, listener: Listener): Promise<TrainedEnergy> {
  const { manifest, model, path, warnings } = await reader.published(update === null ? 'newest' : { update });
  warnings.forEach((warning) => { listener.warn(warning); });
  return { reader, job, path, manifest, ...tensorsOf(model) };
}

/** States of the replay slots that stand beside the model; null where the objective has none, and with a warning where they cannot be read. */
export async function slotStatesOf({ reader, job, manifest, path }: TrainedEnergy, listener: Listener): Promise<Float32Array | null> {
  if (job.train.objective !== 'pcd') return null;
  const restored = await reader.restore(manifest.update);
  const snapshot = restored.kind === 'restored' ? restored.snapshot : null;
  const chains = snapshot?.update === manifest.update && snapshot.branch === manifest.branch ? snapshot.arrays.get('chains') : undefined;
  if (chains instanceof Float32Array && chains.length > 0 && chains.length % sizeOf(job.facts.shape) === 0) return chains;
  restored.warnings.forEach((warning) => { listener.warn(warning); });
  listener.warn(`the chains of ${path} cannot be used: samples start from noise`);
  return null;
}

/** Whole microbatches of rows that an engine is handed at once: their place in one may matter to bits. */
export function rowsPartOf({ train: { microbatch } }: ContinuousJob): number {
  return microbatch * Math.max(1, Math.floor(PART_ROWS / microbatch));
}

/** Rows of the model's width as they are. Throws DataError. */
export async function floatRowsFor({ facts: { visible } }: ContinuousJob, { data, test }: RowsSource): Promise<FloatSet> {
  const raw = await readRows(data, { baseFolder: process.cwd(), visible, part: test ? 'test' : 'training' }, { ...DATA_LIMITS, isAnyNumber: true });
  return floatRows(raw, { from: 0, to: raw.rows });
}

/** The data that the run was trained on, read again from where its job says; `folder`: its run directory. Throws DataError. */
export async function floatsOf(job: ContinuousJob, folder: string): Promise<LoadedFloats> {
  const data = await loadAny(job.data, folder, job.seed);
  if (!isFloats(data)) throw new TypeError('a continuous model needs rows as they are');
  return data;
}
