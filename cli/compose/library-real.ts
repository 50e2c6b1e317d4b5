// Samples of energies and score models for the library: those of `ebm sample`, as arrays. How chains move is langevin.ts's, and how noise becomes rows
// score-model.ts's.
import { SCORE_METHODS, type ScoreMethod } from '../../ebm/continuous/reverse.ts';
import type { Range } from '../../engine/engine.ts';
import { UsageError } from '../terminal/failure.ts';
import { withContinuous } from './continuous.ts';
import { samplerFor, SAMPLER_CHOICES, startsFromKnown, startsFromNoise, startsFromSlots, walked, type Walk } from './langevin.ts';
import { vectorOfModel, type EnergyModel, type ScoreModel } from './library-continuous.ts';
import { listenerOf } from './library-model.ts';
import { abortable, checkKnown, chosenOption, positiveOption, seedOption, signalOption, stepsOption, threadsOption, wholeOption, type CommonSampling, type KnownUnits } from './library-options.ts';
import { METHOD_STEPS, sampledRows } from './score-model.ts';
import { floatsOf } from './trained-energy.ts';
import { startWork } from './work.ts';

export interface EnergySampling extends CommonSampling {
  /** How chains move: without it as in the job, or where its objective has no chains by MALA from hot to cold. `annealed`: as in the job, from hot to cold. */
  readonly sampler?: (typeof SAMPLER_CHOICES)[number] | undefined;
  /** Epsilon of x - epsilon grad E + noise; without it the job's, or 0.01. */
  readonly stepSize?: number | undefined;
  /** The density that is sampled is e^(-E / temperature); without it the job's, or 1. */
  readonly temperature?: number | undefined;
  /** Where chains start: without it the persistent chains, where there are some. */
  readonly start?: 'chains' | 'noise' | undefined;
  /** Samples are drawn given these numbers; the others start from noise. */
  readonly known?: KnownUnits | undefined;
}

export interface ScoreSampling extends CommonSampling {
  /** The way from noise to rows: predictor-corrector by default. */
  readonly method?: ScoreMethod | undefined;
}

export interface RealSamples {
  readonly kind: 'real';
  readonly count: number;
  readonly visible: number;
  readonly steps: number;
  /** The samples, in units of the data [count * visible]. */
  readonly values: Float32Array;
  /** Share of the proposals that were accepted; null of a sampler without an acceptance test, and of a score model. */
  readonly acceptance: number | null;
}

/** Four bytes each, and as much again while they are computed. */
const VALUES_MAX = 64_000_000;

/** `folder`: what a relative path of the job's data starts at. */
export async function drawEnergy(model: EnergyModel, options: EnergySampling, folder: string): Promise<RealSamples> {
  const { visible, branch, update } = model;
  const [signal, threads] = [signalOption(options), threadsOption(options)];
  const count = countOption(options, visible);
  const job = { ...model.job, seed: seedOption(options, model.job.seed) };
  const sampler = samplerFor(job, movesOf(options));
  const { startOf, steps, held } = await startsOf(model, options, { count, folder });
  const values = new Float32Array(count * visible);
  const parameters = vectorOfModel(model);
  const output = { work: options.onProgress ?? (() => undefined) };
  let accepted = 0;
  await abortable(signal, () => withContinuous(job, { threads }, async (session) => {
    const report = startWork({ output, signal }, { what: 'sampling', unit: 'steps', total: count * steps, long: false });
    for await (const part of walked({ session, job, parameters, branch, update }, { count, steps, sampler, startOf, held }, report)) {
      values.set(part.states, part.range.from * visible);
      accepted += part.accepted;
    }
  }));
  if (!values.every(Number.isFinite)) listenerOf(options).warn("some samples are not finite: the sampler's step is too large for this energy (stepSize)");
  return { kind: 'real', count, visible, steps, values, acceptance: sampler.kind === 'ula' ? null : accepted / (count * steps) };
}

export async function drawScores(model: ScoreModel, options: ScoreSampling): Promise<RealSamples> {
  const { visible, job } = model;
  const [signal, threads] = [signalOption(options), threadsOption(options)];
  const count = countOption(options, visible);
  const method = chosenOption('method', options.method, SCORE_METHODS) ?? 'predictor-corrector';
  const steps = stepsOption(options, METHOD_STEPS[method]);
  const seed = seedOption(options, job.seed);
  const parameters = vectorOfModel(model);
  const output = { work: options.onProgress ?? (() => undefined) };
  const values = await abortable(signal, () => withContinuous(job, { threads }, (session) => {
    const report = startWork({ output, signal }, { what: 'sampling', unit: 'steps', total: steps, long: false });
    return sampledRows({ job, session, parameters, at: model }, { method, steps, count, seed }, () => { report(1); });
  }));
  return { kind: 'real', count, visible, steps, values, acceptance: null };
}

function countOption({ count }: CommonSampling, visible: number): number {
  return wholeOption('count', count, [1, Math.floor(VALUES_MAX / visible)], 1);
}

function movesOf({ sampler, stepSize, temperature }: EnergySampling): Parameters<typeof samplerFor>[1] {
  return { sampler: chosenOption('sampler', sampler, SAMPLER_CHOICES), stepSize: positiveOption('stepSize', stepSize), temperature: positiveOption('temperature', temperature) };
}

type Starting = Required<Pick<Walk, 'startOf' | 'steps' | 'held'>>;

async function startsOf({ job, chains, visible }: EnergyModel, options: EnergySampling, { count, folder }: { readonly count: number; readonly folder: string }): Promise<Starting> {
  const { known } = options;
  const start = chosenOption('start', options.start, ['chains', 'noise']);
  if (start === 'chains' && known !== undefined) throw new UsageError('wrong-option', 'start is "chains", and what is not known starts from noise', 'Leave it out.');
  if (start === 'chains' && chains === null) throw new UsageError('no-chains', 'the model has no persistent chains to start from', "Use start: 'noise', which is what it does by itself.");
  if (known !== undefined) checkKnown(known, { visible, count, isValue: Number.isFinite, accepted: 'a finite number' });
  const starts = start !== 'noise' && chains !== null && known === undefined ? startsFromSlots(chains, visible, count)
    : await startsFromNoise({ ...job, seed: seedOption(options, job.seed) }, async () => (await floatsOf(job, folder)).training);
  const steps = stepsOption(options, starts.defaultSteps);
  if (known === undefined) return { startOf: starts.startOf, steps, held: null };
  const held = Uint8Array.from(known.mask);
  const each = known.values.length === visible ? 0 : visible; // one row for all, or a row each
  const rows = ({ from, to }: Range): Float32Array => Float32Array.from({ length: (to - from) * visible }, (_, i) => known.values[each * (from + Math.floor(i / visible)) + i % visible]!);
  return { startOf: startsFromKnown(starts, { rows, held }), steps, held };
}
