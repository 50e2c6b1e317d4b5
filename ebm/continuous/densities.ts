// Log densities of the built-in two-dimensional sets, in nats: closed forms where there are, else the curve convolved with its noise by
// Simpson's rule, far finer than the noise. Also which mode a point belongs to, for masses. Sampling is in datasets.ts.
import { log, logSumExp } from '../numeric/elementary.ts';
import { CHECKERBOARD, EIGHT_GAUSSIANS, modeCentre, MOONS_NOISE, moonPoint, SPIRAL, spiralPoint, type PlanarSet, type Point } from './datasets.ts';

const LOG_TWO_PI = 1.8378770664093453;
/** Intervals of Simpson's rule, even: neighbours are 0.012 apart on a moon and at most 0.028 on the spiral, against a noise of 0.1. */
const MOON_INTERVALS = 256;
const SPIRAL_INTERVALS = 1024;

export type LogDensity = (x: number, y: number) => number;

/** log p(x, y) of a set; -Infinity where it has no mass. */
export function logDensityOf(name: PlanarSet): LogDensity {
  switch (name) {
    case 'eight-gaussians': {
      const centres = Array.from({ length: EIGHT_GAUSSIANS.modes }, (_, mode) => modeCentre(mode));
      return mixture(centres.map((centre) => ({ centre, logWeight: -log(EIGHT_GAUSSIANS.modes) })), EIGHT_GAUSSIANS.deviation);
    }
    case 'two-moons': {
      const half = -log(2);
      const moons = [...moonCurve('upper'), ...moonCurve('lower')];
      return mixture(moons.map(({ centre, logWeight }) => ({ centre, logWeight: logWeight + half })), MOONS_NOISE);
    }
    case 'spiral': return mixture(curve(spiralPoint, (t) => 2 * t, SPIRAL_INTERVALS), SPIRAL.noise); // the root of a uniform number has density 2 t
    case 'checkerboard': {
      const { side, squares } = CHECKERBOARD;
      const level = -log((side * side * squares * squares) / 2);
      return (x, y) => (isFilled(x, y) ? level : -Infinity);
    }
  }
}

/** Mode or square of a point, from 0, for masses of a model's modes: the nearest Gaussian, the nearer moon, the square; the spiral is one. */
export function modeOf(name: PlanarSet): { readonly modes: number; readonly at: (x: number, y: number) => number } {
  switch (name) {
    case 'eight-gaussians': return { modes: EIGHT_GAUSSIANS.modes, at: nearestMode };
    case 'two-moons': {
      const [upper, lower] = (['upper', 'lower'] as const).map((moon) => mixture(moonCurve(moon), MOONS_NOISE));
      return { modes: 2, at: (x, y) => (upper!(x, y) >= lower!(x, y) ? 0 : 1) };
    }
    case 'spiral': return { modes: 1, at: () => 0 };
    case 'checkerboard': {
      const { squares } = CHECKERBOARD;
      const clamp = (index: number): number => Math.min(squares - 1, Math.max(0, index));
      return { modes: squares * squares, at: (x, y) => clamp(squareIndex(x)) * squares + clamp(squareIndex(y)) };
    }
  }
}

interface Component { readonly centre: Point; readonly logWeight: number }

function mixture(components: readonly Component[], deviation: number): LogDensity {
  const terms = new Float64Array(components.length);
  const precision = 1 / (deviation * deviation);
  const level = -LOG_TWO_PI - 2 * log(deviation);
  return (x, y) => {
    components.forEach(({ centre: [a, b], logWeight }, index) => {
      terms[index] = logWeight - 0.5 * precision * ((x - a) * (x - a) + (y - b) * (y - b));
    });
    return level + logSumExp(terms);
  };
}

function moonCurve(moon: 'upper' | 'lower'): Component[] {
  return curve((t) => moonPoint(moon, t), () => 1, MOON_INTERVALS);
}

/** Simpson's rule along t in [0, 1] as a mixture: weights density(t) w / (3 n), w = 1, 4, 2, ..., 4, 1. */
function curve(point: (t: number) => Point, density: (t: number) => number, intervals: number): Component[] {
  return Array.from({ length: intervals + 1 }, (_, i) => {
    const t = i / intervals;
    const weight = i === 0 || i === intervals ? 1 : i % 2 === 1 ? 4 : 2;
    return { centre: point(t), logWeight: log((density(t) * weight) / (3 * intervals)) };
  });
}

function nearestMode(x: number, y: number): number {
  let best = 0;
  let least = Infinity;
  for (let mode = 0; mode < EIGHT_GAUSSIANS.modes; mode += 1) {
    const [a, b] = modeCentre(mode);
    const distance = (x - a) * (x - a) + (y - b) * (y - b);
    if (distance < least) [least, best] = [distance, mode];
  }
  return best;
}

function squareIndex(x: number): number {
  return Math.floor((x - CHECKERBOARD.low) / CHECKERBOARD.side);
}

function isFilled(x: number, y: number): boolean {
  const [column, row] = [squareIndex(x), squareIndex(y)];
  const inside = column >= 0 && row >= 0 && column < CHECKERBOARD.squares && row < CHECKERBOARD.squares;
  return inside && (column + row) % 2 === 0;
}
