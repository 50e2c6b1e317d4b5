// Who tries to lead: a lease is taken, kept by renewing it, and given up. It only keeps two coordinators from trying at once; what a leader may
// write is decided by the fences in the store.
import type { Clock } from '../../platform/clock/clock.ts';
import { realRunSystem } from '../../platform/journal/run-directory.ts';
import { fileLease } from '../../platform/lease/file.ts';
import type { Lease } from '../../platform/lease/lease.ts';
import { ensureDirectory } from '../../platform/store/durable.ts';
import { guarded } from '../../platform/store/errors.ts';
import { pause } from './pause.ts';

/** How soon a standby looks whether the leader is gone. */
const STANDBY_MS = 500;
/** A lease is renewed after this part of its time. */
const RENEWED_AFTER = 1 / 3;

export async function storeLease(store: string): Promise<Lease> {
  const system = realRunSystem();
  await guarded(store, 'making the store', () => ensureDirectory(system.files, store));
  return fileLease({ ...system, directory: store });
}

export interface Taken { readonly validForMs: number | null }

/** Stands by until nobody else leads; null if the signal comes first. */
export async function takeLease(lease: Lease, signal: AbortSignal, onStandby: (leader: string) => void): Promise<Taken | null> {
  let isStandby = false;
  while (!signal.aborted) {
    const outcome = await lease.take();
    if (outcome.kind === 'taken') return outcome;
    if (!isStandby) onStandby(outcome.by.name);
    isStandby = true;
    await pause(STANDBY_MS, signal);
  }
  return null;
}

/** Renews it until stopped; `lost` aborts when it has ended, or could not be renewed in its time. */
export function holdLease(lease: Lease, { validForMs }: Taken, clock: Clock): { readonly lost: AbortSignal; stop(): void } {
  const lost = new AbortController();
  if (validForMs === null) return { lost: lost.signal, stop: () => undefined };
  let untilMs = clock.nowMs() + validForMs;
  let isRenewing = false;
  const renewing = clock.every(validForMs * RENEWED_AFTER, () => {
    if (clock.nowMs() >= untilMs) lost.abort();
    if (isRenewing || lost.signal.aborted) return;
    isRenewing = true;
    const sentMs = clock.nowMs();
    lease.renew().then((outcome) => {
      if (outcome.kind === 'lost') lost.abort();
      else untilMs = sentMs + (outcome.validForMs ?? Infinity);
    }, () => undefined).finally(() => { isRenewing = false; }); // a server that is away: the lease ends by itself
  });
  return { lost: lost.signal, stop: () => { renewing.stop(); } };
}
