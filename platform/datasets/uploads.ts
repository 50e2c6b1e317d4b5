// Data sets on their way to the coordinator: which bytes of each have arrived. A submitter that was cut off, or another one with the same data,
// goes on where they end. Of a data set whose bytes are not what its digest says nothing is kept.
//
// U1. Questions about one digest are answered one after the other, in the order in which they came.
// U2. What is being received is bounded in number, and in bytes by the room on the disk; the one that was silent longest gives way.
import { guarded } from '../store/errors.ts';
import { isNoSpace } from './disk.ts';
import { parseHead } from './head.ts';
import type { DatasetKeep, Draft } from './keep.ts';
import { DATASET_LIMITS, type DatasetLimits } from './limits.ts';
import { refusal, type Chunk, type Receipt } from './messages.ts';

interface Upload { readonly totalBytes: number; readonly draft: Draft; isBusy: boolean }

export class Uploads {
  readonly #keep: DatasetKeep;
  readonly #limits: DatasetLimits;
  /** In order of their last word. */
  readonly #uploads = new Map<string, Upload>();
  readonly #turns = new Map<string, Promise<unknown>>();
  /** One is opened after the other, so that they are counted. */
  #opening: Promise<unknown> = Promise.resolve();

  constructor(keep: DatasetKeep, limits: DatasetLimits = DATASET_LIMITS) {
    this.#keep = keep;
    this.#limits = limits;
  }

  /** What is still wanted of a data set that is not there. */
  offer(digest: string, totalBytes: number, has: () => Promise<boolean>): Promise<Receipt> {
    return this.#inTurn(digest, async () => {
      if (await has()) return { kind: 'have' };
      const upload = this.#uploads.get(digest);
      if (upload?.totalBytes === totalBytes) return { kind: 'send', from: upload.draft.sizeBytes };
      if (upload !== undefined) await this.#drop(digest, upload);
      return await this.#shortage(totalBytes) ?? { kind: 'send', from: 0 };
    });
  }

  /** Takes a chunk if it is the next one. */
  receive(chunk: Chunk, has: () => Promise<boolean>): Promise<Receipt> {
    const { digest, totalBytes, offset, content } = chunk;
    return this.#inTurn(digest, async () => {
      if (!this.#uploads.has(digest) && await has()) return { kind: 'have' };
      const fault = offset === 0 ? headFault(chunk) : null;
      if (fault !== null) return refusal('not-a-dataset', `what arrived as ${digest} is no packed data set: ${fault}`);
      // Those that were under way when the first was refused open nothing.
      if (offset !== 0 && this.#uploads.get(digest)?.totalBytes !== totalBytes) return { kind: 'send', from: 0 };
      const upload = await this.#uploadFor(digest, totalBytes);
      if ('kind' in upload) return upload;
      if (offset !== upload.draft.sizeBytes) return { kind: 'send', from: upload.draft.sizeBytes };
      upload.isBusy = true;
      try {
        return await this.#append(digest, upload, content);
      } finally {
        upload.isBusy = false;
      }
    });
  }

  /** Drops everything that is under way. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#turns.values());
    for (const [digest, upload] of this.#uploads) await this.#drop(digest, upload);
  }

  async #append(digest: string, upload: Upload, content: Uint8Array): Promise<Receipt> {
    const { draft, totalBytes } = upload;
    try {
      await draft.append(content);
      if (draft.sizeBytes < totalBytes) return { kind: 'send', from: draft.sizeBytes };
      this.#uploads.delete(digest);
      const outcome = await guarded(this.#keep.name, 'storing a data set', () => draft.commit());
      if (outcome !== 'mismatch') return { kind: 'have' };
      return refusal('digest-mismatch', `the ${totalBytes} bytes that arrived are not the content of ${digest}: nothing was kept`);
    } catch (error) {
      await this.#drop(digest, upload);
      if (!isNoSpace(error)) throw error;
      return await this.#shortage(totalBytes) ?? { kind: 'no-space', freeBytes: 0, neededBytes: totalBytes };
    }
  }

  async #uploadFor(digest: string, totalBytes: number): Promise<Upload | Receipt> {
    const found = this.#uploads.get(digest);
    if (found?.totalBytes === totalBytes) {
      this.#uploads.delete(digest);
      this.#uploads.set(digest, found);
      return found;
    }
    if (found !== undefined) await this.#drop(digest, found);
    const opened = this.#opening.then(() => this.#open(digest, totalBytes));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  async #open(digest: string, totalBytes: number): Promise<Upload | Receipt> {
    const shortage = await this.#shortage(totalBytes);
    if (shortage !== null) return shortage;
    if (this.#uploads.size >= this.#limits.uploadsMax) {
      const silent = [...this.#uploads].find(([, { isBusy }]) => !isBusy);
      if (silent === undefined) return refusal('busy', `${this.#limits.uploadsMax} data sets are being received: try again in a while`);
      await this.#drop(...silent);
    }
    const draft = await this.#keep.draft(digest).catch((error: unknown) => {
      if (!isNoSpace(error)) throw error;
      return null;
    });
    if (draft === null) return { kind: 'no-space', freeBytes: 0, neededBytes: totalBytes };
    const upload: Upload = { totalBytes, draft, isBusy: false };
    this.#uploads.set(digest, upload);
    return upload;
  }

  /** What others that are under way have been promised counts as taken. */
  async #shortage(neededBytes: number): Promise<Receipt | null> {
    const free = await this.#keep.freeBytes();
    if (free === null) return null;
    const promised = [...this.#uploads.values()].reduce((sum, { totalBytes, draft }) => sum + totalBytes - draft.sizeBytes, 0);
    const freeBytes = Math.max(0, free - promised - this.#limits.diskReserveBytes);
    return freeBytes >= neededBytes ? null : { kind: 'no-space', freeBytes, neededBytes };
  }

  async #drop(digest: string, upload: Upload): Promise<void> {
    if (this.#uploads.get(digest) === upload) this.#uploads.delete(digest);
    await upload.draft.discard();
  }

  async #inTurn(digest: string, task: () => Promise<Receipt>): Promise<Receipt> {
    const before = this.#turns.get(digest) ?? Promise.resolve();
    const turn = before.then(task, task);
    this.#turns.set(digest, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(digest) === turn) this.#turns.delete(digest);
    }
  }
}

/** What is wrong with the beginning of a data set, or null. The rest is checked by whoever loads it. */
function headFault({ content, totalBytes }: Chunk): string | null {
  const parsed = parseHead(content);
  if (parsed.kind === 'refused') return parsed.reason;
  return parsed.totalBytes === totalBytes ? null : `its head says ${parsed.totalBytes} bytes, and ${totalBytes} were announced`;
}
