// The lease in NATS KV: one key, written by create and by update of a known revision, read from the stream's leader. If its bucket is lost
// with its server, it is made anew: the lease rests on nothing that NATS keeps.
import { jetstream, JetStreamApiError } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from 'nats';
import { StorageError } from '../store/errors.ts';
import type { Lease } from './lease.ts';
import { registerLease, type Register, type RegisterLeaseOptions } from './register.ts';

export interface NatsLeaseOptions extends RegisterLeaseOptions {
  /** Made and closed elsewhere (NatsTransport.connection). */
  readonly connection: NatsConnection;
  /** Letters, digits, `_` and `-`. `ebm-lease` unless told. */
  readonly bucket?: string;
  /** `leader` unless told. */
  readonly key?: string;
  /** Servers that hold it, for a new bucket. 1 unless told. */
  readonly replicas?: number;
  /** One question to the server. 1,000 unless told. */
  readonly timeoutMs?: number;
}

const WRONG_LAST_SEQUENCE: readonly number[] = [10071, 10164];

function keyRegister({ connection, bucket = 'ebm-lease', key = 'leader', replicas = 1, timeoutMs = 1_000 }: NatsLeaseOptions): Register {
  const manager = new Kvm(jetstream(connection, { timeout: timeoutMs }));
  let opened: KV | null = null;
  /** Runs a task on the bucket; after a failure the bucket is looked for again. */
  const withBucket = async <Result>(doing: string, task: (kv: KV) => Promise<Result>): Promise<Result> => {
    try {
      opened ??= await manager.create(bucket, { history: 1, replicas, allow_direct: false, timeout: timeoutMs });
      return await task(opened);
    } catch (cause) {
      opened = null;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new StorageError({ code: 'unreachable', path: `nats bucket ${bucket}`, what: `no answer to the lease (${reason}, while ${doing})`, remedy: 'Check that nats-server runs with JetStream, and that this user may use $KV and $JS.API.', cause });
    }
  };
  const written = async (task: Promise<number>): Promise<number | null> => {
    try {
      return await task;
    } catch (error) {
      if (error instanceof JetStreamApiError && WRONG_LAST_SEQUENCE.includes(error.code)) return null;
      throw error;
    }
  };
  return {
    read: () => withBucket('reading it', async (kv) => {
      const entry = await kv.get(key);
      return entry === null ? null : { revision: entry.revision, value: entry.value };
    }),
    write: (value, after) => withBucket('writing it', (kv) => written(after === 0 ? kv.create(key, value) : kv.update(key, value, after, timeoutMs))),
  };
}

/** Its methods reject with StorageError `unreachable` when there is no answer: whether something was written is found out by the next call. */
export function natsLease(options: NatsLeaseOptions): Lease {
  return registerLease(keyRegister(options), options);
}
