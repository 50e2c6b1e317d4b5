// A directory of packed data sets, each a file whose name is its digest. A name appears by link(2) when all of its bytes are durable and are
// the ones that the name says, so that a reader sees a whole data set or none. Several processes may use one directory; nothing is locked.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ensureDirectory, linkNew, readWhole, removeIfThere, removeTemporaries, temporaryName } from '../store/durable.ts';
import { guarded } from '../store/errors.ts';
import { systemCode, type OpenFile } from '../store/files.ts';
import type { DatasetDisk } from './disk.ts';
import { HEAD_BYTES_MAX, parseHead, type PackHead } from './head.ts';
import type { CommitOutcome, DatasetKeep, Draft, KeptDataset } from './keep.ts';
import { DATASET_LIMITS } from './limits.ts';
import { digestOfFileName, fileNameOf } from './names.ts';

export class DatasetShelf implements DatasetKeep {
  readonly directory: string;
  readonly disk: DatasetDisk;

  /** Makes the directory. Throws StorageError. */
  static async open(directory: string, disk: DatasetDisk): Promise<DatasetShelf> {
    await guarded(directory, 'making a directory of data sets', () => ensureDirectory(disk.files, directory));
    return new DatasetShelf(directory, disk);
  }

  /** Of a directory that may be absent. */
  constructor(directory: string, disk: DatasetDisk) {
    this.directory = directory;
    this.disk = disk;
  }

  get name(): string { return this.directory; }

  path(digest: string): string {
    return join(this.directory, fileNameOf(digest));
  }

  /** Null if it is not here. */
  async bytesOf(digest: string): Promise<number | null> {
    const facts = await this.disk.files.describe(this.path(digest)).catch(nullIfAbsent);
    return facts?.kind === 'file' ? facts.bytes : null;
  }

  /** In order of their digests. */
  list(): Promise<readonly KeptDataset[]> {
    return guarded(this.directory, 'listing data sets', async () => {
      const found: KeptDataset[] = [];
      for (const name of await this.disk.files.list(this.directory)) {
        const digest = digestOfFileName(name);
        const bytes = digest === null ? null : await this.bytesOf(digest);
        if (digest !== null && bytes !== null) found.push({ digest, bytes });
      }
      return found;
    });
  }

  /** What a data set says that it is; null if it is not here, or is not one. */
  async head(digest: string): Promise<PackHead | null> {
    const bytes = await this.piece(digest, 0, HEAD_BYTES_MAX);
    const parsed = bytes === null ? null : parseHead(bytes);
    return parsed?.kind === 'head' ? parsed.head : null;
  }

  /** Bytes from a place on, fewer at the end; null if it is not here. Not verified: whoever has all of them does that. */
  piece(digest: string, offset: number, bytes: number): Promise<Uint8Array | null> {
    return guarded(this.path(digest), 'reading a data set', async () => {
      const file = await this.disk.files.open(this.path(digest)).catch(nullIfAbsent);
      if (file === null) return null;
      try {
        const into = new Uint8Array(bytes);
        const read = await file.read(into, offset);
        return into.subarray(0, read);
      } finally {
        await file.close();
      }
    });
  }

  /** All of it, verified; `damaged` if it is not what its name says. */
  read(digest: string): Promise<Uint8Array | 'absent' | 'damaged'> {
    return guarded(this.path(digest), 'reading a data set', async () => {
      const size = await this.bytesOf(digest);
      if (size === null) return 'absent';
      if (size > DATASET_LIMITS.packBytesMax) return 'damaged';
      const hash = createHash('sha256');
      const bytes = await readWhole(this.disk.files, this.path(digest), DATASET_LIMITS.packBytesMax, (piece) => { hash.update(piece); }).catch(nullIfAbsent);
      if (bytes === null) return 'absent';
      return `sha256:${hash.digest('hex')}` === digest ? bytes : 'damaged';
    });
  }

  freeBytes(): Promise<number | null> {
    return this.disk.freeBytes(this.directory);
  }

  tidy(): Promise<void> {
    return guarded(this.directory, 'opening the data sets', () => removeTemporaries(this.disk.files, this.directory));
  }

  remove(digest: string): Promise<void> {
    return guarded(this.path(digest), 'removing a data set', () => removeIfThere(this.disk.files, this.path(digest)));
  }

  /** A new draft in a file of its own; `path` leads to a name that nothing else has. Rejects with the system's error. */
  async draft(digest: string, path = temporaryName(this.directory)): Promise<Draft> {
    return new FileDraft(this, { digest, path, file: await this.disk.files.create(path) });
  }
}

interface DraftParts { readonly digest: string; readonly path: string; readonly file: OpenFile }

class FileDraft implements Draft {
  readonly #shelf: DatasetShelf;
  readonly #parts: DraftParts;
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;
  #isOpen = true;

  constructor(shelf: DatasetShelf, parts: DraftParts) {
    this.#shelf = shelf;
    this.#parts = parts;
  }

  get sizeBytes(): number { return this.#sizeBytes; }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      await this.#parts.file.write(bytes);
    } catch (error) {
      await this.discard();
      throw error;
    }
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.length;
  }

  async commit(): Promise<CommitOutcome> {
    const { digest, path, file } = this.#parts;
    const { directory, disk: { files } } = this.#shelf;
    try {
      if (`sha256:${this.#hash.digest('hex')}` !== digest) return 'mismatch';
      await file.sync();
      const outcome = await linkNew(files, path, this.#shelf.path(digest));
      await files.syncDirectory(directory);
      return outcome;
    } finally {
      await this.discard();
    }
  }

  async discard(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#parts.file.close().catch(() => undefined);
    // As far as that is possible: whoever opens the directory next removes what is left.
    await removeIfThere(this.#shelf.disk.files, this.#parts.path).catch(() => undefined);
  }
}

function nullIfAbsent(error: unknown): null {
  if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
  throw error;
}
