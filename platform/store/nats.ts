// The store on NATS: immutable objects in one JetStream stream, created by the server's own compare-and-set on an empty subject.
//
// N1. An object is there when its head is: chunks are written before, and without their head they are garbage.
// N2. A head carries its writer's number: a write whose answer was lost asks again, and finds out whether it was itself that created the key.
// N3. What is removed loses its head first.
// N4. Content is what its SHA-256 says, or the object is damaged: a StorageError of that code.
// N5. Garbage is older than any write may take, by the server's clock alone, and no head names it.
//
// It is as durable as the server's `sync_interval`: always, or it must not hold the only copy of a run (docs/operations.md).
import { randomBytes } from 'node:crypto';
import type { NatsConnection } from 'nats';
import type { Clock } from '../clock/clock.ts';
import { StorageError } from './errors.ts';
import { checkKey, compareKeys, foldersOf, isKey, keyConflict } from './keys.ts';
import { NATS_STORE_LIMITS, type NatsStoreLimits } from './nats-limits.ts';
import { decodeHead, encodeHead, sha256Of, Subjects, type FoundHead, type Head } from './nats-object.ts';
import { Stream, type Stored, type Written } from './nats-stream.ts';
import { requireRecentServer, requireStream, requireSyncAlways } from './nats-suitable.ts';
import type { PutOutcome, Store } from './store.ts';

export interface NatsStoreOptions {
  /** Made and closed elsewhere (NatsTransport.connection). */
  readonly connection: NatsConnection;
  readonly clock: Clock;
  /** Name of the store on its server: letters, digits, `_` and `-`. Its stream is EBM_STORE_bucket. `ebm` unless told. */
  readonly bucket?: string;
  /** Servers that hold each object, for a new stream: 1, 3 or 5. 1 unless told. */
  readonly replicas?: number;
  /** The server's monitoring, for example `http://127.0.0.1:8222`: if given, a server without `sync_interval: always` is refused. */
  readonly monitoring?: string;
  readonly limits?: Partial<NatsStoreLimits>;
}

export interface NatsStore extends Store {
  /** Removes what writers that died left; the number of writes of which something was removed. */
  collectGarbage(): Promise<number>;
}

interface Chunked { readonly key: string; readonly writer: string }

class JetStreamStore implements NatsStore {
  readonly #stream: Stream;
  readonly #subjects: Subjects;
  readonly #options: NatsStoreOptions;
  readonly #limits: NatsStoreLimits;
  /** Folders that hold an object, or held one: no object can have their name. */
  readonly #folders = new Set<string>();

  constructor(stream: Stream, subjects: Subjects, options: NatsStoreOptions) {
    this.#stream = stream;
    this.#subjects = subjects;
    this.#options = options;
    this.#limits = { ...NATS_STORE_LIMITS, ...options.limits };
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<PutOutcome> {
    checkKey(key);
    // A copy: what is sent later must be what was given now; and shared memory cannot be sent.
    const content = Uint8Array.from(bytes);
    if (await this.#isTaken(key)) return { kind: 'exists' };
    const writer = randomBytes(8).toString('hex');
    const chunkBytes = this.#messageBytes() - this.#limits.headBytesMax;
    const chunks = content.byteLength <= chunkBytes ? 0 : Math.ceil(content.byteLength / chunkBytes);
    const head: Head = { writer, bytes: content.byteLength, sha256: sha256Of(content), chunks };
    const startMs = this.#options.clock.nowMs();
    await inWindow(chunks, this.#limits.windowChunks, (number) => this.#stream.writeNew(this.#subjects.chunk(key, writer, number), content.subarray(number * chunkBytes, (number + 1) * chunkBytes)));
    if (this.#options.clock.nowMs() - startMs > this.#limits.writingMs) {
      throw new StorageError({ code: 'unreachable', path: this.#path(key), what: `its ${content.byteLength} bytes could not be written in ${this.#limits.writingMs / 1000} s`, remedy: 'Check the network to nats-server.' });
    }
    const written = await this.#stream.writeNew(this.#subjects.head(key), encodeHead(head, chunks === 0 ? content : new Uint8Array(0)));
    const outcome = written === 'created' ? written : await this.#whose(key, writer);
    if (outcome === 'exists' && chunks > 0) await this.#stream.purge(this.#subjects.chunksOf(key, writer), Number.MAX_SAFE_INTEGER - 1);
    return { kind: outcome };
  }

  /** Whether the key is taken. Throws if it is a folder, or has an object for a folder. */
  async #isTaken(key: string): Promise<boolean> {
    const listed = async (filter: string): Promise<readonly string[]> => (await this.#stream.subjects(filter)).subjects;
    const above = foldersOf(key).filter((folder) => !this.#folders.has(folder));
    const [own, inside, ...folders] = await Promise.all([this.#subjects.head(key), this.#subjects.headsIn(key), ...above.map((folder) => this.#subjects.head(folder))].map(listed));
    const object = above.find((_, index) => folders[index]!.length > 0);
    if (object !== undefined) throw keyConflict(key, object);
    if (inside!.length > 0) throw keyConflict(key, `${key}/`);
    for (const folder of above) this.#folders.add(folder);
    return own!.length > 0;
  }

  /** After a refusal: the key may be taken by this very write, whose answer was lost (N2). */
  async #whose(key: string, writer: string): Promise<Written> {
    const stored = await this.#stream.last(this.#subjects.head(key));
    return stored !== null && decodeHead(stored.bytes, this.#path(key))?.head.writer === writer ? 'created' : 'exists';
  }

  #messageBytes(): number {
    return Math.min(this.#options.connection.info?.max_payload ?? Infinity, this.#limits.messageBytesMax) - this.#limits.headBytesMax;
  }

  async get(key: string): Promise<Uint8Array | null> {
    checkKey(key);
    let stored = await this.#stream.last(this.#subjects.head(key));
    for (let attempt = 0; attempt < this.#limits.readAttemptsMax && stored !== null; attempt += 1) {
      const found = decodeHead(stored.bytes, this.#path(key));
      if (found === null) throw this.#damaged(key, 'its head cannot be read');
      const content = await this.#content(key, found);
      if (content !== null) return this.#checked(key, found.head, content);
      // A chunk is missing: removed in the meantime, and perhaps put again, or else damaged.
      const again: Stored | null = await this.#stream.last(this.#subjects.head(key));
      if (again?.sequence === stored.sequence) throw this.#damaged(key, 'a part of it is missing');
      stored = again;
    }
    if (stored !== null) throw this.#damaged(key, `it changed ${this.#limits.readAttemptsMax} times while it was read`);
    return null;
  }

  async #content(key: string, { head, content }: FoundHead): Promise<Uint8Array | null> {
    if (head.chunks === 0) return content;
    const chunks: Uint8Array[] = [];
    let isMissing = false;
    await inWindow(head.chunks, this.#limits.windowChunks, async (number) => {
      const chunk = isMissing ? null : await this.#stream.last(this.#subjects.chunk(key, head.writer, number));
      if (chunk === null) isMissing = true;
      else chunks[number] = chunk.bytes;
    });
    return isMissing ? null : Buffer.concat(chunks);
  }

  #checked(key: string, head: Head, content: Uint8Array): Uint8Array {
    if (content.byteLength !== head.bytes) throw this.#damaged(key, `it has ${content.byteLength} bytes, its head says ${head.bytes}`);
    if (sha256Of(content) !== head.sha256) throw this.#damaged(key, 'it was changed: its SHA-256 is not the one in its head');
    return Uint8Array.from(content);
  }

  async list(prefix: string): Promise<readonly string[]> {
    const folder = prefix.slice(0, Math.max(0, prefix.lastIndexOf('/')));
    // What no key can start with has no subject that could be asked for.
    if (folder !== '' && !isKey(folder)) return [];
    const { subjects } = await this.#stream.subjects(this.#subjects.headsIn(folder));
    return subjects.map((subject) => this.#subjects.keyOfHead(subject)).filter((key) => key.startsWith(prefix)).sort(compareKeys);
  }

  async remove(key: string): Promise<void> {
    checkKey(key);
    const stored = await this.#stream.last(this.#subjects.head(key));
    if (stored === null) return;
    const head = decodeHead(stored.bytes, this.#path(key))?.head;
    await this.#stream.purge(this.#subjects.head(key), stored.sequence);
    if (head !== undefined && head.chunks > 0) await this.#stream.purge(this.#subjects.chunksOf(key, head.writer), stored.sequence);
  }

  async collectGarbage(): Promise<number> {
    const { subjects, serverMs } = await this.#stream.subjects(this.#subjects.everyChunk);
    const writes = new Map<string, { readonly of: Chunked; readonly subject: string }>();
    for (const subject of subjects) {
      const of = this.#subjects.ofChunk(subject);
      if (of !== null) writes.set(`${of.writer} ${of.key}`, { of, subject });
    }
    let removed = 0;
    for (const { of: { key, writer }, subject } of writes.values()) if (await this.#removeGarbage(key, { writer, subject, serverMs })) removed += 1;
    return removed;
  }

  async #removeGarbage(key: string, write: { readonly writer: string; readonly subject: string; readonly serverMs: number }): Promise<boolean> {
    const stored = await this.#stream.last(this.#subjects.head(key));
    if (stored !== null && decodeHead(stored.bytes, this.#path(key))?.head.writer === write.writer) return false;
    const chunk = await this.#stream.last(write.subject);
    // A server that does not tell its time has no garbage.
    if (chunk === null || !(write.serverMs - chunk.timeMs > this.#limits.garbageAgeMs)) return false;
    await this.#stream.purge(this.#subjects.chunksOf(key, write.writer), Number.MAX_SAFE_INTEGER - 1);
    return true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #path(key: string): string {
    return `nats store ${this.#options.bucket ?? 'ebm'}: ${key}`;
  }

  #damaged(key: string, what: string): StorageError {
    return new StorageError({ code: 'damaged', path: this.#path(key), what, remedy: 'Put the store back from a backup (nats stream restore), or go on without this object.' });
  }
}

/** Runs tasks 0 to count - 1, at most `window` at once. After a failure no more are started; it rejects when all that run have ended. */
async function inWindow(count: number, window: number, task: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  let hasFailed = false;
  const lane = async (): Promise<void> => {
    while (next < count && !hasFailed) {
      const number = next;
      next += 1;
      await task(number).catch((error: unknown) => { hasFailed = true; throw error; });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(window, count) }, lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Opens the store, which is made if it is not there. What writers that died left is removed. Throws StorageError. */
export async function openNatsStore(options: NatsStoreOptions): Promise<NatsStore> {
  const { connection, clock, bucket = 'ebm', replicas = 1, monitoring } = options;
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(bucket)) {
    throw new StorageError({ code: 'unsuitable', path: `nats store ${bucket}`, what: 'this is no name of a store', remedy: 'Use 1 to 64 letters, digits, _ and -.' });
  }
  const limits = { ...NATS_STORE_LIMITS, ...options.limits };
  const name = `EBM_STORE_${bucket}`;
  requireRecentServer(connection, name);
  if (monitoring !== undefined) await requireSyncAlways(monitoring, name, limits);
  const subjects = new Subjects(bucket);
  const stream = await Stream.open({ connection, clock, stream: name, limits });
  await requireStream(stream, { name, subjects: [subjects.all], num_replicas: replicas }, limits.openPatienceMs);
  const store = new JetStreamStore(stream, subjects, options);
  await store.collectGarbage();
  return store;
}
