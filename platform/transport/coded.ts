// A transport of messages over a transport of bytes: the codec is handed in. What cannot be read is reported and dropped, as if it had
// been lost on the way; in an answer it is a TransportError.
import { TransportError, type CodingTotals, type Transport } from './transport.ts';

export type Read<Message> = { readonly kind: 'message'; readonly message: Message } | { readonly kind: 'rejected'; readonly code: string; readonly reason: string };

export interface Codec<Message> {
  encode(message: Message): Uint8Array;
  /** Never throws. */
  decode(bytes: Uint8Array): Read<Message>;
}

export interface CodedOptions<Message> {
  readonly codec: Codec<Message>;
  readonly messageBytesMax: number;
  /** Told of every message that could not be read, with its subject. */
  readonly onRejected: (subject: string, code: string, reason: string) => void;
  /** For measuring what the codec costs; absent: it is not measured. */
  readonly nowMs?: () => number;
}

function metered<Message>(codec: Codec<Message>, totals: CodingTotals, nowMs: () => number): Codec<Message> {
  return {
    encode(message) {
      const startMs = nowMs();
      const bytes = codec.encode(message);
      totals.encodeMs += nowMs() - startMs;
      totals.encodedBytes += bytes.length;
      totals.encodedMessages += 1;
      return bytes;
    },
    decode(bytes) {
      const startMs = nowMs();
      const read = codec.decode(bytes);
      totals.decodeMs += nowMs() - startMs;
      totals.decodedBytes += bytes.length;
      totals.decodedMessages += 1;
      return read;
    },
  };
}

export function codedTransport<Message>(bytes: Transport<Uint8Array>, { codec: given, messageBytesMax, onRejected, nowMs }: CodedOptions<Message>): Transport<Message> {
  const coding: CodingTotals = { encodeMs: 0, decodeMs: 0, encodedBytes: 0, decodedBytes: 0, encodedMessages: 0, decodedMessages: 0 };
  const codec = nowMs === undefined ? given : metered(given, coding, nowMs);
  const encoded = (message: Message): Uint8Array => {
    const result = codec.encode(message);
    if (result.length > messageBytesMax) throw new TransportError('too-large', `a message of ${result.length} bytes is larger than ${messageBytesMax}`);
    return result;
  };
  const read = (subject: string, payload: Uint8Array): Message => {
    const result = codec.decode(payload);
    if (result.kind === 'message') return result.message;
    onRejected(subject, result.code, result.reason);
    throw new TransportError('malformed', `a message on ${subject} could not be read: ${result.reason}`);
  };
  return {
    request: async (subject, message, options) => read(subject, await bytes.request(subject, encoded(message), options)),
    serve: (subject, handler) => bytes.serve(subject, async (payload) => encoded(await handler(read(subject, payload)))),
    publish: (subject, message) => { bytes.publish(subject, encoded(message)); },
    subscribe: (subject, handler) => bytes.subscribe(subject, (payload) => {
      const result = codec.decode(payload);
      if (result.kind === 'message') handler(result.message);
      else onRejected(subject, result.code, result.reason);
    }),
    ...(nowMs === undefined ? {} : { coding }),
    close: () => bytes.close(),
  };
}
