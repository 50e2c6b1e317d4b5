// A clock that moves when it is told to. Timers run in order of their time, those of one time in order of their making, each with the
// clock set to its own time. Used by the simulator and by tests; it owns no thread and never sleeps.
import type { Clock, Timer } from './clock.ts';

interface Entry { readonly number: number; atMs: number; readonly periodMs: number | null; readonly callback: () => void; isStopped: boolean }

export interface VirtualClock extends Clock {
  /** When the next timer is due, or null. */
  nextMs(): number | null;
  /** Runs the next timer, moving the clock to its time; false if there is none. */
  runNext(): boolean;
  /** Moves the clock on, running every timer that is due on the way. */
  advance(byMs: number): void;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number);
}

/** A binary heap, the next entry first: a simulated cluster has hundreds of timers, most of which are stopped before they are due. */
class Queue {
  readonly #entries: Entry[] = [];

  push(entry: Entry): void {
    const entries = this.#entries;
    let at = entries.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, entries[parent]!)) break;
      entries[at] = entries[parent]!;
      at = parent;
    }
    entries[at] = entry;
  }

  /** The next one that was not stopped; those before it are gone. */
  peek(): Entry | null {
    while (this.#entries[0]?.isStopped === true) this.pop();
    return this.#entries[0] ?? null;
  }

  pop(): void {
    const entries = this.#entries;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < entries.length && isBefore(entries[child + 1]!, entries[child]!)) child += 1;
      if (child >= entries.length || !isBefore(entries[child]!, last)) break;
      entries[at] = entries[child]!;
      at = child;
    }
    entries[at] = last;
  }
}

export function virtualClock(startMs = 0): VirtualClock {
  const queue = new Queue();
  let now = startMs;
  let made = 0;
  const add = (delayMs: number, periodMs: number | null, callback: () => void): Timer => {
    const entry: Entry = { number: (made += 1), atMs: now + Math.max(0, delayMs), periodMs, callback, isStopped: false };
    queue.push(entry);
    return { stop: () => { entry.isStopped = true; } };
  };
  const runNext = (): boolean => {
    const entry = queue.peek();
    if (entry === null) return false;
    queue.pop();
    now = Math.max(now, entry.atMs);
    if (entry.periodMs !== null) {
      entry.atMs += entry.periodMs;
      queue.push(entry);
    }
    entry.callback();
    return true;
  };
  return {
    nowMs: () => now,
    dateMs: () => now,
    after: (delayMs, callback) => add(delayMs, null, callback),
    every: (periodMs, callback) => add(Math.max(1, periodMs), Math.max(1, periodMs), callback),
    turn: () => Promise.resolve(),
    nextMs: () => queue.peek()?.atMs ?? null,
    runNext,
    advance(byMs) {
      const until = now + byMs;
      for (let next = queue.peek(); next !== null && next.atMs <= until; next = queue.peek()) runNext();
      now = until;
    },
  };
}
