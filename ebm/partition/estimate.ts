// From log-weights to figures: log Z with its standard error and effective sample size, test log-likelihoods, and what may be believed.
// Runs' weights are laid end to end in run order before they come here; sums go in that order. It anneals nothing.
// An error that cannot be known from the numbers given (one run, one image) is null, never 0.
import { exp, log } from '../numeric/elementary.ts';
import { blockSum, mean, standardErrorOfMean } from '../numeric/sum.ts';

/** Share of the runs that the effective sample size must reach, and the smallest size that says anything. */
const RELIABLE_SHARE = 0.05;
const RELIABLE_SIZE = 5;

/** What a range of annealing runs, or all of them, measured. */
export interface AnnealingResult {
  /** nats, in run order */
  readonly logWeights: Float64Array;
  /** log Z_0 of the base model, in nats. */
  readonly logBase: number;
  /** Inverse temperatures above 0 (K). */
  readonly betas: number;
}

/** An estimate of log Z. */
export interface LogPartitionEstimate {
  /** nats */
  readonly mean: number;
  /** Of `mean`, in nats, by the delta method; null for a single run. Too small when `reliable` is false. */
  readonly standardError: number | null;
  /** Effective number of runs, (sum u)^2 / sum u^2 of the weights u: 1..runs. */
  readonly ess: number;
  readonly runs: number;
  readonly betas: number;
  /** ESS is at least 5 % of the runs (and 5, or half of them if they are fewer than 10): below, the figure is optimistic by an unknown amount. */
  readonly reliable: boolean;
}

interface WeightSummary { readonly logMean: number; readonly relativeError: number | null; readonly ess: number }

/** Mean, its relative error and ESS of weights given by their logarithms (times `sign`). */
function summarise(logWeights: Float64Array, sign: 1 | -1): WeightSummary {
  const runs = logWeights.length;
  if (runs === 0) throw new RangeError('an estimate needs at least one run');
  let most = -Infinity;
  for (const logWeight of logWeights) {
    if (!Number.isFinite(logWeight)) throw new RangeError(`log-weights must be finite, got ${logWeight}`);
    most = Math.max(most, sign * logWeight);
  }
  const weights = Float64Array.from(logWeights, (logWeight) => exp(sign * logWeight - most));
  const total = blockSum(weights);
  return {
    logMean: most + log(total / runs),
    relativeError: runs === 1 ? null : standardErrorOfMean(weights) / (total / runs),
    ess: (total * total) / blockSum(weights.map((weight) => weight * weight)),
  };
}

/** log of the mean of e^x, in index order. */
export function logMeanExp(values: Float64Array): number {
  return summarise(values, 1).logMean;
}

function toEstimate(result: AnnealingResult, summary: WeightSummary, logPartition: number): LogPartitionEstimate {
  const runs = result.logWeights.length;
  return {
    mean: logPartition, standardError: summary.relativeError, ess: summary.ess, runs, betas: result.betas, reliable: isReliable(summary.ess, runs),
  };
}

/** Whether an effective sample size says that an estimate may be believed. */
export function isReliable(ess: number, runs: number): boolean {
  return runs > 1 && ess >= Math.max(RELIABLE_SHARE * runs, Math.min(RELIABLE_SIZE, runs / 2));
}

/**
 * AIS: log Z = log Z_0 + log mean e^w. In expectation a lower bound of log Z, so likelihoods from it are optimistic, without a warning
 * but the ESS. The published figure of row B (Melchior et al. 2016) is this mean over reverse runs from `startsFromVisibleBias`: no bound.
 */
export function estimateLogPartition(result: AnnealingResult): LogPartitionEstimate {
  const summary = summarise(result.logWeights, 1);
  return toEstimate(result, summary, result.logBase + summary.logMean);
}

/**
 * Reverse AIS: log Z = log Z_0 - log mean e^-w. In expectation an upper bound of log Z, but ONLY if the starts are exact samples of the
 * model. From data or persistent chains it was more optimistic than AIS in every check: say beside the figure how the starts were made.
 */
export function estimateReverseLogPartition(result: AnnealingResult): LogPartitionEstimate {
  const summary = summarise(result.logWeights, -1);
  return toEstimate(result, summary, result.logBase - summary.logMean);
}

/** A mean log-likelihood over images. */
export interface LogLikelihoodEstimate {
  /** nats an image */
  readonly mean: number;
  /** From log Z (or annealing) alone: how far the figure would move if it were estimated again on the same images; nats, null if unknown. */
  readonly standardError: number | null;
  /** From the images' spread alone: how far it would move on other images of the same kind; nats, null for one image. */
  readonly imagesStandardError: number | null;
  readonly images: number;
}

/** mean of -F(v) - log Z. `negativeFreeEnergies`: -F(v) in nats of each image. For exact log Z give standardError 0. */
export function testLogLikelihood(negativeFreeEnergies: Float64Array, logPartition: Pick<LogPartitionEstimate, 'mean' | 'standardError'>): LogLikelihoodEstimate {
  const images = negativeFreeEnergies.length;
  if (images === 0) throw new RangeError('a log-likelihood needs at least one image');
  return {
    mean: mean(negativeFreeEnergies) - logPartition.mean,
    standardError: logPartition.standardError,
    imagesStandardError: images === 1 ? null : standardErrorOfMean(negativeFreeEnergies),
    images,
  };
}

/** RAISE over a subset of the images. */
export interface RaiseEstimate extends LogLikelihoodEstimate {
  /** Images that runs were started from, and runs of each. */
  readonly annealedImages: number;
  readonly runsPerImage: number;
  readonly betas: number;
}

/**
 * RAISE (Burda et al. 2015): the annealed chain, run forwards from the base model, is itself a model p_ann of images; from image v, its
 * reverse gives log p_ann(v) >= -F(v) - zeta(v) in expectation, zeta = log Z_0 - log mean e^-w over the runs of v (w of kind raise).
 * The mean over all images is mean(-F) - mean(zeta): -F of every image, zeta of the annealed ones (give `spreadRows` of them), whose
 * spread is small. It never exceeds mean log p_ann in expectation, and p_ann tends to the model as the temperatures grow. On images of
 * the model itself mean log p_ann <= mean log p; on other images a better p_ann is possible, though not seen in practice.
 * `logWeights`: runsPerImage neighbours an image.
 */
export function raiseLogLikelihood(negativeFreeEnergies: Float64Array, result: AnnealingResult, runsPerImage: number): RaiseEstimate {
  const annealedImages = result.logWeights.length / runsPerImage;
  if (!Number.isInteger(annealedImages) || annealedImages < 1) {
    throw new RangeError(`RAISE needs ${runsPerImage} runs of each image, got ${result.logWeights.length} runs`);
  }
  const zetas = raiseCorrections(result, runsPerImage);
  const { imagesStandardError, images, mean: likelihood } = testLogLikelihood(negativeFreeEnergies, { mean: mean(zetas), standardError: null });
  return {
    mean: likelihood,
    standardError: annealedImages === 1 ? null : standardErrorOfMean(zetas),
    imagesStandardError, images, annealedImages, runsPerImage, betas: result.betas,
  };
}

/** zeta of each annealed image, in nats: log p_ann(v) is estimated from below by -F(v) - zeta(v). */
export function raiseCorrections(result: AnnealingResult, runsPerImage: number): Float64Array {
  return Float64Array.from({ length: Math.floor(result.logWeights.length / runsPerImage) }, (_, image) => {
    const own = result.logWeights.subarray(image * runsPerImage, (image + 1) * runsPerImage);
    return result.logBase - summarise(own, -1).logMean;
  });
}

/** `count` row numbers spread evenly over [0, rows): floor((2 r + 1) rows / (2 count)), each different while count <= rows. */
export function spreadRows(rows: number, count: number): number[] {
  if (!(count >= 1 && count <= rows)) throw new RangeError(`can pick 1 to ${rows} of ${rows} rows, got ${count}`);
  return Array.from({ length: count }, (_, r) => Math.floor(((2 * r + 1) * rows) / (2 * count)));
}
