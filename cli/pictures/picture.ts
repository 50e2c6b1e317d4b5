// A raster picture as a value, and its PNG bytes. Knows nothing of models or samples.
// The bytes are a function of the pixels alone: no time, no text, one compression level.
import { encode } from 'fast-png';

/** Pixels row-major, `channels` bytes each (1 = grey, 3 = red, green, blue): [height, width, channels]. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

/** A picture above this is a mistake of the caller's, not a picture: 64 million pixels. */
export const PICTURE_PIXELS_MAX = 64_000_000;

/** An empty picture of one colour (grey level, or red, green, blue). Throws RangeError beyond PICTURE_PIXELS_MAX. */
export function blankPicture(width: number, height: number, colour: readonly [number] | readonly [number, number, number]): Picture {
  if (width * height > PICTURE_PIXELS_MAX) {
    throw new RangeError(`a picture of ${width} x ${height} pixels is above the limit of ${PICTURE_PIXELS_MAX}: draw fewer tiles`);
  }
  const channels = colour.length;
  const pixels = new Uint8Array(width * height * channels);
  for (let at = 0; at < pixels.length; at++) pixels[at] = colour[at % channels]!;
  return { width, height, channels, pixels };
}

/** PNG, 8 bits a channel. Equal pictures give equal bytes. */
export function encodePng(picture: Picture): Uint8Array {
  return encode({ width: picture.width, height: picture.height, depth: 8, channels: picture.channels, data: picture.pixels }, { zlib: { level: 6 } });
}
