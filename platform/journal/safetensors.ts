// The safetensors layout, written and read by hand: 8 bytes length of the header (little-endian), a JSON header, raw little-endian
// arrays without gaps. https://github.com/huggingface/safetensors#format. Headers are padded with spaces to a multiple of 8 and
// arrays ordered by the size of their elements, so that every array can be viewed in place. Files may be hostile: all is checked.
import { LIMITS } from './limits.ts';

export type TensorData = Float32Array | Int32Array | Int16Array | Uint8Array;

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface TensorFile {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Bytes that are not a safetensors file, or one outside what is read here. The message says what is wrong, without a path. */
export class SafetensorsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SafetensorsError';
  }
}

const CONSTRUCTORS = { F32: Float32Array, I32: Int32Array, I16: Int16Array, U8: Uint8Array } as const;
type Dtype = keyof typeof CONSTRUCTORS;

function dtypeOf(data: TensorData): Dtype {
  return data instanceof Float32Array ? 'F32' : data instanceof Int32Array ? 'I32' : data instanceof Int16Array ? 'I16' : 'U8';
}

function requireLittleEndian(): void {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) throw new Error('this processor is big-endian, which is not supported');
}

function viewOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

const elementsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The file in pieces: its header, then a view of each array. Equal contents give equal bytes. */
export function safetensorsPieces({ tensors, metadata }: TensorFile): readonly Uint8Array[] {
  requireLittleEndian();
  if (tensors.size > LIMITS.tensorsMax) throw new RangeError(`${tensors.size} arrays; at most ${LIMITS.tensorsMax}`);
  const ordered = [...tensors].sort(([a, { data: x }], [b, { data: y }]) => y.BYTES_PER_ELEMENT - x.BYTES_PER_ELEMENT || (a < b ? -1 : 1));
  const header: Record<string, unknown> = { __metadata__: Object.fromEntries(metadata) };
  let end = 0;
  for (const [name, { shape, data }] of ordered) {
    if (name === '__metadata__' || name === '__proto__' || name.length > LIMITS.tensorNameCharactersMax) throw new RangeError(`array name ${name}`);
    if (elementsOf(shape) !== data.length) throw new RangeError(`array ${name}: ${data.length} elements do not have shape [${shape.join(', ')}]`);
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [end, end += data.byteLength] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(8 + Math.ceil(json.byteLength / 8) * 8).fill(0x20);
  if (start.byteLength - 8 > LIMITS.safetensorsHeaderBytesMax) throw new RangeError('the header is too long');
  new DataView(start.buffer).setBigUint64(0, BigInt(start.byteLength - 8), true);
  start.set(json, 8);
  return [start, ...ordered.map(([, { data }]) => viewOf(data))];
}

type Unchecked = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Unchecked => typeof value === 'object' && value !== null && !Array.isArray(value);
const isSize = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function parseHeader(bytes: Uint8Array): { readonly header: Unchecked; readonly start: number } {
  if (bytes.byteLength < 8) throw new SafetensorsError(`${bytes.byteLength} bytes are too few for a safetensors file`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(LIMITS.safetensorsHeaderBytesMax)) throw new SafetensorsError(`its header would have ${length.toString()} bytes; at most ${LIMITS.safetensorsHeaderBytesMax}`);
  const start = 8 + Number(length);
  if (start > bytes.byteLength) throw new SafetensorsError(`its header would end at byte ${start}, the file has ${bytes.byteLength}`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch {
    throw new SafetensorsError('its header is not JSON');
  }
  if (!isObject(header)) throw new SafetensorsError('its header is not a JSON object');
  return { header, start };
}

function parseMetadata(value: unknown): ReadonlyMap<string, string> {
  if (value === undefined) return new Map();
  if (!isObject(value)) throw new SafetensorsError('its __metadata__ is not an object');
  return new Map(Object.entries(value).map(([key, text]) => {
    if (typeof text !== 'string') throw new SafetensorsError(`its __metadata__ holds ${JSON.stringify(key)}, which is not text`);
    return [key, text];
  }));
}

interface Entry { readonly name: string; readonly dtype: Dtype; readonly shape: readonly number[]; readonly from: number; readonly to: number }

function parseEntry(name: string, value: unknown): Entry {
  const wrong = (what: string): never => { throw new SafetensorsError(`array ${JSON.stringify(name.slice(0, 80))}: ${what}`); };
  if (name.length > LIMITS.tensorNameCharactersMax) wrong('its name is too long');
  if (!isObject(value)) return wrong('its entry is not an object');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(CONSTRUCTORS, dtype)) return wrong(`type ${JSON.stringify(dtype)} is not one of ${Object.keys(CONSTRUCTORS).join(', ')}`);
  if (!Array.isArray(shape) || shape.length > LIMITS.tensorDimensionsMax || !shape.every(isSize)) return wrong('its shape is not a short list of sizes');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) return wrong('its data_offsets are not two positions');
  const [from, to] = offsets as [number, number];
  const known = dtype as Dtype;
  const bytes = elementsOf(shape) * CONSTRUCTORS[known].BYTES_PER_ELEMENT;
  if (to - from !== bytes) return wrong(`shape [${shape.join(', ')}] of ${known} is ${bytes} bytes, its data_offsets span ${to - from}`);
  return { name, dtype: known, shape, from, to };
}

/** A view where the alignment allows it, else a copy. */
function arrayAt(bytes: Uint8Array, dtype: Dtype, from: number, to: number): TensorData {
  const Kind = CONSTRUCTORS[dtype] as new (buffer: ArrayBufferLike, start?: number, length?: number) => TensorData;
  const size = CONSTRUCTORS[dtype].BYTES_PER_ELEMENT;
  if ((bytes.byteOffset + from) % size === 0) return new Kind(bytes.buffer, bytes.byteOffset + from, (to - from) / size);
  return new Kind(Uint8Array.from(bytes.subarray(from, to)).buffer);
}

/** Arrays are views of `bytes` where its alignment allows. Throws SafetensorsError. */
export function decodeSafetensors(bytes: Uint8Array): TensorFile {
  requireLittleEndian();
  const { header, start } = parseHeader(bytes);
  const { __metadata__: metadata, ...rest } = header;
  const entries = Object.entries(rest).map(([name, value]) => parseEntry(name, value)).sort((a, b) => a.from - b.from || a.to - b.to);
  if (entries.length > LIMITS.tensorsMax) throw new SafetensorsError(`${entries.length} arrays; at most ${LIMITS.tensorsMax}`);
  let end = 0;
  for (const { name, from, to } of entries) {
    if (from !== end) throw new SafetensorsError(`array ${JSON.stringify(name)} starts at byte ${from} of the data, the one before ends at ${end}`);
    end = to;
  }
  if (end !== bytes.byteLength - start) throw new SafetensorsError(`its arrays end at byte ${end} of the data, which has ${bytes.byteLength - start}`);
  const tensors = entries.map(({ name, dtype, shape, from, to }): [string, Tensor] => [name, { shape, data: arrayAt(bytes, dtype, start + from, start + to) }]);
  return { metadata: parseMetadata(metadata), tensors: new Map(tensors) };
}
