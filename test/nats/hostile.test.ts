// What a hostile or broken peer may publish: it is refused and counted, and the good message behind it arrives.
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import { connect, type Msg, type NatsConnection } from 'nats';
import { encodeFrame, HEADER_BYTES, type FrameHeader } from '../../platform/transport/framing.ts';
import type { NatsOptions } from '../../platform/transport/nats.ts';
import type { RefusalReason } from '../../platform/transport/refusals.ts';
import { arrived, pattern, peer, PLENTY_MS, type Arrived, type Peer } from '../support/nats-fixture.ts';
import { startNatsServer, type NatsServer } from '../support/nats-server.ts';

const asked = { deadlineMs: PLENTY_MS };
const GOOD = Uint8Array.of(1, 2, 3);

let server: NatsServer;
before(async () => { server = await startNatsServer(); });
after(() => server.close());

interface Scene { readonly raw: NatsConnection; readonly good: Peer; readonly victim: Peer; readonly heard: Arrived<Uint8Array> }

async function scene(context: TestContext, limits: NonNullable<NatsOptions['limits']> = {}): Promise<Scene> {
  const raw = await connect({ servers: server.url });
  context.after(() => raw.close());
  const good = await peer(context, { url: server.url });
  const victim = await peer(context, { url: server.url, limits: { pullFrameTimeoutMs: 500, pullRetryDelayMs: 1, ...limits } });
  return { raw, good, victim, heard: await victim.hear('victim') };
}

/** Publishes all of it and then, when the server has it, something good: only that may arrive. */
async function survives({ raw, good, victim, heard }: Scene, bad: readonly Uint8Array[], expected: Partial<Record<RefusalReason, number>>): Promise<void> {
  for (const bytes of bad) raw.publish('victim', bytes);
  await raw.flush();
  good.transport.publish('victim', GOOD);
  assert.deepEqual(await heard.next(), GOOD);
  const count = Object.values(expected).reduce((sum, one) => sum + one, 0);
  for (let told = 0; told < count; told += 1) await victim.refusals.next();
  const refused = Object.fromEntries(Object.entries(victim.transport.counters.refused).filter(([, times]) => times > 0));
  assert.deepEqual(refused, expected);
}

const header: FrameHeader = { kind: 'publish', sender: 0xBAD, message: 1, totalBytes: 3, index: 0, count: 1 };
const offer = (message: number, totalBytes: number, count: number): Uint8Array => encodeFrame({ kind: 'publish-offer', sender: 0xBAD, message, totalBytes, index: 0, count });
const pullSubject = 'ebm.pull.000000000bad';

test('bytes that are no frame, truncated frames and wrong checksums', async (context) => {
  const frame = encodeFrame(header, GOOD);
  const damaged = Uint8Array.from(frame);
  damaged[HEADER_BYTES]! ^= 1;
  const noise = Array.from({ length: 50 }, (_, i) => pattern(40 + i, i));
  await survives(await scene(context), [new Uint8Array(0), frame.subarray(0, 20), frame.subarray(0, -1), damaged, ...noise], { truncated: 2, checksum: 2, 'not-a-frame': 50 });
});

test('indices out of range, sizes that contradict each other, frames out of place', async (context) => {
  await survives(await scene(context), [
    encodeFrame({ ...header, index: 1 }, GOOD), encodeFrame({ ...header, count: 0xFFFF_FFFF }, GOOD),
    encodeFrame({ ...header, totalBytes: 4 }, GOOD), offer(2, 10, 1),
    encodeFrame({ ...header, kind: 'answer' }, GOOD), encodeFrame({ ...header, kind: 'chunk', totalBytes: 6, count: 2 }, GOOD),
  ], { 'out-of-range': 2, inconsistent: 2, 'unexpected-kind': 2 });
});

test('absurd sizes: refused before any memory is taken', async (context) => {
  await survives(await scene(context), [offer(1, 0xFFFF_FFFF, 65_536), offer(2, 0xFFFF_FFFF, 65_536)], { 'too-large': 2 });
});

test('a repeated message arrives once', async (context) => {
  const { raw, victim, heard } = await scene(context);
  for (let time = 0; time < 3; time += 1) raw.publish('victim', encodeFrame(header, GOOD));
  raw.publish('victim', encodeFrame({ ...header, message: 2 }, Uint8Array.of(4, 5, 6)));
  assert.deepEqual([...await heard.next(), ...await heard.next()], [1, 2, 3, 4, 5, 6]);
  assert.equal(victim.transport.counters.refused.repeated, 2);
});

test('a repeated request is served once, and one that wants no answer never', async (context) => {
  const { raw, good, victim } = await scene(context);
  let served = 0;
  victim.transport.serve('served', (payload) => { served += 1; return payload; });
  await victim.transport.flush(asked);
  for (let time = 0; time < 3; time += 1) raw.publish('served', encodeFrame({ ...header, kind: 'request' }, GOOD), { reply: 'nowhere' });
  raw.publish('served', encodeFrame({ ...header, kind: 'request', message: 2 }, GOOD));
  await raw.flush();
  assert.deepEqual(await good.transport.request('served', GOOD, asked), GOOD);
  assert.equal(served, 2);
  assert.equal(victim.transport.counters.refused.repeated, 2);
  assert.equal(victim.transport.counters.refused['unexpected-kind'], 1);
});

test('offers for which nobody answers, and a flood of them from many senders', async (context) => {
  const bad = Array.from({ length: 300 }, (_, i) => encodeFrame({ kind: 'publish-offer', sender: 0xBAD_0000 + i, message: 1, totalBytes: 5_000_000, index: 0, count: 5 }));
  const here = await scene(context, { pullsWaitingMax: 20 });
  const refusedInAll = 300;
  for (const bytes of bad) here.raw.publish('victim', bytes);
  await here.raw.flush();
  here.good.transport.publish('victim', GOOD);
  assert.deepEqual(await here.heard.next(), GOOD);
  const reasons = new Set<RefusalReason>();
  for (let told = 0; told < refusedInAll; told += 1) reasons.add((await here.victim.refusals.next()).reason);
  assert.deepEqual([...reasons].sort(), ['gone', 'queue-full']);
});

test('a sender that answers pulls with nonsense, with another frame, or never', async (context) => {
  const here = await scene(context);
  const pulls = arrived<number>();
  const other = encodeFrame({ kind: 'chunk', sender: 0xBAD, message: 1, totalBytes: 6, index: 1, count: 2 }, GOOD);
  const answers = [Uint8Array.of(1), other, encodeFrame(header, GOOD), null];
  here.raw.subscribe(pullSubject, { callback: (_error, message) => {
    const answer = answers.shift() ?? null;
    if (answer !== null) message.respond(answer);
    pulls.push(answers.length);
  } });
  await here.raw.flush();
  await survives(here, [offer(1, 6, 2)], { truncated: 1, 'unexpected-kind': 2, deadline: 1 });
  assert.equal(here.victim.transport.counters.framesRetried, 3);
});

test('a frame that is lost once is asked for again', async (context) => {
  const here = await scene(context);
  let asks = 0;
  here.raw.subscribe(pullSubject, { callback: (_error, message) => {
    asks += 1;
    const index = message.data[23]!;
    if (asks !== 2) message.respond(encodeFrame({ kind: 'chunk', sender: 0xBAD, message: 1, totalBytes: 6, index, count: 2 }, GOOD));
  } });
  await here.raw.flush();
  here.raw.publish('victim', offer(1, 6, 2));
  assert.deepEqual(await here.heard.next(), Uint8Array.of(1, 2, 3, 1, 2, 3));
  assert.equal(asks, 3);
});

test('answers that are nonsense, and pulls for what was never offered', async (context) => {
  const { raw, good, victim } = await scene(context);
  raw.subscribe('liar', { callback: (_error, message) => { message.respond(pattern(100)); } });
  raw.subscribe('misfit', { callback: (_error, message) => { message.respond(encodeFrame(header, GOOD)); } });
  raw.subscribe('absurd', { callback: (_error, message) => { message.respond(encodeFrame({ kind: 'answer-offer', sender: 1, message: 1, totalBytes: 0xFFFF_FFFF, index: 0, count: 65_536 })); } });
  const subjects = arrived<string>();
  raw.subscribe('ebm.pull.*', { callback: (_error, message) => { subjects.push(message.subject); } });
  await raw.flush();
  await assert.rejects(victim.transport.request('liar', GOOD, asked), { code: 'malformed' });
  await assert.rejects(victim.transport.request('misfit', GOOD, asked), { code: 'malformed' });
  await assert.rejects(victim.transport.request('absurd', GOOD, asked), { code: 'too-large' });
  // The sender of a large message is found by listening to its being pulled.
  good.transport.publish('victim', new Uint8Array(3_000_000));
  const subject = await subjects.next();
  const answer = await raw.request(subject, encodeFrame({ kind: 'pull', sender: 1, message: 0xFFFF, totalBytes: 6, index: 0, count: 2 }));
  assert.equal(answer.data[3], 9);
  raw.publish(subject, pattern(50));
  raw.publish(subject, encodeFrame(header, GOOD));
  await raw.flush();
  const reasons = [(await good.refusals.next()).reason, (await good.refusals.next()).reason];
  assert.deepEqual(reasons, ['not-a-frame', 'unexpected-kind']);
});

test('small messages behind a large one are bounded, and not lost with it', async (context) => {
  const here = await scene(context, { queuedMessagesMax: 2, pullFrameTimeoutMs: PLENTY_MS });
  const pulls = arrived<Msg>();
  here.raw.subscribe(pullSubject, { callback: (_error, message) => { pulls.push(message); } });
  here.raw.publish('victim', offer(1, 6, 2));
  for (const message of [2, 3, 4, 5]) here.raw.publish('victim', encodeFrame({ ...header, message }, GOOD));
  const pull = await pulls.next();
  const reasons = [(await here.victim.refusals.next()).reason, (await here.victim.refusals.next()).reason];
  pull.respond(encodeFrame({ kind: 'gone', sender: 0xBAD, message: 1, totalBytes: 0, index: 0, count: 1 }));
  reasons.push((await here.victim.refusals.next()).reason);
  assert.deepEqual(reasons, ['queue-full', 'queue-full', 'gone']);
  assert.deepEqual([...await here.heard.next(), ...await here.heard.next()], [1, 2, 3, 1, 2, 3]);
});
