// Questions about jobs as a NATS service (platform/services), and asking it: both ends, so that they agree on what a refusal is.
import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import { answer, Refusal, type Desk } from '../../coordinator/shell/cluster/answers.ts';
import { nearestName } from '../../platform/config/fields.ts';
import { realClock } from '../../platform/clock/real.ts';
import { CLUSTER_FORMAT_VERSION, CLUSTER_SUBJECTS, JOB_ANSWERS, JOB_QUESTIONS, shapeOf, type JobAnswer, type JobOperation } from '../../platform/cluster/messages.ts';
import { ServiceError, type ServiceStatus } from '../../platform/services/services.ts';
import { StorageError } from '../../platform/store/errors.ts';
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';
import { askService } from '../../platform/transport/nats-asking.ts';
import { startServices, type Services } from '../../platform/transport/nats-services.ts';
import type { NatsTransport } from '../../platform/transport/nats.ts';
import { TransportError } from '../../platform/transport/transport.ts';
import { versions } from '../compose/versions.ts';
import { failureOf } from '../terminal/failure.ts';
import { SERVICE_NAME, STORE_FIELD } from './strangers.ts';

const ANSWER_MS = 10_000;
/** Askings of one question while coordinators are being deposed; the one that was goes within moments. */
const ATTEMPTS_MAX = 5;
/** The first pause at most; each further one may be twice as long. */
const PAUSE_MS = 100;

export interface JobServiceOptions {
  readonly desk: Desk;
  /** Of the store. */
  readonly identity: string;
  readonly telemetry: Telemetry;
  /** What is wrong here and not with a question. */
  readonly onError: (error: Error) => void;
}

/** Answers every operation until it is stopped. Only the leader does. */
export function serveJobs({ connection }: Pick<NatsTransport, 'connection'>, { desk, identity, telemetry, onError }: JobServiceOptions): Promise<Services> {
  return startServices({
    connection, clock: realClock(), telemetry, onError, name: SERVICE_NAME, version: versions()['ebm-fleet'] ?? '0.0.0', description: 'Jobs and workers of an ebm cluster',
    metadata: { format: String(CLUSTER_FORMAT_VERSION), epoch: String(desk.shell.epoch), [STORE_FIELD]: identity },
    group: 'ebm.jobs', operations: Object.keys(JOB_QUESTIONS),
    handle: (operation, question) => answer(desk, operation as JobOperation, question),
    refusal(error) {
      if (error instanceof StorageError) onError(error); // whose disk it is wants to know too
      return refusal(error);
    },
  });
}

/** What was meant for users has a code; all else is a bug. */
function refusal(error: unknown): ServiceError | null {
  if (error instanceof StorageError) return storeFailed(error);
  const { code, message, advice, exitCode } = failureOf(error);
  const isRefusal = exitCode === 2 || (error instanceof Refusal || (error instanceof Error && error.name === 'Deposed'));
  return isRefusal ? new ServiceError(statusOf(code), code, message, { advice: didYouMean(error) ?? advice, cause: error }) : null;
}

/** Whatever is wrong with the coordinator's disk is no mistake of who asks, but they can have it mended only if they hear what it is and where. */
function storeFailed(error: StorageError): ServiceError {
  const { code, path, what, remedy } = error;
  if (code === 'deposed') return new ServiceError(503, code, error.message, { cause: error });
  return new ServiceError(code === 'unreachable' ? 503 : 507, code, `the coordinator on ${hostname()} cannot use its store: ${path}: ${what}`, { advice: remedy, cause: error });
}

function didYouMean(error: unknown): string | null {
  const wrong = error instanceof Refusal ? error.wrongName : null;
  const nearest = wrong === null ? null : nearestName(wrong.given, wrong.names);
  return nearest === null ? null : `Did you mean ${nearest}?`;
}

function statusOf(code: string): ServiceStatus {
  if (code.startsWith('no-such-')) return 404;
  if (code === 'job-ended') return 409;
  return code === 'queue-full' || code === 'deposed' ? 503 : 400;
}

/** A leader that learns of its end by our question says so: the one that leads now is asked. */
async function asked(ask: () => Promise<Uint8Array>): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'deposed' || attempt === ATTEMPTS_MAX) throw error;
      const pauseMs = PAUSE_MS * 2 ** (attempt - 1);
      await setTimeout(randomInt(pauseMs / 2, pauseMs)); // not all who were turned away at the same moment
    }
  }
}

/** Rejects with a ServiceError for a question that is refused, with a TransportError where nobody answers. */
export async function askJobs<Operation extends JobOperation>(
  { connection }: Pick<NatsTransport, 'connection'>, operation: Operation, question: Omit<z.input<(typeof JOB_QUESTIONS)[Operation]>, 'v'>,
): Promise<JobAnswer<Operation>> {
  const written = new TextEncoder().encode(JSON.stringify({ v: CLUSTER_FORMAT_VERSION, ...question }));
  const answered = await asked(() => askService(connection, CLUSTER_SUBJECTS.jobs(operation), written, ANSWER_MS)).catch((error: unknown) => {
    if (error instanceof TransportError && error.code === 'no-responder') throw new TransportError('no-responder', 'no coordinator answers: start one with `ebm coordinator`', { cause: error });
    throw error;
  });
  const read = shapeOf(JOB_ANSWERS[operation] as unknown as z.ZodType<JobAnswer<Operation>>).read(answered);
  if (read.kind === 'malformed') throw new TransportError('malformed', `the coordinator's answer could not be read: ${read.reason}`);
  return read.value;
}
