// Do chains agree, and how many independent draws are they worth? R-hat and effective sample size (ESS) as Vehtari, Gelman, Simpson,
// Carpenter and Buerkner (2021) define them, on any scalar of each chain (an energy, say) at equal times. It owns no chains.
// A value that is not defined (constant draws, fewer than 4 a chain) is null.
import { log } from '../numeric/elementary.ts';
import { normalQuantile } from '../numeric/normal.ts';
import { blockSum, mean, variance } from '../numeric/sum.ts';

const LN10 = 2.302585092994046;
const DRAWS_MIN = 4;

/** Chains' values at equal times, one array a chain, all of the same length. */
export type Chains = readonly Float64Array[];

/**
 * Rank-normalised split R-hat: the larger of that of the draws' normal scores (do the chains have the same place?) and that of the
 * scores of their distances from the median (the same width?). Convergence is doubtful above 1.01.
 */
export function rankNormalisedRhat(chains: Chains): number | null {
  const halves = splitChains(chains);
  if (halves === null) return null;
  const folded = absoluteDeviations(halves);
  const place = plainRhat(normalScores(halves));
  const width = plainRhat(normalScores(folded));
  return place === null ? null : Math.max(place, width ?? place);
}

/** Split R-hat of the values themselves (Gelman et al. 2013): blind to chains of equal means and different widths. */
export function splitRhat(chains: Chains): number | null {
  const halves = splitChains(chains);
  return halves === null ? null : plainRhat(halves);
}

/** Bulk ESS: that of the normal scores of the split chains. How well a mean over the chains is known, whatever the tails. */
export function bulkEffectiveSampleSize(chains: Chains): number | null {
  const halves = splitChains(chains);
  return halves === null ? null : effectiveSampleSize(normalScores(halves));
}

/**
 * ESS of the mean over all draws, from autocorrelations summed by Geyer's initial monotone sequence (1992) over the chains together;
 * at most N log10 N for N draws. Chains are not split: one chain gives the plain autocorrelation-based ESS.
 */
export function effectiveSampleSize(chains: Chains): number | null {
  const draws = drawsOf(chains);
  if (draws < DRAWS_MIN) return null;
  const spread = spreadOf(chains);
  if (!(spread.total > 0)) return null;
  const centres = chains.map(mean);
  const correlation = (lag: number): number => {
    const covariance = mean(Float64Array.from(chains, (chain, m) => autocovariance(chain, centres[m]!, lag)));
    return 1 - (spread.within - (covariance * draws) / (draws - 1)) / spread.total;
  };
  const total = chains.length * draws;
  const time = autocorrelationTime(correlation, draws);
  return Math.min(total / time, (total * log(total)) / LN10);
}

/** tau = -1 + 2 sum of pairs rho_2t + rho_2t+1 while they stay positive, each cut to the one before; plus the next even lag, if positive. */
function autocorrelationTime(correlation: (lag: number) => number, draws: number): number {
  let sum = 0;
  let before = Infinity;
  let lag = 0;
  for (; lag + 1 < draws - 1; lag += 2) {
    const pair = (lag === 0 ? 1 : correlation(lag)) + correlation(lag + 1);
    if (!(pair > 0)) break;
    before = Math.min(before, pair);
    sum += before;
  }
  const rest = lag > 0 && lag < draws ? Math.max(0, correlation(lag)) : 0;
  // Antithetic chains may be worth more draws than they have, up to the limit above; tau stays positive.
  return Math.max(2 * sum - 1 + rest, 1e-9);
}

/** Covariance of a chain with itself `lag` later, divided by its length. */
function autocovariance(chain: Float64Array, centre: number, lag: number): number {
  let sum = 0;
  for (let t = lag; t < chain.length; t += 1) sum += (chain[t]! - centre) * (chain[t - lag]! - centre);
  return sum / chain.length;
}

/** W and var+: mean of the chains' variances, and the estimate of the whole variance that also sees the spread of their means. */
function spreadOf(chains: Chains): { readonly within: number; readonly total: number } {
  const draws = chains[0]!.length;
  const within = mean(chains.map(variance));
  const between = chains.length === 1 ? 0 : variance(chains.map(mean));
  return { within, total: (within * (draws - 1)) / draws + between };
}

function plainRhat(chains: Chains): number | null {
  const { within, total } = spreadOf(chains);
  return within > 0 ? Math.sqrt(total / within) : null;
}

function drawsOf(chains: Chains): number {
  const draws = chains[0]?.length ?? 0;
  const other = chains.find((chain) => chain.length !== draws);
  if (other !== undefined) throw new RangeError(`chains must have equal lengths, got ${draws} and ${other.length}`);
  for (const chain of chains) if (!chain.every(Number.isFinite)) throw new RangeError('draws must be finite');
  return draws;
}

/** First and second half of every chain; the middle draw of an odd number is left out. Null if too short. */
function splitChains(chains: Chains): Float64Array[] | null {
  const draws = drawsOf(chains);
  if (draws < DRAWS_MIN) return null;
  const half = Math.floor(draws / 2);
  return chains.flatMap((chain) => [chain.slice(0, half), chain.slice(draws - half)]);
}

/** Draws replaced by normal quantiles of their ranks among all chains: (rank - 3/8) / (N + 1/4), ties share their mean rank. */
function normalScores(chains: Chains): Float64Array[] {
  const sorted = sortedDraws(chains);
  const scores = new Map<number, number>(); // by value: equal ones have equal scores
  for (let from = 0; from < sorted.length;) {
    let to = from + 1;
    while (to < sorted.length && sorted[to]! === sorted[from]!) to += 1;
    const rank = (from + 1 + to) / 2;
    scores.set(sorted[from]!, normalQuantile((rank - 0.375) / (sorted.length + 0.25)));
    from = to;
  }
  return chains.map((chain) => chain.map((value) => scores.get(value)!));
}

function sortedDraws(chains: Chains): Float64Array {
  const draws = chains[0]!.length;
  const all = new Float64Array(chains.length * draws);
  chains.forEach((chain, m) => { all.set(chain, m * draws); });
  return all.sort();
}

function absoluteDeviations(chains: Chains): Float64Array[] {
  const sorted = sortedDraws(chains);
  const upper = sorted[sorted.length >> 1]!;
  const median = sorted.length % 2 === 1 ? upper : (upper + sorted[(sorted.length >> 1) - 1]!) / 2;
  return chains.map((chain) => chain.map((value) => Math.abs(value - median)));
}

/** Mean of equally long chains' values, with the standard error that the ESS gives; error null where the ESS is. */
export function chainMean(chains: Chains): { readonly mean: number; readonly standardError: number | null } {
  const all = Float64Array.from(chains.flatMap((chain) => [...chain]));
  const size = effectiveSampleSize(chains);
  return { mean: blockSum(all) / all.length, standardError: size === null ? null : Math.sqrt(variance(all) / size) };
}
