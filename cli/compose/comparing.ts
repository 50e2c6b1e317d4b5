// The journal of `ebm verify`: lines that are computed again are compared with those on record, and nothing is kept but what a rollback
// falls back to. Owns what counts as a difference; what is computed, and from where, is verify.ts's.
import { LEDGER_START, type AppendOutcome, type Journal, type LedgerEntry, type LedgerPosition, type RestoreOutcome, type Snapshot } from '../../platform/journal/journal.ts';
import { compareInstances } from '../../platform/journal/retention.ts';

export interface Expectation {
  /** Lines to compare, in the order of the run's history. */
  readonly wanted: readonly LedgerEntry[];
  /** Updates that they are of: after `from`, up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly start: Snapshot | null;
  /** The ledger lost lines once: one that it does not have is no difference. */
  readonly hasGap: boolean;
  /** Called once, when there is nothing left to compare. */
  readonly onDone: () => void;
}

const keyOf = ({ update, branch, rollbacks }: LedgerEntry): string => `${update}/${branch}/${rollbacks}`;

export class ComparingJournal implements Journal {
  readonly #expected: Expectation;
  readonly #missing: Map<string, LedgerEntry>;
  readonly #last: LedgerEntry | undefined;
  #position: LedgerPosition;
  /** The newest that a rollback may fall back to. */
  #target: Snapshot | null;
  #difference: LedgerEntry | null = null;
  #isDone = false;

  constructor(expected: Expectation) {
    this.#expected = expected;
    this.#missing = new Map(expected.wanted.map((entry) => [keyOf(entry), entry]));
    this.#last = expected.wanted.at(-1);
    this.#position = expected.start?.ledger ?? LEDGER_START;
    this.#target = expected.start?.reason === 'scheduled' ? expected.start : null;
  }

  get compared(): number { return this.#expected.wanted.length - this.#missing.size; }

  /** What first differs: a line that was computed otherwise, that is not on record, or that was never computed. */
  get firstDifference(): LedgerEntry | null {
    const never = this.#missing.values().next().value ?? null;
    if (this.#difference === null || never === null) return this.#difference ?? never;
    return compareInstances(never, this.#difference) < 0 ? never : this.#difference;
  }

  appendLedger(entry: LedgerEntry): Promise<AppendOutcome> {
    this.#compare(entry);
    this.#position = { ...this.#position, lines: this.#position.lines + 1 };
    return Promise.resolve({ kind: 'appended', position: this.#position });
  }

  #compare(entry: LedgerEntry): void {
    const { from, to, hasGap, onDone } = this.#expected;
    if (this.#isDone || this.#last === undefined) return;
    const was = this.#missing.get(keyOf(entry));
    const isPast = compareInstances(entry, this.#last) > 0;
    const isOther = was === undefined ? !hasGap && !isPast && entry.update > from && entry.update <= to : was.parameters !== entry.parameters || was.chains !== entry.chains;
    if (isOther) this.#difference ??= entry;
    this.#missing.delete(keyOf(entry));
    if (compareInstances(entry, this.#last) < 0) return;
    this.#isDone = true;
    onDone();
  }

  checkpoint(snapshot: Snapshot): Promise<{ readonly path: string }> {
    if (snapshot.reason === 'scheduled') this.#target = snapshot;
    return Promise.resolve({ path: `update ${snapshot.update}, in memory` });
  }

  restoreScheduled(atMost: number): Promise<RestoreOutcome> {
    const snapshot = this.#target;
    return Promise.resolve(snapshot === null || snapshot.update > atMost ? { kind: 'none', warnings: [] } : { kind: 'restored', snapshot, warnings: [] });
  }

  cutLedger(to: LedgerPosition): Promise<void> {
    this.#position = to;
    return Promise.resolve();
  }

  ledgerPosition(): LedgerPosition { return this.#position; }
  restore(): Promise<RestoreOutcome> { return Promise.resolve({ kind: 'none', warnings: [] }); }
  discardNewer(): Promise<void> { return Promise.resolve(); }
  appendMetrics(): Promise<void> { return Promise.resolve(); }
  writeArtefact(): Promise<void> { return Promise.resolve(); }
  close(): Promise<void> { return Promise.resolve(); }
}
