// A worker's data sets on its own disk, fetched once and verified at every load. Bounded in bytes: the one that was used least recently goes
// first, and never one that a living process uses. Several workers may share a directory.
//
// K1. What is given out is what its digest says: a damaged file is removed and fetched anew.
// K2. A name stands for a whole data set. A fetch that fails, or a disk that fills up, leaves nothing.
// K3. No lock is held: of two workers that fetch the same, both succeed and one file stays. Between two that make room at the same instant the
//     bound may be exceeded by what they fetch; the next fetch comes back below it.
import type { SourceData } from '../data/data.ts';
import { DataError } from '../data/errors.ts';
import type { Processes } from '../lease/processes.ts';
import { asStorageError } from '../store/errors.ts';
import { isNoSpace, type DatasetDisk } from './disk.ts';
import type { FetchDataset, RemoteDataset } from './client.ts';
import { DATASET_LIMITS } from './limits.ts';
import { unpackDataset } from './pack.ts';
import type { DataReader } from './reader.ts';
import { DatasetShelf } from './shelf.ts';
import { fileUses, type Uses } from './uses.ts';

export interface DatasetCacheOptions {
  /** Made if it is not there. */
  readonly directory: string;
  /** For all data sets in it together. */
  readonly bytesMax: number;
  readonly disk: DatasetDisk;
  /** Unpacks, in this thread if it is not given. */
  readonly reader?: Pick<DataReader, 'unpack'>;
  readonly processes: Processes;
  /** Milliseconds since 1970. */
  readonly dateMs: () => number;
}

/** There is no room. `limit`: what is too small, the cache's bound or its disk. */
export interface NoSpace {
  readonly kind: 'no-space';
  readonly limit: 'cache' | 'disk';
  readonly directory: string;
  readonly neededBytes: number;
  /** At most, after everything that nobody uses has gone. */
  readonly freeBytes: number;
}

export type Cached =
  /** `release`: to be called when it is no longer needed on the disk; until then it is in use. */
  | { readonly kind: 'data'; readonly data: SourceData; readonly release: () => Promise<void> }
  | NoSpace
  | { readonly kind: 'unknown-digest' }
  /** What was given is not what its digest says, or no data set. */
  | { readonly kind: 'damaged'; readonly reason: string };

export class DatasetCache {
  readonly #shelf: DatasetShelf;
  readonly #options: DatasetCacheOptions;
  readonly #uses: Uses;
  /** Loads of this process, one after the other: the second of the same data set finds it. */
  #last: Promise<unknown> = Promise.resolve();

  /** Throws StorageError. */
  static async open(options: DatasetCacheOptions): Promise<DatasetCache> {
    return new DatasetCache(await DatasetShelf.open(options.directory, options.disk), options);
  }

  private constructor(shelf: DatasetShelf, options: DatasetCacheOptions) {
    this.#shelf = shelf;
    this.#options = options;
    this.#uses = fileUses(options.directory, options.disk, options.processes);
  }

  /** From the directory, or through `fetch` into it. Rejects with what `fetch` throws, and with StorageError. */
  get(digest: string, fetch: FetchDataset): Promise<Cached> {
    const turn = this.#last.then(() => this.#get(digest, fetch));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #get(digest: string, fetch: FetchDataset): Promise<Cached> {
    await this.#uses.mark(digest);
    let isKept = false;
    try {
      const found = await this.#load(digest, fetch);
      if (!(found instanceof Uint8Array)) return found;
      const data = await this.#unpack(found, digest);
      isKept = true;
      return { kind: 'data', data, release: this.#releaseOnce(digest) };
    } catch (error) {
      if (error instanceof DataError) return { kind: 'damaged', reason: error.message };
      throw error;
    } finally {
      if (!isKept) await this.#uses.unmark(digest);
    }
  }

  #unpack(bytes: Uint8Array, digest: string): SourceData | Promise<SourceData> {
    return this.#options.reader?.unpack(bytes, digest) ?? unpackDataset(bytes, digest);
  }

  async #load(digest: string, fetch: FetchDataset): Promise<Uint8Array | Exclude<Cached, { readonly kind: 'data' }>> {
    const stored = await this.#read(digest);
    if (stored !== null) return stored;
    const remote = await fetch(digest);
    if (remote === null) return { kind: 'unknown-digest' };
    const { bytes } = remote;
    if (bytes < 1 || bytes > DATASET_LIMITS.packBytesMax) return { kind: 'damaged', reason: `the data set ${digest} is said to have ${bytes} bytes; at most ${DATASET_LIMITS.packBytesMax} are read` };
    const shortage = await this.#makeRoom(bytes) ?? await this.#store(digest, remote);
    if (shortage !== null) return shortage;
    return await this.#read(digest) ?? { kind: 'damaged', reason: `the data set ${digest} was written to ${this.#shelf.directory} and could not be read back as it was: check the disk` };
  }

  /** Null if it is not there, or was damaged and is gone. */
  async #read(digest: string): Promise<Uint8Array | null> {
    const found = await this.#shelf.read(digest);
    if (found === 'damaged') await this.#shelf.remove(digest);
    if (found === 'absent' || found === 'damaged') return null;
    await this.#options.disk.markUsed(this.#shelf.path(digest));
    return found;
  }

  async #store(digest: string, remote: RemoteDataset): Promise<Exclude<Cached, { readonly kind: 'data' }> | null> {
    const { directory } = this.#shelf;
    try {
      const draft = await this.#shelf.draft(digest, this.#uses.draftPath(digest));
      try {
        for await (const piece of remote.pieces()) {
          if (draft.sizeBytes + piece.length > remote.bytes) return { kind: 'damaged', reason: `the data set ${digest} has more bytes than the ${remote.bytes} that were announced` };
          await draft.append(piece);
        }
        if (await draft.commit() !== 'mismatch') return null;
        return { kind: 'damaged', reason: `the ${draft.sizeBytes} bytes that came from the coordinator are not the content of ${digest}: push the data set again` };
      } finally {
        await draft.discard();
      }
    } catch (error) {
      if (!isNoSpace(error)) throw asStorageError(error, directory, 'storing a data set');
      const freeBytes = Math.min(remote.bytes - 1, await this.#options.disk.freeBytes(directory) ?? 0);
      return { kind: 'no-space', limit: 'disk', directory, neededBytes: remote.bytes, freeBytes };
    }
  }

  /** Null if there is room, perhaps after removing what nobody uses; nothing is removed in vain. */
  async #makeRoom(neededBytes: number): Promise<NoSpace | null> {
    const { directory, disk } = this.#shelf;
    const { bytesMax, dateMs } = this.#options;
    const { digests, draftBytes } = await this.#uses.inUse(dateMs());
    const entries = await this.#shelf.list();
    const idle = (await Promise.all(entries.filter(({ digest }) => !digests.has(digest)).map(async (entry) => ({ ...entry, usedAtMs: await disk.usedAtMs(this.#shelf.path(entry.digest)) ?? 0 }))))
      .sort((a, b) => a.usedAtMs - b.usedAtMs);
    const idleBytes = sumOf(idle);
    let cacheFree = bytesMax - draftBytes - sumOf(entries);
    let diskFree = (await disk.freeBytes(directory) ?? Infinity) - DATASET_LIMITS.diskReserveBytes;
    for (const [limit, free] of [['cache', cacheFree], ['disk', diskFree]] as const) {
      if (free + idleBytes < neededBytes) return { kind: 'no-space', limit, directory, neededBytes, freeBytes: Math.max(0, free + idleBytes) };
    }
    for (const { digest, bytes } of idle) {
      if (Math.min(cacheFree, diskFree) >= neededBytes) break;
      await this.#shelf.remove(digest);
      cacheFree += bytes;
      diskFree += bytes;
    }
    return null;
  }

  #releaseOnce(digest: string): () => Promise<void> {
    let isReleased = false;
    return async () => {
      if (isReleased) return;
      isReleased = true;
      await this.#uses.unmark(digest);
    };
  }
}

function sumOf(entries: readonly { readonly bytes: number }[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}
