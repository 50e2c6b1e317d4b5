// What a table must be: at least one row and column, within the limits, every number finite and in [0, 1], training and test equally
// wide. Rule of scale: unsigned 8-bit sources (IDX, PNG, uint8 arrays) mean byte / 255; bool means 0 and 1; every other number, integers
// included, is taken as it stands. Where a number stands in its file is known to the format, which passes a function that says so.
import { DataError, type DataPosition } from './errors.ts';
import type { PictureShape, RawData } from './data.ts';
import type { DataLimits } from './limits.ts';

export interface TableShape {
  readonly rows: number;
  readonly columns: number;
  readonly shape: PictureShape | null;
}

/** What is being read, for messages. */
export interface Origin {
  readonly file: string;
  /** Name of an array in an archive, or null. */
  readonly array: string | null;
}

/** Rows and columns of an array: [rows, columns], [rows, height, width], or the latter with one channel (first or last). */
export function tableShape(dimensions: readonly number[], origin: Origin, limits: DataLimits): TableShape {
  const written = `[${dimensions.join(', ')}]`;
  const [rows, ...rest] = dimensions;
  const inner = rest.length === 3 && rest[2] === 1 ? rest.slice(0, 2) : rest.length === 3 && rest[0] === 1 ? rest.slice(1) : rest;
  if (rows === undefined || inner.length === 0 || inner.length > 2) {
    throw new DataError({
      code: 'wrong-shape', file: origin.file, ...arrayPosition(origin), value: written, problem: `the shape is ${written}`,
      accepted: '[rows, columns], [rows, height, width], or [rows, height, width, 1]',
      remedy: dimensions.length === 1 ? `One row is an array of shape [1, ${dimensions[0]!}].` : 'Reshape the array and save it again.',
    });
  }
  const [height, width] = inner;
  const table = { rows, columns: height! * (width ?? 1), shape: width === undefined ? null : { height: height!, width } };
  checkSize(table, origin, limits);
  return table;
}

/** Throws `no-rows`, `no-columns` or `too-large`. */
export function checkSize(table: TableShape, origin: Origin, limits: DataLimits): void {
  const at = { file: origin.file, ...arrayPosition(origin) };
  if (table.rows === 0) throw new DataError({ code: 'no-rows', ...at, value: '0', problem: 'there are 0 rows', accepted: 'at least one row', remedy: 'Check how the file was made: its header is there, its data are not.' });
  if (table.columns === 0) throw new DataError({ code: 'no-columns', ...at, value: '0', problem: 'there are 0 columns', accepted: 'at least one column', remedy: 'Check how the file was made.' });
  for (const [what, count, most] of [['rows', table.rows, limits.rowsMax], ['columns', table.columns, limits.columnsMax], ['values', table.rows * table.columns, limits.valuesMax]] as const) {
    if (!Number.isSafeInteger(count) || count > most) throw new DataError({ code: 'too-large', ...at, value: String(count), problem: `there are ${count} ${what}`, accepted: `at most ${most} ${what}`, remedy: 'Use a part of the data.' });
  }
}

/** Numbers of a table in row-major order, and what to throw for a wrong one. */
export interface NumberReader {
  readonly count: number;
  at(index: number): number;
  failure(index: number, value: number): DataError;
}

/**
 * Checks every number and stores the table canonically: bytes if every number is byte / 255 rounded to float32, else float32
 * (float64 is rounded to nearest, -0 becomes 0). Two passes over the reader and no intermediate copy.
 */
export function canonicalValues(reader: NumberReader, { isAnyNumber }: Pick<DataLimits, 'isAnyNumber'>): Uint8Array | Float32Array {
  let isBytes = true;
  for (let index = 0; index < reader.count; index += 1) {
    const value = reader.at(index);
    if (isAnyNumber ? !Number.isFinite(Math.fround(value)) : !(value >= 0 && value <= 1)) throw reader.failure(index, value);
    if (isBytes && !(value >= 0 && value <= 1 && Math.fround(Math.round(value * 255) / 255) === Math.fround(value))) isBytes = false;
  }
  if (isBytes) {
    const bytes = new Uint8Array(reader.count);
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.round(reader.at(index) * 255);
    return bytes;
  }
  const floats = new Float32Array(reader.count);
  for (let index = 0; index < floats.length; index += 1) floats[index] = reader.at(index) + 0;
  return floats;
}

/** The error for a number that is not finite or not in [0, 1]. `isInteger`: of an integer type other than unsigned 8-bit; `written`: how a text has it. */
export function valueFailure(value: number, at: { readonly origin: Origin; readonly position: DataPosition; readonly isInteger: boolean; readonly written?: string }): DataError {
  const position = { ...(at.origin.array === null ? {} : { array: at.origin.array }), ...at.position };
  const shown = at.written ?? String(value);
  const common = { file: at.origin.file, position, value: shown, problem: `the value is ${shown}` };
  if (!Number.isFinite(value)) return new DataError({ code: 'not-finite', ...common, accepted: 'finite numbers from 0 to 1', remedy: 'Remove the row, or replace the value.' });
  if (at.isInteger) {
    return new DataError({ code: 'out-of-range', ...common, accepted: '0 or 1 in this integer type (only unsigned 8-bit numbers are divided by 255)', remedy: 'Save pixels of 0 to 255 as unsigned 8-bit, or scale them to 0..1 as float32.' });
  }
  return new DataError({ code: 'out-of-range', ...common, accepted: 'numbers from 0 to 1', remedy: 'Scale the data to 0..1 (pixels of 0 to 255: divide by 255, or save as unsigned 8-bit).' });
}

/** Unsigned 8-bit sources whose largest byte is 1: they would mean 1/255, which is hardly what was meant, so neither reading is chosen. */
export function checkScale(bytes: Uint8Array, origin: Origin): void {
  let largest = 0;
  for (const byte of bytes) {
    if (byte > 1) return;
    if (byte > largest) largest = byte;
  }
  if (largest === 0) return;
  throw new DataError({
    code: 'ambiguous-scale', file: origin.file, ...arrayPosition(origin), value: '1', problem: 'every value is 0 or 1, in an unsigned 8-bit source where 255 stands for 1',
    accepted: '0 to 255', remedy: 'Save it as bool or float32, or multiply it by 255.',
  });
}

/** Throws `width-mismatch` unless the test set has the training set's columns. */
export function checkSameWidth(file: string, training: RawData, test: RawData): void {
  if (training.columns === test.columns) return;
  throw new DataError({
    code: 'width-mismatch', file, value: String(test.columns), problem: `the training rows have ${training.columns} columns and the test rows ${test.columns}`,
    accepted: 'equal widths', remedy: 'Save both from the same preparation.',
  });
}

export function arrayPosition(origin: Origin): { readonly position?: DataPosition } {
  return origin.array === null ? {} : { position: { array: origin.array } };
}
