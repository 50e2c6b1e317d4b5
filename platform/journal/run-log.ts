// What happened to a run that is kept in a store: numbered records, each a few deeds, from which its state is made by doing them again.
// Pure. A record is text: a line with its number and the SHA-256 of the rest, then one deed a line.
import { digestOf } from './canonical.ts';
import { LedgerLines } from './ledger-lines.ts';
import { parseManifest, type Manifest } from './manifest.ts';

export const RECORD_FORMAT_VERSION = 2;
/** Of records without a snapshot. */
const PLAIN_FORMAT_VERSION = 1;
const DIGITS = 8;

export type Deed =
  /** Somebody opened it to write; whoever had it open before can write no more. */
  | { readonly kind: 'opened'; readonly writer: string; readonly at: string }
  | { readonly kind: 'ledger'; readonly text: string }
  | { readonly kind: 'cut'; readonly lines: number; readonly head: string }
  | { readonly kind: 'metrics'; readonly text: string }
  /** A checkpoint whose files stand under `id`, and the ids of those that it makes superfluous. */
  | { readonly kind: 'checkpoint'; readonly id: string; readonly manifest: string; readonly removed: readonly string[] }
  | { readonly kind: 'removed'; readonly ids: readonly string[] }
  | KeptArtefact
  /** Of a checkpoint that is gone: lines up to there will not be computed again. */
  | { readonly kind: 'settled'; readonly update: number; readonly rollbacks: number }
  /** Alone in its record: all before it. Lines are in segments, oldest first; `openings` are the numbers of records that opened the run. */
  | {
    readonly kind: 'snapshot'; readonly segments: readonly Segment[]; readonly openings: readonly number[]; readonly writer: string;
    readonly checkpoints: readonly { readonly id: string; readonly manifest: string }[]; readonly artefacts: readonly KeptArtefact[];
  };

/** What the records up to a snapshot's did to lines, under an id of its own. `number`: of the snapshot's record that made it. */
export interface Segment { readonly id: string; readonly number: number }
export type SnapshotDeed = Extract<Deed, { readonly kind: 'snapshot' }>;

export interface KeptCheckpoint { readonly id: string; readonly manifest: Manifest; readonly text: string }
export interface KeptArtefact { readonly kind: 'artefact'; readonly name: string; readonly id: string; readonly bytes: number; readonly sha256: string }

export class RunState {
  readonly ledger = new LedgerLines();
  readonly checkpoints = new Map<string, KeptCheckpoint>();
  readonly artefacts = new Map<string, KeptArtefact>();
  /** Who opened it last. */
  writer = 'nobody';
  /** The newest one, but for what the state has anyway. */
  snapshot: Pick<SnapshotDeed, 'segments' | 'openings'> = { segments: [], openings: [] };

  do(deed: Deed): void {
    switch (deed.kind) {
      case 'opened': this.writer = deed.writer; return;
      case 'ledger': this.ledger.append(deed.text); return;
      case 'cut': this.ledger.cut({ lines: deed.lines, head: deed.head }); return;
      case 'metrics': return;
      case 'checkpoint': this.#keep(deed); return;
      case 'removed': for (const id of deed.ids) this.checkpoints.delete(id); return;
      case 'artefact': this.artefacts.set(deed.name, deed); return;
      case 'settled': this.ledger.settle(deed); return;
      case 'snapshot': this.#begin(deed); return;
    }
  }

  /** Its segments have been done before. */
  #begin({ segments, openings, writer, checkpoints, artefacts }: SnapshotDeed): void {
    this.snapshot = { segments, openings };
    this.writer = writer;
    this.checkpoints.clear();
    this.artefacts.clear();
    for (const { id, manifest } of checkpoints) this.#keep({ kind: 'checkpoint', id, manifest, removed: [] });
    for (const artefact of artefacts) this.artefacts.set(artefact.name, artefact);
  }

  #keep({ id, manifest: text, removed }: Extract<Deed, { readonly kind: 'checkpoint' }>): void {
    const reading = parseManifest(text);
    if (reading.kind === 'good') {
      this.checkpoints.set(id, { id, manifest: reading.manifest, text });
      this.ledger.settle(reading.manifest);
    }
    for (const each of removed) this.checkpoints.delete(each);
  }
}

export function recordName(number: number): string {
  return String(number).padStart(DIGITS, '0');
}

export function encodeRecord(number: number, deeds: readonly Deed[]): Uint8Array {
  const rest = deeds.map((deed) => `${JSON.stringify(deed)}\n`).join('');
  const formatVersion = deeds.some(({ kind }) => kind === 'snapshot') ? RECORD_FORMAT_VERSION : PLAIN_FORMAT_VERSION;
  return new TextEncoder().encode(`${JSON.stringify({ formatVersion, number, digest: digestOf(rest) })}\n${rest}`);
}

export type RecordReading = { readonly kind: 'good'; readonly deeds: readonly Deed[] } | { readonly kind: 'bad'; readonly why: string };
/** Of a newer program. */
export interface NewerRecord { readonly kind: 'newer'; readonly version: number }

export function decodeRecord(number: number, bytes: Uint8Array): RecordReading | NewerRecord {
  const bad = (why: string): RecordReading => ({ kind: 'bad', why });
  const text = new TextDecoder().decode(bytes);
  const end = text.indexOf('\n') + 1;
  const rest = text.slice(end);
  try {
    const head = JSON.parse(text.slice(0, end)) as Readonly<Record<string, unknown>> | null;
    const version = head?.['formatVersion'];
    if (typeof version === 'number' && version > RECORD_FORMAT_VERSION) return { kind: 'newer', version };
    if (head?.['number'] !== number || head['digest'] !== digestOf(rest)) return bad('was changed: its digest differs');
    // Its digest holds, so its deeds are as they were written.
    return { kind: 'good', deeds: rest.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Deed) };
  } catch {
    return bad('is not a record of a run');
  }
}
