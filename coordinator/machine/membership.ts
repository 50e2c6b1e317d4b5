// Membership: who is here, who asks for work, who is gone.
// M1: a member's lease ends with its membership.
// M2: a quarantined worker is never a member.
// M3: a member that was not heard of for memberMs is gone at the next tick.
// M4: a member that is released finishes its unit and is given no other.
// M5: what was counted of a worker is remembered when it leaves: its lies are found out later, perhaps.
// M6: a worker of another device class than the run's is never a member (classes.ts, D1).
// E1: a message of a lower epoch changes nothing; its sender is told the epoch.
import { strangeness } from './classes.ts';
import { abandonDuels } from './duels.ts';
import { changeMember, changeState, emit, nextNumber, putMember, type Draft } from './draft.ts';
import type { Event } from './events.ts';
import { leaseOf, loseLease, sendLease } from './leases.ts';
import type { Departed, Member, State } from './state.ts';
import { find, putRow, withoutRow, type Table } from './table.ts';

type Of<Kind extends Event['kind']> = Extract<Event, { readonly kind: Kind }>;

export function isOver(state: State): boolean {
  return state.run.phase.kind === 'over';
}

export function join(draft: Draft, event: Of<'join'>): void {
  const { state } = draft;
  const { worker } = event;
  const isQuarantined = state.quarantined.find((one) => one.worker === worker);
  if (isQuarantined !== undefined) {
    emit(draft, { kind: 'refuse', to: worker, code: 'quarantined', message: isQuarantined.reason });
    return;
  }
  if (isOver(state)) {
    emit(draft, { kind: 'refuse', to: worker, code: 'over', message: 'the run is over' });
    return;
  }
  const strange = strangeness(state, worker, event.fingerprint);
  if (strange !== null) {
    emit(draft, { kind: 'refuse', to: worker, code: 'device-class', message: strange });
    return;
  }
  if (find(state.members, worker) === undefined && state.members.length >= state.settings.fleet.workersMax) {
    emit(draft, { kind: 'refuse', to: worker, code: 'full', message: `the fleet has its ${state.settings.fleet.workersMax} workers` });
    return;
  }
  remove(draft, worker);
  const member: Member = { key: worker, fingerprint: event.fingerprint, heardMs: event.nowMs, asking: null, lease: null, draining: false, pace: null, counted: find(draft.state.departed, worker)?.counted ?? null, cached: null };
  putMember(draft, member);
  emit(draft, { kind: 'welcome', to: worker });
}

/** A free worker asks. One that holds a lease has lost the message or its answer: it is sent the same lease again (L4). */
export function request(draft: Draft, event: Of<'request'>): void {
  if (!hear(draft, event)) return;
  const lease = leaseOf(draft.state, event.worker);
  if (isOver(draft.state)) emit(draft, { kind: 'drain', to: event.worker });
  else if (lease !== undefined) sendLease(draft, lease);
  else queue(draft, event.worker);
}

/** M4: it finishes its unit, is given no other, and leaves; told again whenever it asks. */
export function release(draft: Draft, { worker }: Of<'release'>): void {
  const member = find(draft.state.members, worker);
  if (member === undefined) return;
  changeMember(draft, member, { draining: true, asking: null });
  emit(draft, { kind: 'drain', to: worker });
}

/** Puts a member that has no lease at the end of the queue of those who ask. */
export function queue(draft: Draft, worker: string): void {
  const member = find(draft.state.members, worker);
  if (member === undefined || member.asking !== null) return;
  if (member.draining) {
    emit(draft, { kind: 'drain', to: worker });
    return;
  }
  if (member.lease !== null) return;
  changeMember(draft, member, { asking: nextNumber(draft) });
}

/** Notes that a member lives. False if the sender is no member or is behind (E1); it has been told then. */
export function hear(draft: Draft, event: { readonly worker: string; readonly epoch: number; readonly nowMs: number }): boolean {
  const member = find(draft.state.members, event.worker);
  if (member === undefined) {
    const over = isOver(draft.state);
    emit(draft, { kind: 'refuse', to: event.worker, code: over ? 'over' : 'unknown-worker', message: over ? 'the run is over' : 'not a member: join first' });
    return false;
  }
  if (member.heardMs !== event.nowMs) changeMember(draft, member, { heardMs: event.nowMs });
  if (event.epoch === draft.state.epoch) return true;
  emit(draft, { kind: 'fence', to: event.worker });
  return false;
}

export function leave(draft: Draft, event: Of<'leave'>): void {
  remove(draft, event.worker);
}

/** M1. */
export function remove(draft: Draft, worker: string): void {
  const member = find(draft.state.members, worker);
  if (member === undefined) return;
  const lease = leaseOf(draft.state, worker);
  if (lease !== undefined) {
    loseLease(draft, lease);
    abandonDuels(draft);
  }
  const { members, departed, settings } = draft.state;
  changeState(draft, { members: withoutRow(members, worker), ...(member.counted === null ? {} : { departed: withDeparted(departed, { key: worker, counted: member.counted }, settings.fleet.workersMax) }) });
}

/** M5. */
function withDeparted(departed: Table<Departed>, row: Departed, most: number): Table<Departed> {
  const rows = putRow(departed, row, departed);
  if (rows.length <= most) return rows;
  const oldest = rows.reduce((least, one) => one.counted < least.counted ? one : least);
  return withoutRow(rows, oldest.key);
}

/** M3, at a tick. */
export function expireMembers(draft: Draft): void {
  const { nowMs, members, settings } = draft.state;
  for (const member of members) {
    if (nowMs - member.heardMs >= settings.fleet.memberMs) remove(draft, member.key);
  }
}

/** L3, at a tick. */
export function expireLeases(draft: Draft): void {
  const { nowMs } = draft.state;
  const late = draft.state.run.leases.filter((lease) => nowMs >= lease.untilMs);
  for (const lease of late) {
    const task = find(draft.state.run.tasks, lease.task);
    loseLease(draft, lease, { losses: (task?.losses ?? 0) + 1 });
    emit(draft, { kind: 'cancel', to: lease.worker, lease: lease.key });
  }
  if (late.length > 0) abandonDuels(draft);
}
