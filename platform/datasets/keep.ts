// Port of where a coordinator keeps data sets: whole ones by their digest, and drafts of those that are arriving. A directory (shelf.ts), or a
// store (store-keep.ts).
import type { PackHead } from './head.ts';

/** `mismatch`: what was written is not what the name says; nothing is left of it. */
export type CommitOutcome = 'created' | 'exists' | 'mismatch';

/** A data set on its way, written from its start to its end. */
export interface Draft {
  readonly sizeBytes: number;
  /** Rejects with the error of the system or the store (a full disk); then the draft is gone. */
  append(bytes: Uint8Array): Promise<void>;
  /** Makes it durable under its name. */
  commit(): Promise<CommitOutcome>;
  /** No error if it is gone. */
  discard(): Promise<void>;
}

export interface KeptDataset { readonly digest: string; readonly bytes: number }

export interface DatasetKeep {
  /** For people. */
  readonly name: string;
  /** Null if it is not here. */
  bytesOf(digest: string): Promise<number | null>;
  /** In order of their digests. */
  list(): Promise<readonly KeptDataset[]>;
  /** What a data set says that it is; null if it is not here, or is not one. */
  head(digest: string): Promise<PackHead | null>;
  /** Bytes from a place on, at least one, fewer than asked for at the end and where it is cheaper; null if they are not here. Not verified. */
  piece(digest: string, offset: number, bytes: number): Promise<Uint8Array | null>;
  /** All of it, verified; `damaged` if it is not what its name says. */
  read(digest: string): Promise<Uint8Array | 'absent' | 'damaged'>;
  /** No error if it is not here. */
  remove(digest: string): Promise<void>;
  /** Rejects with the error of the system or the store. */
  draft(digest: string): Promise<Draft>;
  /** That may still be written; null if nobody tells. */
  freeBytes(): Promise<number | null>;
  /** Removes what others, who write no more, did not finish. */
  tidy(): Promise<void>;
}
