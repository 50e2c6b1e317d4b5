// What a run of the library has told and nobody has read yet: a queue that never grows without end. Knows nothing of runs but that
// progress is worth hearing only while it is new.
import type { RunEvent } from '../terminal/events.ts';

/** Unread events that are kept; beyond that the oldest go, and their number is told. */
export const UNREAD_EVENTS_MAX = 256;

export class EventQueue {
  #unread: RunEvent[] = [];
  #leftOut = 0;
  #isEnded = false;
  #waiting: ((event: RunEvent | null) => void)[] = [];

  /** Of progress only the newest is kept. */
  push(event: RunEvent): void {
    const reader = this.#waiting.shift();
    if (reader !== undefined) {
      reader(event);
      return;
    }
    if (event.kind === 'progress') this.#unread = this.#unread.filter(({ kind }) => kind !== 'progress');
    this.#unread.push(event);
    if (this.#unread.length <= UNREAD_EVENTS_MAX) return;
    this.#unread.shift();
    this.#leftOut += 1;
  }

  /** No event comes after this. */
  end(): void {
    this.#isEnded = true;
    for (const reader of this.#waiting.splice(0)) reader(null);
  }

  /** The oldest unread event, or the next one; null at the end. Each event is handed out once, to whoever asked first. */
  next(): Promise<RunEvent | null> {
    if (this.#leftOut > 0) {
      const message = `${this.#leftOut} events were left out: at most ${UNREAD_EVENTS_MAX} wait to be read`;
      this.#leftOut = 0;
      return Promise.resolve({ kind: 'warning', message });
    }
    const event = this.#unread.shift();
    if (event !== undefined) return Promise.resolve(event);
    return this.#isEnded ? Promise.resolve(null) : new Promise((resolve) => { this.#waiting.push(resolve); });
  }
}
