// From training rows to packed bits: rows that are bits already, and rows of thresholds that are drawn anew each epoch.
// Also the data's mean, which biases and offsets start from. Reading files and choosing thresholds is platform/data.
import type { Key } from '../random/philox.ts';
import type { Sample } from '../random/permutation.ts';
import { bitAt, bytesOf } from './bits.ts';
import { drawRow } from './gibbs.ts';
import { ALWAYS_ON } from './thresholds.ts';

/** Rows of binary data; an engine's Dataset is one. */
export type BinaryRows =
  | { readonly kind: 'bits'; readonly rows: number; readonly visible: number; readonly bits: Uint8Array }
  | { readonly kind: 'levels'; readonly rows: number; readonly visible: number; readonly levels: Uint8Array | Int32Array; readonly palette: Int32Array | null };

type Levels = Extract<BinaryRows, { kind: 'levels' }>;

/** Thresholds 0..65536 of a row of levels: int32 [visible]. */
export function levelsOf(data: Levels, row: number): Int32Array {
  const { palette, levels, visible } = data;
  const thresholds = new Int32Array(visible);
  for (let i = 0; i < visible; i += 1) {
    const level = levels[row * visible + i]!;
    thresholds[i] = palette === null ? level : palette[level]!;
  }
  return thresholds;
}

/** Writes the packed bits of a sample. `key`: deriveKey(seed, PURPOSES.binarise, 0); levels draw with id = row and word 3 = epoch. */
export function writeSample(data: BinaryRows, key: Key, sample: Sample, out: Uint8Array): void {
  if (data.kind === 'bits') {
    const rowBytes = bytesOf(data.visible);
    out.set(data.bits.subarray(sample.row * rowBytes, (sample.row + 1) * rowBytes));
  } else {
    drawRow(levelsOf(data, sample.row), key, { id: sample.row, halfStep: 0, word3: sample.epoch }, out);
  }
}

/** Mean of each visible unit over all rows, exact sums divided once: float64 [visible]. */
export function meanOf(data: BinaryRows): Float64Array {
  const sums = new Float64Array(data.visible);
  for (let row = 0; row < data.rows; row += 1) {
    if (data.kind === 'bits') {
      const offset = row * bytesOf(data.visible);
      for (let i = 0; i < data.visible; i += 1) sums[i]! += bitAt(data.bits, offset, i);
    } else {
      const levels = levelsOf(data, row);
      for (let i = 0; i < data.visible; i += 1) sums[i]! += levels[i]!;
    }
  }
  const one = data.kind === 'bits' ? data.rows : ALWAYS_ON * data.rows;
  return sums.map((sum) => sum / one);
}
