// Expectations from measured paces: how long a unit takes, and what follows for its lease and its twin. A matter of scheduling alone.
import type { Range } from '../../proto/messages.ts';
import { sizeOf } from './ranges.ts';
import type { FleetRules } from './settings.ts';
import type { Member, State, Task } from './state.ts';

/** Places in a millisecond, on average over the members whose pace is known; null if none is. */
export function meanPace({ members }: Pick<State, 'members'>): number | null {
  let total = 0;
  let known = 0;
  for (const { pace } of members) {
    if (pace === null) continue;
    total += pace;
    known += 1;
  }
  return known === 0 ? null : total / known;
}

/** Term of a lease on a range, before L5 doubles it. Units of figures have no measured times. */
export function termMsOf({ settings: { fleet }, members }: Pick<State, 'settings' | 'members'>, task: Task, range: Range, member: Member): number {
  const { leaseMs, leaseUnits, leaseMsMin } = fleet;
  const pace = member.pace ?? meanPace({ members });
  if (leaseUnits === 0 || task.kind.kind !== 'update' || pace === null) return leaseMs;
  return Math.min(leaseMs, Math.max(leaseMsMin, Math.ceil((leaseUnits * sizeOf(range)) / pace)));
}

/** Age from which a lease on a range may have a twin, in a fleet of a mean pace. */
export function twinAgeMs({ twinAfterMs, twinUnits, twinMsMin }: FleetRules, range: Range, pace: number | null): number {
  return twinUnits === 0 || pace === null ? twinAfterMs : Math.min(twinAfterMs, Math.max(twinMsMin, (twinUnits * sizeOf(range)) / pace));
}
