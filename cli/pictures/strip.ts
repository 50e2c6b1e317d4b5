// Data that has no two-dimensional shape, as a labelled table of cells: one row a sample, one column a unit, numbered from 0 at the edges.
// The digits are drawn from a small bitmap font of its own, so that no font is needed.
import { blankPicture } from './picture.ts';
import type { Picture } from './picture.ts';
import type { Toned } from './tone.ts';

// Digits 0..9, 3 x 5 dots: one octal digit a row, most significant bit left.
const DIGITS = ['75557', '26227', '71747', '71717', '55711', '74717', '74757', '71122', '75757', '75717'] as const;
const DIGIT_WIDTH = 4;
const DIGIT_HEIGHT = 5;
const DOT_PX = 2;
const WIDTH_AIM_PX = 900;
const MARGIN_PX = 6;

function paintRectangle(picture: Picture, area: { left: number; top: number; width: number; height: number }, colour: ArrayLike<number>): void {
  for (let y = area.top; y < area.top + area.height; y++) {
    for (let x = area.left; x < area.left + area.width; x++) {
      for (let channel = 0; channel < picture.channels; channel++) {
        picture.pixels[(y * picture.width + x) * picture.channels + channel] = colour[channel % colour.length]!;
      }
    }
  }
}

function writeNumber(picture: Picture, value: number, left: number, top: number): void {
  Array.from(String(value)).forEach((digit, place) => {
    Array.from(DIGITS[Number(digit)]!).forEach((row, y) => {
      for (let x = 0; x < 3; x++) {
        if (((Number(row) >> (2 - x)) & 1) === 0) continue;
        paintRectangle(picture, { left: left + (place * DIGIT_WIDTH + x) * DOT_PX, top: top + y * DOT_PX, width: DOT_PX, height: DOT_PX }, [255]);
      }
    });
  });
}

const widthOf = (value: number): number => String(value).length * DIGIT_WIDTH * DOT_PX;

/** The smallest step of 1, 2, 5, 10, 20 ... whose labels stay apart. */
function labelStep(cellPx: number, neededPx: number): number {
  for (let power = 1; ; power *= 10) {
    for (const lead of [1, 2, 5]) if (lead * power * cellPx >= neededPx) return lead * power;
  }
}

/** White numbers on dark grey; cells as wide as fits some 900 pixels, with a line between them once they are 6 pixels wide. */
export function drawStrip(toned: Toned): Picture {
  const { count, cells, channels } = toned;
  const cellPx = Math.min(20, Math.max(1, Math.floor(WIDTH_AIM_PX / cells)));
  const rowPx = Math.max(cellPx, DIGIT_HEIGHT * DOT_PX + 4);
  const gapPx = cellPx >= 6 ? 1 : 0;
  const left = widthOf(count - 1) + 2 * MARGIN_PX;
  const top = DIGIT_HEIGHT * DOT_PX + 2 * MARGIN_PX;
  const dark = 40;
  // The last column's label may stand out beyond its column.
  const width = left + cells * cellPx + Math.max(MARGIN_PX, widthOf(cells - 1));
  const picture = blankPicture(width, top + count * rowPx + MARGIN_PX, channels === 1 ? [dark] : [dark, dark, dark]);
  const step = labelStep(cellPx, widthOf(cells - 1) + 2 * DOT_PX);
  for (let column = 0; column < cells; column += step) writeNumber(picture, column, left + column * cellPx, MARGIN_PX);
  for (let row = 0; row < count; row++) {
    const y = top + row * rowPx;
    writeNumber(picture, row, MARGIN_PX, y + Math.floor((rowPx - DIGIT_HEIGHT * DOT_PX) / 2));
    for (let column = 0; column < cells; column++) {
      const at = (row * cells + column) * channels;
      paintRectangle(picture, { left: left + column * cellPx, top: y, width: cellPx - gapPx, height: rowPx - 1 }, toned.pixels.subarray(at, at + channels));
    }
  }
  return picture;
}
