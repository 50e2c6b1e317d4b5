// The health of the chains while the model learns: a trace of each chain (one number of its state), taken at fixed updates so that it is a
// function of the job, and from each window of it split R-hat and effective sample size. Nothing reads it back.
import { bulkEffectiveSampleSize, rankNormalisedRhat } from '../../ebm/diagnostics/convergence.ts';

/** Draws of a window. */
const WINDOW = 50;
/** Chains that are traced: more cost time and tell no more. */
const CHAINS_MAX = 50;
/** Draws from a line of the ledger to the next. */
const DRAWS_A_LINE = 5;

export interface ChainFigures { readonly rHat: number | null; readonly chainEss: number | null }

/** How many chains there are, and a number of a chain's state. */
export interface Traced { readonly count: number; readonly traceOf: (chain: number) => number }

/** Updates between draws. `turn`: updates in which each chain moves once. */
export function drawEvery({ ledger }: { readonly ledger: { readonly every: number } }, turn: number): number {
  return Math.max(turn, Math.floor(ledger.every / DRAWS_A_LINE));
}

export class ChainHealth {
  readonly #every: number;
  #traces: Float64Array[] = [];
  #draws = 0;

  /** `every`: updates between draws. */
  constructor(every: number) { this.#every = every; }

  /** Takes a draw if this version is one to look at, and returns the figures of a window that it completes. */
  observe(version: number, { count, traceOf }: Traced): ChainFigures | null {
    if (version % this.#every !== 0 || count < 2) return null;
    const traced = Math.min(CHAINS_MAX, count);
    if (this.#traces.length !== traced) this.#traces = Array.from({ length: traced }, () => new Float64Array(WINDOW));
    this.#traces.forEach((trace, chain) => { trace[this.#draws] = traceOf(chain); });
    this.#draws += 1;
    if (this.#draws < WINDOW) return null;
    this.#draws = 0;
    if (!this.#traces.every((trace) => trace.every(Number.isFinite))) return { rHat: null, chainEss: null };
    return { rHat: finite(rankNormalisedRhat(this.#traces)), chainEss: finite(bulkEffectiveSampleSize(this.#traces)) };
  }

  /** The run went back: what was traced is of another history. */
  restart(): void {
    this.#draws = 0;
  }
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
