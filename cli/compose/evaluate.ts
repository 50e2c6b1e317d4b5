// `ebm evaluate`: how likely a trained model finds data that it was not trained on, and how far that figure may be believed.
import { isContinuous, type CompiledJob, type DataFacts } from '../../ebm/job.ts';
import { isReliable } from '../../ebm/partition/estimate.ts';
import type { Figures, LogLikelihoodFigure, LogPartitionFigure } from '../../coordinator/shell/events.ts';
import { checkUnchanged, loadData } from '../../platform/data/load.ts';
import { readRunDirectory } from '../../platform/journal/reading.ts';
import type { EvaluateOptions } from '../commands/actions.ts';
import type { ExitCode } from '../terminal/failure.ts';
import { compact, count, nats } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { measure, settingsFor, type FigureFlags } from './measure.ts';
import { nameOf, openTrained, withModel, type Listener, type TrainedRun } from './trained.ts';
import { figureDataOf } from './training.ts';

export async function evaluate(options: EvaluateOptions, output: Output): Promise<ExitCode> {
  const startedMs = performance.now();
  const reader = await readRunDirectory(options.directory);
  if (isContinuous(reader.job)) {
    const { evaluateContinuous } = await import('./continuous-figures.ts');
    return evaluateContinuous(reader, reader.job, options, output);
  }
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

interface Measured { readonly model: string; readonly testRows: number; readonly validationRows: number }

/** Figures for people, with what they are worth. */
export function figuresText(figures: Figures, { model, testRows, validationRows }: Measured): string {
  const { testLogLikelihood: test, validationLogLikelihood: validation, logPartition, standardErrors } = figures;
  const images = standardErrors?.images ?? null;
  const rows: readonly (readonly [string, string])[] = [
    ['model', model],
    ['test', test === null ? 'the data has no test set; data.validation in a job holds rows out'
      : `${likelihood(test)}, the mean of ${count(testRows)} rows${images === null ? '' : ` (standard error of their choice ${nats(images)})`}`],
    ...(validation === null ? [] : [['validation', `${likelihood(validation)}, the mean of ${count(validationRows)} rows`] as const]),
    ['log Z', logPartition === null ? 'not measured' : partition(logPartition)],
    ['verdict', logPartition === null ? '-' : verdict(logPartition, test)],
  ];
  return rows.map(([name, text]) => `${name.padEnd(10)}  ${text}`).join('\n');
}

export function likelihood(figure: LogLikelihoodFigure): string {
  if ('exact' in figure) return `${nats(figure.exact)} nats`;
  const others = [...(figure.raise === undefined ? [] : [`${nats(figure.raise)} by RAISE`]), ...(figure.reverse === undefined ? [] : [`${nats(figure.reverse)} by reverse AIS`])];
  return [`${nats(figure.ais)} nats by AIS`, ...others].join(', ');
}

export function partition(figure: LogPartitionFigure): string {
  if (figure.kind !== 'ais') return `${nats(figure.mean)} nats, by ${figure.kind === 'exact' ? 'enumeration' : 'quadrature'}`;
  const { mean, standardError, ess, runs, betas } = figure;
  return `${nats(mean)} nats by AIS: ${count(runs)} runs of ${count(betas)} temperatures, standard error ${nats(standardError)}, ESS ${compact(ess)}`;
}

function verdict(figure: LogPartitionFigure, test: LogLikelihoodFigure | null): string {
  if (figure.kind !== 'ais') return figure.kind === 'exact' ? 'exact' : 'exact but for the width of the cells and what is outside of the square';
  const hasRaise = test !== null && 'raise' in test;
  return reliability(figure, hasRaise ? '; trust RAISE' : ' or --raise', hasRaise ? '' : '; --raise adds a figure that errs the other way');
}

/** What annealed runs are worth; `or`, `more`: what else there is to do, where they are not reliable and where they are. */
export function reliability({ ess, runs, betas }: Extract<LogPartitionFigure, { kind: 'ais' }>, or = '', more = ''): string {
  if (ess !== null && isReliable(ess, runs)) return `reliable: ${compact(ess)} of ${count(runs)} runs count. AIS errs towards optimism${more}`;
  return `UNRELIABLE: only ${compact(ess)} of ${count(runs)} runs count, so the figure is too good by an unknown amount. Try --betas ${4 * betas}${or}`;
}
