// The lease in a store that several machines share, such as a directory on a network file system: signs of life are records PREFIX/NNNNNNNN,
// created by put-if-absent, the highest of which counts.
//
// H1. The highest record is never removed, and those just below it stay: a machine whose look at the directory is stale finds the next
//     number taken, and not free again.
// H2. Who has created a number that is not the highest came too late, and takes it away again.
import type { Store } from '../store/store.ts';
import type { Lease } from './lease.ts';
import { registerLease, type Register, type RegisterLeaseOptions } from './register.ts';

const DIGITS = 12;
const RECORDS_KEPT = 64;
const READ_ATTEMPTS_MAX = 5;

export interface StoreLeaseOptions extends RegisterLeaseOptions {
  readonly store: Store;
  /** Folder of its records, without a slash at its end. `lease` unless told. */
  readonly prefix?: string;
}

function numberedRegister(store: Store, prefix: string): Register {
  const keyOf = (number: number): string => `${prefix}/${String(number).padStart(DIGITS, '0')}`;
  const numbers = async (): Promise<readonly number[]> => (await store.list(`${prefix}/`)).map((key) => Number(key.slice(prefix.length + 1))).filter(Number.isSafeInteger);
  return {
    async read() {
      for (let attempt = 0; attempt < READ_ATTEMPTS_MAX; attempt += 1) {
        const revision = (await numbers()).at(-1);
        if (revision === undefined) return null;
        const value = await store.get(keyOf(revision));
        if (value !== null) return { revision, value };
      }
      throw new Error(`the lease ${prefix} was removed ${READ_ATTEMPTS_MAX} times while it was read`);
    },
    async write(value, after) {
      const number = after + 1;
      if ((await store.putIfAbsent(keyOf(number), value)).kind === 'exists') return null;
      const all = await numbers();
      if (all.at(-1) !== number) {
        await store.remove(keyOf(number));
        return null;
      }
      for (const old of all) if (old <= number - RECORDS_KEPT) await store.remove(keyOf(old));
      return number;
    },
  };
}

/** Does not close the store. Its methods reject with what the store rejects with. */
export function storeLease({ store, prefix = 'lease', ...options }: StoreLeaseOptions): Lease {
  return registerLease(numberedRegister(store, prefix), options);
}
