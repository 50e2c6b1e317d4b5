// Reading whole files: bounded, checked against the size that the file system states, gunzipped if the name ends in .gz, and with
// helpful errors for names that do not exist. What the bytes mean is the formats' business.
import { constants } from 'node:fs';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { distance } from 'fastest-levenshtein';
import { DataError, reasonOf, type DataPosition } from './errors.ts';
import type { DataLimits } from './limits.ts';

const gunzipBytes = promisify(gunzip);
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** Symbolic links are followed. Throws `missing` (with the nearest names) or `unreadable`. */
export async function kindOfPath(path: string, limits: DataLimits, builtIn: readonly string[] = []): Promise<'file' | 'folder'> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'folder';
    if (found.isFile()) return 'file';
  } catch (error) {
    throw await failureOf(path, error, { limits, builtIn });
  }
  throw new DataError({ code: 'unreadable', file: path, problem: 'this is a device, a pipe or a socket', accepted: 'a regular file or a folder of PNGs', remedy: 'Copy the data into a file first.' });
}

/** The bytes of a file; of its content if the name ends in .gz. Throws `missing`, `unreadable`, `empty-file`, `too-large`, `truncated`, `damaged`. */
export async function readBytes(path: string, limits: DataLimits): Promise<Uint8Array> {
  const bytes = await readStored(path, limits);
  if (bytes.length === 0) throw emptyFile(path);
  if (!/\.gz$/i.test(path)) return bytes;
  const content = await inflateGzip(path, bytes, limits);
  if (content.length === 0) throw emptyFile(path);
  return content;
}

/** The name without .gz, in lower case: what the format is told by. */
export function formatName(path: string): string {
  return basename(path).toLowerCase().replace(/\.gz$/, '');
}

async function readStored(path: string, limits: DataLimits): Promise<Uint8Array> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY);
  } catch (error) {
    throw await failureOf(path, error, { limits, builtIn: [] });
  }
  try {
    const { size } = await handle.stat();
    if (size > limits.fileBytesMax) {
      throw new DataError({ code: 'too-large', file: path, value: String(size), problem: `the file has ${size} bytes`, accepted: `at most ${limits.fileBytesMax} bytes a file`, remedy: 'Use a smaller type (unsigned 8-bit, bool), or fewer rows.' });
    }
    return await fill(handle, path, size);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError({ code: 'unreadable', file: path, problem: `reading failed (${reasonOf(error)})`, remedy: 'Check the disk and the permissions.', cause: error });
  } finally {
    await handle.close();
  }
}

// A buffer of its own (never Node's shared pool), so that a table can be a view of it at offset 0 and is released with it.
async function fill(handle: FileHandle, path: string, size: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let done = 0;
  while (done < size) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(size - done, 0x4000000), done);
    if (bytesRead === 0) throw new DataError({ code: 'truncated', file: path, position: { byteOffset: done }, problem: `the file ended although its size was ${size} bytes`, remedy: 'Something else is writing it: wait until it is complete.' });
    done += bytesRead;
  }
  return bytes;
}

async function inflateGzip(path: string, bytes: Uint8Array, limits: DataLimits): Promise<Uint8Array> {
  if (bytes[0] !== GZIP_MAGIC[0] || bytes[1] !== GZIP_MAGIC[1]) {
    throw new DataError({ code: 'wrong-magic', file: path, position: { byteOffset: 0 }, value: hex(bytes, 2), problem: `the first bytes are ${hex(bytes, 2)}`, accepted: '1f 8b, a gzip file', remedy: 'If it is not compressed, rename it without .gz.' });
  }
  try {
    return await gunzipBytes(bytes, { maxOutputLength: limits.inflatedBytesMax });
  } catch (error) {
    // Where damaged data stop making sense is not told by zlib; where they end is known.
    throw inflateFailure({ file: path, what: 'the gzip data', error, bytesMax: limits.inflatedBytesMax, from: null, to: bytes.length });
  }
}

export interface FailedInflation {
  readonly file: string;
  readonly what: string;
  readonly error: unknown;
  readonly bytesMax: number;
  /** Where the compressed data begin and end in the file; null where that says nothing. */
  readonly from: number | null;
  readonly to: number | null;
}

/** Turns an error of node:zlib into a DataError: too large, truncated or damaged. */
export function inflateFailure(failed: FailedInflation): DataError {
  const code = failed.error instanceof Error && 'code' in failed.error ? failed.error.code : '';
  const { file, what, error, bytesMax } = failed;
  const at = (byteOffset: number | null): { readonly position?: DataPosition } => byteOffset === null ? {} : { position: { byteOffset } };
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return new DataError({ code: 'too-large', file, ...at(failed.from), problem: `${what} inflates to more than ${bytesMax} bytes`, accepted: `at most ${bytesMax} bytes`, remedy: 'Check where the file comes from.', cause: error });
  }
  if (code === 'Z_BUF_ERROR') return new DataError({ code: 'truncated', file, ...at(failed.to), problem: `${what} ends too early`, remedy: 'Copy or download the file again.', cause: error });
  return new DataError({ code: 'damaged', file, ...at(failed.from), problem: `${what} cannot be inflated (${reasonOf(error)})`, remedy: 'Copy or download the file again.', cause: error });
}

/** The first bytes as text, for messages. */
export function hex(bytes: Uint8Array, count: number): string {
  return Array.from(bytes.subarray(0, count), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function emptyFile(path: string): DataError {
  return new DataError({ code: 'empty-file', file: path, problem: 'the file is empty', remedy: 'Write the data again; an interrupted copy leaves such a file.' });
}

async function failureOf(path: string, error: unknown, known: { readonly limits: DataLimits; readonly builtIn: readonly string[] }): Promise<DataError> {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code !== 'ENOENT' && code !== 'ENOTDIR') {
    return new DataError({ code: 'unreadable', file: path, problem: `it cannot be opened (${reasonOf(error)})`, accepted: 'a file that this user may read', remedy: 'Check its permissions.', cause: error });
  }
  return missing(path, error, known);
}

async function missing(path: string, cause: unknown, known: { readonly limits: DataLimits; readonly builtIn: readonly string[] }): Promise<DataError> {
  let folder = dirname(path);
  let wanted = basename(path);
  let names = await namesOf(folder);
  // The nearest folder that exists tells more than a missing folder would.
  while (names === null && dirname(folder) !== folder) {
    wanted = basename(folder);
    folder = dirname(folder);
    names = await namesOf(folder);
  }
  const near = nearestNames(wanted, [...(names ?? []).slice(0, known.limits.neighbourNamesMax), ...known.builtIn]);
  const problem = folder === dirname(path) ? 'there is no such file or folder' : `there is no folder ${wanted} in ${folder}`;
  return new DataError({
    code: 'missing', file: path, problem,
    ...(known.builtIn.length === 0 ? {} : { accepted: `a path, or the name of a built-in set (${known.builtIn.join(', ')})` }),
    remedy: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Nothing in ${folder} has a similar name.`, cause,
  });
}

async function namesOf(folder: string): Promise<string[] | null> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return null; // the folder is missing or closed to us: the caller looks one level up
  }
}

/** At most three names that differ from the wanted one in at most half of its letters, the nearest first. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  const farthest = Math.max(2, Math.floor(wanted.length / 2));
  return names.map((name) => ({ name, far: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ far }) => far <= farthest)
    .sort((left, right) => left.far - right.far || (left.name < right.name ? -1 : 1))
    .slice(0, 3).map(({ name }) => name);
}
