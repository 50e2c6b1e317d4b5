// Telemetry as a projection of (state before, event, commands): the machine never mentions it.
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';
import type { Command, Event } from '../machine/events.ts';
import type { State } from '../machine/state.ts';
import type { Step } from '../machine/machine.ts';

export function project(telemetry: Telemetry, before: State, event: Event, { state, commands }: Step): void {
  for (const command of commands) count(telemetry, command);
  if (event.kind === 'tick') {
    const lost = before.run.leases.filter((lease) => event.nowMs >= lease.untilMs).length;
    if (lost > 0) telemetry.count('ebm_leases_expired_total', lost);
  }
  if (state.members !== before.members && state.members.length !== before.members.length) telemetry.gauge('ebm_workers', state.members.length);
}

function count(telemetry: Telemetry, command: Command): void {
  if (command.kind === 'lease') telemetry.count(command.duel === null ? 'ebm_leases_total' : 'ebm_twin_leases_total');
  else if (command.kind === 'accept') telemetry.count('ebm_contributions_accepted_total');
  else if (command.kind === 'discard') telemetry.count('ebm_contributions_discarded_total', 1, { reason: command.reason });
  else if (command.kind === 'commit') telemetry.count('ebm_updates_total');
}
