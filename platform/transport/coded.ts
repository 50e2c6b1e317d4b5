// A transport of messages over a transport of bytes: the codec is handed in. What cannot be read is reported and dropped, as if it had
// been lost on the way; in an answer it is a TransportError.
import { TransportError, type Transport } from './transport.ts';

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
}

export function codedTransport<Message>(bytes: Transport<Uint8Array>, { codec, messageBytesMax, onRejected }: CodedOptions<Message>): Transport<Message> {
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
    close: () => bytes.close(),
  };
}
