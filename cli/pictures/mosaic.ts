// Mosaics of samples and of filters: the door of this folder. Pure: arrays in, a picture out; `encodePng` in picture.ts makes the bytes.
// Data with a two-dimensional shape becomes a grid of tiles, other data a labelled strip.
import { drawGrid, gridFor } from './grid.ts';
import type { GridOptions, TileShape } from './grid.ts';
import type { Picture } from './picture.ts';
import { drawStrip } from './strip.ts';
import { divergingTones, greyTones } from './tone.ts';
import type { Toned } from './tone.ts';

/** The shape of a row of `visible` units when none is known: a square if there is one of side 4 or more, else null (not a picture). */
export function squareShape(visible: number): TileShape | null {
  const side = Math.round(Math.sqrt(visible));
  return side >= 4 && side * side === visible ? { height: side, width: side } : null;
}

/** The picture of toned tiles: a grid if they have a shape, else a labelled strip. */
function arrange(toned: Toned, shape: TileShape | null, options: GridOptions): Picture {
  return shape === null ? drawStrip(toned) : drawGrid(toned, shape, gridFor(toned.count, shape, options));
}

export interface Samples {
  /** [count, visible], row-major: means in 0..1, thresholds in 0..65536, or bits. */
  readonly values: ArrayLike<number>;
  readonly count: number;
  readonly visible: number;
  /** The value drawn white: 1 for means and bits, 65536 for thresholds. */
  readonly full: number;
  /** Height and width of one sample, or null if it is not a picture. */
  readonly shape: TileShape | null;
}

/** Grey mosaic of samples. Throws RangeError on lengths that do not fit, no samples, or a value that is not finite. */
export function sampleMosaic(samples: Samples, options: GridOptions = {}): Picture {
  return arrange(greyTones(samples.values, samples.count, samples.visible, samples.full), samples.shape, options);
}

export interface Filters {
  /** [visible, hidden], row-major: nats, or any unit with the same zero. */
  readonly weights: ArrayLike<number>;
  readonly visible: number;
  readonly hidden: number;
  readonly shape: TileShape | null;
  /** At most so many hidden units are drawn: evenly spaced over all of them, so that dead ones are seen in their proportion. */
  readonly most: number;
  /** `tile`: every filter on a symmetric scale of its own; `common`: one scale for all. */
  readonly scale: 'tile' | 'common';
}

/** Numbers of the hidden units that a mosaic of at most `most` filters draws, ascending. */
export function filterUnits(hidden: number, most: number): number[] {
  const count = Math.min(hidden, most);
  return Array.from({ length: count }, (_, place) => Math.floor((place * hidden) / count));
}

/** Columns of W as tiles: blue below zero, white at zero, orange above. */
export function filterMosaic(filters: Filters, options: GridOptions = {}): Picture {
  const { weights, visible, hidden } = filters;
  if (weights.length !== visible * hidden) throw new RangeError(`weights of ${visible} x ${hidden} units are ${visible * hidden} values, not ${weights.length}`);
  const units = filterUnits(hidden, filters.most);
  const columns = new Float64Array(units.length * visible);
  units.forEach((unit, place) => {
    for (let row = 0; row < visible; row++) columns[place * visible + row] = weights[row * hidden + unit]!;
  });
  return arrange(divergingTones(columns, units.length, visible, filters.scale), filters.shape, options);
}

/** What a reader must know of a filter mosaic, in one sentence or two. */
export function filterCaption(filters: Pick<Filters, 'hidden' | 'most' | 'scale'>): string {
  const drawn = Math.min(filters.hidden, filters.most);
  const which = drawn === filters.hidden ? `all ${filters.hidden} hidden units` : `${drawn} of ${filters.hidden} hidden units, evenly spaced`;
  const scale = filters.scale === 'tile' ? 'each on a symmetric scale of its own' : 'all on one symmetric scale';
  return `Weights into ${which}: blue is negative, white zero, orange positive, ${scale} (the outermost 0.5 % of the weights are clipped).`;
}
