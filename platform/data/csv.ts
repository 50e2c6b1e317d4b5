// Comma, semicolon or tab separated numbers, one row a line. Tokenising is csv-parse; this file recognises the delimiter and a header,
// and turns every cell into a checked number, streaming, so that no array of strings of the whole file ever exists.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import type { DataSource, RawData } from './data.ts';
import { DataError, reasonOf, type DataPosition } from './errors.ts';
import { readBytes } from './files.ts';
import { DATA_LIMITS, type DataLimits } from './limits.ts';
import { canonicalValues, checkSize, valueFailure } from './validate.ts';

const PIECE_BYTES = 65_536;
const BLOCK_VALUES = 1_048_576;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Of a number in a message: it may have thousands of digits. */
const SHOWN_CHARACTERS = 40;
const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;

export function csvSource(path: string, limits: DataLimits = DATA_LIMITS): DataSource {
  return {
    name: path,
    async read() {
      return { training: await parseCsv(await readBytes(path, limits), path, limits), test: null };
    },
  };
}

/** Throws `not-a-number`, `not-finite`, `out-of-range`, `width-mismatch`, `damaged`, `no-rows`, `too-large`, with line and column. */
export async function parseCsv(bytes: Uint8Array, file: string, limits: DataLimits): Promise<RawData> {
  const delimiter = recogniseDelimiter(bytes);
  const table = new Table(file, delimiter, limits);
  const parser = parse({ delimiter, bom: true, info: true, trim: true, skip_empty_lines: true, relax_column_count: true, max_record_size: limits.csvRecordBytesMax });
  // While records are still buffered, the pipeline tells of being aborted instead of why.
  const refused: DataError[] = [];
  try {
    await pipeline(Readable.from(pieces(bytes)), parser, async (records: AsyncIterable<CsvRecord>) => {
      for await (const { record, info } of records) addTo(table, { record, info }, refused);
    });
  } catch (error) {
    if (refused[0] !== undefined) throw refused[0];
    const line = error instanceof Error && 'lines' in error && typeof error.lines === 'number' ? error.lines : undefined;
    throw new DataError({ code: 'damaged', file, ...(line === undefined ? {} : { position: { line } }), problem: `the text is not valid CSV (${reasonOf(error)})`, accepted: 'numbers separated by comma, semicolon or tab', remedy: 'Check the quotes in this line.', cause: error });
  }
  return table.finish();
}

function addTo(table: Table, { record, info }: CsvRecord, refused: DataError[]): void {
  try {
    table.add(record, info.lines);
  } catch (error) {
    if (error instanceof DataError) refused.push(error);
    throw error;
  }
}

interface CsvRecord { readonly record: readonly string[]; readonly info: { readonly lines: number } }

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

/** The first of tab, semicolon and comma that the first line has: a comma may be a decimal sign beside the other two. */
function recogniseDelimiter(bytes: Uint8Array): string {
  const isEnd = (byte: number): boolean => byte === 0x0a || byte === 0x0d;
  const start = bytes.findIndex((byte) => !isEnd(byte));
  const end = bytes.findIndex((byte, index) => index > start && isEnd(byte));
  const line = bytes.subarray(Math.max(0, start), end < 0 ? bytes.length : end);
  return ['\t', ';'].find((sign) => line.includes(sign.charCodeAt(0))) ?? ',';
}

/** Rows as they arrive, in blocks, because their number is not known before the end. */
class Table {
  readonly #file: string;
  readonly #delimiter: string;
  readonly #limits: DataLimits;
  readonly #blocks: Float32Array[] = [];
  #columns = 0;
  #rows = 0;
  #count = 0;
  #firstLine = 0;
  #hasHeader = false;

  constructor(file: string, delimiter: string, limits: DataLimits) {
    this.#file = file;
    this.#delimiter = delimiter;
    this.#limits = limits;
  }

  add(cells: readonly string[], line: number): void {
    if (this.#columns === 0) {
      this.#columns = cells.length;
      this.#firstLine = line;
      this.#hasHeader = !cells.some((cell) => NUMBER.test(cell) || NOT_FINITE.test(cell));
      if (this.#hasHeader) return;
    }
    if (cells.length !== this.#columns) throw this.#differentWidth(cells.length, line);
    this.#rows += 1;
    // Checked before the row is kept, so that a huge file stops at the limit and not at the end of memory.
    checkSize({ rows: this.#rows, columns: this.#columns, shape: null }, { file: this.#file, array: null }, this.#limits);
    for (let column = 0; column < cells.length; column += 1) this.#push(this.#number(cells[column]!, { line, lineColumn: column + 1 }));
  }

  finish(): RawData {
    const table = { rows: this.#rows, columns: this.#columns, shape: null };
    const origin = { file: this.#file, array: null };
    checkSize(table, origin, this.#limits);
    const blocks = this.#blocks;
    const values = canonicalValues({
      count: this.#count,
      at: (index) => blocks[Math.floor(index / BLOCK_VALUES)]![index % BLOCK_VALUES]!,
      failure: (index, value) => valueFailure(value, { origin, position: { row: Math.floor(index / table.columns), column: index % table.columns }, isInteger: false }),
    }, this.#limits);
    return { ...table, values, labels: null };
  }

  #push(value: number): void {
    const within = this.#count % BLOCK_VALUES;
    if (within === 0) this.#blocks.push(new Float32Array(BLOCK_VALUES));
    this.#blocks.at(-1)![within] = value;
    this.#count += 1;
  }

  #number(cell: string, position: DataPosition): number {
    if (cell === '0') return 0;
    if (cell === '1') return 1;
    const isNumber = NUMBER.test(cell);
    const value = isNumber ? Number(cell) : NaN;
    if ((value >= 0 && value <= 1) || (this.#limits.isAnyNumber && Number.isFinite(Math.fround(value)))) return value;
    if (isNumber || NOT_FINITE.test(cell)) throw valueFailure(value, { origin: { file: this.#file, array: null }, position, isInteger: false, written: cell.slice(0, SHOWN_CHARACTERS) });
    throw new DataError({
      code: 'not-a-number', file: this.#file, position, value: cell, problem: cell === '' ? 'the cell is empty' : `the cell is ${JSON.stringify(cell)}`, accepted: 'numbers from 0 to 1, such as 0.5 or 1e-3',
      remedy: /^\d+,\d+$/.test(cell) ? 'Write decimals with a point.' : position.line === this.#firstLine ? 'A header line may hold no numbers at all.' : 'Write a number there, or remove the row.',
    });
  }

  #differentWidth(width: number, line: number): DataError {
    const named = { ',': 'comma', ';': 'semicolon', '\t': 'tab' }[this.#delimiter] ?? this.#delimiter;
    return new DataError({
      code: 'width-mismatch', file: this.#file, position: { line }, value: String(width), problem: `the line has ${width} columns, and line ${this.#firstLine} has ${this.#columns}${this.#hasHeader ? ' (the header)' : ''}`,
      accepted: `the same number on every line, separated by ${named}`, remedy: 'Complete the line or remove it.',
    });
  }
}
