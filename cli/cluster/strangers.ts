// Two clusters on one NATS server would take each other's workers and jobs, for their subjects are the same. So a store has an identity, a
// leader tells it with its service, and no coordinator leads where one of another store does.
import { randomBytes } from 'node:crypto';
import type { Store } from '../../platform/store/store.ts';
import { pingServices } from '../../platform/transport/nats-discovery.ts';
import type { NatsTransport } from '../../platform/transport/nats.ts';
import { UsageError } from '../terminal/failure.ts';

export const SERVICE_NAME = 'ebm-coordinator';
/** Of the service's metadata. */
export const STORE_FIELD = 'store';
const KEY = 'identity';
/** A leader that is busy answers late; where nobody serves, the server says so at once. */
const WAIT_MS = 2_000;

/** Drawn when the store is first opened, and the same for all who open it. Throws StorageError. */
export async function identityOf(store: Store): Promise<string> {
  const found = await store.get(KEY);
  if (found !== null) return new TextDecoder().decode(found);
  await store.putIfAbsent(KEY, new TextEncoder().encode(randomBytes(12).toString('hex')));
  return identityOf(store);
}

/**
 * Throws UsageError if a coordinator of another store leads on this server. `isLeading`: we do already, so of two that began at the same time
 * one gives way.
 */
export async function refuseStrangers({ connection }: Pick<NatsTransport, 'connection'>, identity: string, isLeading: boolean): Promise<void> {
  const others = (await pingServices(connection, SERVICE_NAME, WAIT_MS)).map((metadata) => metadata[STORE_FIELD]).filter((other) => other !== undefined && other !== identity);
  if (!others.some((other) => !isLeading || other! < identity)) return;
  throw new UsageError('another-cluster', 'a coordinator of another store leads on this NATS server, and its workers and jobs would be mixed with ours',
    'Give this one the same --store, stop the other (`nats micro info ebm-coordinator` shows it), or use another NATS server or account.');
}
