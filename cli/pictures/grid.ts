// Places tiles in a grid with thin borders, enlarged by a whole factor. Owns the arithmetic of places, not the colours of cells.
import { blankPicture } from './picture.ts';
import type { Picture } from './picture.ts';
import type { Toned } from './tone.ts';

export interface TileShape { readonly height: number; readonly width: number }

/** What is left out is chosen: a near-square grid, and tiles enlarged until the picture is about `WIDTH_AIM_PX` wide. */
export interface GridOptions {
  readonly columns?: number;
  /** Pixels a cell is wide and high. */
  readonly scale?: number;
}

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly scale: number;
  readonly borderPx: number;
}

const WIDTH_AIM_PX = 600;
const SCALE_MAX = 16;

/** Columns that make the picture nearly square (a little wider than high), with few empty places. */
function nearSquareColumns(count: number, shape: TileShape): number {
  let best = 1;
  let bestCost = Infinity;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const aspect = (columns * shape.width) / (rows * shape.height);
    const cost = Math.abs(Math.log(aspect / 1.1)) + (columns * rows - count) / count;
    if (cost < bestCost) { best = columns; bestCost = cost; }
  }
  return best;
}

export function gridFor(count: number, shape: TileShape, options: GridOptions = {}): Grid {
  const columns = Math.min(count, options.columns ?? nearSquareColumns(count, shape));
  const rows = Math.ceil(count / columns);
  const fitting = Math.floor(WIDTH_AIM_PX / Math.max(columns * shape.width, rows * shape.height));
  const scale = options.scale ?? Math.min(SCALE_MAX, Math.max(1, fitting));
  return { columns, rows, scale, borderPx: scale === 1 ? 1 : 2 };
}

function blit(picture: Picture, toned: Toned, tile: number, place: { left: number; top: number; width: number; scale: number }): void {
  const { channels } = picture;
  for (let cell = 0; cell < toned.cells; cell++) {
    const left = place.left + (cell % place.width) * place.scale;
    const top = place.top + Math.floor(cell / place.width) * place.scale;
    const source = (tile * toned.cells + cell) * channels;
    for (let dy = 0; dy < place.scale; dy++) {
      const row = ((top + dy) * picture.width + left) * channels;
      for (let dx = 0; dx < place.scale * channels; dx++) picture.pixels[row + dx] = toned.pixels[source + (dx % channels)]!;
    }
  }
}

/** Tiles in reading order. Places left over keep the background: dark grey under grey tiles, light grey under coloured ones. */
export function drawGrid(toned: Toned, shape: TileShape, grid: Grid): Picture {
  if (shape.height * shape.width !== toned.cells) throw new RangeError(`tiles of ${toned.cells} cells are not ${shape.height} x ${shape.width}`);
  if (grid.columns * grid.rows < toned.count) throw new RangeError(`${grid.columns} x ${grid.rows} places are too few for ${toned.count} tiles`);
  const pitchX = shape.width * grid.scale + grid.borderPx;
  const pitchY = shape.height * grid.scale + grid.borderPx;
  const picture = blankPicture(grid.columns * pitchX + grid.borderPx, grid.rows * pitchY + grid.borderPx, toned.channels === 1 ? [72] : [150, 150, 150]);
  for (let tile = 0; tile < toned.count; tile++) {
    const left = grid.borderPx + (tile % grid.columns) * pitchX;
    const top = grid.borderPx + Math.floor(tile / grid.columns) * pitchY;
    blit(picture, toned, tile, { left, top, width: shape.width, scale: grid.scale });
  }
  return picture;
}
