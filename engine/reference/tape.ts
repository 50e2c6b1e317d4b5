// Derivatives for the reference engine: matrices of float64 that remember how they were made. What `gradient` returns are such matrices again, so
// derivatives of any order come by asking again: slow and obviously right. Loops are plain and sums ascend, so bits repeat. It knows no energy.
import { exp, log, sigmoid, softplus, tanh } from '../../ebm/numeric/elementary.ts';

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. */
  readonly values: Float64Array;
  /** Longer than that of everything it was made from: an order to walk back in. */
  readonly depth: number;
  readonly sources: readonly Source[];
}

/** `pull`: from the derivative by the result to the share of it that belongs to this source. */
interface Source { readonly of: Matrix; readonly pull: (adjoint: Matrix) => Matrix }
interface Shape { readonly rows: number; readonly columns: number }

function made({ rows, columns }: Shape, values: Float64Array, sources: readonly Source[]): Matrix {
  return { rows, columns, values, depth: sources.reduce((most, { of }) => Math.max(most, of.depth + 1), 0), sources };
}

/** A matrix that depends on nothing: a parameter, data, or a constant. */
export function leaf(rows: number, columns: number, values: ArrayLike<number>): Matrix {
  if (values.length !== rows * columns) throw new RangeError(`${values.length} values are no matrix [${rows}, ${columns}]`);
  return made({ rows, columns }, Float64Array.from(values), []);
}

function assertSame(a: Shape, b: Shape): void {
  if (a.rows !== b.rows || a.columns !== b.columns) throw new RangeError(`[${a.rows}, ${a.columns}] does not fit [${b.rows}, ${b.columns}]`);
}

export function add(a: Matrix, b: Matrix): Matrix {
  assertSame(a, b);
  return made(a, a.values.map((value, i) => value + b.values[i]!), [{ of: a, pull: (adjoint) => adjoint }, { of: b, pull: (adjoint) => adjoint }]);
}

export function scale(a: Matrix, factor: number): Matrix {
  return made(a, a.values.map((value) => factor * value), [{ of: a, pull: (adjoint) => scale(adjoint, factor) }]);
}

export function shift(a: Matrix, by: number): Matrix {
  return made(a, a.values.map((value) => value + by), [{ of: a, pull: (adjoint) => adjoint }]);
}

/** Element by element. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  assertSame(a, b);
  return made(a, a.values.map((value, i) => value * b.values[i]!), [
    { of: a, pull: (adjoint) => multiply(adjoint, b) }, { of: b, pull: (adjoint) => multiply(adjoint, a) },
  ]);
}

export function product(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.rows) throw new RangeError(`[${a.rows}, ${a.columns}] times [${b.rows}, ${b.columns}]`);
  const values = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i += 1) {
    for (let k = 0; k < a.columns; k += 1) {
      const factor = a.values[i * a.columns + k]!;
      for (let j = 0; j < b.columns; j += 1) values[i * b.columns + j]! += factor * b.values[k * b.columns + j]!;
    }
  }
  return made({ rows: a.rows, columns: b.columns }, values, [
    { of: a, pull: (adjoint) => product(adjoint, transpose(b)) }, { of: b, pull: (adjoint) => product(transpose(a), adjoint) },
  ]);
}

export function transpose(a: Matrix): Matrix {
  const values = new Float64Array(a.values.length);
  for (let i = 0; i < a.rows; i += 1) for (let j = 0; j < a.columns; j += 1) values[j * a.rows + i] = a.values[i * a.columns + j]!;
  return made({ rows: a.columns, columns: a.rows }, values, [{ of: a, pull: transpose }]);
}

export function reshape(a: Matrix, rows: number, columns: number): Matrix {
  if (rows * columns !== a.values.length) throw new RangeError(`${a.values.length} values are no matrix [${rows}, ${columns}]`);
  return made({ rows, columns }, a.values, [{ of: a, pull: (adjoint) => reshape(adjoint, a.rows, a.columns) }]);
}

/** Sum over all rows: [1, columns]. */
export function sumRows(a: Matrix): Matrix {
  const values = new Float64Array(a.columns);
  for (let i = 0; i < a.rows; i += 1) for (let j = 0; j < a.columns; j += 1) values[j]! += a.values[i * a.columns + j]!;
  return made({ rows: 1, columns: a.columns }, values, [{ of: a, pull: (adjoint) => spreadRows(adjoint, a.rows) }]);
}

/** A matrix [1, columns] as every one of `rows` rows. */
export function spreadRows(a: Matrix, rows: number): Matrix {
  const values = new Float64Array(rows * a.columns);
  for (let i = 0; i < rows; i += 1) values.set(a.values, i * a.columns);
  return made({ rows, columns: a.columns }, values, [{ of: a, pull: sumRows }]);
}

/** Sum over all columns: [rows, 1]. */
export function sumColumns(a: Matrix): Matrix {
  return transpose(sumRows(transpose(a)));
}

export function spreadColumns(a: Matrix, columns: number): Matrix {
  return transpose(spreadRows(transpose(a), columns));
}

/** Sum of all elements: [1, 1]. */
export function total(a: Matrix): Matrix {
  return sumRows(sumColumns(a));
}

/** Element i of the result is element `places[i]` of a, or 0 where that is -1. */
export function gather(a: Matrix, shape: Shape, places: Int32Array): Matrix {
  const values = Float64Array.from(places, (place) => (place < 0 ? 0 : a.values[place]!));
  return made(shape, values, [{ of: a, pull: (adjoint) => scatter(adjoint, { rows: a.rows, columns: a.columns }, places) }]);
}

/** Adds element i of a to element `places[i]` of the result, and to none where that is -1. */
export function scatter(a: Matrix, shape: Shape, places: Int32Array): Matrix {
  const values = new Float64Array(shape.rows * shape.columns);
  places.forEach((place, i) => { if (place >= 0) values[place]! += a.values[i]!; });
  return made(shape, values, [{ of: a, pull: (adjoint) => gather(adjoint, { rows: a.rows, columns: a.columns }, places) }]);
}

/** A function of each element, with its derivative as a matrix of this file made from the argument and the result. */
function each(a: Matrix, f: (x: number) => number, derivative: (result: Matrix) => Matrix): Matrix {
  const result: Matrix = made(a, a.values.map(f), [{ of: a, pull: (adjoint) => multiply(adjoint, derivative(result)) }]);
  return result;
}

export const exponential = (a: Matrix): Matrix => each(a, exp, (y) => y);
export const logarithm = (a: Matrix): Matrix => each(a, log, () => reciprocal(a));
export const reciprocal = (a: Matrix): Matrix => each(a, (x) => 1 / x, (y) => scale(multiply(y, y), -1));
export const hyperbolicTangent = (a: Matrix): Matrix => each(a, tanh, (y) => shift(scale(multiply(y, y), -1), 1));
export const logistic = (a: Matrix): Matrix => each(a, sigmoid, (y) => multiply(y, shift(scale(y, -1), 1)));
export const smoothPlus = (a: Matrix): Matrix => each(a, softplus, () => logistic(a));

/** Derivatives of a [1, 1] matrix by each of these; zeros where it does not depend on one. */
export function gradient(of: Matrix, by: readonly Matrix[]): Matrix[] {
  if (of.values.length !== 1) throw new RangeError(`a gradient is of one value, not of [${of.rows}, ${of.columns}]`);
  const order = dependent(of, by);
  const adjoints = new Map<Matrix, Matrix>([[of, leaf(1, 1, [1])]]);
  for (const matrix of order) {
    const adjoint = adjoints.get(matrix);
    if (adjoint === undefined) continue;
    for (const source of matrix.sources) {
      if (!order.has(source.of)) continue;
      const share = source.pull(adjoint);
      const before = adjoints.get(source.of);
      adjoints.set(source.of, before === undefined ? share : add(before, share));
    }
  }
  return by.map((matrix) => adjoints.get(matrix) ?? leaf(matrix.rows, matrix.columns, new Float64Array(matrix.values.length)));
}

/** What `of` was made from that depends on one of `by`, these included, each after everything that was made from it. */
function dependent(of: Matrix, by: readonly Matrix[]): Set<Matrix> {
  const depends = new Map<Matrix, boolean>(by.map((matrix) => [matrix, true]));
  const found = new Set<Matrix>();
  const visit = (matrix: Matrix): boolean => {
    const known = depends.get(matrix);
    if (known === true) found.add(matrix);
    if (known !== undefined) return known;
    const any = matrix.sources.map((source) => visit(source.of)).some((answer) => answer);
    depends.set(matrix, any);
    if (any) found.add(matrix);
    return any;
  };
  visit(of);
  return new Set([...found].sort((a, b) => b.depth - a.depth));
}
