// What is special to the store on NATS, on a real nats-server: answers that are lost, a server that restarts, damage, garbage, and
// servers that do not keep what a store must keep.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from 'nats';
import { realClock } from '../../platform/clock/real.ts';
import type { NatsStoreLimits } from '../../platform/store/nats-limits.ts';
import { OBJECT_FORMAT_VERSION, Subjects } from '../../platform/store/nats-object.ts';
import { openNatsStore, type NatsStore } from '../../platform/store/nats.ts';
import { cuttingProxy } from '../support/cutting-proxy.ts';
import { pattern } from '../support/nats-fixture.ts';
import { startNatsServer } from '../support/nats-server.ts';
import { JETSTREAM, jetStreamServer } from '../support/nats-store.ts';

const { server, connection, bucket } = jetStreamServer();
const SMALL: Partial<NatsStoreLimits> = { messageBytesMax: 16_384 };
const LARGE = pattern(100_000);

interface Opened { readonly store: NatsStore; readonly jsm: JetStreamManager; readonly stream: string; readonly subjects: Subjects; readonly again: (limits?: Partial<NatsStoreLimits>) => Promise<NatsStore> }

async function opened(limits = SMALL): Promise<Opened> {
  const name = bucket();
  const again = (changed = limits): Promise<NatsStore> => openNatsStore({ connection: connection(), clock: realClock(), bucket: name, limits: changed });
  return { store: await again(), jsm: await jetstreamManager(connection()), stream: `EBM_STORE_${name}`, subjects: new Subjects(name), again };
}

const chunksIn = async ({ jsm, stream, subjects }: Opened): Promise<readonly string[]> => Object.keys((await jsm.streams.info(stream, { subjects_filter: subjects.everyChunk })).state.subjects ?? {});

async function connected(context: TestContext, port: number): Promise<NatsConnection> {
  const made = await connect({ port, reconnectTimeWait: 10, reconnectJitter: 5, maxReconnectAttempts: -1 });
  context.after(() => made.close());
  return made;
}

for (const [what, bytes] of [['in one message', pattern(100)], ['in chunks', LARGE]] as const) {
  test(`N2: a write ${what} whose answer is lost is known as created by whoever created it, and as taken by others`, async (context) => {
    const name = bucket();
    const proxy = await cuttingProxy(server().port);
    context.after(() => proxy.close());
    const limits = { ...SMALL, attemptTimeoutMs: 300, retryDelayMs: 10 };
    const store = await openNatsStore({ connection: await connected(context, proxy.port), clock: realClock(), bucket: name, limits });
    const lost = proxy.loseAnswerTo(`PUB ebm.store.${name}.o.epochs.1 `);
    const putting = store.putIfAbsent('epochs/1', bytes);
    await lost;
    assert.deepEqual(await putting, { kind: 'created' });
    assert.deepEqual(await store.putIfAbsent('epochs/1', bytes), { kind: 'exists' });
    assert.ok(Buffer.from(bytes).equals(await store.get('epochs/1') ?? new Uint8Array(0)));
  });
}

test('N2: a chunk whose answer is lost is written once', async (context) => {
  const name = bucket();
  const proxy = await cuttingProxy(server().port);
  context.after(() => proxy.close());
  const store = await openNatsStore({ connection: await connected(context, proxy.port), clock: realClock(), bucket: name, limits: { ...SMALL, attemptTimeoutMs: 300, retryDelayMs: 10 } });
  const lost = proxy.loseAnswerTo(`PUB ebm.store.${name}.c.3.`);
  const putting = store.putIfAbsent('large', LARGE);
  await lost;
  assert.deepEqual(await putting, { kind: 'created' });
  assert.ok(Buffer.from(LARGE).equals(await store.get('large') ?? new Uint8Array(0)));
});

test('operations wait while the server is away, and what was there before is there after', async (context) => {
  const own = await startNatsServer(JETSTREAM);
  context.after(() => own.close());
  const store = await openNatsStore({ connection: await connected(context, own.port), clock: realClock(), limits: { ...SMALL, attemptTimeoutMs: 300, retryDelayMs: 10 } });
  await store.putIfAbsent('before', LARGE);
  await own.stop('SIGKILL');
  const waiting = [store.putIfAbsent('after', LARGE), store.list(''), store.get('before')] as const;
  await own.restart();
  assert.deepEqual(await waiting[0], { kind: 'created' });
  await waiting[1];
  assert.ok(Buffer.from(LARGE).equals(await waiting[2] ?? new Uint8Array(0)));
  assert.deepEqual(await store.list(''), ['after', 'before']);
});

test('a server that stays away is told as unreachable, and so is a connection that was closed', async (context) => {
  const own = await startNatsServer(JETSTREAM);
  context.after(() => own.close());
  const client = await connected(context, own.port);
  const store = await openNatsStore({ connection: client, clock: realClock(), limits: { attemptTimeoutMs: 50, retryDelayMs: 5, patienceMs: 200 } });
  await own.stop();
  await assert.rejects(store.get('key'), { name: 'StorageError', code: 'unreachable' });
  await client.close();
  await assert.rejects(store.putIfAbsent('key', pattern(1)), { name: 'StorageError', code: 'unreachable', message: /closed/ });
});

test('N1: chunks without a head are no object; N5: they are removed when they are old, and those of objects never', async () => {
  const at = await opened();
  await at.store.putIfAbsent('kept/large', LARGE);
  const kept = await chunksIn(at);
  for (const number of [0, 1]) await at.jsm.jetstream().publish(at.subjects.chunk('never/finished', 'ab'.repeat(8), number), pattern(10));
  await at.jsm.jetstream().publish(at.subjects.chunk('kept/large', 'cd'.repeat(8), 0), pattern(10));
  assert.deepEqual(await at.store.list(''), ['kept/large']);
  assert.equal(await at.store.get('never/finished'), null);
  assert.equal(await (await at.again()).collectGarbage(), 0);
  assert.equal((await chunksIn(at)).length, kept.length + 3);
  await at.again({ ...SMALL, garbageAgeMs: -1 });
  assert.deepEqual([...await chunksIn(at)].sort(), [...kept].sort());
  assert.ok(Buffer.from(LARGE).equals(await at.store.get('kept/large') ?? new Uint8Array(0)));
});

test('N3: what is removed, and what lost against another writer, leaves nothing', async () => {
  const at = await opened();
  await at.store.putIfAbsent('a/b', LARGE);
  await at.store.remove('a/b');
  assert.deepEqual(await chunksIn(at), []);
  const others = await Promise.all(Array.from({ length: 4 }, () => at.again()));
  const outcomes = await Promise.all(others.map((store, index) => store.putIfAbsent('race', pattern(100_000, index))));
  const winner = outcomes.findIndex(({ kind }) => kind === 'created');
  assert.equal(outcomes.filter(({ kind }) => kind === 'created').length, 1);
  assert.ok(Buffer.from(pattern(100_000, winner)).equals(await at.store.get('race') ?? new Uint8Array(0)));
  const writers = new Set((await chunksIn(at)).map((subject) => at.subjects.ofChunk(subject)?.writer));
  assert.equal(writers.size, 1);
});

test('N4: an object with a changed, a missing or an unreadable part is damaged, by name', async () => {
  const at = await opened();
  const js = at.jsm.jetstream();
  const chunkOf = async (key: string): Promise<string> => (await chunksIn(at)).find((subject) => at.subjects.ofChunk(subject)?.key === key)!;
  for (const key of ['missing', 'changed']) await at.store.putIfAbsent(key, LARGE);
  await at.jsm.streams.purge(at.stream, { filter: await chunkOf('missing') });
  const changed = await chunkOf('changed');
  const whole = await at.jsm.streams.getMessage(at.stream, { last_by_subj: changed });
  await at.jsm.streams.purge(at.stream, { filter: changed });
  await js.publish(changed, whole!.data.map((byte, index) => index === 5 ? byte ^ 1 : byte));
  await js.publish(at.subjects.head('hostile'), JSON.stringify({ v: 1, writer: '../../../../etc/pw', bytes: 1e300, sha256: '', chunks: 1e9 }) + '\n');
  await js.publish(at.subjects.head('noise'), pattern(9_000));
  for (const [key, what] of [['missing', /missing: a part of it is missing/], ['changed', /changed: it was changed: its SHA-256/], ['hostile', /hostile: its head cannot be read/], ['noise', /noise: its head cannot be read/]] as const) {
    await assert.rejects(at.store.get(key), { name: 'StorageError', code: 'damaged', message: what });
    await at.store.remove(key);
    assert.equal(await at.store.get(key), null);
  }
});

test('an object of a newer program is no damage and no garbage: it is refused with both versions, and stays whole', async () => {
  const at = await opened();
  const writer = 'ef'.repeat(8);
  for (const number of [0, 1]) await at.jsm.jetstream().publish(at.subjects.chunk('new/thing', writer, number), pattern(10));
  await at.jsm.jetstream().publish(at.subjects.head('new/thing'), `${JSON.stringify({ v: OBJECT_FORMAT_VERSION + 1, writer, strips: 2 })}\n`);
  const before = await chunksIn(at);
  const refused = { name: 'StorageError', code: 'newer-format', message: new RegExp(`new/thing: it has format version ${OBJECT_FORMAT_VERSION + 1}, this program reads up to ${OBJECT_FORMAT_VERSION}`) };
  for (const task of [() => at.store.get('new/thing'), () => at.store.remove('new/thing'), () => at.store.collectGarbage(), () => at.again({ ...SMALL, garbageAgeMs: -1 })]) await assert.rejects(task, refused);
  assert.deepEqual(await at.store.putIfAbsent('new/thing', pattern(5)), { kind: 'exists' });
  assert.deepEqual(await chunksIn(at), before);
});

test('keys of every character come back as they were', async () => {
  const { store } = await opened();
  const keys = ['a..b', 'a.', 'x.y/z.json', '-', '_/-.-', 'a=b'.replace('=', '.'), 'A', `${'k'.repeat(200)}/${'k'.repeat(200)}`];
  for (const key of keys) assert.deepEqual(await store.putIfAbsent(key, pattern(3)), { kind: 'created' });
  assert.deepEqual(await store.list(''), keys.sort());
  assert.deepEqual(await store.list('x.'), ['x.y/z.json']);
  assert.deepEqual(await store.list('no key at all/>'), []);
});

test('a server without sync_interval: always is refused where its monitoring can be asked', async (context) => {
  const monitored = async (configuration: string): Promise<readonly [NatsConnection, string]> => {
    const port = await freePort();
    const own = await startNatsServer(`${configuration}\nhttp: "127.0.0.1:${port}"\n`);
    context.after(() => own.close());
    return [await connected(context, own.port), `http://127.0.0.1:${port}`];
  };
  const [lazy, lazyUrl] = await monitored('jetstream { store_dir: "jetstream" }');
  await assert.rejects(openNatsStore({ connection: lazy, clock: realClock(), monitoring: lazyUrl }), { name: 'StorageError', code: 'unsuitable', message: /acknowledges before it writes.*sync_interval: always/ });
  const [keen, keenUrl] = await monitored('jetstream { store_dir: "jetstream", sync_interval: always }');
  assert.deepEqual(await (await openNatsStore({ connection: keen, clock: realClock(), monitoring: keenUrl })).list(''), []);
  await assert.rejects(openNatsStore({ connection: keen, clock: realClock(), monitoring: 'http://127.0.0.1:1' }), { code: 'unreachable', message: /monitoring at http:\/\/127.0.0.1:1 does not answer/ });
});

test('a stream that forgets, a server without JetStream and a user without permission are refused with what to do', async (context) => {
  const jsm = await jetstreamManager(connection());
  await jsm.streams.add({ name: 'EBM_STORE_forgetful', subjects: ['ebm.store.forgetful.>'], storage: 'memory', max_age: 60_000_000_000 });
  await assert.rejects(openNatsStore({ connection: connection(), clock: realClock(), bucket: 'forgetful' }), { code: 'unsuitable', message: /storage is memory, not file, max_age is set, .*another bucket/ });
  await assert.rejects(openNatsStore({ connection: connection(), clock: realClock(), bucket: 'a.b' }), { code: 'unsuitable', message: /no name of a store/ });

  const without = await startNatsServer();
  context.after(() => without.close());
  await assert.rejects(openNatsStore({ connection: await connected(context, without.port), clock: realClock(), limits: { openPatienceMs: 100, retryDelayMs: 5 } }), { code: 'unreachable', message: /runs with JetStream/ });

  const strict = await startNatsServer('authorization { users: [ { user: "w", password: "p", permissions: { publish: ["ebm.jobs.>"], subscribe: ["_INBOX.>"] } } ] }\njetstream { store_dir: "jetstream" }');
  context.after(() => strict.close());
  const poor = await connect({ port: strict.port, user: 'w', pass: 'p' });
  context.after(() => poor.close());
  await assert.rejects(openNatsStore({ connection: poor, clock: realClock() }), { code: 'no-permission', message: /may not publish \$JS\.API\.STREAM\.INFO\.EBM_STORE_ebm/ });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { readonly port: number };
      probe.close(() => { resolve(port); });
    });
  });
}
