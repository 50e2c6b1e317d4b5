// The ledger's lines and their chain; pure. A line's digest is SHA-256 over the digest before it, a line feed, and the canonical JSON
// of its entry: equal runs have equal chains, wherever and whenever they ran. Engine, time and place stand in `aside`, outside of it.
//
// C1. A line holds the digest of the line before it (`previous`) and its own.
// C2. After damage that no line can mend, a `gap` line says where the chain goes on: readers report it and go on from there.
import { canonicalJson, digestOf, isDigest, type Json } from './canonical.ts';
import type { LedgerAside, LedgerEntry, LedgerPosition } from './journal.ts';

export const LEDGER_FORMAT_VERSION = 1;

export interface LedgerLine {
  /** From 1. */
  readonly line: number;
  readonly entry: LedgerEntry;
  readonly aside: LedgerAside;
  readonly previous: string;
  readonly digest: string;
}

function entryJson({ update, branch, rollbacks, parameters, chains }: LedgerEntry): { readonly [key: string]: Json } {
  return { update, branch, rollbacks, parameters, chains };
}

export function entryText(entry: LedgerEntry): string {
  return JSON.stringify(entryJson(entry));
}

export function lineDigest(previous: string, entry: LedgerEntry): string {
  return digestOf(`${previous}\n${canonicalJson(entryJson(entry))}`);
}

/** The text of the line after `position`, and the position after it. */
export function ledgerLine(position: LedgerPosition, entry: LedgerEntry, aside: LedgerAside): { readonly text: string; readonly position: LedgerPosition } {
  const digest = lineDigest(position.head, entry);
  const text = `${JSON.stringify({ formatVersion: LEDGER_FORMAT_VERSION, ...entryJson(entry), previous: position.head, digest, aside })}\n`;
  return { text, position: { lines: position.lines + 1, head: digest } };
}

export function gapLine(to: LedgerPosition, why: string): string {
  return `${JSON.stringify({ formatVersion: LEDGER_FORMAT_VERSION, gap: { lines: to.lines, head: to.head }, aside: { why } })}\n`;
}

type Unchecked = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Unchecked => typeof value === 'object' && value !== null ? value as Unchecked : {};
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

export type LineReading =
  | { readonly kind: 'line'; readonly line: LedgerLine; readonly position: LedgerPosition }
  | { readonly kind: 'gap'; readonly position: LedgerPosition; readonly why: string }
  | { readonly kind: 'broken'; readonly why: string };

function parseEntry(value: Unchecked): LedgerEntry | null {
  const { update, branch, rollbacks, parameters, chains } = value;
  if (!isCount(update) || !isCount(branch) || !isCount(rollbacks) || !isDigest(parameters) || !(chains === null || isDigest(chains))) return null;
  return { update, branch, rollbacks, parameters, chains };
}

/** Reads a line that stands at a position, and says how it breaks the chain if it does. `text`: without its line feed. */
export function readLine(text: string, at: LedgerPosition): LineReading {
  const broken = (why: string): LineReading => ({ kind: 'broken', why });
  let value: Unchecked;
  try {
    value = fieldsOf(JSON.parse(text));
  } catch {
    return broken('it is not JSON');
  }
  const version = value['formatVersion'];
  if (typeof version === 'number' && version > LEDGER_FORMAT_VERSION) return broken(`it has format version ${version}, this program reads up to ${LEDGER_FORMAT_VERSION}`);
  const { previous, digest } = value;
  const aside = fieldsOf(value['aside']) as LedgerAside;
  const { lines, head } = fieldsOf(value['gap']);
  if (isCount(lines) && isDigest(head)) return { kind: 'gap', position: { lines, head }, why: String(aside['why']) };
  const entry = parseEntry(value);
  if (version !== LEDGER_FORMAT_VERSION || entry === null || !isDigest(previous) || !isDigest(digest)) return broken('it lacks a field or has one of a wrong kind');
  if (lineDigest(previous, entry) !== digest) return broken('it was changed: its digest is not that of its entry');
  if (previous !== at.head) return broken('it does not follow the line before it: lines are missing, doubled or exchanged');
  const position = { lines: at.lines + 1, head: digest };
  return { kind: 'line', line: { line: position.lines, entry, aside, previous, digest }, position };
}

/** A line by itself, without its place in the chain; null if it is none. */
export function parseAlone(text: string): LedgerLine | null {
  let previous: unknown;
  try {
    previous = fieldsOf(JSON.parse(text))['previous'];
  } catch {
    return null;
  }
  const reading = isDigest(previous) ? readLine(text, { lines: 0, head: previous }) : null;
  return reading?.kind === 'line' ? reading.line : null;
}
