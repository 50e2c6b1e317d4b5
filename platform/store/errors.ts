// Errors of disks and directories, for users: what is wrong, where (as the user wrote the path), and what to do about it.
import { systemCode } from './files.ts';

export type StorageCode =
  | 'disk-full' | 'read-only' | 'no-permission' | 'missing' | 'not-a-directory' | 'not-a-file' | 'not-empty' | 'not-a-run' | 'in-use'
  | 'newer-format' | 'damaged' | 'no-hard-links' | 'too-many-open-files' | 'path-too-long' | 'input-output'
  /** Of a store on a network: nobody answers; and one that does not keep what a store must keep. */
  | 'unreachable' | 'unsuitable'
  /** Somebody else writes here by now, for good. */
  | 'deposed'
  /** A run of another family of models than the command is for. */
  | 'other-model';

export interface StorageFacts {
  readonly code: StorageCode;
  readonly path: string;
  /** What is wrong, without the path and without a full stop. */
  readonly what: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
  readonly cause?: unknown;
}

export class StorageError extends Error {
  readonly code: StorageCode;
  readonly path: string;
  readonly what: string;
  readonly remedy: string;

  constructor(facts: StorageFacts) {
    super(`${facts.path}: ${facts.what}. ${facts.remedy}`, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'StorageError';
    this.code = facts.code;
    this.path = facts.path;
    this.what = facts.what;
    this.remedy = facts.remedy;
  }
}

type Meaning = readonly [StorageCode, what: string, remedy: string];

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: ['disk-full', 'the disk is full', 'Free some space and try again; what was saved before is intact.'],
  EDQUOT: ['disk-full', 'your disk quota is used up', 'Free some space and try again; what was saved before is intact.'],
  EFBIG: ['disk-full', 'the file would be larger than this disk or shell allows', 'Raise the limit (ulimit -f) or use another disk.'],
  EROFS: ['read-only', 'the disk is mounted read-only', 'Choose a directory on a disk that can be written to.'],
  EACCES: ['no-permission', 'you may not do this here', 'Change the permissions (ls -ld shows them), or choose another directory.'],
  EPERM: ['no-permission', 'the system does not permit this here', 'Change the permissions (ls -ld shows them), or choose another directory.'],
  ENOENT: ['missing', 'there is nothing of that name', 'Check the path.'],
  ENOTDIR: ['not-a-directory', 'a part of the path is not a directory', 'Check the path.'],
  EEXIST: ['not-a-directory', 'there is a file where a directory is needed', 'Move it out of the way, or choose another name.'],
  EISDIR: ['not-a-file', 'this is a directory where a file is expected', 'Move it out of the way.'],
  EMFILE: ['too-many-open-files', 'this process has too many files open', 'Raise the limit (ulimit -n) and try again.'],
  ENFILE: ['too-many-open-files', 'this machine has too many files open', 'Close other programs and try again.'],
  ENAMETOOLONG: ['path-too-long', 'the path is too long for this file system', 'Choose a shorter one.'],
};

const OTHER: Meaning = ['input-output', 'the disk reported an error', 'Look at the system log (dmesg) and check the disk; what was saved before is intact.'];

/** Of these it matters which name below the path it is. Of others it may be that of a temporary file, which says nothing to users. */
const IN_THE_WAY: ReadonlySet<string> = new Set(['ENOTDIR', 'EEXIST', 'EISDIR']);

function placeOf(error: unknown, code: string, path: string): string {
  const at = (error as { readonly path?: unknown }).path;
  return IN_THE_WAY.has(code) && typeof at === 'string' && at.startsWith(`${path}/`) ? at : path;
}

/**
 * A system's error as one for users, told apart by its code; StorageErrors and errors that are not the system's (bugs) stay as they are.
 * `doing` completes "while ...", for example "writing a checkpoint".
 */
export function asStorageError(error: unknown, path: string, doing: string): unknown {
  const code = systemCode(error);
  if (error instanceof StorageError || code === null) return error;
  const [kind, what, remedy] = MEANINGS[code] ?? OTHER;
  return new StorageError({ code: kind, path: placeOf(error, code, path), what: `${what} (${code}, while ${doing})`, remedy, cause: error });
}

/** Runs a task and turns the system's errors into errors for users. */
export async function guarded<Result>(path: string, doing: string, task: () => Promise<Result>): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    throw asStorageError(error, path, doing);
  }
}
