// The content digest of a table: SHA-256 of a header line and the canonical values. Format version 1, part of runs on disk:
//   "ebm-fleet data 1 u8 ROWS COLUMNS\n"   then one byte a value, if every value is byte / 255 (see data.ts)
//   "ebm-fleet data 1 f32 ROWS COLUMNS\n"  then float32 little-endian, otherwise
// The same pictures have the same digest in every format. Shape, labels and the test set are not in it.
import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { RawData } from './data.ts';

const PIECE_VALUES = 262_144;

/** `sha256:` and 64 hexadecimal digits. Hashes in place: memory stays small. */
export function digestOf(raw: RawData): string {
  const { values } = raw;
  const hash = createHash('sha256');
  hash.update(`ebm-fleet data 1 ${values instanceof Uint8Array ? 'u8' : 'f32'} ${raw.rows} ${raw.columns}\n`);
  const step = PIECE_VALUES;
  for (let at = 0; at < values.length; at += step) hash.update(littleEndian(values.subarray(at, at + step)));
  return `sha256:${hash.digest('hex')}`;
}

function littleEndian(piece: Uint8Array | Float32Array): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  return endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32();
}
