// What data sets need of a disk beside files: how much room there is, and when a file was used last. The real one alone.
import { stat, statfs, utimes } from 'node:fs/promises';
import { StorageError } from '../store/errors.ts';
import { systemCode, type Files } from '../store/files.ts';
import { nodeFiles } from '../store/node-files.ts';

export interface DatasetDisk {
  readonly files: Files;
  /** Bytes that a user may still write on the disk of a directory; null if the system does not tell. */
  freeBytes(directory: string): Promise<number | null>;
  /** Milliseconds since 1970; null if there is no such file. */
  usedAtMs(path: string): Promise<number | null>;
  /** Now. No error where it is not permitted. */
  markUsed(path: string): Promise<void>;
}

export function realDisk(files: Files = nodeFiles()): DatasetDisk {
  return {
    files,
    freeBytes: (directory) => statfs(directory).then(({ bavail, bsize }) => bavail * bsize, () => null),
    usedAtMs: (path) => stat(path).then(({ mtimeMs }) => mtimeMs, (error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
      return null;
    }),
    async markUsed(path) {
      const now = new Date();
      await utimes(path, now, now).catch((error: unknown) => {
        if (systemCode(error) === null) throw error;
      });
    },
  };
}

/** Whether an error of the system, or of a store, means that there is no room, be it the disk's or the user's quota. */
export function isNoSpace(error: unknown): boolean {
  return (error instanceof StorageError && error.code === 'disk-full') || ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(error) ?? '');
}
