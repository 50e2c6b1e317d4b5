// How numbers become pixels: grey for means and bits, blue-white-orange for signed weights. Owns colours, not places.

/** Values [count, cells] as pixels of the same order, `channels` bytes each. */
export interface Toned {
  readonly count: number;
  readonly cells: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

function checkedLength(values: ArrayLike<number>, count: number, cells: number): void {
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(cells) || cells < 1) throw new RangeError(`a mosaic needs at least one tile of at least one cell, not ${count} of ${cells}`);
  if (values.length !== count * cells) throw new RangeError(`${count} tiles of ${cells} cells are ${count * cells} values, not ${values.length}`);
}

function finite(values: ArrayLike<number>, at: number): number {
  const value = values[at]!;
  if (!Number.isFinite(value)) throw new RangeError(`value ${at} of a picture is ${value}: a picture would hide it`);
  return value;
}

/** 0 is black and `full` is white (1 for means, 65536 for thresholds); values outside are clamped. Throws RangeError on a non-finite one. */
export function greyTones(values: ArrayLike<number>, count: number, cells: number, full: number): Toned {
  checkedLength(values, count, cells);
  const pixels = new Uint8Array(count * cells);
  for (let at = 0; at < pixels.length; at++) {
    pixels[at] = Math.round(Math.min(1, Math.max(0, finite(values, at) / full)) * 255);
  }
  return { count, cells, channels: 1, pixels };
}

// Ends of the diverging scale. Blue and orange differ for every kind of colour blindness, and zero is white as on paper.
const NEGATIVE = [12, 74, 150] as const;
const POSITIVE = [176, 62, 4] as const;

/** The share of a tile's cells that may lie beyond the ends of its scale, so that one odd weight does not bleach the rest. */
const CLIPPED_SHARE = 0.005;

/** Half-range of a symmetric scale: the absolute value that all but CLIPPED_SHARE of the cells stay within; 1 if all are zero. */
function symmetricLimit(values: ArrayLike<number>, from: number, to: number): number {
  const sizes = new Float64Array(to - from);
  for (let at = from; at < to; at++) sizes[at - from] = Math.abs(finite(values, at));
  sizes.sort();
  const clipped = Math.floor(sizes.length * CLIPPED_SHARE);
  return sizes[sizes.length - 1 - clipped]! || sizes[sizes.length - 1]! || 1;
}

/**
 * Signed values on a symmetric scale: blue below 0, white at 0, orange above. `tile`: each tile has a scale of its own, which shows the
 * structure of weak ones too; `common`: one scale for all, which shows how strong they are beside each other.
 */
export function divergingTones(values: ArrayLike<number>, count: number, cells: number, scale: 'tile' | 'common'): Toned {
  checkedLength(values, count, cells);
  const pixels = new Uint8Array(count * cells * 3);
  const common = scale === 'common' ? symmetricLimit(values, 0, values.length) : 0;
  for (let tile = 0; tile < count; tile++) {
    const limit = common || symmetricLimit(values, tile * cells, (tile + 1) * cells);
    for (let at = tile * cells; at < (tile + 1) * cells; at++) {
      const size = Math.max(-1, Math.min(1, finite(values, at) / limit));
      const end = size < 0 ? NEGATIVE : POSITIVE;
      for (let channel = 0; channel < 3; channel++) pixels[at * 3 + channel] = Math.round(255 + (end[channel]! - 255) * Math.abs(size));
    }
  }
  return { count, cells, channels: 3, pixels };
}
