// What an update costs where, for metrics: milliseconds, bytes and counts by stage, added up since the run began here. Nothing reads it back.
import type { CodingTotals } from '../../platform/transport/transport.ts';
import type { Spent } from '../../proto/messages.ts';

/** Names end in Ms or Bytes for what they count. Times of workers are added over workers, times of the engine are those until it answers. */
export type StageTotals = Readonly<Record<string, number>>;

/**
 * `applyMs`: the step, with the outer products of the factors and the packed sums that waited for it, which are made and added in the same
 * command. `tallyMs` and `addMs`: those that were before, beside the workers or because the sums were to be read.
 */
export type CoordinatorStage = 'applyMs' | 'tallyMs' | 'addMs' | 'differenceMs';

export class Stages {
  readonly #coding: Readonly<CodingTotals> | null;
  readonly #own: Record<CoordinatorStage, number> = { applyMs: 0, tallyMs: 0, addMs: 0, differenceMs: 0 };
  readonly #workers: Record<keyof Spent, number> = { waitedUs: 0, fetchedUs: 0, computedUs: 0, encodedUs: 0, decodedUs: 0 };
  #contributions = 0;

  /** `coding`: of the run's transport; null where messages pass by reference. */
  constructor(coding: Readonly<CodingTotals> | null) { this.#coding = coding; }

  add(stage: CoordinatorStage, ms: number): void {
    this.#own[stage] += ms;
  }

  contributed(spent: Spent): void {
    this.#contributions += 1;
    for (const [name, us] of Object.entries(spent) as [keyof Spent, number][]) this.#workers[name] += us;
  }

  /** Null where there is no wire. */
  totals(): StageTotals | null {
    if (this.#coding === null) return null;
    const { encodeMs, decodeMs, encodedBytes, decodedBytes } = this.#coding;
    const { waitedUs, fetchedUs, computedUs, encodedUs, decodedUs } = this.#workers;
    return {
      ...this.#own, encodeMs, decodeMs, workersWaitMs: waitedUs / 1000, workersFetchMs: fetchedUs / 1000, workersComputeMs: computedUs / 1000,
      workersEncodeMs: encodedUs / 1000, workersDecodeMs: decodedUs / 1000, sentBytes: encodedBytes, receivedBytes: decodedBytes, contributions: this.#contributions,
    };
  }
}
