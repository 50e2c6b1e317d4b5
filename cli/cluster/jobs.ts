// submit, list, watch, pause, unpause, cancel: what people do with jobs.
import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CLUSTER_SUBJECTS, type JobRow } from '../../platform/cluster/messages.ts';
import type { JobSpec } from '../../platform/config/config.ts';
import { isDatasetDigest } from '../../platform/datasets/names.ts';
import { NatsConnectError } from '../../platform/transport/nats-connecting.ts';
import { TransportError } from '../../platform/transport/transport.ts';
import type { ClusterOptions, JobOptions, SubmitOptions } from '../commands/actions.ts';
import { moduleOf, withModule } from '../compose/modules.ts';
import type { RunEvent } from '../terminal/events.ts';
import type { ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { stopRequestOf } from '../terminal/signals.ts';
import { connectCluster, type Connection } from './connect.ts';
import { withDigest } from './datasets.ts';
import { askJobs as ask } from './job-service.ts';

/** An end that was told while nobody listened is found by asking. */
const LOOK_MS = 2_000;
/** A cluster that is being started is waited for, looking so often. */
const STARTING_MS = 10_000;
const STARTING_LOOK_MS = 500;

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

/** Whoever has just said `ebm up` gives it its job next. What fails once somebody has answered is not tried again. */
async function whenThere<Result>(options: SubmitOptions, output: Output, work: (connection: Connection) => Promise<Result>): Promise<Result> {
  let isThere = false;
  for (let waitedMs = 0; ; waitedMs += STARTING_LOOK_MS) {
    try {
      return await connected(options, output, async (connection) => {
        await ask(connection.bytes, 'list', { limit: 0 }); // before data are read and packed, which takes long
        isThere = true;
        return work(connection);
      });
    } catch (error) {
      const isMissing = error instanceof NatsConnectError ? error.code === 'unreachable' : error instanceof TransportError && error.code === 'no-responder';
      if (isThere || !isMissing || options.signal.aborted || waitedMs >= STARTING_MS) throw error;
      if (waitedMs === 0) output.note(`nobody answers yet: waiting up to ${STARTING_MS / 1000} s for a coordinator`);
      await setTimeout(STARTING_LOOK_MS);
    }
  }
}

export function submit(options: SubmitOptions, output: Output): Promise<ExitCode> {
  return whenThere(options, output, async (connection) => {
    const folder = dirname(resolve(options.file));
    const spec = await withDigest(await withTriedModule(options.spec, folder), folder, { transport: connection.bytes, output, signal: options.signal });
    const { job } = await ask(connection.bytes, 'submit', { spec: documentOf(spec), key: randomUUID() });
    output.result({ kind: 'submitted', id: job.id }, job.id);
    return options.follow ? follow(connection, job.id, options, output) : 0;
  });
}

/** The job with its module read, and tried where the data are at hand: a worker that finds it wanting could only say so in its log. */
async function withTriedModule(spec: JobSpec, folder: string): Promise<JobSpec> {
  const read = await withModule(spec, folder);
  if (moduleOf(read) !== null && !isDatasetDigest(spec.data.source)) {
    const { loadJob } = await import('../compose/train.ts');
    await loadJob({ spec: read, baseFolder: folder });
  }
  return read;
}

export function watch(options: JobOptions, output: Output): Promise<ExitCode> {
  return connected(options, output, async (connection) => {
    await ask(connection.bytes, 'show', { id: options.id }); // an unknown one is said at once
    return follow(connection, options.id, options, output);
  });
}

/** Whoever looks at a job has stopped looking: the job goes on. */
export function stoppedLooking(id: string, signal: AbortSignal, output: Output): ExitCode {
  output.note(`${id} goes on: \`ebm watch ${id}\` shows it again, \`ebm cancel ${id}\` ends it`);
  return stopRequestOf(signal)?.exitCode ?? 1;
}

/** Why nothing is told of a job at the moment, for people; null if there is no reason to wait. */
function standstillOf({ id, state, workers }: JobRow): string | null {
  if (state === 'paused') return `${id} is paused: \`ebm unpause ${id}\` lets it go on`;
  if (state === 'queued') return `${id} waits in the queue: \`ebm list\` shows what runs`;
  if (state === 'ending') return `${id} is over, and its end is not on record yet: the coordinator's log says why`;
  return state === 'running' && workers === 0 ? `${id} waits for workers: \`ebm workers\` shows them, \`ebm list\` what else they may do, \`ebm worker\` starts one` : null;
}

/** Shows what the job's run tells until it has ended. */
async function follow({ bytes }: Connection, id: string, { signal }: ClusterOptions, output: Output): Promise<ExitCode> {
  const end = await new Promise<JobRow['end']>((resolve, reject) => {
    let last: string | null = null;
    let standstill: string | null = null;
    const subscription = bytes.subscribe(CLUSTER_SUBJECTS.events(id), (payload) => {
      const event = JSON.parse(new TextDecoder().decode(payload)) as RunEvent;
      last = event.kind;
      output.event(event);
      if (event.kind === 'finished' || event.kind === 'failed' || event.kind === 'cancelled') look(false);
    });
    const close = (): void => { clearInterval(looking); subscription.close(); };
    const look = (isLater: boolean): void => {
      ask(bytes, 'show', { id }).then(({ job }) => {
        if (job.end === null) {
          const now = isLater ? standstillOf(job) : null; // at first it may be on its way
          if (now !== null && now !== standstill) output.note(now);
          standstill = now;
          return;
        }
        close();
        if (last !== job.end['kind']) output.event(job.end as unknown as RunEvent);
        resolve(job.end);
      }, (error: unknown) => {
        if (error instanceof TransportError && error.code !== 'closed') return; // a coordinator that is away for a while
        close();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    };
    const looking = setInterval(() => { look(true); }, LOOK_MS);
    look(false);
    signal.addEventListener('abort', () => { close(); resolve(null); }, { once: true });
  });
  if (end === null) return stoppedLooking(id, signal, output);
  return end['kind'] === 'finished' ? 0 : 1;
}

/** Of a job whose run is not open nothing is known but its end. */
function progressOf({ update, updates, end }: JobRow): string {
  if (updates !== null) return `${update} of ${updates}`;
  return end === null ? '-' : String(update);
}

function tell(rows: readonly JobRow[], output: Output): ExitCode {
  output.table([{ title: 'job' }, { title: 'state' }, { title: 'priority', align: 'right' }, { title: 'workers', align: 'right' }, { title: 'update', align: 'right' }], rows.map((row) => ({
    record: { kind: 'job', ...row },
    cells: [row.id, row.state, String(row.priority), String(row.workers), progressOf(row)],
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

/** The wishes: each is answered with the job as it is then. */
export function one(operation: 'pause' | 'unpause' | 'cancel', options: JobOptions, output: Output): Promise<ExitCode> {
  return connected(options, output, async ({ bytes }) => tell([(await ask(bytes, operation, { id: options.id })).job], output));
}
