// The journal in memory, for runs without a directory (the library, recomputing for `ebm verify`) and for tests: the same chain of the
// ledger, the same checkpoints kept, gone with the process.
import { LEDGER_START, type AppendOutcome, type Journal, type LedgerAside, type LedgerEntry, type LedgerPosition, type AnyPublished, type RestoreOutcome, type Snapshot } from './journal.ts';
import { entryText, ledgerLine, readLine, type LedgerLine } from './ledger.ts';
import { compareInstances, retention, type Instance, type Known } from './retention.ts';
import { reasonAt, type JournalSettings } from './settings.ts';

interface Kept { readonly snapshot: Snapshot; readonly model: AnyPublished }

const known = (kept: Kept): Extract<Known, { readonly kind: 'good' }> & { readonly kept: Kept } => {
  const { update, rollbacks, reason, figure } = kept.snapshot;
  return { kind: 'good', update, rollbacks, reason, figure, kept };
};

const copyOf = (snapshot: Snapshot): Snapshot => ({ ...snapshot, arrays: new Map([...snapshot.arrays].map(([name, data]) => [name, data.slice()])) });

export class MemoryJournal implements Journal {
  readonly #settings: JournalSettings;
  readonly #start: LedgerPosition;
  #kept: readonly Kept[] = [];
  #lines: { readonly text: string; readonly line: LedgerLine }[] = [];
  readonly #cut = new Map<string, LedgerLine>();
  readonly metrics: Readonly<Record<string, unknown>>[] = [];
  readonly artefacts = new Map<string, Uint8Array>();

  /** `start`: where the ledger goes on, for a run that starts from another journal's checkpoint. */
  constructor(settings: JournalSettings, start: LedgerPosition = LEDGER_START) {
    this.#settings = settings;
    this.#start = start;
  }

  /** Its lines so far, as ledger.jsonl would have them. */
  get ledgerText(): string {
    return this.#lines.map(({ text }) => text).join('');
  }

  /** What is kept, the newest in the run's history first. */
  get checkpoints(): readonly Kept[] {
    return this.#kept;
  }

  checkpoint(given: Snapshot, model: AnyPublished): Promise<{ readonly path: string }> {
    const others = this.#kept.filter(({ snapshot }) => snapshot.update !== given.update);
    const wasScheduled = this.#kept.some(({ snapshot }) => snapshot.update === given.update && snapshot.reason === 'scheduled');
    const snapshot = copyOf({ ...given, reason: wasScheduled ? 'scheduled' : reasonAt(this.#settings, given) });
    const copy = publishedCopy(model);
    const { kept } = retention([...others, { snapshot, model: copy }].map(known), this.#settings.keep);
    this.#kept = kept.map(({ checkpoint }) => checkpoint.kept).sort((a, b) => compareInstances(b.snapshot, a.snapshot));
    for (const [key, { entry }] of this.#cut) if (compareInstances(entry, given) <= 0) this.#cut.delete(key);
    return Promise.resolve({ path: `checkpoint of update ${given.update}, in memory` });
  }

  restore(update?: number): Promise<RestoreOutcome> {
    const warnings = update === undefined ? [] : [`there is no checkpoint of update ${update}; there are: ${this.#kept.map(({ snapshot }) => snapshot.update).join(', ') || 'none'}`];
    return this.#restored((snapshot) => update === undefined || snapshot.update === update, warnings);
  }

  restoreScheduled(atMost: number): Promise<RestoreOutcome> {
    return this.#restored(({ reason, update }) => reason === 'scheduled' && update <= atMost, []);
  }

  #restored(isWanted: (snapshot: Snapshot) => boolean, warnings: readonly string[]): Promise<RestoreOutcome> {
    const found = this.#kept.find(({ snapshot }) => isWanted(snapshot));
    return Promise.resolve(found === undefined ? { kind: 'none', warnings } : { kind: 'restored', snapshot: copyOf(found.snapshot), warnings: [] });
  }

  appendLedger(entry: LedgerEntry, aside: LedgerAside): Promise<AppendOutcome> {
    const { text, position } = ledgerLine(this.ledgerPosition(), entry, aside);
    const reading = readLine(text, this.ledgerPosition());
    if (reading.kind !== 'line') return Promise.reject(new RangeError(`a ledger entry of a wrong kind: ${text}`));
    this.#lines.push({ text, line: reading.line });
    const key = `${entry.update}/${entry.branch}/${entry.rollbacks}`;
    const was = this.#cut.get(key);
    this.#cut.delete(key);
    const isSame = was === undefined || entryText(was.entry) === entryText(entry);
    return Promise.resolve(isSame ? { kind: 'appended', position } : { kind: 'differs', position, line: position.lines, was: entryText(was.entry), beside: was.aside });
  }

  cutLedger(to: LedgerPosition): Promise<void> {
    const count = to.lines - this.#start.lines;
    const head = count === 0 ? this.#start.head : this.#lines[count - 1]?.line.digest;
    if (head !== to.head) return Promise.reject(new RangeError(`the ledger in memory never was at line ${to.lines} with head ${to.head}`));
    for (const { line } of this.#lines.slice(count)) {
      const key = `${line.entry.update}/${line.entry.branch}/${line.entry.rollbacks}`;
      if (!this.#cut.has(key)) this.#cut.set(key, line);
    }
    this.#lines = this.#lines.slice(0, count);
    return Promise.resolve();
  }

  ledgerPosition(): LedgerPosition {
    const last = this.#lines.at(-1);
    return last === undefined ? this.#start : { lines: last.line.line, head: last.line.digest };
  }

  discardNewer(than: Instance): Promise<void> {
    this.#kept = this.#kept.filter(({ snapshot }) => compareInstances(snapshot, than) <= 0);
    return Promise.resolve();
  }

  appendMetrics(line: Readonly<Record<string, unknown>>): Promise<void> {
    this.metrics.push(line);
    return Promise.resolve();
  }

  writeArtefact(name: string, bytes: Uint8Array): Promise<void> {
    this.artefacts.set(name, bytes.slice());
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function publishedCopy(model: AnyPublished): AnyPublished {
  if ('kind' in model) return { ...model, tensors: new Map([...model.tensors].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }])) };
  return { ...model, weights: model.weights.slice(), visibleBias: model.visibleBias.slice(), hiddenBias: model.hiddenBias.slice() };
}
