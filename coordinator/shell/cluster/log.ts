// The log of a cluster: immutable records in a store, created by put-if-absent at the next number. Whoever leads writes; a writer that finds
// its number taken has been deposed, for only a new leader's fence can have come between.
// G1: a leader's first record is its fence, with an epoch above all before it.
// G2: a record is written at exactly one number, and nothing is written after a fence of a higher epoch.
// G3: a snapshot holds all before it; what it replaces is removed after it is durable, but for the fences: the number after a deposed
//     leader's last record stays taken for ever, and a fence is what took it.
// G4: a fence counts if nothing is above it. Who read the log, slept, and found its number freed by a snapshot, takes its fence away again.
import type { Clock } from '../../../platform/clock/clock.ts';
import type { Store } from '../../../platform/store/store.ts';
import { fold, NO_HISTORY, retained, type Decision, type History, type LogRecord } from '../../machine/cluster/history.ts';

const PREFIX = 'log/';
const DIGITS = 10;
export const LOG_FORMAT_VERSION = 1;

export const LOG_LIMITS = { recordBytesMax: 64 * 1024 * 1024, recordsBetweenSnapshots: 512, endedMax: 1_000, quarantinesMax: 1_000 } as const;

/** This coordinator leads no more. It may write nothing from here on. */
export class Deposed extends Error {
  readonly code = 'deposed';
  readonly epoch: number;

  constructor(epoch: number) {
    super(`another coordinator leads by now: this one, of epoch ${epoch}, writes no more`);
    this.name = 'Deposed';
    this.epoch = epoch;
  }
}

/** The log holds what this program cannot read. */
export class LogUnreadable extends Error {
  readonly code = 'log-unreadable';
}

export interface Head { readonly number: number; readonly history: History; readonly sinceSnapshot: number; readonly fences: readonly number[] }

const keyOf = (number: number): string => `${PREFIX}${String(number).padStart(DIGITS, '0')}`;
const numberOf = (key: string): number => Number(key.slice(PREFIX.length));

/** What the log says, for anybody. */
export async function readLog(store: Store): Promise<Head> {
  for (;;) {
    const keys = (await store.list(PREFIX)).filter((key) => /^log\/\d{10}$/.test(key));
    const head = await folded(store, keys);
    if (head !== null) return head; // else a snapshot took away what was listed: look again
  }
}

async function folded(store: Store, keys: readonly string[]): Promise<Head | null> {
  const records: LogRecord[] = [];
  const fences: number[] = [];
  for (const key of keys) {
    const bytes = await store.get(key);
    if (bytes === null) return null;
    const record = recordOf(key, bytes);
    records.push(record);
    if (record.decision.kind === 'fence') fences.push(numberOf(key));
  }
  // From the last snapshot on: what is below it is fences that were needed once, or one that came too late (G4).
  const from = records.reduce((last, { decision }, i) => decision.kind === 'snapshot' ? i : last, 0);
  const history = records.slice(from).reduce(fold, NO_HISTORY);
  const sinceSnapshot = records.length - from - (records[from]?.decision.kind === 'snapshot' ? 1 : 0);
  return { number: keys.length === 0 ? 0 : numberOf(keys.at(-1)!), history, sinceSnapshot, fences };
}

function recordOf(key: string, bytes: Uint8Array): LogRecord {
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new LogUnreadable(`record ${key} of the cluster's log is damaged: restore the store from a backup`, { cause });
  }
  const { v, epoch, at, decision } = read as Partial<LogRecord> & { readonly v?: unknown; readonly at?: unknown };
  if (typeof v !== 'number' || v > LOG_FORMAT_VERSION) throw new LogUnreadable(`record ${key} of the cluster's log has format ${String(v)}; this program reads up to ${LOG_FORMAT_VERSION}: run a newer ebm`);
  if (typeof epoch !== 'number' || typeof decision !== 'object') throw new LogUnreadable(`record ${key} of the cluster's log is no record: restore the store from a backup`);
  return { epoch, decision: typeof at === 'string' ? { ...decision, at } : decision };
}

/** The log in the hands of its leader. */
export class LeaderLog {
  readonly epoch: number;
  readonly #store: Store;
  readonly #clock: Clock;
  #head: Head;
  #writing: Promise<unknown> = Promise.resolve();
  #isDeposed = false;

  /** Takes the lead: G1. */
  static async lead(store: Store, leader: string, clock: Clock): Promise<LeaderLog> {
    for (;;) {
      const head = await readLog(store);
      const epoch = head.history.epoch + 1;
      const decision: Decision = { kind: 'fence', leader };
      if (await put(store, head.number + 1, { epoch, decision }, clock) && await isNewest(store, head.number + 1)) {
        return new LeaderLog(store, clock, { number: head.number + 1, history: fold(head.history, { epoch, decision }), sinceSnapshot: head.sinceSnapshot + 1, fences: [...head.fences, head.number + 1] });
      }
    }
  }

  private constructor(store: Store, clock: Clock, head: Head) {
    this.#store = store;
    this.#clock = clock;
    this.#head = head;
    this.epoch = head.history.epoch;
  }

  get history(): History { return this.#head.history; }

  /** Writes what the history then asks for, or nothing for null; durable when it resolves. Rejects with Deposed. */
  decide(make: (history: History) => Decision | null): Promise<Decision | null> {
    const writing = this.#writing.then(() => this.#append(make));
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  async #append(make: (history: History) => Decision | null): Promise<Decision | null> {
    if (this.#isDeposed) throw new Deposed(this.epoch);
    const made = make(this.#head.history);
    if (made === null) return null;
    const decision: Decision = { ...made, at: now(this.#clock) };
    await this.#put(decision);
    if (this.#head.sinceSnapshot >= LOG_LIMITS.recordsBetweenSnapshots) await this.#compact();
    return decision;
  }

  async #put(decision: Decision): Promise<void> {
    const { number, history, sinceSnapshot, fences } = this.#head;
    const record: LogRecord = { epoch: this.epoch, decision };
    if (!await put(this.#store, number + 1, record, this.#clock)) {
      this.#isDeposed = true;
      throw new Deposed(this.epoch);
    }
    this.#head = { number: number + 1, history: fold(history, record), sinceSnapshot: decision.kind === 'snapshot' ? 0 : sinceSnapshot + 1, fences };
  }

  /** G3. */
  async #compact(): Promise<void> {
    await this.#put({ kind: 'snapshot', history: retained(this.#head.history, LOG_LIMITS) });
    const { number, fences } = this.#head;
    const stays = new Set(fences);
    for (const key of await this.#store.list(PREFIX)) if (numberOf(key) < number && !stays.has(numberOf(key))) await this.#store.remove(key);
  }

  /** Rejects with Deposed if somebody else leads: before anything is written that is not a record. */
  async assertLeading(): Promise<void> {
    if (!this.#isDeposed && await this.#store.get(keyOf(this.#head.number + 1)) === null) return;
    await this.#writing; // the next record may be our own
    if (!this.#isDeposed && await this.#store.get(keyOf(this.#head.number + 1)) === null) return;
    this.#isDeposed = true;
    throw new Deposed(this.epoch);
  }
}

/** G4. */
async function isNewest(store: Store, number: number): Promise<boolean> {
  const above = (await store.list(PREFIX)).filter((each) => numberOf(each) > number);
  for (const key of above) {
    const bytes = await store.get(key);
    if (bytes !== null && recordOf(key, bytes).decision.kind !== 'snapshot') continue; // of a leader that came right after us: our fence stays
    await store.remove(keyOf(number));
    break;
  }
  return above.length === 0;
}

function now(clock: Clock): string {
  return new Date(clock.dateMs()).toISOString();
}

async function put(store: Store, number: number, { epoch, decision: whole }: LogRecord, clock: Clock): Promise<boolean> {
  const { at = now(clock), ...decision } = whole;
  const bytes = new TextEncoder().encode(JSON.stringify({ v: LOG_FORMAT_VERSION, epoch, at, decision }));
  if (bytes.length > LOG_LIMITS.recordBytesMax) throw new RangeError(`a record of ${bytes.length} bytes is larger than ${LOG_LIMITS.recordBytesMax}`);
  return (await store.putIfAbsent(keyOf(number), bytes)).kind === 'created';
}
