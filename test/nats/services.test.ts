// Operations as a NATS service over a real server: found as `nats micro` finds them, asked as any client asks, and never brought down.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { headers, type Msg, type NatsConnection } from 'nats';
import { z } from 'zod';
import { realClock } from '../../platform/clock/real.ts';
import { ServiceError, type Info, type Ping, type Stats } from '../../platform/services/services.ts';
import { memoryTelemetry, type MemoryTelemetry } from '../../platform/telemetry/memory.ts';
import { askService } from '../../platform/transport/nats-asking.ts';
import { startServices, type Services, type ServicesOptions } from '../../platform/transport/nats-services.ts';
import { peer, PLENTY_MS } from '../support/nats-fixture.ts';
import { startNatsServer } from '../support/nats-server.ts';

const text = new TextEncoder();
const QUESTION = z.strictObject({ id: z.string() });

interface Bench {
  readonly services: Services;
  readonly asker: NatsConnection;
  readonly server: NatsConnection;
  readonly telemetry: MemoryTelemetry;
  readonly errors: Error[];
  readonly ask: (operation: string, question: string | Uint8Array) => Promise<unknown>;
}

/** A service with an operation that knows one job, one that fails, one whose answer is large, and one that waits. */
async function bench(context: TestContext, more: Partial<ServicesOptions> = {}, configuration = ''): Promise<Bench> {
  const nats = await startNatsServer(configuration);
  context.after(() => nats.close());
  const [one, two] = await Promise.all([peer(context, { url: nats.url }), peer(context, { url: nats.url })]);
  const [server, asker] = [one.transport.connection, two.transport.connection];
  const telemetry = memoryTelemetry();
  const errors: Error[] = [];
  const services = await startServices({
    connection: server, clock: realClock(), telemetry, name: 'ebm-coordinator', version: '0.1.0', description: 'jobs', metadata: { format: '1' },
    group: 'ebm.jobs', operations: ['show', 'large', 'broken'], handle, onError: (error) => { errors.push(error); },
    refusal: (error) => error instanceof z.ZodError ? new ServiceError(400, 'malformed', z.prettifyError(error)) : null, ...more,
  });
  const ask = async (operation: string, question: string | Uint8Array): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode(await askService(asker, `ebm.jobs.${operation}`, typeof question === 'string' ? text.encode(question) : question, PLENTY_MS))) as unknown;
  return { services, asker, server, telemetry, errors, ask };
}

async function handle(operation: string, question: unknown): Promise<unknown> {
  await Promise.resolve();
  if (operation === 'broken') throw new TypeError('a secret of the house');
  if (operation === 'large') return { rows: 'x'.repeat(70_000) };
  const { id } = QUESTION.parse(question);
  if (id !== 'mnist-1') throw new ServiceError(404, 'no-such-job', `there is no job ${id}`, { advice: '`ebm list` shows them' });
  return { job: { id } };
}

async function discovered<About>(asker: NatsConnection, subject: string): Promise<About> {
  return (await asker.request(subject, '', { timeout: PLENTY_MS })).json();
}

test('it is found by PING, INFO and STATS, by everybody, by name and by id, as the nats command line asks', async (context) => {
  const { services, asker, ask } = await bench(context);
  for (const of of ['', '.ebm-coordinator', `.ebm-coordinator.${services.id}`]) {
    const ping = await discovered<Ping>(asker, `$SRV.PING${of}`);
    assert.deepEqual(ping, { type: 'io.nats.micro.v1.ping_response', name: 'ebm-coordinator', id: services.id, version: '0.1.0', metadata: { format: '1' } });
    const info = await discovered<Info>(asker, `$SRV.INFO${of}`);
    assert.equal(info.type, 'io.nats.micro.v1.info_response');
    assert.deepEqual(info.endpoints[0], { name: 'show', subject: 'ebm.jobs.show', queue_group: 'q', metadata: { format: '1' } });
    assert.deepEqual(info.endpoints.map(({ subject }) => subject), ['ebm.jobs.show', 'ebm.jobs.large', 'ebm.jobs.broken']);
  }
  await assert.rejects(asker.request('$SRV.PING.somebody-else', '', { timeout: PLENTY_MS }), /no responders/);
  assert.deepEqual(await ask('show', '{"id":"mnist-1"}'), { job: { id: 'mnist-1' } });
  await assert.rejects(ask('show', '{"id":"other"}'));
  const stats = await discovered<Stats>(asker, '$SRV.STATS.ebm-coordinator');
  assert.equal(stats.type, 'io.nats.micro.v1.stats_response');
  assert.ok(!Number.isNaN(Date.parse(stats.started)));
  const { processing_time: nanoseconds, average_processing_time: average, ...show } = stats.endpoints[0]!;
  assert.deepEqual(show, { name: 'show', subject: 'ebm.jobs.show', queue_group: 'q', num_requests: 2, num_errors: 1, last_error: '404:there is no job other' });
  assert.ok(Number.isInteger(nanoseconds) && nanoseconds > 0 && Number.isInteger(average) && Math.abs(average - nanoseconds / 2) <= 1); // each is rounded by itself
});

test('a refusal has the headers of the conventions, and for the asker a code, words and advice', async (context) => {
  const { asker, ask } = await bench(context);
  const raw = await asker.request('ebm.jobs.show', '{"id":"kein-j\u00f6b\\nx"}', { timeout: PLENTY_MS });
  assert.equal(raw.headers?.get('Nats-Service-Error-Code'), '404');
  assert.equal(raw.headers?.get('Nats-Service-Error'), 'there is no job kein-j b x');
  await assert.rejects(ask('show', '{"id":"other"}'), {
    name: 'ServiceError', status: 404, code: 'no-such-job', message: 'there is no job other', advice: '`ebm list` shows them', exitCode: 2,
  });
});

test('what cannot be read, is too large or has unknown fields is an error answer and is counted; the service lives on', async (context) => {
  const { services, telemetry, errors, ask } = await bench(context, { limits: { requestBytesMax: 100 } });
  const wrong: readonly (readonly [string | Uint8Array, number, RegExp])[] = [
    ['{"id":', 400, /is no JSON/], [Uint8Array.of(0xff, 0xfe, 0), 400, /is no JSON/], ['', 400, /id/], ['null', 400, /expected object/],
    ['{"id":"mnist-1","more":1}', 400, /Unrecognized key: "more"/], [`{"id":"${'x'.repeat(100)}"}`, 413, /the request has 109 bytes; at most 100 are taken/],
  ];
  for (const [question, status, message] of wrong) await assert.rejects(ask('show', question), { name: 'ServiceError', status, message });
  assert.deepEqual(await ask('show', '{"id":"mnist-1"}'), { job: { id: 'mnist-1' } });
  assert.equal(services.stats().endpoints[0]?.num_errors, wrong.length);
  assert.equal(telemetry.counter('ebm_requests_total', { operation: 'show', outcome: 'refused' }), wrong.length);
  assert.equal(telemetry.counter('ebm_requests_total', { operation: 'show', outcome: 'answered' }), 1);
  assert.equal(telemetry.histogram('ebm_request_seconds', { operation: 'show' })?.count, wrong.length + 1);
  assert.deepEqual(errors, []);
});

test('a bug in a handler is told to its owner, and the asker hears only that there was one', async (context) => {
  const { telemetry, errors, ask } = await bench(context);
  await assert.rejects(ask('broken', '{}'), (error: ServiceError) => error.status === 500 && error.exitCode === 1 && !error.message.includes('secret'));
  assert.deepEqual(errors.map(({ message }) => message), ['a secret of the house']);
  assert.equal(telemetry.counter('ebm_requests_total', { operation: 'broken', outcome: 'failed' }), 1);
});

test('an answer that the server cannot carry becomes an error that says to ask for parts; a question that it cannot carry is not sent', async (context) => {
  const { ask } = await bench(context, {}, 'max_payload: 65536');
  await assert.rejects(ask('large', '{}'), { status: 413, code: 'answer-too-large', advice: /smaller limit/ });
  await assert.rejects(ask('show', new Uint8Array(70_000)), { name: 'TransportError', code: 'too-large' });
});

test('no more requests are answered at a time than permitted, and one more is told to come again', async (context) => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => { release = resolve; });
  const { ask } = await bench(context, { limits: { requestsMax: 2 }, handle: async () => { await held; return {}; } });
  const first = [ask('show', '{}'), ask('show', '{}')];
  await assert.rejects(ask('show', '{}'), { status: 503, code: 'busy', exitCode: 3 });
  release();
  assert.deepEqual(await Promise.all(first), [{}, {}]);
  assert.deepEqual(await ask('show', '{}'), {});
});

test('a request without an inbox is not done: nobody can have the service speak on a subject of its choice', async (context) => {
  const done: string[] = [];
  const { asker, server, ask } = await bench(context, { handle: (operation) => { done.push(operation); return Promise.resolve({}); } });
  const heard: Msg[] = [];
  server.subscribe('ebm.cluster.work', { callback: (_, message) => { heard.push(message); } });
  await server.flush();
  asker.publish('ebm.jobs.broken', '{}', { reply: 'ebm.cluster.work' });
  asker.publish('ebm.jobs.broken', '{}', { reply: 'ebm.jobs.show', headers: headers() });
  asker.publish('ebm.jobs.broken', '{}');
  assert.deepEqual(await ask('show', '{}'), {}); // sent after them on one connection, and answered after them
  assert.deepEqual([done, heard.length], [['show'], 0]);
});

test('a service that was stopped answers what it had taken, and then nobody is there until the next one starts', async (context) => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => { release = resolve; });
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => { arrive = resolve; });
  const { services, server, asker, telemetry, ask } = await bench(context, { handle: async () => { arrive(); await held; return { first: true }; } });
  const pending = ask('show', '{}');
  await arrived;
  const stopped = services.stop();
  await server.flush();
  await assert.rejects(ask('show', '{}'), { name: 'TransportError', code: 'no-responder' });
  await assert.rejects(asker.request('$SRV.PING', '', { timeout: PLENTY_MS }), /no responders/);
  release();
  assert.deepEqual(await pending, { first: true });
  await stopped;
  const next = await startServices({
    connection: server, clock: realClock(), telemetry, name: 'ebm-coordinator', version: '0.1.0', description: 'jobs', metadata: {}, group: 'ebm.jobs', operations: ['show'],
    handle: () => Promise.resolve({ second: true }), refusal: () => null, onError: () => undefined,
  });
  assert.notEqual(next.id, services.id);
  assert.deepEqual(await ask('show', '{}'), { second: true });
});

test('asking without a connection, and after its end, says which', async (context) => {
  const { asker, services } = await bench(context, { handle: () => new Promise(() => undefined) });
  await assert.rejects(askService(asker, 'ebm.jobs.show', text.encode('{}'), 20), { name: 'TransportError', code: 'deadline' });
  await assert.rejects(askService(asker, 'ebm.jobs.*', text.encode('{}'), 20), RangeError);
  assert.equal(services.stats().endpoints[0]?.num_requests, 0); // one that is never answered is not counted as answered
  await asker.close();
  await assert.rejects(askService(asker, 'ebm.jobs.show', text.encode('{}'), PLENTY_MS), { name: 'TransportError', code: 'closed' });
});
