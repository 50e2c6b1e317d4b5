// What becomes of what workers send back.
// L2: a contribution counts only if it equals a live lease of its sender, of this epoch, branch and update; then whole, else not at all.
// L6: a range that is covered is never added again, whatever arrives in whatever order.
import type { Range } from '../../proto/messages.ts';
import { withClass } from './classes.ts';
import { changeMember, changeRun, emit, type Draft } from './draft.ts';
import { abandonDuels, endDuel, quarantine, vote, type Verdict } from './duels.ts';
import type { Event, RefusalReason } from './events.ts';
import { coverLease, loseLease, planOf, removeLease, renewLease, taskOf } from './leases.ts';
import { hear, queue } from './membership.ts';
import { holds, sameRange, sizeOf, withRange } from './ranges.ts';
import { targetOf } from './divergence.ts';
import { fail, fallBack, moveOn, returnTo } from './run.ts';
import { hasWorkersChains } from './settings.ts';
import type { Lease, Task } from './state.ts';
import { find } from './table.ts';

type Of<Kind extends Event['kind']> = Extract<Event, { readonly kind: Kind }>;

function discard(draft: Draft, reason: RefusalReason | 'settled'): void {
  emit(draft, { kind: 'discard', reason });
}

/** The sender's live lease of that number, if this is its epoch. Otherwise what is at hand is discarded. */
function leaseFor(draft: Draft, event: Of<'contribution'> | Of<'advanced'> | Of<'result'>): Lease | undefined {
  const isMember = find(draft.state.members, event.worker) !== undefined;
  if (!hear(draft, event)) {
    discard(draft, isMember ? 'stale-epoch' : 'unknown-worker');
    return undefined;
  }
  const lease = find(draft.state.run.leases, event.lease);
  if (lease?.worker === event.worker) return lease;
  discard(draft, 'lease-expired');
  return undefined;
}

export function contribute(draft: Draft, event: Of<'contribution'>): void {
  const lease = leaseFor(draft, event);
  if (lease !== undefined) settle(draft, event, lease);
  if (event.asks && event.epoch === draft.state.epoch) queue(draft, event.worker);
}

function settle(draft: Draft, event: Of<'contribution'>, lease: Lease): void {
  const task = taskOf(draft.state, lease);
  const plan = task === undefined ? undefined : planOf(draft.state, task, lease.range, undefined);
  const matches = lease.span === null && plan?.kind === 'update' && plan.branch === event.branch && plan.update === event.update
    && sameRange(plan.data, event.data) && sameRange(plan.chains, event.chains);
  if (task === undefined || !matches) {
    loseLease(draft, lease);
    abandonDuels(draft);
    discard(draft, 'mismatch');
    return;
  }
  const open = find(draft.state.run.tasks, lease.task);
  if (open !== undefined && !holds(open.covered, lease.range)) {
    coverLease(draft, lease, open);
    note(draft, event, lease);
    emit(draft, { kind: 'accept', update: event.update, chains: event.chains });
  } else {
    removeLease(draft, lease);
    discard(draft, 'settled');
  }
  if (lease.duel !== null) judge(draft, lease, task, event.digest ?? '');
}

/** S2. */
export function spanEnded(draft: Draft, event: Of<'advanced'>): void {
  const lease = leaseFor(draft, event);
  if (lease !== undefined) settleSpan(draft, event, lease);
  if (event.asks && event.epoch === draft.state.epoch) queue(draft, event.worker);
}

function settleSpan(draft: Draft, event: Of<'advanced'>, lease: Lease): void {
  const { branch, update, done, divergence } = event;
  const work = find(draft.state.run.tasks, lease.task)?.kind;
  const updates = lease.span?.length ?? -1;
  const isWhole = divergence === null ? done === updates : done < updates;
  if (work?.kind !== 'update' || work.branch !== branch || work.update !== update || !isWhole) {
    loseLease(draft, lease);
    discard(draft, 'mismatch');
    return;
  }
  removeLease(draft, lease);
  if (done > 0) {
    const { member, ...noted } = notes(draft, { worker: event.worker, update: update + done - 1, places: done * sizeOf(lease.range) }, lease);
    if (member !== undefined) changeMember(draft, member, noted);
    moveOn(draft, update, done);
  }
  if (divergence !== null) fallBack(draft, { update: update + done, message: divergence });
}

/** What is remembered of a member whose work counts. */
function notes(draft: Draft, { worker, update, places }: { readonly worker: string; readonly update: number; readonly places: number }, lease: Lease) {
  const member = find(draft.state.members, worker);
  const computedBy = member === undefined ? draft.state.run.computedBy : withClass(draft.state, member.fingerprint);
  if (computedBy !== draft.state.run.computedBy) changeRun(draft, { computedBy });
  return { member, counted: Math.max(member?.counted ?? 0, update), pace: paceAfter(member?.pace ?? null, places, draft.state.nowMs - lease.grantedMs) };
}

/** The worker's contribution counts, and it has the chains that it advanced; ranges of one version are joined. */
function note(draft: Draft, event: Of<'contribution'>, lease: Lease): void {
  const { member, counted, pace } = notes(draft, { ...event, places: sizeOf(lease.range) }, lease);
  if (member === undefined) return;
  if (!hasWorkersChains(draft.state.settings.job)) {
    changeMember(draft, member, { counted, pace });
    return;
  }
  const version = event.update + 1;
  const same = member.cached?.branch === event.branch && member.cached.version === version;
  const chains: readonly Range[] = same ? withRange(member.cached.chains, event.chains) : [event.chains];
  changeMember(draft, member, { counted, pace, cached: { branch: event.branch, version, chains } });
}

/** Weight of the newest unit in a worker's pace. */
const NEWEST_SHARE = 0.3;

function paceAfter(pace: number | null, places: number, durationMs: number): number | null {
  if (durationMs <= 0) return pace;
  const newest = places / durationMs;
  return pace === null ? newest : pace + NEWEST_SHARE * (newest - pace);
}

function judge(draft: Draft, lease: Lease, task: Task, digest: string): void {
  const verdict = vote(draft, lease.duel!, lease.worker, digest);
  switch (verdict.kind) {
    case 'open': abandonDuels(draft); return;
    case 'agreed': endDuel(draft, lease.duel!); return;
    case 'decided': {
      endDuel(draft, lease.duel!);
      convict(draft, verdict, task.kind.kind === 'update' ? task.kind.update : 0);
    }
  }
}

/** Quarantines the liars of an update, and returns if what counted was theirs, or if anything of theirs was counted since its checkpoint. */
function convict(draft: Draft, { liars, firstWasWrong }: Extract<Verdict, { kind: 'decided' }>, update: number): void {
  const since = targetOf(draft.state, update);
  const { members, departed } = draft.state;
  const suspect = liars.find((liar) => (find(members, liar)?.counted ?? find(departed, liar)?.counted ?? -1) >= since);
  for (const liar of liars) {
    dropLeases(draft, liar);
    quarantine(draft, liar, `two other evaluations of a range of update ${update} agreed on a different result`);
  }
  if (firstWasWrong || suspect !== undefined) returnTo(draft, update, suspect ?? liars[0]!);
}

function dropLeases(draft: Draft, worker: string): void {
  for (const lease of draft.state.run.leases.filter((one) => one.worker === worker)) loseLease(draft, lease);
  abandonDuels(draft);
}

/** A figure's numbers: runs and rows are merged in id order, so nothing depends on who computed them. */
export function collect(draft: Draft, event: Of<'result'>): void {
  const lease = leaseFor(draft, event);
  const task = lease === undefined ? undefined : find(draft.state.run.tasks, lease.task);
  if (lease !== undefined && task?.kind.kind === 'figure') {
    coverLease(draft, lease, task);
    emit(draft, { kind: 'collect', figure: task.kind.figure, range: lease.range });
  } else if (lease !== undefined) {
    loseLease(draft, lease);
    discard(draft, 'mismatch');
  }
  if (event.asks && event.epoch === draft.state.epoch) queue(draft, event.worker);
}

/** A unit failed at its worker. What is missing there is sent again; an engine that fails again and again ends the run. */
export function unitFailed(draft: Draft, event: Of<'failed'>): void {
  if (!hear(draft, event)) return;
  const lease = find(draft.state.run.leases, event.lease);
  if (lease?.worker === event.worker) {
    const task = find(draft.state.run.tasks, lease.task);
    if (lease.span !== null) { // S3: the engine is at its end, and so is the state that it had
      fail(draft, 'unit-failed', `worker ${event.worker}: ${event.message}`);
      return;
    }
    const failures = (task?.failures ?? 0) + (event.code === 'engine' ? 1 : 0);
    loseLease(draft, lease, { failures });
    abandonDuels(draft);
    const member = find(draft.state.members, event.worker);
    if (member !== undefined && event.code === 'states-missing') changeMember(draft, member, { cached: null });
    if (failures >= draft.state.settings.fleet.failuresMax) {
      fail(draft, 'unit-failed', `worker ${event.worker}: ${event.message}`);
      return;
    }
  }
  if (event.asks) queue(draft, event.worker);
}

export function renew(draft: Draft, event: Of<'renew'>): void {
  if (!hear(draft, event) || event.lease === null) return;
  const lease = find(draft.state.run.leases, event.lease);
  if (lease?.worker === event.worker) renewLease(draft, lease);
}
