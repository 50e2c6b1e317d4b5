// The sums of one open update while its contributions come in: those that come as whole sums are added at once, those that come as factors or
// packed by the engine, one after the other, beside whatever else happens. Integers: the order makes no difference.
import { joined, type UpdateFactors } from '../../ebm/rbm/factors.ts';
import type { PackedSums } from '../../ebm/rbm/packed.ts';
import type { UpdateSums } from '../../ebm/rbm/parameters.ts';
import { addSums } from '../../ebm/rbm/statistics.ts';
import type { Contribution, Session } from '../../engine/engine.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
/** Sums under way. The arrays are those of the first contribution; only the counts are their own. */
interface Total { readonly data: Writable<UpdateSums['data']>; readonly model: Writable<UpdateSums['model']>; readonly outer: UpdateSums['outer'] }

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
  #waiting: UpdateFactors[] = [];
  #packed: PackedSums[] = [];

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

  /** What comes while the engine makes outer products waits, and is made together: each call reads and writes all of the sums. */
  addFactors(factors: UpdateFactors): void {
    this.#waiting.push(factors);
    if (this.#waiting.length + this.#packed.length === 1) this.#start();
  }

  /** Its bytes are read later: they must stay as they are until the sums are asked for. */
  addPacked(sums: PackedSums): void {
    this.#packed.push(sums);
    if (this.#waiting.length + this.#packed.length === 1) this.#start();
  }

  #start(): void {
    this.#turn = (this.#turn ?? Promise.resolve()).then(() => this.#tally());
    this.#turn.catch(() => undefined); // whoever asks for the sums hears of it
  }

  async #tally(): Promise<void> {
    const { session, nowMs, onSpent } = this.#options;
    const startMs = nowMs();
    const [factors, packed] = [this.#waiting, this.#packed];
    this.#waiting = [];
    this.#packed = [];
    if (factors.length > 0) this.#tallied = await session.tally(joined(factors), this.#tallied);
    const talliedMs = nowMs();
    onSpent('tallyMs', talliedMs - startMs);
    for (const sums of packed) this.#tallied = await session.addPacked(sums, this.#tallied);
    onSpent('addMs', nowMs() - talliedMs);
  }

  /** When all that was added is in the sums; null if it is already. */
  get pending(): Promise<void> | null { return this.#turn; }

  /** Once nothing is pending. Throws if nothing was added. */
  sums(): UpdateSums {
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

function totalOf({ data, model, outer }: UpdateSums): Total {
  return { data: { ...data }, model: { ...model }, outer };
}
