// The store in memory: for tests, and for clusters whose coordinator need not survive. Objects live as long as the MemoryObjects.
import { checkKey, compareKeys, foldersOf, keyConflict } from './keys.ts';
import type { Store } from './store.ts';

/** What several stores over the same memory share, as several processes share a directory. */
export interface MemoryObjects {
  readonly objects: Map<string, Uint8Array>;
  /** Every folder that ever held an object. */
  readonly folders: Set<string>;
}

export function memoryObjects(): MemoryObjects {
  return { objects: new Map(), folders: new Set() };
}

export function openMemoryStore(memory: MemoryObjects = memoryObjects()): Store {
  const { objects, folders } = memory;
  const put: Store['putIfAbsent'] = (key, bytes) => {
    checkKey(key);
    const above = foldersOf(key);
    const file = above.find((folder) => objects.has(folder));
    if (file !== undefined) throw keyConflict(key, file);
    if (folders.has(key)) throw keyConflict(key, `${key}/`);
    for (const folder of above) folders.add(folder);
    if (objects.has(key)) return Promise.resolve({ kind: 'exists' });
    objects.set(key, bytes.slice());
    return Promise.resolve({ kind: 'created' });
  };
  return {
    // Rejects where the others reject, and does not throw before it returns.
    putIfAbsent: async (key, bytes) => put(key, bytes),
    get: async (key) => {
      checkKey(key);
      return Promise.resolve(objects.get(key)?.slice() ?? null);
    },
    list: async (prefix) => Promise.resolve([...objects.keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys)),
    remove: async (key) => {
      checkKey(key);
      objects.delete(key);
      return Promise.resolve();
    },
    close: async () => Promise.resolve(),
  };
}
