// What rows of real numbers look like: points on the model's density in two dimensions, a mosaic where a row is a picture.
import { gridPoints } from '../../ebm/continuous/quadrature.ts';
import type { ContinuousJob } from '../../ebm/job.ts';
import type { ContinuousSession } from '../../engine/continuous.ts';
import type { PictureShape } from '../../platform/data/data.ts';
import type { GridOptions } from '../pictures/grid.ts';
import { encodePng, type Picture } from '../pictures/picture.ts';
import { besideEachOther, fieldPicture, planarPicture } from '../pictures/planar.ts';
import { sampleMosaic } from '../pictures/mosaic.ts';
import { energiesOnGrid } from './continuous.ts';
import { isScoreJob } from './score-model.ts';

const FULL = 65_536;
const SIDE = 200;
/** Of a score field, along each side. */
const ARROWS = 20;
/** Noise that a score model's field is of, over the data's deviation. */
const FIELD_NOISE = 0.1;

/** Null for rows that are no pictures. Values are shown in [0, 1]. */
export function mosaicPng(rows: Float32Array, size: number, shape: PictureShape | null): Uint8Array | null {
  return shape === null || rows.length === 0 ? null : encodePng(mosaicOf(rows, size, shape));
}

/** The same before it is a file; a labelled strip of rows without a shape. */
export function mosaicOf(rows: Float32Array, size: number, shape: PictureShape | null, options: GridOptions = {}): Picture {
  const values = Int32Array.from(rows, (value) => Math.round(FULL * Math.min(1, Math.max(0, value))));
  return sampleMosaic({ values, count: values.length / size, visible: size, full: FULL, shape }, options);
}

interface Square { readonly low: number; readonly high: number }

/** Points [points * 2] alone. */
export function planarPoints({ low, high }: Square, points: Float32Array): Uint8Array {
  return encodePng(planarPicture({ low, high, density: null, points }));
}

/** Points on the density of a model, with its score field beside them; alone if there is none. A score model has a field, and no density. */
export async function planarPng({ low, high }: Square, points: Float32Array, model: { readonly job: ContinuousJob; readonly session: ContinuousSession; readonly parameters: Float32Array } | null): Promise<Uint8Array> {
  if (model === null) return planarPoints({ low, high }, points);
  const { job, session, parameters } = model;
  const density = isScoreJob(job) ? null : { logDensity: (await energiesOnGrid(job, session, parameters, { low, high, side: SIDE })).map((energy) => -energy), side: SIDE };
  const places = { rows: ARROWS * ARROWS, values: gridPoints({ low, high, side: ARROWS }) };
  const scores = isScoreJob(job) ? await session.scores(parameters, places, FIELD_NOISE * job.model.dataDeviation) : await session.scores(parameters, places);
  return encodePng(besideEachOther(planarPicture({ low, high, density, points }), fieldPicture({ density, scores, arrows: ARROWS })));
}
