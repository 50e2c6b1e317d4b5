// Figures of a trained model as text for people, with what they are worth.
import { isReliable } from '../../ebm/partition/estimate.ts';
import type { Figures, LogLikelihoodFigure, LogPartitionFigure } from '../../coordinator/shell/events.ts';
import { compact, count, nats } from '../terminal/format.ts';

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
