// submit, list, show, cancel: questions to the coordinator, and what it answers.
import { CLUSTER_FORMAT_VERSION, CLUSTER_SUBJECTS, JOB_ANSWER, JOB_QUESTION, type JobRow } from '../../platform/cluster/messages.ts';
import type { JobSpec } from '../../platform/config/config.ts';
import { TransportError } from '../../platform/transport/transport.ts';
import type { ClusterOptions, JobOptions, SubmitOptions } from '../commands/actions.ts';
import type { RunEvent } from '../terminal/events.ts';
import { UsageError, type ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { connectCluster, type Connection } from './connect.ts';
import { pause } from './pause.ts';

const ANSWER_MS = 10_000;
/** An end that was told while nobody listened is found by asking. */
const LOOK_MS = 2_000;
const AGAIN_MS = 100;

type Question = { readonly op: 'list' } | { readonly op: 'show' | 'cancel'; readonly id: string } | { readonly op: 'submit'; readonly spec: Record<string, unknown> };

async function ask({ bytes }: Connection, question: Question): Promise<readonly JobRow[]> {
  const written = JOB_QUESTION.write({ v: CLUSTER_FORMAT_VERSION, ...question });
  const answer = await bytes.request(CLUSTER_SUBJECTS.jobs, written, { deadlineMs: ANSWER_MS }).catch((error: unknown) => {
    if (error instanceof TransportError && error.code === 'no-responder') throw new TransportError('no-responder', 'no coordinator answers: start one with `ebm coordinator`', { cause: error });
    throw error;
  });
  const read = JOB_ANSWER.read(answer);
  if (read.kind === 'malformed') throw new TransportError('malformed', `the coordinator's answer could not be read: ${read.reason}`);
  if (read.value.kind === 'refused') throw new UsageError(read.value.code, read.value.message);
  return read.value.jobs;
}

/** When a coordinator answers, or the signal comes. */
export function coordinatorAnswers(options: ClusterOptions, output: Output): Promise<void> {
  return connected(options, output, async (connection) => {
    while (!options.signal.aborted) {
      try {
        await ask(connection, { op: 'list' });
        return;
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        await pause(AGAIN_MS, options.signal);
      }
    }
  });
}

async function connected<Result>(options: ClusterOptions, output: Output, work: (connection: Connection) => Promise<Result>): Promise<Result> {
  const connection = await connectCluster(options, 'client', output);
  try {
    return await work(connection);
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
    const [row] = await ask(connection, { op: 'submit', spec: documentOf(options.spec) });
    output.result({ kind: 'submitted', id: row!.id }, row!.id);
    return options.follow ? follow(connection, row!.id, options, output) : 0;
  });
}

/** Shows what the job's run tells until it has ended. */
async function follow(connection: Connection, id: string, { signal }: ClusterOptions, output: Output): Promise<ExitCode> {
  const end = await new Promise<JobRow['end']>((resolve, reject) => {
    let last: string | null = null;
    const subscription = connection.bytes.subscribe(CLUSTER_SUBJECTS.events(id), (payload) => {
      const event = JSON.parse(new TextDecoder().decode(payload)) as RunEvent;
      last = event.kind;
      output.event(event);
    });
    const close = (): void => { clearInterval(looking); subscription.close(); };
    const looking = setInterval(() => {
      ask(connection, { op: 'show', id }).then(([row]) => {
        if (row?.end === null || row === undefined) return;
        close();
        if (last !== row.end['kind']) output.event(row.end as unknown as RunEvent);
        resolve(row.end);
      }, (error: unknown) => {
        if (error instanceof TransportError && error.code !== 'closed') return; // a coordinator that is away for a while
        close();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    }, LOOK_MS);
    signal.addEventListener('abort', () => { close(); resolve(null); }, { once: true });
  });
  return end === null || end['kind'] === 'finished' ? 0 : 1;
}

function tell(rows: readonly JobRow[], output: Output): ExitCode {
  output.table([{ title: 'job' }, { title: 'state' }, { title: 'priority', align: 'right' }, { title: 'update', align: 'right' }], rows.map((row) => ({
    record: { ...row, kind: 'job' }, cells: [row.id, row.state, String(row.priority), row.updates === null ? String(row.update) : `${row.update} of ${row.updates}`],
  })), 'There are no jobs.');
  return 0;
}

export function list(options: ClusterOptions, output: Output): Promise<ExitCode> {
  return connected(options, output, async (connection) => tell(await ask(connection, { op: 'list' }), output));
}

export function show(options: JobOptions, output: Output): Promise<ExitCode> {
  return connected(options, output, async (connection) => tell(await ask(connection, { op: 'show', id: options.id }), output));
}

export function cancel(options: JobOptions, output: Output): Promise<ExitCode> {
  return connected(options, output, async (connection) => tell(await ask(connection, { op: 'cancel', id: options.id }), output));
}
