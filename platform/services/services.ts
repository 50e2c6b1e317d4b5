// Services by the conventions of NATS (its architecture decision record 32): what a service is called and answers, how it says that it
// failed, and its bounds. No connection here; transport/nats-services.ts has one.

export const SERVICE_LIMITS = {
  /** A job, as JSON; a server with the usual max_payload carries no more. */
  requestBytesMax: 1024 * 1024,
  /** Requests that are answered at a time; one more is told to come again. */
  requestsMax: 64,
  errorCharactersMax: 1_024,
  /** The headers of an answer count into the server's max_payload. */
  headerBytesMax: 4_096,
} as const;

export type ServiceLimits = { readonly [Name in keyof typeof SERVICE_LIMITS]: number };

/** As of HTTP: 400 not understood, 404 no such thing, 409 not in this state, 413 too large, 500 a bug, 503 not now, 507 the store behind it failed. */
export type ServiceStatus = 400 | 404 | 409 | 413 | 500 | 503 | 507;

/** A service refused a request, or failed; thrown by handlers, and on the other side by who asked. */
export class ServiceError extends Error {
  readonly status: ServiceStatus;
  /** A word for programs: `malformed`, `no-such-job`. */
  readonly code: string;
  readonly advice: string | null;
  readonly exitCode: 1 | 2 | 3;

  constructor(status: ServiceStatus, code: string, message: string, options: ErrorOptions & { readonly advice?: string | null } = {}) {
    super(message, options);
    this.name = 'ServiceError';
    this.status = status;
    this.code = code;
    this.advice = options.advice ?? null;
    this.exitCode = status === 500 || status === 507 ? 1 : status === 503 ? 3 : 2;
  }
}

export interface ServiceDescription {
  /** Letters, digits, - and _. */
  readonly name: string;
  /** Semantic: 1.2.3. */
  readonly version: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The subject of an operation is group.operation. */
  readonly group: string;
  readonly operations: readonly string[];
}

/** The headers by which an answer says that it is an error. */
export const ERROR_HEADER = 'Nats-Service-Error';
export const ERROR_CODE_HEADER = 'Nats-Service-Error-Code';

interface About { readonly name: string; readonly id: string; readonly version: string; readonly metadata: Readonly<Record<string, string>> }

export interface Ping extends About { readonly type: 'io.nats.micro.v1.ping_response' }

interface Endpoint { readonly name: string; readonly subject: string; readonly queue_group: string }

export interface Info extends About {
  readonly type: 'io.nats.micro.v1.info_response';
  readonly description: string;
  readonly endpoints: readonly (Endpoint & { readonly metadata: Readonly<Record<string, string>> })[];
}

export interface EndpointStats extends Endpoint {
  readonly num_requests: number;
  readonly num_errors: number;
  readonly last_error: string;
  /** Nanoseconds, as the average. */
  readonly processing_time: number;
  readonly average_processing_time: number;
}

export interface Stats extends About {
  readonly type: 'io.nats.micro.v1.stats_response';
  readonly started: string;
  readonly endpoints: readonly EndpointStats[];
}

const JSON_WHITESPACE_ONLY = /^[\s]*$/;

/** A question as a value; nothing at all is a question without fields. Throws a ServiceError of 400. */
export function parseQuestion(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON_WHITESPACE_ONLY.test(text) ? {} : JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ServiceError(400, 'malformed', `the request is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause, advice: 'Send one JSON object, as UTF-8.' });
  }
}

/** What an error becomes in an answer. Only what was meant for the asker is said. */
export function errorAnswer(error: ServiceError): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ error: { code: error.code, message: shortened(error.message), advice: error.advice === null ? null : shortened(error.advice) } }));
}

/** The error that an answer with the error headers stands for. Never throws: whoever answers may be anybody. */
export function answeredError(status: string, description: string, body: Uint8Array): ServiceError {
  const known = ([400, 404, 409, 413, 500, 503, 507] as const).find((each) => String(each) === status) ?? 500;
  const said = bodyOf(body);
  const code = typeof said['code'] === 'string' && /^[a-z][a-z0-9-]{0,63}$/.test(said['code']) ? said['code'] : 'service-error';
  const message = typeof said['message'] === 'string' && said['message'] !== '' ? said['message'] : description;
  return new ServiceError(known, code, shortened(message), { advice: typeof said['advice'] === 'string' ? shortened(said['advice']) : null });
}

function bodyOf(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    const error: unknown = typeof value === 'object' && value !== null && 'error' in value ? value.error : null;
    return typeof error === 'object' && error !== null ? error as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

function shortened(text: string): string {
  return text.slice(0, SERVICE_LIMITS.errorCharactersMax);
}

/** Text for a header: one line of ASCII. */
export function headerText(text: string): string {
  return shortened(text).replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 256);
}
