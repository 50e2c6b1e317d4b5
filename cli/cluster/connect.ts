// How a command of the cluster reaches it: the flags and environment variables, as a connection with the codec of the wire on top.
// Credentials come from files or the environment, and are shown nowhere.
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { decode, encode } from '../../proto/codec.ts';
import { WIRE_LIMITS } from '../../proto/limits.ts';
import { realClock } from '../../platform/clock/real.ts';
import { codedTransport } from '../../platform/transport/coded.ts';
import { connectNats, type NatsTransport } from '../../platform/transport/nats.ts';
import type { ClusterOptions } from '../commands/actions.ts';
import type { Output } from '../terminal/output.ts';
import type { ClusterWires } from './coordinator.ts';

export interface Connection extends ClusterWires {
  readonly bytes: NatsTransport;
  close(): Promise<void>;
}

/** Rejects with a NatsConnectError if there is no server, or it does not let us in. */
export async function connectCluster({ nats, creds }: ClusterOptions, role: string, output: Output): Promise<Connection> {
  const { EBM_NATS_USER: user, EBM_NATS_PASSWORD: password } = process.env;
  const bytes = await connectNats({
    url: nats, name: `ebm ${role} ${hostname()} ${process.pid}`, clock: realClock(),
    ...(creds === null ? {} : { creds: await readFile(creds, 'utf8') }),
    ...(creds !== null || user === undefined ? {} : { user }), ...(creds !== null || password === undefined ? {} : { password }),
    onStatus: (status) => {
      if (status.kind === 'disconnected') output.warn(`the connection to NATS at ${status.server} is lost: trying again`);
      if (status.kind === 'connected') output.note(`connected to NATS at ${status.server}`);
      if (status.kind === 'error' || status.kind === 'slow-consumer') output.warn(`NATS: ${status.kind === 'error' ? status.error.message : status.detail}`);
    },
    onRefused: (refusal) => { output.warn(`a message was refused: ${JSON.stringify(refusal)}`); },
  });
  const messages = codedTransport(bytes, {
    codec: { encode, decode }, messageBytesMax: WIRE_LIMITS.messageBytesMax,
    onRejected: (subject, code, reason) => { output.warn(`a message on ${subject} was refused: ${code}: ${reason}`); },
  });
  return { bytes, messages, close: () => bytes.close() };
}
