// The life of a connection over a real server: first contact, loss, return, refusal, end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nkeys } from 'nats';
import { realClock } from '../../platform/clock/real.ts';
import { connectNats } from '../../platform/transport/nats.ts';
import type { NatsStatus } from '../../platform/transport/wire.ts';
import { pattern, peer, PLENTY_MS, type Arrived } from '../support/nats-fixture.ts';
import { startNatsServer } from '../support/nats-server.ts';

const asked = { deadlineMs: PLENTY_MS };
const soon = { reconnectWaitMs: 20, reconnectJitterMs: 10 };

async function until(statuses: Arrived<NatsStatus>, kind: NatsStatus['kind']): Promise<NatsStatus> {
  for (;;) {
    const status = await statuses.next();
    if (status.kind === kind) return status;
  }
}

test('a restarted server: subscriptions and services live on, publishing never throws, a request in between is answered later', async (context) => {
  const server = await startNatsServer();
  context.after(() => server.close());
  const one = await peer(context, { url: server.url, limits: soon });
  const two = await peer(context, { url: server.url, limits: soon });
  const heard = await two.hear('heard');
  two.transport.serve('asked', (payload) => payload);
  await until(one.statuses, 'connected');
  await until(two.statuses, 'connected');
  await server.stop('SIGKILL');
  await Promise.all([until(one.statuses, 'disconnected'), until(two.statuses, 'disconnected')]);
  assert.equal(one.transport.isConnected, false);
  one.transport.publish('heard', Uint8Array.of(1));
  one.transport.publish('heard', new Uint8Array(3_000_000));
  assert.equal(one.transport.counters.publishesDropped, 2);
  await server.restart();
  // Whose connection is back first is chance: a request can wait for its own, but not for the other's.
  await until(two.statuses, 'connected');
  await two.transport.flush(asked);
  const large = pattern(3_000_000);
  assert.deepEqual(await one.transport.request('asked', large, asked), large);
  one.transport.publish('heard', Uint8Array.of(2));
  assert.deepEqual(await heard.next(), Uint8Array.of(2));
});

test('a request whose answer was under way when the connection went rejects then, not when its time is up', async (context) => {
  const server = await startNatsServer();
  context.after(() => server.close());
  const { transport, statuses } = await peer(context, { url: server.url, limits: soon });
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => { arrive = resolve; });
  transport.serve('silent', () => { arrive(); return new Promise<Uint8Array>(() => undefined); });
  const lost = assert.rejects(transport.request('silent', new Uint8Array(1), { deadlineMs: 3_600_000 }), { code: 'deadline', message: /connection was lost/ });
  await arrived;
  await server.stop();
  await lost;
  await until(statuses, 'reconnecting');
});

test('without a connection a request waits no longer than its deadline, and closing ends it', async (context) => {
  const server = await startNatsServer();
  context.after(() => server.close());
  const { transport, statuses } = await peer(context, { url: server.url, limits: soon });
  await server.stop();
  await until(statuses, 'disconnected');
  await assert.rejects(transport.request('nobody', new Uint8Array(1), { deadlineMs: 20 }), { code: 'deadline' });
  await assert.rejects(transport.flush({ deadlineMs: 20 }), { code: 'deadline' });
  const pending = assert.rejects(transport.request('nobody', new Uint8Array(1), asked), { code: 'closed' });
  await Promise.all([transport.close(), transport.close()]);
  await pending;
  assert.deepEqual(await until(statuses, 'closed'), { kind: 'closed', error: null });
  await assert.rejects(transport.flush(asked), { code: 'closed' });
});

test('closing ends what is being fetched', async (context) => {
  const server = await startNatsServer();
  context.after(() => server.close());
  const one = await peer(context, { url: server.url });
  const two = await peer(context, { url: server.url });
  two.transport.serve('large', () => new Uint8Array(50_000_000));
  await two.transport.flush(asked);
  const pending = assert.rejects(one.transport.request('large', new Uint8Array(5_000_000), asked), { code: 'closed' });
  await one.transport.close();
  await pending;
});

test('where there is no server, and where we are not let in, connecting says so', async (context) => {
  const server = await startNatsServer('authorization: { user: ann, password: secret }');
  context.after(() => server.close());
  const connecting = (url: string, password: string) => connectNats({ url, name: 'test', clock: realClock(), user: 'ann', password });
  await assert.rejects(connecting(server.url, 'wrong'), { name: 'NatsConnectError', code: 'not-authorized' });
  const { transport } = await peer(context, { url: server.url, user: 'ann', password: 'secret' });
  await transport.flush(asked);
  await server.stop();
  await assert.rejects(connecting(server.url.replace('//', '//ann:secret@'), 'secret'), (error: Error & { readonly code?: string }) =>
    error.code === 'unreachable' && !error.message.includes('secret'));
});

test('with the least privilege: an nkey, an inbox of its own, and what is not permitted is said in words', async (context) => {
  const user = nkeys.createUser();
  const nkeySeed = new TextDecoder().decode(user.getSeed());
  const server = await startNatsServer(`authorization: { users: [ { nkey: ${user.getPublicKey()}, permissions: {
    publish: { allow: ["asked", "ebm.pull.*", "mine.>"] }, subscribe: { allow: ["asked", "ebm.pull.*", "mine.>"] } } } ] }`);
  context.after(() => server.close());
  const { transport, statuses } = await peer(context, { url: server.url, nkeySeed, inboxPrefix: 'mine' });
  transport.serve('asked', (payload) => payload);
  const large = pattern(3_000_000);
  assert.deepEqual(await transport.request('asked', large, asked), large);
  await assert.rejects(transport.request('forbidden', new Uint8Array(1), asked), { code: 'forbidden', message: new RegExp(`^user ${user.getPublicKey()} may not publish on forbidden:`) });
  transport.subscribe('forbidden', () => undefined);
  for (const what of ['publish on', 'subscribe to']) {
    const status = await until(statuses, 'error');
    assert.ok(status.kind === 'error' && status.error.message.startsWith(`user ${user.getPublicKey()} may not ${what} forbidden:`));
  }
});
