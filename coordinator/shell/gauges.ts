// Telemetry as a projection of (state before, event, commands): the machine never mentions it.
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';
import type { Command, Event } from '../machine/events.ts';
import type { State } from '../machine/state.ts';
import type { Step } from '../machine/machine.ts';
import { find } from '../machine/table.ts';

export function project(telemetry: Telemetry, before: State, event: Event, { state, commands }: Step): void {
  for (const command of commands) count(telemetry, command, before, event);
  if (event.kind === 'failed' && leaseAt(before, event) !== undefined) telemetry.count('ebm_units_total', 1, { outcome: 'failed' });
  if (event.kind === 'tick') tick(telemetry, before, { state, nowMs: event.nowMs });
}

/** A worker's lease as it was when its message came. */
function leaseAt(before: State, event: Event): State['run']['leases'][number] | undefined {
  if (event.kind !== 'contribution' && event.kind !== 'advanced' && event.kind !== 'result' && event.kind !== 'failed') return undefined;
  const lease = find(before.run.leases, event.lease);
  return lease?.worker === event.worker ? lease : undefined;
}

function count(telemetry: Telemetry, command: Command, before: State, event: Event): void {
  if (command.kind === 'lease') telemetry.count(command.duel === null ? 'ebm_leases_total' : 'ebm_twin_leases_total');
  else if (command.kind === 'accept') counted(telemetry, 'update', before, event);
  else if (command.kind === 'advance') advanced(telemetry, command, before, event);
  else if (command.kind === 'collect') counted(telemetry, 'figure', before, event);
  else if (command.kind === 'report' && command.what.kind === 'quarantined') telemetry.count('ebm_quarantines_total');
  else if (command.kind === 'discard') {
    telemetry.count('ebm_contributions_discarded_total', 1, { reason: command.reason });
    telemetry.count('ebm_units_total', 1, { outcome: outcomeOf(command, before, event) });
  } else if (command.kind === 'commit') {
    telemetry.count('ebm_updates_total');
    telemetry.gauge('ebm_job_update', command.update + 1);
  }
}

function counted(telemetry: Telemetry, kind: 'update' | 'figure', before: State, event: Event): void {
  telemetry.count('ebm_units_total', 1, { outcome: 'accepted' });
  const lease = leaseAt(before, event);
  if (lease !== undefined) telemetry.observe('ebm_unit_seconds', (event.nowMs - lease.grantedMs) / 1000, { kind });
}

/** Each update of a span counts as a unit that took its share of the time. */
function advanced(telemetry: Telemetry, { update, done }: Extract<Command, { kind: 'advance' }>, before: State, event: Event): void {
  telemetry.count('ebm_units_total', done, { outcome: 'accepted' });
  telemetry.count('ebm_updates_total', done);
  telemetry.gauge('ebm_job_update', update + done);
  const lease = leaseAt(before, event);
  if (lease !== undefined) telemetry.observe('ebm_unit_seconds', (event.nowMs - lease.grantedMs) / done / 1000, { kind: 'update' });
}

/** `twin`: computed a second time and compared. `duplicate`: its lease has ended, because it came late or came before. */
function outcomeOf({ reason }: Extract<Command, { kind: 'discard' }>, before: State, event: Event): 'twin' | 'duplicate' | 'refused' {
  switch (reason) {
    case 'settled': return (leaseAt(before, event)?.duel ?? null) === null ? 'duplicate' : 'twin';
    case 'lease-expired': return 'duplicate';
    case 'stale-epoch': case 'unknown-worker': case 'mismatch': return 'refused';
  }
}

/** Workers are counted here and not at every event: there may be thousands of them. */
function tick(telemetry: Telemetry, before: State, { state, nowMs }: { readonly state: State; readonly nowMs: number }): void {
  const lost = before.run.leases.filter((lease) => nowMs >= lease.untilMs || find(state.members, lease.worker) === undefined).length;
  if (lost > 0) telemetry.count('ebm_units_total', lost, { outcome: 'expired' });
  const busy = new Set(state.run.leases.map((lease) => lease.worker));
  const counts = { waiting: 0, computing: 0, leaving: 0 };
  for (const { key, draining } of state.members) counts[draining ? 'leaving' : busy.has(key) ? 'computing' : 'waiting'] += 1;
  for (const [each, number] of Object.entries(counts)) telemetry.gauge('ebm_run_workers', number, { state: each });
}
