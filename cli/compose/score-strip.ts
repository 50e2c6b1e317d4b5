// How samples of a score model came from noise, as a strip.
import { sigmaAt } from '../../ebm/continuous/diffusion.ts';
import { reverseStart } from '../../ebm/continuous/reverse.ts';
import type { PictureShape } from '../../platform/data/data.ts';
import { walkOf, type LoadedScores, type Sampling, type ScoreJob } from './score-model.ts';
import { stripPng, stripSteps } from './walk-strip.ts';

export interface SampleStrip {
  /** To be told of every step of the walk, with all rows. */
  readonly seen: (step: number, rows: Float32Array) => void;
  /** Once the walk is over. */
  readonly png: (shape: PictureShape | null) => Uint8Array;
}

/** Of the first `lines` samples. */
export function sampleStrip(model: LoadedScores, sampling: Sampling, lines: number): SampleStrip {
  const { job } = model;
  const { visible } = job.facts;
  const { steps } = sampling;
  const count = Math.min(lines, sampling.count);
  const shown = stripSteps(steps);
  const frameOf = (rows: Float32Array, time: number): Float32Array => inDataScale(job, rows.subarray(0, count * visible), time);
  const frames = [frameOf(reverseStart(walkOf(model, sampling)), 1)];
  return {
    seen: (step, rows) => { if (shown.includes(step + 1)) frames.push(frameOf(rows, 1 - (step + 1) / steps)); },
    png: (shape) => stripPng(frames, { count, visible, shape }),
  };
}

/** Rows with the noise of a time, drawn together until their spread is about the data's: else it would be all black and white. */
function inDataScale({ model: { noise, dataDeviation } }: ScoreJob, rows: Float32Array, time: number): Float32Array {
  const sigma = sigmaAt(noise, time);
  const share = dataDeviation / Math.sqrt(sigma * sigma + dataDeviation * dataDeviation);
  return rows.map((y) => share * y);
}
