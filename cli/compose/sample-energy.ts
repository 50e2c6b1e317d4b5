// `ebm sample` of an energy: chains from the run's own or from noise, as points on the density, a mosaic, or float32 rows for NumPy.
import type { ContinuousJob } from '../../ebm/job.ts';
import { pictureOf } from '../../platform/config/compile.ts';
import type { PictureShape } from '../../platform/data/data.ts';
import { DataError } from '../../platform/data/errors.ts';
import type { LoadedFloats } from '../../platform/data/load.ts';
import type { RunReader } from '../../platform/journal/reading.ts';
import type { SampleOptions } from '../commands/actions.ts';
import { littleEndianBytes } from '../export/array.ts';
import { npyHeader } from '../export/npy.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import { compact, count as counted } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { gridOf, withContinuous } from './continuous.ts';
import { mosaicPng, planarPng } from './continuous-pictures.ts';
import { samplerFor, startsFromNoise, startsFromSlots, walked, type Starts, type Walked } from './langevin.ts';
import { outputFile, writeOutput, type OutputFile } from './output-file.ts';
import { checkCanvas } from './sample-file.ts';
import { nameOf } from './trained.ts';
import { floatsOf, openEnergy, slotStatesOf, type TrainedEnergy } from './trained-energy.ts';
import { startWork } from './work.ts';

const STARTS = { chains: "the run's persistent chains", copies: "copies of the run's persistent chains", noise: 'noise' } as const;
const POINTS_MAX = 100_000;

export async function sampleEnergy(reader: RunReader, job: ContinuousJob, options: SampleOptions, output: Output): Promise<ExitCode> {
  const { count, signal, moves = {} } = options;
  const target = await outputFile(options.out, ['png', 'npy']);
  const run = await openEnergy(reader, job, options, output);
  const data = target.ending === 'png' ? await dataOf(run) : null; // rows for NumPy need them for noise alone
  const visible = job.facts.visible;
  const shape = pictureIn(job, data);
  checkPicture(target, { count, visible, shape });
  const sampler = samplerFor(job, moves);
  const starts = await startsOf(run, data, options, output);
  const steps = options.steps ?? starts.defaultSteps;
  const seen = { accepted: 0, broken: 0 };
  await withContinuous(job, options, async (session) => {
    const { branch, update } = run.manifest;
    const report = startWork({ output, signal }, { what: 'sampling', unit: 'steps', total: count * steps, long: false });
    const parts = watched(walked({ session, job, parameters: run.parameters, branch, update }, { count, steps, sampler, startOf: starts.startOf }, report), seen, visible);
    if (target.ending === 'npy') return writeOutput(target, npyPieces(parts, [count, visible]));
    const rows = await gathered(parts, count * visible);
    const around = data === null || data instanceof DataError ? { values: rows.filter(Number.isFinite) } : data.training;
    const png = visible === 2 ? await planarPng(gridOf({ evaluate: 'off' }, around), rows, { job, session, parameters: run.parameters })
      : mosaicPng(rows, visible, shape);
    return writeOutput(target, [png!]);
  });
  if (seen.broken > 0) output.warn(`${counted(seen.broken)} of ${counted(count)} samples are not finite: the sampler's step is too large for this energy (--step-size)`);
  const acceptance = sampler.kind === 'ula' ? null : seen.accepted / (count * steps);
  const annealed = sampler.annealing !== undefined && sampler.annealing !== null;
  output.result(
    { kind: 'sampled', update: run.manifest.update, count, steps, start: starts.kind, sampler: sampler.kind, annealed, stepSize: sampler.stepSize, temperature: sampler.temperature, acceptance, out: options.out },
    `${counted(count)} samples of ${nameOf(run)}, ${counted(steps)} steps of ${annealed ? 'annealed ' : ''}${sampler.kind} each from ${STARTS[starts.kind]}`
    + `${acceptance === null ? '' : `, ${compact(100 * acceptance)} % of them accepted`}, in ${options.out}`);
  return 0;
}

/** The data of the run, or why they cannot be read: a picture can do without. */
export function dataOf({ job, reader }: TrainedEnergy): Promise<LoadedFloats | DataError> {
  return floatsOf(job, reader.path).catch((error: unknown) => {
    if (error instanceof DataError) return error;
    throw error;
  });
}

/** What a row looks like: as its data have it, or where they are not at hand, as the model sees it. */
export function pictureIn(job: ContinuousJob, data: LoadedFloats | DataError | null): PictureShape | null {
  return data === null || data instanceof DataError ? pictureOf(job) : data.shape;
}

export function checkPicture(target: OutputFile<'png' | 'npy'>, { count, visible, shape }: { readonly count: number; readonly visible: number; readonly shape: PictureShape | null }): void {
  if (target.ending === 'npy') return;
  if (visible === 2) {
    if (count > POINTS_MAX) throw new UsageError('too-many-samples', `${target.shown}: ${counted(count)} points hide the density under them`, `Ask for at most ${counted(POINTS_MAX)}, or write an .npy file.`);
    return;
  }
  if (shape === null) throw new UsageError('no-picture', `${target.shown}: rows of ${counted(visible)} numbers are neither points of a plane nor pictures`, 'Write an .npy file (--out samples.npy).');
  checkCanvas({ target, count, visible, shape });
}

async function startsOf(run: TrainedEnergy, data: LoadedFloats | DataError | null, { count, moves = {} }: SampleOptions, output: Output): Promise<Starts> {
  const { job } = run;
  if (moves.start === 'chains' && job.train.objective !== 'pcd') {
    throw new UsageError('no-chains', `a run by ${job.train.objective} keeps no chains to start from`, 'Use --start noise, which is what it does by itself.');
  }
  const slots = moves.start === 'noise' ? null : await slotStatesOf(run, output);
  if (slots !== null) return startsFromSlots(slots, job.facts.visible, count);
  return startsFromNoise(job, async () => {
    const found = data ?? await dataOf(run);
    if (found instanceof DataError) throw found;
    return found.training;
  });
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
