// NumPy's .npy format, versions 1.0, 2.0 and 3.0. The header is a Python dictionary of three known entries: it is matched, never
// evaluated, and arrays of Python objects (pickles) are refused. Element types and order are tensor.ts.
import type { DataSource } from './data.ts';
import { DataError } from './errors.ts';
import { hex, readBytes } from './files.ts';
import { DATA_LIMITS, type DataLimits } from './limits.ts';
import { rawFromTensor, type ElementKind, type ElementType, type Tensor } from './tensor.ts';
import { arrayPosition, type Origin } from './validate.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const; // \x93NUMPY
const ACCEPTED_TYPES = 'bool, int8 to int64, uint8 to uint64, float16, float32 and float64';
const KINDS: Readonly<Record<string, ElementKind>> = { b: 'bool', i: 'signed', u: 'unsigned', f: 'float' };

export function npySource(path: string, limits: DataLimits = DATA_LIMITS): DataSource {
  return {
    name: path,
    async read() {
      const tensor = parseNpy(await readBytes(path, limits), { file: path, array: null }, limits);
      return { training: rawFromTensor(tensor, limits), test: null };
    },
  };
}

/** Finds the array in the bytes of a .npy file, or of an entry of a .npz. Throws `wrong-magic`, `unsupported`, `pickled`, `truncated`, `damaged`. */
export function parseNpy(bytes: Uint8Array, origin: Origin, limits: DataLimits): Tensor {
  const at = { file: origin.file, ...arrayPosition(origin) };
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) {
    throw new DataError({ code: 'wrong-magic', file: origin.file, position: { ...at.position, byteOffset: 0 }, value: hex(bytes, 6), problem: `the first bytes are ${hex(bytes, 6)}`, accepted: '93 4e 55 4d 50 59, an .npy file', remedy: 'Write it with numpy.save.' });
  }
  const major = bytes[6] ?? 0;
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw truncatedHeader(origin, bytes.length);
  if (major < 1 || major > 3) throw new DataError({ code: 'unsupported', ...at, value: String(major), problem: `the format version is ${major}`, accepted: 'versions 1 to 3', remedy: 'Write it with a current numpy.save.' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > limits.headerBytesMax) throw new DataError({ code: 'too-large', ...at, value: String(length), problem: `the header says that it has ${length} bytes`, accepted: `at most ${limits.headerBytesMax}`, remedy: 'The file is damaged: write it again.' });
  if (start + length > bytes.length) throw truncatedHeader(origin, bytes.length);
  const header = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, start + length));
  return { origin, ...parseHeader(header, origin), bytes: bytes.subarray(start + length), byteOffset: start + length };
}

function parseHeader(header: string, origin: Origin): Pick<Tensor, 'type' | 'dimensions' | 'fortranOrder'> {
  const description = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(header);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header);
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header);
  if (description === null || order === null || shape === null) {
    const absent = description === null ? 'descr' : order === null ? 'fortran_order' : 'shape';
    throw new DataError({ code: 'damaged', file: origin.file, ...arrayPosition(origin), value: header.slice(0, 80).trim(), problem: `the header has no readable '${absent}'`, accepted: "a header such as {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784)}", remedy: 'Write the file again with numpy.save.' });
  }
  const dimensions = shape[1]!.split(',').map((part) => part.trim()).filter((part) => part !== '').map(Number);
  return { type: elementType(description[1] ?? 'a record', origin), dimensions, fortranOrder: order[1] === 'True' };
}

function elementType(description: string, origin: Origin): ElementType {
  const at = { file: origin.file, ...arrayPosition(origin), value: description };
  const match = /^([<>|=])([biufO])(\d*)$/.exec(description);
  if (match?.[2] === 'O') {
    throw new DataError({ code: 'pickled', ...at, problem: `the type is ${description}: pickled Python objects, which cannot be read without running the code inside`, accepted: ACCEPTED_TYPES, remedy: 'Save a plain array: numpy.save(file, array.astype("float32"), allow_pickle=False).' });
  }
  const kind = KINDS[match?.[2] ?? ''];
  const bytes = Number(match?.[3]);
  const exists = kind === 'bool' ? bytes === 1 : kind === 'float' ? bytes === 2 || bytes === 4 || bytes === 8 : bytes === 1 || bytes === 2 || bytes === 4 || bytes === 8;
  if (kind === undefined || !exists) throw new DataError({ code: 'unsupported', ...at, problem: `the type is ${description}`, accepted: ACCEPTED_TYPES, remedy: 'Convert the array with astype("float32") and save it again.' });
  return { kind, bytes: bytes as ElementType['bytes'], bigEndian: match?.[1] === '>' };
}

function truncatedHeader(origin: Origin, length: number): DataError {
  return new DataError({ code: 'truncated', file: origin.file, position: { ...arrayPosition(origin).position, byteOffset: length }, problem: `the file ends inside the header, after ${length} bytes`, remedy: 'Copy or write the file again.' });
}
