// The run: what happens between updates, and how it ends.
// R1: the chores of a version (ledger, figures, checkpoint, in this order) are done before the next update opens.
// R2: a divergence at update t falls back to the largest multiple of checkpoint.every not above t, else 0, on a new branch, at half the rate.
// R3: a run that is over stays over, and every failure of a worker, an engine or the storage leads there or goes on; nothing hangs.
// R4: a scheduled checkpoint that is missing is recomputed from an older one, once; missing again, the run fails.
// U1: updates are applied in order, each once, when every place is covered.
import { rateAt } from '../../ebm/optimiser/schedule.ts';
import { choresAt, measures } from './chores.ts';
import { changeRun, changeState, drop, emit, nextNumber, put, type Draft } from './draft.ts';
import { divergenceText, targetOf } from './divergence.ts';
import { endDuel, endOldDuels, isDisputed } from './duels.ts';
import type { Event, RunMarks } from './events.ts';
import { isCovered, removeLease } from './leases.ts';
import { isBegun } from './scheduling.ts';
import { lengthAt, placesOf } from './settings.ts';
import type { CheckpointReason, Chore, FailureCode, Outcome, State, Task } from './state.ts';

type Of<Kind extends Event['kind']> = Extract<Event, { readonly kind: Kind }>;
type Divergence = Pick<Of<'diverged'>, 'update' | 'message'>;

export function begin(draft: Draft): void {
  if (draft.state.run.phase.kind !== 'idle') return;
  changeRun(draft, { phase: { kind: 'restoring', target: null } });
  emit(draft, { kind: 'restore', from: { kind: 'start' } });
}

export function restored(draft: Draft, event: Of<'restored'>): void {
  const { run } = draft.state;
  if (run.phase.kind !== 'restoring') return;
  const { target } = run.phase;
  if (target !== null && target !== event.update && run.replaying === target) {
    fail(draft, 'checkpoint-missing', `the checkpoint of update ${target} was written again and is missing again`);
    return;
  }
  const { update, branch, rollbacks, rateScale } = event;
  changeRun(draft, {
    phase: { kind: 'training' }, version: update, branch, rollbacks, rateScale,
    chores: event.measured || !measures(draft.state.settings, update) ? [] : ['evaluate'],
    replaying: target !== null && target !== update ? target : run.replaying,
    saved: { version: target === null && update === 0 ? -1 : update, pending: run.saved.pending },
  });
}

/** Goes on as far as it can without another event. */
export function advance(draft: Draft): void {
  const { astray, version } = draft.state.run;
  if (astray !== null) fail(draft, 'unit-failed', `worker ${astray} went away in the middle of updates from ${version} on, and did not say how far it came: go on from the last checkpoint`); // S3
  while (advanceOnce(draft)) { /* each pass does one thing */ }
}

function advanceOnce(draft: Draft): boolean {
  const { run } = draft.state;
  if (run.phase.kind === 'measuring') return conclude(draft);
  if (run.phase.kind !== 'training' || run.applying || isDisputed(draft.state)) return false;
  const chore = run.chores[0];
  if (chore !== undefined) return doChore(draft, chore);
  if (run.wish !== 'go') return stopping(draft);
  if (run.version >= draft.state.settings.until) return run.saved.pending ? false : end(draft, { kind: 'finished' });
  return openNext(draft) || applyOldest(draft);
}

function doChore(draft: Draft, chore: Chore): boolean {
  const { run, settings } = draft.state;
  const { version, branch, rollbacks, rateScale } = run;
  switch (chore) {
    case 'ledger':
      emit(draft, { kind: 'ledger', update: version, branch, rollbacks });
      break;
    case 'evaluate':
      if (run.wish !== 'interrupt') {
        changeRun(draft, { phase: { kind: 'measuring', ready: false, concluding: false } });
        emit(draft, { kind: 'measure', update: version });
      }
      break;
    case 'checkpoint':
      if (run.saved.pending) return false;
      changeRun(draft, { saved: { version, pending: true } });
      emit(draft, { kind: 'checkpoint', update: version, branch, rollbacks, rateScale, reason: reasonAt(settings.job.checkpoint.every, run.wish, version) });
      break;
  }
  changeRun(draft, { chores: draft.state.run.chores.slice(1) });
  return true;
}

function reasonAt(every: number, wish: State['run']['wish'], version: number): CheckpointReason {
  if (every > 0 && version > 0 && version % every === 0) return 'scheduled';
  switch (wish) {
    case 'go': return 'final';
    case 'interrupt': return 'signal';
    case 'pause': return 'pause';
  }
}

/** Someone wants the run to stop: what is begun is finished, what is not is dropped, the version is saved. */
function stopping(draft: Draft): boolean {
  const { state } = draft;
  const { run } = state;
  const oldest = run.tasks[0];
  if (oldest !== undefined && isBegun(state, oldest) && state.members.length > 0) return applyOldest(draft);
  if (run.tasks.length > 0) dropWork(draft);
  if (run.saved.pending) return false;
  if (state.settings.checkpoints && run.saved.version !== run.version) {
    changeRun(draft, { chores: ['checkpoint'] });
    return true;
  }
  if (run.wish === 'interrupt') return end(draft, { kind: 'interrupted' });
  changeRun(draft, { phase: { kind: 'paused' } });
  emit(draft, { kind: 'report', what: { kind: 'paused', update: run.version } });
  return false;
}

function openNext(draft: Draft): boolean {
  const { settings, run } = draft.state;
  const { staleness } = settings.job.train;
  const update = run.version + run.tasks.length;
  if (run.tasks.length > staleness || update >= settings.until) return false;
  const size = placesOf(settings.job);
  const task: Task = {
    key: nextNumber(draft), size, outstanding: [{ from: 0, to: size }], covered: [], losses: 0, failures: 0,
    kind: { kind: 'update', branch: run.branch, update, version: Math.max(0, update - staleness) },
  };
  put(draft, 'tasks', task);
  emit(draft, { kind: 'open', branch: run.branch, update });
  return true;
}

function applyOldest(draft: Draft): boolean {
  const { settings, run } = draft.state;
  const task = run.tasks[0];
  if (task?.kind.kind !== 'update' || !isCovered(task)) return false;
  const { train } = settings.job;
  const { branch, update } = task.kind;
  endOldDuels(draft, update + 2 - settings.fleet.publishedMax + (train.average > 0 ? 1 : 0));
  changeRun(draft, { applying: true });
  emit(draft, { kind: 'apply', branch, update, learningRate: rateAt(train.optimiser, { update, updates: lengthAt(settings, update), rateScale: run.rateScale }) });
  return false;
}

export function applied(draft: Draft, event: Of<'applied'>): void {
  const { run } = draft.state;
  if (!run.applying || event.update !== run.version) return;
  const version = run.version + 1;
  drop(draft, 'tasks', run.tasks[0]!.key);
  changeRun(draft, { applying: false, version, appliedMs: draft.state.nowMs, chores: choresAt(draft.state.settings, version) });
  emit(draft, { kind: 'commit', update: event.update });
}

/** S2: updates whose steps a span has taken. */
export function moveOn(draft: Draft, from: number, done: number): void {
  const version = from + done;
  drop(draft, 'tasks', draft.state.run.tasks[0]!.key);
  changeRun(draft, { version, chores: choresAt(draft.state.settings, version) });
  emit(draft, { kind: 'advance', update: from, done });
}

export function diverged(draft: Draft, event: Of<'diverged'>): void {
  const { run } = draft.state;
  if (!run.applying || event.update !== run.version) return;
  changeRun(draft, { applying: false });
  fallBack(draft, event);
}

/** R2. */
export function fallBack(draft: Draft, event: Divergence): void {
  const { run, settings } = draft.state;
  if (run.rollbacks >= settings.job.train.rollbacks) {
    fail(draft, 'diverged', divergenceText(draft.state, event));
    return;
  }
  const marks = { branch: run.branch + 1, rollbacks: run.rollbacks + 1, rateScale: run.rateScale / 2 };
  const to = targetOf(draft.state, event.update);
  emit(draft, { kind: 'report', what: { kind: 'rollback', from: event.update, to, ...marks, message: event.message } });
  goBack(draft, to, marks, null);
}

function goBack(draft: Draft, target: number, as: RunMarks, returned: string | null): void {
  dropWork(draft);
  changeRun(draft, { phase: { kind: 'restoring', target }, chores: [], applying: false });
  emit(draft, { kind: 'restore', from: { kind: 'scheduled', update: target, as, returned } });
}

/**
 * W2: a worker that was quarantined for update t had been counted. The run returns to the last scheduled checkpoint not above t on the
 * same branch; if it stands there, its open updates begin again. Either way under a new epoch: nothing of the dead past is taken.
 */
export function returnTo(draft: Draft, update: number, worker: string): void {
  const { run } = draft.state;
  const to = Math.min(targetOf(draft.state, update), run.version);
  const hasMoved = to < run.version || run.applying;
  newEpoch(draft);
  emit(draft, { kind: 'report', what: { kind: 'returned', from: run.version, to, epoch: draft.state.epoch, worker } });
  if (hasMoved) goBack(draft, to, { branch: run.branch, rollbacks: run.rollbacks, rateScale: run.rateScale }, worker);
  else dropWork(draft);
}

function newEpoch(draft: Draft): void {
  const { members, epoch } = draft.state;
  changeState(draft, { epoch: epoch + 1, members: members.map((member) => ({ ...member, asking: null, cached: null })) });
  for (const member of members) emit(draft, { kind: 'fence', to: member.key });
}

/** Drops open updates and figures, with their leases and duels. */
export function dropWork(draft: Draft): void {
  for (const duel of draft.state.run.duels) endDuel(draft, duel.key);
  for (const lease of draft.state.run.leases) {
    removeLease(draft, lease);
    emit(draft, { kind: 'cancel', to: lease.worker, lease: lease.key });
  }
  changeRun(draft, { tasks: [] });
  emit(draft, { kind: 'abandon' });
}

/** The parameters to measure are published: the figures are work like any other. */
export function ready(draft: Draft): void {
  const { run, settings } = draft.state;
  if (run.phase.kind !== 'measuring' || run.phase.ready) return;
  changeRun(draft, { phase: { ...run.phase, ready: true } });
  for (const { figure, size, part } of settings.figures) {
    const key = nextNumber(draft);
    const task: Task = {
      key, size, outstanding: size > 0 ? [{ from: 0, to: size }] : [], covered: [], losses: 0, failures: 0,
      kind: { kind: 'figure', branch: run.branch, version: run.version, figure, part },
    };
    put(draft, 'tasks', task);
  }
}

function conclude(draft: Draft): boolean {
  const { run } = draft.state;
  if (run.phase.kind !== 'measuring' || !run.phase.ready || run.phase.concluding || !figureTasks(run.tasks).every(isCovered)) return false;
  changeRun(draft, { phase: { ...run.phase, concluding: true } });
  emit(draft, { kind: 'conclude', update: run.version });
  return false;
}

function figureTasks(tasks: readonly Task[]): readonly Task[] {
  return tasks.filter((task) => task.kind.kind === 'figure');
}

export function measured(draft: Draft): void {
  const { run } = draft.state;
  if (run.phase.kind !== 'measuring' || !run.phase.concluding) return;
  changeRun(draft, { phase: { kind: 'training' }, tasks: run.tasks.filter((task) => task.kind.kind !== 'figure') });
}

export function checkpointed(draft: Draft, event: Of<'checkpointed'>): void {
  const { saved } = draft.state.run;
  if (event.update === saved.version || saved.pending) changeRun(draft, { saved: { ...saved, pending: false } });
}

export function wish(draft: Draft, event: Of<'wish'>): void {
  const { run } = draft.state;
  if (run.phase.kind === 'over') return;
  switch (event.wish) {
    case 'cancel': end(draft, { kind: 'cancelled' }); return;
    case 'unpause':
      if (run.wish === 'pause') changeRun(draft, { wish: 'go', phase: run.phase.kind === 'paused' ? { kind: 'training' } : run.phase });
      return;
    case 'interrupt': case 'pause':
      if (run.phase.kind === 'measuring' && event.wish === 'interrupt') { // figures take long; a pause waits for them
        dropFigures(draft);
        changeRun(draft, { phase: { kind: 'training' } });
      }
      changeRun(draft, { wish: event.wish, phase: draft.state.run.phase.kind === 'paused' ? { kind: 'training' } : draft.state.run.phase });
  }
}

function dropFigures(draft: Draft): void {
  const figures = figureTasks(draft.state.run.tasks);
  for (const lease of draft.state.run.leases.filter((one) => figures.some((task) => task.key === one.task))) {
    removeLease(draft, lease);
    emit(draft, { kind: 'cancel', to: lease.worker, lease: lease.key });
  }
  changeRun(draft, { tasks: draft.state.run.tasks.filter((task) => task.kind.kind !== 'figure') });
}

export function fail(draft: Draft, code: FailureCode, message: string): void {
  end(draft, { kind: 'failed', code, message, update: draft.state.run.version });
}

function end(draft: Draft, outcome: Outcome): boolean { // R3
  if (draft.state.run.phase.kind === 'over') return false;
  dropWork(draft);
  changeRun(draft, { phase: { kind: 'over', outcome }, chores: [], applying: false });
  for (const member of draft.state.members) emit(draft, { kind: 'drain', to: member.key });
  emit(draft, { kind: 'end', outcome });
  return false;
}
