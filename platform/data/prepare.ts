// From a table to what engines take: packed bits or levels for training, packed bits for evaluation, and the split into the two.
// Rules: threshold is on if x > 0.5; stochastic is on if a 16-bit draw is below T = round(65536 x), ties to even, where x is byte / 255
// in float64 or the float32 value. The arrays made here are new, except levels of bytes, which are a view of the table.
import type { DataSettings } from '../../ebm/job.ts';
import { deriveKey } from '../../ebm/random/address.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import { bytesOf, rowOf } from '../../ebm/rbm/bits.ts';
import { drawRow } from '../../ebm/rbm/gibbs.ts';
import { roundHalfEven } from '../../ebm/rbm/grid.ts';
import type { Dataset, Range } from '../../engine/engine.ts';
import type { RawData, SourceData } from './data.ts';
import { DataError } from './errors.ts';

export type BitRows = Extract<Dataset, { readonly kind: 'bits' }>;
export type LevelRows = Extract<Dataset, { readonly kind: 'levels' }>;

export interface PreparedData {
  /** All rows but the last `validation` ones. */
  readonly training: Dataset;
  /** Null if none are held out. */
  readonly validation: BitRows | null;
  readonly test: BitRows | null;
}

/** How rows become bits. */
export interface Binarising {
  readonly binarise: DataSettings['binarise'];
  /** Stochastic: the job's seed. */
  readonly seed: number;
  /** Stochastic: id of the first row. Ids that no training row has share no draw with training. */
  readonly firstId: number;
}

const ONE = 65_536;
const PALETTE_MAX = 256;

/**
 * Splits and binarises. Stochastic evaluation rows are drawn once, as of epoch 0, with the ids that follow the training rows: first
 * the validation rows', then the test rows'. Throws `split` or `binarise`.
 */
export function prepare(source: SourceData, settings: DataSettings, seed: number): PreparedData {
  const { training, test } = source;
  const trainingRows = checkSplit(training, settings);
  const how = (firstId: number): Binarising => ({ binarise: settings.binarise, seed, firstId });
  const heldOut = { from: trainingRows, to: training.rows };
  return {
    training: settings.binarise === 'stochastic' ? levelRows(training, { from: 0, to: trainingRows }) : bitRows(training, { from: 0, to: trainingRows }, how(0)),
    validation: settings.validation === 0 ? null : bitRows(training, heldOut, how(trainingRows)),
    test: test === null ? null : bitRows(test, { from: 0, to: test.rows }, how(training.rows)),
  };
}

/** How many rows are trained on. Throws `split`. */
export function checkSplit(training: RawData, settings: DataSettings): number {
  const trainingRows = training.rows - settings.validation;
  if (trainingRows >= 1) return trainingRows;
  throw new DataError({
    code: 'split', file: 'data.validation', value: String(settings.validation), problem: `${settings.validation} of the ${training.rows} training rows are to be held out, which leaves none`,
    accepted: `0 to ${training.rows - 1}`, remedy: 'Hold out fewer rows.',
  });
}

/** Rows of a table as packed bits. Throws `binarise` if the job asks for none. */
export function bitRows(raw: RawData, range: Range, how: Binarising): BitRows {
  const rows = range.to - range.from;
  const bits = new Uint8Array(rows * bytesOf(raw.columns));
  switch (how.binarise) {
    case 'threshold': packAbove(raw, range, bits); break;
    case 'stochastic': drawRows(levelRows(raw, range), how, bits); break;
    case 'none': throw new DataError({ code: 'binarise', file: 'data.binarise', value: 'none', problem: 'the model has binary units, and the data are not to be binarised', accepted: 'threshold or stochastic', remedy: 'Choose one of them; `none` is for continuous models.' });
  }
  return { kind: 'bits', rows, visible: raw.columns, bits };
}

// byte / 255 > 0.5 exactly when byte >= 128. Values are in [0, 1] and never NaN here.
function packAbove(raw: RawData, range: Range, bits: Uint8Array): void {
  const { values, columns } = raw;
  const lowest = values instanceof Uint8Array ? 127 : 0.5;
  const rowBytes = bytesOf(columns);
  for (let row = range.from; row < range.to; row += 1) {
    const start = row * columns;
    const out = (row - range.from) * rowBytes;
    for (let column = 0; column < columns; column += 1) {
      if (values[start + column]! > lowest) bits[out + (column >> 3)]! |= 1 << (column & 7);
    }
  }
}

/** Rows of a table as thresholds 0..65536: through a palette if at most 256 different ones occur, else as they stand. */
export function levelRows(raw: RawData, range: Range): LevelRows {
  const { values, columns } = raw;
  const rows = range.to - range.from;
  if (values instanceof Uint8Array) {
    const palette = Int32Array.from({ length: PALETTE_MAX }, (_, byte) => roundHalfEven((ONE * byte) / 255));
    return { kind: 'levels', rows, visible: columns, levels: values.subarray(range.from * columns, range.to * columns), palette };
  }
  // 65536 x is exact in float64.
  const thresholds = Int32Array.from(values.subarray(range.from * columns, range.to * columns), (x) => roundHalfEven(ONE * x));
  const isUsed = new Uint8Array(ONE + 1);
  for (const threshold of thresholds) isUsed[threshold] = 1;
  const used: number[] = [];
  for (let threshold = 0; threshold <= ONE && used.length <= PALETTE_MAX; threshold += 1) if (isUsed[threshold] === 1) used.push(threshold);
  if (used.length > PALETTE_MAX) return { kind: 'levels', rows, visible: columns, levels: thresholds, palette: null };
  const place = new Uint8Array(ONE + 1);
  used.forEach((threshold, index) => { place[threshold] = index; });
  return { kind: 'levels', rows, visible: columns, levels: Uint8Array.from(thresholds, (threshold) => place[threshold]!), palette: Int32Array.from(used) };
}

function drawRows(data: LevelRows, how: Binarising, bits: Uint8Array): void {
  const key = deriveKey(how.seed, PURPOSES.binarise, 0);
  const thresholds = new Int32Array(data.visible);
  for (let row = 0; row < data.rows; row += 1) {
    const start = row * data.visible;
    for (let i = 0; i < data.visible; i += 1) {
      const level = data.levels[start + i]!;
      thresholds[i] = data.palette === null ? level : data.palette[level]!;
    }
    drawRow(thresholds, key, { id: how.firstId + row, halfStep: 0, word3: 0 }, rowOf(bits, data.visible, row));
  }
}
