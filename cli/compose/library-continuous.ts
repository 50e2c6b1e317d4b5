// Energies and score models as values: tensors by name, chains, and what they say of rows. Owns their shape for users of the library and the way from
// it to what engines take; where samples come from is library-real.ts's.
import { sigmaAt } from '../../ebm/continuous/diffusion.ts';
import { layoutOf, parameterCount } from '../../ebm/continuous/layout.ts';
import { sizeOf } from '../../ebm/continuous/model.ts';
import { settingsOf } from '../../ebm/continuous/settings.ts';
import type { ContinuousJob } from '../../ebm/job.ts';
import type { ContinuousSession, FloatRows } from '../../engine/continuous.ts';
import type { AnyPublished, PublishedTensors, Snapshot } from '../../platform/journal/journal.ts';
import type { RunReader } from '../../platform/journal/reading.ts';
import { UsageError } from '../terminal/failure.ts';
import { withContinuous } from './continuous.ts';
import { abortable, signalOption, threadsOption, type ComputeOptions } from './library-options.ts';
import { isScoreJob, type ScoreJob } from './score-model.ts';
import { openEnergy, rowsPartOf, slotStatesOf } from './trained-energy.ts';
import type { Listener } from './trained.ts';
import { partsOf, startWork } from './work.ts';

/** A named array of parameters, row-major. */
export interface ModelTensor { readonly shape: readonly number[]; readonly data: Float32Array }

interface ModelState {
  readonly parameters: ReadonlyMap<string, ModelTensor>;
  readonly update: number;
  readonly branch: number;
}

/** What energies and score models have in common. Arrays are the model's own: a copy of the training's, safe to keep. */
class ContinuousModel implements ModelState {
  /** Numbers of a row. */
  readonly visible: number;
  /** Shape of a row: [visible], or [height, width, channels]. */
  readonly shape: readonly number[];
  /** In order of their names. With `train.average` they are the moving average. */
  readonly parameters: ReadonlyMap<string, ModelTensor>;
  /** Updates that made it, and the branch of the run (one more for each rollback). */
  readonly update: number;
  readonly branch: number;

  constructor({ facts: { shape } }: ContinuousJob, { parameters, update, branch }: ModelState) {
    this.visible = sizeOf(shape);
    this.shape = shape;
    this.parameters = parameters;
    this.update = update;
    this.branch = branch;
  }
}

/** A density e^(-E(x)) / Z over vectors of real numbers. */
export class EnergyModel extends ContinuousModel {
  readonly kind = 'energy';
  /** The job that made it, every default filled in. */
  readonly job: ContinuousJob;
  /** States of the persistent chains [chains * visible]; null where the objective keeps none. */
  readonly chains: Float32Array | null;

  constructor(job: ContinuousJob, state: ModelState & { readonly chains: Float32Array | null }) {
    super(job, state);
    this.job = job;
    this.chains = state.chains;
  }

  /**
   * E of each row in nats, up to a constant, float64 [rows]: those of `ebm score`. `rows`: [rows * visible]. An engine is opened for each call: give many rows
   * at once. Rejects with UsageError, and with the signal's reason once it is aborted.
   */
  async energies(rows: ArrayLike<number>, options: ComputeOptions = {}): Promise<Float64Array> {
    const energies = new Float64Array(rows.length / rowsIn(this, rows));
    await eachPart(this, rows, options, async (session, parameters, { from, ...part }) => { energies.set(await session.energies(parameters, part), from); });
    return energies;
  }

  /** -grad E at each row, float32 [rows * visible]: the slope of the log-density, times T where the job samples at another temperature T than 1. Otherwise as `energies`. */
  async scores(rows: ArrayLike<number>, options: ComputeOptions = {}): Promise<Float32Array> {
    const scores = new Float32Array(rows.length);
    await eachPart(this, rows, options, async (session, parameters, { from, ...part }) => { scores.set(await session.scores(parameters, part), from * this.visible); });
    return scores;
  }
}

export interface ScoreOptions extends ComputeOptions {
  /** Standard deviation of the noise, in units of the data: between the least and the largest that the model was trained with. */
  readonly sigma: number;
}

/** Scores of the data with noise of any deviation: it has no energy. */
export class ScoreModel extends ContinuousModel {
  readonly kind = 'score';
  /** The job that made it, every default filled in. */
  readonly job: ScoreJob;

  constructor(job: ScoreJob, state: ModelState) {
    super(job, state);
    this.job = job;
  }

  /**
   * d log p / dx at each row, float32 [rows * visible], p being the density of the data with normal noise of deviation `sigma`. `rows`: [rows * visible]. An
   * engine is opened for each call: give many rows at once. Rejects with UsageError, and with the signal's reason once it is aborted.
   */
  async scores(rows: ArrayLike<number>, { sigma, ...options }: ScoreOptions): Promise<Float32Array> {
    const [least, most] = [sigmaAt(this.job.model.noise, 0), sigmaAt(this.job.model.noise, 1)];
    if (!(sigma >= least && sigma <= most)) throw new UsageError('wrong-option', `sigma is ${String(sigma)}, and the model was trained with noise of deviations from ${least} to ${most}`);
    const scores = new Float32Array(rows.length);
    await eachPart(this, rows, options, async (session, parameters, { from, ...part }) => { scores.set(await session.scores(parameters, part, sigma), from * this.visible); });
    return scores;
  }
}

/** The model of `update` in a run directory, null for the newest good one. Throws StorageError. */
export async function openContinuousModel(reader: RunReader, job: ContinuousJob, update: number | null, listener: Listener): Promise<EnergyModel | ScoreModel> {
  const run = await openEnergy(reader, job, { update }, listener);
  return modelOf(job, { parameters: run.tensors, update: run.manifest.update, branch: run.manifest.branch, chains: await slotStatesOf(run, listener) });
}

/** The model of a checkpoint that is kept in memory. */
export function continuousModelOf(job: ContinuousJob, model: AnyPublished, { update, branch, arrays }: Pick<Snapshot, 'update' | 'branch' | 'arrays'>): EnergyModel | ScoreModel {
  if (!('kind' in model)) throw new TypeError('the model of a continuous run is made of tensors');
  const chains = arrays.get('chains');
  return modelOf(job, { parameters: model.tensors, update, branch, chains: job.train.objective === 'pcd' && chains instanceof Float32Array ? chains : null });
}

function modelOf(job: ContinuousJob, { chains, ...state }: ModelState & { readonly parameters: PublishedTensors['tensors']; readonly chains: Float32Array | null }): EnergyModel | ScoreModel {
  return isScoreJob(job) ? new ScoreModel(job, state) : new EnergyModel(job, { ...state, chains });
}

/** The parameters as engines want them. Throws UsageError (`wrong-model`) for tensors that are not those of the model's job. */
export function vectorOfModel({ job, parameters }: EnergyModel | ScoreModel): Float32Array {
  const layout = layoutOf(settingsOf(job), job.facts.shape);
  const values = new Float32Array(parameterCount(layout));
  for (const { name, from, to } of layout) {
    const data = parameters.get(name)?.data;
    if (data?.length === to - from) values.set(data, from);
    else throw new UsageError('wrong-model', `the model's tensor ${name} has ${data?.length ?? 'no'} elements where ${to - from} belong`, 'Give a model that train, resume or open gave.');
  }
  return values;
}

/** Throws UsageError unless they are whole rows of finite numbers. */
function rowsIn({ visible }: ContinuousModel, rows: ArrayLike<number>): number {
  if (rows.length % visible !== 0) throw new UsageError('wrong-option', `rows has ${rows.length} numbers, which are not whole rows of ${visible}`);
  for (let i = 0; i < rows.length; i += 1) {
    if (!Number.isFinite(rows[i])) throw new UsageError('wrong-option', `number ${i} of rows is ${String(rows[i])}, and must be finite`);
  }
  return visible;
}

/** Hands an engine the rows in parts; `from`: the part's first row. */
async function eachPart(
  model: EnergyModel | ScoreModel, rows: ArrayLike<number>, options: ComputeOptions, compute: (session: ContinuousSession, parameters: Float32Array, part: FloatRows & { readonly from: number }) => Promise<void>,
): Promise<void> {
  const visible = rowsIn(model, rows);
  const [threads, signal] = [threadsOption(options), signalOption(options)];
  signal.throwIfAborted();
  const parameters = vectorOfModel(model);
  const values = Float32Array.from(rows);
  const total = rows.length / visible;
  await abortable(signal, () => withContinuous(model.job, { threads }, async (session) => {
    const report = startWork({ output: { work: () => undefined }, signal }, { what: 'rows', unit: 'rows', total, long: false });
    for (const { from, to } of partsOf(total, rowsPartOf(model.job))) {
      await compute(session, parameters, { from, rows: to - from, values: values.subarray(from * visible, to * visible) });
      report(to - from);
    }
  }));
}
