// What the runs of a cluster told, but for their progress: the lines of `ebm logs`. Kept in the store in parts, each written once; the newest
// lines wait in memory for the next part. A leader that is killed takes at most the last seconds with it. A part that cannot be written, as on a
// full disk, is kept and tried again, under its own name: it may have been written after all.
import { NOTHING_TOLD, tell, type Account } from '../../machine/cluster/account.ts';
import type { Clock } from '../../../platform/clock/clock.ts';
import type { Store } from '../../../platform/store/store.ts';
import type { JobEvent } from './host.ts';

export const CHRONICLE_LIMITS = { partMs: 5_000, linesWaitingMax: 1_000, linesReadMax: 5_000, readsAtOnceMax: 16 } as const;

export interface ChronicleLine { readonly number: number; readonly event: JobEvent }

export interface ChronicleOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly epoch: number;
  readonly onFailure: (message: string) => void;
}

interface Part { readonly key: string; readonly lines: readonly JobEvent[] }
/** `part`: of a job, the one that could not be written, with lines older than `lines`. Both are bounded. */
interface Waiting { lines: JobEvent[]; sinceMs: number; part: Part | null }

export class Chronicle {
  readonly #options: ChronicleOptions;
  readonly #waiting = new Map<string, Waiting>();
  /** Lines of each part that was read of the job that was asked for last: parts never change, and those before `after` need not be read again. */
  #sizes: { readonly job: string; readonly of: Map<string, number> } = { job: '', of: new Map() };
  #parts = 0;
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: ChronicleOptions) { this.#options = options; }

  append(job: string, event: JobEvent): void {
    const { clock } = this.#options;
    const waiting = this.#waiting.get(job) ?? { lines: [], sinceMs: clock.nowMs(), part: null };
    if (waiting.lines.length >= CHRONICLE_LIMITS.linesWaitingMax) waiting.lines.shift();
    waiting.lines.push({ ...event, at: new Date(clock.dateMs()).toISOString() });
    this.#waiting.set(job, waiting);
  }

  /** Writes parts that are old enough, or all of them. Never rejects: a log that cannot be written ends no run. */
  flush(all = false): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flush(all));
    return this.#flushing;
  }

  async #flush(all: boolean): Promise<void> {
    const { clock } = this.#options;
    for (const [job, waiting] of [...this.#waiting]) {
      if (!all && clock.nowMs() - waiting.sinceMs < CHRONICLE_LIMITS.partMs) continue;
      waiting.sinceMs = clock.nowMs();
      // What could not be written comes first: lines stay in their order.
      if (waiting.part !== null && !await this.#written(job, waiting)) continue;
      if (waiting.lines.length > 0) {
        this.#parts += 1;
        waiting.part = { key: `logs/${job}/${padded(this.#options.epoch)}-${padded(this.#parts)}`, lines: waiting.lines };
        waiting.lines = [];
        if (!await this.#written(job, waiting, true)) continue;
      }
      if (waiting.lines.length === 0) this.#waiting.delete(job);
    }
  }

  /** Whether the job's part is in the store. Its failure is told at the first time only. */
  async #written(job: string, waiting: Waiting, isFirst = false): Promise<boolean> {
    const { store, onFailure } = this.#options;
    const { key, lines } = waiting.part!;
    try {
      await store.putIfAbsent(key, new TextEncoder().encode(JSON.stringify(lines)));
    } catch (error) {
      if (isFirst) onFailure(`lines of the log of ${job} could not be written, and are kept and tried again: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
    waiting.part = null;
    return true;
  }

  /** Numbers count from 1 over the life of the job; at most so many lines at a time. */
  async lines(job: string, after: number): Promise<readonly ChronicleLine[]> {
    const { store } = this.#options;
    const { waiting, keys } = await this.#standing(job);
    const found: ChronicleLine[] = [];
    let number = 0;
    const add = (events: readonly JobEvent[]): void => {
      for (const event of events) {
        number += 1;
        if (number > after && found.length < CHRONICLE_LIMITS.linesReadMax) found.push({ number, event });
      }
    };
    if (this.#sizes.job !== job) this.#sizes = { job, of: new Map() };
    const sizes = this.#sizes.of;
    for (const key of keys) {
      if (found.length >= CHRONICLE_LIMITS.linesReadMax) return found;
      const size = sizes.get(key);
      if (size !== undefined && number + size <= after) {
        number += size;
        continue;
      }
      const part = linesOf(await store.get(key));
      sizes.set(key, part.length);
      add(part);
    }
    add(waiting);
    return found;
  }

  /** All that the job's run has told, in short. */
  async account(job: string): Promise<Account> {
    const { store } = this.#options;
    const { waiting, keys } = await this.#standing(job);
    let account = NOTHING_TOLD;
    for (let from = 0; from < keys.length; from += CHRONICLE_LIMITS.readsAtOnceMax) {
      const parts = await Promise.all(keys.slice(from, from + CHRONICLE_LIMITS.readsAtOnceMax).map((key) => store.get(key)));
      account = parts.flatMap(linesOf).reduce(tell, account);
    }
    return waiting.reduce(tell, account);
  }

  /** The parts of a job and the lines that are in none, of one moment: no line is in both, or in neither. */
  async #standing(job: string): Promise<{ readonly waiting: readonly JobEvent[]; readonly keys: readonly string[] }> {
    for (;;) {
      await this.#flushing;
      const parts = this.#parts;
      const { lines = [], part = null } = this.#waiting.get(job) ?? {};
      const waiting = [...part?.lines ?? [], ...lines];
      const keys = (await this.#options.store.list(`logs/${job}/`)).filter((key) => key !== part?.key); // a write that failed may have left it all the same
      if (parts === this.#parts) return { waiting, keys };
    }
  }

  /** A leader that was deposed writes nothing more. */
  async close(isDeposed: boolean): Promise<void> {
    if (!isDeposed) await this.flush(true);
    await this.#flushing;
    if (isDeposed) return;
    for (const job of this.#waiting.keys()) this.#options.onFailure(`the last lines of the log of ${job} are lost: the store would not take them until this coordinator ended`);
  }
}

function linesOf(bytes: Uint8Array | null): readonly JobEvent[] {
  if (bytes === null) return [];
  try {
    const lines: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(lines) ? lines as readonly JobEvent[] : [];
  } catch {
    return [];
  }
}

function padded(number: number): string {
  return String(number).padStart(8, '0');
}
