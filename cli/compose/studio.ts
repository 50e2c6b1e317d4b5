// What a run computes with and draws by, of either family: opened for the time of the run, and closed by whoever opened it.
import { isContinuous, type AnyJob, type CompiledJob, type ContinuousJob } from '../../ebm/job.ts';
import type { EngineFingerprint, Session } from '../../engine/engine.ts';
import { openFloatMover } from '../../engine/wasm/float-mover.ts';
import { isFloats, type AnyLoaded, type LoadedData, type LoadedFloats } from '../../platform/data/load.ts';
import type { AnyPublished, PublishedTensors, Snapshot } from '../../platform/journal/journal.ts';
import type { PictureShape } from '../../platform/data/data.ts';
import { gridParameters } from '../../platform/journal/reading.ts';
import type { ReportPicture } from '../report/input.ts';
import { gridOf, loadContinuous, openContinuousEngine, placeOf } from './continuous.ts';
import { mosaicPng, planarPng, planarPoints } from './continuous-pictures.ts';
import { besides, openEngine, problemOf } from './engines.ts';
import { isScoreJob, sampledRows, type LoadedScores } from './score-model.ts';
import { sampleStrip } from './score-strip.ts';
import { chainMeans, dataPicture, filtersPicture, meansPng } from './pictures.ts';
import { figureDataOf, type AnyWorkshop } from './training.ts';

/** Samples; how samples came from noise where they did and are pictures; and what draws the model's filters, where it has some: only the last checkpoint's are looked at. */
export interface Drawn { readonly samples: Uint8Array | null; readonly strip: ReportPicture | null; readonly filters: (() => ReportPicture) | null }

export interface Studio {
  readonly workshop: AnyWorkshop;
  readonly fingerprint: EngineFingerprint;
  /** The first training rows, to compare samples with; null where they cannot be shown. */
  dataPicture(): ReportPicture | null;
  /** What a checkpoint looks like. */
  draw(snapshot: Snapshot, model: AnyPublished): Promise<Drawn>;
  close(): Promise<void>;
}

/** `isEmbedded`: units are computed here. `isAgain`: of a run that has been computed already, so by whatever is quickest here. */
export interface StudioOptions { readonly job: AnyJob; readonly data: AnyLoaded; readonly threads: number | null; readonly isEmbedded: boolean; readonly isAgain?: boolean }

export function openStudio({ job, data, threads, isEmbedded, isAgain = false }: StudioOptions): Promise<Studio> {
  if (isContinuous(job)) {
    if (!isFloats(data)) throw new TypeError('a continuous model needs rows as they are');
    return openContinuous(job, data, { threads, isEmbedded });
  }
  if (isFloats(data)) throw new TypeError('a Boltzmann machine needs rows of bits');
  return openBoltzmann(job, data, { threads, isEmbedded, isAgain });
}

async function openBoltzmann(job: CompiledJob, data: LoadedData, { threads, isEmbedded, isAgain }: { readonly threads: number | null; readonly isEmbedded: boolean; readonly isAgain: boolean }): Promise<Studio> {
  const engine = isEmbedded && !isAgain ? await openEngine(job.resources.engine, threads, 'joined') : await openEngine(besides(job.resources.engine), threads, isEmbedded ? 'joined' : 'later');
  let session: Session;
  try {
    session = await engine.load(problemOf(job, isEmbedded ? data.training : null));
  } catch (error) {
    await engine.close();
    throw error;
  }
  return {
    workshop: { job, engine, session, figureData: figureDataOf(data) },
    fingerprint: engine.fingerprint(),
    dataPicture: () => dataPicture(data.training, data.shape),
    async draw({ update, branch, arrays }, model) {
      if ('kind' in model) throw new TypeError('the model of a Boltzmann machine has weights');
      const chains = arrays.get('chains');
      const means = await chainMeans(session, job, { parameters: gridParameters(model, job.model.grid, { branch, update }), chains: chains instanceof Uint8Array ? chains : null });
      return { samples: meansPng(means, job, data.shape), filters: () => filtersPicture(model, data.shape), strip: null };
    },
    async close() {
      await session.close();
      await engine.close();
    },
  };
}

const TILES_MAX = 100;
const POINTS_MAX = 2_000;
/** Of a score model, whose samples have to be computed for their picture. */
const TILES_SAMPLED = 36;
const ODE_STEPS = 25;
const STRIP_LINES = 8;

/** Without an engine where units are computed elsewhere: the step needs none, and pictures show what the chains are. */
async function openContinuous(job: ContinuousJob, data: LoadedFloats, { threads, isEmbedded }: { readonly threads: number | null; readonly isEmbedded: boolean }): Promise<Studio> {
  const mover = await openFloatMover();
  const engine = isEmbedded ? await openContinuousEngine(job.resources.engine, threads) : null;
  const session = engine === null ? null : await loadContinuous(engine, job, data.training);
  const fingerprint = engine?.fingerprint() ?? { name: 'reference', version: 'coordinator', deviceClass: 'any', threads: 1 } as const;
  const square = job.facts.visible === 2 ? gridOf({ evaluate: 'off' }, data.training) : null; // of pictures it would be a look at every pixel for nothing
  return {
    workshop: {
      job, engine: fingerprint, mover, place: session === null ? null : placeOf(job, session, data),
      figureData: { testRows: data.test?.rows ?? 0, validationRows: data.validation?.rows ?? 0 },
    },
    fingerprint,
    dataPicture() {
      const rows = data.training.values.subarray(0, Math.min(data.training.rows, square === null ? TILES_MAX : POINTS_MAX) * job.facts.visible);
      const png = square === null ? mosaicPng(rows, job.facts.visible, data.shape) : planarPoints(square, rows);
      return png === null ? null : { png, caption: `The first ${rows.length / job.facts.visible} training rows.` };
    },
    async draw({ arrays, branch, update }, model) {
      const chains = arrays.get('chains');
      const drawn = isScoreJob(job) && session !== null ? await sampledForPictures({ job, session, parameters: vectorOf(model), at: { branch, update } }, data.shape) : null;
      const states = drawn !== null ? drawn.rows : chains instanceof Float32Array ? chains : new Float32Array(0);
      if (square === null) return { samples: mosaicPng(states.subarray(0, TILES_MAX * job.facts.visible), job.facts.visible, data.shape), filters: null, strip: drawn?.strip ?? null };
      const samples = await planarPng(square, states.subarray(0, 2 * POINTS_MAX), session === null ? null : { job, session, parameters: vectorOf(model) });
      return { samples, filters: null, strip: null };
    },
    async close() {
      await session?.close();
      await engine?.close();
    },
  };
}

/** Samples by the flow; of pictures fewer, with the way of some of them. */
async function sampledForPictures(model: LoadedScores, shape: PictureShape | null): Promise<{ readonly rows: Float32Array; readonly strip: ReportPicture | null }> {
  const sampling = { method: 'ode', steps: ODE_STEPS, count: model.job.facts.visible === 2 ? POINTS_MAX : TILES_SAMPLED, seed: model.job.seed } as const;
  if (shape === null || model.job.facts.visible === 2) return { rows: await sampledRows(model, sampling), strip: null };
  const strip = sampleStrip(model, sampling, STRIP_LINES);
  const rows = await sampledRows(model, sampling, strip.seen);
  return { rows, strip: { png: strip.png(shape), caption: `From noise, left, to samples, right: ${ODE_STEPS} steps of the flow. Noise is drawn together to the data\u2019s spread.` } };
}

/** The parameters as one vector: tensors are in order of their names. */
export function vectorOf(model: AnyPublished): Float32Array {
  return tensorsOf(model).parameters;
}

/** The parameters of a continuous model by name, and as one vector. */
export function tensorsOf(model: AnyPublished): { readonly tensors: PublishedTensors['tensors']; readonly parameters: Float32Array } {
  if (!('kind' in model)) throw new TypeError('the model of a continuous run is made of tensors');
  const parts = [...model.tensors.values()].map(({ data }) => data);
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { tensors: model.tensors, parameters: values };
}

