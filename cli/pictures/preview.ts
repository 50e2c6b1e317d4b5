// A sample or a few as text for terminals: two rows of cells a line by half blocks in greys, or shades of block characters without colours.
import type { Samples } from './mosaic.ts';

export interface PreviewOptions {
  /** Characters a line may have; samples that do not fit beside each other are left out. */
  readonly widthCharacters: number;
  /** Greys by escape sequences (256-colour terminals), or plain characters. */
  readonly colours: boolean;
}

const SHADES = [' ', '░', '▒', '▓', '█'] as const;

// 24 greys of the 256-colour palette: 232 (nearly black) to 255 (nearly white).
const grey = (share: number): number => 232 + Math.round(share * 23);

/** The first samples beside each other, one cell wide a character. Empty if the samples have no shape or the terminal is too narrow. */
export function previewSamples(samples: Samples, options: PreviewOptions): string {
  const { shape, values, full } = samples;
  if (shape === null) return '';
  const fitting = Math.min(samples.count, Math.floor((options.widthCharacters + 1) / (shape.width + 1)));
  if (fitting < 1) return '';
  const share = (tile: number, y: number, x: number): number => {
    if (y >= shape.height) return 0;
    return Math.min(1, Math.max(0, values[tile * samples.visible + y * shape.width + x]! / full));
  };
  const cell = (tile: number, y: number, x: number): string => {
    const upper = share(tile, y, x);
    const lower = share(tile, y + 1, x);
    if (!options.colours) return SHADES[Math.round(((upper + lower) / 2) * (SHADES.length - 1))]!;
    return `\u001b[38;5;${grey(upper)};48;5;${grey(lower)}m▀`;
  };
  const reset = options.colours ? '\u001b[0m' : '';
  const lines: string[] = [];
  for (let y = 0; y < shape.height; y += 2) {
    const tiles = Array.from({ length: fitting }, (_, tile) => Array.from({ length: shape.width }, (__, x) => cell(tile, y, x)).join('') + reset);
    lines.push(tiles.join(' '));
  }
  return `${lines.join('\n')}\n`;
}
