// Leases: who computes which range until when. How a lease begins, is prolonged, and ends without a result.
// L1: a place of a task is outstanding, leased or covered, and never two of them.
// L3: a lease ends at the first tick at or after its deadline, not before.
// L4: a worker holds at most one lease.
// L5: the term doubles with each lease that its task lost, so that a unit longer than a term is still finished.
import type { Range } from '../../proto/messages.ts';
import { changeMember, changeRun, drop, emit, nextNumber, put, type Draft } from './draft.ts';
import type { UnitPlan } from './events.ts';
import { termMsOf } from './paces.ts';
import { holds, partOf, sameRange, sizeOf, withoutRange, withRange } from './ranges.ts';
import { chainsOf } from './settings.ts';
import type { Lease, Member, State, Task } from './state.ts';
import { find } from './table.ts';

/** Doublings of a term stop here. */
const DOUBLINGS_MAX = 8;

export function leaseOf(state: State, worker: string): Lease | undefined {
  const key = find(state.members, worker)?.lease ?? null;
  return key === null ? undefined : find(state.run.leases, key);
}

/** The task that a lease works on; a duel's task may have left the table of tasks. */
export function taskOf(state: State, lease: Lease): Task | undefined {
  return find(state.run.tasks, lease.task) ?? (lease.duel === null ? undefined : find(state.run.duels, lease.duel)?.task);
}

/** What a range of a task means to a worker. */
export function planOf(state: State, task: Task, range: Range, member: Member | undefined): UnitPlan {
  const { job } = state.settings;
  if (task.kind.kind === 'figure') {
    const { branch, version, figure } = task.kind;
    return { kind: 'figure', branch, version, figure, range };
  }
  const { branch, update, version } = task.kind;
  const chains = partOf(range, task.size, chainsOf(job));
  return { kind: 'update', branch, update, version, data: partOf(range, task.size, job.train.batch), chains, cached: isCached(member, branch, update) && holds(member!.cached!.chains, chains) };
}

export function isCached(member: Member | undefined, branch: number, version: number): boolean {
  return member?.cached?.branch === branch && member.cached.version === version;
}

function doubled(losses: number): number {
  return 1 << Math.min(losses, DOUBLINGS_MAX);
}

export interface Grant { readonly task: Task; readonly range: Range; readonly duel: number | null; readonly span?: readonly number[] | null }

/** Begins a lease. A range of an open task must be outstanding, unless the lease is a duel's. */
export function grant(draft: Draft, member: Member, { task, range, duel, span = null }: Grant): void {
  const { state } = draft;
  const key = nextNumber(draft);
  const termMs = termMsOf(state, task, range, member) * doubled(task.losses);
  const lease: Lease = { key, worker: member.key, task: task.key, range, grantedMs: state.nowMs, untilMs: state.nowMs + termMs, termMs, duel, span };
  put(draft, 'leases', lease);
  if (duel === null) put(draft, 'tasks', { ...task, outstanding: withoutRange(task.outstanding, range) });
  changeMember(draft, member, { asking: null, lease: key });
  sendLease(draft, lease);
}

/** Sends a lease, again if need be: the same lease, so that a lost message costs time and nothing else. */
export function sendLease(draft: Draft, lease: Lease): void {
  const { state } = draft;
  const task = taskOf(state, lease);
  if (task === undefined) return;
  const plan = planOf(state, task, lease.range, find(state.members, lease.worker));
  const unit: UnitPlan = lease.span === null || plan.kind !== 'update' ? plan : { kind: 'span', branch: plan.branch, update: plan.update, data: plan.data, chains: plan.chains, learningRates: lease.span };
  emit(draft, { kind: 'lease', to: lease.worker, lease: lease.key, termMs: lease.termMs, unit, duel: lease.duel });
}

export function renewLease(draft: Draft, lease: Lease): void {
  put(draft, 'leases', { ...lease, untilMs: draft.state.nowMs + lease.termMs });
}

export function removeLease(draft: Draft, lease: Lease): void {
  drop(draft, 'leases', lease.key);
  const member = find(draft.state.members, lease.worker);
  if (member?.lease === lease.key) changeMember(draft, member, { lease: null });
}

/** Ends a lease without a result: its range is outstanding again, once, unless it is covered or a twin still has it (L1). */
export function loseLease(draft: Draft, lease: Lease, change: Partial<Pick<Task, 'losses' | 'failures'>> = {}): void {
  removeLease(draft, lease);
  if (lease.span !== null) changeRun(draft, { astray: lease.worker }); // S3
  const { run } = draft.state;
  const task = find(run.tasks, lease.task);
  if (task === undefined) return;
  const free = !holds(task.covered, lease.range) && !run.leases.some((other) => other.task === task.key && sameRange(other.range, lease.range));
  const outstanding = free && sizeOf(lease.range) > 0 ? withRange(task.outstanding, lease.range) : task.outstanding;
  put(draft, 'tasks', { ...task, ...change, outstanding });
}

/** A range of a task is done: covered, and no longer leased by this lease. */
export function coverLease(draft: Draft, lease: Lease, task: Task): void {
  removeLease(draft, lease);
  put(draft, 'tasks', { ...task, covered: withRange(task.covered, lease.range) });
}

export function isCovered(task: Task): boolean {
  return holds(task.covered, { from: 0, to: task.size });
}
