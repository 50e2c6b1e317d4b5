// Scheduling: which asking member gets what. None of it has an effect on the bits.
// U2: with staleness 1 a range of update t + 1 is leased only once the same places of update t are covered: its chains are its own.
// R1: while chores of a version are left, no range of an update is leased.
import { mixesClasses } from './classes.ts';
import type { Range } from '../../proto/messages.ts';
import { emit, nextNumber, put, type Draft } from './draft.ts';
import { decidable, isDisputed } from './duels.ts';
import { grant, isCached, planOf } from './leases.ts';
import { meanPace, twinAgeMs } from './paces.ts';
import { firstShared, intersection, sizeOf, totalOf } from './ranges.ts';
import { chainsOf, hasWorkersChains } from './settings.ts';
import { spanFrom } from './spans.ts';
import type { Lease, Member, State, Task } from './state.ts';
import { find } from './table.ts';

/** What does not change while members are served, looked at once: a fleet may have thousands. */
interface Survey { readonly workers: number; readonly meanPace: number | null }

/** Serves whoever asks, in order of asking, until there is no work or nobody asks. */
export function assign(draft: Draft): void {
  const { state } = draft;
  const { phase, tasks } = state.run;
  if (phase.kind !== 'training' && phase.kind !== 'measuring') return;
  if (!isDisputed(state) && !mayTwin(state) && !tasks.some((task) => task.outstanding.length > 0 && available(state, task).length > 0)) return;
  const asking = state.members.filter((member) => member.asking !== null && !member.draining);
  if (asking.length === 0) return;
  if (asking.length > 1) asking.sort((a, b) => a.asking! - b.asking!);
  const survey = { workers: state.members.reduce((count, one) => count + (one.draining ? 0 : 1), 0), meanPace: meanPace(state) };
  for (const member of asking) if (!assignTo(draft, member, survey)) return;
}

/** False if there is nothing left for whoever asks next. */
function assignTo(draft: Draft, member: Member, survey: Survey): boolean {
  const dispute = decidable(draft.state, member.key);
  if (dispute !== undefined) {
    grant(draft, member, { task: dispute.task, range: dispute.range, duel: dispute.key });
    return true;
  }
  if (isDisputed(draft.state)) return true; // the next one may decide what this one may not
  for (const task of draft.state.run.tasks) {
    const free = available(draft.state, task);
    if (free.length === 0) continue;
    const span = spanFrom(draft.state, task, member);
    grant(draft, member, { task, range: span === null ? choose(draft.state, task, free, { member, survey }) : { from: 0, to: task.size }, duel: null, span });
    return true;
  }
  return giveTwin(draft, member, survey);
}

/** The ranges of a task that may be leased now. */
export function available(state: State, task: Task): readonly Range[] {
  const { phase, chores, tasks, wish } = state.run;
  if (task.kind.kind === 'figure') return phase.kind === 'measuring' && phase.ready ? task.outstanding : [];
  if (phase.kind !== 'training' || chores.length > 0) return [];
  if (wish !== 'go' && !isBegun(state, task)) return [];
  const older = tasks[0]!.key === task.key ? undefined : tasks[0];
  return older === undefined || !hasWorkersChains(state.settings.job) ? task.outstanding : intersection(task.outstanding, older.covered);
}

export function isBegun(state: State, task: Task): boolean {
  return task.covered.length > 0 || state.run.leases.some((lease) => lease.task === task.key);
}

function choose(state: State, task: Task, free: readonly Range[], { member, survey }: { readonly member: Member; readonly survey: Survey }): Range {
  const piece = preferred(state, task, free, member);
  const remaining = totalOf(free);
  const wanted = state.settings.fleet.cut({ remaining, size: task.size, workers: survey.workers, speed: speedOf(state, member, survey), from: piece.from, task: task.key });
  const most = task.kind.kind === 'figure' ? Math.min(task.kind.part, sizeOf(piece)) : sizeOf(piece);
  const length = Math.max(1, Math.min(Math.floor(wanted), most));
  const cached = state.settings.fleet.extends && task.kind.kind === 'update' ? cachedOf(state, task, member) : null;
  return cached !== null && isKept(piece, cached, length) ? cached : placed(piece, length, cached);
}

/** Whether a range is about as long as it should be, and free. Paces are never the same twice: following each would send the chains of whole ranges at each update. */
function isKept(piece: Range, cached: Range, length: number): boolean {
  return cached.from >= piece.from && cached.to <= piece.to && Math.abs(sizeOf(cached) - length) <= KEPT_SHARE * length;
}

/** A range of a free piece, which begins where the member's chains do if all of it then fits; what would be left as a crumb before it is taken. */
function placed(piece: Range, length: number, cached: Range | null): Range {
  if (cached === null) return { from: piece.from, to: piece.from + length };
  const from = Math.max(piece.from, Math.min(cached.from, piece.to - length));
  return from - piece.from < CRUMB_SHARE * length && from + length < piece.to ? { from: piece.from, to: piece.from + length } : { from, to: from + length };
}

/** Chains of an update that the member has, as places; null if it has none or they are counted otherwise. */
function cachedOf(state: State, task: Task, member: Member): Range | null {
  if (task.kind.kind !== 'update' || !isCached(member, task.kind.branch, task.kind.update) || chainsOf(state.settings.job) !== task.size) return null;
  return member.cached!.chains[0] ?? null;
}

/** A range that differs by no more than this share from what a worker's pace asks for stays as it is: half of it is what an update may take longer. */
const KEPT_SHARE = 1 / 16;

/** A gap before a range that is smaller than this share of it is closed. */
const CRUMB_SHARE = 0.25;

/** Bounds of a worker's speed beside its fleet's: one odd measurement must not starve it or flood it. */
const SPEED_MIN = 0.25;
const SPEED_MAX = 4;

function speedOf(state: State, member: Member, { meanPace: mean }: Survey): number {
  if (member.pace === null || mean === null || state.members.length < 2) return 1;
  return Math.min(SPEED_MAX, Math.max(SPEED_MIN, member.pace / mean));
}

/** Where the member has the chains already, if it can be told simply; else the first free piece. */
function preferred(state: State, task: Task, free: readonly Range[], member: Member): Range {
  if (task.kind.kind === 'update' && isCached(member, task.kind.branch, task.kind.update) && chainsOf(state.settings.job) === task.size) {
    const cached = firstShared(free, member.cached!.chains);
    if (cached !== undefined) return state.settings.fleet.extends ? free.find((piece) => piece.to >= cached.to)! : cached;
  }
  return free[0]!;
}

/** Whether a lease may be old enough for a twin; of differing classes both would be right, and differ. Keys of leases rise with time, so the first without one is the oldest. */
function mayTwin({ run, nowMs, settings: { job, fleet } }: State): boolean {
  const { twinAfterMs, twinUnits, twinMsMin } = fleet;
  const leastMs = twinUnits === 0 ? twinAfterMs : Math.min(twinAfterMs, twinMsMin);
  if (leastMs === Infinity || mixesClasses(job) || run.phase.kind !== 'training') return false;
  const oldest = run.leases.find((lease) => lease.duel === null);
  return oldest !== undefined && nowMs - oldest.grantedMs >= leastMs;
}

/** W1: the oldest lease that is old enough gets a twin. False if there is none; whoever asks holds no lease of its own. */
function giveTwin(draft: Draft, member: Member, { meanPace: pace }: Survey): boolean {
  const { state } = draft;
  if (!mayTwin(state)) return false;
  const lease = state.run.leases.find((one) => one.duel === null && state.nowMs - one.grantedMs >= twinAgeMs(state.settings.fleet, one.range, pace));
  const task = lease === undefined ? undefined : find(state.run.tasks, lease.task);
  if (lease === undefined || task === undefined || task.kind.kind !== 'update') return false;
  const key = nextNumber(draft);
  const twinned: Lease = { ...lease, duel: key };
  put(draft, 'duels', { key, task, range: lease.range, votes: [], disputedMs: null });
  put(draft, 'leases', twinned);
  const unit = planOf(draft.state, task, lease.range, undefined);
  if (unit.kind === 'update') emit(draft, { kind: 'retain', duel: key, branch: unit.branch, update: unit.update, version: unit.version, chains: unit.chains });
  grant(draft, member, { task, range: lease.range, duel: key });
  return true;
}
