// A ledger as lines in memory, made from what was done to it in order: lines appended, and cut back. The same doings give the same lines,
// so that a journal of immutable records can be read again. What a line holds, and how lines are chained, is ledger.ts.
import { samePosition } from './belonging.ts';
import { LEDGER_START, type AppendOutcome, type LedgerAside, type LedgerEntry, type LedgerPosition } from './journal.ts';
import { entryText, gapLine, ledgerLine, readLine, type LedgerLine } from './ledger.ts';
import { LIMITS } from './limits.ts';
import { compareInstances, type Instance } from './retention.ts';

/** `line`: null for a gap. `position`: after it. */
interface Kept { readonly text: string; readonly line: LedgerLine | null; readonly position: LedgerPosition }

const keyOf = ({ update, branch, rollbacks }: LedgerEntry): string => `${update}/${branch}/${rollbacks}`;

export class LedgerLines {
  #kept: Kept[] = [];
  /** Lines that were cut, for comparison; of several for one update the first counts. */
  readonly #cut = new Map<string, LedgerLine>();
  #isBroken = false;

  get position(): LedgerPosition { return this.#kept.at(-1)?.position ?? LEDGER_START; }

  get isBroken(): boolean { return this.#isBroken; }

  /** As ledger.jsonl has them. */
  get text(): string { return this.#kept.map(({ text }) => text).join(''); }

  holds(position: LedgerPosition): boolean {
    return samePosition(position, LEDGER_START) || this.#kept.some((kept) => samePosition(kept.position, position));
  }

  /** The text of the line that an entry makes now. Throws RangeError for one that is too long. */
  textOf(entry: LedgerEntry, aside: LedgerAside): string {
    const { text } = ledgerLine(this.position, entry, aside);
    if (Buffer.byteLength(text) > LIMITS.ledgerLineBytesMax) throw new RangeError(`a ledger line of ${Buffer.byteLength(text)} bytes; at most ${LIMITS.ledgerLineBytesMax}`);
    return text;
  }

  /** A line with its line feed; null, and all that follow count for nothing, if it does not continue the chain. */
  append(text: string): AppendOutcome | null {
    const reading = this.#isBroken ? null : readLine(text.trimEnd(), this.position);
    if (reading?.kind !== 'line') {
      this.#isBroken = true;
      return null;
    }
    const { line, position } = reading;
    this.#kept.push({ text, line, position });
    const was = this.#cut.get(keyOf(line.entry));
    this.#cut.delete(keyOf(line.entry));
    if (was === undefined || entryText(was.entry) === entryText(line.entry)) return { kind: 'appended', position };
    return { kind: 'differs', position, line: position.lines, was: entryText(was.entry), beside: was.aside };
  }

  /** Lines are missing here: what follows is not on the chain until it is cut back. */
  break(): void { this.#isBroken = true; }

  cut(to: LedgerPosition): void {
    this.#isBroken = false;
    const isHeld = this.holds(to);
    // Without the position: what is not after it stays, and the chain goes on after a gap.
    const at = isHeld ? this.#kept.findIndex(({ position }) => samePosition(position, to)) + 1 : this.#kept.filter(({ position }) => position.lines <= to.lines).length;
    for (const { line } of this.#kept.splice(at)) {
      if (line !== null && !this.#cut.has(keyOf(line.entry)) && this.#cut.size < LIMITS.comparedLinesMax) this.#cut.set(keyOf(line.entry), line);
    }
    if (!isHeld) this.#kept.push({ text: gapLine(to, `the ledger did not hold line ${to.lines} of the checkpoint the run resumed from`), line: null, position: to });
  }

  /** A durable checkpoint is at `instance`: lines up to there will not be computed again. */
  settle(instance: Instance): void {
    for (const [key, { entry }] of this.#cut) if (compareInstances(entry, instance) <= 0) this.#cut.delete(key);
  }
}
