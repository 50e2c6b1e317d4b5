// Thins long curves so that a report stays small: what is drawn for a bin is its mean between its least and its greatest value, so no
// excursion is lost. Estimates with error bars are chosen instead (the least and the greatest of each bin), never averaged.
import type { Point } from './metrics.ts';

/** What is drawn at one place: a point as it stands, or a bin of `count` of them. */
export interface Spot {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** The value, or the mean of the bin. */
  readonly value: number;
  /** Ends of the error bar, or least and greatest of the bin. */
  readonly low: number | null;
  readonly high: number | null;
  readonly sound: boolean;
}

function spotOf(point: Point): Spot {
  return { from: point.update, to: point.update, count: 1, value: point.value, low: point.low, high: point.high, sound: point.sound };
}

/** Cuts points into at most `most` runs of nearly equal length, in order. */
function bins(points: readonly Point[], most: number): (readonly Point[])[] {
  const count = Math.min(points.length, most);
  return Array.from({ length: count }, (_, bin) => points.slice(Math.floor((bin * points.length) / count), Math.floor(((bin + 1) * points.length) / count)));
}

function spotOfBin(bin: readonly Point[]): Spot {
  if (bin.length === 1) return spotOf(bin[0]!);
  let sum = 0;
  let low = Infinity;
  let high = -Infinity;
  for (const { value } of bin) {
    sum += value / bin.length; // divided first, so that huge values do not overflow
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { from: bin[0]!.update, to: bin.at(-1)!.update, count: bin.length, value: sum, low, high, sound: true };
}

/** At most `most` drawn values (a bin has three), and the points as they stand if there are no more than that. */
export function thinCurve(points: readonly Point[], most: number): Spot[] {
  return points.length <= most ? points.map(spotOf) : bins(points, Math.max(1, Math.floor(most / 3))).map(spotOfBin);
}

/** At most `most` of the points: the least and the greatest of each bin, the first and the last. */
export function thinEstimates(points: readonly Point[], most: number): Spot[] {
  if (points.length <= most) return points.map(spotOf);
  const kept = new Set<Point>([points[0]!, points.at(-1)!]);
  for (const bin of bins(points, Math.max(1, Math.floor((most - 2) / 2)))) {
    kept.add(bin.reduce((best, point) => (point.value < best.value ? point : best)));
    kept.add(bin.reduce((best, point) => (point.value > best.value ? point : best)));
  }
  return points.filter((point) => kept.has(point)).map(spotOf);
}

/** At most `most` of the items, evenly spaced, the first and the last among them. */
export function thinEvenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  if (most <= 1) return items.slice(-1);
  return Array.from({ length: most }, (_, at) => items[Math.round((at * (items.length - 1)) / (most - 1))]!);
}
