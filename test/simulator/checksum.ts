// A checksum of arrays (FNV-1a, 32 bits): whether two places hold the same bits, asked thousands of times a second.
export type Numbers = Float32Array | Float64Array | Int16Array | Int32Array | Uint8Array;

export function checksum(...arrays: readonly Numbers[]): number {
  let hash = 0x811c_9dc5;
  for (const array of arrays) {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i += 1) hash = Math.imul(hash ^ bytes[i]!, 0x0100_0193);
    hash = Math.imul(hash ^ bytes.length, 0x0100_0193);
  }
  return hash >>> 0;
}
