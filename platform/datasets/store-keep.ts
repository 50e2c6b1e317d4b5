// Data sets in a store of immutable objects, so that every coordinator of the store has them. A data set is an index, which names its parts
// and is written when all of them are durable and are what the digest says:
//
//     datasets/index/DIGITS         one line of JSON: format version, bytes, bytes of a part, id of the parts, and the head of the data set
//     datasets/parts/ID/NUMBER      bytes; ID is drawn for each arrival
//
// D1. Nobody reads parts that no index names, and whoever finds an index taken removes its own parts.
// D2. What the index of a digest names is verified whole by whoever reads it: of a damaged one nothing is given out.
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { StorageError } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import type { RemoteDataset } from './client.ts';
import { HEAD_BYTES_MAX, parseHead, type PackHead } from './head.ts';
import type { CommitOutcome, DatasetKeep, Draft, KeptDataset } from './keep.ts';
import { DATASET_LIMITS } from './limits.ts';
import { digitsOf } from './names.ts';

const INDEX = 'datasets/index/';
const PARTS = 'datasets/parts/';
export const INDEX_FORMAT_VERSION = 1;
const MIB = 1_048_576;

export const STORE_KEEP_LIMITS = {
  /** One is held in memory for each data set that arrives. */
  partBytes: 4 * MIB,
  /** Kept in memory for those who fetch. */
  recentParts: 8,
} as const;

const index = z.object({
  v: z.literal(INDEX_FORMAT_VERSION), bytes: z.number().int().min(1).max(DATASET_LIMITS.packBytesMax), partBytes: z.number().int().min(1).max(DATASET_LIMITS.packBytesMax),
  parts: z.string().regex(/^[0-9a-f]{16}$/), head: z.string().max(4 * HEAD_BYTES_MAX),
});
type Index = z.infer<typeof index>;

const indexKey = (digest: string): string => INDEX + digitsOf(digest);
const partKey = (parts: string, number: number): string => `${PARTS}${parts}/${String(number).padStart(6, '0')}`;
const countOf = ({ bytes, partBytes }: Index): number => Math.ceil(bytes / partBytes);

export class StoreKeep implements DatasetKeep {
  readonly name: string;
  readonly #store: Store;
  readonly #partBytes: number;
  /** By key, the one that was used last at the end. */
  readonly #recent = new Map<string, Uint8Array>();
  /** Ids of parts that are arriving here. */
  readonly #arriving = new Set<string>();

  constructor(store: Store, name: string, partBytes: number = STORE_KEEP_LIMITS.partBytes) {
    this.#store = store;
    this.name = name;
    this.#partBytes = partBytes;
  }

  async bytesOf(digest: string): Promise<number | null> {
    return (await this.#index(digest))?.bytes ?? null;
  }

  async list(): Promise<readonly KeptDataset[]> {
    const found: KeptDataset[] = [];
    for (const digits of (await this.#store.list(INDEX)).map((key) => key.slice(INDEX.length))) {
      if (!/^[0-9a-f]{64}$/.test(digits)) continue;
      const digest = `sha256:${digits}`;
      const bytes = await this.bytesOf(digest);
      if (bytes !== null) found.push({ digest, bytes });
    }
    return found;
  }

  async head(digest: string): Promise<PackHead | null> {
    const found = await this.#index(digest);
    const parsed = found === null ? null : parseHead(Buffer.from(found.head, 'base64'));
    return parsed?.kind === 'head' ? parsed.head : null;
  }

  async piece(digest: string, offset: number, bytes: number): Promise<Uint8Array | null> {
    const found = await this.#index(digest);
    if (found === null || offset >= found.bytes) return null;
    const pieces: Uint8Array[] = [];
    for (let at = offset; at < Math.min(offset + bytes, found.bytes);) {
      const from = at % found.partBytes;
      const part = await this.#part(found, Math.floor(at / found.partBytes));
      const piece = part?.subarray(from, Math.min(part.length, from + offset + bytes - at)) ?? new Uint8Array(0);
      if (piece.length === 0) return null;
      pieces.push(piece);
      at += piece.length;
    }
    return Buffer.concat(pieces);
  }

  async read(digest: string): Promise<Uint8Array | 'absent' | 'damaged'> {
    const found = await this.#index(digest);
    if (found === null) return await this.#store.get(indexKey(digest)).then((bytes) => bytes === null ? 'absent' : 'damaged', damagedOf);
    const bytes = new Uint8Array(found.bytes);
    const hash = createHash('sha256');
    for (let number = 0, at = 0; number < countOf(found); number += 1) {
      const part = await this.#stored(partKey(found.parts, number));
      if (part === null || part.length !== Math.min(found.partBytes, found.bytes - at)) return 'damaged';
      bytes.set(part, at);
      hash.update(part);
      at += part.length;
    }
    return `sha256:${hash.digest('hex')}` === digest ? bytes : 'damaged';
  }

  /** For a cache that verifies; null if it is not here. */
  async remote(digest: string): Promise<RemoteDataset | null> {
    const found = await this.#index(digest);
    if (found === null) return null;
    const stored = (number: number): Promise<Uint8Array | null> => this.#stored(partKey(found.parts, number));
    return {
      bytes: found.bytes,
      async *pieces() {
        for (let number = 0; number < countOf(found); number += 1) yield await stored(number) ?? new Uint8Array(0);
      },
    };
  }

  async remove(digest: string): Promise<void> {
    const found = await this.#index(digest);
    await this.#store.remove(indexKey(digest));
    if (found !== null) await this.#removeParts(found.parts);
  }

  draft(digest: string): Promise<Draft> {
    const id = randomBytes(8).toString('hex');
    this.#arriving.add(id);
    return Promise.resolve(new StoreDraft({ store: this.#store, digest, id, partBytes: this.#partBytes, removeParts: () => this.#removeParts(id) }));
  }

  /** A store does not tell. */
  freeBytes(): Promise<null> { return Promise.resolve(null); }

  /** Parts that no index names. One who was deposed and still writes finds them gone when its index is written, and takes that back. */
  async tidy(): Promise<void> {
    const parts = await this.#store.list(PARTS);
    if (parts.length === 0) return;
    const named = new Set(this.#arriving);
    for (const { digest } of await this.list()) named.add((await this.#index(digest))?.parts ?? '');
    for (const key of parts) if (!named.has(key.slice(PARTS.length).split('/')[0]!)) await this.#store.remove(key);
  }

  async #removeParts(id: string): Promise<void> {
    for (const key of await this.#store.list(`${PARTS}${id}/`)) {
      this.#recent.delete(key);
      await this.#store.remove(key);
    }
    this.#arriving.delete(id);
  }

  async #index(digest: string): Promise<Index | null> {
    const bytes = await this.#stored(indexKey(digest));
    if (bytes === null) return null;
    try {
      return index.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      return null; // not one of this program: read() says `damaged`
    }
  }

  async #part(found: Index, number: number): Promise<Uint8Array | null> {
    const key = partKey(found.parts, number);
    const part = this.#recent.get(key) ?? await this.#stored(key);
    if (part === null) return null;
    this.#recent.delete(key);
    this.#recent.set(key, part);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > STORE_KEEP_LIMITS.recentParts && oldest !== undefined) this.#recent.delete(oldest);
    return part;
  }

  /** Null for what is not there, or cannot be given out. */
  #stored(key: string): Promise<Uint8Array | null> {
    return this.#store.get(key).catch((error: unknown) => {
      damagedOf(error);
      return null;
    });
  }
}

/** Of what the store says is damaged; all else it failed at is thrown. */
function damagedOf(error: unknown): 'damaged' {
  if (error instanceof StorageError && error.code === 'damaged') return 'damaged';
  throw error;
}

interface DraftParts {
  readonly store: Store;
  readonly digest: string;
  readonly id: string;
  readonly partBytes: number;
  readonly removeParts: () => Promise<void>;
}

class StoreDraft implements Draft {
  readonly #parts: DraftParts;
  readonly #hash = createHash('sha256');
  #head: Uint8Array = new Uint8Array(0);
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #written = 0;
  #sizeBytes = 0;
  #isOver = false;

  constructor(parts: DraftParts) { this.#parts = parts; }

  get sizeBytes(): number { return this.#sizeBytes; }

  async append(bytes: Uint8Array): Promise<void> {
    const given = Uint8Array.from(bytes);
    this.#hash.update(given);
    if (this.#head.length < HEAD_BYTES_MAX) this.#head = Buffer.concat([this.#head, given]).subarray(0, HEAD_BYTES_MAX);
    this.#waiting.push(given);
    this.#waitingBytes += given.length;
    this.#sizeBytes += given.length;
    try {
      if (this.#waitingBytes >= this.#parts.partBytes) await this.#write();
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  /** Parts that are full; at the end, with what is left. */
  async #write(isEnd = false): Promise<void> {
    const { store, id, partBytes } = this.#parts;
    const bytes = Buffer.concat(this.#waiting);
    let at = 0;
    for (; bytes.length - at >= partBytes || (isEnd && at < bytes.length); at += partBytes) {
      await store.putIfAbsent(partKey(id, this.#written), bytes.subarray(at, at + partBytes));
      this.#written += 1;
    }
    this.#waiting = at >= bytes.length ? [] : [bytes.subarray(at)];
    this.#waitingBytes = Math.max(0, bytes.length - at);
  }

  async commit(): Promise<CommitOutcome> {
    const { store, digest, id, partBytes } = this.#parts;
    let isKept = false;
    try {
      if (`sha256:${this.#hash.digest('hex')}` !== digest) return 'mismatch';
      await this.#write(true);
      const text = JSON.stringify({ v: INDEX_FORMAT_VERSION, bytes: this.#sizeBytes, partBytes, parts: id, head: Buffer.from(this.#head).toString('base64') } satisfies Index);
      if ((await store.putIfAbsent(indexKey(digest), new TextEncoder().encode(text))).kind === 'exists') return 'exists';
      if ((await store.list(`${PARTS}${id}/`)).length !== this.#written) {
        await store.remove(indexKey(digest));
        throw new StorageError({ code: 'deposed', path: digest, what: 'parts of this data set were removed while it arrived: another coordinator leads by now', remedy: 'Push it again.' });
      }
      isKept = true;
      return 'created';
    } finally {
      if (isKept) this.#isOver = true;
      else await this.discard();
    }
  }

  async discard(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#parts.removeParts().catch(() => undefined); // whoever leads next removes what is left
  }
}
