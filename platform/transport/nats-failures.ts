// How requests over NATS fail: the port's errors for what the wire says, and the content of the frame by which a server says that it failed.
import { Buffer } from 'node:buffer';
import { TransportError } from './transport.ts';
import type { Asked } from './wire.ts';

/** What a server may answer instead of an answer; the first byte of a failure's content is the place in this list, the rest is text. */
const FAILURES = ['handler-failed', 'malformed', 'too-large'] as const;
const TEXT_CHARACTERS_MAX = 1_024;

export function failureContent(code: typeof FAILURES[number], text: string): Uint8Array {
  const content = Buffer.from(` ${text.slice(0, TEXT_CHARACTERS_MAX)}`);
  content[0] = FAILURES.indexOf(code);
  return content;
}

export function failure(subject: string, content: Uint8Array): TransportError {
  const code = FAILURES[content[0] ?? 0] ?? 'handler-failed';
  const text = Buffer.from(content.subarray(1)).toString().slice(0, TEXT_CHARACTERS_MAX);
  return new TransportError(code, `the server of ${subject} failed: ${text}`);
}

export function unanswered(subject: string, asked: Exclude<Asked, { readonly kind: 'answer' }>): TransportError {
  switch (asked.kind) {
    case 'nobody': return new TransportError('no-responder', `nobody serves ${subject}`, { cause: asked.cause });
    case 'forbidden': return new TransportError('forbidden', asked.error.message, { cause: asked.error });
    case 'timeout': return late(subject);
    case 'lost': return new TransportError('deadline', `the connection was lost before ${subject} answered`);
    case 'closed': return closed(subject);
  }
}

export function late(subject: string): TransportError {
  return new TransportError('deadline', `no answer from ${subject} in time`);
}

export function closed(subject: string): TransportError {
  return new TransportError('closed', `the transport is closed (${subject})`);
}

export function tooLarge(subject: string, payload: Uint8Array): TransportError {
  return new TransportError('too-large', `a message of ${payload.length} bytes to ${subject} is larger than permitted, or there is no room to keep it until it has been fetched`);
}

/** A wrong subject is a mistake of the caller, not of the network. */
export function checkSubject(subject: string): void {
  if (!/^[^\s.*>]+(\.[^\s.*>]+)*$/.test(subject)) throw new RangeError(`${JSON.stringify(subject)} is no subject: words without blanks, * or >, with dots between`);
}
