// Reading entries of a zip archive, as .npz files are: the central directory is the truth, sizes are bounded before anything is
// inflated, and every entry's CRC-32 is checked. No zip64 (nothing of that size may be read), no encryption, no streams.
// node:zlib inflates, because it can be told a bound; fflate stays the writer.
import { crc32, inflateRawSync } from 'node:zlib';
import { DataError } from './errors.ts';
import { hex, inflateFailure } from './files.ts';
import type { DataLimits } from './limits.ts';

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly storedBytes: number;
  readonly contentBytes: number;
  /** Of its local header. */
  readonly byteOffset: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;
const ZIP64 = 0xffffffff;

/** The archive's entries in directory order. Throws `wrong-magic`, `truncated`, `damaged`, `too-large`. */
export function zipEntries(bytes: Uint8Array, file: string, limits: DataLimits): ZipEntry[] {
  const view = viewOf(bytes);
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) {
    throw new DataError({ code: 'wrong-magic', file, position: { byteOffset: 0 }, value: hex(bytes, 4), problem: `the first bytes are ${hex(bytes, 4)}`, accepted: '50 4b 03 04, a zip archive as numpy.savez writes it', remedy: 'If it is a single array, its name must end in .npy.' });
  }
  const end = findEnd(view, file);
  const count = view.getUint16(end + 10, true);
  if (count > limits.archiveEntriesMax) throw new DataError({ code: 'too-large', file, value: String(count), problem: `the archive has ${count} entries`, accepted: `at most ${limits.archiveEntriesMax}`, remedy: 'Save only the arrays that are needed.' });
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) throw damaged(file, at, 'the archive\'s directory is not where its end says');
    const nameBytes = view.getUint16(at + 28, true);
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes)),
      method: view.getUint16(at + 10, true), isEncrypted: (view.getUint16(at + 8, true) & 1) === 1, crc: view.getUint32(at + 16, true),
      storedBytes: view.getUint32(at + 20, true), contentBytes: view.getUint32(at + 24, true), byteOffset: view.getUint32(at + 42, true),
    });
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Content of an entry, checked. Throws `too-large`, `truncated`, `damaged`, `unsupported`. */
export function readZipEntry(bytes: Uint8Array, entry: ZipEntry, archive: { readonly file: string; readonly limits: DataLimits }): Uint8Array {
  const { file, limits } = archive;
  const bound = limits.inflatedBytesMax;
  if (entry.contentBytes > bound || entry.storedBytes === ZIP64 || entry.byteOffset === ZIP64) {
    throw new DataError({ code: 'too-large', file, position: { array: entry.name }, value: String(entry.contentBytes), problem: `the array has ${entry.contentBytes === ZIP64 ? '4 GiB or more' : `${entry.contentBytes} bytes`}`, accepted: `at most ${bound} bytes`, remedy: 'Use a smaller type (unsigned 8-bit, bool), or fewer rows.' });
  }
  if (entry.isEncrypted || (entry.method !== 0 && entry.method !== 8)) {
    throw new DataError({ code: 'unsupported', file, position: { array: entry.name }, value: String(entry.method), problem: entry.isEncrypted ? 'the entry is encrypted' : `the entry is compressed by method ${entry.method}`, accepted: 'stored (0) or deflated (8) entries', remedy: 'Write it with numpy.savez or numpy.savez_compressed.' });
  }
  const view = viewOf(bytes);
  const local = entry.byteOffset;
  if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL) throw damaged(file, local, `entry ${entry.name} is not where the directory says`);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const stored = bytes.subarray(start, start + entry.storedBytes);
  if (stored.length < entry.storedBytes) throw damaged(file, start, `entry ${entry.name} ends beyond the file`);
  const content = entry.method === 0 ? stored : inflateEntry(stored, entry, { file, start });
  if (content.length !== entry.contentBytes) throw damaged(file, start, `entry ${entry.name} has ${content.length} bytes of the ${entry.contentBytes} that the directory states`);
  if (crc32(content) !== entry.crc) throw damaged(file, start, `the checksum of entry ${entry.name} is wrong`);
  return content;
}

function inflateEntry(stored: Uint8Array, entry: ZipEntry, { file, start }: { readonly file: string; readonly start: number }): Uint8Array {
  const bytesMax = Math.max(1, entry.contentBytes); // what the directory states is within the limit, and no more may come out
  try {
    return inflateRawSync(stored, { maxOutputLength: bytesMax });
  } catch (error) {
    throw inflateFailure({ file, what: `entry ${entry.name}`, error, bytesMax, from: start, to: start + stored.length });
  }
}

// The end record is the last thing in the file but for a comment.
function findEnd(view: DataView, file: string): number {
  const first = Math.max(0, view.byteLength - END_BYTES - COMMENT_BYTES_MAX);
  for (let at = view.byteLength - END_BYTES; at >= first; at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new DataError({ code: 'truncated', file, position: { byteOffset: view.byteLength }, value: String(view.byteLength), problem: `the archive has no directory at its end; it has ${view.byteLength} bytes`, remedy: 'It was cut off: copy or write it again.' });
}

function damaged(file: string, byteOffset: number, problem: string): DataError {
  return new DataError({ code: 'damaged', file, position: { byteOffset }, problem, remedy: 'Copy or write the file again.' });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
