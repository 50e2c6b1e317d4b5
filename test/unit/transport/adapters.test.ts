// What each adapter of the transport adds to the contract: what cannot be read, what is too large, and seeded faults.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../../../platform/clock/virtual.ts';
import { codedTransport, type Codec } from '../../../platform/transport/coded.ts';
import { inProcessTransport } from '../../../platform/transport/in-process.ts';
import { simulatedNetwork, simulatedTransport, type Faults } from '../../../platform/transport/simulated.ts';
import { TransportError, type Transport } from '../../../platform/transport/transport.ts';
import { decode, encode } from '../../../proto/codec.ts';
import type { Message } from '../../../proto/messages.ts';
import { settle } from '../../support/virtual-time.ts';

const FAULTS: Faults = { seed: 7, dropped: 0.2, duplicated: 0.2, delayMsMin: 0, delayMsMax: 50 };

/** What arrives of 200 numbered payloads, in order of arrival. */
async function arrivals(faults: Faults): Promise<readonly number[]> {
  const clock = virtualClock();
  const transport = simulatedTransport<number>(clock, faults);
  const seen: number[] = [];
  transport.subscribe('a', (number) => { seen.push(number); });
  for (let number = 0; number < 200; number += 1) transport.publish('a', number);
  await settle(clock, 60);
  return seen;
}

test('a seed fixes every fault: losses, copies and order', async () => {
  const seen = await arrivals(FAULTS);
  assert.deepEqual(await arrivals(FAULTS), seen);
  assert.notDeepEqual(await arrivals({ ...FAULTS, seed: 8 }), seen);
  const distinct = new Set(seen);
  assert.ok(distinct.size > 130 && distinct.size < 190, `${distinct.size} of 200 arrive`);
  assert.ok(seen.length - distinct.size > 15, `${seen.length - distinct.size} arrive twice`);
  assert.ok(seen.some((number, i) => i > 0 && number < seen[i - 1]!), 'some overtake others');
});

test('a link that is cut loses what goes one way until it is mended; the way back and other nodes are as before', async () => {
  const clock = virtualClock();
  let isCut = true;
  const network = simulatedNetwork<number>({ clock, seed: 7, conditions: (from, to) => ({ ...FAULTS, dropped: isCut && from === 'anna' && to === 'berta' ? 1 : 0, duplicated: 0 }) });
  const [anna, berta, clara] = ['anna', 'berta', 'clara'].map((name) => network.node(name)) as [Transport<number>, Transport<number>, Transport<number>];
  const seen: string[] = [];
  for (const [name, end] of [['anna', anna], ['berta', berta], ['clara', clara]] as const) end.subscribe('a', (number) => { seen.push(`${name} ${number}`); });
  anna.publish('a', 1);
  berta.publish('a', 2);
  await settle(clock, 60);
  isCut = false;
  anna.publish('a', 3);
  await settle(clock, 60);
  assert.deepEqual(seen.sort(), ['anna 1', 'anna 2', 'anna 3', 'berta 2', 'berta 3', 'clara 1', 'clara 2', 'clara 3']);
});

test('what arrives at a node is handed over when its owner says so, each delivery as a copy of its own; a closed end hears nothing', async () => {
  const clock = virtualClock();
  const kept: (() => void)[] = [];
  const network = simulatedNetwork<{ number: number }>({
    clock, seed: 1, conditions: () => ({ ...FAULTS, dropped: 0, duplicated: 1 }), copied: (payload) => ({ ...payload }),
    arrive: (node, deliver) => { if (node === 'paused') kept.push(deliver); else deliver(); },
  });
  const paused = network.node('paused');
  const seen: number[] = [];
  paused.subscribe('a', (payload) => { seen.push(payload.number += 1); });
  network.node('other').publish('a', { number: 1 });
  await settle(clock, 60);
  assert.deepEqual([seen.length, kept.length], [0, 2]);
  for (const deliver of kept) deliver();
  assert.deepEqual(seen, [2, 2]);
  await paused.close();
  kept[0]!();
  assert.equal(seen.length, 2);
});

test('bytes that cannot be read are reported with their subject and go no further', async () => {
  const clock = virtualClock();
  const bytes = inProcessTransport<Uint8Array>(clock);
  const reports: string[] = [];
  const transport = codedTransport<Message>(bytes, {
    codec: { encode, decode }, messageBytesMax: 1_000, onRejected: (subject, code) => { reports.push(`${subject}: ${code}`); },
  });
  let heard = 0;
  transport.subscribe('a', () => { heard += 1; });
  transport.serve('s', (message) => message);
  bytes.publish('a', Uint8Array.of(0xff, 0xff));
  const failed = bytes.request('s', Uint8Array.of(0xff), { deadlineMs: 100 }).catch((error: unknown) => error);
  bytes.serve('garbled', () => Uint8Array.of(0xff));
  const garbled = transport.request('garbled', { kind: 'drain', epoch: 1 }, { deadlineMs: 100 }).catch((error: unknown) => error);
  await settle(clock, 10);
  assert.equal(heard, 0);
  assert.deepEqual(reports.sort(), ['a: malformed', 'garbled: malformed', 's: malformed']);
  for (const [outcome, code] of [[await failed, 'handler-failed'], [await garbled, 'malformed']] as const) assert.ok(outcome instanceof TransportError && outcome.code === code);
});

test('a message that is too large is refused where it is sent', async () => {
  const long: Codec<number> = { encode: (length) => new Uint8Array(length), decode: (bytes) => ({ kind: 'message', message: bytes.length }) };
  const transport = codedTransport(inProcessTransport<Uint8Array>(virtualClock()), { codec: long, messageBytesMax: 10, onRejected: () => undefined });
  assert.throws(() => { transport.publish('a', 11); }, (error: unknown) => error instanceof TransportError && error.code === 'too-large');
  await assert.rejects(transport.request('a', 11, { deadlineMs: 10 }), (error: unknown) => error instanceof TransportError && error.code === 'too-large');
});
