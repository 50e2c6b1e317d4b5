// Between typed arrays and their bytes on the wire: little-endian whatever the machine, aligned copies on the way in.

const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

type Numbers = Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** The array's bytes; a view where the machine stores them so. */
export function wireBytes(array: Numbers): Uint8Array {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return LITTLE ? bytes : swapped(bytes, array.BYTES_PER_ELEMENT);
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i += 1) result[i] = bytes[i - (i % size) + (size - 1 - (i % size))]!;
  return result;
}

/** A fresh, aligned buffer with the bytes in the machine's order, or null if they are no whole number of elements. */
function bufferOf(bytes: Uint8Array, size: number): ArrayBuffer | null {
  if (bytes.length % size !== 0) return null;
  const copy = new Uint8Array(bytes.length);
  copy.set(LITTLE ? bytes : swapped(bytes, size));
  return copy.buffer;
}

export function int16From(bytes: Uint8Array): Int16Array | null {
  const buffer = bufferOf(bytes, 2);
  return buffer === null ? null : new Int16Array(buffer);
}

export function uint16From(bytes: Uint8Array): Uint16Array | null {
  const buffer = bufferOf(bytes, 2);
  return buffer === null ? null : new Uint16Array(buffer);
}

export function int32From(bytes: Uint8Array): Int32Array | null {
  const buffer = bufferOf(bytes, 4);
  return buffer === null ? null : new Int32Array(buffer);
}

export function uint32From(bytes: Uint8Array): Uint32Array | null {
  const buffer = bufferOf(bytes, 4);
  return buffer === null ? null : new Uint32Array(buffer);
}

export function float32From(bytes: Uint8Array): Float32Array | null {
  const buffer = bufferOf(bytes, 4);
  return buffer === null ? null : new Float32Array(buffer);
}

export function float64From(bytes: Uint8Array): Float64Array | null {
  const buffer = bufferOf(bytes, 8);
  return buffer === null ? null : new Float64Array(buffer);
}

/** A copy that does not hold on to the message it came in. */
export function bytesFrom(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}
