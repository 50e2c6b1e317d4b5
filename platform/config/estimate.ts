// What a run will need of memory and disk, from shapes alone, so that a long run is not started where it cannot end.
// Estimates lean to the high side. What is free is measured by the caller.
import { isContinuous, type AnyJob, type CompiledJob, type ContinuousJob } from '../../ebm/job.ts';
import { layoutOf, parameterCount } from '../../ebm/continuous/layout.ts';
import { sizeOf } from '../../ebm/continuous/model.ts';
import { settingsOf } from '../../ebm/continuous/settings.ts';

export interface EstimatePart {
  /** In words, for example `training state`. */
  readonly what: string;
  readonly bytes: number;
}

export interface RunEstimate {
  /** Beyond what Node itself needs. */
  readonly memory: readonly EstimatePart[];
  readonly memoryBytes: number;
  readonly disk: readonly EstimatePart[];
  readonly diskBytes: number;
  readonly checkpointBytes: number;
}

/** Node, its heap and the compiled program, measured at 60 to 90 MB. */
const NODE_BYTES = 90_000_000;
/** Versions of published parameters that an engine keeps: the one in use, the one being made, and with staleness 1 the one before. */
const PUBLISHED_VERSIONS = 3;
/** Measured at 574, with short numbers. */
const LEDGER_LINE_BYTES = 640;
const METRICS_LINE_BYTES = 240;
const EVALUATED_LINE_BYTES = 600;
/** A report without pictures, measured at 41 to 62 kB; what a point of its curves takes, and of how many points they are at most. */
const REPORT_BYTES = 80_000;
const REPORT_POINT_BYTES = 240;
const REPORT_POINTS_MAX = 500;
/** Mosaics in a report, and their bytes together. */
const REPORT_FRAMES_MAX = 24;
const REPORT_FRAMES_BYTES_MAX = 8_000_000;
/** In a report pictures are text. */
const BASE64 = 4 / 3;
/** Cells of a mosaic are tiles of so many rows; measured, of 4 to 3000 units: 5 to 337 kB, always below these figures. */
const MOSAIC_TILES = 100;
const MOSAIC_BYTES = 16_384;
const MOSAIC_CELL_BYTES = 1.6;

export function estimateRun(job: AnyJob, threads: number): RunEstimate {
  const memory = isContinuous(job) ? continuousMemory(job) : memoryParts(job, threads);
  const checkpointBytes = isContinuous(job) ? continuousCheckpoint(job) : checkpointSize(job);
  const disk = diskParts(job, checkpointBytes);
  return { memory, memoryBytes: total(memory), disk, diskBytes: total(disk), checkpointBytes };
}

/** Bytes of memory that a coordinator needs for a run whose units are computed by workers elsewhere. */
export function coordinatorMemory(job: AnyJob): number {
  if (isContinuous(job)) return total(continuousMemory(job).filter(({ what }) => what !== 'tensors'));
  const { chains } = shapes(job);
  const elsewhere = new Set(['chains and batch', 'log-partition']);
  return total(memoryParts(job, 1).filter(({ what }) => !elsewhere.has(what))) + 2 * chains * Math.ceil(job.model.hidden / 8);
}

/** Bytes of memory that a worker needs to compute units of a job. */
export function workerMemory(job: AnyJob, threads: number): number {
  const parts = isContinuous(job) ? continuousMemory(job) : memoryParts(job, threads);
  return total(parts.filter(({ what }) => what !== 'training state' && what !== 'a checkpoint being written'));
}

function total(parts: readonly EstimatePart[]): number {
  return parts.reduce((sum, part) => sum + part.bytes, 0);
}

function shapes(job: CompiledJob): { readonly weights: number; readonly biases: number; readonly chains: number; readonly rowBytes: number } {
  const { visible } = job.facts;
  const { hidden } = job.model;
  return { weights: visible * hidden, biases: visible + hidden, chains: job.train.chains ?? job.train.batch, rowBytes: Math.ceil(visible / 8) };
}

/** Copies of float32 masters: themselves, the optimiser's slots, the average. */
function masterCopies(job: AnyJob): number {
  const { kind, momentum } = job.train.optimiser;
  return 1 + (kind === 'adam' ? 2 : momentum > 0 ? 1 : 0) + (job.train.average > 0 ? 1 : 0);
}

function memoryParts(job: CompiledJob, threads: number): readonly EstimatePart[] {
  const { weights, biases, chains, rowBytes } = shapes(job);
  const { hidden } = job.model;
  const { trainingRows, validationRows, testRows, visible } = job.facts;
  const rows = trainingRows + validationRows + testRows;
  const stochastic = job.data.binarise === 'stochastic';
  // Sums are int32, in float64 beyond 32,767 samples; both phases apart unless the batch has as many rows as there are chains.
  const sumBytes = (Math.max(job.train.batch, chains) > 32_767 ? 8 : 4) * (job.train.batch === chains ? 1 : 2);
  const annealed = job.evaluate !== 'off' && job.evaluate.logPartition.kind === 'ais' ? job.evaluate.logPartition : null;
  return [
    { what: 'data', bytes: rows * rowBytes + (stochastic ? rows * visible : 0) },
    { what: 'training state', bytes: masterCopies(job) * 4 * (weights + biases) },
    // int16 weights and their transposed copy, int32 biases.
    { what: 'published parameters', bytes: PUBLISHED_VERSIONS * 4 * (weights + biases) },
    { what: 'sums of statistics', bytes: (threads + 1) * sumBytes * weights },
    { what: 'chains and batch', bytes: 2 * chains * Math.ceil(hidden / 8) + (chains + job.train.batch) * (4 * hidden + 4 * visible + 2 * rowBytes) },
    { what: 'log-partition', bytes: annealed === null ? 0 : annealed.betas * 8 + annealed.runs * (8 * hidden + rowBytes) },
    { what: 'a checkpoint being written', bytes: checkpointSize(job) },
    { what: 'node', bytes: NODE_BYTES },
  ];
}

function checkpointSize(job: CompiledJob): number {
  const { weights, biases, chains } = shapes(job);
  const state = masterCopies(job) * 4 * (weights + biases) + 4 * biases + (job.train.objective === 'pcd' ? chains * Math.ceil(job.model.hidden / 8) : 0);
  const versionBefore = job.train.staleness === 1 ? 2 * weights + 4 * biases : 0;
  return state + versionBefore + 4 * (weights + biases) + 8_192;
}

/** TensorFlow.js keeps what a derivative of a microbatch needs: about so many floats a row and parameter-free layer are not known here, so a lump. */
const TENSORS_BYTES = 300_000_000;

function continuousParameters(job: ContinuousJob): number {
  return parameterCount(layoutOf(settingsOf(job), job.facts.shape));
}

function continuousMemory(job: ContinuousJob): readonly EstimatePart[] {
  const parameters = continuousParameters(job);
  const { trainingRows, validationRows, testRows, shape } = job.facts;
  return [
    { what: 'data', bytes: 4 * sizeOf(shape) * (trainingRows + validationRows + testRows) },
    { what: 'training state', bytes: masterCopies(job) * 4 * parameters },
    { what: 'published parameters', bytes: PUBLISHED_VERSIONS * 4 * parameters },
    { what: 'sums of gradients', bytes: 3 * 8 * parameters },
    { what: 'chains', bytes: 4 * sizeOf(shape) * (job.train.chains ?? 0) },
    { what: 'tensors', bytes: TENSORS_BYTES },
    { what: 'a checkpoint being written', bytes: continuousCheckpoint(job) },
    { what: 'node', bytes: NODE_BYTES },
  ];
}

function continuousCheckpoint(job: ContinuousJob): number {
  return 4 * continuousParameters(job) * (masterCopies(job) + 1) + 4 * sizeOf(job.facts.shape) * (job.train.chains ?? 0) + 8_192;
}

function diskParts(job: AnyJob, checkpointBytes: number): readonly EstimatePart[] {
  const { updates } = job.train;
  const kept = Math.min(job.checkpoint.keep, Math.floor(updates / job.checkpoint.every) + 1);
  // A mosaic beside every checkpoint that there ever was.
  const mosaics = Math.floor(updates / job.checkpoint.every) + 1;
  const mosaicBytes = Math.ceil(MOSAIC_BYTES + MOSAIC_CELL_BYTES * MOSAIC_TILES * job.facts.visible);
  const lines = Math.floor(updates / job.ledger.every) + 1;
  const evaluations = job.evaluate === 'off' ? 0 : job.evaluate.every === 0 ? 1 : Math.floor(updates / job.evaluate.every) + 1;
  return [
    // Beside those kept: the best, the target of a rollback, and the one being written.
    { what: 'checkpoints', bytes: (kept + 3) * checkpointBytes },
    { what: 'ledger and metrics', bytes: lines * (LEDGER_LINE_BYTES + METRICS_LINE_BYTES) + evaluations * EVALUATED_LINE_BYTES },
    { what: 'samples', bytes: mosaics * mosaicBytes },
    { what: 'report', bytes: reportSize(updates, mosaics, mosaicBytes) },
  ];
}

function reportSize(updates: number, mosaics: number, mosaicBytes: number): number {
  const frames = Math.min(Math.min(mosaics, REPORT_FRAMES_MAX) * mosaicBytes, REPORT_FRAMES_BYTES_MAX);
  // Beside the frames: the last one large, the data, and the filters, which are in colour.
  const pictures = BASE64 * (frames + 4 * mosaicBytes);
  return REPORT_BYTES + REPORT_POINT_BYTES * Math.min(updates, REPORT_POINTS_MAX) + Math.ceil(pictures);
}

export interface Shortage {
  readonly kind: 'memory' | 'disk';
  readonly neededBytes: number;
  readonly freeBytes: number;
  /** What to change, in words. */
  readonly remedy: string;
}

/** What is not there: null for what could not be measured. */
export function shortages(estimate: RunEstimate, freeMemoryBytes: number | null, freeDiskBytes: number | null): readonly Shortage[] {
  const found: Shortage[] = [];
  if (freeMemoryBytes !== null && estimate.memoryBytes > freeMemoryBytes) {
    found.push({ kind: 'memory', neededBytes: estimate.memoryBytes, freeBytes: freeMemoryBytes, remedy: 'fewer model.hidden, train.chains or threads, or a machine with more memory' });
  }
  if (freeDiskBytes !== null && estimate.diskBytes > freeDiskBytes) {
    found.push({ kind: 'disk', neededBytes: estimate.diskBytes, freeBytes: freeDiskBytes, remedy: 'a smaller checkpoint.keep, a longer ledger.every, or --out on a larger disk' });
  }
  return found;
}
