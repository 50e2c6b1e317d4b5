// A listener on a run's subjects: which leases, notices and contributions pass, and when. Nobody waits for it and it tells nobody anything.
import { decode, encode } from '../../proto/codec.ts';
import { WIRE_LIMITS } from '../../proto/limits.ts';
import { SUBJECTS, type Message, type Range } from '../../proto/messages.ts';
import { realClock } from '../../platform/clock/real.ts';
import { codedTransport } from '../../platform/transport/coded.ts';
import { connectNats } from '../../platform/transport/nats.ts';

export interface Passed {
  /** When it passed, by performance.now(). */
  readonly atMs: number;
  /** The worker that it is from or for. */
  readonly worker: string;
  readonly kind: Message['kind'];
  readonly epoch: number;
  /** Of a lease, cancel, renew or contribution. */
  readonly lease: number | null;
  /** Of a lease or contribution to an update. */
  readonly update: number | null;
  readonly data: Range | null;
  /** Of a lease. */
  readonly termMs: number | null;
}

export class Tap {
  readonly passed: Passed[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #close: () => Promise<void>;

  static async open(url: string, run: string, workers: readonly string[]): Promise<Tap> {
    const bytes = await connectNats({ name: 'tap', url, clock: realClock(), limits: { reconnectWaitMs: 20, reconnectJitterMs: 10 } });
    const transport = codedTransport<Message>(bytes, { codec: { encode, decode }, messageBytesMax: WIRE_LIMITS.messageBytesMax, onRejected: () => undefined });
    const tap = new Tap(() => bytes.close());
    transport.subscribe(SUBJECTS.coordinator(run), (message) => { if ('worker' in message) tap.#note(message.worker, message); });
    for (const worker of workers) transport.subscribe(SUBJECTS.worker(run, worker), (message) => { tap.#note(worker, message); });
    return tap;
  }

  private constructor(close: () => Promise<void>) { this.#close = close; }

  /** The first one from here on that is wanted. */
  next(isWanted: (passed: Passed) => boolean, from = this.passed.length): Promise<Passed> {
    let looked = from;
    return new Promise((settle) => {
      const look = (): void => {
        for (; looked < this.passed.length; looked += 1) {
          if (!isWanted(this.passed[looked]!)) continue;
          this.#waiting.delete(look);
          settle(this.passed[looked]!);
          return;
        }
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** The newest that is wanted, of those that have passed. */
  last(isWanted: (passed: Passed) => boolean): Passed | undefined {
    return this.passed.filter(isWanted).at(-1);
  }

  close(): Promise<void> { return this.#close(); }

  #note(worker: string, message: Message): void {
    const unit = message.kind === 'lease' ? message.unit : message;
    this.passed.push({
      atMs: performance.now(), worker, kind: message.kind, epoch: 'epoch' in message ? message.epoch : 0,
      lease: 'lease' in message ? message.lease : null,
      update: 'update' in unit ? unit.update : null, data: 'data' in unit ? unit.data : null,
      termMs: message.kind === 'lease' ? message.termMs : null,
    });
    this.#waiting.forEach((look) => { look(); });
  }
}
