// Spans: whole updates one after the other under one lease, each with its step, for the only worker of a run that shares the coordinator's
// session (adr/0015). It is spared a round of messages an update, which costs as much as a seventh of a short one.
// S1: a span begins at an update that nobody has begun, where a range of it would go to the only member, and nothing that happens meanwhile
//     could want to see the updates in it: no staleness, no twins, no version with chores before its end.
// S2: what a span has done counts as a whole, by the word of its worker; it is never cut short, and no lease is given beside it.
// S3: a span whose end is never told leaves a state of which nobody knows the version: the run fails, and goes on from a checkpoint if asked.
import { isContinuous } from '../../ebm/job.ts';
import { rateAt } from '../../ebm/optimiser/schedule.ts';
import { choresAt } from './chores.ts';
import { holds } from './ranges.ts';
import { lengthAt } from './settings.ts';
import type { Member, State, Task } from './state.ts';

/** Fewer updates are not worth it. */
const UPDATES_MIN = 2;
const UPDATES_MAX = 128;
/** Versions that are looked at in one: their chains are kept to its end. */
const LOOKS_MAX = 4;
/** One update so often is applied by itself: its figures are taken meanwhile. */
const ALONE_MS = 500;

/** Rates of the steps of the span that begins with a task; null if its update is to be leased by itself. */
export function spanFrom(state: State, task: Task, member: Member): readonly number[] | null {
  const { settings: { job, fleet }, run } = state;
  if (fleet.spanMs === 0 || task.kind.kind !== 'update' || !isAlone(state, member)) return null;
  if (isContinuous(job) || job.train.staleness > 0 || run.wish !== 'go' || !holds(task.outstanding, { from: 0, to: task.size })) return null;
  if (state.nowMs - run.appliedMs >= ALONE_MS) return null;
  const { update } = task.kind;
  const inTime = fleet.spanMs === Infinity ? UPDATES_MAX : Math.floor((fleet.spanMs * (member.pace ?? 0)) / task.size);
  const most = Math.min(inTime, lastOf(state, update) - update);
  if (most < UPDATES_MIN) return null;
  return Array.from({ length: most }, (_, i) => rateAt(job.train.optimiser, { update: update + i, updates: lengthAt(state.settings, update + i), rateScale: run.rateScale }));
}

function isAlone({ members, settings: { fleet }, run }: State, member: Member): boolean {
  const twins = fleet.twinUnits > 0 || fleet.twinAfterMs < Infinity;
  return members.length === 1 && !member.draining && !twins && run.duels.length === 0;
}

/** The version that no span from an update goes beyond; the run's last update is one by itself. */
function lastOf({ settings }: State, update: number): number {
  const { until, lookEvery = 1 } = settings;
  const most = Math.min(until - 1, update + UPDATES_MAX, (Math.floor(update / lookEvery) + LOOKS_MAX) * lookEvery);
  let version = update + 1;
  while (version < most && choresAt(settings, version).length === 0) version += 1;
  return Math.min(version, most);
}
