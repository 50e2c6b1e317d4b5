// Whether a checkpoint and the ledger beside it tell of the same run: `ebm resume` goes on from a checkpoint whose line the ledger does
// not hold, with a gap; `ebm inspect` and `verify` say so, for a ledger whose end is gone holds a chain that is whole. Pure.
import { LEDGER_START, type LedgerEntry, type LedgerPosition } from './journal.ts';
import type { LedgerLine } from './ledger.ts';
import type { Manifest } from './manifest.ts';
import { compareInstances } from './retention.ts';

/** What a checkpoint tells of itself. */
export type Claim = Pick<Manifest, 'update' | 'branch' | 'rollbacks' | 'ledger' | 'digests'>;

export const samePosition = (a: LedgerPosition, b: LedgerPosition): boolean => a.lines === b.lines && a.head === b.head;

/** Compares one checkpoint with a ledger, whose positions it is shown from the start on, in order. */
export class Belonging {
  readonly #claim: Claim;
  #end = LEDGER_START;
  #isHeld = false;
  /** Its lines were lost before, which a gap in the ledger tells: nothing can be said. */
  #isLost = false;
  /** Lines on the chain that are not after the checkpoint. */
  #linesBefore = 0;
  #sameVersion: LedgerLine | null = null;

  constructor(claim: Claim) { this.#claim = claim; }

  /** `line`: what led to the position; null for the start, and where the chain goes on after a gap. */
  visit(position: LedgerPosition, line: LedgerLine | null): void {
    const { ledger } = this.#claim;
    this.#isHeld ||= samePosition(position, ledger);
    this.#isLost ||= line === null && ledger.lines > this.#end.lines && ledger.lines < position.lines;
    if (line !== null && compareInstances(line.entry, this.#claim) <= 0) this.#linesBefore = position.lines;
    if (line !== null && isSameVersion(line.entry, this.#claim)) this.#sameVersion = line;
    this.#end = position;
  }

  /** How they contradict each other, with the checkpoint as `it`; null if they do not. */
  contradiction(): string | null {
    const { lines } = this.#claim.ledger;
    if (this.#isLost) return null;
    if (!this.#isHeld && lines > this.#end.lines) return `it counts ${lines} lines of the ledger, whose chain holds ${this.#end.lines}: the end of the ledger is missing, or the checkpoint is of another run`;
    if (!this.#isHeld) return `line ${lines} of the ledger, up to which it counts, is another one: the ledger was written anew, or the checkpoint is of another run`;
    if (this.#linesBefore > lines) return `it counts ${lines} lines of the ledger, which has ${this.#linesBefore} up to its update: the checkpoint is of another run`;
    return this.#digestContradiction();
  }

  #digestContradiction(): string | null {
    const { digests } = this.#claim;
    if (this.#sameVersion === null || digests === null) return null;
    const { line, entry } = this.#sameVersion;
    const differing = (['parameters', 'chains'] as const).filter((name) => entry[name] !== digests[name]);
    return differing.length === 0 ? null : `its digest of the ${differing.join(' and ')} is not the one in line ${line} of the ledger, which is of the same update`;
  }
}

function isSameVersion(entry: LedgerEntry, { update, branch, rollbacks }: Claim): boolean {
  return entry.update === update && entry.branch === branch && entry.rollbacks === rollbacks;
}
