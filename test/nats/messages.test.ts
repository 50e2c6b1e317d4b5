// Messages of every size over a real server: what fits a frame, what does not, their order, and the limits of what is kept.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HEADER_BYTES } from '../../platform/transport/framing.ts';
import { TransportError } from '../../platform/transport/transport.ts';
import { pattern, peer, PLENTY_MS } from '../support/nats-fixture.ts';
import { startNatsServer, type NatsServer } from '../support/nats-server.ts';

const FRAME_BYTES = 65_536;
const ONE_FRAME = FRAME_BYTES - HEADER_BYTES;
const LARGE = 20 * 1_048_576;
const asked = { deadlineMs: PLENTY_MS };

let server: NatsServer;
before(async () => { server = await startNatsServer(`max_payload: ${FRAME_BYTES}`); });
after(() => server.close());

for (const length of [0, 1, ONE_FRAME - 1, ONE_FRAME, ONE_FRAME + 1, 2 * ONE_FRAME, 3 * ONE_FRAME + 1, LARGE]) {
  test(`a message of ${length} bytes arrives as it was, published, asked and answered, over frames of ${FRAME_BYTES}`, async (context) => {
    const one = await peer(context, { url: server.url });
    const two = await peer(context, { url: server.url });
    assert.equal(one.transport.serverMaxPayloadBytes, FRAME_BYTES);
    const heard = await two.hear('sizes.heard');
    two.transport.serve('sizes.asked', (payload) => payload.slice().reverse());
    await two.transport.flush(asked);
    const sent = pattern(length);
    one.transport.publish('sizes.heard', sent);
    assert.deepEqual(await heard.next(), sent);
    assert.deepEqual(await one.transport.request('sizes.asked', sent, asked), sent.slice().reverse());
    assert.deepEqual(Object.values(two.transport.counters.refused).filter((count) => count > 0), []);
  });
}

test('what follows a large message waits for it, and every subscriber gets all of it in order', async (context) => {
  const one = await peer(context, { url: server.url });
  const two = await peer(context, { url: server.url });
  const three = await peer(context, { url: server.url });
  const ears = [await two.hear('order'), await two.hear('order'), await three.hear('order')];
  const lengths = [1, 5 * ONE_FRAME, 2, 3, 40 * ONE_FRAME, 0, 4, 2 * ONE_FRAME, 5];
  for (const length of lengths) one.transport.publish('order', new Uint8Array(length));
  for (const ear of ears) {
    for (const length of lengths) assert.equal((await ear.next()).length, length);
  }
});

test('many large requests at once are all answered, though few are fetched at a time', async (context) => {
  const limits = { pullsMax: 2, reassemblyBytesMax: 12 * ONE_FRAME };
  const one = await peer(context, { url: server.url, limits });
  const two = await peer(context, { url: server.url, limits });
  two.transport.serve('many', (payload) => payload);
  await two.transport.flush(asked);
  const sent = Array.from({ length: 24 }, (_, i) => pattern(5 * ONE_FRAME + i, i));
  const answers = await Promise.all(sent.map((payload) => one.transport.request('many', payload, asked)));
  assert.deepEqual(answers, sent);
});

const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'none', (error: unknown) => error instanceof TransportError ? error.code : String(error));

test('a message beyond the limit is refused where it is sent: published, asked or answered', async (context) => {
  const { transport } = await peer(context, { url: server.url, limits: { messageBytesMax: 1_000 } });
  transport.serve('too-large', (payload) => new Uint8Array(payload.length + 1));
  assert.throws(() => { transport.publish('too-large', new Uint8Array(1_001)); }, { code: 'too-large' });
  assert.equal(await codeOf(transport.request('too-large', new Uint8Array(1_001), asked)), 'too-large');
  assert.equal(await codeOf(transport.request('too-large', new Uint8Array(1_000), asked)), 'too-large');
  assert.equal((await transport.request('too-large', new Uint8Array(999), asked)).length, 1_000);
});

test('a message beyond the limit of its receiver is refused there, and the next one arrives', async (context) => {
  const one = await peer(context, { url: server.url });
  const two = await peer(context, { url: server.url, limits: { messageBytesMax: 3 * ONE_FRAME } });
  const heard = await two.hear('receiver');
  two.transport.serve('receiver.asked', (payload) => payload);
  await two.transport.flush(asked);
  one.transport.publish('receiver', new Uint8Array(3 * ONE_FRAME + 1));
  one.transport.publish('receiver', new Uint8Array(3 * ONE_FRAME));
  assert.equal((await two.refusals.next()).reason, 'too-large');
  assert.equal((await heard.next()).length, 3 * ONE_FRAME);
  assert.equal(await codeOf(one.transport.request('receiver.asked', new Uint8Array(3 * ONE_FRAME + 1), asked)), 'too-large');
});

test('requests for which the outbox has no room are refused; answered ones leave it', async (context) => {
  const { transport } = await peer(context, { url: server.url, limits: { outboxBytesMax: 5 * ONE_FRAME } });
  transport.serve('room', () => new Uint8Array(1));
  const both = [transport.request('room', new Uint8Array(3 * ONE_FRAME), asked), transport.request('room', new Uint8Array(3 * ONE_FRAME), asked)];
  assert.deepEqual(await Promise.all(both.map(codeOf)), ['none', 'too-large']);
  assert.equal(await codeOf(transport.request('room', new Uint8Array(5 * ONE_FRAME), asked)), 'none');
});

test('a published message that gave way to a newer one is refused as gone, and the newer one arrives', async (context) => {
  const one = await peer(context, { url: server.url, limits: { publishedBytesMax: 3 * ONE_FRAME } });
  const two = await peer(context, { url: server.url });
  const heard = await two.hear('newest');
  one.transport.publish('newest', pattern(2 * ONE_FRAME, 1));
  one.transport.publish('newest', pattern(9 * ONE_FRAME, 2));
  assert.equal((await two.refusals.next()).reason, 'gone');
  assert.deepEqual(await heard.next(), pattern(9 * ONE_FRAME, 2));
});

test('a handler that throws is reported, and the connection lives on', async (context) => {
  const one = await peer(context, { url: server.url });
  const heard = await one.hear('throwing');
  one.transport.subscribe('throwing', () => { throw new Error('a handler must not'); });
  one.transport.publish('throwing', Uint8Array.of(1));
  one.transport.publish('throwing', Uint8Array.of(2));
  assert.deepEqual([...await heard.next(), ...await heard.next()], [1, 2]);
  assert.match((await one.refusals.next()).detail, /a handler must not/);
  assert.equal(one.transport.counters.refused['handler-threw'], 2);
});

test('a failing server says why, within bounds', async (context) => {
  const { transport } = await peer(context, { url: server.url });
  transport.serve('failing', () => { throw new Error(`because ${'x'.repeat(100_000)}`); });
  await assert.rejects(transport.request('failing', new Uint8Array(0), asked), (error: unknown) =>
    error instanceof TransportError && error.code === 'handler-failed' && error.message.includes('because xxx') && error.message.length < 2_000);
});

test('a subject is literal words: anything else is a mistake of the caller', async (context) => {
  const { transport } = await peer(context, { url: server.url });
  for (const subject of ['', 'a b', 'a.', '.a', 'a..b', 'a.*', '>', 'a\r\nPUB b 0\r\n\r\n']) {
    assert.throws(() => { transport.publish(subject, new Uint8Array(0)); }, RangeError);
    assert.throws(() => transport.subscribe(subject, () => undefined), RangeError);
    assert.throws(() => transport.serve(subject, (payload) => payload), RangeError);
    await assert.rejects(transport.request(subject, new Uint8Array(0), asked), RangeError);
  }
});
