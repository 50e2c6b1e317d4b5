// The journal of `ebm verify`: lines and checkpoints that are computed again are compared with those on record, and nothing is kept but
// what a rollback falls back to. Owns what counts as a difference; what is computed, and from where, is verify.ts's.
import { LEDGER_START, type AppendOutcome, type Journal, type LedgerEntry, type LedgerPosition, type RestoreOutcome, type Snapshot } from '../../platform/journal/journal.ts';
import { compareInstances } from '../../platform/journal/retention.ts';

/** Digests on record: a line of the ledger, or what the manifest of a checkpoint says. */
export interface Recorded { readonly kind: 'line' | 'checkpoint'; readonly entry: LedgerEntry }

export interface Expectation {
  /** What to compare, in the order of the run's history, a line before the checkpoint of the same version. */
  readonly wanted: readonly Recorded[];
  /** Updates that it is of: after `from`, up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly start: Snapshot | null;
  /** The ledger lost lines once: one that it does not have is no difference. */
  readonly hasGap: boolean;
  /** Called once, when there is nothing left to compare. */
  readonly onDone: () => void;
}

const keyOf = ({ kind, entry: { update, branch, rollbacks } }: Recorded): string => `${kind}/${update}/${branch}/${rollbacks}`;

/** In the order of the run's history. */
export function compareRecorded(a: Recorded, b: Recorded): number {
  return compareInstances(a.entry, b.entry) || Number(a.kind === 'checkpoint') - Number(b.kind === 'checkpoint');
}

export class ComparingJournal implements Journal {
  readonly #expected: Expectation;
  readonly #missing: Map<string, Recorded>;
  readonly #last: Recorded | undefined;
  #position: LedgerPosition;
  /** The newest that a rollback may fall back to. */
  #target: Snapshot | null;
  #difference: Recorded | null = null;
  #isDone = false;

  constructor(expected: Expectation) {
    this.#expected = expected;
    this.#missing = new Map(expected.wanted.map((recorded) => [keyOf(recorded), recorded]));
    this.#last = expected.wanted.at(-1);
    this.#position = expected.start?.ledger ?? LEDGER_START;
    this.#target = expected.start?.reason === 'scheduled' ? expected.start : null;
  }

  /** How many of a kind were computed again. */
  compared(kind: Recorded['kind']): number {
    return this.#expected.wanted.filter((recorded) => recorded.kind === kind && !this.#missing.has(keyOf(recorded))).length;
  }

  /** What first differs: what was computed otherwise, a line that is not on record, or what was never computed. */
  get firstDifference(): Recorded | null {
    const never = this.#missing.values().next().value ?? null;
    if (this.#difference === null || never === null) return this.#difference ?? never;
    return compareRecorded(never, this.#difference) < 0 ? never : this.#difference;
  }

  appendLedger(entry: LedgerEntry): Promise<AppendOutcome> {
    this.#compare({ kind: 'line', entry });
    this.#position = { ...this.#position, lines: this.#position.lines + 1 };
    return Promise.resolve({ kind: 'appended', position: this.#position });
  }

  #compare(computed: Recorded): void {
    if (this.#isDone || this.#last === undefined) return;
    const was = this.#missing.get(keyOf(computed));
    const { entry } = computed;
    if (was === undefined ? this.#isUnrecorded(computed, this.#last) : was.entry.parameters !== entry.parameters || was.entry.chains !== entry.chains) this.#difference ??= computed;
    this.#missing.delete(keyOf(computed));
    if (compareRecorded(computed, this.#last) < 0) return;
    this.#isDone = true;
    this.#expected.onDone();
  }

  /** A line that should be on record and is not; of the checkpoints that were taken, few are kept. */
  #isUnrecorded(computed: Recorded, last: Recorded): boolean {
    const { from, to, hasGap } = this.#expected;
    return computed.kind === 'line' && !hasGap && compareRecorded(computed, last) <= 0 && computed.entry.update > from && computed.entry.update <= to;
  }

  checkpoint(snapshot: Snapshot): Promise<{ readonly path: string }> {
    const { update, branch, rollbacks, digests, reason } = snapshot;
    if (reason === 'scheduled') this.#target = snapshot;
    if (digests !== undefined) this.#compare({ kind: 'checkpoint', entry: { update, branch, rollbacks, ...digests } });
    return Promise.resolve({ path: `update ${update}, in memory` });
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
