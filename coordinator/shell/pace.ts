// The pace of a run: rates from the clock, said a few times a second. Nothing here has an effect on results.
import type { AnyJob } from '../../ebm/job.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { RunEvent } from './events.ts';

/** Weight of the newest rate in the smoothed one. */
const NEWEST_SHARE = 0.3;

export interface PaceOptions {
  readonly job: AnyJob;
  readonly clock: Clock;
  /** Time between two progress events. */
  readonly progressMs: number;
  readonly until: number;
}

/** What a progress event says of an update beside its pace. */
interface Measured { readonly energyGap: number | null; readonly acceptance?: number | null | undefined }

export class Pace {
  readonly #options: PaceOptions;
  #startedMs = 0;
  #startedAt = 0;
  #saidMs = 0;
  #saidAt = 0;
  /** Updates a second, smoothed; null before the first measurement. */
  #rate: number | null = null;
  #restMs = 0;

  constructor(options: PaceOptions) { this.#options = options; }

  start(update: number): void {
    this.#startedMs = this.#saidMs = this.#options.clock.nowMs();
    this.#startedAt = this.#saidAt = update;
    this.#rate = null;
    this.#restMs = 0;
  }

  /** Time that was spent on figures does not count as training. */
  rest(durationMs: number): void {
    this.#restMs += durationMs;
    this.#saidMs += durationMs;
  }

  isDue(): boolean {
    return this.#options.clock.nowMs() - this.#saidMs >= this.#options.progressMs;
  }

  /** The progress event of a version, and the beginning of the next interval. */
  say(update: number, { energyGap, acceptance }: Measured): Extract<RunEvent, { kind: 'progress' }> {
    const { job, until, clock } = this.#options;
    const now = clock.nowMs();
    const rate = (1000 * (update - this.#saidAt)) / Math.max(now - this.#saidMs, 1e-3);
    if (update > this.#saidAt) this.#rate = this.#rate === null ? rate : this.#rate + NEWEST_SHARE * (rate - this.#rate);
    this.#saidMs = now;
    this.#saidAt = update;
    return {
      kind: 'progress', update, updates: until, epoch: epochOf(job, update), energyGap, ...(acceptance === undefined || acceptance === null ? {} : { acceptance }), updatesPerSecond: this.#rate,
      samplesPerSecond: this.#rate === null ? null : this.#rate * job.train.batch,
      secondsLeft: this.#rate === null || this.#rate === 0 ? null : (until - update) / this.#rate,
    };
  }

  seconds(): number {
    return (this.#options.clock.nowMs() - this.#startedMs) / 1000;
  }

  /** Training rows a second over the whole run, figures not counted; null if nothing was trained. */
  samplesPerSecond(update: number): number | null {
    const seconds = this.seconds() - this.#restMs / 1000;
    const updates = update - this.#startedAt;
    return updates > 0 && seconds > 0 ? (updates * this.#options.job.train.batch) / seconds : null;
  }
}

/** Epochs done at a version, with fractions. */
export function epochOf(job: AnyJob, update: number): number {
  return (update * job.train.batch) / job.facts.trainingRows;
}
