// The sums of one open update while its contributions come in: those that come as whole sums are added at once, those that come packed by the
// engine, beside whatever else happens, and factors by the engine too, many together. Integers: the order makes no difference.
import { joined, type UpdateFactors } from '../../ebm/rbm/factors.ts';
import type { PackedSums } from '../../ebm/rbm/packed.ts';
import type { UpdateSums } from '../../ebm/rbm/parameters.ts';
import { addSums } from '../../ebm/rbm/statistics.ts';
import type { Contribution, Session, UnfinishedSums } from '../../engine/engine.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
/** Sums under way. The arrays are those of the first contribution; only the counts are their own. */
interface Total { readonly data: Writable<UpdateSums['data']>; readonly model: Writable<UpdateSums['model']>; readonly outer: UpdateSums['outer'] }

/**
 * Samples of both phases whose outer products are begun before the update is covered. Each call reads and writes all of the sums, which takes as
 * long as the products of some hundred samples, and is a hand-over to the engine: of fewer all that wait are made in the command of the step, in
 * one pass. Many samples come from many workers, or take them long: what has come is done with beside their computing, and the step waits for the rest.
 */
const PASS_SAMPLES = 256;

export interface GatheringOptions {
  readonly session: Pick<Session, 'tally' | 'addPacked' | 'release'>;
  /** Told how long work on sums took. */
  readonly onSpent: (stage: 'tallyMs' | 'addMs', ms: number) => void;
  readonly nowMs: () => number;
}

export class Gathering {
  readonly #options: GatheringOptions;
  #total: Total | null = null;
  #tallied: Contribution | null = null;
  #turn: Promise<void> | null = null;
  /** Whether the last turn is still to begin. */
  #hasTurn = false;
  #waiting: UpdateFactors[] = [];
  #packed: PackedSums[] = [];
  /** What the step's command adds. */
  readonly #last: PackedSums[] = [];

  constructor(options: GatheringOptions) { this.#options = options; }

  /** True for the first: its arrays are in use from now on. */
  add(sums: UpdateSums): boolean {
    if (this.#total === null) {
      this.#total = totalOf(sums);
      return true;
    }
    const { nowMs, onSpent } = this.#options;
    const startMs = nowMs();
    addSums(this.#total, sums);
    onSpent('addMs', nowMs() - startMs);
    return false;
  }

  addFactors(factors: UpdateFactors): void {
    this.#waiting.push(factors);
    if (samplesOf(this.#waiting) >= PASS_SAMPLES) this.#start();
  }

  /** Its bytes are read later: they must stay as they are until the step is taken. */
  addPacked(sums: PackedSums): void {
    this.#packed.push(sums);
    this.#start();
  }

  /** What comes until the engine's turn is made together. */
  #start(): void {
    if (this.#hasTurn) return;
    this.#hasTurn = true;
    this.#turn = (this.#turn ?? Promise.resolve()).then(() => this.#tally());
    this.#turn.catch(() => undefined); // whoever asks for the sums hears of it
  }

  async #tally(): Promise<void> {
    const { session, nowMs, onSpent } = this.#options;
    const startMs = nowMs();
    const [factors, packed] = [this.#waiting, this.#packed];
    this.#hasTurn = false;
    this.#waiting = [];
    this.#packed = [];
    if (factors.length > 0) this.#tallied = await session.tally(joined(factors), this.#tallied);
    const talliedMs = nowMs();
    onSpent('tallyMs', talliedMs - startMs);
    for (const sums of packed) this.#tallied = await session.addPacked(sums, this.#tallied);
    onSpent('addMs', nowMs() - talliedMs);
  }

  /**
   * When the engine has done what it does before the step: all of it for `finished` sums, which are read while the step is taken, and for those
   * that are not the engine's alone. Null if that is now.
   */
  ready(finished: boolean): Promise<void> | null {
    const isWhole = finished || this.#total !== null;
    if (this.#waiting.length > 0 && isWhole) this.#start();
    if (!isWhole) this.#last.push(...this.#packed.splice(0)); // into the step's command: another one costs a wake-up and a wait
    return this.#turn;
  }

  /** Once ready. What waits is the engine's from here on. Throws if nothing was added. */
  sums(): UpdateSums | UnfinishedSums {
    if (this.#waiting.length > 0 || this.#last.length > 0) {
      const unfinished: UnfinishedSums = { packed: this.#last, factors: this.#waiting, into: this.#tallied };
      this.#waiting = [];
      this.#tallied = null;
      return unfinished;
    }
    if (this.#tallied === null && this.#total === null) throw new Error('an update has no sums');
    if (this.#tallied === null) return this.#total!;
    if (this.#total === null) return this.#tallied.sums;
    addSums(this.#total, this.#tallied.sums);
    return this.#total;
  }

  /** Gives back what the engine lent for outer products. */
  end(): void {
    void (this.#turn ?? Promise.resolve()).catch(() => undefined).then(() => {
      if (this.#tallied !== null) this.#options.session.release(this.#tallied);
      this.#tallied = null;
    });
  }
}

function samplesOf(factors: readonly UpdateFactors[]): number {
  return factors.reduce((sum, { data, model }) => sum + data.count + model.count, 0);
}

function totalOf({ data, model, outer }: UpdateSums): Total {
  return { data: { ...data }, model: { ...model }, outer };
}
