// What the transport over NATS is told, and what it gives beside the port.
import type { NatsConnection } from 'nats';
import type { Clock } from '../clock/clock.ts';
import type { NatsLimits } from './nats-limits.ts';
import type { NatsServerOptions } from './nats-server-options.ts';
import type { NatsCounters, Refusal } from './refusals.ts';
import type { Transport } from './transport.ts';
import type { NatsStatus } from './wire.ts';

export interface NatsOptions extends NatsServerOptions {
  readonly clock: Clock;
  /** First part of the subjects from which large messages are pulled, the same in the whole fleet. `ebm.pull` unless told. */
  readonly pullPrefix?: string;
  /**
   * One word for us: ours are pulled from `<prefix>.<word>.<sender>`, so that a server's permissions can keep apart who may answer whom.
   * Letters, digits, - and _, at most 64. Without one, from `<prefix>.<sender>`.
   */
  readonly pullName?: string;
  /** What the subjects of answers begin with: the asker chooses them, and could make us publish what only we may. Anything unless told. */
  readonly answerPrefix?: string;
  readonly limits?: Partial<NatsLimits>;
  /** Must not throw. */
  readonly onStatus?: (status: NatsStatus) => void;
  /** Must not throw. */
  readonly onRefused?: (refusal: Refusal) => void;
}

/** A payload that arrives may be a view of a larger buffer: read it, never write it. One that was sent must not change until it has arrived. */
export interface NatsTransport extends Transport<Uint8Array> {
  readonly counters: Readonly<NatsCounters>;
  /** As announced by the server that we are, or were last, connected to. */
  readonly serverMaxPayloadBytes: number;
  readonly isConnected: boolean;
  /** The client beneath, for what has no frames: services, the store, the lease. It ends with the transport. */
  readonly connection: NatsConnection;
  /** Resolves when the server has everything that was published and subscribed so far. Rejects with `deadline` or `closed`. */
  flush(options: { readonly deadlineMs: number }): Promise<void>;
}
