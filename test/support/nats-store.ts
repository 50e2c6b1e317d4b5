// Stores, leases and journals over a real nats-server with JetStream: one server for a test file, another bucket for each test.
import { after, before } from 'node:test';
import { connect, type NatsConnection } from 'nats';
import { realClock } from '../../platform/clock/real.ts';
import type { NatsStoreLimits } from '../../platform/store/nats-limits.ts';
import { openNatsStore, type NatsStore } from '../../platform/store/nats.ts';
import { startNatsServer, type NatsServer } from './nats-server.ts';

export const JETSTREAM = 'jetstream { store_dir: "jetstream", sync_interval: always }\nhttp: "127.0.0.1:-1"\n';

/** A server for the whole file, and one connection to it. */
export function jetStreamServer(configuration = JETSTREAM): { readonly server: () => NatsServer; readonly connection: () => NatsConnection; readonly bucket: () => string } {
  let server: NatsServer | null = null;
  let connection: NatsConnection | null = null;
  let buckets = 0;
  before(async () => {
    server = await startNatsServer(configuration);
    connection = await connect({ servers: server.url, reconnectTimeWait: 20, maxReconnectAttempts: -1 });
  });
  after(async () => {
    await connection?.close();
    await server?.close();
  });
  return { server: () => server!, connection: () => connection!, bucket: () => `test-${buckets += 1}` };
}

let shared: ReturnType<typeof jetStreamServer> | null = null;

/** The file's server, started before its first test. */
export function sharedServer(): ReturnType<typeof jetStreamServer> {
  shared ??= jetStreamServer();
  return shared;
}

/** For storeContract. */
export function natsStoreBench(limits: Partial<NatsStoreLimits> = {}): () => Promise<{ readonly open: () => Promise<NatsStore>; readonly end: () => Promise<void> }> {
  const { connection, bucket } = sharedServer();
  return () => {
    const name = bucket();
    return Promise.resolve({ open: () => openNatsStore({ connection: connection(), clock: realClock(), bucket: name, limits }), end: () => Promise.resolve() });
  };
}
