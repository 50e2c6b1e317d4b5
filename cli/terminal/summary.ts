// Sentences about a run's events for people. Owns the wording; where it is shown is output.ts.
import type { EvaluatedEvent, FinishedEvent, InterruptedEvent, LogLikelihoodFigure, LogPartitionFigure, RunEvent, StartedEvent } from './events.ts';
import { bytes, compact, count, duration, nats } from './format.ts';

/** The figure that the progress bar shows: exact, else AIS. */
export function logLikelihoodOf(figure: LogLikelihoodFigure | null): number | null {
  if (figure === null) return null;
  return 'exact' in figure ? figure.exact : figure.ais;
}

export function eventText(event: RunEvent): string {
  switch (event.kind) {
    case 'started': return startedText(event);
    case 'progress': return `update ${count(event.update)} of ${count(event.updates)}`;
    case 'evaluated': return evaluatedText(event);
    case 'checkpoint': return `checkpoint at update ${count(event.update)}: ${event.path}`;
    case 'rollback': return `diverged at update ${count(event.from)}${event.reason === '' ? '' : ` (${event.reason})`}; back to update ${count(event.to)} on branch ${event.branch} with learning rate ${compact(event.learningRate)}`;
    case 'returned': return `a result of ${event.worker} was wrong: from update ${count(event.from)} back to update ${count(event.to)}, computing again`;
    case 'quarantined': return `${event.worker} gets no more work: ${event.reason}`;
    case 'paused': return `paused at update ${count(event.update)}`;
    case 'warning': return event.message;
    case 'finished': return finishedText(event);
    case 'failed': return event.update === null ? event.message : `at update ${count(event.update)}: ${event.message}`;
    case 'cancelled': return `cancelled at update ${count(event.update)}`;
    case 'interrupted': return interruptedText(event);
  }
}

/** No signal interrupts a run of a cluster: it is laid aside, and its coordinator goes on with it. */
function interruptedText({ signal, update, path }: InterruptedEvent): string {
  if (signal === 'abort') return `interrupted at update ${count(update)}${path === null ? '' : `; saved in ${path}`}`;
  return `interrupted by ${signal} at update ${count(update)}${path === null ? '' : `; saved in ${path}, \`ebm resume\` goes on from there`}`;
}

function startedText(event: StartedEvent): string {
  const from = event.update === 0 ? '' : `, from update ${count(event.update)}`;
  // On a cluster nobody computes for a run that has just begun: workers join it when they hear of it.
  const workers = event.workers === 0 ? ', waiting for workers' : event.workers === 1 ? '' : `, ${event.workers} workers`;
  return `${event.name}: ${event.hidden === null ? `${count(event.visible)} dimensions` : `${count(event.visible)} x ${count(event.hidden)} units`}, ${count(event.rows)} rows, ${count(event.updates)} updates${from}\n`
    + `on ${event.engine} with ${event.threads} ${event.threads === 1 ? 'thread' : 'threads'}${workers}${event.directory === null ? '' : `, into ${event.directory}`}`;
}

function evaluatedText(event: EvaluatedEvent): string {
  const validation = event.validationLogLikelihood;
  return [`update ${count(event.update)}:`, likelihoodText(event.testLogLikelihood, event.logPartition),
    ...(validation === null ? [] : [`(validation ${nats(logLikelihoodOf(validation))})`])].join(' ');
}

/** For example `test log-likelihood -87.10 nats by AIS (standard error 0.12, ESS 64 of 100), -89.30 by RAISE`. */
export function likelihoodText(figure: LogLikelihoodFigure | null, partition: LogPartitionFigure | null): string {
  if (figure === null) return partition === null ? 'not measured' : `log Z ${nats(partition.mean)} nats`;
  if ('exact' in figure) return `test log-likelihood ${nats(figure.exact)} nats (${partition?.kind === 'quadrature' ? 'by quadrature' : 'exact'})`;
  const spread = partition?.kind === 'ais'
    ? ` (standard error ${nats(partition.standardError)}, ESS ${compact(partition.ess)} of ${partition.runs}${figure.reliable ? '' : ': UNRELIABLE'})`
    : figure.reliable ? '' : ' (UNRELIABLE)';
  const more = [figure.raise === undefined ? '' : `, ${nats(figure.raise)} by RAISE`, figure.reverse === undefined ? '' : `, ${nats(figure.reverse)} by reverse AIS`];
  return `test log-likelihood ${nats(figure.ais)} nats by AIS${spread}${more.join('')}`;
}

function finishedText(event: FinishedEvent): string {
  const rows: readonly (readonly [string, string])[] = [
    ['done', `${count(event.updates)} updates, ${compact(event.epochs)} epochs in ${duration(event.seconds)}, ${compact(event.samplesPerSecond)} samples/s, ${bytes(event.residentBytesMax)} resident`],
    ['figure', likelihoodText(event.testLogLikelihood, event.logPartition)],
    ...(event.rollbacks === 0 ? [] : [['rollbacks', `${event.rollbacks}, now on branch ${event.branch}`] as const]),
    ['engine', event.engine],
    ['job', event.job],
    ['parameters', event.parameters],
    ['chains', event.chains ?? 'none are kept'],
    ['ledger', event.ledger],
  ];
  return rows.map(([name, text]) => `${name.padEnd(10)}  ${text}`).join('\n');
}
