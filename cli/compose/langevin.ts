// Chains of a trained energy with fixed parameters: by which sampler, from where, and in pieces, so that long work is seen and can be stopped. Pieces
// have no effect on the bits: every number has its address.
import { stagesOf, type Stage } from '../../ebm/continuous/annealed.ts';
import { firstStates } from '../../ebm/continuous/chains.ts';
import { fromNormals, noiseDistribution } from '../../ebm/continuous/contrast.ts';
import { isContrastive, sizeOf, type SamplerSettings } from '../../ebm/continuous/model.ts';
import { densityTemperature, settingsOf } from '../../ebm/continuous/settings.ts';
import type { ContinuousJob } from '../../ebm/job.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { ContinuousSession, FloatRows } from '../../engine/continuous.ts';
import type { Range } from '../../engine/engine.ts';
import type { SampleMoves } from '../commands/actions.ts';
import { count as counted } from '../terminal/format.ts';
import { partsOf } from './work.ts';

/** What `sampler` may be. */
export const SAMPLER_CHOICES = ['ula', 'mala', 'hmc', 'annealed'] as const;

/** Of a job whose objective has no chains: exact, and hot at first, because its chains begin far from the model. */
const ANNEALING = { levels: 10, hottest: 10 } as const;
const STANDING: SamplerSettings = { kind: 'mala', stepSize: 0.01, noise: null, temperature: 1, leapfrogs: 10, clip: null, bounds: null, annealing: ANNEALING };

/**
 * The job's own sampler, or mala from hot to cold where it has none, as changed. A kind that is named is not annealed; `annealed` is the sampler that
 * there would be, from hot to cold. What is changed has the exact noise of its temperature.
 */
export function samplerFor(job: ContinuousJob, { sampler: named, stepSize, temperature }: Omit<SampleMoves, 'start'>): SamplerSettings {
  const { objective } = settingsOf(job);
  const own = isContrastive(objective) ? objective.sampler : STANDING;
  if (named === undefined && stepSize === undefined && temperature === undefined) return own;
  const kind = named === undefined || named === 'annealed' ? own.kind : named;
  const annealing = named === 'annealed' ? own.annealing ?? ANNEALING : named === undefined ? own.annealing ?? null : null;
  return { ...own, kind, bounds: kind === 'ula' ? own.bounds : null, noise: null, stepSize: stepSize ?? own.stepSize, temperature: temperature ?? densityTemperature(job.train), annealing };
}

export function isAnnealed({ annealing }: SamplerSettings): boolean {
  return annealing !== undefined && annealing !== null;
}

/** `100 steps of annealed mala` */
export function walkText(sampler: SamplerSettings, steps: number): string {
  return `${counted(steps)} steps of ${isAnnealed(sampler) ? 'annealed ' : ''}${sampler.kind}`;
}

export interface Starts {
  /** `chains`: every sample has a chain of the run; `copies`: they are used several times; `noise`: keyed noise. */
  readonly kind: 'chains' | 'copies' | 'noise';
  readonly defaultSteps: number;
  readonly startOf: (range: Range) => Float32Array;
}

/** Default steps of a chain that goes on from one of the run's, and of one that has to leave noise behind. */
const STEPS_FROM_CHAINS = 100;
const STEPS_FROM_AFAR = 1_000;

/** Where `count` samples start from the run's replay slots. */
export function startsFromSlots(states: Float32Array, size: number, count: number): Starts {
  const held = states.length / size;
  const startOf = ({ from, to }: Range): Float32Array => {
    const start = new Float32Array((to - from) * size);
    for (let id = from; id < to; id += 1) start.set(states.subarray((id % held) * size, (id % held + 1) * size), (id - from) * size);
    return start;
  };
  return held >= count ? { kind: 'chains', defaultSteps: STEPS_FROM_CHAINS, startOf } : { kind: 'copies', defaultSteps: STEPS_FROM_AFAR, startOf };
}

/** Starts whose numbers are those of `rows` [count * size] where they are known. */
export function startsFromKnown(starts: Starts, { rows, held }: { readonly rows: (range: Range) => Float32Array; readonly held: Uint8Array }): Starts['startOf'] {
  return (range) => {
    const known = rows(range);
    return starts.startOf(range).map((x, i) => held[i % held.length] === 1 ? known[i]! : x);
  };
}

/** Noise as new chains of the job's have it (pcd); otherwise normal noise with the mean and deviation of the training rows. */
export async function startsFromNoise(job: ContinuousJob, trainingRows: () => Promise<FloatRows>): Promise<Starts> {
  const size = sizeOf(job.facts.shape);
  const { objective } = settingsOf(job);
  if (objective.kind === 'pcd') return { kind: 'noise', defaultSteps: STEPS_FROM_AFAR, startOf: (range) => firstStates(job.seed, range, { start: objective.start, size }) };
  const distribution = noiseDistribution(await trainingRows(), size);
  const startOf = (range: Range): Float32Array => fromNormals(distribution, firstStates(job.seed, range, { start: { kind: 'normal', deviation: 1 }, size }));
  return { kind: 'noise', defaultSteps: STEPS_FROM_AFAR, startOf };
}

export interface Walk {
  readonly count: number;
  readonly steps: number;
  readonly sampler: SamplerSettings;
  readonly startOf: (range: Range) => Float32Array;
  /** 1 where the numbers that chains start with stay [size]; null: all move. */
  readonly held?: Uint8Array | null;
  /** Is told of each part's states after these steps, ascending, 0 being the start; they must not be changed. */
  readonly frames?: { readonly after: readonly number[]; readonly seen: (frame: number, states: Float32Array, range: Range) => void };
}

export interface Walked { readonly range: Range; readonly states: Float32Array; readonly accepted: number }

/** Numbers of one part at most, about, and steps of all its chains in one call. */
const PART_VALUES = 4_194_304;
const CALL_STEPS = 16_384;

/** Chain ids are 0 to count - 1, word 3 is the parameters' version, half-steps start at 0. `report` hears of chain-steps that were done. */
export async function* walked(
  { session, job, parameters, branch, update }: { readonly session: ContinuousSession; readonly job: ContinuousJob; readonly parameters: Float32Array; readonly branch: number; readonly update: number },
  { count, steps, sampler, startOf, held = null, frames = { after: [], seen: () => undefined } }: Walk, report: (chainSteps: number) => void,
): AsyncGenerator<Walked> {
  const { microbatch } = job.train;
  const part = microbatch * Math.max(1, Math.floor(PART_VALUES / (microbatch * sizeOf(job.facts.shape)))); // whole microbatches: their place in one may matter to bits
  for (const range of partsOf(count, part)) {
    const states = startOf(range);
    const chains = range.to - range.from;
    let accepted = 0;
    if (frames.after[0] === 0) frames.seen(0, states, range);
    for (const stage of stagesOf(sampler, steps)) {
      for (const piece of piecesOf(stage, Math.max(1, Math.floor(CALL_STEPS / Math.max(chains, microbatch))), frames.after)) {
        const taken = piece.to - piece.from;
        const done = await session.sample({
          parameters, purpose: PURPOSES.samples, branch, word3: update, chains: range, states, steps: taken,
          firstHalfStep: 2 * (stage.firstStep + piece.from), beta: 1, sampler: stage.sampler, held,
        });
        accepted += done.accepted;
        const frame = frames.after.indexOf(stage.firstStep + piece.to);
        if (frame >= 0) frames.seen(frame, states, range);
        report(chains * taken);
      }
    }
    yield { range, states, accepted };
  }
}

/** A stage's steps in pieces of at most so many, none of which goes on past a step that is looked at. */
function* piecesOf({ firstStep, steps }: Stage, most: number, after: readonly number[]): Generator<Range> {
  const ends = [...after.map((step) => step - firstStep).filter((end) => end > 0 && end < steps), steps];
  let from = 0;
  for (const end of ends) {
    for (const { from: first, to } of partsOf(end - from, most)) yield { from: from + first, to: from + to };
    from = end;
  }
}
