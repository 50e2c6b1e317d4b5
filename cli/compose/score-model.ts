// A score model as commands and studios use it: where its samples come from, whatever asks for them.
import type { ContinuousJob, ScoreModelSettings } from '../../ebm/job.ts';
import { sizeOf } from '../../ebm/continuous/model.ts';
import { walkBack, type ReverseWalk, type Scored, type ScoreMethod } from '../../ebm/continuous/reverse.ts';
import { deriveKey } from '../../ebm/random/address.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { ContinuousSession } from '../../engine/continuous.ts';
import type { FlowOptions } from '../commands/actions.ts';
import { UsageError } from '../terminal/failure.ts';

export interface ScoreJob extends ContinuousJob { readonly model: ScoreModelSettings }

export function isScoreJob(job: ContinuousJob): job is ScoreJob {
  return job.model.kind === 'score';
}

/** Steps of a sample, unless it is said how many: annealed ones have to follow the noise down, so they are many. */
export const METHOD_STEPS: Readonly<Record<ScoreMethod, number>> = { annealed: 1_000, reverse: 500, 'predictor-corrector': 250, ode: 50 };

/** Of a run that is no score model. Throws UsageError. */
export function refuseFlow({ flow }: { readonly flow?: FlowOptions }): void {
  if (flow !== undefined) throw new UsageError('no-such-figure', '--rows, --steps and --projections are of the likelihood of score models, and this run is none', 'Leave them out.');
}

/** A model whose parameters an engine has. `at`: the update that they are of. */
export interface LoadedScores {
  readonly job: ScoreJob;
  readonly session: ContinuousSession;
  readonly parameters: Float32Array;
  readonly at: { readonly branch: number; readonly update: number };
}

/** Hands a generator what it asks for, until it has its result. */
export async function answered<Request, Answer, Result>(asking: Generator<Request, Result, Answer>, answer: (request: Request) => Promise<Answer>): Promise<Result> {
  let next = asking.next();
  while (next.done !== true) next = asking.next(await answer(next.value));
  return next.value;
}

export function scored<Result>({ job, session, parameters }: LoadedScores, asking: Scored<Result>): Promise<Result> {
  const size = sizeOf(job.facts.shape);
  return answered(asking, ({ rows, sigma }) => session.scores(parameters, { rows: rows.length / size, values: rows }, sigma));
}

export interface Sampling { readonly method: ScoreMethod; readonly steps: number; readonly count: number; readonly seed: number }

/** The walk of samples [0, count): row r is the same for every count. */
export function walkOf({ job, at }: LoadedScores, { method, steps, count, seed }: Sampling): ReverseWalk {
  const { noise, dataDeviation } = job.model;
  return {
    noise, dataDeviation, method, steps, size: sizeOf(job.facts.shape), ids: { from: 0, to: count },
    key: deriveKey(seed, PURPOSES.samples, at.branch), word3: at.update,
  };
}

/** Float32 [count * size]. */
export function sampledRows(model: LoadedScores, sampling: Sampling, seen?: (step: number, rows: Float32Array) => void): Promise<Float32Array> {
  return scored(model, walkBack(walkOf(model, sampling), seen));
}
