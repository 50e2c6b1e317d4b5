// Pictures of a run: mosaics of its chains' means, of its data and of its filters. Joins the session to cli/pictures; writes no file.
import type { CompiledJob } from '../../ebm/job.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import { bitAt, bytesOf } from '../../ebm/rbm/bits.ts';
import { levelsOf } from '../../ebm/rbm/binarise.ts';
import { startChains } from '../../ebm/rbm/initial.ts';
import type { Parameters } from '../../ebm/rbm/parameters.ts';
import type { Dataset, SampleResult, Session } from '../../engine/engine.ts';
import type { PictureShape } from '../../platform/data/data.ts';
import type { PublishedModel } from '../../platform/journal/journal.ts';
import { filterCaption, filterMosaic, sampleMosaic, squareShape } from '../pictures/mosaic.ts';
import { encodePng } from '../pictures/picture.ts';
import type { ReportPicture } from '../report/input.ts';

const TILES_MAX = 100;
/** Without persistent chains samples start from nothing and need some steps. */
const STEPS_WITHOUT_CHAINS = 200;
const ALWAYS_ON = 65536;

/** Advances copies of the first chains (or, for cd, fresh ones) and returns the means that their visible bits are drawn from. */
export async function chainMeans(session: Session, job: CompiledJob, from: { readonly parameters: Parameters; readonly chains: Uint8Array | null }): Promise<{ readonly count: number; readonly result: SampleResult }> {
  const { hidden } = job.model;
  const bytes = bytesOf(hidden);
  const kept = from.chains === null ? 0 : from.chains.length / bytes;
  const count = Math.min(TILES_MAX, kept === 0 ? TILES_MAX : kept);
  const chains = { from: 0, to: count };
  const states = kept === 0 ? startChains(job.seed, chains, hidden) : from.chains!.slice(0, count * bytes);
  const { branch, version } = from.parameters;
  const result = await session.sample({
    parameters: await session.adopt(from.parameters), purpose: PURPOSES.samples, branch, word3: version, chains, states,
    steps: kept === 0 ? STEPS_WITHOUT_CHAINS : 1, firstHalfStep: 0, clamp: null,
  });
  return { count, result };
}

export function meansPng(means: { readonly count: number; readonly result: SampleResult }, job: CompiledJob, shape: PictureShape | null): Uint8Array {
  return encodePng(sampleMosaic({
    values: means.result.visibleThresholds, count: means.count, visible: job.facts.visible, full: ALWAYS_ON, shape: shape ?? squareShape(job.facts.visible),
  }));
}

/** The first rows of the training data, to compare samples with. */
export function dataPicture(data: Dataset, shape: PictureShape | null): ReportPicture {
  const { visible } = data;
  const count = Math.min(TILES_MAX, data.rows);
  const values = new Int32Array(count * visible);
  const rowBytes = bytesOf(visible);
  for (let row = 0; row < count; row += 1) {
    if (data.kind === 'levels') values.set(levelsOf(data, row), row * visible);
    else for (let i = 0; i < visible; i += 1) values[row * visible + i] = ALWAYS_ON * bitAt(data.bits, row * rowBytes, i);
  }
  const png = encodePng(sampleMosaic({ values, count, visible, full: ALWAYS_ON, shape: shape ?? squareShape(visible) }));
  return { png, caption: `The first ${count} training rows.` };
}

/** Receptive fields of hidden units. */
export function filtersPicture(model: PublishedModel, shape: PictureShape | null): ReportPicture {
  const { visible, hidden, weights } = model;
  const filters = { weights, visible, hidden, shape: shape ?? squareShape(visible), most: TILES_MAX, scale: 'tile' as const };
  return { png: encodePng(filterMosaic(filters)), caption: filterCaption(filters) };
}
