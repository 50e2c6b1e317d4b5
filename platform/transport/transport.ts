// Port of the transport: request, serve, publish, subscribe. A transport knows subjects and payloads, not meaning.
// Delivery is at most once in general (an adapter may be better); whoever needs an answer asks again. Handlers never run inside the call
// that sent to them.

export type TransportErrorCode = 'deadline' | 'no-responder' | 'forbidden' | 'closed' | 'malformed' | 'too-large' | 'handler-failed';

export class TransportError extends Error {
  readonly code: TransportErrorCode;
  constructor(code: TransportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
    this.code = code;
  }
}

/** What a codec on top of a transport of bytes has done since it was opened. */
export interface CodingTotals {
  encodeMs: number;
  decodeMs: number;
  encodedBytes: number;
  decodedBytes: number;
  encodedMessages: number;
  decodedMessages: number;
}

export interface Subscription { close(): void }

/** `Payload`: bytes on a wire, or messages passed by reference inside a process. */
export interface Transport<Payload> {
  /** Asks and waits for the answer. Rejects with a TransportError: `deadline`, `no-responder`, `closed`, `handler-failed`, ... */
  request(subject: string, payload: Payload, options: { readonly deadlineMs: number }): Promise<Payload>;
  /** Answers requests; one server a subject. */
  serve(subject: string, handler: (payload: Payload) => Payload | Promise<Payload>): Subscription;
  /** Sends to whoever listens; nobody listening is no error. Payloads between one sender and one subscriber keep their order unless the adapter says otherwise. */
  publish(subject: string, payload: Payload): void;
  /** A handler must not throw. */
  subscribe(subject: string, handler: (payload: Payload) => void): Subscription;
  /** What its codec has done, if it has one that measures itself. */
  readonly coding?: Readonly<CodingTotals>;
  /** Ends every subscription; pending requests reject with `closed`. Idempotent. */
  close(): Promise<void>;
}
