// The .safetensors format: the header's length in 8 little-endian bytes, a JSON header {name: {dtype, shape, data_offsets}} and the
// tensors' bytes, little-endian and in C order. Which tensor is taken is choose.ts.
import { chooseArrays } from './choose.ts';
import type { DataSource, RawData } from './data.ts';
import { DataError } from './errors.ts';
import { hex, readBytes } from './files.ts';
import { DATA_LIMITS, type DataLimits } from './limits.ts';
import { rawFromTensor, type ElementType } from './tensor.ts';
import { checkSameWidth } from './validate.ts';

// A Map, because the name comes from the file: an object would also answer to `constructor`.
const TYPES: ReadonlyMap<string, Omit<ElementType, 'bigEndian'>> = new Map([
  ['BOOL', { kind: 'bool', bytes: 1 }],
  ['U8', { kind: 'unsigned', bytes: 1 }], ['U16', { kind: 'unsigned', bytes: 2 }], ['U32', { kind: 'unsigned', bytes: 4 }], ['U64', { kind: 'unsigned', bytes: 8 }],
  ['I8', { kind: 'signed', bytes: 1 }], ['I16', { kind: 'signed', bytes: 2 }], ['I32', { kind: 'signed', bytes: 4 }], ['I64', { kind: 'signed', bytes: 8 }],
  ['F16', { kind: 'float', bytes: 2 }], ['F32', { kind: 'float', bytes: 4 }], ['F64', { kind: 'float', bytes: 8 }],
]);

interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

export function safetensorsSource(path: string, limits: DataLimits = DATA_LIMITS): DataSource {
  return {
    name: path,
    async read() {
      const bytes = await readBytes(path, limits);
      const { tensors, start } = parseHeader(bytes, path, limits);
      const chosen = chooseArrays([...tensors.keys()], path);
      const table = (name: string): RawData => tensorTable(tensors.get(name)!, { bytes, start, path, name, limits });
      const training = table(chosen.training);
      const test = chosen.test === null ? null : table(chosen.test);
      if (test !== null) checkSameWidth(path, training, test);
      return { training, test };
    },
  };
}

function parseHeader(bytes: Uint8Array, path: string, limits: DataLimits): { readonly tensors: ReadonlyMap<string, StoredTensor>; readonly start: number } {
  if (bytes.length < 8) throw new DataError({ code: 'truncated', file: path, position: { byteOffset: bytes.length }, problem: `the file has ${bytes.length} bytes, fewer than the 8 that state the header's length`, remedy: 'Copy or write the file again.' });
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  // The first byte of the header is `{`: without it this is another format, and the length means nothing.
  if (bytes.length > 8 && bytes[8] !== 0x7b) throw new DataError({ code: 'wrong-magic', file: path, position: { byteOffset: 8 }, value: hex(bytes.subarray(8), 1), problem: `the byte after the header's length is ${hex(bytes.subarray(8), 1)}`, accepted: '7b, the start of a JSON header', remedy: 'This is no .safetensors file.' });
  if (length > limits.headerBytesMax) throw new DataError({ code: 'too-large', file: path, position: { byteOffset: 0 }, value: String(length), problem: `the header says that it has ${length} bytes`, accepted: `at most ${limits.headerBytesMax}`, remedy: 'The file is damaged: write it again.' });
  if (8 + length > bytes.length) throw new DataError({ code: 'truncated', file: path, position: { byteOffset: bytes.length }, problem: `the file ends inside its header of ${length} bytes`, remedy: 'Copy or write the file again.' });
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  } catch (error) {
    throw new DataError({ code: 'damaged', file: path, position: { byteOffset: 8 }, problem: 'the header is not valid JSON', remedy: 'Write the file again.', cause: error });
  }
  const entries = Object.entries(header as object).filter(([name]) => name !== '__metadata__');
  return { tensors: new Map(entries.map(([name, value]) => [name, storedTensor(name, value, path)])), start: 8 + length };
}

function storedTensor(name: string, value: unknown, path: string): StoredTensor {
  const entry = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const { dtype, shape, data_offsets: offsets } = entry;
  const isNatural = (number: unknown): number is number => Number.isSafeInteger(number) && (number as number) >= 0;
  if (typeof dtype !== 'string' || !Array.isArray(shape) || !shape.every(isNatural) || !Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isNatural)) {
    throw new DataError({ code: 'damaged', file: path, position: { array: name }, value: JSON.stringify(value)?.slice(0, 80) ?? 'nothing', problem: 'the header entry is not {dtype, shape, data_offsets}', remedy: 'Write the file again.' });
  }
  return { dtype, shape, from: offsets[0]!, to: offsets[1]! };
}

function tensorTable(tensor: StoredTensor, at: { readonly bytes: Uint8Array; readonly start: number; readonly path: string; readonly name: string; readonly limits: DataLimits }): RawData {
  const type = TYPES.get(tensor.dtype);
  if (type === undefined) throw new DataError({ code: 'unsupported', file: at.path, position: { array: at.name }, value: tensor.dtype, problem: `the type is ${tensor.dtype}`, accepted: [...TYPES.keys()].join(', '), remedy: 'Convert the tensor to F32 and save it again.' });
  const byteOffset = at.start + tensor.from;
  const bytes = at.bytes.subarray(byteOffset, Math.max(byteOffset, at.start + tensor.to));
  return rawFromTensor({ origin: { file: at.path, array: at.name }, type: { ...type, bigEndian: false }, dimensions: tensor.shape, fortranOrder: false, bytes, byteOffset }, at.limits);
}
