// The health of the chains while the model learns: a trace of each chain (its hidden units that are on), taken at fixed updates so that it is a
// function of the job, and from each window of it split R-hat and effective sample size. Nothing reads it back.
import { bulkEffectiveSampleSize, rankNormalisedRhat } from '../../ebm/diagnostics/convergence.ts';
import { bytesOf, popcount } from '../../ebm/rbm/bits.ts';

/** Draws of a window. */
const WINDOW = 50;
/** Chains that are traced: more cost time and tell no more. */
const CHAINS_MAX = 50;

export interface ChainFigures { readonly rHat: number | null; readonly chainEss: number | null }

export class ChainHealth {
  readonly #bytes: number;
  readonly #every: number;
  #traces: Float64Array[] = [];
  #draws = 0;

  /** `every`: updates between draws. */
  constructor(hidden: number, every: number) {
    this.#bytes = bytesOf(hidden);
    this.#every = every;
  }

  /** Takes a draw if this version is one to look at, and returns the figures of a window that it completes. */
  observe(version: number, chains: Uint8Array): ChainFigures | null {
    if (version % this.#every !== 0 || chains.length < 2 * this.#bytes) return null;
    const count = Math.min(CHAINS_MAX, chains.length / this.#bytes);
    if (this.#traces.length !== count) this.#traces = Array.from({ length: count }, () => new Float64Array(WINDOW));
    this.#traces.forEach((trace, i) => { trace[this.#draws] = popcount(chains.subarray(i * this.#bytes, (i + 1) * this.#bytes)); });
    this.#draws += 1;
    if (this.#draws < WINDOW) return null;
    this.#draws = 0;
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
