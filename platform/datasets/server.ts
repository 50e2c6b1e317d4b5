// The coordinator's side of data sets: receives them from submitters, lists them, removes them, and gives them to workers piece by piece. Knows
// the ports of the transport and of where they are kept (keep.ts). Whatever arrives is answered and never throws.
//
// R1. What a job that has not ended names is not removed.
import type { SourceData } from '../data/data.ts';
import type { Subscription, Transport } from '../transport/transport.ts';
import type { DatasetCache } from './cache.ts';
import type { FetchDataset } from './client.ts';
import type { DatasetDisk } from './disk.ts';
import type { DatasetKeep } from './keep.ts';
import { DATASET_LIMITS, type DatasetLimits } from './limits.ts';
import {
  CHUNK, DATASETS_FORMAT_VERSION, DATASET_SUBJECTS, GET_QUESTION, GET_REFUSAL, LIST_ANSWER, LIST_QUESTION, OFFER, RECEIPT, REMOVE_ANSWER, REMOVE_QUESTION, refusal,
  type DatasetRow, type Receipt, type Refused,
} from './messages.ts';
import type { DataReader } from './reader.ts';
import { rowOf } from './rows.ts';
import { DatasetShelf } from './shelf.ts';
import { unpackDataset } from './pack.ts';
import { Uploads } from './uploads.ts';

export interface DatasetServerOptions {
  readonly keep: DatasetKeep;
  /** On this machine's disk, where what is kept is far away; and how it is fetched from there. */
  readonly local?: { readonly cache: DatasetCache; readonly fetch: FetchDataset };
  /** Unpacks, in this thread if it is not given. */
  readonly reader?: Pick<DataReader, 'unpack'>;
  readonly limits?: Partial<DatasetLimits>;
  /** Of what went wrong with the disk while somebody asked. Must not throw. */
  readonly onFailure?: (error: unknown) => void;
  /** Names of the jobs that use a data set and have not ended. */
  readonly jobsOf?: (digest: string) => readonly string[];
}

/** A directory of data sets alone; made if it is not there. Throws StorageError. */
export function directoryKeep(directory: string, disk: DatasetDisk): Promise<DatasetKeep> {
  return DatasetShelf.open(directory, disk);
}

export class DatasetServer {
  readonly #options: DatasetServerOptions;
  readonly #keep: DatasetKeep;
  readonly #limits: DatasetLimits;
  readonly #uploads: Uploads;
  readonly #onFailure: (error: unknown) => void;
  /** Verified since this process began. */
  readonly #sound = new Set<string>();

  /** For the leader alone: what an earlier one did not finish is removed. Throws StorageError. */
  static async open(options: DatasetServerOptions): Promise<DatasetServer> {
    await options.keep.tidy();
    return new DatasetServer(options);
  }

  private constructor(options: DatasetServerOptions) {
    const { keep, limits, onFailure } = options;
    this.#options = options;
    this.#keep = keep;
    this.#limits = { ...DATASET_LIMITS, ...limits };
    this.#uploads = new Uploads(keep, this.#limits);
    this.#onFailure = onFailure ?? (() => undefined);
  }

  /** Whether it is here and whole: read once in the life of this process. A damaged one is removed, so that it can be pushed again. */
  async has(digest: string): Promise<boolean> {
    if (this.#sound.has(digest)) return await this.#keep.bytesOf(digest) !== null;
    const found = await this.#keep.read(digest);
    if (found === 'absent') return false;
    if (found === 'damaged') {
      await this.#keep.remove(digest);
      return false;
    }
    this.#sound.add(digest);
    return true;
  }

  /** For the coordinator's own use; verified. */
  async load(digest: string): Promise<{ readonly kind: 'data'; readonly data: SourceData } | { readonly kind: 'unknown-digest' }> {
    const { local, reader } = this.#options;
    const cached = local === undefined ? null : await local.cache.get(digest, local.fetch);
    if (cached?.kind === 'data') {
      await cached.release();
      return { kind: 'data', data: cached.data };
    }
    // A disk without room is no reason not to read it.
    const bytes = await this.#keep.read(digest);
    if (bytes === 'damaged') await this.#keep.remove(digest);
    if (bytes === 'absent' || bytes === 'damaged') return { kind: 'unknown-digest' };
    return { kind: 'data', data: await (reader?.unpack(bytes, digest) ?? unpackDataset(bytes, digest)) };
  }

  /** Answers submitters and workers until the subscription is closed. */
  serve(transport: Transport<Uint8Array>): Subscription {
    const services = [
      transport.serve(DATASET_SUBJECTS.offer, (bytes) => this.#receipt(() => this.#offer(bytes))),
      transport.serve(DATASET_SUBJECTS.chunk, (bytes) => this.#receipt(() => this.#chunk(bytes))),
      transport.serve(DATASET_SUBJECTS.list, (bytes) => this.#list(bytes)),
      transport.serve(DATASET_SUBJECTS.remove, (bytes) => this.#removed(bytes)),
      transport.serve(DATASET_SUBJECTS.get, (bytes) => this.#get(bytes)),
      transport.serve(DATASET_SUBJECTS.read, (bytes) => this.#get(bytes)),
    ];
    return { close: () => { services.forEach((service) => { service.close(); }); } };
  }

  /** Drops what is being received. */
  close(): Promise<void> {
    return this.#uploads.close();
  }

  async #receipt(answer: () => Promise<Receipt>): Promise<Uint8Array> {
    return RECEIPT.write(await this.#orRefusal(answer));
  }

  async #offer(bytes: Uint8Array): Promise<Receipt> {
    const read = OFFER.read(bytes);
    if (read.kind === 'malformed') return refusal('malformed', read.reason);
    const { v, digest, bytes: totalBytes } = read.value;
    return tooNew(v) ?? this.#uploads.offer(digest, totalBytes, () => this.has(digest));
  }

  async #chunk(bytes: Uint8Array): Promise<Receipt> {
    const read = CHUNK.read(bytes);
    if (read.kind === 'malformed') return refusal('malformed', read.reason);
    const { digest } = read.value;
    const receipt = await this.#uploads.receive(read.value, () => this.has(digest));
    // What was committed was verified as it arrived.
    if (receipt.kind === 'have') this.#sound.add(digest);
    return receipt;
  }

  async #list(bytes: Uint8Array): Promise<Uint8Array> {
    const read = LIST_QUESTION.read(bytes);
    if (read.kind === 'malformed') return LIST_ANSWER.write(refusal('malformed', read.reason));
    const { v, after } = read.value;
    const refused = tooNew(v);
    if (refused !== null) return LIST_ANSWER.write(refused);
    return LIST_ANSWER.write(await this.#orRefusal(async () => {
      const rest = (await this.#keep.list()).filter(({ digest }) => after === null || digest > after);
      const rows: DatasetRow[] = [];
      for (const { digest, bytes: size } of rest.slice(0, this.#limits.listRowsMax)) {
        const head = await this.#keep.head(digest);
        if (head !== null) rows.push({ ...rowOf(digest, size, head), jobs: [...this.#jobsOf(digest)].slice(0, this.#limits.rowJobsMax) });
      }
      return { kind: 'datasets' as const, datasets: rows, isLast: rest.length <= this.#limits.listRowsMax };
    }));
  }

  #jobsOf(digest: string): readonly string[] {
    return this.#options.jobsOf?.(digest) ?? [];
  }

  /** R1. */
  async #removed(bytes: Uint8Array): Promise<Uint8Array> {
    const read = REMOVE_QUESTION.read(bytes);
    if (read.kind === 'malformed') return REMOVE_ANSWER.write(refusal('malformed', read.reason));
    const { v, digest } = read.value;
    const refused = tooNew(v);
    if (refused !== null) return REMOVE_ANSWER.write(refused);
    return REMOVE_ANSWER.write(await this.#orRefusal(async () => {
      const size = await this.#keep.bytesOf(digest);
      const jobs = this.#jobsOf(digest);
      if (jobs.length > 0) return { kind: 'in-use' as const, jobs: jobs.slice(0, this.#limits.rowJobsMax) };
      if (size === null) return { kind: 'unknown-digest' as const };
      this.#sound.delete(digest);
      await this.#keep.remove(digest);
      return { kind: 'removed' as const, bytes: size };
    }));
  }

  async #get(question: Uint8Array): Promise<Uint8Array> {
    const read = GET_QUESTION.read(question);
    if (read.kind === 'malformed') return GET_REFUSAL.write(refusal('malformed', read.reason));
    const { v, digest, offset, bytes } = read.value;
    const refused = tooNew(v);
    if (refused !== null) return GET_REFUSAL.write(refused);
    const answer = await this.#orRefusal(async () => {
      const totalBytes = await this.#keep.bytesOf(digest);
      if (totalBytes === null) return { kind: 'unknown-digest' as const };
      if (offset >= totalBytes) return refusal('malformed', `offset ${offset} of ${totalBytes} bytes`);
      const content = await this.#keep.piece(digest, offset, Math.min(bytes, totalBytes - offset));
      return content === null || content.length === 0 ? { kind: 'unknown-digest' as const } : { kind: 'content' as const, totalBytes, content };
    });
    return answer.kind === 'content' ? CHUNK.write({ digest, totalBytes: answer.totalBytes, offset, content: answer.content }) : GET_REFUSAL.write(answer);
  }

  /** A disk that fails is the coordinator's concern; whoever asked hears that it failed, and no path of this machine. */
  async #orRefusal<Answer>(task: () => Promise<Answer>): Promise<Answer | Refused> {
    try {
      return await task();
    } catch (error) {
      this.#onFailure(error);
      return refusal('storage-failed', "the coordinator's disk failed: its log says how");
    }
  }
}

function tooNew(version: number): Refused | null {
  return version <= DATASETS_FORMAT_VERSION ? null : refusal('protocol', `this coordinator speaks format ${DATASETS_FORMAT_VERSION} of data sets, and was asked in ${version}: run the same version of ebm on both`);
}
