// The questions that a cluster answers beside the units of a run: who computes what, and the jobs. JSON over request and reply, so that any
// NATS client can ask. Owns their shapes and bounds; what they mean is the business of cli/cluster.
import { z } from 'zod';
import { JOB_LIMITS } from '../config/limits.ts';

/** A newer one is refused by name. */
export const CLUSTER_FORMAT_VERSION = 1;

export const CLUSTER_SUBJECTS = {
  /** Workers ask what to compute. */
  work: 'ebm.cluster.work',
  jobs: 'ebm.cluster.jobs',
  /** What a job's run tells, one JSON object a message. */
  events: (job: string): string => `ebm.job.${job}.events`,
} as const;

const NAME_CHARACTERS_MAX = 128;
const TEXT_CHARACTERS_MAX = 16_384;
const LIST_MAX = 10_000;

const name = z.string().min(1).max(NAME_CHARACTERS_MAX).regex(/^[A-Za-z0-9_-]+$/, 'letters, digits, - and _');
const jobId = z.string().min(1).max(NAME_CHARACTERS_MAX).regex(/^[A-Za-z0-9_.-]+$/);
const text = z.string().max(TEXT_CHARACTERS_MAX);
const whole = z.number().int().min(0);

const hello = z.strictObject({ v: whole, worker: name, wire: whole, engine: text, deviceClass: text, threads: whole });
export type Hello = z.infer<typeof hello>;

/** `work`: join this run; its job is compiled, as text. */
const assignment = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('work'), run: name, job: z.string().max(JOB_LIMITS.fileBytesMax) }),
  z.strictObject({ kind: z.literal('wait') }),
  z.strictObject({ kind: z.literal('refused'), code: text, message: text }),
]);
export type Assignment = z.infer<typeof assignment>;

const jobState = z.enum(['queued', 'running', 'finished', 'failed', 'cancelled']);
const jobRow = z.strictObject({
  id: jobId, name: text, state: jobState, priority: z.number().int(), update: whole, updates: whole.nullable(),
  /** The last event of its run, once it has ended. */
  end: z.record(z.string(), z.unknown()).nullable(),
});
export type JobRow = z.infer<typeof jobRow>;

const jobQuestion = z.discriminatedUnion('op', [
  z.strictObject({ v: whole, op: z.literal('submit'), spec: z.record(z.string(), z.unknown()) }),
  z.strictObject({ v: whole, op: z.literal('list') }),
  z.strictObject({ v: whole, op: z.literal('show'), id: jobId }),
  z.strictObject({ v: whole, op: z.literal('cancel'), id: jobId }),
]);
export type JobQuestion = z.infer<typeof jobQuestion>;

const jobAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('jobs'), jobs: z.array(jobRow).max(LIST_MAX) }),
  z.strictObject({ kind: z.literal('refused'), code: text, message: text }),
]);
export type JobAnswer = z.infer<typeof jobAnswer>;

export type Reading<Value> = { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'malformed'; readonly reason: string };

export interface Shape<Value> {
  write(value: Value): Uint8Array;
  /** Never throws. */
  read(bytes: Uint8Array): Reading<Value>;
}

function shapeOf<Value>(schema: z.ZodType<Value>): Shape<Value> {
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
export const JOB_QUESTION = shapeOf(jobQuestion);
export const JOB_ANSWER = shapeOf(jobAnswer);
