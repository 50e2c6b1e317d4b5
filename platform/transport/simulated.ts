// A transport with the faults of a network, on a virtual clock: payloads are dropped, delayed, duplicated and so reordered, by a seeded
// stream of numbers. The same seed and the same calls give the same faults. For the simulator and for tests of whoever must live with them.
import type { Clock } from '../clock/clock.ts';
import { TransportError, type Subscription, type Transport } from './transport.ts';

export interface Faults {
  /** Unsigned 32-bit. */
  readonly seed: number;
  /** Share of payloads that are lost, 0..1. */
  readonly dropped: number;
  /** Share of payloads that arrive twice, 0..1. */
  readonly duplicated: number;
  /** Delays are uniform between the two; payloads overtake each other. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
}

export interface SimulatedTransport<Payload> extends Transport<Payload> {
  /** Cuts off (or reconnects) a subject: everything to it is lost. */
  partition(subject: string, isCut: boolean): void;
}

type Handler<Payload> = (payload: Payload) => Payload | Promise<Payload>;

/** Numbers in [0, 1): a linear congruential generator on 32 bits (Numerical Recipes' constants), good enough for faults. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 0x100_0000;
  };
}

export function simulatedTransport<Payload>(clock: Clock, faults: Faults): SimulatedTransport<Payload> {
  const next = numbers(faults.seed);
  const servers = new Map<string, Handler<Payload>>();
  const listeners = new Map<string, Set<(payload: Payload) => void>>();
  const cut = new Set<string>();
  const waiting = new Set<(error: TransportError) => void>();
  let isClosed = false;

  const travel = (subject: string, arrive: () => void): void => {
    if (next() < faults.dropped || cut.has(subject)) return;
    const copies = next() < faults.duplicated ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const delayMs = faults.delayMsMin + next() * (faults.delayMsMax - faults.delayMsMin);
      clock.after(delayMs, () => { if (!isClosed && !cut.has(subject)) arrive(); });
    }
  };
  const add = (subject: string, handler: (payload: Payload) => void): Subscription => {
    if (isClosed) throw new TransportError('closed', `the transport is closed (${subject})`);
    const own = (payload: Payload): void => { handler(payload); };
    listeners.set(subject, (listeners.get(subject) ?? new Set()).add(own));
    return { close: () => { listeners.get(subject)?.delete(own); } };
  };
  const ask = (subject: string, payload: Payload, deadlineMs: number): Promise<Payload> => new Promise((resolve, reject) => {
    const end = (): void => { waiting.delete(fail); };
    const fail = (error: TransportError): void => { end(); reject(error); };
    waiting.add(fail);
    clock.after(deadlineMs, () => { fail(new TransportError('deadline', `no answer from ${subject} in time`)); });
    travel(subject, () => {
      const server = servers.get(subject);
      if (server === undefined) fail(new TransportError('no-responder', `nobody serves ${subject}`));
      else Promise.resolve(payload).then(server).then(
        (answer) => { travel(subject, () => { end(); resolve(answer); }); },
        (cause: unknown) => { fail(new TransportError('handler-failed', `the server of ${subject} failed`, { cause })); },
      );
    });
  });

  return {
    request: (subject, payload, { deadlineMs }) => isClosed
      ? Promise.reject(new TransportError('closed', `the transport is closed (${subject})`)) : ask(subject, payload, deadlineMs),
    serve(subject, handler) {
      if (isClosed) throw new TransportError('closed', `the transport is closed (${subject})`);
      if (servers.has(subject)) throw new Error(`${subject} is served already`);
      servers.set(subject, handler);
      return { close: () => { if (servers.get(subject) === handler) servers.delete(subject); } };
    },
    publish(subject, payload) {
      if (isClosed) return;
      for (const listener of listeners.get(subject) ?? []) travel(subject, () => { if (listeners.get(subject)?.has(listener) === true) listener(payload); });
    },
    subscribe: add,
    partition(subject, isCut) { if (isCut) cut.add(subject); else cut.delete(subject); },
    close() {
      isClosed = true;
      servers.clear();
      listeners.clear();
      for (const fail of [...waiting]) fail(new TransportError('closed', 'the transport was closed'));
      return Promise.resolve();
    },
  };
}
