// How an object of the store stands in a stream; pure. Its head is one message on the key's own subject; content that does not fit beside
// the head stands in chunks, on subjects that belong to one write of one writer.
//
//   ebm.store.BUCKET.o.KEY                    head: one line of JSON, a line feed, and the content if there are no chunks
//   ebm.store.BUCKET.c.NUMBER.WRITER.KEY      chunk, from 0
//
// A key's parts are the subject's words; a dot within a part is written as `=`, which no key has.
import { createHash } from 'node:crypto';
import { StorageError } from './errors.ts';
import { NATS_STORE_LIMITS } from './nats-limits.ts';

export const OBJECT_FORMAT_VERSION = 1;

export interface Head {
  /** 16 hexadecimal digits, drawn for each write: whoever finds them under the key knows whose write it was. */
  readonly writer: string;
  readonly bytes: number;
  readonly sha256: string;
  /** 0: the content stands in the head. */
  readonly chunks: number;
}

export interface FoundHead { readonly head: Head; readonly content: Uint8Array }

const LINE_FEED = 10;

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function encodeHead({ writer, bytes, sha256, chunks }: Head, content: Uint8Array): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify({ v: OBJECT_FORMAT_VERSION, writer, bytes, sha256, chunks })}\n`);
  const message = new Uint8Array(line.byteLength + content.byteLength);
  message.set(line);
  message.set(content, line.byteLength);
  return message;
}

const isCount = (value: unknown, max: number): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max;

/** Null if the message is no head. Throws StorageError `newer-format` for one of a newer program. `path`: for people. */
export function decodeHead(message: Uint8Array, path: string): FoundHead | null {
  const end = message.subarray(0, NATS_STORE_LIMITS.headBytesMax).indexOf(LINE_FEED);
  if (end < 0) return null;
  let value: Readonly<Record<string, unknown>> | null;
  try {
    value = JSON.parse(new TextDecoder().decode(message.subarray(0, end))) as typeof value;
  } catch {
    return null;
  }
  const version = value?.['v'];
  if (typeof version === 'number' && version > OBJECT_FORMAT_VERSION) {
    throw new StorageError({ code: 'newer-format', path, what: `it has format version ${version}, this program reads up to ${OBJECT_FORMAT_VERSION}`, remedy: 'Use a newer ebm-fleet.' });
  }
  if (typeof value !== 'object' || value === null || version !== OBJECT_FORMAT_VERSION) return null;
  const { writer, bytes, sha256, chunks } = value;
  if (typeof writer !== 'string' || !/^[0-9a-f]{16}$/.test(writer) || typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return null;
  if (!isCount(bytes, NATS_STORE_LIMITS.objectBytesMax) || !isCount(chunks, NATS_STORE_LIMITS.chunksMax)) return null;
  return { head: { writer, bytes, sha256, chunks }, content: message.subarray(end + 1) };
}

/** The subjects of a bucket. */
export class Subjects {
  readonly #root: string;

  constructor(bucket: string) {
    this.#root = `ebm.store.${bucket}`;
  }

  get all(): string { return `${this.#root}.>`; }
  get everyChunk(): string { return `${this.#root}.c.>`; }

  head(key: string): string { return `${this.#root}.o.${wordsOf(key)}`; }
  chunk(key: string, writer: string, number: number): string { return `${this.#root}.c.${number}.${writer}.${wordsOf(key)}`; }
  /** Every chunk of one write. */
  chunksOf(key: string, writer: string): string { return `${this.#root}.c.*.${writer}.${wordsOf(key)}`; }
  /** Heads of all keys in a folder; '' is the whole bucket. */
  headsIn(folder: string): string { return folder === '' ? `${this.#root}.o.>` : `${this.head(folder)}.>`; }

  keyOfHead(subject: string): string { return keyOf(subject.slice(`${this.#root}.o.`.length)); }

  /** Null for a subject that is no chunk's. */
  ofChunk(subject: string): { readonly key: string; readonly writer: string; readonly number: number } | null {
    const [number, writer, ...words] = subject.slice(`${this.#root}.c.`.length).split('.');
    if (number === undefined || writer === undefined || words.length === 0 || !/^[0-9]+$/.test(number)) return null;
    return { key: keyOf(words.join('.')), writer, number: Number(number) };
  }
}

function wordsOf(key: string): string {
  return key.replaceAll('.', '=').replaceAll('/', '.');
}

function keyOf(words: string): string {
  return words.replaceAll('.', '/').replaceAll('=', '.');
}
