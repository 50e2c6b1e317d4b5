// Frames that arrive on one subject, by sender: what was seen before is refused, and what one sender published is handed over in its
// order, also when a large message must be fetched before the small ones behind it.
import type { Frame } from './framing.ts';
import type { NatsLimits } from './nats-limits.ts';
import type { Pulled } from './pulling.ts';
import type { RefusalReason } from './refusals.ts';

interface Sender {
  /** The latest message numbers, oldest first. */
  readonly recent: Set<number>;
  readonly queue: Frame[];
  isBusy: boolean;
}

export interface ArrivalsOptions {
  readonly limits: Pick<NatsLimits, 'sendersMax' | 'rememberedMessagesMax' | 'queuedMessagesMax' | 'queuedBytesMax'>;
  /** Never rejects. */
  readonly pull: (offer: Frame) => Promise<Pulled>;
  /** Must not throw. */
  readonly deliver: (content: Uint8Array) => void;
  readonly refuse: (reason: RefusalReason, detail: string) => void;
}

export class Arrivals {
  readonly #options: ArrivalsOptions;
  readonly #senders = new Map<number, Sender>();
  #queuedBytes = 0;

  constructor(options: ArrivalsOptions) { this.#options = options; }

  /** Whether this message was not seen before, as far as is remembered. */
  isNew(frame: Frame): boolean {
    const { recent } = this.#sender(frame.sender);
    if (recent.has(frame.message)) return false;
    recent.add(frame.message);
    if (recent.size > this.#options.limits.rememberedMessagesMax) for (const oldest of recent) { recent.delete(oldest); break; }
    return true;
  }

  /** A `publish` or a `publish-offer` that is new. */
  accept(frame: Frame): void {
    const { limits, deliver, refuse } = this.#options;
    const sender = this.#sender(frame.sender);
    if (frame.kind === 'publish' && !sender.isBusy) { deliver(frame.content); return; }
    if (sender.queue.length >= limits.queuedMessagesMax || this.#queuedBytes + frame.content.length > limits.queuedBytesMax) {
      refuse('queue-full', `${sender.queue.length} messages of this sender wait behind a large one`);
      return;
    }
    sender.queue.push(frame);
    this.#queuedBytes += frame.content.length;
    if (!sender.isBusy) void this.#drain(sender);
  }

  async #drain(sender: Sender): Promise<void> {
    const { deliver, pull, refuse } = this.#options;
    sender.isBusy = true;
    for (let frame = sender.queue.shift(); frame !== undefined; frame = sender.queue.shift()) {
      this.#queuedBytes -= frame.content.length;
      if (frame.kind === 'publish') { deliver(frame.content); continue; }
      const pulled = await pull(frame);
      if (pulled.kind === 'content') deliver(pulled.content);
      else refuse(pulled.reason, pulled.detail);
    }
    sender.isBusy = false;
  }

  #sender(number: number): Sender {
    const known = this.#senders.get(number);
    if (known !== undefined) return known;
    if (this.#senders.size >= this.#options.limits.sendersMax) this.#forgetOne();
    const sender: Sender = { recent: new Set(), queue: [], isBusy: false };
    this.#senders.set(number, sender);
    return sender;
  }

  /** Forgetting a sender costs its memory of repetitions, never a message that waits. */
  #forgetOne(): void {
    for (const [number, sender] of this.#senders) {
      if (sender.isBusy) continue;
      this.#senders.delete(number);
      return;
    }
  }
}
