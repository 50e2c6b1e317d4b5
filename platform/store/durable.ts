// The few ways in which files become durable: write a new one, put one under a name that must be free, replace one, remove a tree.
// Temporary files start with `.tmp-` and mean nothing; whoever opens a directory may remove them.
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { StorageError } from './errors.ts';
import { systemCode, type Files } from './files.ts';

const TEMPORARY = '.tmp-';
/** A file is written in pieces of this size, so that other work of the event loop is never held up long. */
export const PIECE_BYTES = 1 << 20;

export function temporaryName(directory: string): string {
  return join(directory, TEMPORARY + randomBytes(8).toString('hex'));
}

/** Writes a new file and makes its content durable. On failure the file is removed, as far as that is possible. */
export async function writeNew(files: Files, path: string, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  const file = await files.create(path);
  try {
    for await (const piece of pieces) await file.write(piece);
    await file.sync();
  } catch (error) {
    await file.close().catch(() => undefined);
    await files.unlink(path).catch(() => undefined);
    throw error;
  }
  await file.close();
}

function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

/**
 * Puts a file under a name that must be free: of several at once exactly one succeeds, and whoever sees the name sees all of its bytes.
 * `temporaries`: directory on the same disk for the temporary file.
 */
export async function putFile(files: Files, path: string, bytes: Uint8Array, temporaries = dirname(path)): Promise<'created' | 'exists'> {
  // A process that opens the directory removes temporary files, perhaps this one: then it is written again.
  for (let attempt = 1; ; attempt += 1) {
    const temporary = temporaryName(temporaries);
    await writeNew(files, temporary, cut(bytes));
    const outcome = await linkNew(files, temporary, path).catch(async (error: unknown) => {
      if (systemCode(error) === 'ENOENT' && attempt < 5 && await files.describe(temporary) === null) return 'again' as const;
      await files.unlink(temporary).catch(() => undefined);
      throw error;
    });
    if (outcome === 'again') continue;
    await removeIfThere(files, temporary);
    // Also when the name was taken: its writer may have died before this, and the caller acts on what it found.
    await files.syncDirectory(dirname(path));
    return outcome;
  }
}

/** Gives a file a second name that must be free. Throws StorageError `no-hard-links` where the file system has none. */
export async function linkNew(files: Files, from: string, to: string): Promise<'created' | 'exists'> {
  try {
    await files.link(from, to);
    return 'created';
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') return 'exists';
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EMLINK') throw error;
    throw new StorageError({
      code: 'no-hard-links', path: to, what: `this file system cannot make hard links (${code})`, cause: error,
      remedy: 'Use a directory on a local Linux or macOS disk, or on NFS.',
    });
  }
}

/** Puts a file under a name, in place of what is there: after a crash it is the old one or the new one. `temporaries` as in putFile. */
export async function replaceFile(files: Files, path: string, bytes: Uint8Array, temporaries = dirname(path)): Promise<void> {
  const temporary = temporaryName(temporaries);
  await writeNew(files, temporary, cut(bytes));
  try {
    await files.rename(temporary, path);
  } catch (error) {
    await files.unlink(temporary).catch(() => undefined);
    throw error;
  }
  await files.syncDirectory(dirname(path));
}

/** Makes a directory and those above it, durably. No error if it is there. */
export async function ensureDirectory(files: Files, path: string): Promise<void> {
  const facts = await files.describe(path);
  if (facts?.kind === 'directory') return;
  const parent = dirname(path);
  if (facts === null && parent !== path) await ensureDirectory(files, parent);
  await files.makeDirectory(path).catch(async (error: unknown) => {
    if (systemCode(error) !== 'EEXIST' || (await files.describe(path))?.kind !== 'directory') throw error;
  });
  await files.syncDirectory(parent);
}

/**
 * Makes the names on the way to a directory durable: a process that made them and died may have left that undone. Directories that
 * may not be opened were not made by it.
 */
export async function syncPath(files: Files, path: string): Promise<void> {
  for (let directory = path; dirname(directory) !== directory; directory = dirname(directory)) {
    await files.syncDirectory(dirname(directory)).catch((error: unknown) => {
      if (!['EACCES', 'EPERM'].includes(systemCode(error) ?? '')) throw error;
    });
  }
}

export async function removeIfThere(files: Files, path: string): Promise<void> {
  await files.unlink(path).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
  });
}

/** Removes a directory and all in it. No error if it is absent; not durable until its parent is synced. */
export async function removeTree(files: Files, path: string): Promise<void> {
  if (await files.describe(path) === null) return;
  for (const name of await files.list(path)) {
    const entry = join(path, name);
    if ((await files.describe(entry))?.kind === 'directory') await removeTree(files, entry);
    else await removeIfThere(files, entry);
  }
  await files.removeDirectory(path);
}

/** Removes what writers that died left in a directory. */
export async function removeTemporaries(files: Files, directory: string): Promise<void> {
  for (const name of await files.list(directory)) {
    if (!name.startsWith(TEMPORARY)) continue;
    const path = join(directory, name);
    if ((await files.describe(path))?.kind === 'directory') await removeTree(files, path);
    else await removeIfThere(files, path);
  }
}

/** A whole file, read in pieces; `onPiece` sees each as it arrives. Throws if it holds more than `bytesMax`. */
export async function readWhole(files: Files, path: string, bytesMax: number, onPiece?: (piece: Uint8Array) => void): Promise<Uint8Array> {
  const file = await files.open(path);
  try {
    const facts = await files.describe(path);
    const bytes = facts?.bytes ?? 0;
    if (bytes > bytesMax) {
      throw new StorageError({ code: 'damaged', path, what: `it has ${bytes} bytes; at most ${bytesMax} are read`, remedy: 'Check that this is the right file.' });
    }
    const whole = new Uint8Array(bytes);
    let at = 0;
    while (at < bytes) {
      const read = await file.read(whole.subarray(at, at + PIECE_BYTES), at);
      if (read === 0) break;
      onPiece?.(whole.subarray(at, at + read));
      at += read;
    }
    return at === bytes ? whole : whole.slice(0, at);
  } finally {
    await file.close();
  }
}
