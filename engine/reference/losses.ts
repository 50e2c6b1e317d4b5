// Losses of the objectives on the tape (docs/adr/0011): what each row of data adds to an update's loss, before the division by the batch. Chains and
// the sums over microbatches are continuous-unit.ts's.
import { noiseLogDensities, noiseRows, type NoiseDistribution } from '../../ebm/continuous/contrast.ts';
import { trainingSigmas } from '../../ebm/continuous/diffusion.ts';
import { LOG_PARTITION } from '../../ebm/continuous/layout.ts';
import type { ContrastiveSettings, ObjectiveSettings } from '../../ebm/continuous/model.ts';
import { DATA_HALF_STEPS, fillNormals, fillSigns, fillUniforms } from '../../ebm/continuous/noise.ts';
import { log } from '../../ebm/numeric/elementary.ts';
import type { Key } from '../../ebm/random/philox.ts';
import type { ContinuousProblem } from '../continuous.ts';
import type { ParameterMatrices } from './energies.ts';
import { add, gradient, leaf, multiply, scale, shift, smoothPlus, spreadColumns, spreadRows, sumColumns, total, type Matrix } from './tape.ts';

export type DataObjective = Exclude<ObjectiveSettings, ContrastiveSettings>;

/** A microbatch of data rows, by offset in the batch. */
export interface DataTask {
  readonly energy: (x: Matrix) => Matrix;
  readonly parameters: ParameterMatrices;
  readonly rows: Float32Array;
  readonly size: number;
  /** Offsets in the update's batch. */
  readonly from: number;
  readonly to: number;
  readonly update: number;
  /** Of purpose dataNoise and the unit's branch. */
  readonly key: Key;
  /** nce alone. */
  readonly noise: NoiseDistribution | null;
}

/** `loss` and `energies` of each row [rows, 1]; `noiseEnergies`: sums over each row's noise rows, nce alone. */
export interface DataLosses { readonly loss: Matrix; readonly energies: Matrix; readonly noiseEnergies: Matrix | null }

export function dataLosses(objective: DataObjective, task: DataTask): DataLosses {
  switch (objective.kind) {
    case 'nce': return contrastLosses(objective.ratio, task);
    case 'explicit': return matchingLosses(task, objective.trace === 'exact' ? axes(task) : signs(task, objective.projections));
    case 'sliced': return matchingLosses(task, signs(task, objective.projections));
    case 'denoising': return denoisingLosses(objective.sigmas, task);
    case 'noise-conditional': throw new TypeError('it is the objective of score models');
  }
}

function rowsOf(task: DataTask, values: ArrayLike<number>): Matrix {
  return leaf(task.to - task.from, task.size, values);
}

/** Directions v and the factor of the sum of v^T H v over them. */
interface Directions { readonly vectors: readonly Matrix[]; readonly factor: number }

/** One unit vector a dimension: their sum is the trace. */
function axes({ from, to, size }: DataTask): Directions {
  const vectors = Array.from({ length: size }, (_, axis) => spreadRows(leaf(1, size, Float64Array.from({ length: size }, (__, i) => (i === axis ? 1 : 0))), to - from));
  return { vectors, factor: 1 };
}

function signs(task: DataTask, projections: number): Directions {
  const vectors = Array.from({ length: projections }, (_, projection) => {
    const values = new Float32Array(task.rows.length);
    fillSigns(task.key, { ids: { from: task.from, to: task.to }, numbers: task.size, halfStep: DATA_HALF_STEPS.projections + projection, word3: task.update }, values);
    return rowsOf(task, values);
  });
  return { vectors, factor: 1 / projections };
}

/** 1/2 |s|^2 + factor sum v^T (ds/dx) v with s = -grad E, ds/dx = -H. */
function matchingLosses(task: DataTask, { vectors, factor }: Directions): DataLosses {
  const x = rowsOf(task, task.rows);
  const energies = task.energy(x);
  const [slope] = gradient(total(energies), [x]);
  const curvatures = vectors.map((vector) => {
    const [product] = gradient(total(multiply(slope!, vector)), [x]); // H v of each row: rows do not meet
    return scale(sumColumns(multiply(product!, vector)), -factor);
  });
  return { loss: curvatures.reduce(add, scale(sumColumns(multiply(slope!, slope!)), 0.5)), energies, noiseEnergies: null };
}

/** sigma^2 / 2 |s(x + sigma z) + z / sigma|^2. */
function denoisingLosses(sigmas: readonly number[], task: DataTask): DataLosses {
  const { from, to, size } = task;
  const { normals, uniforms } = drawsOf(task);
  const sigma = uniforms.map((u) => sigmas[Math.floor(u * sigmas.length)]!);
  const noisy = noisyRows(task, normals, sigma);
  const [slope] = gradient(total(task.energy(noisy)), [noisy]);
  // sigma s + z, whose square over 2 is the loss.
  const rest = add(scale(multiply(slope!, spreadColumns(leaf(to - from, 1, sigma), size)), -1), rowsOf(task, normals));
  return { loss: scale(sumColumns(multiply(rest, rest)), 0.5), energies: task.energy(rowsOf(task, task.rows)), noiseEnergies: null };
}

type DrawingTask = Pick<DataTask, 'key' | 'from' | 'to' | 'update' | 'size' | 'rows'>;

function drawsOf({ key, from, to, update, size, rows }: DrawingTask): { readonly normals: Float32Array; readonly uniforms: Float64Array } {
  const normals = new Float32Array(rows.length);
  const uniforms = new Float64Array(to - from);
  fillNormals(key, { ids: { from, to }, numbers: size, halfStep: DATA_HALF_STEPS.normals, word3: update }, normals);
  fillUniforms(key, { ids: { from, to }, numbers: 1, halfStep: DATA_HALF_STEPS.sigma, word3: update }, uniforms);
  return { normals, uniforms };
}

function noisyRows({ rows, size, from, to }: DrawingTask, normals: Float32Array, sigma: Float64Array): Matrix {
  return leaf(to - from, size, Float64Array.from(rows, (x, i) => x + sigma[Math.floor(i / size)]! * normals[i]!));
}

/** 1/2 |predicted noise - z|^2 of each row at x + sigma z: [rows, 1]. */
export function noiseConditionalLosses(
  { objective, batch }: Pick<ContinuousProblem, 'objective' | 'batch'>, task: DrawingTask & { readonly predict: (y: Matrix, sigmas: Float64Array) => Matrix },
): Matrix {
  if (objective.kind !== 'noise-conditional') throw new TypeError('a score model is trained by noise-conditional denoising');
  const { from, to, size, predict } = task;
  const { normals, uniforms } = drawsOf(task);
  const sigmas = trainingSigmas(objective.noise, uniforms, { offsets: Uint32Array.from(uniforms, (_, i) => from + i), batch });
  const rest = add(predict(noisyRows(task, normals, sigmas), sigmas), scale(leaf(to - from, size, normals), -1));
  return scale(sumColumns(multiply(rest, rest)), 0.5);
}

/** softplus(-logit(x)) + sum over the row's noise of softplus(logit), logit = -E - log_partition - log p_noise - log ratio. */
function contrastLosses(ratio: number, task: DataTask): DataLosses {
  const { noise, parameters, from, to } = task;
  const logPartition = parameters.get(LOG_PARTITION);
  if (noise === null || logPartition === undefined) throw new TypeError('noise contrast needs its noise distribution and a log partition');
  const logits = (values: Float32Array): { readonly logit: Matrix; readonly energies: Matrix } => {
    const energies = task.energy(rowsOf(task, values));
    const model = scale(add(energies, spreadRows(logPartition, to - from)), -1);
    return { energies, logit: add(model, shift(scale(leaf(to - from, 1, noiseLogDensities(noise, values)), -1), -log(ratio))) };
  };
  const data = logits(task.rows);
  const contrasts = Array.from({ length: ratio }, (_, row) => logits(noiseRows(task.key, noise, task, row)));
  const loss = contrasts.reduce((sum, { logit }) => add(sum, smoothPlus(logit)), smoothPlus(scale(data.logit, -1)));
  return { loss, energies: data.energies, noiseEnergies: contrasts.map(({ energies }) => energies).reduce(add) };
}
