// Port of the configuration: what a job looks like once its text has been read, and how everything that is wrong with it is told.
// Owns no parsing and no file access; shells and commands may import it.
import type { CompiledJob, ContinuousJob, ContinuousTrainSettings, TrainSettings } from '../../ebm/job.ts';

/** The newest format of job files that this program reads and the one it writes. */
export const JOB_FORMAT_VERSION = 1;

/** A job with every default filled in that does not need the data: exactly one of updates and epochs is a number. */
export interface BoltzmannSpec extends Omit<CompiledJob, 'facts' | 'train'> {
  readonly train: Omit<TrainSettings, 'updates'> & { readonly updates: number | null };
}

/** The same of a continuous model. `evaluate` null: quadrature where the data have two dimensions, else off. */
export interface ContinuousSpec extends Omit<ContinuousJob, 'facts' | 'train' | 'evaluate'> {
  readonly train: Omit<ContinuousTrainSettings, 'updates'> & { readonly updates: number | null };
  readonly evaluate: ContinuousJob['evaluate'] | { readonly every: number; readonly logPartition: null };
}

export type JobSpec = BoltzmannSpec | ContinuousSpec;

export function isContinuousSpec(spec: JobSpec): spec is ContinuousSpec {
  return spec.model.kind !== 'bernoulli-rbm';
}

export interface ConfigProblem {
  /** Path in the file, for example `train.optimiser.learningRate`; empty for the file as a whole. */
  readonly path: string;
  /** Line of the file, from 1; null if the value came from elsewhere. */
  readonly line: number | null;
  /** The `--set` argument that the value came from, or null. */
  readonly argument: string | null;
  /** What is wrong, with the value. */
  readonly message: string;
  /** What would be accepted, in words; null where the message says it. */
  readonly accepted: string | null;
  /** The nearest valid name or value; null if none is near. */
  readonly nearest: string | null;
}

export type ConfigErrorCode = 'job-invalid' | 'job-unreadable' | 'job-too-new' | 'job-fixed';

/** A mistake in a job, with every problem that was found. The message is complete: it can be shown as it stands. */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;
  readonly problems: readonly ConfigProblem[];
  readonly exitCode = 2;

  constructor(code: ConfigErrorCode, source: string, problems: readonly ConfigProblem[], cause?: unknown) {
    super(describeProblems(source, problems), cause === undefined ? undefined : { cause });
    this.name = 'ConfigError';
    this.code = code;
    this.problems = problems;
  }
}

/** One problem as one paragraph: where, what, what is accepted, the nearest name. */
export function describeProblem(problem: ConfigProblem): string {
  const origin = problem.argument !== null ? ` (--set ${problem.argument})` : problem.line !== null ? ` (line ${problem.line})` : '';
  const where = problem.path === '' ? origin.trim() : `${problem.path}${origin}`;
  const accepted = problem.accepted === null ? '' : ` Accepted: ${problem.accepted}.`;
  const nearest = problem.nearest === null ? '' : ` Did you mean ${problem.nearest}?`;
  return `${where === '' ? '' : `${where}: `}${problem.message}.${accepted}${nearest}`;
}

function describeProblems(source: string, problems: readonly ConfigProblem[]): string {
  const [only] = problems;
  if (problems.length === 1 && only !== undefined) return `${source}: ${describeProblem(only)}`;
  return [`${source} has ${problems.length} problems:`, ...problems.map((problem) => `  ${describeProblem(problem)}`)].join('\n');
}
