// The connection to NATS: bytes to subjects and back, whether there is a connection just now, and what became of one question. It knows
// nothing of frames. Only here is the NATS client called, and nothing it throws leaves this file but through connecting.
import { connect, errors, type Msg, type NatsConnection, type Status as ClientStatus } from 'nats';
import type { Clock } from '../clock/clock.ts';
import { assertCertificateIsNotMissing, clientOptions, connectFailure } from './nats-connecting.ts';
import { userOf } from './nats-identity.ts';
import type { NatsLimits } from './nats-limits.ts';
import { NatsPermissionError } from './nats-permission.ts';
import type { NatsServerOptions } from './nats-server-options.ts';
import type { NatsCounters } from './refusals.ts';
import type { Subscription } from './transport.ts';

export type NatsStatus =
  | { readonly kind: 'connected'; readonly server: string }
  | { readonly kind: 'disconnected'; readonly server: string }
  | { readonly kind: 'reconnecting' }
  | { readonly kind: 'slow-consumer'; readonly detail: string }
  | { readonly kind: 'error'; readonly error: Error }
  /** For good: closed by us, or given up by the client with that error. */
  | { readonly kind: 'closed'; readonly error: Error | null };

/** What came of one question. */
export type Asked =
  | { readonly kind: 'answer'; readonly bytes: Uint8Array }
  | { readonly kind: 'nobody'; readonly cause: unknown }
  | { readonly kind: 'forbidden'; readonly error: NatsPermissionError }
  | { readonly kind: 'timeout' }
  /** The connection went away while waiting: whether the question was heard is not known. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'closed' };

export interface WireOptions {
  readonly server: NatsServerOptions;
  readonly clock: Clock;
  readonly limits: NatsLimits;
  readonly counters: NatsCounters;
  readonly onStatus: (status: NatsStatus) => void;
}

export async function openWire(options: WireOptions): Promise<Wire> {
  const { server, limits } = options;
  const user = userOf(server);
  try {
    await assertCertificateIsNotMissing(server);
    return new Wire(await connect(clientOptions(server, limits)), user, options);
  } catch (cause) {
    throw await connectFailure(cause, server);
  }
}

export class Wire {
  readonly #client: NatsConnection;
  readonly #options: WireOptions;
  readonly #user: string | null;
  readonly #waiting = new Set<() => void>();
  readonly #asking = new Set<(lost: Asked) => void>();
  #isConnected = true;
  #isClosed = false;
  #maxPayloadBytes: number;

  constructor(client: NatsConnection, user: string | null, options: WireOptions) {
    this.#client = client;
    this.#options = options;
    this.#user = user;
    this.#maxPayloadBytes = client.info?.max_payload ?? options.limits.frameBytesMax;
    void this.#watch();
    void client.closed().then((error) => {
      this.#end();
      options.onStatus({ kind: 'closed', error: error instanceof Error ? error : null });
    });
    options.onStatus({ kind: 'connected', server: client.getServer() });
  }

  /** The server's own, as last announced. */
  get serverMaxPayloadBytes(): number {
    this.#maxPayloadBytes = this.#client.info?.max_payload ?? this.#maxPayloadBytes;
    return this.#maxPayloadBytes;
  }

  get isConnected(): boolean { return this.#isConnected; }

  get connection(): NatsConnection { return this.#client; }

  /** Whether it was handed to a connection; without one it is dropped, for the client's own buffer has no bound. */
  publish(subject: string, bytes: Uint8Array): boolean {
    if (!this.#isConnected) return false;
    try {
      this.#client.publish(subject, bytes);
    } catch (error) {
      // The subject of an answer is the asker's choice, and may be nonsense.
      this.#options.onStatus({ kind: 'error', error: asError(error) });
      return false;
    }
    this.#count(bytes);
    return true;
  }

  /** Never rejects. Without a connection it waits for one, as long as there is time. */
  async ask(subject: string, bytes: Uint8Array, timeoutMs: number): Promise<Asked> {
    const { clock } = this.#options;
    const dueMs = clock.nowMs() + timeoutMs;
    if (!this.#isConnected) await this.#connection(timeoutMs);
    if (this.#isClosed) return { kind: 'closed' };
    const leftMs = Math.ceil(dueMs - clock.nowMs());
    if (leftMs < 1 || !this.#isConnected) return { kind: 'timeout' };
    this.#count(bytes);
    return new Promise((resolve) => {
      const settle = (asked: Asked): void => { this.#asking.delete(settle); resolve(asked); };
      this.#asking.add(settle);
      this.#client.request(subject, bytes, { timeout: leftMs }).then(
        (message) => { settle({ kind: 'answer', bytes: message.data }); },
        (error: unknown) => { settle(this.#isClosed ? { kind: 'closed' } : this.#unasked(error)); },
      );
    });
  }

  /** The client subscribes again after a reconnection. `receive` must not throw. */
  subscribe(subject: string, receive: (bytes: Uint8Array, reply: string | undefined) => void): Subscription {
    const callback = (error: Error | null, message: Msg): void => {
      // An error is a subscription that the server does not permit; the status tells of it.
      if (error === null) receive(message.data, message.reply === '' ? undefined : message.reply);
    };
    const subscription = this.#client.subscribe(subject, { callback });
    return { close: () => { if (!this.#isClosed) subscription.unsubscribe(); } };
  }

  /** Whether the server has taken everything published so far, and we all that it had for us before. */
  async flush(timeoutMs: number): Promise<boolean> {
    if (!this.#isConnected) await this.#connection(timeoutMs);
    if (!this.#isConnected) return false;
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(timeoutMs, () => { resolve(false); });
      const end = (isFlushed: boolean): void => { timer.stop(); resolve(isFlushed); };
      this.#client.flush().then(() => { end(true); }, () => { end(false); });
    });
  }

  async close(): Promise<void> {
    if (!this.#isClosed && this.#isConnected) await this.flush(this.#options.limits.closeFlushMs);
    this.#end();
    await this.#client.close();
    await this.#client.closed();
  }

  #end(): void {
    this.#isClosed = true;
    this.#isConnected = false;
    this.#release();
  }

  #count(bytes: Uint8Array): void {
    this.#options.counters.framesOut += 1;
    this.#options.counters.bytesOut += bytes.length;
  }

  #connection(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isClosed) { resolve(); return; }
      const timer = this.#options.clock.after(timeoutMs, () => { end(); });
      const end = (): void => { this.#waiting.delete(end); timer.stop(); resolve(); };
      this.#waiting.add(end);
    });
  }

  #release(): void {
    for (const end of [...this.#waiting]) end();
  }

  #unasked(error: unknown): Asked {
    const causes = [error, error instanceof Error ? error.cause : undefined];
    const forbidden = causes.find((cause) => cause instanceof errors.PermissionViolationError);
    if (forbidden !== undefined) return { kind: 'forbidden', error: this.#forbidden(forbidden) };
    return causes.some((cause) => cause instanceof errors.NoRespondersError) ? { kind: 'nobody', cause: error } : { kind: 'timeout' };
  }

  #forbidden(cause: InstanceType<typeof errors.PermissionViolationError>): NatsPermissionError {
    return new NatsPermissionError(this.#user, cause.operation === 'publish' ? 'publish' : 'subscribe', cause.subject, { cause });
  }

  #translated(status: ClientStatus): NatsStatus | null {
    if (status.type !== 'error') return translated(status);
    const { error } = status;
    if (error instanceof errors.PermissionViolationError) return { kind: 'error', error: this.#forbidden(error) };
    return /slow consumer/i.test(error.message) ? { kind: 'slow-consumer', detail: error.message } : { kind: 'error', error };
  }

  async #watch(): Promise<void> {
    for await (const status of this.#client.status()) {
      if (this.#isClosed) return;
      if (status.type === 'disconnect') {
        this.#isConnected = false;
        // An answer that was under way is gone: who waits can ask again at once, and not when the time is up.
        for (const settle of [...this.#asking]) settle({ kind: 'lost' });
      }
      if (status.type === 'reconnect') {
        this.#isConnected = true;
        this.#release();
      }
      const told = this.#translated(status);
      if (told !== null) this.#options.onStatus(told);
    }
  }
}

function translated(status: Exclude<ClientStatus, { readonly type: 'error' }>): NatsStatus | null {
  switch (status.type) {
    case 'disconnect': return { kind: 'disconnected', server: status.server };
    case 'reconnect': return { kind: 'connected', server: status.server };
    case 'reconnecting': return { kind: 'reconnecting' };
    case 'slowConsumer': return { kind: 'slow-consumer', detail: `${status.pending} messages wait on ${status.sub.getSubject()}` };
    case 'staleConnection': return { kind: 'error', error: new Error('the NATS server does not answer pings') };
    case 'update': case 'ldm': case 'ping': case 'forceReconnect': case 'close': return null;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
