// Questions about jobs and what answers them, over the connection: one subject an operation. Both ends are here, so that they agree.
import { CLUSTER_FORMAT_VERSION, CLUSTER_SUBJECTS, JOB_ANSWERS, JOB_QUESTIONS, shapeOf, type JobAnswer, type JobOperation, type JobQuestion } from '../../platform/cluster/messages.ts';
import { TransportError, type Subscription, type Transport } from '../../platform/transport/transport.ts';
import { answer, type Desk } from '../../coordinator/shell/cluster/answers.ts';
import { failureOf, UsageError } from '../terminal/failure.ts';
import { z } from 'zod';

const ANSWER_MS = 10_000;
const TEXT_CHARACTERS_MAX = 16_384;
const text = z.string().max(TEXT_CHARACTERS_MAX);
const REFUSED = z.strictObject({ refused: z.strictObject({ code: text, message: text, advice: text.nullable(), exitCode: z.number().int() }) });

/** A question was refused by the coordinator. */
export class QuestionRefused extends UsageError {}

/** Answers every operation until the subscriptions are closed. */
export function serveQuestions(bytes: Transport<Uint8Array>, desk: Desk): readonly Subscription[] {
  return (Object.keys(JOB_QUESTIONS) as JobOperation[]).map((operation) => bytes.serve(CLUSTER_SUBJECTS.jobs(operation), async (payload) => {
    try {
      const read = shapeOf(z.unknown()).read(payload);
      if (read.kind === 'malformed') throw new UsageError('malformed', `the question could not be read: ${read.reason}`);
      return shapeOf(z.unknown()).write(await answer(desk, operation, read.value));
    } catch (error) {
      const { code, message, advice, exitCode } = failureOf(error);
      return shapeOf(REFUSED).write({ refused: { code, message: message.slice(0, TEXT_CHARACTERS_MAX), advice, exitCode } });
    }
  }));
}

/** Throws UsageError for a question that is refused, TransportError where nobody answers. */
export async function ask<Operation extends JobOperation>(bytes: Transport<Uint8Array>, operation: Operation, question: Omit<z.input<(typeof JOB_QUESTIONS)[Operation]>, 'v'>): Promise<JobAnswer<Operation>> {
  const written = shapeOf(JOB_QUESTIONS[operation] as unknown as z.ZodType<JobQuestion<Operation>>).write({ v: CLUSTER_FORMAT_VERSION, ...question } as unknown as JobQuestion<Operation>);
  const payload = await bytes.request(CLUSTER_SUBJECTS.jobs(operation), written, { deadlineMs: ANSWER_MS }).catch((error: unknown) => {
    if (error instanceof TransportError && error.code === 'no-responder') throw new TransportError('no-responder', 'no coordinator answers: start one with `ebm coordinator`', { cause: error });
    throw error;
  });
  const refusal = shapeOf(REFUSED).read(payload);
  if (refusal.kind === 'value') {
    const { code, message, advice } = refusal.value.refused;
    throw new QuestionRefused(code, message, advice);
  }
  const read = shapeOf(JOB_ANSWERS[operation] as unknown as z.ZodType<JobAnswer<Operation>>).read(payload);
  if (read.kind === 'malformed') throw new TransportError('malformed', `the coordinator's answer could not be read: ${read.reason}`);
  return read.value;
}
