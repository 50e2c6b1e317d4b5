// Trains a job of a continuous model on a built-in two-dimensional set in this process, and measures it against the set's own density by quadrature:
// KL(data || model), each mode's mass beside its share, and how much mass lies outside the square. The averaged model is measured, if there is one.
// For planar.long.test.ts, and for exploring by hand:
//   node dist/test/quality/planar.js examples/eight-gaussians-pcd.yaml seed=2 train.updates=3000
// prints a row of the table; given a run directory, the row of its newest checkpoint. EBM_THREADS sets the threads (default: 1), EBM_SEEDS a list of seeds (default: the job's).
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { energiesOnGrid, gridOf, loadContinuous, openContinuousEngine, placeOf, withContinuous } from '../../cli/compose/continuous.ts';
import { vectorOf } from '../../cli/compose/studio.ts';
import { floatsOf } from '../../cli/compose/trained-energy.ts';
import { runEmbedded } from '../../cli/compose/training.ts';
import { logDensityOf, modeOf, type LogDensity } from '../../ebm/continuous/densities.ts';
import { PLANAR_SETS } from '../../ebm/continuous/datasets.ts';
import { PLAIN_MOVER } from '../../ebm/continuous/step.ts';
import { divergenceOnGrid, logPartitionOnGrid, modeMasses, type PlanarGrid } from '../../ebm/continuous/quadrature.ts';
import { isContinuous, type ContinuousJob } from '../../ebm/job.ts';
import { compileJob } from '../../platform/config/compile.ts';
import { readJob } from '../../platform/config/read.ts';
import type { FloatSet } from '../../platform/data/floats.ts';
import { isFloats, loadAny } from '../../platform/data/load.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import type { ContinuousSession } from '../../engine/continuous.ts';
import { MemoryJournal } from '../support/memory-journal.ts';

/** Cells along each side: 0.06 on the eight Gaussians and 0.02 on the moons, a sixth and a fifth of the narrowest deviation. */
const SIDE = 400;

/** What a model is measured against. */
export interface PlanarTruth {
  readonly name: string;
  readonly density: LogDensity;
  readonly modes: { readonly modes: number; readonly at: (x: number, y: number) => number };
}

/** What a model is worth, whatever trained it. */
export interface PlanarFigures {
  readonly set: string;
  readonly objective: ContinuousJob['train']['objective'];
  readonly seed: number;
  /** Nats. */
  readonly divergence: number;
  /** The data's density over the square: near 1, or the figures mean nothing. */
  readonly dataMass: number;
  /** Each mode's mass over its share of the data: 1 is right. Squares of a checkerboard that are empty are left out. */
  readonly shares: readonly number[];
  /** log Z over a square twice as wide minus that over the square: far above 0, the model has mass where there are no data. */
  readonly outside: number;
}

export interface PlanarRun extends PlanarFigures {
  readonly updates: number;
  readonly rollbacks: number;
  /** Of training, without evaluation: by the clock, and of processors by all threads of this process, which other work on the machine moves less. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

function truthOf(source: string): PlanarTruth {
  const set = PLANAR_SETS.find((name) => name === source);
  if (set === undefined) throw new TypeError(`${source} is no built-in set of two dimensions`);
  return { name: set, density: logDensityOf(set), modes: modeOf(set) };
}

/** `truth`: of data that are not built in. Throws if the run does not finish. */
export async function runPlanar(path: string, overrides: readonly string[] = [], truth?: PlanarTruth): Promise<PlanarRun> {
  const spec = await readJob(path, ['evaluate=off', ...overrides]);
  const data = await loadAny(spec.data, dirname(path), spec.seed);
  const job = compileJob(spec, data.facts, data.shape);
  if (!isContinuous(job) || !isFloats(data)) throw new TypeError(`${path} is no job of a continuous model`);
  const known = truth ?? truthOf(job.data.source);
  const engine = await openContinuousEngine(job.resources.engine, Number(process.env['EBM_THREADS'] ?? 1));
  try {
    const session = await loadContinuous(engine, job, data.training);
    const journal = new MemoryJournal();
    const [fromMs, from] = [performance.now(), process.cpuUsage()];
    const outcome = await runEmbedded(
      { job, engine: engine.fingerprint(), mover: PLAIN_MOVER, place: placeOf(job, session, data), figureData: { testRows: 0, validationRows: 0 } },
      { workers: 1, journal, start: null, onEvent: () => undefined },
    );
    const [seconds, { user, system }] = [(performance.now() - fromMs) / 1000, process.cpuUsage(from)];
    const model = journal.models.get(outcome.update);
    if (outcome.kind !== 'finished' || model === undefined) throw new Error(`the run of ${path} did not finish: ${JSON.stringify(outcome)}`);
    return { ...await figuresOf({ job, session, parameters: vectorOf(model), training: data.training }, known), updates: outcome.updates, rollbacks: outcome.rollbacks, seconds, cpuSeconds: (user + system) / 1e6 };
  } finally {
    await engine.close();
  }
}

/** Of the newest checkpoint of a run directory, whose data are built in: what it samples and exports. */
export async function measureRun(directory: string): Promise<PlanarFigures> {
  const reader = await readRunDirectory(directory);
  const { job } = reader;
  if (!isContinuous(job)) throw new TypeError(`${directory} is no run of a continuous model`);
  const { model } = await reader.published('newest');
  const { training } = await floatsOf(job, directory);
  return withContinuous(job, { threads: 1 }, (session) => figuresOf({ job, session, parameters: vectorOf(model), training }, truthOf(job.data.source)));
}

interface PlanarModel { readonly job: ContinuousJob; readonly session: ContinuousSession; readonly parameters: Float32Array; readonly training: FloatSet }

async function figuresOf({ job, session, parameters, training }: PlanarModel, known: PlanarTruth): Promise<PlanarFigures> {
  const grid = { ...gridOf(job, training), side: SIDE };
  const energies = await energiesOnGrid(job, session, parameters, grid);
  const wide = await energiesOnGrid(job, session, parameters, widened(grid));
  const outside = logPartitionOnGrid(widened(grid), wide) - logPartitionOnGrid(grid, energies);
  return { set: known.name, objective: job.train.objective, seed: job.seed, ...measured(known, grid, energies), outside };
}

/** Twice as wide around the same middle, with cells of the same size. */
function widened({ low, high, side }: PlanarGrid): PlanarGrid {
  const half = (high - low) / 2;
  return { low: low - half, high: high + half, side: 2 * side };
}

function measured({ density, modes }: PlanarTruth, grid: PlanarGrid, energies: Float64Array): Pick<PlanarFigures, 'divergence' | 'dataMass' | 'shares'> {
  const { divergence, dataMass } = divergenceOnGrid(grid, density, energies);
  const masses = modeMasses(grid, modes, energies);
  const truth = modeMasses(grid, modes, energiesOf(density, grid));
  return { divergence, dataMass, shares: [...masses].flatMap((mass, mode) => truth[mode]! > 1e-6 ? [mass / truth[mode]!] : []) };
}

/** The set's own energies at the middles of cells. */
function energiesOf(density: (x: number, y: number) => number, { low, high, side }: PlanarGrid): Float64Array {
  const width = (high - low) / side;
  return Float64Array.from({ length: side * side }, (_, cell) => -density(low + (Math.floor(cell / side) + 0.5) * width, low + ((cell % side) + 0.5) * width));
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const TABLE_HEAD = '| set | objective | seed | KL | least share | largest share | outside | seconds | CPU seconds |\n|---|---|---|---|---|---|---|---|---|';

/** Of a model that was trained elsewhere without its seconds. */
export function rowOf({ set, objective, seed, divergence, shares, outside, ...run }: PlanarFigures & Partial<PlanarRun>): string {
  const seconds = [run.seconds, run.cpuSeconds].map((value) => value?.toFixed(0) ?? '');
  const cells = [set, objective, seed, divergence.toFixed(4), Math.min(...shares).toFixed(2), Math.max(...shares).toFixed(2), outside.toFixed(3), ...seconds];
  return `| ${cells.join(' | ')} |`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path = 'examples/eight-gaussians-pcd.yaml', ...overrides] = process.argv.slice(2);
  const seeds = process.env['EBM_SEEDS']?.split(',').map((seed) => [`seed=${seed}`]) ?? [[]];
  if (statSync(path).isDirectory()) console.log(rowOf(await measureRun(path)));
  else for (const seed of seeds) console.log(rowOf(await runPlanar(path, [...overrides, ...seed])));
}
