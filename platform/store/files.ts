// The file operations that the store, the lock and the journal are built from, few enough that a simulated disk can offer them
// with every way a crash may leave them (test/support/disk.ts). Adapter: node-files.ts. Errors carry the system's `code` (ENOENT...).

export interface OpenFile {
  /** Appends all of the bytes, or throws (some of them may then be there). */
  write(bytes: Uint8Array): Promise<void>;
  /** Reads at a position; the number of bytes read is less than asked for only at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** What was written is durable when the promise resolves; the file's name is not, until its directory is synced. */
  sync(): Promise<void>;
  /** Shortens the file; later writes go to its new end. */
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface PathFacts { readonly kind: 'file' | 'directory' | 'other'; readonly bytes: number }

/** `kind`: null where the directory does not say; `describe` does. */
export interface Entry { readonly name: string; readonly kind: 'file' | 'directory' | null }

export interface Files {
  /** A new, empty file for writing; EEXIST if the name is taken. */
  create(path: string): Promise<OpenFile>;
  /** A file for appending and reading, created if absent. */
  append(path: string): Promise<OpenFile>;
  /** A file for reading. */
  open(path: string): Promise<OpenFile>;
  /** Null if there is nothing of that name. */
  describe(path: string): Promise<PathFacts | null>;
  /** Names in a directory, sorted. */
  list(path: string): Promise<readonly string[]>;
  /** The same in any order, with what each is as far as the directory itself says: no look at each. */
  entries(path: string): Promise<readonly Entry[]>;
  /** EEXIST if the name is taken; ENOENT if the parent is missing. */
  makeDirectory(path: string): Promise<void>;
  /** A second name for a file; EEXIST if it is taken. */
  link(from: string, to: string): Promise<void>;
  /** In one step; replaces a file (or an empty directory) of the new name. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Of an empty directory. */
  removeDirectory(path: string): Promise<void>;
  /** Names created, changed and removed in the directory are durable when the promise resolves. */
  syncDirectory(path: string): Promise<void>;
}

/** The system's code of an error, or null if it is not an error of the system. */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : null;
}
