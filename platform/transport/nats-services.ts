// Operations as a service of NATS' conventions, which `nats micro ls`, `info` and `stats` see: JSON in, JSON out, no frames of ours, so that
// any client can ask. Written here and not taken from @nats-io/services: what the registry has of it is a preview that brings a second, older
// client core, and it neither counts nor catches what an asynchronous handler does.
//
// S1. Every request that wants an answer in an inbox gets exactly one: what it asked for, or an error with the conventions' headers. Others are not done.
// S2. Nothing that arrives throws, and requests, answers and the number of them are bounded.
// S3. A service that was stopped takes no request, and answers those that it has taken.
import { headers, nuid, type Msg, type NatsConnection, type Subscription } from 'nats';
import type { Clock } from '../clock/clock.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import {
  ERROR_CODE_HEADER, ERROR_HEADER, errorAnswer, headerText, parseQuestion, ServiceError, SERVICE_LIMITS, type EndpointStats, type Info, type Ping, type ServiceDescription,
  type ServiceLimits, type Stats,
} from '../services/services.ts';

/** The conventions' default: of several services of one name, one gets each request. */
const QUEUE = 'q';
const NANOSECONDS_OF_MS = 1_000_000;
/** So long a server may take to hear of the end. */
const STOP_MS = 1_000;

export interface ServicesOptions extends ServiceDescription {
  readonly connection: NatsConnection;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Answers a question of unknown shape with what JSON can say. Refuses by throwing; what it throws is translated by `refusal`. */
  readonly handle: (operation: string, question: unknown) => Promise<unknown>;
  /** An error as the asker shall see it; null for one that was not meant for them, which is a 500 without its words. */
  readonly refusal: (error: unknown) => ServiceError | null;
  /** A bug in a handler, or a subject that this user may not subscribe. Must not throw. */
  readonly onError: (error: Error) => void;
  /** Answers go to subjects that begin like this and to no others: else whoever may ask us could have us speak elsewhere. `_INBOX.` unless told. */
  readonly answerPrefix?: string;
  readonly limits?: Partial<ServiceLimits>;
}

export interface Services {
  readonly id: string;
  stats(): Stats;
  /** Resolves when what it had taken is answered. */
  stop(): Promise<void>;
}

/** Resolves when the server knows its subscriptions. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const services = new NatsServices(options);
  await options.connection.flush();
  return services;
}

interface Tally { requests: number; errors: number; lastError: string; nanoseconds: number }

class NatsServices implements Services {
  readonly id = nuid.next();
  readonly #options: ServicesOptions;
  readonly #limits: ServiceLimits;
  readonly #started: string;
  readonly #subscriptions: Subscription[] = [];
  readonly #tallies = new Map<string, Tally>();
  readonly #busy = new Set<Promise<void>>();
  #isStopped = false;
  #stopping: Promise<void> | null = null;

  constructor(options: ServicesOptions) {
    this.#options = options;
    this.#limits = { ...SERVICE_LIMITS, ...options.limits };
    this.#started = new Date(options.clock.dateMs()).toISOString();
    for (const operation of options.operations) {
      this.#tallies.set(operation, { requests: 0, errors: 0, lastError: '', nanoseconds: 0 });
      this.#subscribe(`${options.group}.${operation}`, QUEUE, (message) => { this.#take(operation, message); });
    }
    this.#discover('PING', () => this.#ping());
    this.#discover('INFO', () => this.#info());
    this.#discover('STATS', () => this.stats());
  }

  stats(): Stats {
    const endpoints = [...this.#tallies].map(([operation, { requests, errors, lastError, nanoseconds }]): EndpointStats => ({
      ...this.#endpoint(operation), num_requests: requests, num_errors: errors, last_error: lastError, processing_time: Math.round(nanoseconds),
      average_processing_time: requests === 0 ? 0 : Math.round(nanoseconds / requests),
    }));
    return { type: 'io.nats.micro.v1.stats_response', ...this.#about(), started: this.#started, endpoints };
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** What the server had sent before it heard of the end is answered still: its askers would wait for nothing. Without a server nobody does. */
  async #stop(): Promise<void> {
    const { connection, clock } = this.#options;
    if (!connection.isClosed()) {
      await new Promise<void>((resolve) => {
        const timer = clock.after(STOP_MS, resolve);
        const end = (): void => { timer.stop(); resolve(); };
        Promise.all(this.#subscriptions.map((subscription) => subscription.drain())).then(end, end);
      });
    }
    this.#isStopped = true;
    await Promise.all([...this.#busy]);
  }

  #about(): Omit<Ping, 'type'> {
    const { name, version, metadata } = this.#options;
    return { name, id: this.id, version, metadata };
  }

  #ping(): Ping {
    return { type: 'io.nats.micro.v1.ping_response', ...this.#about() };
  }

  #info(): Info {
    const { description, operations, metadata } = this.#options;
    return { type: 'io.nats.micro.v1.info_response', ...this.#about(), description, endpoints: operations.map((operation) => ({ ...this.#endpoint(operation), metadata })) };
  }

  #endpoint(operation: string): Pick<EndpointStats, 'name' | 'subject' | 'queue_group'> {
    return { name: operation, subject: `${this.#options.group}.${operation}`, queue_group: QUEUE };
  }

  /** Answers to everybody, to this name, and to this very instance. */
  #discover(verb: string, about: () => unknown): void {
    const { name } = this.#options;
    for (const subject of [`$SRV.${verb}`, `$SRV.${verb}.${name}`, `$SRV.${verb}.${name}.${this.id}`]) {
      this.#subscribe(subject, null, (message) => { this.#respond(message, new TextEncoder().encode(JSON.stringify(about()))); });
    }
  }

  #subscribe(subject: string, queue: string | null, receive: (message: Msg) => void): void {
    const callback = (error: Error | null, message: Msg): void => {
      if (error !== null) this.#options.onError(error);
      else if (!this.#isStopped && this.#isAnswerable(message)) receive(message);
    };
    this.#subscriptions.push(this.#options.connection.subscribe(subject, queue === null ? { callback } : { callback, queue }));
  }

  /** What wants no answer, or wants it elsewhere, is not done either. */
  #isAnswerable(message: Msg): boolean {
    return message.reply?.startsWith(this.#options.answerPrefix ?? '_INBOX.') === true;
  }

  #take(operation: string, message: Msg): void {
    const done: Promise<void> = this.#answer(operation, message, this.#busy.size).finally(() => { this.#busy.delete(done); });
    this.#busy.add(done);
  }

  /** Never rejects. `ahead`: requests that are being answered. */
  async #answer(operation: string, message: Msg, ahead: number): Promise<void> {
    const { clock, telemetry } = this.#options;
    const startedMs = clock.nowMs();
    let outcome = 'answered';
    try {
      this.#respond(message, await this.#worked(operation, message.data, ahead));
    } catch (error) {
      const refused = this.#refusalOf(error);
      outcome = refused.status === 500 || refused.status === 507 ? 'failed' : 'refused';
      const tally = this.#tallies.get(operation)!;
      tally.errors += 1;
      tally.lastError = `${refused.status}:${headerText(refused.message)}`;
      this.#respondError(message, refused);
    }
    const tookMs = clock.nowMs() - startedMs;
    const tally = this.#tallies.get(operation)!;
    tally.requests += 1;
    tally.nanoseconds += tookMs * NANOSECONDS_OF_MS;
    telemetry.count('ebm_requests_total', 1, { operation, outcome });
    telemetry.observe('ebm_request_seconds', tookMs / 1000, { operation });
  }

  async #worked(operation: string, question: Uint8Array, ahead: number): Promise<Uint8Array> {
    const { requestBytesMax, requestsMax, headerBytesMax } = this.#limits;
    if (question.length > requestBytesMax) throw new ServiceError(413, 'too-large', `the request has ${question.length} bytes; at most ${requestBytesMax} are taken`);
    if (ahead >= requestsMax) throw new ServiceError(503, 'busy', `${requestsMax} requests are being answered already`, { advice: 'Ask again in a moment.' });
    const answer = new TextEncoder().encode(JSON.stringify(await this.#options.handle(operation, parseQuestion(question))));
    const bytesMax = (this.#options.connection.info?.max_payload ?? Infinity) - headerBytesMax;
    if (answer.length > bytesMax) {
      throw new ServiceError(413, 'answer-too-large', `the answer has ${answer.length} bytes, and this NATS server carries ${bytesMax}`, { advice: 'Ask for it in parts, with a smaller limit and after.' });
    }
    return answer;
  }

  #refusalOf(error: unknown): ServiceError {
    const refused = error instanceof ServiceError ? error : this.#options.refusal(error);
    if (refused !== null) return refused;
    this.#options.onError(error instanceof Error ? error : new Error(String(error)));
    return new ServiceError(500, 'internal-error', 'the service failed; its log says why', { cause: error });
  }

  #respondError(message: Msg, error: ServiceError): void {
    const said = headers();
    said.set(ERROR_HEADER, headerText(error.message));
    said.set(ERROR_CODE_HEADER, String(error.status));
    this.#respond(message, errorAnswer(error), said);
  }

  /** Where the answer goes is the asker's choice, and may be nonsense. */
  #respond(message: Msg, bytes: Uint8Array, said?: ReturnType<typeof headers>): void {
    try {
      message.respond(bytes, said === undefined ? {} : { headers: said });
    } catch (error) {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
