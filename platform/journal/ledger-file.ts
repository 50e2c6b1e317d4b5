// ledger.jsonl of a run: appending, cutting back on resume, and comparing lines that are computed again with those that were cut
// (kept in ledger.cut.jsonl until a checkpoint is past them). Lines are durable with the next checkpoint, which syncs first.
import { join } from 'node:path';
import { removeIfThere, replaceFile } from '../store/durable.ts';
import { StorageError } from '../store/errors.ts';
import { systemCode, type Files } from '../store/files.ts';
import { samePosition } from './belonging.ts';
import type { AppendOutcome, LedgerAside, LedgerEntry, LedgerPosition } from './journal.ts';
import { LEDGER_START } from './journal.ts';
import { entryText, gapLine, ledgerLine, parseAlone, readLine, type LedgerLine } from './ledger.ts';
import { LineFile } from './line-file.ts';
import { LIMITS } from './limits.ts';
import { readLines } from './lines.ts';
import { compareInstances, type Instance } from './retention.ts';

export const LEDGER_NAME = 'ledger.jsonl';
const CUT_NAME = 'ledger.cut.jsonl';

/** `line`: number of the line in the file, from 1. `torn`: a last line without its end; `broken`: the chain ends before it. */
export interface LedgerProblem { readonly kind: 'torn' | 'broken' | 'gap'; readonly line: number; readonly why: string }

export interface LedgerScan {
  /** End of the chain as far as it holds, and the file's bytes up to there. */
  readonly position: LedgerPosition;
  readonly bytes: number;
  readonly problems: readonly LedgerProblem[];
}

/** Follows the chain from the start; `visit` sees every position with the bytes up to it, and the line that led there. */
export async function scanLedger(
  files: Files, path: string, visit?: (position: LedgerPosition, bytes: number, line: LedgerLine | null) => void,
): Promise<LedgerScan> {
  const problems: LedgerProblem[] = [];
  let position = LEDGER_START;
  let bytes = 0;
  let number = 0;
  visit?.(position, bytes, null);
  const end = (kind: 'torn' | 'broken', why: string): LedgerScan => ({ position, bytes, problems: [...problems, { kind, line: number, why }] });
  for await (const found of readLines(files, path, LIMITS.ledgerLineBytesMax)) {
    number += 1;
    if (found.kind === 'torn') return end('torn', 'it has no end: its writer was interrupted');
    if (found.kind === 'too-long') return end('broken', `it has more than ${LIMITS.ledgerLineBytesMax} bytes`);
    const reading = readLine(found.text, position);
    if (reading.kind === 'broken') return end('broken', reading.why);
    if (reading.kind === 'gap') problems.push({ kind: 'gap', line: number, why: `the chain was broken here and went on as line ${reading.position.lines + 1}: ${reading.why}` });
    position = reading.position;
    bytes = found.end;
    visit?.(position, bytes, reading.kind === 'line' ? reading.line : null);
  }
  return { position, bytes, problems };
}

const keyOf = ({ update, branch, rollbacks }: LedgerEntry): string => `${update}/${branch}/${rollbacks}`;

interface CutLine { readonly line: LedgerLine; readonly text: string }

export class LedgerFile {
  readonly #files: Files;
  readonly #directory: string;
  #lines: LineFile;
  #position: LedgerPosition;
  /** The file goes on after the chain has broken; it is cut before anything is appended. */
  #isBroken: boolean;
  readonly #cutLines = new Map<string, CutLine>();

  private constructor(files: Files, directory: string, opened: { readonly lines: LineFile; readonly scan: LedgerScan; readonly isBroken: boolean }) {
    this.#files = files;
    this.#directory = directory;
    this.#lines = opened.lines;
    this.#position = opened.scan.position;
    this.#isBroken = opened.isBroken;
  }

  /** Opens it, created if it is absent. A torn last line is cut. */
  static async open(files: Files, directory: string): Promise<{ readonly ledger: LedgerFile; readonly warnings: readonly string[] }> {
    const path = join(directory, LEDGER_NAME);
    const scan = await scanLedger(files, path);
    const isBroken = scan.problems.some(({ kind }) => kind === 'broken');
    const lines = await LineFile.open(files, path, isBroken ? Infinity : scan.bytes);
    const ledger = new LedgerFile(files, directory, { lines, scan, isBroken });
    for await (const found of readLines(files, join(directory, CUT_NAME), LIMITS.ledgerLineBytesMax)) {
      if (found.kind === 'line') ledger.#remember(found.text);
    }
    const said = { torn: 'it was cut off', broken: 'lines from there on are not used', gap: '' };
    return { ledger, warnings: scan.problems.map(({ kind, line, why }) => `${path}: line ${line}: ${why}${said[kind] && `; ${said[kind]}`}`) };
  }

  get position(): LedgerPosition {
    return this.#position;
  }

  get #path(): string {
    return join(this.#directory, LEDGER_NAME);
  }

  async append(entry: LedgerEntry, aside: LedgerAside): Promise<AppendOutcome> {
    if (this.#isBroken) await this.cut(this.#position);
    const { text, position } = ledgerLine(this.#position, entry, aside);
    if (Buffer.byteLength(text) > LIMITS.ledgerLineBytesMax) throw new RangeError(`a ledger line of ${Buffer.byteLength(text)} bytes; at most ${LIMITS.ledgerLineBytesMax}`);
    await this.#lines.append(text);
    this.#position = position;
    const was = this.#cutLines.get(keyOf(entry));
    this.#cutLines.delete(keyOf(entry));
    if (was === undefined || entryText(was.line.entry) === entryText(entry)) return { kind: 'appended', position };
    return { kind: 'differs', position, line: position.lines, was: entryText(was.line.entry), beside: was.line.aside };
  }

  sync(): Promise<void> {
    return this.#lines.sync();
  }

  /** Whether a checkpoint's position lies on the chain in the file. */
  async holds(position: LedgerPosition): Promise<boolean> {
    return samePosition(position, this.#position) || await this.#bytesAt(position) !== null;
  }

  async #bytesAt(to: LedgerPosition): Promise<number | null> {
    let at: number | null = null;
    await scanLedger(this.#files, this.#path, (position, bytes) => { if (samePosition(position, to)) at = bytes; });
    return at;
  }

  async cut(to: LedgerPosition): Promise<void> {
    if (samePosition(to, this.#position) && !this.#isBroken) return;
    await this.#lines.sync();
    const bytes = await this.#bytesAt(to);
    if (bytes === null) await this.#mend(to);
    else if (bytes < this.#lines.bytes || this.#isBroken) {
      await this.#keepLinesFrom(bytes);
      await this.#lines.cut(bytes);
    }
    this.#position = to;
    this.#isBroken = false;
  }

  async #keepLinesFrom(bytes: number): Promise<void> {
    for await (const found of readLines(this.#files, this.#path, LIMITS.ledgerLineBytesMax)) {
      if (found.kind === 'line' && found.start >= bytes) this.#remember(found.text);
    }
    if (this.#cutLines.size === 0) return;
    const texts = [...this.#cutLines.values()].map(({ text }) => `${text}\n`);
    await replaceFile(this.#files, join(this.#directory, CUT_NAME), new TextEncoder().encode(texts.join('')));
  }

  /** Of lines for the same update the first counts: it is what was there before anything was computed again. */
  #remember(text: string): void {
    const line = parseAlone(text);
    if (line === null || this.#cutLines.size >= LIMITS.comparedLinesMax || this.#cutLines.has(keyOf(line.entry))) return;
    this.#cutLines.set(keyOf(line.entry), { line, text });
  }

  /** The file does not hold the position: it is kept aside as it is, and the chain goes on after a gap. */
  async #mend(to: LedgerPosition): Promise<void> {
    let good = 0;
    await scanLedger(this.#files, this.#path, (position, bytes) => { if (position.lines <= to.lines) good = bytes; });
    await this.#lines.close();
    if (this.#lines.bytes > 0) await this.#keepAside();
    const gap = new TextEncoder().encode(gapLine(to, `the ledger did not hold line ${to.lines} of the checkpoint the run resumed from`));
    const file = await this.#files.open(this.#path);
    const whole = new Uint8Array(good + gap.byteLength);
    await file.read(whole.subarray(0, good), 0).finally(() => file.close());
    whole.set(gap, good);
    await replaceFile(this.#files, this.#path, whole);
    this.#lines = await LineFile.open(this.#files, this.#path, whole.byteLength);
  }

  async #keepAside(): Promise<void> {
    for (let number = 1; number <= 1000; number += 1) {
      try {
        await this.#files.link(this.#path, join(this.#directory, `ledger.damaged-${number}.jsonl`));
        return;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
      }
    }
    throw new StorageError({ code: 'damaged', path: this.#path, what: 'there are 1000 damaged ledgers beside it', remedy: 'Look at them, move them away, and try again.' });
  }

  /** Lines that were cut are not compared with any more. */
  async forgetCut(): Promise<void> {
    this.#cutLines.clear();
    await removeIfThere(this.#files, join(this.#directory, CUT_NAME));
  }

  /** A durable checkpoint is at `instance`: lines up to there will not be computed again. */
  async settle(instance: Instance): Promise<void> {
    for (const [key, { line }] of this.#cutLines) if (compareInstances(line.entry, instance) <= 0) this.#cutLines.delete(key);
    if (this.#cutLines.size === 0) await removeIfThere(this.#files, join(this.#directory, CUT_NAME));
  }

  /** Its lines are durable then; if all that were cut have been compared, nothing is left to remember. */
  async close(): Promise<void> {
    await this.#lines.close();
    if (this.#cutLines.size === 0) await removeIfThere(this.#files, join(this.#directory, CUT_NAME));
  }
}
