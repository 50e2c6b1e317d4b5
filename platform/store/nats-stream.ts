// One JetStream stream, as the store needs it: write to a subject that must be empty, read the last message, list subjects, purge. Each
// is asked again while no answer comes, which is safe because each may happen twice: a write is recognised by its writer, a purge
// has a bound. Reads ask the stream's leader, never a copy (no direct get). What the client throws ends here.
import { jetstreamManager, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import { errors, type NatsConnection } from 'nats';
import type { Clock } from '../clock/clock.ts';
import { StorageError } from './errors.ts';
import type { NatsStoreLimits } from './nats-limits.ts';

const WRONG_LAST_SEQUENCE: readonly number[] = [10071, 10164];
/** "temporarily unavailable", "no leader", "stream is offline": of a server that starts or elects. */
const PASSING: readonly number[] = [10008, 10009, 10118];
/** Limits and disks that are full. */
const FULL: readonly number[] = [10002, 10023, 10028, 10047, 10077];

export interface StreamParts {
  readonly connection: NatsConnection;
  readonly clock: Clock;
  readonly stream: string;
  readonly limits: NatsStoreLimits;
}

export interface Stored { readonly sequence: number; readonly bytes: Uint8Array; /** Server's clock, milliseconds since 1970. */ readonly timeMs: number }

export type Written = 'created' | 'exists';

export class Stream {
  readonly #parts: StreamParts;
  readonly #manager: JetStreamManager;

  static async open(parts: StreamParts): Promise<Stream> {
    return new Stream(parts, await jetstreamManager(parts.connection, { checkAPI: false, timeout: parts.limits.attemptTimeoutMs }));
  }

  private constructor(parts: StreamParts, manager: JetStreamManager) {
    this.#parts = parts;
    this.#manager = manager;
  }

  get manager(): JetStreamManager { return this.#manager; }

  /** Sent once for each attempt; `exists` may be this very write, when an answer was lost: the caller must tell. */
  writeNew(subject: string, message: Uint8Array): Promise<Written> {
    return this.call('writing', async () => {
      try {
        await this.#manager.jetstream().publish(subject, message, { expect: { lastSubjectSequence: 0 }, timeout: this.#parts.limits.attemptTimeoutMs });
        return 'created';
      } catch (error) {
        if (error instanceof JetStreamApiError && WRONG_LAST_SEQUENCE.includes(error.code)) return 'exists';
        throw error;
      }
    });
  }

  /** The last message on a subject, by the stream's leader. */
  last(subject: string): Promise<Stored | null> {
    const { connection, stream, limits } = this.#parts;
    // Not by the manager's getMessage, which takes twice the time for a message of a MB.
    return this.call('reading', async () => {
      const answer = await connection.request(`$JS.API.STREAM.MSG.GET.${stream}`, JSON.stringify({ last_by_subj: subject }), { timeout: limits.attemptTimeoutMs });
      const { error, message } = answer.json<{ readonly error?: ApiFailure; readonly message?: { readonly seq: number; readonly data?: string; readonly time: string } }>();
      if (error?.err_code === 10037) return null;
      if (error !== undefined) throw new JetStreamApiError(error);
      if (message === undefined) throw new Error('an answer without a message');
      return { sequence: message.seq, bytes: Uint8Array.from(Buffer.from(message.data ?? '', 'base64')), timeMs: Date.parse(message.time) };
    });
  }

  /** The subjects with messages that a filter matches, and the server's time. */
  subjects(filter: string): Promise<{ readonly subjects: readonly string[]; readonly serverMs: number }> {
    return this.call('listing', async () => {
      const { state, ts } = await this.#manager.streams.info(this.#parts.stream, { subjects_filter: filter });
      return { subjects: Object.keys(state.subjects ?? {}), serverMs: Date.parse(ts ?? '') };
    });
  }

  /** Removes what a filter matches up to a sequence, and nothing that is written later. */
  async purge(filter: string, upTo: number): Promise<void> {
    await this.call('removing', () => this.#manager.streams.purge(this.#parts.stream, { filter, seq: upTo + 1 }));
  }

  /** Asks until there is an answer. Throws StorageError. */
  async call<Result>(doing: string, task: () => Promise<Result>, patienceMs = this.#parts.limits.patienceMs): Promise<Result> {
    const { clock, limits, stream } = this.#parts;
    const untilMs = clock.nowMs() + patienceMs;
    for (;;) {
      try {
        return await task();
      } catch (error) {
        const failed = failureOf(error, stream, doing);
        if (failed !== 'again') throw failed;
        if (clock.nowMs() >= untilMs) throw unreachable(stream, `no answer for ${Math.round(patienceMs / 1000)} s`, doing, error);
        await new Promise<void>((resolve) => { clock.after(limits.retryDelayMs, resolve); });
      }
    }
  }
}

interface ApiFailure { readonly code: number; readonly err_code: number; readonly description: string }

export const pathOf = (stream: string): string => `nats stream ${stream}`;

function unreachable(stream: string, what: string, doing: string, cause: unknown): StorageError {
  return new StorageError({ code: 'unreachable', path: pathOf(stream), what: `${what} (while ${doing})`, remedy: 'Check that nats-server runs with JetStream and that this machine reaches it.', cause });
}

function failureOf(error: unknown, stream: string, doing: string): unknown {
  const path = pathOf(stream);
  if (error instanceof StorageError) return error;
  // Nobody serves JetStream's subjects: there is none, or its server is just starting.
  const isAbsent = error instanceof Error && error.name === 'JetStreamNotEnabled';
  if (isAbsent || error instanceof errors.TimeoutError || error instanceof errors.NoRespondersError) return 'again';
  const causes = [error, error instanceof Error ? error.cause : undefined];
  const forbidden = causes.find((cause) => cause instanceof errors.PermissionViolationError);
  if (forbidden instanceof errors.PermissionViolationError) {
    return new StorageError({
      code: 'no-permission', path, what: `the NATS user may not ${forbidden.operation} ${forbidden.subject} (while ${doing})`,
      remedy: 'Give the user of coordinators the permissions that deploy/nats names.', cause: error,
    });
  }
  if (error instanceof JetStreamApiError) {
    if (PASSING.includes(error.code)) return 'again';
    if (FULL.includes(error.code)) return new StorageError({ code: 'disk-full', path, what: `JetStream has no room: ${error.message} (while ${doing})`, remedy: 'Raise its limits (max_file_store) or free space; what was saved before is intact.', cause: error });
    return new StorageError({ code: 'input-output', path, what: `JetStream refused: ${error.message} (${error.code}, while ${doing})`, remedy: 'Look at the log of nats-server.', cause: error });
  }
  if (causes.some((cause) => cause instanceof errors.ClosedConnectionError || cause instanceof errors.DrainingConnectionError)) {
    return unreachable(stream, 'the connection to NATS is closed', doing, error);
  }
  // A connection that goes away ends what waits with errors of several classes.
  return causes.some((cause) => cause instanceof errors.RequestError || cause instanceof errors.ConnectionError) ? 'again' : error;
}
