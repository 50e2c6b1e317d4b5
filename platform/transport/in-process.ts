// The transport inside one process: payloads pass by reference, in order, each in a microtask of its own so that no handler runs inside
// the call that sent to it. Deadlines of requests share one timer, which is armed only while something waits.
import type { Clock, Timer } from '../clock/clock.ts';
import { TransportError, type Subscription, type Transport } from './transport.ts';

const SETTLED = Promise.resolve();

interface Waiting { readonly subject: string; readonly dueMs: number; readonly reject: (error: TransportError) => void }
type Handler<Payload> = (payload: Payload) => Payload | Promise<Payload>;

export function inProcessTransport<Payload>(clock: Clock): Transport<Payload> {
  return new InProcess<Payload>(clock);
}

class InProcess<Payload> implements Transport<Payload> {
  readonly #clock: Clock;
  readonly #servers = new Map<string, Handler<Payload>>();
  readonly #listeners = new Map<string, Set<(payload: Payload) => void>>();
  readonly #waiting = new Set<Waiting>();
  #timer: Timer | null = null;
  #timerDueMs = Infinity;
  #closed = false;

  constructor(clock: Clock) { this.#clock = clock; }

  request(subject: string, payload: Payload, { deadlineMs }: { readonly deadlineMs: number }): Promise<Payload> {
    if (this.#closed) return Promise.reject(closed(subject));
    const handler = this.#servers.get(subject);
    if (handler === undefined) return Promise.reject(new TransportError('no-responder', `nobody serves ${subject}`));
    return new Promise((resolve, reject) => {
      const entry: Waiting = { subject, dueMs: this.#clock.nowMs() + deadlineMs, reject };
      this.#waiting.add(entry);
      this.#arm(deadlineMs);
      Promise.resolve(payload).then(handler).then(
        (answer) => { if (this.#waiting.delete(entry)) resolve(answer); },
        (cause: unknown) => { if (this.#waiting.delete(entry)) reject(new TransportError('handler-failed', `the server of ${subject} failed`, { cause })); },
      );
    });
  }

  serve(subject: string, handler: Handler<Payload>): Subscription {
    if (this.#closed) throw closed(subject);
    if (this.#servers.has(subject)) throw new Error(`${subject} is served already`);
    this.#servers.set(subject, handler);
    return { close: () => { if (this.#servers.get(subject) === handler) this.#servers.delete(subject); } };
  }

  publish(subject: string, payload: Payload): void {
    if (this.#closed) return;
    for (const listener of this.#listeners.get(subject) ?? []) {
      // A settled promise's turn costs a third of Node's queueMicrotask, which keeps a context for each.
      void SETTLED.then(() => { if (this.#listeners.get(subject)?.has(listener) === true) listener(payload); });
    }
  }

  subscribe(subject: string, handler: (payload: Payload) => void): Subscription {
    if (this.#closed) throw closed(subject);
    const own = (payload: Payload): void => { handler(payload); };
    const listeners = this.#listeners.get(subject) ?? new Set();
    this.#listeners.set(subject, listeners.add(own));
    return { close: () => { listeners.delete(own); } };
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#servers.clear();
    this.#listeners.clear();
    this.#timer?.stop();
    for (const entry of this.#waiting) entry.reject(closed(entry.subject));
    this.#waiting.clear();
    return Promise.resolve();
  }

  /** One timer for all requests: it looks again when the earliest could be due, and rests when nothing waits. */
  #arm(delayMs: number): void {
    const dueMs = this.#clock.nowMs() + delayMs;
    if (this.#timer !== null && this.#timerDueMs <= dueMs) return;
    this.#timer?.stop();
    this.#timerDueMs = dueMs;
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = null;
      const now = this.#clock.nowMs();
      let next = Infinity;
      for (const entry of this.#waiting) {
        if (entry.dueMs > now) next = Math.min(next, entry.dueMs);
        else {
          this.#waiting.delete(entry);
          entry.reject(new TransportError('deadline', `no answer from ${entry.subject} in time`));
        }
      }
      if (next < Infinity) this.#arm(next - now);
    });
  }
}

function closed(subject: string): TransportError {
  return new TransportError('closed', `the transport is closed (${subject})`);
}
