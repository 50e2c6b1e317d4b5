// What people ask a cluster: jobs, their logs and files, the fleet. One function an operation; how questions arrive is cli's business.
import {
  CLUSTER_FORMAT_VERSION, FILE_PART_BYTES, JOB_QUESTIONS, WORKERS_TOLD_MAX, type JobAnswer, type JobDetail, type JobOperation, type JobQuestion, type JobRow, type WorkerRow,
} from '../../../platform/cluster/messages.ts';
import { jobOf, type Decision, type History, type JobRecord, type JobWish } from '../../machine/cluster/history.ts';
import { jobState, workerState } from '../../machine/cluster/standing.ts';
import type { ClusterState, FleetWorker } from '../../machine/cluster/state.ts';
import type { ClusterShell } from './cluster.ts';
import type { RunHost } from './host.ts';

const WORKERS_PART = 1_000;
const FILES_PART = 2_000;
const REASONS_CHARACTERS_MAX = 2_000;

/** A name that does not exist, and those that do: whoever tells it may offer the nearest. */
export interface WrongName { readonly given: string; readonly names: readonly string[] }

/** The question is refused; the message says what to do. */
export class Refusal extends Error {
  readonly code: string;
  readonly wrongName: WrongName | null;

  constructor(code: string, message: string, wrongName: WrongName | null = null) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.wrongName = wrongName;
  }
}

export interface Desk { readonly shell: ClusterShell; readonly host: RunHost }

/** Answers a question of unknown shape. Throws a Refusal for what is wrong with it, what the host's check throws, and Deposed. */
export async function answer(desk: Desk, operation: JobOperation, question: unknown): Promise<JobAnswer<JobOperation>> {
  const read = JOB_QUESTIONS[operation].safeParse(question);
  if (!read.success) throw new Refusal('malformed', `the question ${operation} was not understood: ${read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`);
  if (read.data.v > CLUSTER_FORMAT_VERSION) throw new Refusal('protocol', `this coordinator speaks format ${CLUSTER_FORMAT_VERSION}, the question has ${read.data.v}: run the same version of ebm on both`);
  await desk.shell.assertLeading();
  return ANSWERS[operation](desk, read.data as never);
}

const ANSWERS: { readonly [Operation in JobOperation]: (desk: Desk, question: JobQuestion<Operation>) => Promise<JobAnswer<Operation>> } = {
  submit,
  list: ({ shell }, { after, limit }) => {
    const jobs = shell.state.history.jobs.filter(({ number }) => number > after);
    return Promise.resolve({ jobs: jobs.slice(0, limit).map((job) => rowOf(shell.state, job)), more: jobs.length > limit });
  },
  show: async ({ shell }, { id, detail }) => {
    const job = existing(shell, id);
    return { job: rowOf(shell.state, job), detail: detail ? await detailOf(shell, job) : null };
  },
  pause: (desk, { id }) => wish(desk, id, 'pause'),
  unpause: (desk, { id }) => wish(desk, id, 'go'),
  cancel: (desk, { id }) => wish(desk, id, 'cancel'),
  logs: async ({ shell }, { id, after }) => {
    const ended = existing(shell, id).end !== null;
    return { lines: [...await shell.lines(id, after)], ended };
  },
  files: async ({ shell, host }, { id, after }) => {
    const files = await host.files(existing(shell, id).id, after);
    return { files: files.slice(0, FILES_PART), more: files.length > FILES_PART };
  },
  read: async ({ shell, host }, { id, file, offset }) => {
    const found = await host.read(existing(shell, id).id, file, offset, FILE_PART_BYTES);
    if (found === null) throw new Refusal('no-such-file', `the run of ${id} has no file ${file}`);
    return { part: Buffer.from(found.part).toString('base64'), bytes: found.bytes };
  },
  workers: ({ shell }, { after }) => {
    const rows = shell.state.workers.filter(({ key }) => key > after);
    return Promise.resolve({ workers: rows.slice(0, WORKERS_PART).map((one) => workerRow(shell.state, one)), more: rows.length > WORKERS_PART });
  },
  drain: ({ shell }, { worker }) => {
    const names = shell.state.workers.map(({ key }) => key);
    if (!names.includes(worker)) throw new Refusal('no-such-worker', `there is no worker ${worker}; \`ebm workers\` shows them`, { given: worker, names });
    shell.drain(worker);
    return Promise.resolve({ worker: workerRow(shell.state, shell.state.workers.find(({ key }) => key === worker)!) });
  },
};

async function submit({ shell, host }: Desk, { spec, key }: JobQuestion<'submit'>): Promise<JobAnswer<'submit'>> {
  const { name, priority } = host.check(spec);
  await shell.decide((history) => isKnown(history, key) ? null : submission(history, { name, priority, spec, key }, shell.state.rules.jobsMax));
  return { job: rowOf(shell.state, shell.history.jobs.find((job) => job.key === key)!) };
}

function isKnown(history: History, key: string): boolean {
  return history.jobs.some((job) => job.key === key);
}

interface Submitted { readonly name: string; readonly priority: number; readonly spec: Readonly<Record<string, unknown>>; readonly key: string }

function submission(history: History, { name, priority, spec, key }: Submitted, jobsMax: number): Decision {
  if (history.jobs.filter(({ end }) => end === null).length >= jobsMax) throw new Refusal('queue-full', `the queue is full: ${jobsMax} jobs have not ended; cancel some, or wait`);
  const number = history.lastNumber + 1;
  return { kind: 'submitted', id: `${name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 100)}-${number}`, number, name, priority, spec, key };
}

async function wish({ shell }: Desk, id: string, wanted: JobWish): Promise<JobAnswer<'pause'>> {
  await shell.decide((history) => {
    const job = jobOf(history, id) ?? missing(history, id);
    if (job.end !== null) throw new Refusal('job-ended', `${id} has ended: ${String(job.end['kind'])}`);
    if (job.wish === 'cancel' && wanted !== 'cancel') throw new Refusal('job-ended', `${id} is being cancelled`);
    return job.wish === wanted ? null : { kind: 'wished', id, wish: wanted };
  });
  return { job: rowOf(shell.state, jobOf(shell.history, id) ?? missing(shell.history, id)) };
}

function existing(shell: ClusterShell, id: string): JobRecord {
  return jobOf(shell.state.history, id) ?? missing(shell.state.history, id);
}

/** Of names that are equally near the newest is meant. */
function missing({ jobs }: History, id: string): never {
  throw new Refusal('no-such-job', `there is no job ${id}; \`ebm list\` shows them`, { given: id, names: jobs.map((job) => job.id).reverse() });
}

function rowOf(state: ClusterState, job: JobRecord): JobRow {
  const run = state.runs.find(({ key }) => key === job.id);
  const end = job.end === null ? null : { ...job.end };
  const update = Number(run?.update ?? end?.['updates'] ?? end?.['update'] ?? job.update);
  const workers = state.workers.filter((worker) => worker.job === job.id).length;
  const updates = run?.updates ?? (typeof end?.['updates'] === 'number' ? end['updates'] : job.updates);
  return { id: job.id, name: job.name, state: jobState(state, job), priority: job.priority, update, updates, workers, end };
}

async function detailOf(shell: ClusterShell, { id, submittedAt, endedAt }: JobRecord): Promise<JobDetail> {
  const account = await shell.account(id);
  const computing = shell.state.workers.filter(({ job }) => job === id).slice(0, WORKERS_TOLD_MAX).map(({ key }) => key);
  return { submittedAt, endedAt, computing, rollbacks: account.branch, ...account };
}

function workerRow(state: ClusterState, worker: FleetWorker): WorkerRow {
  const { key, job, fingerprint } = worker;
  const held = state.held.find((one) => one.key === key);
  const lacks = worker.lacks.filter(({ untilMs }) => untilMs > state.nowMs).map((lack) => `not for ${lack.job}: ${lack.reason}`);
  return { worker: key, state: workerState(state, worker), job, ...fingerprint, reason: held?.reason ?? (lacks.length === 0 ? null : lacks.join('; ').slice(0, REASONS_CHARACTERS_MAX)) };
}
