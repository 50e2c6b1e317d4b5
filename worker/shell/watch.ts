// What a worker's time goes into between two contributions: waiting for a lease, for parameters, computing, and the codec. For metrics alone.
import type { Clock } from '../../platform/clock/clock.ts';
import type { CodingTotals } from '../../platform/transport/transport.ts';
import type { Spent } from '../../proto/messages.ts';

export type Occupation = 'waited' | 'fetched' | 'computed';

const US_MAX = 0xffff_ffff;
const NOTHING: Readonly<Record<Occupation, number>> = { waited: 0, fetched: 0, computed: 0 };

export class Watch {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #coding: Readonly<CodingTotals> | null;
  #ms: Record<Occupation, number> = { ...NOTHING };
  #current: Occupation = 'waited';
  #sinceMs: number;
  #encodeMs = 0;
  #decodeMs = 0;

  constructor(clock: Pick<Clock, 'nowMs'>, coding: Readonly<CodingTotals> | null) {
    this.#clock = clock;
    this.#coding = coding;
    this.#sinceMs = clock.nowMs();
  }

  /** From now on the worker does this. */
  turn(to: Occupation): void {
    const nowMs = this.#clock.nowMs();
    this.#ms[this.#current] += nowMs - this.#sinceMs;
    this.#current = to;
    this.#sinceMs = nowMs;
  }

  /** What was spent since it was taken last. */
  take(): Spent {
    this.turn(this.#current);
    const { waited, fetched, computed } = this.#ms;
    const { encodeMs = 0, decodeMs = 0 } = this.#coding ?? {};
    const spent = {
      waitedUs: microseconds(waited), fetchedUs: microseconds(fetched), computedUs: microseconds(computed),
      encodedUs: microseconds(encodeMs - this.#encodeMs), decodedUs: microseconds(decodeMs - this.#decodeMs),
    };
    this.#ms = { ...NOTHING };
    this.#encodeMs = encodeMs;
    this.#decodeMs = decodeMs;
    return spent;
  }
}

function microseconds(ms: number): number {
  return Math.min(US_MAX, Math.max(0, Math.round(1000 * ms)));
}
