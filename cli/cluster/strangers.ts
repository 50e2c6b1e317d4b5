// Two clusters on one NATS server would take each other's workers and jobs, for their subjects are the same. So a store has an identity, a
// leader tells it with its service, and no coordinator leads where one of another store does. Two that could not see each other when they began
// (a network that was cut) are told when they can.
import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../../platform/clock/clock.ts';
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
/** From one look of a leader to the next: a question to the server, and an answer of each leader. */
const LOOK_MS = 5_000;

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
export async function refuseStrangers(transport: Pick<NatsTransport, 'connection'>, identity: string, isLeading: boolean): Promise<void> {
  if (!(await strangersTo(transport, identity)).some((other) => !isLeading || other < identity)) return;
  throw new UsageError('another-cluster', 'a coordinator of another store leads on this NATS server, and its workers and jobs would be mixed with ours',
    'Give this one the same --store, stop the other (`nats micro info ebm-coordinator` shows it), or use another NATS server or account.');
}

/**
 * For a leader: looks again and again, and says when the first leader of another store appears (true) and when there is none any more. It goes on
 * leading: which of two clusters is to end is for people to say.
 */
export function watchStrangers(transport: Pick<NatsTransport, 'connection'>, identity: string, { clock, onChange }: { readonly clock: Clock; readonly onChange: (isMixed: boolean) => void }): Timer {
  let wasMixed = false;
  let isStopped = false;
  let isLooking = false;
  const look = async (): Promise<void> => {
    const isMixed = (await strangersTo(transport, identity)).length > 0;
    if (isMixed === wasMixed || isStopped) return;
    wasMixed = isMixed;
    onChange(isMixed);
  };
  const timer = clock.every(LOOK_MS, () => {
    if (isLooking) return;
    isLooking = true;
    look().catch(() => undefined).finally(() => { isLooking = false; }); // a connection that is closed ends the leader elsewhere
  });
  return { stop: () => { isStopped = true; timer.stop(); } };
}

/** Identities of other stores whose leaders answer. */
async function strangersTo({ connection }: Pick<NatsTransport, 'connection'>, identity: string): Promise<readonly string[]> {
  return (await pingServices(connection, SERVICE_NAME, WAIT_MS)).flatMap((metadata) => {
    const other = metadata[STORE_FIELD];
    return other === undefined || other === identity ? [] : [other];
  });
}
