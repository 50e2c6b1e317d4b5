// Port of time: a monotonic now, the time of day, timers, and a turn of the event loop. Results of a run never depend on it.

export interface Timer { stop(): void }

export interface Clock {
  /** Monotonic milliseconds, with fractions; the origin means nothing. */
  nowMs(): number;
  /** Milliseconds since 1970, for people to read. */
  dateMs(): number;
  /** Calls back once. A callback must not throw. */
  after(delayMs: number, callback: () => void): Timer;
  /** Calls back again and again until stopped. */
  every(periodMs: number, callback: () => void): Timer;
  /** Lets timers, signals and sockets have their turn: a chain of promises alone would starve them. */
  turn(): Promise<void>;
}
