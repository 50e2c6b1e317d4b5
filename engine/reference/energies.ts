// Energies of docs/adr/0011 on the tape: E of each row from parameters and rows, by their definitions in ebm/continuous/model.ts. A user's module has
// no reference: it is refused.
import { convolutionShapes } from '../../ebm/continuous/layout.ts';
import type { Activation, EnergySettings, ParameterLayout, RowShape } from '../../ebm/continuous/model.ts';
import {
  add, exponential, gather, hyperbolicTangent, leaf, logarithm, logistic, multiply, product, reshape, scale, scatter, shift, smoothPlus, spreadColumns,
  spreadRows, sumColumns, type Matrix,
} from './tape.ts';

/** Parameters by name, each as a matrix [all but the last dimension, last]. */
export type ParameterMatrices = ReadonlyMap<string, Matrix>;

/** Slope of leaky-relu below 0, TensorFlow's. */
const LEAK = 0.2;
const KERNEL = 3;

export function parameterMatrices(layout: ParameterLayout, parameters: Float32Array): ParameterMatrices {
  return new Map(layout.map(({ name, shape, from, to }) => {
    const columns = shape.at(-1) ?? 1;
    return [name, leaf(columns === 0 ? 1 : (to - from) / columns, columns, parameters.subarray(from, to))];
  }));
}

export function named(parameters: ParameterMatrices, name: string): Matrix {
  const matrix = parameters.get(name);
  if (matrix === undefined) throw new RangeError(`the model has no tensor ${name}`);
  return matrix;
}

/** E of rows [rows, size]: [rows, 1]. */
export function energyOf(energy: EnergySettings, shape: RowShape, parameters: ParameterMatrices, x: Matrix): Matrix {
  switch (energy.kind) {
    case 'mlp': return output(parameters, energy.layers.reduce((h, _, layer) => dense(parameters, energy.activation, h, layer), x));
    case 'conv': return output(parameters, convolutions(energy, shape, parameters, x));
    case 'quadratic': return quadratic(parameters, x);
    case 'gaussian-mixture': return mixture(parameters, x);
    case 'module': throw new TypeError('a user\'s module has no reference');
  }
}

function layerName(kind: 'dense' | 'conv', layer: number): string {
  return `${kind}_${String(layer).padStart(2, '0')}`;
}

export function affine(x: Matrix, weights: Matrix, bias: Matrix): Matrix {
  return add(product(x, weights), spreadRows(bias, x.rows));
}

function dense(parameters: ParameterMatrices, activation: Activation, x: Matrix, layer: number): Matrix {
  const name = layerName('dense', layer);
  return activate(activation, affine(x, named(parameters, `${name}/weights`), named(parameters, `${name}/bias`)));
}

function output(parameters: ParameterMatrices, x: Matrix): Matrix {
  return affine(x, named(parameters, 'output/weights'), named(parameters, 'output/bias'));
}

/** Kinks are constants of the derivatives: 0 belongs to the left piece, as in TensorFlow. */
export function activate(activation: Activation, x: Matrix): Matrix {
  const pieces = (right: number, left: number): Matrix => leaf(x.rows, x.columns, x.values.map((value) => (value > 0 ? right : left)));
  switch (activation) {
    case 'swish': return multiply(x, logistic(x));
    case 'softplus': return smoothPlus(x);
    case 'tanh': return hyperbolicTangent(x);
    case 'elu': return add(multiply(x, pieces(1, 0)), shift(exponential(multiply(x, pieces(0, 1))), -1)); // right of 0 the second term is e^0 - 1
    case 'leaky-relu': return multiply(x, pieces(1, LEAK));
    case 'relu': return multiply(x, pieces(1, 0));
  }
}

function convolutions(energy: Extract<EnergySettings, { kind: 'conv' }>, shape: RowShape, parameters: ParameterMatrices, x: Matrix): Matrix {
  const shapes = convolutionShapes(energy, shape);
  return energy.channels.reduce((input, channels, layer) => {
    const [from, to] = [shapes[layer]!, shapes[layer + 1]!];
    const stride = energy.strides[layer]!;
    const name = layerName('conv', layer);
    const sums = convolved(input, from, { kernel: named(parameters, `${name}/kernel`), stride });
    const bias = reshape(spreadRows(named(parameters, `${name}/bias`), x.rows * to[0] * to[1]), x.rows, sums.columns);
    const result = activate(energy.activation, add(sums, bias));
    return energy.residual && stride === 1 && from[2] === channels ? add(result, input) : result;
  }, x);
}

/** "Same" convolution of images with these lengths by a kernel [9 channels, out]: [rows, height * width * out] after the stride. */
export function convolved(x: Matrix, lengths: readonly [number, number, number], { kernel, stride }: { readonly kernel: Matrix; readonly stride: number }): Matrix {
  const places = patches(x.rows, lengths, stride);
  const columns = KERNEL * KERNEL * lengths[2];
  const sums = product(gather(x, { rows: places.length / columns, columns }, places), kernel);
  return reshape(sums, x.rows, sums.values.length / x.rows);
}

/** Where each element of each 3 x 3 patch lies, -1 outside. "Same": padding is halved, the odd one goes below and right (TensorFlow's). */
function patches(rows: number, [height, width, channels]: readonly [number, number, number], stride: number): Int32Array {
  const [outHeight, outWidth] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const before = (length: number, out: number): number => Math.floor(Math.max(0, (out - 1) * stride + KERNEL - length) / 2);
  const [top, left] = [before(height, outHeight), before(width, outWidth)];
  const places = new Int32Array(rows * outHeight * outWidth * KERNEL * KERNEL * channels);
  for (let i = 0; i < places.length; i += 1) {
    const channel = i % channels;
    const tap = Math.floor(i / channels) % (KERNEL * KERNEL);
    const position = Math.floor(i / (channels * KERNEL * KERNEL));
    const column = (position % outWidth) * stride + (tap % KERNEL) - left;
    const line = (Math.floor(position / outWidth) % outHeight) * stride + Math.floor(tap / KERNEL) - top;
    const row = Math.floor(position / (outWidth * outHeight));
    const inside = line >= 0 && line < height && column >= 0 && column < width;
    places[i] = inside ? ((row * height + line) * width + column) * channels + channel : -1;
  }
  return places;
}

/** Element k of `lower` is row i, column j < i of L, row by row: k = i (i - 1) / 2 + j. */
function quadratic(parameters: ParameterMatrices, x: Matrix): Matrix {
  const size = x.columns;
  const square = { rows: size, columns: size };
  const diagonal = Int32Array.from({ length: size }, (_, i) => i * size + i);
  const below = Int32Array.from(Array.from({ length: size }, (_, i) => Array.from({ length: i }, (__, j) => i * size + j)).flat());
  const root = scatter(exponential(named(parameters, 'log_diagonal')), square, diagonal);
  const matrix = below.length === 0 ? root : add(root, scatter(named(parameters, 'lower'), square, below));
  const y = product(add(x, scale(spreadRows(named(parameters, 'mean'), x.rows), -1)), matrix); // row (x - mean)^T L
  return scale(sumColumns(multiply(y, y)), 0.5);
}

function mixture(parameters: ParameterMatrices, x: Matrix): Matrix {
  const means = named(parameters, 'means');
  const logScales = named(parameters, 'log_scales');
  const distances = Array.from({ length: means.rows }, (_, k) => {
    const mean = gather(means, { rows: 1, columns: x.columns }, Int32Array.from({ length: x.columns }, (__, i) => k * x.columns + i));
    const rest = add(x, scale(spreadRows(mean, x.rows), -1));
    const precision = exponential(scale(gather(logScales, { rows: 1, columns: 1 }, Int32Array.of(k)), -2));
    const halves = multiply(scale(sumColumns(multiply(rest, rest)), -0.5), spreadRows(precision, x.rows));
    return scatter(halves, { rows: x.rows, columns: means.rows }, Int32Array.from({ length: x.rows }, (__, row) => row * means.rows + k));
  });
  const levels = add(named(parameters, 'logits'), scale(logScales, -x.columns));
  return scale(logSumExpOfRows(distances.reduce(add, spreadRows(levels, x.rows))), -1);
}

/** The largest term is taken out as a constant: the derivatives are those of the whole. */
function logSumExpOfRows(a: Matrix): Matrix {
  const largest = leaf(a.rows, 1, Float64Array.from({ length: a.rows }, (_, row) => a.values.subarray(row * a.columns, (row + 1) * a.columns).reduce((x, y) => Math.max(x, y))));
  const rest = exponential(add(a, scale(spreadColumns(largest, a.columns), -1)));
  return add(logarithm(sumColumns(rest)), largest);
}
