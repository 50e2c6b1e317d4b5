// What tests over a real NATS server share: transports that end with their test, and waiting for what arrives without sleeping.
import { EventEmitter, on } from 'node:events';
import type { TestContext } from 'node:test';
import { realClock } from '../../platform/clock/real.ts';
import { connectNats, type NatsOptions, type NatsTransport } from '../../platform/transport/nats.ts';
import type { Refusal } from '../../platform/transport/refusals.ts';
import type { NatsStatus } from '../../platform/transport/wire.ts';

/** A deadline that is not meant to be reached. */
export const PLENTY_MS = 30_000;

/** Things in the order in which they came; `next` waits for one more. */
export interface Arrived<Thing> {
  readonly push: (thing: Thing) => void;
  readonly next: () => Promise<Thing>;
}

export function arrived<Thing>(): Arrived<Thing> {
  const emitter = new EventEmitter();
  const things = on(emitter, 'thing');
  return {
    push: (thing) => { emitter.emit('thing', thing); },
    next: async () => ((await things.next()).value as [Thing])[0],
  };
}

export interface Peer {
  readonly transport: NatsTransport;
  readonly statuses: Arrived<NatsStatus>;
  readonly refusals: Arrived<Refusal>;
  /** Whatever is published on the subject, by now also for the server. */
  readonly hear: (subject: string) => Promise<Arrived<Uint8Array>>;
}

export async function peer(context: TestContext, options: Omit<NatsOptions, 'name' | 'clock'>): Promise<Peer> {
  const statuses = arrived<NatsStatus>();
  const refusals = arrived<Refusal>();
  const transport = await connectNats({ name: 'test', clock: realClock(), onStatus: statuses.push, onRefused: refusals.push, ...options });
  context.after(() => transport.close());
  const hear = async (subject: string): Promise<Arrived<Uint8Array>> => {
    const messages = arrived<Uint8Array>();
    transport.subscribe(subject, messages.push);
    await transport.flush({ deadlineMs: PLENTY_MS });
    return messages;
  };
  return { transport, statuses, refusals, hear };
}

/** Bytes that differ from place to place and from frame to frame. */
export function pattern(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0;
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
