// `ebm evaluate`: how likely a trained model finds data that it was not trained on, and how far that figure may be believed.
import { isContinuous, type CompiledJob, type DataFacts } from '../../ebm/job.ts';
import type { Figures } from '../../coordinator/shell/events.ts';
import { checkUnchanged, loadData } from '../../platform/data/load.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import type { EvaluateOptions } from '../commands/actions.ts';
import type { ExitCode } from '../terminal/failure.ts';
import { count } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { figuresText } from './figures-text.ts';
import { measure, settingsFor, type FigureFlags } from './measure.ts';
import { refuseFlow } from './score-model.ts';
import { nameOf, openTrained, withModel, type Listener, type TrainedRun } from './trained.ts';
import { figureDataOf } from './training.ts';

export async function evaluate(options: EvaluateOptions, output: Output): Promise<ExitCode> {
  const startedMs = performance.now();
  const reader = await readRunDirectory(options.directory);
  if (isContinuous(reader.job)) {
    const { evaluateContinuous } = await import('./continuous-figures.ts');
    return evaluateContinuous(reader, reader.job, options, output);
  }
  refuseFlow(options);
  const run = await openTrained(options, output);
  const { figures, facts } = await figuresOf({ ...run, folder: run.reader.path }, options, output);
  const { update } = run.manifest;
  output.result({ kind: 'evaluated', update, ...figures, seconds: (performance.now() - startedMs) / 1000, path: run.path },
    figuresText(figures, { model: nameOf(run), testRows: facts.testRows, validationRows: facts.validationRows }));
  return 0;
}

/** Figures of a model on the data of its job, and what those data are. `folder`: its run directory, beside which a cluster keeps its data. */
export async function figuresOf(
  run: Pick<TrainedRun, 'job' | 'parameters'> & { readonly folder: string }, options: FigureFlags & Pick<EvaluateOptions, 'signal' | 'threads'>, output: Pick<Output, 'warn' | 'work'>,
): Promise<{ readonly figures: Figures; readonly facts: DataFacts }> {
  const job: CompiledJob = { ...run.job, evaluate: { every: 0, logPartition: settingsFor(run.job, options) } };
  const loaded = await loadData(job.data, run.folder, job.seed);
  checkUnchanged(job.facts, loaded);
  sayWhatIsMissing(job, loaded.facts.testRows, output);
  const data = figureDataOf(loaded);
  const figures = await withModel(run, options.threads, (model) => measure(job, model, data, { output, signal: options.signal }));
  return { figures, facts: loaded.facts };
}

function sayWhatIsMissing({ facts, evaluate: settings }: CompiledJob, testRows: number, listener: Listener): void {
  if (testRows !== facts.testRows) listener.warn(`the test set has ${count(testRows)} rows, and had ${count(facts.testRows)} when the run began: figures of then and now do not compare`);
  if (testRows > 0) return;
  if (settings !== 'off' && settings.logPartition.kind === 'ais' && (settings.logPartition.raise || settings.logPartition.reverse)) {
    listener.warn('RAISE and reverse AIS start from rows of a test set, and the data has none: they are left out');
  }
}
