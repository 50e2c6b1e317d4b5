// Every adapter of the transport under the one contract, by reference and by bytes.
import { after, before } from 'node:test';
import { realClock } from '../../platform/clock/real.ts';
import { virtualClock } from '../../platform/clock/virtual.ts';
import { codedTransport, type Codec } from '../../platform/transport/coded.ts';
import { inProcessTransport } from '../../platform/transport/in-process.ts';
import { connectNats, type NatsTransport } from '../../platform/transport/nats.ts';
import { simulatedTransport } from '../../platform/transport/simulated.ts';
import { startNatsServer, type NatsServer } from '../support/nats-server.ts';
import { settle } from '../support/virtual-time.ts';
import { transportContract } from './transport.ts';

const NO_FAULTS = { seed: 1, dropped: 0, duplicated: 0, delayMsMin: 1, delayMsMax: 1 };

const numbers: Codec<number> = {
  encode: (number) => Uint8Array.of(number),
  decode: (bytes) => bytes.length === 1 ? { kind: 'message', message: bytes[0]! } : { kind: 'rejected', code: 'malformed', reason: 'not one byte' },
};
const coded = { codec: numbers, messageBytesMax: 1, onRejected: () => undefined };
const itself = { payload: (number: number) => number, number: (payload: number) => payload };

transportContract('in-process by reference', () => {
  const clock = virtualClock();
  return { transport: inProcessTransport<number>(clock), ...itself, pass: (byMs) => settle(clock, byMs) };
});
transportContract('in-process by bytes', () => {
  const clock = virtualClock();
  return { transport: codedTransport(inProcessTransport<Uint8Array>(clock), coded), ...itself, pass: (byMs) => settle(clock, byMs) };
});
transportContract('simulated', () => {
  const clock = virtualClock();
  return { transport: simulatedTransport<number>(clock, NO_FAULTS), ...itself, pass: (byMs) => settle(clock, byMs) };
});
transportContract('simulated by bytes', () => {
  const clock = virtualClock();
  return { transport: codedTransport(simulatedTransport<Uint8Array>(clock, NO_FAULTS), coded), ...itself, pass: (byMs) => settle(clock, byMs) };
});

let server: NatsServer;
before(async () => { server = await startNatsServer(); });
after(() => server.close());

const connected = (): Promise<NatsTransport> => connectNats({ url: server.url, name: 'contract', clock: realClock() });
/** The server keeps the order of one connection, so an empty exchange brings home what was under way; three take a request and its answer. */
const exchanges = (nats: NatsTransport) => async (): Promise<void> => {
  for (let turn = 0; turn < 3 && nats.isConnected; turn += 1) await nats.flush({ deadlineMs: 10_000 });
};
const oneByte = { payload: (number: number) => Uint8Array.of(number), number: (payload: Uint8Array) => payload[0]! };

transportContract('nats', async () => {
  const nats = await connected();
  return { transport: nats, ...oneByte, pass: exchanges(nats) };
});
transportContract('coded over nats', async () => {
  const nats = await connected();
  return { transport: codedTransport(nats, coded), ...itself, pass: exchanges(nats) };
});
