// What is said about data sets on the wire. Questions and short answers are JSON; a piece of a data set is bytes with a head of its own, whose
// first byte, the format version, is none that JSON begins with. Reading never throws, and what it lets through is within its bounds.
//
//     chunk:  0 format version u8   1 three zero bytes   4 digest, 32 bytes   36 total u32   40 offset u32   44 CRC-32 of the content u32
//             48 content            (big-endian)
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { shapeOf, type Reading, type Shape } from '../cluster/messages.ts';
import { DATASET_LIMITS } from './limits.ts';
import { digestBytes, digestFromBytes } from './names.ts';

/** A newer one is refused by name. */
export const DATASETS_FORMAT_VERSION = 1;

export const DATASET_SUBJECTS = {
  /** Submitters: is it there, and if not, from where on is it wanted? */
  offer: 'ebm.jobs.data.offer',
  /** Submitters: a piece of what was offered. */
  chunk: 'ebm.jobs.data.chunk',
  list: 'ebm.jobs.data.list',
  remove: 'ebm.jobs.data.remove',
  /** Submitters: give me a piece. */
  read: 'ebm.jobs.data.read',
  /** Workers: give me a piece. */
  get: 'ebm.data.get',
} as const;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 hexadecimal digits');
const whole = z.number().int().min(0);
const size = whole.max(DATASET_LIMITS.packBytesMax);
const text = z.string().max(DATASET_LIMITS.questionBytesMax);

const refused = z.strictObject({ kind: z.literal('refused'), code: text, message: text });

export type Refused = z.infer<typeof refused>;

/** The message is cut to what a message may hold. */
export function refusal(code: string, message: string): Refused {
  return { kind: 'refused', code, message: message.slice(0, DATASET_LIMITS.questionBytesMax) };
}

const offer = z.strictObject({ v: whole, digest, bytes: size.min(1) });
export type Offer = z.infer<typeof offer>;

/** To an offer and to a chunk. `send`: from this offset on; `have`: all of it is there, durably and verified. */
const receipt = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('have') }),
  z.strictObject({ kind: z.literal('send'), from: size }),
  z.strictObject({ kind: z.literal('no-space'), freeBytes: whole, neededBytes: whole }),
  refused,
]);
export type Receipt = z.infer<typeof receipt>;

/** `after`: the last digest of the page before, or null. */
const listQuestion = z.strictObject({ v: whole, after: digest.nullable() });

const part = z.strictObject({ rows: whole, encoding: z.enum(['bits', 'bytes', 'float32']), labels: z.boolean() });
const datasetRow = z.strictObject({
  digest, bytes: size, columns: whole, shape: z.strictObject({ height: whole, width: whole }).nullable(), training: part, test: part.nullable(),
  /** Those that have not ended, the first few. */
  jobs: z.array(text).max(DATASET_LIMITS.rowJobsMax),
});
export type DatasetRow = z.infer<typeof datasetRow>;

const listAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('datasets'), datasets: z.array(datasetRow).max(DATASET_LIMITS.listRowsMax), isLast: z.boolean() }),
  refused,
]);

const removeQuestion = z.strictObject({ v: whole, digest });
const removeAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('removed'), bytes: size }),
  z.strictObject({ kind: z.literal('in-use'), jobs: z.array(text).max(DATASET_LIMITS.rowJobsMax) }),
  z.strictObject({ kind: z.literal('unknown-digest') }),
  refused,
]);

const getQuestion = z.strictObject({ v: whole, digest, offset: size, bytes: whole.min(1).max(DATASET_LIMITS.chunkBytesMax) });
const getRefusal = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('unknown-digest') }), refused]);
export type GetRefusal = z.infer<typeof getRefusal>;

export const OFFER = bounded(shapeOf(offer), DATASET_LIMITS.questionBytesMax);
export const RECEIPT = bounded(shapeOf(receipt), 4 * DATASET_LIMITS.questionBytesMax);
export const LIST_QUESTION = bounded(shapeOf(listQuestion), DATASET_LIMITS.questionBytesMax);
export const LIST_ANSWER = bounded(shapeOf(listAnswer), DATASET_LIMITS.answerBytesMax);
export const REMOVE_QUESTION = bounded(shapeOf(removeQuestion), DATASET_LIMITS.questionBytesMax);
export const REMOVE_ANSWER = bounded(shapeOf(removeAnswer), 16 * DATASET_LIMITS.questionBytesMax);
export const GET_QUESTION = bounded(shapeOf(getQuestion), DATASET_LIMITS.questionBytesMax);
export const GET_REFUSAL = bounded(shapeOf(getRefusal), 4 * DATASET_LIMITS.questionBytesMax);

function bounded<Value>(shape: Shape<Value>, bytesMax: number): Shape<Value> {
  return { write: (value) => shape.write(value), read: (bytes) => bytes.length > bytesMax ? { kind: 'malformed', reason: `${bytes.length} bytes are too many` } : shape.read(bytes) };
}

export interface Chunk {
  readonly digest: string;
  /** Of the whole data set. */
  readonly totalBytes: number;
  readonly offset: number;
  readonly content: Uint8Array;
}

const CHUNK_HEAD_BYTES = 48;

export const CHUNK: Shape<Chunk> = {
  write({ digest: name, totalBytes, offset, content }) {
    const bytes = Buffer.alloc(CHUNK_HEAD_BYTES + content.length);
    bytes.writeUInt8(DATASETS_FORMAT_VERSION, 0);
    bytes.set(digestBytes(name), 4);
    bytes.writeUInt32BE(totalBytes, 36);
    bytes.writeUInt32BE(offset, 40);
    bytes.writeUInt32BE(crc32(content), 44);
    bytes.set(content, CHUNK_HEAD_BYTES);
    return bytes;
  },
  read(given): Reading<Chunk> {
    const malformed = (reason: string): Reading<Chunk> => ({ kind: 'malformed', reason });
    const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    if (bytes.length <= CHUNK_HEAD_BYTES) return malformed(`a chunk of ${bytes.length} bytes holds nothing`);
    if (bytes.length > CHUNK_HEAD_BYTES + DATASET_LIMITS.chunkBytesMax) return malformed(`${bytes.length - CHUNK_HEAD_BYTES} bytes in a chunk; at most ${DATASET_LIMITS.chunkBytesMax}`);
    const version = bytes.readUInt8(0);
    if (version !== DATASETS_FORMAT_VERSION) return malformed(`format version ${version}; this version of ebm speaks ${DATASETS_FORMAT_VERSION}`);
    if (bytes.readUIntBE(1, 3) !== 0) return malformed('the bytes after the version are not 0');
    const [totalBytes, offset] = [bytes.readUInt32BE(36), bytes.readUInt32BE(40)];
    const content = new Uint8Array(given.buffer, given.byteOffset + CHUNK_HEAD_BYTES, given.byteLength - CHUNK_HEAD_BYTES);
    if (totalBytes > DATASET_LIMITS.packBytesMax) return malformed(`a data set of ${totalBytes} bytes; at most ${DATASET_LIMITS.packBytesMax}`);
    if (offset + content.length > totalBytes) return malformed(`bytes ${offset} to ${offset + content.length} of ${totalBytes}`);
    if (crc32(content) !== bytes.readUInt32BE(44)) return malformed('the checksum is wrong');
    return { kind: 'value', value: { digest: digestFromBytes(bytes.subarray(4, 36)), totalBytes, offset, content } };
  },
};

/** What a question for a piece is answered with. Never throws. */
export const GET_ANSWER: Pick<Shape<GetRefusal | { readonly kind: 'chunk'; readonly chunk: Chunk }>, 'read'> = {
  read(bytes) {
    if (bytes[0] !== DATASETS_FORMAT_VERSION) return GET_REFUSAL.read(bytes);
    const read = CHUNK.read(bytes);
    return read.kind === 'value' ? { kind: 'value', value: { kind: 'chunk', chunk: read.value } } : read;
  },
};
