// The store in a directory: an object is a file whose name appears by link(2) when all of its bytes are durable, so that of several
// processes that put the same key exactly one creates it, and a crash at any instant leaves the whole object or none.
import { dirname, join } from 'node:path';
import { ensureDirectory, putFile, readWhole, removeIfThere, removeTemporaries, syncPath } from './durable.ts';
import { guarded } from './errors.ts';
import { systemCode, type Files } from './files.ts';
import { checkKey, compareKeys, foldersOf, keyConflict } from './keys.ts';
import type { PutOutcome, Store } from './store.ts';

const OBJECT_BYTES_MAX = 2 ** 32 - 1;

class DirectoryStore implements Store {
  readonly #files: Files;
  readonly #root: string;
  /** Folders that are known to be there, durably. */
  readonly #ready = new Set<string>();

  constructor(files: Files, root: string) {
    this.#files = files;
    this.#root = root;
  }

  #path(key: string): string {
    return join(this.#root, ...checkKey(key));
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<PutOutcome> {
    const path = this.#path(key);
    return guarded(path, 'storing an object', async () => {
      await this.#ensureFolders(key);
      const outcome = await putFile(this.#files, path, bytes, this.#root);
      if (outcome === 'exists' && (await this.#files.describe(path))?.kind === 'directory') throw keyConflict(key, `${key}/`);
      return { kind: outcome };
    });
  }

  async #ensureFolders(key: string): Promise<void> {
    for (const folder of foldersOf(key)) {
      if (this.#ready.has(folder)) continue;
      const path = join(this.#root, folder);
      await this.#files.makeDirectory(path).catch(async (error: unknown) => {
        if (systemCode(error) !== 'EEXIST') throw error;
        if ((await this.#files.describe(path))?.kind !== 'directory') throw keyConflict(key, folder);
      });
      // Also when it was there: another process may have made it a moment ago.
      await this.#files.syncDirectory(dirname(path));
      this.#ready.add(folder);
    }
  }

  async get(key: string): Promise<Uint8Array | null> {
    const path = this.#path(key);
    return guarded(path, 'reading an object', async () => {
      try {
        if ((await this.#files.describe(path))?.kind !== 'file') return null;
        return await readWhole(this.#files, path, OBJECT_BYTES_MAX);
      } catch (error) {
        if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
        throw error;
      }
    });
  }

  list(prefix: string): Promise<readonly string[]> {
    return guarded(this.#root, 'listing objects', async () => {
      const keys: string[] = [];
      await this.#collect('', prefix, keys);
      return keys.sort(compareKeys);
    });
  }

  /** `folder` is '' or ends with a slash; folders that cannot hold a key with the prefix are not entered. */
  async #collect(folder: string, prefix: string, keys: string[]): Promise<void> {
    for (const { name, kind: told } of await this.#files.entries(join(this.#root, folder))) {
      if (name.startsWith('.')) continue;
      const key = folder + name;
      const kind = told ?? (await this.#files.describe(join(this.#root, key)))?.kind;
      if (kind === 'file' && key.startsWith(prefix)) keys.push(key);
      const inside = `${key}/`;
      if (kind === 'directory' && (inside.startsWith(prefix) || prefix.startsWith(inside))) await this.#collect(inside, prefix, keys);
    }
  }

  async remove(key: string): Promise<void> {
    const path = this.#path(key);
    return guarded(path, 'removing an object', async () => {
      try {
        if ((await this.#files.describe(path))?.kind !== 'file') return;
        await removeIfThere(this.#files, path);
        await this.#files.syncDirectory(dirname(path));
      } catch (error) {
        if (systemCode(error) !== 'ENOTDIR') throw error;
      }
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Opens the store in a directory, which is made if it is not there. What writers that died left is removed. Throws StorageError. */
export async function openDirectoryStore(files: Files, root: string): Promise<Store> {
  await guarded(root, 'opening the store', async () => {
    await ensureDirectory(files, root);
    await syncPath(files, root);
    await removeTemporaries(files, root);
  });
  return new DirectoryStore(files, root);
}
