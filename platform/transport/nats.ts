// The transport over NATS: messages of any size up to the limit as frames below the server's max_payload. What fits one frame goes
// directly; what is larger is offered, and its receiver pulls it at its own pace from the sender's outbox.
//
// T1. Nothing that arrives throws: it is refused, counted and reported.
// T2. At most once: what is published without a connection is gone; a request waits for a connection, and is sent once.
// T3. What one sender publishes on one subject arrives in its order, whatever its sizes.
// T4. Queues, memory of what was seen, outbox and reassembly have limits, and a full one says so.
// T5. Whoever may pull from us gets what was offered to it: the number of a message is 48 random bits, told to its receivers alone.
//
// A subject is literal: no wildcards. Servers of one subject in several processes all get its requests, and the first answer counts.
import { randomBytes, randomInt } from 'node:crypto';
import type { NatsConnection } from 'nats';
import type { Clock } from '../clock/clock.ts';
import { Arrivals } from './arrivals.ts';
import { encodeFrame, HEADER_BYTES, nameContent, nameIn, parseFrame, U48_MAX, type Frame, type FrameHeader } from './framing.ts';
import { checkSubject, closed, failure, failureContent, late, tooLarge, unanswered } from './nats-failures.ts';
import { NATS_LIMITS, type NatsLimits } from './nats-limits.ts';
import type { NatsOptions, NatsTransport } from './nats-options.ts';
import { Outbox, type Purpose } from './outbox.ts';
import { Puller } from './pulling.ts';
import { noCounts, type NatsCounters, type Refusal, type RefusalReason } from './refusals.ts';
import { TransportError, type Subscription } from './transport.ts';
import { openWire, type Wire } from './wire.ts';

export type { NatsOptions, NatsTransport } from './nats-options.ts';

/** Rejects with a NatsConnectError when the first connection fails; later ones are tried for ever. */
export async function connectNats(options: NatsOptions): Promise<NatsTransport> {
  const limits: NatsLimits = { ...NATS_LIMITS, ...options.limits };
  const counters = noCounts();
  const { clock, onStatus = () => undefined } = options;
  const wire = await openWire({ server: options, clock, limits, counters, onStatus });
  const { pullPrefix = 'ebm.pull', pullName = '', answerPrefix = '', onRefused = () => undefined } = options;
  return new Nats(wire, { clock, limits, counters, pullPrefix, pullName, answerPrefix, onRefused });
}

/** Of a refused one that is told. */
const REPLY_CHARACTERS_MAX = 128;

interface Parts {
  readonly clock: Clock;
  readonly limits: NatsLimits;
  readonly counters: NatsCounters;
  readonly pullPrefix: string;
  readonly pullName: string;
  readonly answerPrefix: string;
  readonly onRefused: (refusal: Refusal) => void;
}

type Handler = (payload: Uint8Array) => Uint8Array | Promise<Uint8Array>;
interface Channel { readonly subscription: Subscription; readonly listeners: Set<(payload: Uint8Array) => void> }

class Nats implements NatsTransport {
  readonly counters: NatsCounters;
  readonly #wire: Wire;
  readonly #parts: Parts;
  readonly #sender = randomBytes(6).readUIntBE(0, 6);
  readonly #outbox: Outbox;
  readonly #puller: Puller;
  readonly #servers = new Map<string, Subscription>();
  readonly #channels = new Map<string, Channel>();
  readonly #pending = new Set<(error: TransportError) => void>();
  #closing: Promise<void> | null = null;

  constructor(wire: Wire, parts: Parts) {
    const { clock, limits, counters, pullPrefix, pullName } = parts;
    this.#wire = wire;
    this.#parts = parts;
    this.counters = counters;
    const subjectOf = (name: string, sender: number): string => `${pullPrefix}.${name === '' ? '' : `${name}.`}${sender.toString(16).padStart(12, '0')}`;
    const offeredBy = (offer: Frame): string => subjectOf(nameIn(offer), offer.sender);
    this.#outbox = new Outbox({ clock, sender: this.#sender, name: nameContent(pullName), limits });
    this.#puller = new Puller({
      clock, sender: this.#sender, limits, counters,
      ask: (offer, frame, timeoutMs) => wire.ask(offeredBy(offer), frame, timeoutMs),
      tell: (offer, frame) => { wire.publish(offeredBy(offer), frame); },
      refuse: (offer, reason, detail) => { this.#refuse(offeredBy(offer), reason, detail); },
    });
    const own = subjectOf(pullName, this.#sender);
    this.#listen(own, (frame, reply) => {
      if (frame.kind === 'pull' && reply !== undefined) wire.publish(reply, this.#outbox.answer(frame));
      else if (frame.kind === 'done') this.#outbox.fetched(frame.message);
      else this.#refuse(own, 'unexpected-kind', frame.kind);
    });
  }

  get serverMaxPayloadBytes(): number { return this.#wire.serverMaxPayloadBytes; }

  get isConnected(): boolean { return this.#wire.isConnected; }

  get connection(): NatsConnection { return this.#wire.connection; }

  request(subject: string, payload: Uint8Array, { deadlineMs }: { readonly deadlineMs: number }): Promise<Uint8Array> {
    if (this.#closing !== null) return Promise.reject(closed(subject));
    const { clock } = this.#parts;
    const message = this.#nextMessage();
    return new Promise((resolve, reject) => {
      checkSubject(subject);
      const end = (): void => {
        this.#pending.delete(fail);
        this.#outbox.remove(message);
        timer.stop();
      };
      const fail = (error: TransportError): void => { end(); reject(error); };
      const timer = clock.after(deadlineMs, () => { fail(late(subject)); });
      this.#pending.add(fail);
      this.#ask({ subject, message, payload, deadlineMs }).then((answer) => { end(); resolve(answer); }, (error: unknown) => {
        fail(error instanceof TransportError ? error : new TransportError('malformed', `the request on ${subject} failed`, { cause: error }));
      });
    });
  }

  serve(subject: string, handler: Handler): Subscription {
    this.#checkOpen(subject);
    if (this.#servers.has(subject)) throw new Error(`${subject} is served already`);
    const arrivals = this.#arrivals(subject, () => undefined);
    const own = this.#listen(subject, (frame, reply) => {
      if (frame.kind !== 'request' && frame.kind !== 'request-offer') this.#refuseStray(subject, frame);
      else if (reply === undefined) this.#refuse(subject, 'unexpected-kind', 'a request that wants no answer');
      else if (arrivals.isNew(frame)) void this.#serve(subject, handler, { frame, reply });
      else this.#refuse(subject, 'repeated', 'a request');
    });
    const served: Subscription = { close: () => {
      if (this.#servers.get(subject) === served) this.#servers.delete(subject);
      own.close();
    } };
    this.#servers.set(subject, served);
    return served;
  }

  publish(subject: string, payload: Uint8Array): void {
    if (this.#closing !== null) return;
    checkSubject(subject);
    if (!this.#wire.isConnected) { this.counters.publishesDropped += 1; return; }
    const frame = this.#frame({ purpose: 'publish', message: this.#nextMessage(), payload, keptMs: 0 });
    if (frame === null) throw tooLarge(subject, payload);
    if (!this.#wire.publish(subject, frame)) this.counters.publishesDropped += 1;
  }

  subscribe(subject: string, handler: (payload: Uint8Array) => void): Subscription {
    this.#checkOpen(subject);
    const channel = this.#channels.get(subject) ?? this.#openChannel(subject);
    const own = (payload: Uint8Array): void => { handler(payload); };
    channel.listeners.add(own);
    return { close: () => {
      if (!channel.listeners.delete(own) || channel.listeners.size > 0) return;
      this.#channels.delete(subject);
      channel.subscription.close();
    } };
  }

  async flush({ deadlineMs }: { readonly deadlineMs: number }): Promise<void> {
    if (this.#closing === null && await this.#wire.flush(deadlineMs)) return;
    throw this.#closing === null ? late('the NATS server') : closed('flush');
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    for (const { listeners } of this.#channels.values()) listeners.clear();
    for (const fail of [...this.#pending]) fail(closed('a request'));
    this.#servers.clear();
    this.#channels.clear();
    this.#outbox.clear();
    await this.#wire.close();
  }

  // T5
  #nextMessage(): number { return randomInt(U48_MAX); }

  #checkOpen(subject: string): void {
    if (this.#closing !== null) throw closed(subject);
    checkSubject(subject);
  }

  /** The frame that is, or offers, a message; null when it is too large or there is no room for it. */
  #frame({ purpose, message, payload, keptMs }: { readonly purpose: Purpose; readonly message: number; readonly payload: Uint8Array; readonly keptMs: number }): Uint8Array | null {
    const { limits } = this.#parts;
    if (payload.length > limits.messageBytesMax) return null;
    const contentBytesMax = Math.min(limits.frameBytesMax, this.#wire.serverMaxPayloadBytes) - HEADER_BYTES;
    if (payload.length <= contentBytesMax) return encodeFrame(this.#direct(purpose, message, payload), payload);
    return this.#outbox.offer({ purpose, message, payload, contentBytesMax, keptMs });
  }

  #direct(kind: FrameHeader['kind'], message: number, content: Uint8Array): FrameHeader {
    return { kind, sender: this.#sender, message, totalBytes: content.length, index: 0, count: 1 };
  }

  /** Subscribes to frames; whatever is not one is refused here. */
  #listen(subject: string, receive: (frame: Frame, reply: string | undefined) => void): Subscription {
    return this.#wire.subscribe(subject, (bytes, reply) => {
      const frame = this.#read(subject, bytes);
      if (frame === null) return;
      if (reply !== undefined && !reply.startsWith(this.#parts.answerPrefix)) this.#refuse(subject, 'foreign-reply', `an answer is wanted on ${JSON.stringify(reply.slice(0, REPLY_CHARACTERS_MAX))}`);
      else receive(frame, reply);
    });
  }

  #read(subject: string, bytes: Uint8Array): Frame | null {
    this.counters.framesIn += 1;
    this.counters.bytesIn += bytes.length;
    const parsed = parseFrame(bytes);
    if (parsed.kind === 'frame') return parsed.frame;
    this.#refuse(subject, parsed.reason, `${bytes.length} bytes`);
    return null;
  }

  #refuse(subject: string, reason: RefusalReason, detail: string): void {
    this.counters.refused[reason] += 1;
    this.#parts.onRefused({ reason, subject, detail });
  }

  /** Requests and publications on one subject have different receivers; anything else is out of place. */
  #refuseStray(subject: string, frame: Frame): void {
    const isOther = frame.kind === 'publish' || frame.kind === 'publish-offer' || frame.kind === 'request' || frame.kind === 'request-offer';
    if (!isOther) this.#refuse(subject, 'unexpected-kind', frame.kind);
  }

  #arrivals(subject: string, deliver: (content: Uint8Array) => void): Arrivals {
    return new Arrivals({
      limits: this.#parts.limits, deliver,
      pull: (offer) => this.#puller.pull(offer),
      refuse: (reason, detail) => { if (this.#closing === null) this.#refuse(subject, reason, detail); },
    });
  }

  #openChannel(subject: string): Channel {
    const listeners = new Set<(payload: Uint8Array) => void>();
    const arrivals = this.#arrivals(subject, (content) => {
      for (const listener of [...listeners]) {
        // A handler that throws breaks its promise, but thrown into the client it would end the connection.
        try { listener(content); } catch (error) { this.#refuse(subject, 'handler-threw', String(error)); }
      }
    });
    const subscription = this.#listen(subject, (frame) => {
      if (frame.kind !== 'publish' && frame.kind !== 'publish-offer') this.#refuseStray(subject, frame);
      else if (arrivals.isNew(frame)) arrivals.accept(frame);
      else this.#refuse(subject, 'repeated', 'a message');
    });
    const channel = { subscription, listeners };
    this.#channels.set(subject, channel);
    return channel;
  }

  async #serve(subject: string, handler: Handler, { frame, reply }: { readonly frame: Frame; readonly reply: string }): Promise<void> {
    const message = this.#nextMessage();
    const fail = (...why: Parameters<typeof failureContent>): void => {
      const content = failureContent(...why);
      this.#wire.publish(reply, encodeFrame(this.#direct('failure', message, content), content));
    };
    const pulled = frame.kind === 'request' ? { kind: 'content' as const, content: frame.content } : await this.#puller.pull(frame);
    if (this.#closing !== null) return;
    if (pulled.kind === 'refused') {
      this.#refuse(subject, pulled.reason, pulled.detail);
      fail(pulled.reason === 'too-large' ? 'too-large' : 'malformed', `the request could not be fetched: ${pulled.reason}, ${pulled.detail}`);
      return;
    }
    try {
      const payload = await handler(pulled.content);
      const answer = this.#closing === null && this.#frame({ purpose: 'answer', message, payload, keptMs: 0 });
      if (answer === null) fail('too-large', `the answer has ${payload.length} bytes`);
      else if (answer !== false) this.#wire.publish(reply, answer);
    } catch (error) {
      fail('handler-failed', error instanceof Error ? error.message : String(error));
    }
  }

  async #ask({ subject, message, payload, deadlineMs }: { readonly subject: string; readonly message: number; readonly payload: Uint8Array; readonly deadlineMs: number }): Promise<Uint8Array> {
    const { clock } = this.#parts;
    const dueMs = clock.nowMs() + deadlineMs;
    const frame = this.#frame({ purpose: 'request', message, payload, keptMs: deadlineMs });
    if (frame === null) throw tooLarge(subject, payload);
    const asked = await this.#wire.ask(subject, frame, deadlineMs);
    if (asked.kind !== 'answer') throw unanswered(subject, asked);
    const answer = this.#read(subject, asked.bytes);
    if (answer === null) throw new TransportError('malformed', `the answer from ${subject} could not be read`);
    if (answer.kind === 'answer') return answer.content;
    if (answer.kind === 'failure') throw failure(subject, answer.content);
    if (answer.kind !== 'answer-offer') {
      this.#refuse(subject, 'unexpected-kind', answer.kind);
      throw new TransportError('malformed', `the answer from ${subject} is a ${answer.kind}`);
    }
    const pulled = await this.#puller.pull(answer, dueMs - clock.nowMs());
    if (pulled.kind === 'content') return pulled.content;
    if (this.#closing !== null) throw closed(subject);
    this.#refuse(subject, pulled.reason, pulled.detail);
    if (pulled.reason === 'deadline') throw late(subject);
    throw new TransportError(pulled.reason === 'too-large' ? 'too-large' : 'malformed', `the answer from ${subject} could not be fetched: ${pulled.reason}, ${pulled.detail}`);
  }
}
