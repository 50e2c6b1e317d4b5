// What `ebm sample` and `ebm inpaint` of a continuous model write: points on the density, a mosaic, or float32 rows for NumPy; and what of the run's data
// a picture needs, which is as little as can be.
import type { ContinuousJob } from '../../ebm/job.ts';
import type { ContinuousSession } from '../../engine/continuous.ts';
import type { Range } from '../../engine/engine.ts';
import { pictureOf } from '../../platform/config/compile.ts';
import type { PictureShape } from '../../platform/data/data.ts';
import { DataError } from '../../platform/data/errors.ts';
import { DATA_LIMITS } from '../../platform/data/limits.ts';
import { openSource } from '../../platform/data/source.ts';
import { littleEndianBytes } from '../export/array.ts';
import { npyHeader } from '../export/npy.ts';
import { UsageError } from '../terminal/failure.ts';
import { count as counted } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { gridOf, withContinuous } from './continuous.ts';
import { mosaicPng, planarPng } from './continuous-pictures.ts';
import { walked, type Walk, type Walked } from './langevin.ts';
import { writeOutput, type OutputFile } from './output-file.ts';
import { checkCanvas } from './sample-file.ts';
import { floatsOf, type TrainedEnergy } from './trained-energy.ts';
import { STRIP_COLUMNS, stripPng } from './walk-strip.ts';
import { startWork } from './work.ts';

export const REAL_FORMATS = ['png', 'npy'] as const;
const PLANAR = 2;
const POINTS_MAX = 100_000;

export interface RealCanvas {
  readonly target: OutputFile<(typeof REAL_FORMATS)[number]>;
  readonly count: number;
  readonly visible: number;
  /** Of a row; null where it is no picture, or none is asked for. */
  readonly shape: PictureShape | null;
}

/** Before anything is computed: throws UsageError for rows that cannot be shown so. */
export function realCanvas(run: TrainedEnergy, target: RealCanvas['target'], { count, strip = false }: { readonly count: number; readonly strip?: boolean }): Promise<RealCanvas> {
  return strip ? stripCanvas(run, target, count) : rowsCanvas(run, target, count);
}

async function stripCanvas(run: TrainedEnergy, target: RealCanvas['target'], count: number): Promise<RealCanvas> {
  if (target.ending === 'npy') throw new UsageError('no-picture', `${target.shown}: a strip is a picture`, 'Leave out --strip, or write a .png file.');
  if (run.job.facts.visible === 2) throw new UsageError('no-picture', 'a strip shows how pictures came to be, and rows of two numbers are points', 'Leave out --strip.');
  return { ...await rowsCanvas(run, target, STRIP_COLUMNS * count), count };
}

async function rowsCanvas({ job, reader }: TrainedEnergy, target: RealCanvas['target'], count: number): Promise<RealCanvas> {
  const { visible } = job.facts;
  if (target.ending === 'npy') return { target, count, visible, shape: null };
  if (visible === PLANAR) {
    if (count > POINTS_MAX) throw new UsageError('too-many-samples', `${target.shown}: ${counted(count)} points hide the density under them`, `Ask for at most ${counted(POINTS_MAX)}, or write an .npy file.`);
    return { target, count, visible, shape: null };
  }
  const shape = pictureOf(job) ?? await shapeInData(job, reader.path);
  if (shape === null) throw new UsageError('no-picture', `${target.shown}: rows of ${counted(visible)} numbers are neither points of a plane nor pictures`, 'Write an .npy file (--out samples.npy).');
  checkCanvas({ target, count, visible, shape });
  return { target, count, visible, shape };
}

/** What the run's data say that a row looks like; null where they do not, or cannot be read. No row is made a number. */
async function shapeInData({ data, facts }: ContinuousJob, folder: string): Promise<PictureShape | null> {
  const read = await unlessData(openSource(data.source, folder, { ...DATA_LIMITS, isAnyNumber: true }).then((source) => source.read()));
  return read !== null && read.training.columns === facts.visible ? read.training.shape : null;
}

/** Null for data that cannot be read: a picture can do without. */
function unlessData<Value>(value: Promise<Value>): Promise<Value | null> {
  return value.catch((error: unknown) => {
    if (error instanceof DataError) return null;
    throw error;
  });
}

/** A picture of rows: points are shown on the square around the run's data, or around themselves where those are gone. */
export async function picturePng({ job, reader, parameters }: TrainedEnergy, rows: Float32Array, { visible, shape }: RealCanvas, session: ContinuousSession): Promise<Uint8Array> {
  if (visible !== PLANAR) return mosaicPng(rows, visible, shape)!;
  const data = await unlessData(floatsOf(job, reader.path));
  return planarPng(gridOf({ evaluate: 'off' }, data?.training ?? { values: rows.filter(Number.isFinite) }), rows, { job, session, parameters });
}

export interface WalkSite { /** Steps whose states are drawn as a strip, in place of samples. */ readonly strip?: readonly number[] | undefined; readonly what: string; readonly threads: number | null; readonly signal: AbortSignal; readonly output: Output }

/** Draws chains into the file. Returns the share of proposals that were accepted; null of a sampler that accepts everything. */
export async function writeWalk(run: TrainedEnergy, walk: Walk, canvas: RealCanvas, { what, threads, signal, output, strip = [] }: WalkSite): Promise<number | null> {
  const { job, parameters, manifest: { branch, update } } = run;
  const { target, count, visible } = canvas;
  const seen = { accepted: 0, broken: 0 };
  await withContinuous(job, { threads }, async (session) => {
    const report = startWork({ output, signal }, { what, unit: 'steps', total: count * walk.steps, long: false });
    const shown = strip.map(() => new Float32Array(count * visible));
    const frames = { after: strip, seen: (frame: number, states: Float32Array, { from }: Range): void => { shown[frame]!.set(states, from * visible); } };
    const parts = watched(walked({ session, job, parameters, branch, update }, { ...walk, frames }, report), seen, visible);
    if (target.ending === 'npy') return writeOutput(target, npyPieces(parts, [count, visible]));
    const rows = await gathered(parts, count * visible);
    return writeOutput(target, [strip.length > 0 ? stripPng(shown, canvas) : await picturePng(run, rows, canvas, session)]);
  });
  if (seen.broken > 0) output.warn(`${counted(seen.broken)} of ${counted(count)} samples are not finite: the sampler's step is too large for this energy (--step-size)`);
  return walk.sampler.kind === 'ula' ? null : seen.accepted / (count * walk.steps);
}

async function* watched(parts: AsyncIterable<Walked>, seen: { accepted: number; broken: number }, size: number): AsyncGenerator<Walked> {
  for await (const part of parts) {
    seen.accepted += part.accepted;
    for (let at = 0; at < part.states.length; at += size) if (!part.states.subarray(at, at + size).every(Number.isFinite)) seen.broken += 1;
    yield part;
  }
}

async function gathered(parts: AsyncIterable<Walked>, length: number): Promise<Float32Array> {
  const rows = new Float32Array(length);
  for await (const { range, states } of parts) rows.set(states, range.from * (states.length / (range.to - range.from)));
  return rows;
}

async function* npyPieces(parts: AsyncIterable<Walked>, shape: readonly [number, number]): AsyncGenerator<Uint8Array> {
  yield npyHeader({ shape, values: new Float32Array(0) });
  for await (const { states } of parts) yield littleEndianBytes(states);
}
