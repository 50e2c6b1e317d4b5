// Port of the lease: the right to try to lead, or to write to a directory. It only decides who tries: where a lost lease could do
// harm, safety rests on the epoch in the store. The adapter decides how a holder is told from a dead one.

export interface LeaseHolder {
  /** For people: `pid 4711 on host anna`. */
  readonly name: string;
  /** When it was taken, by the holder's clock: ISO 8601. For people only, nothing is decided by it. */
  readonly since: string;
  /** What to do if the holder is in the way, as a sentence. */
  readonly remedy: string;
}

/**
 * `validForMs` counts from the instant the request was sent, on the caller's monotonic clock (margin already taken off);
 * null: until it is given up or the process ends.
 */
export type TakeOutcome =
  | { readonly kind: 'taken'; readonly validForMs: number | null }
  | { readonly kind: 'held'; readonly by: LeaseHolder };

/** `by` is null when nobody holds it now. */
export type RenewOutcome =
  | { readonly kind: 'renewed'; readonly validForMs: number | null }
  | { readonly kind: 'lost'; readonly by: LeaseHolder | null };

export interface Lease {
  /** L1: of all who take, at most one holds. Taking what one holds already is a renewal. */
  take(): Promise<TakeOutcome>;
  /** Without a lease: `lost`. */
  renew(): Promise<RenewOutcome>;
  /** L2: ends the caller's own lease and nobody else's; no error if there is none. */
  giveUp(): Promise<void>;
}
