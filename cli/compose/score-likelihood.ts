// log p of rows under a score model, by the probability flow from the least noise to the largest: `ebm score` of each row, `ebm evaluate` of held-out rows.
import { logDensityOf } from '../../ebm/continuous/densities.ts';
import { logLikelihoods, priorShortfall, spreadOverLevels, type RowNumbers, type Trace } from '../../ebm/continuous/likelihood.ts';
import { log } from '../../ebm/numeric/elementary.ts';
import { mean, standardErrorOfMean } from '../../ebm/numeric/sum.ts';
import { deriveKey } from '../../ebm/random/address.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { FloatRows } from '../../engine/continuous.ts';
import { checkUnchanged } from '../../platform/data/load.ts';
import { isPlanarName } from '../../platform/data/planar.ts';
import type { RunReader } from '../../platform/journal/reading.ts';
import type { EvaluateOptions, FlowOptions } from '../commands/actions.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { compact, count, nats } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { withContinuous } from './continuous.ts';
import { answered, type LoadedScores, type ScoreJob } from './score-model.ts';
import { nameOf } from './trained.ts';
import { floatsOf, openEnergy } from './trained-energy.ts';
import { partsOf, startWork, type Worksite } from './work.ts';

const STEPS = 64;
/** A row of more numbers has its divergence by random directions, where the user does not say. */
const EXACT_NUMBERS_MAX = 16;
/** Numbers of rows that are on their way at once. */
const PART_VALUES = 1_000_000;
/** Held-out rows that are measured where rows are of many numbers, and the user does not say. */
const ROWS_OF_MANY = 1_000;
/** First rows that are measured by half the steps too. */
const CHECKED_ROWS = 200;
/** Greys of a picture: bytes / 255. */
const LEVELS = 256;
const LEVEL_WIDTH = 1 / (LEVELS - 1);

interface Flow { readonly steps: number; /** Null: exact. */ readonly projections: number | null }

function flowFor({ facts }: ScoreJob, { steps, projections }: FlowOptions): Flow {
  return { steps: steps ?? STEPS, projections: projections ?? (facts.visible > EXACT_NUMBERS_MAX ? 1 : null) };
}

function numbersOf({ job, at }: LoadedScores, firstRow: number): RowNumbers {
  return { key: deriveKey(job.seed, PURPOSES.likelihood, at.branch), word3: at.update, firstRow };
}

/** log p of rows in their order, in nats, some at a time: float64. A row's figure depends on its place and on no other row. */
export async function* likelihoodsOf(model: LoadedScores, rows: FloatRows, asked: FlowOptions, site: Worksite): AsyncGenerator<Float64Array> {
  const { job, session, parameters } = model;
  const [size, flow] = [job.facts.visible, flowFor(job, asked)];
  const { microbatch } = job.train;
  const report = startWork(site, { what: 'log-likelihood', unit: 'steps', total: rows.rows * flow.steps, long: false });
  for (const { from, to } of partsOf(rows.rows, microbatch * Math.max(1, Math.floor(PART_VALUES / (size * microbatch))))) {
    const trace: Trace = flow.projections === null ? { kind: 'exact' } : { kind: 'hutchinson', projections: flow.projections, numbers: numbersOf(model, from) };
    const path = { noise: job.model.noise, dataDeviation: job.model.dataDeviation, steps: flow.steps, size, trace };
    yield await answered(logLikelihoods(path, rows.values.subarray(from * size, to * size), () => { report(to - from); }),
      ({ rows: values, ...along }) => session.slopes(parameters, { rows: to - from, values }, along));
  }
}

async function gathered(parts: AsyncIterable<Float64Array>, rows: number): Promise<Float64Array> {
  const all = new Float64Array(rows);
  let at = 0;
  for await (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export async function evaluateScores(reader: RunReader, job: ScoreJob, options: EvaluateOptions, output: Output): Promise<ExitCode> {
  const { exact, runs, betas, raise, reverse, flow = {} } = options;
  if (exact || raise || reverse || runs !== null || betas !== null) {
    throw new UsageError('no-such-figure', '--exact, --runs, --betas, --raise and --reverse are figures of models with an energy, and this run is a score model', 'Leave them out; --rows, --steps and --projections are for its likelihood.');
  }
  const startedMs = performance.now();
  const run = await openEnergy(reader, job, options, output);
  const { figures, told, name, held } = await scoreFiguresOf({ job, parameters: run.parameters, at: run.manifest, folder: reader.path }, { ...flow, threads: options.threads }, { output, signal: options.signal });
  output.result({ kind: 'evaluated', update: run.manifest.update, ...told, seconds: (performance.now() - startedMs) / 1000, path: run.path },
    textOf(figures, { model: nameOf(run), name, rows: told.rows, held }));
  return 0;
}

/** What is measured of a score model, beside when and where. */
export interface ScoreFigures {
  /** log p in nats a row, by the probability flow, of the held-out rows that were measured: the test set's, or without one the validation rows. */
  readonly testLogLikelihood: { readonly ode: number } | null;
  readonly validationLogLikelihood: { readonly ode: number } | null;
  readonly logPartition: null;
  /** Of the choice of rows, and of random directions. */
  readonly standardError: number | null;
  readonly rows: number;
  /** Of pictures of bytes alone. */
  readonly bitsPerDimension: number | null;
  /** KL from the data's own density to the model, in nats, where that is known, and its standard error. */
  readonly divergence: number | null;
  readonly divergenceError: number | null;
  readonly steps: number;
  /** How far half the steps are from all of them, in nats, in the mean of the first rows. */
  readonly halfStepsDifference: number;
  /** Random directions a row that the divergence is by; null: exact. */
  readonly projections: number | null;
  /** By how much the figure may be too low, in nats, since rows with the largest noise count as normal. */
  readonly priorShortfall: number;
}

/** Figures of a score model on the held-out rows of its job. `folder`: what a relative path of its data starts at. */
export async function scoreFiguresOf(
  { job, parameters, at, folder }: Omit<LoadedScores, 'session'> & { readonly folder: string }, { threads, ...flow }: FlowOptions & Pick<EvaluateOptions, 'threads'>, site: Worksite,
): Promise<{ readonly figures: FlowFigures; readonly told: ScoreFigures; readonly name: 'test' | 'validation'; readonly held: number }> {
  const data = await floatsOf(job, folder);
  checkUnchanged(job.facts, data);
  const [name, held] = data.test === null ? ['validation', data.validation] as const : ['test', data.test] as const;
  if (held === null) throw new UsageError('no-rows', 'the data has no test set and the job holds no rows out, so there is nothing to measure', 'Measure other rows by ebm score DIR DATA; data.validation in a job holds rows out.');
  const size = job.facts.visible;
  const rows = Math.min(held.rows, flow.rows ?? (size > EXACT_NUMBERS_MAX ? ROWS_OF_MANY : held.rows));
  const figures = await withContinuous(job, { threads }, (session) => figuresOf({ job, session, parameters, at }, { rows, values: held.values.subarray(0, rows * size) }, flow, site));
  const likelihood = { ode: figures.mean };
  const told = {
    testLogLikelihood: name === 'test' ? likelihood : null, validationLogLikelihood: name === 'validation' ? likelihood : null, logPartition: null,
    standardError: figures.standardError, rows, bitsPerDimension: figures.bitsPerDimension, divergence: figures.divergence?.mean ?? null, divergenceError: figures.divergence?.standardError ?? null,
    steps: figures.steps, halfStepsDifference: figures.halfStepsDifference, projections: figures.projections, priorShortfall: figures.shortfall,
  };
  return { figures, told, name, held: held.rows };
}

interface FlowFigures extends Flow {
  readonly mean: number;
  /** Of the choice of rows, and of random directions. */
  readonly standardError: number | null;
  /** How far half the steps are from all of them, in the mean of the first rows. */
  readonly halfStepsDifference: number;
  /** Of pictures of bytes, whose rows were spread over their levels. */
  readonly bitsPerDimension: number | null;
  /** KL from the data's own density to the model, where that is known. */
  readonly divergence: { readonly mean: number; readonly standardError: number | null } | null;
  readonly shortfall: number;
}

async function figuresOf(model: LoadedScores, held: FloatRows, asked: FlowOptions, site: Worksite): Promise<FlowFigures> {
  const { job } = model;
  const size = job.facts.visible;
  const isBytes = size > EXACT_NUMBERS_MAX && held.values.every(isLevel);
  const rows = isBytes ? { rows: held.rows, values: spreadOverLevels(held.values, size, LEVEL_WIDTH, numbersOf(model, 0)) } : held;
  const flow = flowFor(job, asked);
  const logs = await gathered(likelihoodsOf(model, rows, flow, site), rows.rows);
  const checked = Math.min(rows.rows, CHECKED_ROWS);
  const coarse = await gathered(likelihoodsOf(model, { rows: checked, values: rows.values.subarray(0, checked * size) }, { ...flow, steps: Math.ceil(flow.steps / 2) }, site), checked);
  const squares = Float64Array.from(logs, (_, row) => rows.values.subarray(row * size, (row + 1) * size).reduce((sum, x) => sum + x * x, 0));
  const density = isPlanarName(job.data.source) ? logDensityOf(job.data.source) : null;
  return {
    ...flow, ...averageOf(logs), halfStepsDifference: mean(coarse) - mean(logs.subarray(0, checked)),
    bitsPerDimension: isBytes ? (log(LEVELS - 1) - mean(logs) / size) / Math.LN2 : null,
    divergence: density === null ? null : averageOf(logs.map((logModel, row) => density(rows.values[2 * row]!, rows.values[2 * row + 1]!) - logModel)),
    shortfall: priorShortfall({ noise: job.model.noise, dataDeviation: job.model.dataDeviation, size }, mean(squares)),
  };
}

function isLevel(x: number): boolean {
  const level = Math.round(x / LEVEL_WIDTH);
  return level >= 0 && level < LEVELS && Math.abs(x - level * LEVEL_WIDTH) < 1e-6;
}

function averageOf(values: Float64Array): { readonly mean: number; readonly standardError: number | null } {
  const error = standardErrorOfMean(values);
  return { mean: mean(values), standardError: Number.isFinite(error) ? error : null };
}

function textOf(figures: FlowFigures, { model, name, rows, held }: { readonly model: string; readonly name: string; readonly rows: number; readonly held: number }): string {
  const { steps, projections, standardError, halfStepsDifference, divergence, bitsPerDimension, shortfall } = figures;
  const by = projections === null ? 'exact' : `by ${projections === 1 ? 'one random direction' : `${count(projections)} random directions`} a row`;
  const lines: readonly (readonly [string, string])[] = [
    ['model', model],
    [name, `${nats(figures.mean)} nats by the probability flow, the mean of ${rows === held ? '' : 'the first '}${count(rows)} rows (standard error ${compact(standardError)})`],
    ...(bitsPerDimension === null ? [] : [['bits', `${bitsPerDimension.toFixed(3)} a number at most, of rows spread over the ${LEVELS} levels of their bytes, as the figure above is`] as const]),
    ...(divergence === null ? [] : [['KL', `${compact(divergence.mean)} nats from the data's own density to the model (standard error ${compact(divergence.standardError)})`] as const]),
    ['flow', `${count(steps)} steps (half of them differ by ${compact(halfStepsDifference)} nats), divergence ${by}`],
    ['start', `rows with the largest noise count as normal around 0, which with right scores makes the figure at most ${compact(shortfall)} nats too low`],
  ];
  return lines.map(([title, text]) => `${title.padEnd(10)}  ${text}`).join('\n');
}
