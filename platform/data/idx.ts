// The IDX format of the MNIST files: a magic number (two zero bytes, an element type, the number of dimensions), the sizes and the
// elements, all big-endian. Names: .idx, or the originals' ...-idx3-ubyte; either may end in .gz.
import type { DataSource } from './data.ts';
import { DataError } from './errors.ts';
import { hex, readBytes } from './files.ts';
import { DATA_LIMITS, type DataLimits } from './limits.ts';
import { rawFromTensor, type ElementType, type Tensor } from './tensor.ts';

const TYPES: Readonly<Record<number, Omit<ElementType, 'bigEndian'>>> = {
  0x08: { kind: 'unsigned', bytes: 1 },
  0x09: { kind: 'signed', bytes: 1 },
  0x0b: { kind: 'signed', bytes: 2 },
  0x0c: { kind: 'signed', bytes: 4 },
  0x0d: { kind: 'float', bytes: 4 },
  0x0e: { kind: 'float', bytes: 8 },
};

/** Whether a name (in lower case, without .gz) is that of an IDX file. */
export function isIdxName(name: string): boolean {
  return /\.idx$|[.-]idx\d-(u?byte|short|int|float|double)$/.test(name);
}

export function idxSource(path: string, limits: DataLimits = DATA_LIMITS): DataSource {
  return {
    name: path,
    async read() {
      return { training: rawFromTensor(parseIdx(await readBytes(path, limits), path), limits), test: null };
    },
  };
}

/** Throws `wrong-magic` or `truncated`. */
export function parseIdx(bytes: Uint8Array, file: string): Tensor {
  if (bytes.length < 4) throw cutHeader(bytes, file);
  const type = TYPES[bytes[2]!];
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined) {
    throw new DataError({ code: 'wrong-magic', file, position: { byteOffset: 0 }, value: hex(bytes, 4), problem: `the first bytes are ${hex(bytes, 4)}`, accepted: '00 00, an element type (08, 09, 0b, 0c, 0d or 0e) and the number of dimensions, for example 00 00 08 03', remedy: 'This is no IDX file; if it is compressed, its name must end in .gz.' });
  }
  const rank = bytes[3]!;
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw cutHeader(bytes, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dimensions = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { origin: { file, array: null }, type: { ...type, bigEndian: true }, dimensions, fortranOrder: false, bytes: bytes.subarray(start), byteOffset: start };
}

function cutHeader(bytes: Uint8Array, file: string): DataError {
  return new DataError({ code: 'truncated', file, position: { byteOffset: bytes.length }, value: String(bytes.length), problem: `the file ends inside the header, after ${bytes.length} bytes`, remedy: 'Copy or download the file again.' });
}
