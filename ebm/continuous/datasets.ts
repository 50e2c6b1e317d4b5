// Built-in two-dimensional sets (MATHS.md): row r of a set is a function of its name and r alone (purpose syntheticData, seed 0, id = r). Their exact
// densities are in densities.ts, which reads the same constants. Float64 arithmetic, rounded to float32 once.
import { cos, sin } from '../numeric/elementary.ts';
import { deriveKey } from '../random/address.ts';
import type { Key } from '../random/philox.ts';
import { PURPOSES } from '../random/purposes.ts';
import { fillNormals, fillUniforms } from './noise.ts';

export const PLANAR_SETS = ['eight-gaussians', 'two-moons', 'spiral', 'checkerboard'] as const;
export type PlanarSet = (typeof PLANAR_SETS)[number];

export type Point = readonly [number, number];

export const EIGHT_GAUSSIANS = { modes: 8, deviation: 0.354, radius: 2.83 } as const;
export const MOONS_NOISE = 0.1;
export const SPIRAL = { turns: 1.5, radius: 3, noise: 0.1 } as const;
/** Squares of side 2 over [-4, 4]^2; those with an even sum of coordinates are filled. */
export const CHECKERBOARD = { low: -4, side: 2, squares: 4 } as const;

const ROWS_MAX = 0xffff_ffff;

/** Rows [from, to) of a set: float32 [rows * 2]. Normals are half-step 0, uniforms half-step 1. */
export function planarRows(name: PlanarSet, { from, to }: { readonly from: number; readonly to: number }): Float32Array {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > ROWS_MAX) throw new RangeError(`rows [${from}, ${to}) of a built-in set`);
  const key: Key = deriveKey(0, PURPOSES.syntheticData, 0);
  const rows = to - from;
  const normals = new Float32Array(2 * rows);
  const uniforms = new Float64Array(3 * rows);
  fillNormals(key, { ids: { from, to }, numbers: 2, halfStep: 0, word3: 0 }, normals);
  fillUniforms(key, { ids: { from, to }, numbers: 3, halfStep: 1, word3: 0 }, uniforms);
  const values = new Float32Array(2 * rows);
  for (let row = 0; row < rows; row += 1) {
    const [x, y] = pointOf(name, [uniforms[3 * row]!, uniforms[3 * row + 1]!, uniforms[3 * row + 2]!], [normals[2 * row]!, normals[2 * row + 1]!]);
    values[2 * row] = x;
    values[2 * row + 1] = y;
  }
  return values;
}

function pointOf(name: PlanarSet, uniforms: readonly [number, number, number], normals: Point): Point {
  switch (name) {
    case 'eight-gaussians': return near(modeCentre(Math.floor(EIGHT_GAUSSIANS.modes * uniforms[0])), EIGHT_GAUSSIANS.deviation, normals);
    case 'two-moons': return near(moonPoint(uniforms[0] < 0.5 ? 'upper' : 'lower', uniforms[1]), MOONS_NOISE, normals);
    case 'spiral': return near(spiralPoint(Math.sqrt(uniforms[0])), SPIRAL.noise, normals);
    case 'checkerboard': return checkerboardPoint(uniforms);
  }
}

function near([x, y]: Point, deviation: number, [a, b]: Point): Point {
  return [x + deviation * a, y + deviation * b];
}

export function modeCentre(mode: number): Point {
  const angle = (2 * Math.PI * mode) / EIGHT_GAUSSIANS.modes;
  return [EIGHT_GAUSSIANS.radius * cos(angle), EIGHT_GAUSSIANS.radius * sin(angle)];
}

/** A half circle of radius 1 at share t of its length: the upper one around (0, 0), the lower one around (1, 0.5). */
export function moonPoint(moon: 'upper' | 'lower', t: number): Point {
  const angle = Math.PI * t;
  return moon === 'upper' ? [cos(angle), sin(angle)] : [1 - cos(angle), 0.5 - sin(angle)];
}

/** At share t of the angle and of the radius. With t the root of a uniform number, rows lie nearly evenly along the curve. */
export function spiralPoint(t: number): Point {
  const angle = 2 * Math.PI * SPIRAL.turns * t;
  return [SPIRAL.radius * t * cos(angle), SPIRAL.radius * t * sin(angle)];
}

function checkerboardPoint([square, x, y]: readonly [number, number, number]): Point {
  const { low, side, squares } = CHECKERBOARD;
  const index = Math.floor((square * squares * squares) / 2);
  const column = Math.floor(index / (squares / 2));
  const row = 2 * (index % (squares / 2)) + (column % 2);
  return [low + side * (column + x), low + side * (row + y)];
}
