// Strips: how rows came from where they started to what they are, a line of pictures for each row, from left to right.
import type { PictureShape } from '../../platform/data/data.ts';
import { encodePng } from '../pictures/picture.ts';
import { mosaicOf } from './continuous-pictures.ts';

export const STRIP_COLUMNS = 10;

/** Steps after which rows are shown, evenly from 0 to all of them, each once. */
export function stripSteps(steps: number): readonly number[] {
  const columns = Math.min(STRIP_COLUMNS, steps + 1);
  return Array.from({ length: columns }, (_, column) => Math.round((column * steps) / Math.max(1, columns - 1)));
}

interface StripShape { readonly count: number; readonly visible: number; readonly shape: PictureShape | null }

/** `frames`: rows [count * visible] after each of the steps that are shown. */
export function stripPng(frames: readonly Float32Array[], { count, visible, shape }: StripShape): Uint8Array {
  const lines = new Float32Array(frames.length * count * visible);
  frames.forEach((rows, column) => {
    for (let row = 0; row < count; row += 1) lines.set(rows.subarray(row * visible, (row + 1) * visible), (row * frames.length + column) * visible);
  });
  return encodePng(mosaicOf(lines, visible, shape, { columns: frames.length }));
}
