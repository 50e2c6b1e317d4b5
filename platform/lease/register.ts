// A lease with an end, over one register that knows compare-and-set (a key in NATS KV, numbered records in a store). Its holder writes a sign of
// life again and again; who finds the same one for the whole time of the lease, by its own monotonic clock, may take it.
//
// G1. A holder's lease ends at (its clock when the write was sent) + time - margin; a watcher counts the time from after its first sight of
//     that write. So no clock is compared with another, and a holder knows its end before anybody else may take.
// G2. A holder looks before it writes: whose the sign of life is tells the owner's number in it, drawn for each lease, and no revision, which a
//     register that was lost and made anew uses again. So a write whose answer was lost is recognised too.
// G3. A holder whose process has certainly ended is not waited for: it can do nothing any more. Where nothing here can tell (another boot, and so
//     perhaps another machine of the same name; another container), its silence must.
//
// It decides who tries. Safety rests on the epochs in the store: clocks may run at different speeds, and a process may sleep.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { Lease, LeaseHolder, RenewOutcome, TakeOutcome } from './lease.ts';
import { isProcess, type ProcessIdentity, type Processes } from './processes.ts';

export interface Found { readonly revision: number; readonly value: Uint8Array }

export interface Register {
  /** Null if nothing was ever written. */
  read(): Promise<Found | null>;
  /** Writes if the register still is at a revision (0: nothing was ever written); its new revision, or null if it was not. */
  write(value: Uint8Array, after: number): Promise<number | null>;
}

export interface RegisterLeaseOptions {
  readonly clock: Clock;
  /** Who we are, for people. */
  readonly name: string;
  /** How long a sign of life counts. 5,000 unless told. */
  readonly ttlMs?: number;
  /** So much earlier the holder stops: for clocks of different speed. A fifth of ttlMs unless told. */
  readonly marginMs?: number;
  /** Tells of a holder's process whether it has ended (G3). Absent: only silence tells. */
  readonly processes?: Processes;
}

const TTL_MS = 5_000;
/** No holder's word is believed for longer. */
const TTL_MS_MAX = 600_000;
const VALUE_BYTES_MAX = 4_096;

interface Sign { readonly owner: string; readonly name: string; readonly since: string; readonly beat: number; readonly ttlMs: number; readonly isFree: boolean; readonly process?: ProcessIdentity }

class RegisterLease implements Lease {
  readonly #register: Register;
  readonly #options: RegisterLeaseOptions & Required<Pick<RegisterLeaseOptions, 'ttlMs' | 'marginMs'>>;
  readonly #owner = randomBytes(12).toString('hex');
  #beat = 0;
  #since = '';
  #watched: { readonly revision: number; readonly sinceMs: number } | null = null;

  constructor(register: Register, options: RegisterLeaseOptions) {
    const { ttlMs = TTL_MS } = options;
    const marginMs = options.marginMs ?? ttlMs / 5;
    if (!(ttlMs > 0 && ttlMs <= TTL_MS_MAX && marginMs >= 0 && marginMs < ttlMs)) throw new RangeError(`a lease of ${ttlMs} ms with a margin of ${marginMs} ms`);
    this.#register = register;
    this.#options = { ...options, ttlMs, marginMs };
  }

  get #validForMs(): number { return this.#options.ttlMs - this.#options.marginMs; }

  async take(): Promise<TakeOutcome> {
    const found = await this.#register.read();
    const by = found === null ? null : this.#holder(found);
    if (by !== null) return { kind: 'held', by };
    if (!isBy(found, this.#owner)) this.#since = new Date(this.#options.clock.dateMs()).toISOString();
    if (await this.#write(found, false)) return { kind: 'taken', validForMs: this.#validForMs };
    const winner = await this.#register.read();
    return { kind: 'held', by: (winner === null ? null : this.#holder(winner)) ?? unknownHolder(this.#options.ttlMs) };
  }

  async renew(): Promise<RenewOutcome> {
    const found = await this.#register.read();
    if (isBy(found, this.#owner) && await this.#write(found, false)) return { kind: 'renewed', validForMs: this.#validForMs };
    const now = isBy(found, this.#owner) ? await this.#register.read() : found;
    return { kind: 'lost', by: now === null ? null : this.#holder(now) };
  }

  async giveUp(): Promise<void> {
    const found = await this.#register.read();
    if (isBy(found, this.#owner)) await this.#write(found, true);
  }

  async #write(found: Found | null, isFree: boolean): Promise<boolean> {
    this.#beat += 1;
    const { name, ttlMs, processes } = this.#options;
    const sign: Sign = { owner: this.#owner, name, since: this.#since, beat: this.#beat, ttlMs, isFree, ...(processes === undefined ? {} : { process: processes.self() }) };
    return await this.#register.write(new TextEncoder().encode(JSON.stringify(sign)), found?.revision ?? 0) !== null;
  }

  /** G3. */
  #hasEnded(process: ProcessIdentity): boolean {
    const { processes } = this.#options;
    return processes !== undefined && process.bootId !== null && process.bootId === processes.self().bootId && processes.stateOf(process) === 'dead';
  }

  /** Who holds it; null if it was given up, is ours, is a dead process's, or has shown no sign of life for its whole time. */
  #holder({ revision, value }: Found): LeaseHolder | null {
    const sign = parseSign(value);
    if (sign !== null && (sign.isFree || sign.owner === this.#owner)) return null;
    if (sign?.process !== undefined && this.#hasEnded(sign.process)) return null;
    const ttlMs = Math.max(this.#options.ttlMs, sign?.ttlMs ?? 0);
    const nowMs = this.#options.clock.nowMs();
    if (this.#watched?.revision !== revision) this.#watched = { revision, sinceMs: nowMs };
    if (nowMs - this.#watched.sinceMs >= ttlMs) return null;
    return sign === null ? unknownHolder(ttlMs) : { name: sign.name, since: sign.since, remedy: remedyAfter(ttlMs) };
  }
}

const remedyAfter = (ttlMs: number): string => `Wait: without a sign of life its lease ends after ${Math.ceil(ttlMs / 1000)} s.`;

const unknownHolder = (ttlMs: number): LeaseHolder => ({ name: 'a process unknown to this version', since: 'an unknown time', remedy: remedyAfter(ttlMs) });

/** Whether the last sign of life is by an owner, who has not given up. */
function isBy(found: Found | null, owner: string): found is Found {
  const sign = found === null ? null : parseSign(found.value);
  return sign?.owner === owner && !sign.isFree;
}

function parseSign(value: Uint8Array): Sign | null {
  if (value.byteLength > VALUE_BYTES_MAX) return null;
  try {
    const sign = JSON.parse(new TextDecoder().decode(value)) as Partial<Sign> | null;
    const isSign = typeof sign?.owner === 'string' && typeof sign.name === 'string' && typeof sign.since === 'string' && typeof sign.isFree === 'boolean';
    const isProcessKnown = sign?.process === undefined || isProcess(sign.process);
    return isSign && isProcessKnown && typeof sign.ttlMs === 'number' && sign.ttlMs > 0 && sign.ttlMs <= TTL_MS_MAX ? sign as Sign : null;
  } catch {
    return null;
  }
}

/** Its methods reject with what the register rejects with. */
export function registerLease(register: Register, options: RegisterLeaseOptions): Lease {
  return new RegisterLease(register, options);
}
