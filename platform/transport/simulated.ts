// A transport with the faults of a network, on a virtual clock: payloads between named nodes are dropped, delayed, duplicated and so
// reordered, by a seeded stream of numbers and by conditions that may differ from link to link and change in time. The same seed and the same
// calls give the same faults. For the simulator and for tests of whoever must live with them.
import type { Clock } from '../clock/clock.ts';
import { TransportError, type Subscription, type Transport } from './transport.ts';

/** What happens to payloads on a link. */
export interface Conditions {
  /** Share of payloads that are lost, 0..1. */
  readonly dropped: number;
  /** Share of payloads that arrive twice, 0..1. */
  readonly duplicated: number;
  /** Delays are uniform between the two; payloads overtake each other. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
}

/** `seed`: unsigned 32-bit. */
export interface Faults extends Conditions { readonly seed: number }

export interface NetworkOptions<Payload> {
  readonly clock: Clock;
  /** Unsigned 32-bit. */
  readonly seed: number;
  /** Of the link from a node to another, as of now: asked for each payload when it is sent. */
  readonly conditions: (from: string, to: string) => Conditions;
  /** Hands over what has arrived at a node; by default at once. A node that is paused or slow keeps it for a while, a dead one drops it. */
  readonly arrive?: (node: string, deliver: () => void) => void;
  /** What is handed over for a payload, so that two deliveries share nothing; by default the payload itself. */
  readonly copied?: (payload: Payload) => Payload;
}

/** A subject may have a server on each of several nodes: a request goes to one of them. */
export interface SimulatedNetwork<Payload> {
  /** A node's end of the network; deadlines of its requests run on its own clock. Closing it ends what the node listens to and waits for. */
  node(name: string, clock?: Clock): Transport<Payload>;
}

type Handler<Payload> = (payload: Payload) => Payload | Promise<Payload>;
interface Listener<Payload> { readonly node: string; readonly handle: (payload: Payload) => void }
interface Server<Payload> { readonly node: string; readonly handle: Handler<Payload> }

/** Numbers in [0, 1): a linear congruential generator on 32 bits (Numerical Recipes' constants), good enough for faults. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 0x100_0000;
  };
}

/** What the ends of a network share. */
class Network<Payload> {
  readonly options: NetworkOptions<Payload>;
  readonly servers = new Map<string, Server<Payload>[]>();
  readonly listeners = new Map<string, Set<Listener<Payload>>>();
  readonly #next: () => number;

  constructor(options: NetworkOptions<Payload>) {
    this.options = options;
    this.#next = numbers(options.seed);
  }

  travel(from: string, to: string, arrive: () => void): void {
    const { clock, conditions } = this.options;
    const { dropped, duplicated, delayMsMin, delayMsMax } = conditions(from, to);
    if (this.#next() < dropped) return;
    const copies = this.#next() < duplicated ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      clock.after(delayMsMin + this.#next() * (delayMsMax - delayMsMin), () => { this.#hand(to, arrive); });
    }
  }

  #hand(node: string, deliver: () => void): void {
    if (this.options.arrive === undefined) deliver();
    else this.options.arrive(node, deliver);
  }

  /** One of those who serve a subject, as a queue group gives it. */
  server(subject: string): Server<Payload> | undefined {
    const servers = this.servers.get(subject) ?? [];
    return servers.length <= 1 ? servers[0] : servers[Math.floor(this.#next() * servers.length)];
  }

  copied(payload: Payload): Payload {
    return this.options.copied?.(payload) ?? payload;
  }
}

class NodeTransport<Payload> implements Transport<Payload> {
  readonly #network: Network<Payload>;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #open = new Set<Subscription>();
  readonly #waiting = new Set<(error: TransportError) => void>();
  #isClosed = false;

  constructor(network: Network<Payload>, name: string, clock: Clock) {
    this.#network = network;
    this.#name = name;
    this.#clock = clock;
  }

  request(subject: string, payload: Payload, { deadlineMs }: { readonly deadlineMs: number }): Promise<Payload> {
    if (this.#isClosed) return Promise.reject(closed(subject));
    const network = this.#network;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#waiting.delete(fail);
        deadline.stop();
      };
      const fail = (error: TransportError): void => { end(); reject(error); };
      this.#waiting.add(fail);
      const deadline = this.#clock.after(deadlineMs, () => { fail(new TransportError('deadline', `no answer from ${subject} in time`)); });
      const server = network.server(subject);
      network.travel(this.#name, server?.node ?? this.#name, () => {
        if (server === undefined || network.servers.get(subject)?.includes(server) !== true) fail(new TransportError('no-responder', `nobody serves ${subject}`));
        else Promise.resolve(network.copied(payload)).then(server.handle).then(
          (answer) => { network.travel(server.node, this.#name, () => { end(); resolve(network.copied(answer)); }); },
          (cause: unknown) => { fail(new TransportError('handler-failed', `the server of ${subject} failed`, { cause })); },
        );
      });
    });
  }

  serve(subject: string, handle: Handler<Payload>): Subscription {
    if (this.#isClosed) throw closed(subject);
    const { servers } = this.#network;
    const others = servers.get(subject) ?? [];
    if (others.some(({ node }) => node === this.#name)) throw new Error(`${subject} is served already`);
    const server = { node: this.#name, handle };
    servers.set(subject, [...others, server]);
    return this.#kept(() => { servers.set(subject, (servers.get(subject) ?? []).filter((one) => one !== server)); });
  }

  publish(subject: string, payload: Payload): void {
    if (this.#isClosed) return;
    const { listeners } = this.#network;
    for (const listener of listeners.get(subject) ?? []) {
      this.#network.travel(this.#name, listener.node, () => { if (listeners.get(subject)?.has(listener) === true) listener.handle(this.#network.copied(payload)); });
    }
  }

  subscribe(subject: string, handle: (payload: Payload) => void): Subscription {
    if (this.#isClosed) throw closed(subject);
    const { listeners } = this.#network;
    const listener = { node: this.#name, handle };
    listeners.set(subject, (listeners.get(subject) ?? new Set()).add(listener));
    return this.#kept(() => { listeners.get(subject)?.delete(listener); });
  }

  #kept(end: () => void): Subscription {
    const subscription = { close: (): void => { this.#open.delete(subscription); end(); } };
    this.#open.add(subscription);
    return subscription;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const subscription of [...this.#open]) subscription.close();
    for (const fail of [...this.#waiting]) fail(new TransportError('closed', 'the transport was closed'));
    return Promise.resolve();
  }
}

function closed(subject: string): TransportError {
  return new TransportError('closed', `the transport is closed (${subject})`);
}

export function simulatedNetwork<Payload>(options: NetworkOptions<Payload>): SimulatedNetwork<Payload> {
  const network = new Network(options);
  return { node: (name, clock = options.clock) => new NodeTransport(network, name, clock) };
}

/** A network with one node, where everybody is, and the same conditions all the time. */
export function simulatedTransport<Payload>(clock: Clock, faults: Faults): Transport<Payload> {
  return simulatedNetwork<Payload>({ clock, seed: faults.seed, conditions: () => faults }).node('all');
}
