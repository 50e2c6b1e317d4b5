// A density in two dimensions as a picture: brightness by probability, points on top. Pure: arrays in, a picture out.
import { blankPicture, type Picture } from './picture.ts';

export interface PlanarDensity {
  /** Log-density up to a constant at the middles of side x side cells, x the slower index (ebm/continuous/quadrature.ts). */
  readonly logDensity: ArrayLike<number>;
  readonly side: number;
}

export interface PlanarScene {
  readonly low: number;
  readonly high: number;
  /** Null: points alone. */
  readonly density: PlanarDensity | null;
  /** Float32 [points * 2]. */
  readonly points: Float32Array;
}

const SIDE = 400;
const BACKGROUND = [16, 18, 38] as const;
const POINT = [255, 166, 64] as const;
/** Dark blue, blue, green, yellow: brightness rises along it, so that it is read in grey too. */
const TONES: readonly (readonly [number, number, number])[] = [BACKGROUND, [38, 68, 122], [36, 138, 133], [120, 198, 92], [246, 231, 92]];

function toneAt(share: number): readonly [number, number, number] {
  const place = Math.min(1, Math.max(0, share)) * (TONES.length - 1);
  const below = Math.min(TONES.length - 2, Math.floor(place));
  const rest = place - below;
  const [from, to] = [TONES[below]!, TONES[below + 1]!];
  return [0, 1, 2].map((i) => Math.round(from[i]! + rest * (to[i]! - from[i]!))) as unknown as readonly [number, number, number];
}

/** y points upwards. Throws RangeError on sides that do not fit. */
export function planarPicture({ low, high, density, points }: PlanarScene): Picture {
  const picture = blankPicture(SIDE, SIDE, BACKGROUND);
  if (density !== null) paint(picture, density);
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [column, row] = [points[i]!, points[i + 1]!].map((value) => Math.floor(((value - low) / (high - low)) * SIDE)) as [number, number];
    dot(picture, column, SIDE - 1 - row);
  }
  return picture;
}

/** The root of the density on the scale of its largest: tails are seen beside peaks. */
function paint({ pixels }: Picture, { logDensity, side }: PlanarDensity): void {
  if (logDensity.length !== side * side) throw new RangeError(`${logDensity.length} values of a density on ${side} x ${side} cells`);
  let most = -Infinity;
  for (let i = 0; i < logDensity.length; i += 1) most = Math.max(most, logDensity[i]!);
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const [x, y] = [Math.floor((column / SIDE) * side), Math.floor(((SIDE - 1 - row) / SIDE) * side)];
      pixels.set(toneAt(Math.exp(0.5 * (logDensity[x * side + y]! - most))), 3 * (row * SIDE + column));
    }
  }
}

function dot({ pixels }: Picture, column: number, row: number): void {
  for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]] as const) {
    const [x, y] = [column + dx, row + dy];
    if (x >= 0 && y >= 0 && x < SIDE && y < SIDE) pixels.set(POINT, 3 * (y * SIDE + x));
  }
}
