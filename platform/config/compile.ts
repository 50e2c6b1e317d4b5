// The second stage of compiling: a JobSpec and what its data turned out to be become a CompiledJob, complete and frozen.
// Owns the checks that need the data, and what may change when a run is made longer. Reads no files.
import { isContinuous, type AnyJob, type CompiledJob, type ContinuousJob, type DataFacts } from '../../ebm/job.ts';
import { ConfigError, isContinuousSpec, JOB_FORMAT_VERSION, type BoltzmannSpec, type ConfigProblem, type JobSpec } from './config.ts';
import { compileContinuous } from './continuous.ts';
import { JOB_LIMITS } from './limits.ts';
import { applyOverrides } from './overrides.ts';
import { jobFields } from './fields.ts';
import { specFromValue } from './read.ts';
import { deepFreeze, shown, valueAt } from './values.ts';

/** Updates of E epochs: ceil(E rows / batch). */
export function updatesOfEpochs(epochs: number, rows: number, batch: number): number {
  return Math.ceil((epochs * rows) / batch);
}

/**
 * Fills in what depends on the data. `facts.trainingRows` and `facts.validationRows` together are the rows of the training set; how they
 * are split is the job's to say. `picture`: height and width of the data's rows, if they are pictures. Throws ConfigError with every problem.
 */
export function compileJob(spec: BoltzmannSpec, facts: DataFacts, picture?: Picture): CompiledJob;
export function compileJob(spec: JobSpec, facts: DataFacts, picture?: Picture): AnyJob;
export function compileJob(spec: JobSpec, facts: DataFacts, picture: Picture = null): AnyJob {
  const rows = facts.trainingRows + facts.validationRows;
  const trainingRows = rows - spec.data.validation;
  const updates = spec.train.updates ?? updatesOfEpochs(spec.train.epochs ?? 0, Math.max(0, trainingRows), spec.train.batch);
  const continuous = isContinuousSpec(spec) ? compileContinuous(spec, facts, picture) : null;
  const problems = [...rowProblems(spec, rows), ...(isContinuousSpec(spec) ? continuous!.problems : dataProblems(spec, facts)), ...lengthProblems(spec, updates, trainingRows)];
  if (problems.length > 0) throw new ConfigError('job-invalid', `The job ${spec.name} with the data ${spec.data.source}`, problems);
  const { name, seed, data, checkpoint, ledger, resources } = spec;
  const common = { formatVersion: JOB_FORMAT_VERSION, name, seed, data, checkpoint, ledger, resources } as const;
  const found = { ...facts, trainingRows, validationRows: spec.data.validation };
  if (isContinuousSpec(spec)) {
    const { evaluate, shape } = continuous!;
    return deepFreeze<ContinuousJob>({ ...common, model: spec.model, train: { ...spec.train, updates }, evaluate, facts: { ...found, shape } });
  }
  return deepFreeze<CompiledJob>({ ...common, model: spec.model, train: { ...spec.train, updates }, evaluate: spec.evaluate, facts: found });
}

function problem(path: string, message: string, accepted: string | null): ConfigProblem {
  return { path, message, accepted, line: null, argument: null, nearest: null };
}

type Picture = { readonly height: number; readonly width: number } | null;

function rowProblems(spec: JobSpec, rows: number): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (rows < 1) {
    problems.push(problem('data.source', `${shown(spec.data.source)} has no training rows`, 'data with at least one row'));
  } else if (spec.data.validation >= rows) {
    problems.push(problem('data.validation', `${spec.data.validation} of ${rows} rows held out leave none to train on`, `a whole number from 0 to ${rows - 1} (rows)`));
  }
  return problems;
}

function dataProblems(spec: BoltzmannSpec, facts: DataFacts): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { hidden } = spec.model;
  if (facts.visible * hidden > JOB_LIMITS.weightsMax) {
    const most = Math.max(1, Math.floor(JOB_LIMITS.weightsMax / facts.visible));
    problems.push(problem('model.hidden', `${hidden} hidden by ${facts.visible} visible units are more than ${JOB_LIMITS.weightsMax} weights`, `a whole number from 1 to ${most} with this data`));
  }
  const chainBytes = Math.ceil(hidden / 8);
  if (spec.train.chains !== null && spec.train.chains * chainBytes > JOB_LIMITS.chainBytesMax) {
    problems.push(problem('train.chains', `the states of ${spec.train.chains} chains of ${hidden} hidden units take more than ${JOB_LIMITS.chainBytesMax} bytes`,
      `a whole number from 1 to ${Math.floor(JOB_LIMITS.chainBytesMax / chainBytes)} with so many hidden units`));
  }
  if (spec.evaluate === 'off') return problems;
  const { logPartition } = spec.evaluate;
  if (logPartition.kind === 'exact' && Math.min(hidden, facts.visible) > JOB_LIMITS.exactUnitsMax) {
    problems.push(problem('evaluate.logPartition.kind', `log Z of ${facts.visible} visible and ${hidden} hidden units cannot be enumerated`,
      `exact with at most ${JOB_LIMITS.exactUnitsMax} units in one layer, or ais`));
  }
  if (logPartition.kind === 'ais' && logPartition.raise && facts.testRows === 0) {
    problems.push(problem('evaluate.logPartition.raise', 'RAISE is measured on the test set, and this data has none', 'false, or data with a test set (mnist, or an .npz or .safetensors file with x_test)'));
  }
  return problems;
}

function lengthProblems(spec: JobSpec, updates: number, trainingRows: number): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (updates > JOB_LIMITS.updatesMax) {
    problems.push(problem('train.epochs', `${String(spec.train.epochs)} epochs of ${trainingRows} rows are ${updates} updates`, `at most ${JOB_LIMITS.updatesMax} updates`));
  }
  const { warmup } = spec.train.optimiser;
  if (warmup > 0 && warmup >= updates && updates > 0) {
    problems.push(problem('train.optimiser.warmup', `the rate would still be rising when the run ends, after ${updates} updates`, `a whole number from 0 to ${updates - 1} (updates)`));
  }
  return problems;
}

export interface ExtendedJob {
  readonly job: AnyJob;
  /** What the user should know before going on from an update (not from the seed), for example that a schedule now ends later. */
  readonly warnings: readonly string[];
}

// What a resumed run may change without losing the bits that it already has, and without its ledger's lines moving.
const CHANGEABLE = ['name', 'train.epochs', 'train.updates', 'evaluate', 'checkpoint.keep', 'resources'];

/**
 * The job of a stored run with --set values laid over it. Throws ConfigError (`job-fixed`) for what a run cannot change.
 * Whether the run is already longer than it is now asked to be is the caller's to see.
 */
export function extendJob(job: AnyJob, overrides: readonly string[]): ExtendedJob {
  const before: unknown = { ...specOf(job) };
  const fixed = [...applyOverrides(before, overrides, jobFields()).origins]
    .filter(([path]) => !CHANGEABLE.some((open) => path === open || path.startsWith(`${open}.`)))
    .filter(([path, argument]) => !sameValue(before, path, argument));
  if (fixed.length > 0) {
    throw new ConfigError('job-fixed', `The run ${job.name}`, fixed.map(([path, argument]) => (
      { path, line: null, argument, message: 'cannot change once a run has begun, since its updates depend on it', accepted: `${CHANGEABLE.join(', ')}; for anything else start a new run`, nearest: null })));
  }
  const extended = compileJob(specFromValue(before, overrides, `The run ${job.name}`), job.facts, isContinuous(job) ? pictureOf(job) : null);
  return { job: extended, warnings: scheduleWarnings(job, extended) };
}

function sameValue(before: unknown, path: string, argument: string): boolean {
  const after = applyOverrides(before, [argument], jobFields()).root;
  return JSON.stringify(valueAt(before, path)) === JSON.stringify(valueAt(after, path));
}

/** The spec that a compiled job came from: of updates and epochs the one that the user gave, and nothing of the data. */
export function specOf(job: AnyJob): JobSpec {
  const { formatVersion, name, seed, data, model, evaluate, checkpoint, ledger, resources } = job;
  const train = job.train.epochs === null ? job.train : { ...job.train, updates: null };
  return { formatVersion, name, seed, data, model, train, evaluate, checkpoint, ledger, resources } as JobSpec;
}

/** What rows look like, as far as the job's facts say it: the model's shape of a row. */
export function pictureOf({ facts: { shape } }: ContinuousJob): Picture {
  return shape.length < 3 ? null : { height: shape[0]!, width: shape[1]! };
}

function scheduleWarnings(before: AnyJob, after: AnyJob): readonly string[] {
  const { schedule } = after.train.optimiser;
  if (before.train.updates === after.train.updates || schedule === 'constant') return [];
  return [`The ${schedule} schedule of the learning rate now ends at update ${after.train.updates} instead of ${before.train.updates}: `
    + `from here on the rate is another one, and the run is not the one that ${after.train.updates} updates from the start would have been.`];
}
