// The noise of noise contrast: an independent normal in each dimension with the mean and deviation of the training data. Float64, rows in ascending
// order in blocks of 64, so that all engines contrast with the same distribution.
import { log } from '../numeric/elementary.ts';
import type { Key } from '../random/philox.ts';
import { DATA_HALF_STEPS, fillNormals } from './noise.ts';

const LOG_TWO_PI = 1.8378770664093453;
const BLOCK = 64;
/** Dimensions that hardly vary would make log p(noise) a needle. */
const DEVIATION_MIN = 1e-3;

export interface NoiseDistribution {
  /** Float64 [size]. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Mean and population deviation (divided by n) of rows [rows * size], the deviation from squared distances to the mean and at least 1e-3. */
export function noiseDistribution(data: { readonly rows: number; readonly values: Float32Array }, size: number): NoiseDistribution {
  const mean = meanOver(data.rows, size, (row, i) => data.values[row * size + i]!);
  const variance = meanOver(data.rows, size, (row, i) => {
    const distance = data.values[row * size + i]! - mean[i]!;
    return distance * distance;
  });
  return { mean, deviation: variance.map((value) => Math.max(DEVIATION_MIN, Math.sqrt(value))) };
}

function meanOver(rows: number, size: number, value: (row: number, i: number) => number): Float64Array {
  const total = new Float64Array(size);
  const block = new Float64Array(size);
  for (let start = 0; start < rows; start += BLOCK) {
    block.fill(0);
    for (let row = start; row < Math.min(start + BLOCK, rows); row += 1) for (let i = 0; i < size; i += 1) block[i]! += value(row, i);
    for (let i = 0; i < size; i += 1) total[i]! += block[i]!;
  }
  return total.map((sum) => sum / rows);
}

/** Noise row r of the data rows at these offsets of the batch: float32 [offsets * size]. */
export function noiseRows(key: Key, distribution: NoiseDistribution, at: { readonly from: number; readonly to: number; readonly update: number }, row: number): Float32Array {
  const size = distribution.mean.length;
  const values = new Float32Array((at.to - at.from) * size);
  fillNormals(key, { ids: { from: at.from, to: at.to }, numbers: size, halfStep: DATA_HALF_STEPS.contrast + row, word3: at.update }, values);
  return fromNormals(distribution, values);
}

/** Standard normals [rows * size] turned into noise rows, in place: for engines that have their normals from elsewhere, with the same bits. */
export function fromNormals({ mean, deviation }: NoiseDistribution, values: Float32Array): Float32Array {
  const size = mean.length;
  for (let index = 0; index < values.length; index += 1) values[index] = mean[index % size]! + deviation[index % size]! * values[index]!;
  return values;
}

/** log density of each row, in nats: float64 [rows]. */
export function noiseLogDensities({ mean, deviation }: NoiseDistribution, values: Float32Array): Float64Array {
  const size = mean.length;
  let level = 0;
  for (const value of deviation) level -= log(value) + 0.5 * LOG_TWO_PI;
  return Float64Array.from({ length: values.length / size }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < size; i += 1) {
      const z = (values[row * size + i]! - mean[i]!) / deviation[i]!;
      sum += z * z;
    }
    return level - 0.5 * sum;
  });
}
