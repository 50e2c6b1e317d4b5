// The real file operations. Owns the differences between file systems that callers should not see; knows nothing of formats.
import { constants, type Dirent } from 'node:fs';
import { link, lstat, mkdir, open, readdir, rename, rmdir, stat, unlink, type FileHandle } from 'node:fs/promises';
import { systemCode, type Entry, type Files, type OpenFile, type PathFacts } from './files.ts';

function fileOf(handle: FileHandle): OpenFile {
  return {
    async write(bytes) {
      // A write may be cut short (a disk that is nearly full); the next one then fails with the reason.
      for (let done = 0; done < bytes.byteLength;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, null);
        done += bytesWritten;
      }
    },
    async read(into, position) {
      let done = 0;
      while (done < into.byteLength) {
        const { bytesRead } = await handle.read(into, done, into.byteLength - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    },
    sync: () => handle.sync(),
    truncate: (bytes) => handle.truncate(bytes),
    close: () => handle.close(),
  };
}

async function describe(path: string): Promise<PathFacts | null> {
  try {
    const facts = await stat(path);
    return { kind: facts.isFile() ? 'file' : facts.isDirectory() ? 'directory' : 'other', bytes: facts.size };
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    // A link to nowhere is in the way of a new file, so it is not nothing.
    return lstat(path).then(() => ({ kind: 'other', bytes: 0 }) as const, () => null);
  }
}

function entryOf(entry: Dirent): Entry {
  return { name: entry.name, kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : null };
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot sync a directory and keep names durable themselves.
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(systemCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

export function nodeFiles(): Files {
  return {
    create: async (path) => fileOf(await open(path, 'ax+')),
    append: async (path) => fileOf(await open(path, 'a+')),
    open: async (path) => fileOf(await open(path, 'r')),
    describe,
    list: async (path) => (await readdir(path)).sort(),
    entries: async (path) => (await readdir(path, { withFileTypes: true })).map(entryOf),
    makeDirectory: async (path) => { await mkdir(path); },
    link,
    rename,
    unlink,
    removeDirectory: rmdir,
    syncDirectory,
  };
}
