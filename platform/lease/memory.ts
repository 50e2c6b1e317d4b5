// The lease in memory, with or without an end: for tests and simulations. Time is handed in.
import type { Lease, LeaseHolder, RenewOutcome, TakeOutcome } from './lease.ts';

/** What several leases over the same memory share. */
export interface LeaseBoard { held: { readonly by: LeaseHolder; readonly owner: object; readonly endsAtMs: number } | null }

export interface MemoryLeaseOptions {
  readonly board: LeaseBoard;
  readonly name: string;
  /** Null: held until it is given up. */
  readonly ttlMs: number | null;
  readonly nowMs: () => number;
}

export function leaseBoard(): LeaseBoard {
  return { held: null };
}

export function memoryLease({ board, name, ttlMs, nowMs }: MemoryLeaseOptions): Lease {
  const owner = {};
  const current = (): LeaseBoard['held'] => board.held !== null && nowMs() < board.held.endsAtMs ? board.held : null;
  const hold = (): void => {
    const since = new Date(nowMs()).toISOString();
    board.held = { by: { name, since, remedy: 'Wait until it ends.' }, owner, endsAtMs: ttlMs === null ? Infinity : nowMs() + ttlMs };
  };
  const take = (): TakeOutcome => {
    const held = current();
    if (held !== null && held.owner !== owner) return { kind: 'held', by: held.by };
    hold();
    return { kind: 'taken', validForMs: ttlMs };
  };
  const renew = (): RenewOutcome => {
    const held = current();
    if (held?.owner !== owner) return { kind: 'lost', by: held?.by ?? null };
    hold();
    return { kind: 'renewed', validForMs: ttlMs };
  };
  return {
    take: () => Promise.resolve(take()),
    renew: () => Promise.resolve(renew()),
    giveUp: () => {
      if (current()?.owner === owner) board.held = null;
      return Promise.resolve();
    },
  };
}
