// The questions that a cluster answers beside the units of a run: who computes what, and the jobs. JSON over request and reply, so that any
// NATS client can ask. Owns their shapes and bounds; what they mean is the business of cli/cluster.
import { z } from 'zod';
import { JOB_LIMITS } from '../config/limits.ts';

/** A newer one is refused by name. */
export const CLUSTER_FORMAT_VERSION = 1;

export const CLUSTER_SUBJECTS = {
  /** Workers ask what to compute. */
  work: 'ebm.cluster.work',
  /** Questions about jobs, by operation. */
  jobs: (operation: JobOperation): string => `ebm.jobs.${operation}`,
  /** What a job's run tells, one JSON object a message. */
  events: (job: string): string => `ebm.events.${job}`,
} as const;

const NAME_CHARACTERS_MAX = 128;
const TEXT_CHARACTERS_MAX = 16_384;
const LIST_MAX = 10_000;
export const WORKERS_TOLD_MAX = 100;

const name = z.string().min(1).max(NAME_CHARACTERS_MAX).regex(/^[A-Za-z0-9_-]+$/, 'letters, digits, - and _');
const jobId = name;
const text = z.string().max(TEXT_CHARACTERS_MAX);
const whole = z.number().int().min(0);

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const hello = z.strictObject({
  v: whole, worker: name, wire: whole, engine: text, deviceClass: text, threads: whole,
  /** What it makes of the golden unit. */
  golden: digest,
  /** The job whose units it computes. */
  computing: jobId.nullable(),
  /** A job that it cannot compute for, and why: no room for its data, too little memory, another device class. */
  lacks: z.strictObject({ job: jobId, reason: text }).nullable(),
  /** Goodbye. */
  leaving: z.boolean(),
});
export type Hello = z.infer<typeof hello>;

/** `work`: join this run; its job is compiled, as text. `stay`: go on. `wait`, `refused`: ask again after that time, or never for null. */
const assignment = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('work'), id: jobId, run: name, job: z.string().max(JOB_LIMITS.fileBytesMax) }),
  z.strictObject({ kind: z.literal('stay') }),
  z.strictObject({ kind: z.literal('wait'), afterMs: whole }),
  z.strictObject({ kind: z.literal('leave'), message: text }),
  z.strictObject({ kind: z.literal('refused'), code: text, message: text, afterMs: whole.nullable() }),
]);
export type Assignment = z.infer<typeof assignment>;

const jobState = z.enum(['queued', 'running', 'pausing', 'paused', 'cancelling', 'ending', 'finished', 'failed', 'cancelled']);
const jobRow = z.strictObject({
  id: jobId, name: text, state: jobState, priority: z.number().int(), update: whole, updates: whole.nullable(),
  /** Workers that compute for it. */
  workers: whole,
  /** The last event of its run, once it has ended. */
  end: z.record(z.string(), z.unknown()).nullable(),
});
export type JobRow = z.infer<typeof jobRow>;

const told = z.record(z.string(), z.unknown()).nullable();
/** What `ebm show` says beside the row. Times are ISO 8601; null is what has not been, or is not known any more. */
const jobDetail = z.strictObject({
  submittedAt: text.nullable(), startedAt: text.nullable(), endedAt: text.nullable(),
  /** Names of workers that compute for it, the first of them. */
  computing: z.array(name).max(WORKERS_TOLD_MAX),
  /** `checkpoint`: the update of the newest one. */
  branch: whole, rollbacks: whole, checkpoint: whole.nullable(),
  /** Of its run, on the coordinator's machine; null in a store on NATS. */
  directory: text.nullable(),
  /** The last events of the run in which figures were measured, and in which something went wrong that did not end it. */
  evaluated: told, warning: told,
});
export type JobDetail = z.infer<typeof jobDetail>;

const workerState = z.enum(['waiting', 'computing', 'leaving', 'quarantined']);
const workerRow = z.strictObject({ worker: name, state: workerState, job: jobId.nullable(), engine: text, deviceClass: text, threads: whole, reason: text.nullable() });
export type WorkerRow = z.infer<typeof workerRow>;

const logLine = z.strictObject({ number: whole, event: z.record(z.string(), z.unknown()) });
export type LogLine = z.infer<typeof logLine>;

const LIST_PART = 200;
export const FILE_PART_BYTES = 384 * 1024;

/** What may be asked, by operation; each is an endpoint of its own, so that permissions can tell them apart. */
export const JOB_QUESTIONS = {
  /** `key`: the submitter's own name for it; asked again, it makes no second job. */
  submit: z.strictObject({ v: whole, spec: z.record(z.string(), z.unknown()), key: name }),
  /** `after`: number of the last row seen. */
  list: z.strictObject({ v: whole, after: whole.default(0), limit: whole.max(LIST_PART).default(LIST_PART) }),
  /** `detail` reads what the run has told: not to be asked for again and again. */
  show: z.strictObject({ v: whole, id: jobId, detail: z.boolean().default(false) }),
  pause: z.strictObject({ v: whole, id: jobId }),
  unpause: z.strictObject({ v: whole, id: jobId }),
  cancel: z.strictObject({ v: whole, id: jobId }),
  logs: z.strictObject({ v: whole, id: jobId, after: whole.default(0) }),
  /** `after`: name of the last file seen. */
  files: z.strictObject({ v: whole, id: jobId, after: z.string().max(512).default('') }),
  read: z.strictObject({ v: whole, id: jobId, file: z.string().min(1).max(512), offset: whole }),
  workers: z.strictObject({ v: whole, after: z.string().max(NAME_CHARACTERS_MAX).default('') }),
  drain: z.strictObject({ v: whole, worker: name }),
} as const;
export type JobOperation = keyof typeof JOB_QUESTIONS;
export type JobQuestion<Operation extends JobOperation> = z.infer<(typeof JOB_QUESTIONS)[Operation]>;

const jobs = z.strictObject({ jobs: z.array(jobRow).max(LIST_MAX), more: z.boolean() });
const one = z.strictObject({ job: jobRow });
export const JOB_ANSWERS = {
  submit: one, list: jobs, show: z.strictObject({ job: jobRow, detail: jobDetail.nullable() }), pause: one, unpause: one, cancel: one,
  /** Lines after the one that was asked for, oldest first. */
  logs: z.strictObject({ lines: z.array(logLine).max(LIST_MAX), ended: z.boolean() }),
  files: z.strictObject({ files: z.array(z.strictObject({ file: text, bytes: whole })).max(LIST_MAX), more: z.boolean() }),
  /** `part`: base64; empty at the end of the file. */
  read: z.strictObject({ part: z.string().max(2 * FILE_PART_BYTES), bytes: whole }),
  workers: z.strictObject({ workers: z.array(workerRow).max(LIST_MAX), more: z.boolean() }),
  drain: z.strictObject({ worker: workerRow }),
} as const;
export type JobAnswer<Operation extends JobOperation> = z.infer<(typeof JOB_ANSWERS)[Operation]>;

export type Reading<Value> = { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'malformed'; readonly reason: string };

export interface Shape<Value> {
  write(value: Value): Uint8Array;
  /** Never throws. */
  read(bytes: Uint8Array): Reading<Value>;
}

/** JSON of a schema, bounded. */
export function shapeOf<Value>(schema: z.ZodType<Value>): Shape<Value> {
  return {
    write: (value) => new TextEncoder().encode(JSON.stringify(value)),
    read(bytes) {
      if (bytes.length > 2 * JOB_LIMITS.fileBytesMax) return { kind: 'malformed', reason: `${bytes.length} bytes are too many` };
      try {
        const found = schema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
        return found.success ? { kind: 'value', value: found.data } : { kind: 'malformed', reason: z.prettifyError(found.error) };
      } catch (error) {
        return { kind: 'malformed', reason: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

export const HELLO = shapeOf(hello);
export const ASSIGNMENT = shapeOf(assignment);
