// One question to a service of NATS' conventions, and its answer as it came: JSON, without frames of ours.
import { errors, type NatsConnection } from 'nats';
import { answeredError, ERROR_CODE_HEADER, ERROR_HEADER } from '../services/services.ts';
import { checkSubject } from './nats-failures.ts';
import { TransportError } from './transport.ts';

/** Rejects with a ServiceError if the service refused or failed, with a TransportError if there was no answer. */
export async function askService(connection: NatsConnection, subject: string, question: Uint8Array, deadlineMs: number): Promise<Uint8Array> {
  checkSubject(subject);
  const bytesMax = connection.info?.max_payload ?? Infinity;
  if (question.length > bytesMax) throw new TransportError('too-large', `the question to ${subject} has ${question.length} bytes, and this NATS server carries ${bytesMax}`);
  const message = await connection.request(subject, question, { timeout: deadlineMs }).catch((cause: unknown) => { throw unanswered(subject, connection, cause); });
  const status = message.headers?.get(ERROR_CODE_HEADER) ?? '';
  const description = message.headers?.get(ERROR_HEADER) ?? '';
  if (status !== '' || description !== '') throw answeredError(status, description, message.data);
  return message.data;
}

function unanswered(subject: string, connection: NatsConnection, cause: unknown): TransportError {
  const all = [cause, cause instanceof Error ? cause.cause : undefined];
  if (all.some((each) => each instanceof errors.PermissionViolationError)) return new TransportError('forbidden', `this user may not ask ${subject}`, { cause });
  if (all.some((each) => each instanceof errors.NoRespondersError)) return new TransportError('no-responder', `nobody serves ${subject}`, { cause });
  if (connection.isClosed()) return new TransportError('closed', `the connection is closed (${subject})`, { cause });
  return new TransportError('deadline', `no answer from ${subject} in time`, { cause });
}
