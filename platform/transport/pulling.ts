// Fetches large messages from those who offered them, frame by frame with a small window, and puts them together. The receiver sets
// the pace: nothing large is ever pushed at it. At most so many messages and bytes at a time, the others wait in a queue with a limit.
import type { Clock } from '../clock/clock.ts';
import { chunkRange, encodeFrame, parseFrame, type Frame } from './framing.ts';
import type { NatsLimits } from './nats-limits.ts';
import type { NatsCounters, RefusalReason } from './refusals.ts';
import type { Asked } from './wire.ts';

export type Pulled = { readonly kind: 'content'; readonly content: Uint8Array } | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly detail: string };

export interface PullerOptions {
  readonly clock: Clock;
  readonly sender: number;
  readonly limits: NatsLimits;
  readonly counters: NatsCounters;
  /** Asks whoever made the offer; never rejects. */
  readonly ask: (offer: Frame, frame: Uint8Array, timeoutMs: number) => Promise<Asked>;
  /** Tells whoever made the offer. */
  readonly tell: (offer: Frame, frame: Uint8Array) => void;
  /** Told of what was answered instead of a frame. */
  readonly refuse: (offer: Frame, reason: RefusalReason, detail: string) => void;
}

type Fetched = { readonly kind: 'chunk'; readonly content: Uint8Array } | Extract<Pulled, { readonly kind: 'refused' }>;

export class Puller {
  readonly #options: PullerOptions;
  readonly #waiting: { readonly bytes: number; readonly start: () => void }[] = [];
  #active = 0;
  #activeBytes = 0;

  constructor(options: PullerOptions) { this.#options = options; }

  /** Never rejects. The content is fresh memory. */
  async pull(offer: Frame, deadlineMs = Infinity): Promise<Pulled> {
    const { clock, limits, sender, tell } = this.#options;
    const { totalBytes, message } = offer;
    if (totalBytes > Math.min(limits.messageBytesMax, limits.reassemblyBytesMax)) return refused('too-large', `${totalBytes} bytes`);
    if (this.#waiting.length >= limits.pullsWaitingMax) return refused('queue-full', `${limits.pullsWaitingMax} large messages wait to be fetched`);
    const dueMs = clock.nowMs() + Math.min(deadlineMs, limits.pullDeadlineMs + totalBytes / limits.pullBytesPerMsMin);
    await this.#turn(totalBytes);
    try {
      return await this.#fetchAll(offer, dueMs);
    } finally {
      // An answer has no other receiver. Also after a failure: the sender need not keep for us what we have given up.
      if (offer.kind === 'answer-offer') tell(offer, encodeFrame({ kind: 'done', sender, message, totalBytes: 0, index: 0, count: 1 }));
      this.#active -= 1;
      this.#activeBytes -= totalBytes;
      this.#admit();
    }
  }

  #turn(bytes: number): Promise<void> {
    return new Promise((start) => {
      this.#waiting.push({ bytes, start });
      this.#admit();
    });
  }

  #admit(): void {
    const { limits } = this.#options;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#active >= limits.pullsMax || this.#activeBytes + next.bytes > limits.reassemblyBytesMax) return;
      this.#waiting.shift();
      this.#active += 1;
      this.#activeBytes += next.bytes;
      next.start();
    }
  }

  async #fetchAll(offer: Frame, dueMs: number): Promise<Pulled> {
    // Memory is taken when the first frame is there: an offer with nobody behind it costs nothing.
    const first = await this.#fetch(offer, 0, dueMs);
    if (first.kind === 'refused') return first;
    const content = new Uint8Array(offer.totalBytes);
    content.set(first.content);
    let next = 1;
    let failure: Extract<Pulled, { readonly kind: 'refused' }> | null = null;
    const lane = async (): Promise<void> => {
      while (next < offer.count && failure === null) {
        const index = next;
        next += 1;
        const fetched = await this.#fetch(offer, index, dueMs);
        if (fetched.kind === 'refused') failure ??= fetched;
        else content.set(fetched.content, chunkRange({ ...offer, index }).start);
      }
    };
    await Promise.all(Array.from({ length: this.#options.limits.pullWindowFrames }, lane));
    return failure ?? { kind: 'content', content };
  }

  async #fetch(offer: Frame, index: number, dueMs: number): Promise<Fetched> {
    const { ask, clock, counters, limits, sender } = this.#options;
    const { message, totalBytes, count } = offer;
    const frame = encodeFrame({ kind: 'pull', sender, message, totalBytes, index, count });
    let last: Asked['kind'] = 'timeout';
    for (let attempt = 0; attempt < limits.pullAttemptsMax; attempt += 1) {
      const leftMs = dueMs - clock.nowMs();
      if (leftMs <= 0) return refused('deadline', `frame ${index} of ${count} did not arrive in time`);
      if (attempt > 0) counters.framesRetried += 1;
      const asked = await ask(offer, frame, Math.min(leftMs, limits.pullFrameTimeoutMs));
      last = asked.kind;
      if (asked.kind === 'closed') return refused('gone', 'the transport was closed');
      if (asked.kind === 'forbidden') return refused('forbidden', asked.error.message);
      if (asked.kind === 'answer') {
        const fetched = this.#read(offer, index, asked.bytes);
        if (fetched !== null) return fetched;
      } else if (asked.kind === 'nobody' && attempt + 1 < limits.pullAttemptsMax) {
        // The sender may be reconnecting.
        await new Promise<void>((resolve) => { clock.after(limits.pullRetryDelayMs, resolve); });
      }
    }
    return last === 'nobody' ? refused('gone', 'nobody answers for the sender') : refused('deadline', `frame ${index} of ${count} was asked for ${limits.pullAttemptsMax} times`);
  }

  /** Null when it is not what was asked for: counted, and asked for again. */
  #read(offer: Frame, index: number, bytes: Uint8Array): Fetched | null {
    const { counters, refuse } = this.#options;
    counters.framesIn += 1;
    counters.bytesIn += bytes.length;
    const parsed = parseFrame(bytes);
    if (parsed.kind === 'refused') {
      refuse(offer, parsed.reason, `${bytes.length} bytes as frame ${index} of a message`);
      return null;
    }
    const { frame } = parsed;
    const isOurs = frame.sender === offer.sender && frame.message === offer.message;
    if (isOurs && frame.kind === 'gone') return refused('gone', 'the sender does not keep it any more');
    if (isOurs && frame.kind === 'chunk' && frame.index === index && frame.count === offer.count && frame.totalBytes === offer.totalBytes) {
      return { kind: 'chunk', content: frame.content };
    }
    refuse(offer, 'unexpected-kind', `a ${frame.kind} as frame ${index} of a message`);
    return null;
  }
}

function refused(reason: RefusalReason, detail: string): Extract<Pulled, { readonly kind: 'refused' }> {
  return { kind: 'refused', reason, detail };
}
