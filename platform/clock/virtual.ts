// A clock that moves when it is told to. Timers run in order of their time, those of one time in order of their making, each with the
// clock set to its own time. Used by the simulator and by tests; it owns no thread and never sleeps.
import type { Clock, Timer } from './clock.ts';

interface Entry { readonly number: number; atMs: number; readonly periodMs: number | null; readonly callback: () => void }

export interface VirtualClock extends Clock {
  /** When the next timer is due, or null. */
  nextMs(): number | null;
  /** Runs the next timer, moving the clock to its time; false if there is none. */
  runNext(): boolean;
  /** Moves the clock on, running every timer that is due on the way. */
  advance(byMs: number): void;
}

export function virtualClock(startMs = 0): VirtualClock {
  const entries = new Set<Entry>();
  let now = startMs;
  let made = 0;
  const add = (delayMs: number, periodMs: number | null, callback: () => void): Timer => {
    const entry: Entry = { number: (made += 1), atMs: now + Math.max(0, delayMs), periodMs, callback };
    entries.add(entry);
    return { stop: () => { entries.delete(entry); } };
  };
  const earliest = (): Entry | null => {
    let best: Entry | null = null;
    for (const entry of entries) {
      if (best === null || entry.atMs < best.atMs || (entry.atMs === best.atMs && entry.number < best.number)) best = entry;
    }
    return best;
  };
  const runNext = (): boolean => {
    const entry = earliest();
    if (entry === null) return false;
    now = Math.max(now, entry.atMs);
    if (entry.periodMs === null) entries.delete(entry);
    else entry.atMs += entry.periodMs;
    entry.callback();
    return true;
  };
  return {
    nowMs: () => now,
    dateMs: () => now,
    after: (delayMs, callback) => add(delayMs, null, callback),
    every: (periodMs, callback) => add(Math.max(1, periodMs), Math.max(1, periodMs), callback),
    turn: () => Promise.resolve(),
    nextMs: () => earliest()?.atMs ?? null,
    runNext,
    advance(byMs) {
      const until = now + byMs;
      for (let next = earliest(); next !== null && next.atMs <= until; next = earliest()) runNext();
      now = until;
    },
  };
}
