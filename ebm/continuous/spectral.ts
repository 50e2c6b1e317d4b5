// Spectral norm of weight matrices, held below a bound after each step (MATHS.md, 14): a fixed number of power iterations in float64 from a fixed
// keyed vector, so it is a function of the parameters alone and no state of the run. Few iterations underestimate the norm where singular values are close.
import { sizeOf, type ParameterLayout } from './model.ts';
import { fillNormals } from './noise.ts';

export interface SpectralSettings { readonly bound: number; readonly iterations: number }

/** Any key: the vector is a constant of the format. */
const START_KEY = [0x73706563, 0x7472616c] as const;

/** Scales every tensor of two or more dimensions, read as a matrix [rest, last], whose largest singular value is above the bound. */
export function constrainSpectralNorm({ bound, iterations }: SpectralSettings, layout: ParameterLayout, parameters: Float32Array): void {
  for (const { shape, from, to } of layout) {
    if (shape.length < 2) continue;
    const values = parameters.subarray(from, to);
    const norm = spectralNorm(values, sizeOf(shape.slice(0, -1)), iterations);
    if (!(norm > bound)) continue;
    const share = Math.fround(bound / norm);
    for (let i = 0; i < values.length; i += 1) values[i] = values[i]! * share;
  }
}

/** Largest singular value of a matrix [rows, columns] by power iterations on W^T W; 0 for a matrix of zeros. */
export function spectralNorm(values: Float32Array, rows: number, iterations: number): number {
  const columns = values.length / rows;
  const start = new Float32Array(columns);
  fillNormals(START_KEY, { ids: { from: 0, to: 1 }, numbers: columns, halfStep: 0, word3: 0 }, start);
  const right = Float64Array.from(start);
  const left = new Float64Array(rows);
  let norm = 0;
  normalise(right);
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    for (let i = 0; i < rows; i += 1) {
      let sum = 0;
      for (let j = 0; j < columns; j += 1) sum += values[i * columns + j]! * right[j]!;
      left[i] = sum;
    }
    normalise(left);
    right.fill(0);
    for (let i = 0; i < rows; i += 1) for (let j = 0; j < columns; j += 1) right[j]! += values[i * columns + j]! * left[i]!;
    norm = normalise(right);
  }
  return norm;
}

/** Divides by the norm, unless it is 0, and returns it. */
function normalise(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const norm = Math.sqrt(sum);
  if (norm > 0) for (let i = 0; i < vector.length; i += 1) vector[i] = vector[i]! / norm;
  return norm;
}
