// A density in two dimensions as a picture: brightness by probability, points on top; and its score as a field of arrows. Pure: arrays in, a picture out.
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
  if (density !== null) paint(picture, density, (below) => Math.exp(0.5 * below)); // its root: tails are seen beside peaks
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [column, row] = [points[i]!, points[i + 1]!].map((value) => Math.floor(((value - low) / (high - low)) * SIDE)) as [number, number];
    dot(picture, column, SIDE - 1 - row);
  }
  return picture;
}

/** A field of arrows, over a density if there is one. */
export interface PlanarField {
  /** Null: arrows alone. */
  readonly density: PlanarDensity | null;
  /** Float32 [arrows * arrows * 2] at the middles of arrows x arrows cells, x the slower index. */
  readonly scores: Float32Array;
  readonly arrows: number;
}

/** Nats below the largest log-density that are black. */
export const FIELD_NATS = 20;
const ARROW = [255, 255, 255] as const;
/** Of an arrow's cell: an infinite score's length, and its head's. */
const LENGTH_SHARE = 0.95;
const HEAD_SHARE = 0.25;
const HEAD_ANGLE = 0.45;

/** The log-density on a linear scale of FIELD_NATS, and arrows whose length is |s| / (|s| + median |s|) of the longest. Throws RangeError on sides that do not fit. */
export function fieldPicture({ density, scores, arrows }: PlanarField): Picture {
  if (scores.length !== 2 * arrows * arrows) throw new RangeError(`${scores.length} numbers of a field of ${arrows} x ${arrows} arrows`);
  const picture = blankPicture(SIDE, SIDE, BACKGROUND);
  if (density !== null) paint(picture, density, (below) => 1 + below / FIELD_NATS);
  const norms = Array.from({ length: arrows * arrows }, (_, i) => Math.hypot(scores[2 * i]!, scores[2 * i + 1]!));
  const median = [...norms].sort((a, b) => a - b)[norms.length >> 1]!;
  const cell = SIDE / arrows;
  norms.forEach((norm, i) => {
    if (!(norm > 0 && Number.isFinite(norm))) return; // no direction to show
    const half = (0.5 * LENGTH_SHARE * cell * norm) / (norm + median);
    const [dx, dy] = [(half * scores[2 * i]!) / norm, (-half * scores[2 * i + 1]!) / norm];
    arrow(picture, { x: (Math.floor(i / arrows) + 0.5) * cell, y: SIDE - ((i % arrows) + 0.5) * cell, dx, dy }, HEAD_SHARE * cell);
  });
  return picture;
}

interface Arrow { readonly x: number; readonly y: number; readonly dx: number; readonly dy: number }

/** Around its middle, with a head of two strokes that is no longer than half of it. */
function arrow(picture: Picture, { x, y, dx, dy }: Arrow, headMax: number): void {
  stroke(picture, { x: x - dx, y: y - dy, dx: 2 * dx, dy: 2 * dy });
  const head = Math.min(headMax, Math.hypot(dx, dy));
  for (const turn of [-HEAD_ANGLE, HEAD_ANGLE]) {
    const angle = Math.atan2(dy, dx) + Math.PI + turn;
    stroke(picture, { x: x + dx, y: y + dy, dx: head * Math.cos(angle), dy: head * Math.sin(angle) });
  }
}

function stroke({ pixels }: Picture, { x, y, dx, dy }: Arrow): void {
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(dx), Math.abs(dy))));
  for (let step = 0; step <= steps; step += 1) {
    const [column, row] = [Math.floor(x + (dx * step) / steps), Math.floor(y + (dy * step) / steps)];
    if (column >= 0 && row >= 0 && column < SIDE && row < SIDE) pixels.set(ARROW, 3 * (row * SIDE + column));
  }
}

/** Two pictures of equal height and channels, with a gap. */
export function besideEachOther(left: Picture, right: Picture): Picture {
  const gap = 8;
  const both = blankPicture(left.width + gap + right.width, left.height, [255, 255, 255]);
  for (const [picture, at] of [[left, 0], [right, left.width + gap]] as const) {
    for (let row = 0; row < picture.height; row += 1) both.pixels.set(picture.pixels.subarray(3 * row * picture.width, 3 * (row + 1) * picture.width), 3 * (row * both.width + at));
  }
  return both;
}

/** `toneOf`: of the log-density less its largest. */
function paint({ pixels }: Picture, { logDensity, side }: PlanarDensity, toneOf: (below: number) => number): void {
  if (logDensity.length !== side * side) throw new RangeError(`${logDensity.length} values of a density on ${side} x ${side} cells`);
  let most = -Infinity;
  for (let i = 0; i < logDensity.length; i += 1) most = Math.max(most, logDensity[i]!);
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const [x, y] = [Math.floor((column / SIDE) * side), Math.floor(((SIDE - 1 - row) / SIDE) * side)];
      pixels.set(toneAt(toneOf(logDensity[x * side + y]! - most)), 3 * (row * SIDE + column));
    }
  }
}

function dot({ pixels }: Picture, column: number, row: number): void {
  for (const [dx, dy] of [[0, 0], [1, 0], [0, 1], [1, 1]] as const) {
    const [x, y] = [column + dx, row + dy];
    if (x >= 0 && y >= 0 && x < SIDE && y < SIDE) pixels.set(POINT, 3 * (y * SIDE + x));
  }
}
