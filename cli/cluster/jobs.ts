// submit, list, show, watch, pause, unpause, cancel: what people do with jobs.
import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { CLUSTER_SUBJECTS, type JobRow } from '../../platform/cluster/messages.ts';
import type { JobSpec } from '../../platform/config/config.ts';
import { TransportError } from '../../platform/transport/transport.ts';
import type { ClusterOptions, JobOptions, SubmitOptions } from '../commands/actions.ts';
import type { RunEvent } from '../terminal/events.ts';
import type { ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { connectCluster, type Connection } from './connect.ts';
import { withDigest } from './datasets.ts';
import { pause as wait } from './pause.ts';
import { askJobs as ask } from './job-service.ts';

/** An end that was told while nobody listened is found by asking. */
const LOOK_MS = 2_000;
const AGAIN_MS = 100;

/** When a coordinator answers, or the signal comes. */
export function coordinatorAnswers(options: ClusterOptions, output: Output): Promise<void> {
  return connected(options, output, async ({ bytes }) => {
    while (!options.signal.aborted) {
      try {
        await ask(bytes, 'list', {});
        return;
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        await wait(AGAIN_MS, options.signal);
      }
    }
  });
}

export async function connected<Result>(options: ClusterOptions, output: Output, work: (connection: Connection) => Promise<Result>): Promise<Result> {
  const connection = await connectCluster(options, 'client', output);
  try {
    return await Promise.race([work(connection), connection.forbidden]);
  } finally {
    await connection.close();
  }
}

/** The job as a document: what is null was not asked for. */
function documentOf(spec: JobSpec): Record<string, unknown> {
  return JSON.parse(JSON.stringify(spec, (_, value: unknown) => value ?? undefined)) as Record<string, unknown>;
}

export function submit(options: SubmitOptions, output: Output): Promise<ExitCode> {
  return connected(options, output, async (connection) => {
    const spec = await withDigest(options.spec, dirname(resolve(options.file)), { transport: connection.bytes, output, signal: options.signal });
    const { job } = await ask(connection.bytes, 'submit', { spec: documentOf(spec), key: randomUUID() });
    output.result({ kind: 'submitted', id: job.id }, job.id);
    return options.follow ? follow(connection, job.id, options, output) : 0;
  });
}

export function watch(options: JobOptions, output: Output): Promise<ExitCode> {
  return connected(options, output, async (connection) => {
    await ask(connection.bytes, 'show', { id: options.id }); // an unknown one is said at once
    return follow(connection, options.id, options, output);
  });
}

/** Shows what the job's run tells until it has ended. */
async function follow({ bytes }: Connection, id: string, { signal }: ClusterOptions, output: Output): Promise<ExitCode> {
  const end = await new Promise<JobRow['end']>((resolve, reject) => {
    let last: string | null = null;
    const subscription = bytes.subscribe(CLUSTER_SUBJECTS.events(id), (payload) => {
      const event = JSON.parse(new TextDecoder().decode(payload)) as RunEvent;
      last = event.kind;
      output.event(event);
      if (event.kind === 'finished' || event.kind === 'failed' || event.kind === 'cancelled') look();
    });
    const close = (): void => { clearInterval(looking); subscription.close(); };
    const look = (): void => {
      ask(bytes, 'show', { id }).then(({ job }) => {
        if (job.end === null) return;
        close();
        if (last !== job.end['kind']) output.event(job.end as unknown as RunEvent);
        resolve(job.end);
      }, (error: unknown) => {
        if (error instanceof TransportError && error.code !== 'closed') return; // a coordinator that is away for a while
        close();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    };
    const looking = setInterval(look, LOOK_MS);
    look();
    signal.addEventListener('abort', () => { close(); resolve(null); }, { once: true });
  });
  return end === null || end['kind'] === 'finished' ? 0 : 1;
}

function tell(rows: readonly JobRow[], output: Output): ExitCode {
  output.table([{ title: 'job' }, { title: 'state' }, { title: 'priority', align: 'right' }, { title: 'workers', align: 'right' }, { title: 'update', align: 'right' }], rows.map((row) => ({
    record: { ...row, kind: 'job' },
    cells: [row.id, row.state, String(row.priority), String(row.workers), row.updates === null ? String(row.update) : `${row.update} of ${row.updates}`],
  })), 'There are no jobs.');
  return 0;
}

export function list(options: ClusterOptions, output: Output): Promise<ExitCode> {
  return connected(options, output, async ({ bytes }) => {
    const rows: JobRow[] = [];
    for (let after = 0; ;) {
      const { jobs, more } = await ask(bytes, 'list', { after });
      rows.push(...jobs);
      const last = jobs.at(-1);
      if (!more || last === undefined) return tell(rows, output);
      after = Number(last.id.slice(last.id.lastIndexOf('-') + 1));
    }
  });
}

/** `show`, and the wishes: each answers with the job as it is then. */
export function one(operation: 'show' | 'pause' | 'unpause' | 'cancel', options: JobOptions, output: Output): Promise<ExitCode> {
  return connected(options, output, async ({ bytes }) => tell([(await ask(bytes, operation, { id: options.id })).job], output));
}
