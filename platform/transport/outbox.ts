// Large messages that wait to be fetched by their receivers. Bounded in bytes and in time: requests and answers beyond the bound are
// refused, published messages make room for newer ones. Payloads are kept by reference.
import type { Clock, Timer } from '../clock/clock.ts';
import { chunkCount, chunkRange, encodeFrame, type Frame } from './framing.ts';
import type { NatsLimits } from './nats-limits.ts';

export type Purpose = 'publish' | 'request' | 'answer';

interface Kept {
  readonly purpose: Purpose;
  readonly payload: Uint8Array;
  readonly count: number;
  readonly untilMs: number;
}

export interface OutboxOptions {
  readonly clock: Clock;
  readonly sender: number;
  /** Content of every offer: the sender's name. Nothing unless told. */
  readonly name?: Uint8Array;
  readonly limits: Pick<NatsLimits, 'outboxBytesMax' | 'publishedBytesMax' | 'offerKeptMs' | 'framesOfMessageMax'>;
}

export interface OfferRequest {
  readonly purpose: Purpose;
  readonly message: number;
  readonly payload: Uint8Array;
  readonly contentBytesMax: number;
  /** How long it is kept at least, when that is longer than usual. */
  readonly keptMs?: number;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #kept = new Map<number, Kept>();
  #publishedBytes = 0;
  #otherBytes = 0;
  #timer: Timer | null = null;

  constructor(options: OutboxOptions) { this.#options = options; }

  get bytes(): number { return this.#publishedBytes + this.#otherBytes; }

  /** Keeps a message and returns the frame that offers it; null when there is no room, or it would be cut into too many frames. */
  offer({ purpose, message, payload, contentBytesMax, keptMs = 0 }: OfferRequest): Uint8Array | null {
    const { clock, limits, sender, name } = this.#options;
    const count = chunkCount(payload.length, contentBytesMax);
    if (count > limits.framesOfMessageMax) return null;
    if (purpose === 'publish') this.#makeRoom(payload.length);
    else if (this.#otherBytes + payload.length > limits.outboxBytesMax) return null;
    this.#kept.set(message, { purpose, payload, count, untilMs: clock.nowMs() + Math.max(limits.offerKeptMs, keptMs) });
    this.#add(purpose, payload.length);
    this.#arm();
    return encodeFrame({ kind: `${purpose}-offer`, sender, message, totalBytes: payload.length, index: 0, count }, name);
  }

  /** The frame that a `pull` asks for, or `gone`. */
  answer(pull: Frame): Uint8Array {
    const { sender } = this.#options;
    const kept = this.#kept.get(pull.message);
    if (kept?.payload.length !== pull.totalBytes || kept.count !== pull.count) {
      return encodeFrame({ kind: 'gone', sender, message: pull.message, totalBytes: 0, index: 0, count: 1 });
    }
    const { start, end } = chunkRange(pull);
    const { message, totalBytes, index, count } = pull;
    return encodeFrame({ kind: 'chunk', sender, message, totalBytes, index, count }, kept.payload.subarray(start, end));
  }

  /** An answer has one receiver: what it has fetched is needed no more. Others keep their time. */
  fetched(message: number): void {
    if (this.#kept.get(message)?.purpose === 'answer') this.remove(message);
  }

  remove(message: number): void {
    const kept = this.#kept.get(message);
    if (kept === undefined) return;
    this.#kept.delete(message);
    this.#add(kept.purpose, -kept.payload.length);
  }

  clear(): void {
    for (const message of [...this.#kept.keys()]) this.remove(message);
    this.#timer?.stop();
    this.#timer = null;
  }

  #add(purpose: Purpose, bytes: number): void {
    if (purpose === 'publish') this.#publishedBytes += bytes;
    else this.#otherBytes += bytes;
  }

  #makeRoom(bytes: number): void {
    for (const [message, kept] of this.#kept) {
      if (this.#publishedBytes === 0 || this.#publishedBytes + bytes <= this.#options.limits.publishedBytesMax) return;
      if (kept.purpose === 'publish') this.remove(message);
    }
  }

  /** One timer for all: it looks again when the first could be due, and rests when nothing is kept. */
  #arm(): void {
    if (this.#timer !== null || this.#kept.size === 0) return;
    const { clock } = this.#options;
    const firstMs = Math.min(...[...this.#kept.values()].map((kept) => kept.untilMs));
    this.#timer = clock.after(Math.max(1, firstMs - clock.nowMs()), () => {
      this.#timer = null;
      const nowMs = clock.nowMs();
      for (const [message, kept] of this.#kept) if (kept.untilMs <= nowMs) this.remove(message);
      this.#arm();
    });
  }
}
