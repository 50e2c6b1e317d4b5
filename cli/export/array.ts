// Arrays as they are exported: values, shape, and their little-endian bytes. Knows no file format.

export type ExportValues = Float32Array | Float64Array | Int32Array | Uint8Array;

/** `values` row-major; the product of `shape` is their number ([] is one value). */
export interface ExportArray<Values extends ExportValues = ExportValues> {
  readonly shape: readonly number[];
  readonly values: Values;
  /** Bytes of 0 and 1 that .npy and .npz files call bool; left out: the type of the values. */
  readonly type?: 'bool';
}

/** Throws RangeError if a size is not a whole number or the sizes do not multiply to the number of values. */
export function checkShape(array: ExportArray): void {
  const { shape, values } = array;
  const count = shape.reduce((product, size) => product * size, 1);
  if (!shape.every((size) => Number.isInteger(size) && size >= 0) || count !== values.length) {
    throw new RangeError(`an array of shape [${shape.join(', ')}] does not hold ${values.length} values`);
  }
}

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A copy, so that later changes of the values (an engine's shared memory) do not reach what was exported. */
export function littleEndianBytes(values: ExportValues): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const width = values.BYTES_PER_ELEMENT;
  if (!hostIsLittleEndian) for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}
