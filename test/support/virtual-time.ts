// Letting virtual time pass while promises have their turn: every timer runs at its time, and what it set off settles before the next.
import type { VirtualClock } from '../../platform/clock/virtual.ts';

/** A turn of the event loop: every promise that can settle has settled. */
export function promises(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}

export async function settle(clock: VirtualClock, byMs: number): Promise<void> {
  const untilMs = clock.nowMs() + byMs;
  await promises();
  for (let next = clock.nextMs(); next !== null && next <= untilMs; next = clock.nextMs()) {
    clock.runNext();
    await promises();
  }
  clock.advance(untilMs - clock.nowMs());
}
