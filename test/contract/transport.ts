// The contract of the transport: what every adapter does, whatever it carries. An adapter's test opens it with a way of making payloads
// and a way of letting time pass.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { TransportError, type Transport } from '../../platform/transport/transport.ts';

/** A deadline that is not meant to be reached, on a busy machine's real clock neither. */
const PLENTY_MS = 10_000;

export interface TransportUnderTest<Payload> {
  readonly transport: Transport<Payload>;
  /** A payload that says the number, and the number that a payload says. */
  readonly payload: (number: number) => Payload;
  readonly number: (payload: Payload) => number;
  /** Lets deliveries, and on a virtual clock timers up to so many milliseconds from now, have their turn. */
  readonly pass: (byMs: number) => Promise<void>;
}

export function transportContract<Payload>(name: string, open: () => TransportUnderTest<Payload> | Promise<TransportUnderTest<Payload>>): void {
  // A real connection would keep the process alive after its test.
  const opened = async (context: TestContext): Promise<TransportUnderTest<Payload>> => {
    const under = await open();
    context.after(() => under.transport.close());
    return under;
  };
  const later = <T>(promise: Promise<T>): Promise<T | TransportError> => promise.catch((error: unknown) => {
    assert.ok(error instanceof TransportError);
    return error;
  });
  const fails = async (promise: Promise<unknown>, code: string): Promise<void> => {
    const error = await later(promise);
    assert.ok(error instanceof TransportError, 'the request must fail');
    assert.equal(error.code, code);
  };

  test(`${name}: what is published reaches every subscriber, in order, and never inside the call`, async (context) => {
    const { transport, payload, number, pass } = await opened(context);
    const seen: string[] = [];
    transport.subscribe('a', (message) => { seen.push(`one ${number(message)}`); });
    transport.subscribe('a', (message) => { seen.push(`two ${number(message)}`); });
    transport.subscribe('b', () => { seen.push('wrong subject'); });
    transport.publish('a', payload(1));
    transport.publish('a', payload(2));
    assert.equal(seen.length, 0);
    await pass(10);
    assert.deepEqual(seen.filter((line) => line.startsWith('one')), ['one 1', 'one 2']);
    assert.deepEqual(seen.filter((line) => line.startsWith('two')), ['two 1', 'two 2']);
    assert.equal(seen.length, 4);
  });

  test(`${name}: publishing to nobody is no error, and a closed subscription hears nothing`, async (context) => {
    const { transport, payload, pass } = await opened(context);
    let heard = 0;
    transport.publish('nobody', payload(1));
    const subscription = transport.subscribe('a', () => { heard += 1; });
    transport.publish('a', payload(1));
    await pass(10);
    transport.publish('a', payload(2));
    subscription.close();
    await pass(10);
    assert.equal(heard, 1);
  });

  test(`${name}: a request is answered by the server of its subject, at once or later`, async (context) => {
    const { transport, payload, number, pass } = await opened(context);
    transport.serve('now', (message) => payload(number(message) + 1));
    transport.serve('later', async (message) => {
      await Promise.resolve();
      return payload(number(message) + 2);
    });
    const answers = Promise.all([transport.request('now', payload(1), { deadlineMs: PLENTY_MS }), transport.request('later', payload(1), { deadlineMs: PLENTY_MS })]);
    await pass(20);
    assert.deepEqual((await answers).map(number), [2, 3]);
  });

  test(`${name}: a request that nobody serves, whose server fails, or that waits too long, rejects with its code`, async (context) => {
    const { transport, payload, pass } = await opened(context);
    transport.serve('failing', () => { throw new Error('no'); });
    transport.serve('silent', () => new Promise<Payload>(() => undefined));
    const outcomes = Promise.all([
      fails(transport.request('nobody', payload(1), { deadlineMs: PLENTY_MS }), 'no-responder'),
      fails(transport.request('failing', payload(1), { deadlineMs: PLENTY_MS }), 'handler-failed'),
      fails(transport.request('silent', payload(1), { deadlineMs: 20 }), 'deadline'),
      fails(transport.request('silent', payload(1), { deadlineMs: 40 }), 'deadline'),
    ]);
    await pass(60);
    await outcomes;
  });

  test(`${name}: a subject has one server at a time`, async (context) => {
    const { transport, payload } = await opened(context);
    const served = transport.serve('a', () => payload(1));
    assert.throws(() => transport.serve('a', () => payload(2)), /served already/);
    served.close();
    transport.serve('a', () => payload(3));
  });

  test(`${name}: closing ends everything, twice over`, async (context) => {
    const { transport, payload, pass } = await opened(context);
    let heard = 0;
    transport.subscribe('a', () => { heard += 1; });
    transport.serve('silent', () => new Promise<Payload>(() => undefined));
    const pending = fails(transport.request('silent', payload(1), { deadlineMs: PLENTY_MS }), 'closed');
    await pass(5);
    await transport.close();
    await transport.close();
    await pending;
    transport.publish('a', payload(1));
    await pass(10);
    assert.equal(heard, 0);
    await fails(transport.request('silent', payload(1), { deadlineMs: 10 }), 'closed');
    assert.throws(() => transport.subscribe('a', () => undefined), TransportError);
    assert.throws(() => transport.serve('b', () => payload(1)), TransportError);
  });
}
