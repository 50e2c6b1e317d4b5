// How data sets travel, from the side that asks: pushed by submitters, fetched by workers, in chunks of which a few are under way at a time.
// What is lost on the way is sent or asked for again, from where it was; after so many failures in a row the transport's error is passed on.
import type { Shape } from '../cluster/messages.ts';
import type { Clock } from '../clock/clock.ts';
import { TransportError, type Transport } from '../transport/transport.ts';
import { DatasetError } from './errors.ts';
import { DATASET_LIMITS, type DatasetLimits } from './limits.ts';
import {
  CHUNK, DATASETS_FORMAT_VERSION, DATASET_SUBJECTS, GET_ANSWER, GET_QUESTION, LIST_ANSWER, LIST_QUESTION, OFFER, RECEIPT, REMOVE_ANSWER, REMOVE_QUESTION,
  type Chunk, type DatasetRow, type Receipt,
} from './messages.ts';
import type { DatasetPack } from './pack.ts';

export interface DatasetWire {
  readonly transport: Transport<Uint8Array>;
  readonly clock: Clock;
  /** Ends what is under way; then the reason is thrown. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<DatasetLimits>;
}

export interface Pushed {
  /** 0 if all of it was there. */
  readonly sentBytes: number;
}

/**
 * Brings a data set to the coordinator, as far as it is not there. `onSent` is told how many bytes have arrived since it was told last.
 * Throws DatasetError (`no-space`, `digest-mismatch`, ...) and TransportError.
 */
export async function pushDataset(wire: DatasetWire, { digest, bytes }: Pick<DatasetPack, 'digest' | 'bytes'>, onSent: (bytes: number) => void = () => undefined): Promise<Pushed> {
  const { attemptsMax } = limitsOf(wire);
  const offer = (): Promise<Receipt> => asked(wire, DATASET_SUBJECTS.offer, OFFER.write({ v: DATASETS_FORMAT_VERSION, digest, bytes: bytes.length }), RECEIPT);
  let receipt = await persistently(wire, offer);
  let sentBytes = 0;
  let furthest = receipt.kind === 'send' ? receipt.from : 0;
  onSent(furthest);
  for (let idle = 0; receipt.kind === 'send' && idle < attemptsMax; idle += 1) {
    const { from } = receipt;
    // After a failure nobody knows what has arrived.
    receipt = await persistently(wire, (attempt) => (attempt > 1 ? offer() : sendWindow(wire, { digest, bytes }, from)));
    const arrived = receipt.kind === 'send' ? receipt.from : receipt.kind === 'have' ? bytes.length : from;
    sentBytes += Math.max(0, arrived - from);
    if (arrived <= furthest) continue;
    onSent(arrived - furthest);
    furthest = arrived;
    idle = 0;
  }
  switch (receipt.kind) {
    case 'have': return { sentBytes };
    case 'send': throw new DatasetError('no-progress', `the coordinator asks for ${digest} from byte ${receipt.from} on, again and again`, 'Try again; if it persists, look at the log of the coordinator.');
    case 'refused': throw new DatasetError(receipt.code, `the coordinator refused the data set ${digest}: ${receipt.message}`);
    case 'no-space': throw new DatasetError('no-space', `the coordinator's disk has ${receipt.freeBytes} bytes free for data, and the data set needs ${receipt.neededBytes}`, 'Free some space on the disk of its store, or use a smaller data set.');
  }
}

async function sendWindow(wire: DatasetWire, { digest, bytes }: Pick<DatasetPack, 'digest' | 'bytes'>, from: number): Promise<Receipt> {
  const { chunkBytesMax, windowChunks } = limitsOf(wire);
  if (from >= bytes.length) throw new TransportError('malformed', `the coordinator asks for byte ${from} of ${bytes.length}`);
  const offsets = Array.from({ length: windowChunks }, (_, index) => from + index * chunkBytesMax).filter((offset) => offset < bytes.length);
  const answers = await Promise.all(offsets.map((offset) => (
    asked(wire, DATASET_SUBJECTS.chunk, CHUNK.write({ digest, totalBytes: bytes.length, offset, content: bytes.subarray(offset, offset + chunkBytesMax) }), RECEIPT))));
  return furthestOf(answers);
}

/** What came of a window: an end of any kind, otherwise the furthest place. */
function furthestOf(answers: readonly Receipt[]): Receipt {
  const end = answers.find(({ kind }) => kind !== 'send');
  return end ?? answers.reduce((best, each) => (best.kind === 'send' && each.kind === 'send' && each.from > best.from ? each : best));
}

/** All data sets that the coordinator has, in order of their digests. Throws DatasetError and TransportError. */
export async function listDatasets(wire: DatasetWire): Promise<readonly DatasetRow[]> {
  const rows: DatasetRow[] = [];
  for (let after: string | null = null; ;) {
    const question = LIST_QUESTION.write({ v: DATASETS_FORMAT_VERSION, after });
    const answer = await asked(wire, DATASET_SUBJECTS.list, question, LIST_ANSWER);
    if (answer.kind === 'refused') throw new DatasetError(answer.code, `the coordinator refused to list its data sets: ${answer.message}`);
    rows.push(...answer.datasets);
    const last = answer.datasets.at(-1)?.digest ?? null;
    if (answer.isLast || last === null || (after !== null && last <= after)) return rows;
    after = last;
  }
}

/** Bytes that it had; null: unknown there. Throws DatasetError (`in-use`) and TransportError. */
export async function removeDataset(wire: DatasetWire, digest: string): Promise<number | null> {
  const answer = await asked(wire, DATASET_SUBJECTS.remove, REMOVE_QUESTION.write({ v: DATASETS_FORMAT_VERSION, digest }), REMOVE_ANSWER);
  switch (answer.kind) {
    case 'removed': return answer.bytes;
    case 'unknown-digest': return null;
    case 'in-use': throw new DatasetError('in-use', `the data set ${digest} is used by ${answer.jobs.join(', ')}, which ${answer.jobs.length === 1 ? 'has' : 'have'} not ended`, 'Wait for the end, or cancel (`ebm cancel`), and try again.');
    case 'refused': throw new DatasetError(answer.code, `the coordinator refused to remove the data set ${digest}: ${answer.message}`);
  }
}

/** A data set that somebody else has. */
export interface RemoteDataset {
  readonly bytes: number;
  /** From its start to its end; whether they are what the digest says is for whoever has all of them. */
  pieces(): AsyncIterable<Uint8Array>;
}

/** Null: unknown there. Throws TransportError once it has tried often enough, and DatasetError if the answer makes no sense. */
export type FetchDataset = (digest: string) => Promise<RemoteDataset | null>;

interface FetchWire extends DatasetWire { readonly subject: string }

/** Fetches from the coordinator. `subject`: DATASET_SUBJECTS.get as a worker may, `read` as a submitter may. */
export function datasetFetcher(given: DatasetWire, subject: string = DATASET_SUBJECTS.get): FetchDataset {
  const wire = { ...given, subject };
  const { chunkBytesMax } = limitsOf(wire);
  return async (digest) => {
    const first = await chunkAt(wire, { digest, offset: 0, bytes: chunkBytesMax });
    if (first === null) return null;
    return { bytes: first.totalBytes, pieces: () => piecesAfter(wire, first) };
  };
}

async function* piecesAfter(wire: FetchWire, { digest, totalBytes, content }: Chunk): AsyncGenerator<Uint8Array> {
  const { chunkBytesMax, windowChunks } = limitsOf(wire);
  const window: Promise<Chunk | null>[] = [];
  let asking = content.length;
  const askMore = (): void => {
    for (; window.length < windowChunks && asking < totalBytes; asking += chunkBytesMax) {
      const next = chunkAt(wire, { digest, offset: asking, bytes: Math.min(chunkBytesMax, totalBytes - asking) });
      next.catch(() => undefined); // it is looked at in its turn
      window.push(next);
    }
  };
  askMore();
  yield content;
  for (let next = window.shift(); next !== undefined; next = window.shift()) {
    askMore();
    const chunk = await next;
    if (chunk?.totalBytes !== totalBytes) throw new DatasetError('changed', `the data set ${digest} changed or vanished at the coordinator while it was fetched`, 'Push it again.');
    yield chunk.content;
  }
}

interface Place { readonly digest: string; readonly offset: number; readonly bytes: number }

/** The bytes at a place, exactly as many as were asked for (of the first chunk: as there are). Null if the data set is unknown. */
function chunkAt(wire: FetchWire, { digest, offset, bytes }: Place): Promise<Chunk | null> {
  return persistently(wire, async () => {
    const question = GET_QUESTION.write({ v: DATASETS_FORMAT_VERSION, digest, offset, bytes });
    const answer = await asked(wire, wire.subject, question, GET_ANSWER);
    if (answer.kind === 'chunk') {
      const { chunk } = answer;
      if (chunk.digest === digest && chunk.offset === offset && chunk.content.length === Math.min(bytes, chunk.totalBytes - offset)) return chunk;
      throw new TransportError('malformed', `the coordinator was asked for ${bytes} bytes from ${offset} of ${digest} and gave ${chunk.content.length} from ${chunk.offset} of ${chunk.digest}`);
    }
    if (answer.kind === 'unknown-digest') return null;
    throw new DatasetError(answer.code, `the coordinator refused to give the data set ${digest}: ${answer.message}`);
  });
}

async function asked<Answer>(wire: DatasetWire, subject: string, question: Uint8Array, shape: Pick<Shape<Answer>, 'read'>): Promise<Answer> {
  const answer = shape.read(await wire.transport.request(subject, question, { deadlineMs: limitsOf(wire).answerDeadlineMs }));
  if (answer.kind === 'value') return answer.value;
  throw new TransportError('malformed', `an answer on ${subject} could not be read: ${answer.reason}`);
}

/** Tries again where trying again may help: the coordinator may be away for a while, or another one may be taking over. */
async function persistently<Result>(wire: DatasetWire, task: (attempt: number) => Promise<Result>): Promise<Result> {
  const { attemptsMax, retryDelayMs } = limitsOf(wire);
  for (let attempt = 1; ; attempt += 1) {
    wire.signal?.throwIfAborted();
    try {
      return await task(attempt);
    } catch (error) {
      if (!(error instanceof TransportError) || error.code === 'closed' || error.code === 'too-large' || attempt >= attemptsMax) throw error;
      await new Promise<void>((resolve) => { wire.clock.after(attempt * retryDelayMs, resolve); });
    }
  }
}

function limitsOf({ limits }: DatasetWire): DatasetLimits {
  return { ...DATASET_LIMITS, ...limits };
}
