// What a continuous job is computed on: its engine, its session with the rows of its data, and log Z by quadrature where it has two dimensions.
import { annealingBase } from '../../ebm/continuous/importance.ts';
import { gridPoints, logPartitionOnGrid, type PlanarGrid } from '../../ebm/continuous/quadrature.ts';
import { densityTemperature, settingsOf } from '../../ebm/continuous/settings.ts';
import { slotsOf } from '../../ebm/continuous/slots.ts';
import type { ContinuousJob } from '../../ebm/job.ts';
import type { ContinuousEngine, ContinuousSession } from '../../engine/continuous.ts';
import type { FloatSet } from '../../platform/data/floats.ts';
import { isFloats, type AnyLoaded, type LoadedFloats } from '../../platform/data/load.ts';
import type { ContinuousPlace } from '../../worker/shell/options.ts';
import { threadsOf } from './engines.ts';
import { moduleFailed, programOfEnergy } from './modules.ts';
import type { Processor } from './tensorflow.ts';

/** Share of the data's extent that the square of a quadrature is larger on each side: where a model that has learned has no mass. */
const MARGIN = 0.5;
const POINTS_A_CALL = 4_000;

/**
 * The engine that a job names, on threads of its own; `auto` is wasm, whose bits are the same on every machine. The caller closes it. `processor`: of the
 * tensorflow engine. Throws EngineError where that one does not open.
 */
export async function openContinuousEngine(name: ContinuousJob['resources']['engine'], threads: number | null, processor: Processor = 'allowed'): Promise<ContinuousEngine> {
  if (name === 'reference') {
    const { openContinuousReference } = await import('../../engine/reference/continuous.ts');
    return openContinuousReference();
  }
  if (name === 'tensorflow') {
    const { openTensorflowForContinuous } = await import('./tensorflow.ts');
    return openTensorflowForContinuous({ threads: threadsOf(threads), processor });
  }
  const { openContinuousPool } = await import('../../engine/pool/continuous.ts');
  return openContinuousPool(threadsOf(threads));
}

/** `data` null: nothing is trained with it. Throws ModuleError for a user's module that cannot be trained. */
export async function loadContinuous(engine: ContinuousEngine, job: ContinuousJob, data: FloatSet | null): Promise<ContinuousSession> {
  const program = job.model.kind === 'energy' ? await programOfEnergy(job.model.energy) : null;
  const problem = { ...settingsOf(job), seed: job.seed, shape: job.facts.shape, data };
  return program === null ? engine.load(problem) : engine.load({ ...problem, program }).catch(moduleFailed);
}

/** Opens an engine of the job's device class for the time of `work`. `data` as of `loadContinuous`. */
export async function withContinuous<Result>(
  job: ContinuousJob, { threads, data = null }: { readonly threads: number | null; readonly data?: FloatSet | null }, work: (session: ContinuousSession) => Promise<Result>,
): Promise<Result> {
  const engine = await openContinuousEngine(job.resources.engine, threads);
  try {
    return await work(await loadContinuous(engine, job, data));
  } finally {
    await engine.close();
  }
}

/** Throws what an energy that cannot be trained is refused by. */
export async function tryEnergy(job: ContinuousJob, data: AnyLoaded): Promise<void> {
  if (!isFloats(data)) throw new TypeError('a continuous model needs rows as they are');
  await withContinuous(job, { threads: 1, data: data.training }, () => Promise.resolve());
}

/** Where a worker of this process computes the job's units. */
export function placeOf(job: ContinuousJob, session: ContinuousSession, data: LoadedFloats): ContinuousPlace {
  const { seed, train: { objective, batch, chains } } = job;
  return {
    session, rows: { test: data.test, validation: data.validation }, hasChains: objective === 'pcd' || objective === 'cd',
    slotsOf: (update, offsets) => objective === 'pcd' ? slotsOf({ seed, slots: chains ?? batch, batch }, update, offsets) : new Uint32Array(0),
    temperature: densityTemperature(job.train),
    annealingBase: () => annealingBase(data.training, job.facts.visible),
    logPartition: (parameters) => planarLogPartition(job, session, parameters, data.training),
  };
}

/** A square around the training data. */
export function gridOf({ evaluate }: Pick<ContinuousJob, 'evaluate'>, { values }: Pick<FloatSet, 'values'>): PlanarGrid {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = MARGIN * (high - low);
  return { low: low - margin, high: high + margin, side: evaluate === 'off' || evaluate.logPartition.kind !== 'quadrature' ? 200 : evaluate.logPartition.points };
}

async function planarLogPartition(job: ContinuousJob, session: ContinuousSession, parameters: Float32Array, training: FloatSet): Promise<number> {
  const grid = gridOf(job, training);
  return logPartitionOnGrid(grid, await energiesOnGrid(job, session, parameters, grid));
}

/** Of the density that the job learns, so E / T: float64 [side * side] in the order of `gridPoints`. */
export async function energiesOnGrid({ train }: Pick<ContinuousJob, 'train'>, session: ContinuousSession, parameters: Float32Array, grid: PlanarGrid): Promise<Float64Array> {
  const points = gridPoints(grid);
  const energies = new Float64Array(points.length / 2);
  for (let from = 0; from < energies.length; from += POINTS_A_CALL) {
    const to = Math.min(energies.length, from + POINTS_A_CALL);
    energies.set(await session.energies(parameters, { rows: to - from, values: points.subarray(2 * from, 2 * to) }), from);
  }
  const temperature = densityTemperature(train);
  return temperature === 1 ? energies : energies.map((energy) => energy / temperature);
}
