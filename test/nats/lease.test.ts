// What is special to the lease in NATS KV, on a real nats-server: a holder that dies, answers and buckets that are lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from 'nats';
import { realClock } from '../../platform/clock/real.ts';
import { takeAndKeep, waitForLease } from '../../platform/lease/keeping.ts';
import { natsLease } from '../../platform/lease/nats.ts';
import { cuttingProxy } from '../support/cutting-proxy.ts';
import { startNatsServer } from '../support/nats-server.ts';
import { JETSTREAM, jetStreamServer } from '../support/nats-store.ts';

const { server, connection, bucket } = jetStreamServer();
const clock = realClock();
const LONG_MS = 600_000;

test('a standby gets the lease of a holder whose connection is gone, without asking it', async () => {
  const own = bucket();
  const dying = await connect({ servers: server().url });
  const first = await takeAndKeep(natsLease({ connection: dying, clock, bucket: own, name: 'first', ttlMs: 400 }), clock);
  assert.equal(first.kind, 'kept');
  const seen: string[] = [];
  const standby = waitForLease(natsLease({ connection: connection(), clock, bucket: own, name: 'second', ttlMs: 400 }), clock, { pollMs: 20, signal: new AbortController().signal, onWaiting: (why) => seen.push(why.name) });
  await dying.close();
  const second = await standby;
  assert.ok(second !== null && second.isHeld());
  assert.equal(await first.kept.lost, null);
  assert.ok(!first.kept.isHeld());
  assert.ok(seen.includes('first'));
  await second.giveUp();
});

test('a take and a renewal whose answers are lost are still the holder\'s', async (context) => {
  const own = bucket();
  const proxy = await cuttingProxy(server().port);
  context.after(() => proxy.close());
  const cut = await connect({ port: proxy.port, reconnectTimeWait: 10, reconnectJitter: 5, maxReconnectAttempts: -1 });
  context.after(() => cut.close());
  const holder = natsLease({ connection: cut, clock, bucket: own, name: 'holder', ttlMs: LONG_MS, timeoutMs: 300 });
  const other = natsLease({ connection: connection(), clock, bucket: own, name: 'other', ttlMs: LONG_MS });
  const lostTake = proxy.loseAnswerTo(`PUB $KV.${own}.leader `);
  await assert.rejects(Promise.all([holder.take(), lostTake]), { name: 'StorageError', code: 'unreachable' });
  assert.equal((await other.take()).kind, 'held');
  assert.equal((await holder.take()).kind, 'taken');
  const lostRenewal = proxy.loseAnswerTo(`PUB $KV.${own}.leader `);
  await assert.rejects(Promise.all([holder.renew(), lostRenewal]), { code: 'unreachable' });
  assert.equal((await holder.renew()).kind, 'renewed');
  assert.equal((await other.take()).kind, 'held');
});

test('a bucket that is lost is made anew: whoever takes first has it, and the former holder is told', async () => {
  const own = bucket();
  const [former, next] = ['former', 'next'].map((name) => natsLease({ connection: connection(), clock, bucket: own, name, ttlMs: LONG_MS, timeoutMs: 500 })) as [ReturnType<typeof natsLease>, ReturnType<typeof natsLease>];
  assert.equal((await former.take()).kind, 'taken');
  await (await jetstreamManager(connection())).streams.delete(`KV_${own}`);
  assert.equal((await next.take()).kind, 'taken');
  const renewal = await former.renew();
  assert.equal(renewal.kind, 'lost');
  assert.equal(renewal.by?.name, 'next');
});

test('the lease is there again after a restart of the server, and a server without JetStream is told', async (context) => {
  const own = await startNatsServer(JETSTREAM);
  context.after(() => own.close());
  const client = await connect({ port: own.port, reconnectTimeWait: 10, reconnectJitter: 5, maxReconnectAttempts: -1 });
  context.after(() => client.close());
  const holder = natsLease({ connection: client, clock, name: 'holder', ttlMs: LONG_MS });
  await holder.take();
  const reconnected = (async () => { for await (const { type } of client.status()) if (type === 'reconnect') return; })();
  await own.restart();
  await reconnected;
  assert.equal((await holder.renew()).kind, 'renewed');

  const without = await startNatsServer();
  context.after(() => without.close());
  const plain = await connect({ port: without.port });
  context.after(() => plain.close());
  await assert.rejects(natsLease({ connection: plain, clock, name: 'x' }).take(), { code: 'unreachable', message: /runs with JetStream/ });
});
