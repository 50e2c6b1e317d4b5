// `ebm show`: all that a cluster knows of a job, in words or as one object.
import type { JobDetail, JobRow } from '../../platform/cluster/messages.ts';
import type { JobOptions } from '../commands/actions.ts';
import type { FinishedEvent, RunEvent } from '../terminal/events.ts';
import type { ExitCode } from '../terminal/failure.ts';
import { count } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { eventText, likelihoodText } from '../terminal/summary.ts';
import { connected } from './jobs.ts';
import { askJobs as ask } from './job-service.ts';

const NAME_CHARACTERS = 10;

export function show({ id, ...options }: JobOptions, output: Output): Promise<ExitCode> {
  return connected<ExitCode>(options, output, async ({ bytes }) => {
    const { job, detail } = await ask(bytes, 'show', { id, detail: true });
    output.result({ kind: 'job', ...job, ...detail }, detail === null ? job.state : wordsOf(job, detail));
    return 0;
  });
}

function wordsOf(job: JobRow, detail: JobDetail): string {
  const { submittedAt, startedAt, endedAt, directory, warning } = detail;
  const rows: readonly (readonly [string, string | null])[] = [
    ['job', `${job.id}, priority ${job.priority}`],
    ['state', stateText(job)],
    ['submitted', timeText(submittedAt)],
    ['started', timeText(startedAt)],
    ['ended', timeText(endedAt)],
    ['workers', job.workers === 0 ? null : namesText(detail.computing, job.workers)],
    ['progress', progressText(job, detail)],
    ['rollbacks', detail.rollbacks === 0 ? 'none' : `${detail.rollbacks}, now on branch ${detail.branch}`],
    ['figures', figuresText(job, detail)],
    ['run', startedAt === null ? null : `${directory === null ? 'in the store' : `${directory} on the coordinator's machine`}; \`ebm fetch ${job.id}\` brings it here`],
    ['failure', job.state === 'failed' && job.end !== null ? eventText(job.end as unknown as RunEvent) : null],
    ['warning', warning === null ? null : `${eventText(warning as unknown as RunEvent)}${typeof warning['at'] === 'string' ? ` (${timeText(warning['at'])})` : ''}`],
  ];
  return rows.flatMap(([name, text]) => text === null ? [] : [`${name.padEnd(NAME_CHARACTERS)}  ${text}`]).join('\n');
}

function stateText({ state, workers }: JobRow): string {
  if (state === 'ending') return 'ending: the run is over, its end is not on record yet';
  return state === 'running' && workers === 0 ? 'running, waits for workers' : state;
}

function namesText(names: readonly string[], all: number): string {
  return `${all}: ${names.join(', ')}${all > names.length ? ', ...' : ''}`;
}

/** The last that were measured; where the log of a finished job is lost, those of its end. */
function figuresText({ state, end }: JobRow, { evaluated }: JobDetail): string {
  if (evaluated !== null) return eventText(evaluated as unknown as RunEvent);
  if (state !== 'finished') return 'none measured';
  const { testLogLikelihood, logPartition } = end as unknown as FinishedEvent;
  return likelihoodText(testLogLikelihood, logPartition);
}

function progressText({ update, updates }: JobRow, { checkpoint }: JobDetail): string {
  return `update ${count(update)}${updates === null ? '' : ` of ${count(updates)}`}${checkpoint === null ? ', no checkpoint yet' : `, last checkpoint at ${count(checkpoint)}`}`;
}

/** 2026-11-24T04:23:29.123Z -> `2026-11-24 04:23:29 UTC` */
function timeText(at: string | null): string | null {
  return at === null ? null : at.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}
