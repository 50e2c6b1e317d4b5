// Packed bits to one byte a unit, as TensorFlow's booleans, and back. Rows are padded to whole bytes of packed bits: their spare units are 0.
import { bytesOf } from '../../ebm/rbm/bits.ts';

/** Units of a row with its spare ones. */
export function paddedUnits(units: number): number {
  return 8 * bytesOf(units);
}

/** Bytes of the four bits of each nibble, lowest first. */
const NIBBLES = Uint32Array.from({ length: 16 }, (_, nibble) => (
  (nibble & 1) | (((nibble >> 1) & 1) << 8) | (((nibble >> 2) & 1) << 16) | (((nibble >> 3) & 1) << 24)));

/** uint8 [8 * packed.length] of 0 and 1. */
export function unpacked(packed: Uint8Array): Uint8Array {
  const words = new Uint32Array(2 * packed.length);
  for (let at = 0; at < packed.length; at += 1) {
    const byte = packed[at]!;
    words[2 * at] = NIBBLES[byte & 15]!;
    words[2 * at + 1] = NIBBLES[byte >> 4]!;
  }
  return new Uint8Array(words.buffer);
}

/** The inverse: `units` hold 0 and 1, eight a byte of `packed`. */
export function packInto(units: Uint8Array, packed: Uint8Array): void {
  const words = new Uint32Array(units.buffer, units.byteOffset, units.length / 4);
  // The product moves the lowest bits of the four bytes to bits 28 to 31; no two terms meet.
  for (let at = 0; at < packed.length; at += 1) {
    packed[at] = (Math.imul(words[2 * at]!, 0x10204080) >>> 28) | ((Math.imul(words[2 * at + 1]!, 0x10204080) >>> 28) << 4);
  }
}
