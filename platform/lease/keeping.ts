// A lease that is held on to: renewed by a timer, with its end told at once. A renewal that gets no answer is tried again until the
// lease ends by the holder's own clock; what comes later changes nothing.
import type { Clock, Timer } from '../clock/clock.ts';
import type { Lease, LeaseHolder, TakeOutcome } from './lease.ts';

/** A lease without an end is looked at so often. */
const LOOK_MS = 1_000;
const RENEWALS_IN_TIME = 4;

export interface KeptLease {
  /** Resolves once, with who holds it now if that is known; never after giveUp. */
  readonly lost: Promise<LeaseHolder | null>;
  /** By the clock, also when a timer is late because the process was stopped. */
  readonly isHeld: () => boolean;
  readonly giveUp: () => Promise<void>;
}

export type KeepOutcome = { readonly kind: 'kept'; readonly kept: KeptLease } | Extract<TakeOutcome, { readonly kind: 'held' }>;

class Keeper implements KeptLease {
  readonly lost: Promise<LeaseHolder | null>;
  readonly #lease: Lease;
  readonly #clock: Clock;
  #tell: (by: LeaseHolder | null) => void = () => undefined;
  #state: 'held' | 'lost' | 'given-up' = 'held';
  #endsAtMs = Infinity;
  #timers: readonly Timer[] = [];
  #renewing: Promise<void> = Promise.resolve();

  constructor(lease: Lease, clock: Clock) {
    this.#lease = lease;
    this.#clock = clock;
    this.lost = new Promise((resolve) => { this.#tell = resolve; });
  }

  readonly isHeld = (): boolean => this.#state === 'held' && this.#clock.nowMs() < this.#endsAtMs;

  /** `sentMs`: when it was asked for what it has got now. */
  hold(sentMs: number, validForMs: number | null): void {
    this.#stop();
    this.#endsAtMs = validForMs === null ? Infinity : sentMs + validForMs;
    const renewal = this.#clock.every(validForMs === null ? LOOK_MS : validForMs / RENEWALS_IN_TIME, () => { this.#renew(); });
    const end = validForMs === null ? [] : [this.#clock.after(this.#endsAtMs - this.#clock.nowMs(), () => { this.#lose(null); })];
    this.#timers = [renewal, ...end];
  }

  #isRenewing = false;

  #renew(): void {
    if (this.#isRenewing || this.#state !== 'held') return;
    if (!this.isHeld()) { this.#lose(null); return; }
    this.#isRenewing = true;
    const sentMs = this.#clock.nowMs();
    this.#renewing = this.#lease.renew().then(
      (outcome) => {
        if (this.#state !== 'held') return;
        if (outcome.kind === 'lost') this.#lose(outcome.by);
        else this.hold(sentMs, outcome.validForMs);
      },
      () => undefined,
    ).finally(() => { this.#isRenewing = false; });
  }

  #lose(by: LeaseHolder | null): void {
    if (this.#state !== 'held') return;
    this.#state = 'lost';
    this.#stop();
    this.#tell(by);
  }

  #stop(): void {
    for (const timer of this.#timers) timer.stop();
    this.#timers = [];
  }

  readonly giveUp = async (): Promise<void> => {
    if (this.#state === 'held') this.#state = 'given-up';
    this.#stop();
    await this.#renewing;
    await this.#lease.giveUp();
  };
}

/** Takes the lease, if it is free, and keeps it. Rejects with what the lease rejects with. */
export async function takeAndKeep(lease: Lease, clock: Clock): Promise<KeepOutcome> {
  const sentMs = clock.nowMs();
  const taken = await lease.take();
  if (taken.kind === 'held') return taken;
  const keeper = new Keeper(lease, clock);
  keeper.hold(sentMs, taken.validForMs);
  return { kind: 'kept', kept: keeper };
}

export interface WaitOptions {
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Each time that somebody holds it, or that nothing answers. Must not throw. */
  readonly onWaiting?: (why: LeaseHolder | Error) => void;
}

/** As a standby: tries until the lease is taken and kept; null after the signal. A lease that gives no answer is tried again. */
export async function waitForLease(lease: Lease, clock: Clock, { pollMs, signal, onWaiting }: WaitOptions): Promise<KeptLease | null> {
  while (!signal.aborted) {
    try {
      const outcome = await takeAndKeep(lease, clock);
      if (outcome.kind === 'kept') {
        if (!signal.aborted) return outcome.kept;
        await outcome.kept.giveUp();
        return null;
      }
      onWaiting?.(outcome.by);
    } catch (error) {
      onWaiting?.(error instanceof Error ? error : new Error(String(error)));
    }
    await pause(clock, pollMs, signal);
  }
  return null;
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) { resolve(); return; }
    const end = (): void => { timer.stop(); signal.removeEventListener('abort', end); resolve(); };
    const timer = clock.after(delayMs, end);
    signal.addEventListener('abort', end, { once: true });
  });
}
