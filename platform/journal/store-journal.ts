// The journal in a store: objects that never change. A run is PREFIX/job.json, records PREFIX/log/NNNNNNNN (run-log.ts), the files of its
// checkpoints PREFIX/checkpoints/ID/... and its artefacts PREFIX/artefacts/ID.
//
// S1. A checkpoint is there when a record says so, which is written last and holds its manifest and every line before it.
// S2. Only who opened the run last can write: a record's number can be taken once, and an opener takes the next.
// S3. What a record makes superfluous is removed after it. What no record names, and stood there before the last opening, is garbage.
// S4. A record whose answer was lost is put again, to the byte, before anything else.
// S5 (a snapshot shortens the log) is in store-log.ts.
import { createHash, randomBytes } from 'node:crypto';
import { StorageError } from '../store/errors.ts';
import { checkKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { checkedContent, checkedPlace, type Damage, type Reading } from './checkpoint-files.ts';
import { checkpointName, describeDamage } from './checkpoints.ts';
import { isJournalName, METRICS_NAME } from './directory.ts';
import type { AppendOutcome, Journal, LedgerAside, LedgerEntry, LedgerPosition, AnyPublished, RestoreOutcome, Snapshot } from './journal.ts';
import { LEDGER_NAME } from './ledger-file.ts';
import { LIMITS } from './limits.ts';
import { encodeManifest, manifestOf, MODEL_NAME, STATE_NAME, type FileFacts, type Manifest } from './manifest.ts';
import { compareInstances, retention, type Instance, type Known } from './retention.ts';
import { encodeRecord, type Deed, type KeptCheckpoint, type RunState } from './run-log.ts';
import { safetensorsPieces, type TensorFile } from './safetensors.ts';
import { Serial } from './serial.ts';
import { keysOf, removeSuperfluous, snapshotNumber, snapshotOf } from './store-log.ts';
import { reasonAt, type JournalSettings } from './settings.ts';
import { modelFile, parseModel, parseState, stateFile } from './snapshot-file.ts';

export const sha256Of = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const encoded = (content: TensorFile): { readonly bytes: Uint8Array; readonly facts: FileFacts } => {
  const bytes = Buffer.concat(safetensorsPieces(content));
  return { bytes, facts: { bytes: bytes.byteLength, sha256: sha256Of(bytes) } };
};

/** One file of a checkpoint, with every byte checked. A store that cannot give it has damaged it. */
export async function readCheckpointFile(store: Store, key: string, name: typeof STATE_NAME | typeof MODEL_NAME, manifest: Manifest): Promise<Reading<Uint8Array>> {
  try {
    const bytes = await store.get(key);
    if (bytes === null) return { kind: 'damaged', damage: { file: name, why: 'is missing' } };
    return checkedContent(bytes, sha256Of(bytes), { name, facts: manifest.files[name] }, (good) => good);
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'damaged') throw error;
    return { kind: 'damaged', damage: { file: name, why: `cannot be read (${error.message})` } };
  }
}

interface Parts {
  readonly store: Store;
  readonly prefix: string;
  readonly settings: JournalSettings;
  readonly state: RunState;
  /** Number of the next record. */
  readonly next: number;
  /** Records from one snapshot to the next; null for a log that holds damage, which stays as it is. */
  readonly compactEvery: number | null;
}

type Checked = Known & { readonly kept: KeptCheckpoint };

export class StoreJournal implements Journal {
  readonly #parts: Parts;
  readonly #keys: ReturnType<typeof keysOf>;
  readonly #turns = new Serial();
  /** Deeds done in memory that no record holds yet. */
  #pending: Deed[] = [];
  #pendingBytes = 0;
  #unanswered: { readonly bytes: Uint8Array; readonly deeds: readonly Deed[] } | null = null;
  #next: number;
  readonly #damage = new Map<string, Damage>();
  #closing: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#keys = keysOf(parts.prefix);
    this.#next = parts.next;
  }

  #turn<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#closing !== null) return Promise.reject(new Error('the journal is closed'));
    return this.#turns.run(task);
  }

  /** Does it in memory now, in a record with the next checkpoint. */
  async #later(deed: Deed): Promise<void> {
    this.#pending.push(deed);
    this.#pendingBytes += JSON.stringify(deed).length;
    if (this.#pendingBytes > LIMITS.unsyncedBytesMax) await this.#record([]);
  }

  /** Makes durable what is pending, and deeds that count only then. */
  async #record(deeds: readonly Deed[]): Promise<void> {
    await this.#settle();
    if (this.#pending.length + deeds.length === 0) return;
    this.#unanswered = { bytes: encodeRecord(this.#next, [...this.#pending, ...deeds]), deeds };
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.#settle();
  }

  async #settle(): Promise<void> {
    if (this.#unanswered === null) return;
    const { store, state } = this.#parts;
    const { bytes, deeds } = this.#unanswered;
    const key = this.#keys.record(this.#next);
    if ((await store.putIfAbsent(key, bytes)).kind === 'exists' && !Buffer.from(bytes).equals(await store.get(key) ?? new Uint8Array(0))) throw this.#deposed();
    this.#unanswered = null;
    this.#next += 1;
    for (const deed of deeds) state.do(deed);
  }

  #deposed(): StorageError {
    return new StorageError({ code: 'deposed', path: this.#parts.prefix, what: 'another coordinator has taken this run over, and nothing more is written here', remedy: 'Let that one go on; this one may start again as a standby.' });
  }

  checkpoint(given: Snapshot, model: AnyPublished): Promise<{ readonly path: string; readonly warnings: readonly string[] }> {
    const { store, settings, state } = this.#parts;
    if (given.figure !== null && !Number.isFinite(given.figure)) return Promise.reject(new RangeError('a figure must be finite'));
    return this.#turn(async () => {
      await this.#settle();
      const before = [...state.checkpoints.values()].filter(({ manifest }) => manifest.update === given.update);
      const snapshot = { ...given, reason: before.some(({ manifest }) => manifest.reason === 'scheduled') ? 'scheduled' as const : reasonAt(settings, given) };
      const id = `${checkpointName(given.update)}-${randomBytes(6).toString('hex')}`;
      const files = { [STATE_NAME]: encoded(stateFile(snapshot)), [MODEL_NAME]: encoded(modelFile(model, settings.grid, snapshot)) };
      for (const [name, { bytes }] of Object.entries(files)) await store.putIfAbsent(this.#keys.file(id, name), bytes);
      const manifest = manifestOf(snapshot, { [STATE_NAME]: files[STATE_NAME].facts, [MODEL_NAME]: files[MODEL_NAME].facts });
      const others = [...state.checkpoints.values()].filter((kept) => !before.includes(kept));
      const text = encodeManifest(manifest);
      const { removed } = retention([...others, { id, manifest, text }].map((kept) => this.#known(kept)), settings.keep);
      const gone = [...before.map((kept) => kept.id), ...removed.map(({ checkpoint }) => checkpoint.kept.id)];
      await this.#record([{ kind: 'checkpoint', id, manifest: text, removed: gone }]);
      return { path: this.#pathOf(snapshot.update), warnings: [...await this.#removeFiles(gone), ...await this.#compact()] };
    });
  }

  /** S5. What fails is tried again at another checkpoint: this one is durable. */
  async #compact(): Promise<readonly string[]> {
    const { store, prefix, state, compactEvery } = this.#parts;
    const before = snapshotNumber(state);
    if (compactEvery === null || this.#next - before <= compactEvery) return [];
    try {
      const snapshot = await snapshotOf({ store, prefix, state }, this.#next);
      if (snapshot === null) return [];
      await this.#record([snapshot]);
      await removeSuperfluous({ store, prefix }, { before, openings: snapshot.openings });
      return [];
    } catch (error) {
      return [`${prefix}: its log could not be shortened: ${error instanceof Error ? error.message : String(error)}`];
    }
  }

  #known(kept: KeptCheckpoint): Checked {
    const { update, rollbacks, reason, figure } = kept.manifest;
    return this.#damage.has(kept.id) ? { kind: 'damaged', update, kept } : { kind: 'good', update, rollbacks, reason, figure, kept };
  }

  #pathOf(update: number): string {
    return this.#keys.checkpoints + checkpointName(update);
  }

  /** Failing at it loses nothing: the next who opens the run does it. */
  async #removeFiles(ids: readonly string[]): Promise<readonly string[]> {
    const keys = ids.flatMap((id) => [STATE_NAME, MODEL_NAME].map((name) => this.#keys.file(id, name)));
    const ends = await Promise.allSettled(keys.map((key) => this.#parts.store.remove(key)));
    return ends.flatMap((end) => end.status === 'fulfilled' ? [] : [`${this.#parts.prefix}: what is no longer needed could not be removed: ${String(end.reason)}`]);
  }

  restore(update?: number): Promise<RestoreOutcome> {
    return this.#restore((manifest) => update === undefined || manifest.update === update, update);
  }

  restoreScheduled(atMost: number): Promise<RestoreOutcome> {
    return this.#restore(({ update, reason }) => reason === 'scheduled' && update <= atMost);
  }

  #restore(isWanted: (manifest: Manifest) => boolean, update?: number): Promise<RestoreOutcome> {
    const { state } = this.#parts;
    return this.#turn(async () => {
      const all = [...state.checkpoints.values()].sort((a, b) => compareInstances(b.manifest, a.manifest));
      const warnings: string[] = [];
      for (const kept of all.filter(({ manifest }) => isWanted(manifest))) {
        const reading = await this.#read(kept);
        if (reading.kind === 'damaged') {
          this.#damage.set(kept.id, reading.damage);
          warnings.push(`${describeDamage(this.#pathOf(kept.manifest.update), reading.damage)}; this checkpoint was passed over`);
          continue;
        }
        const { ledger } = reading.content;
        if (!state.ledger.holds(ledger)) warnings.push(`${this.#parts.prefix}/${LEDGER_NAME}: it does not hold line ${ledger.lines}, up to which the checkpoint of update ${kept.manifest.update} counts. The run can go on; the ledger will show a gap there`);
        return { kind: 'restored', snapshot: reading.content, warnings };
      }
      if (update !== undefined && warnings.length === 0) warnings.push(`${this.#keys.checkpoints}: there is no checkpoint of update ${update}; there are: ${all.map(({ manifest }) => manifest.update).join(', ') || 'none'}`);
      return { kind: 'none', warnings };
    });
  }

  async #read({ id, manifest }: KeptCheckpoint): Promise<Reading<Snapshot>> {
    const { store } = this.#parts;
    const files: { [name: string]: Uint8Array } = {};
    for (const name of [MODEL_NAME, STATE_NAME] as const) {
      const reading = await readCheckpointFile(store, this.#keys.file(id, name), name, manifest);
      if (reading.kind === 'damaged') return reading;
      files[name] = reading.content;
    }
    const model = checkedContent(files[MODEL_NAME]!, manifest.files[MODEL_NAME].sha256, { name: MODEL_NAME, facts: manifest.files[MODEL_NAME] }, parseModel);
    if (model.kind === 'damaged') return model;
    const state = checkedContent(files[STATE_NAME]!, manifest.files[STATE_NAME].sha256, { name: STATE_NAME, facts: manifest.files[STATE_NAME] }, parseState);
    return state.kind === 'damaged' ? state : checkedPlace(state.content, manifest);
  }

  appendLedger(entry: LedgerEntry, aside: LedgerAside): Promise<AppendOutcome> {
    const { ledger } = this.#parts.state;
    return this.#turn(async () => {
      // After damage the chain goes on where it still holds.
      if (ledger.isBroken) {
        const { lines, head } = ledger.position;
        ledger.cut({ lines, head });
        await this.#later({ kind: 'cut', lines, head });
      }
      const text = ledger.textOf(entry, aside);
      const outcome = ledger.append(text);
      if (outcome === null) throw new RangeError(`a ledger entry of a wrong kind: ${text}`);
      await this.#later({ kind: 'ledger', text });
      return outcome;
    });
  }

  cutLedger(to: LedgerPosition): Promise<void> {
    const { ledger } = this.#parts.state;
    return this.#turn(async () => {
      ledger.cut(to);
      await this.#later({ kind: 'cut', lines: to.lines, head: to.head });
    });
  }

  ledgerPosition(): LedgerPosition {
    return this.#parts.state.ledger.position;
  }

  discardNewer(than: Instance): Promise<void> {
    return this.#turn(async () => {
      await this.#settle();
      const ids = [...this.#parts.state.checkpoints.values()].filter(({ manifest }) => compareInstances(manifest, than) > 0).map(({ id }) => id);
      if (ids.length > 0) await this.#record([{ kind: 'removed', ids }]);
      await this.#removeFiles(ids);
    });
  }

  appendMetrics(line: Readonly<Record<string, unknown>>): Promise<void> {
    const text = `${JSON.stringify({ formatVersion: 1, ...line })}\n`;
    if (Buffer.byteLength(text) > LIMITS.metricsLineBytesMax) return Promise.reject(new RangeError(`a line of ${METRICS_NAME} of ${Buffer.byteLength(text)} bytes; at most ${LIMITS.metricsLineBytesMax}`));
    return this.#turn(() => this.#later({ kind: 'metrics', text }));
  }

  async writeArtefact(name: string, bytes: Uint8Array): Promise<void> {
    checkKey(name);
    if (isJournalName(name)) throw new RangeError(`artefact ${name}: the name belongs to the journal`);
    const given = Uint8Array.from(bytes);
    await this.#turn(async () => {
      const { store, state } = this.#parts;
      await this.#settle();
      const before = state.artefacts.get(name);
      const id = randomBytes(8).toString('hex');
      await store.putIfAbsent(this.#keys.artefact(id), given);
      await this.#record([{ kind: 'artefact', name, id, bytes: given.byteLength, sha256: sha256Of(given) }]);
      if (before !== undefined) await store.remove(this.#keys.artefact(before.id)).catch(() => undefined);
    });
  }

  /** Makes durable what was appended so far. */
  flush(): Promise<void> {
    return this.#turn(() => this.#record([]));
  }

  /** Lines are durable when the promise resolves. Closing twice is closing once. The store stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#turns.run(() => this.#record([]));
    return this.#closing;
  }
}
