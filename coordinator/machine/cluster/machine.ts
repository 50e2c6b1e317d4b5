// The cluster's machine: jobs, the fleet, and who computes for which job. Events in, commands out. How a job's update is cut and covered is
// the run's machine; this one only says which workers a run has.
// C1: a run is open only for a job that is to go on and has not ended, at most runsMax at a time.
// C2: a worker is told one job at a time, never one that is not open, and none while it is held in quarantine.
// C3: a job ends by a record alone; every job that has a run, or is cancelled without one, comes to one.
// C4: a worker is taken from a job only for another one that has fewer than its share.
import { find, putRow, withoutRow } from '../table.ts';
import { fold, jobOf, type Decision, type JobRecord, type Json } from './history.ts';
import { sharesOf } from './shares.ts';
import type { Answer, ClusterCommand, ClusterEvent, ClusterState, FleetWorker, Held, RunSlot } from './state.ts';

export interface ClusterStep { readonly state: ClusterState; readonly commands: readonly ClusterCommand[] }
/** Tables that are not those of `before` were made in this step, and are changed in place. */
interface Draft { readonly before: ClusterState; state: ClusterState; readonly commands: ClusterCommand[] }
type Of<Kind extends ClusterEvent['kind']> = Extract<ClusterEvent, { readonly kind: Kind }>;

export function clusterStep(before: ClusterState, event: ClusterEvent): ClusterStep {
  const state = event.nowMs > before.nowMs ? { ...before, nowMs: event.nowMs } : before;
  const isQuiet = movesNothing(state, event);
  const draft: Draft = { before, state: isQuiet ? state : served(state), commands: [] };
  handle(draft, event);
  if (!isQuiet) {
    queue(draft);
    const wanted = shares(draft.state);
    openRuns(draft, wanted);
    share(draft, wanted);
  }
  if (event.kind === 'hello') draft.commands.push({ kind: 'answer', answer: answerTo(draft.state, event.worker) });
  return { state: draft.state, commands: draft.commands };
}

/** Turns and whatever else follows from time alone are looked at this often at least, if there are events. */
const LOOK_MS = 250;

/** Events that come most often, of thousands of workers, and after which everybody stays where he is. */
function movesNothing({ workers, nowMs, servedToMs }: ClusterState, event: ClusterEvent): boolean {
  if (nowMs - servedToMs >= LOOK_MS) return false;
  if (event.kind === 'progress') return true;
  const known = event.kind === 'hello' ? find(workers, event.worker) : undefined;
  return known !== undefined && known.job !== null;
}

/** Time went on, and jobs were served meanwhile. */
function served(state: ClusterState): ClusterState {
  const byMs = state.nowMs - state.servedToMs;
  if (byMs <= 0) return state;
  if (state.servedToMs === 0 || state.runs.length === 0) return { ...state, servedToMs: state.nowMs };
  const serving = new Map<string, number>();
  for (const { job } of state.workers) if (job !== null) serving.set(job, (serving.get(job) ?? 0) + 1);
  return { ...state, servedToMs: state.nowMs, runs: state.runs.map((run) => ({ ...run, servedMs: run.servedMs + byMs * (serving.get(run.key) ?? 0) })) };
}

function handle(draft: Draft, event: ClusterEvent): void {
  switch (event.kind) {
    case 'tick': tick(draft); return;
    case 'recorded': recorded(draft, event.decision); return;
    case 'hello': hello(draft, event); return;
    case 'goodbye': draft.state = { ...draft.state, workers: withoutRow(draft.state.workers, event.worker) }; return;
    case 'lacks': lacks(draft, event); return;
    case 'drain': changeWorker(draft, event.worker, { leaving: true }); free(draft, event.worker); return;
    case 'progress': changeRun(draft, event.job, { update: event.update, updates: event.updates }); return;
    case 'run-ended': runEnded(draft, event); return;
    case 'misbehaved': draft.commands.push({ kind: 'record', decision: { kind: 'quarantined', worker: event.worker, reason: event.reason } }); return;
    case 'close': close(draft); return;
  }
}

function tick(draft: Draft): void {
  const { nowMs, rules, workers, held } = draft.state;
  const here = workers.filter((worker) => nowMs - worker.heardMs < rules.goneMs);
  draft.state = { ...draft.state, workers: here.length === workers.length ? workers : here, held: held.filter((one) => nowMs < one.untilMs) };
  // A leader that died between a wish and its end left the end to the next one.
  for (const job of draft.state.history.jobs) if (job.wish === 'cancel' && job.end === null && find(draft.state.runs, job.id) === undefined) endCancelled(draft, job.id);
}

function recorded(draft: Draft, decision: Decision): void {
  const { epoch, history } = draft.state;
  const next = fold(history, { epoch, decision });
  draft.state = { ...draft.state, history: next };
  if (decision.kind === 'quarantined') hold(draft, decision.worker, decision.reason);
  if (decision.kind === 'ended') draft.state = { ...draft.state, runs: withoutRow(draft.state.runs, decision.id) };
  if (decision.kind !== 'wished' || decision.wish === 'go') return;
  if (find(draft.state.runs, decision.id) !== undefined) stop(draft, decision.id);
  else if (decision.wish === 'cancel') endCancelled(draft, decision.id);
}

/** C3. */
function endCancelled(draft: Draft, id: string): void {
  const job = jobOf(draft.state.history, id);
  if (job?.end !== null) return;
  const { update, updates } = find(draft.state.runs, id) ?? job;
  draft.commands.push({ kind: 'record', decision: endOf(id, { kind: 'cancelled', update }, updates) });
}

function endOf(id: string, end: Json, updates: number | null): Decision {
  return { kind: 'ended', id, end, ...(updates === null ? {} : { updates }) };
}

/** C2. */
function hold(draft: Draft, worker: string, reason: string): void {
  const { history, rules, nowMs, held } = draft.state;
  const times = history.quarantines.find((one) => one.worker === worker)?.times ?? 1;
  const forMs = Math.min(rules.quarantineMaxMs, rules.quarantineMs * (1 << Math.min(30, times - 1)));
  const row: Held = { key: worker, reason, untilMs: nowMs + forMs };
  draft.state = { ...draft.state, held: putRow(held, row, draft.before.held) };
  free(draft, worker);
}

function hello(draft: Draft, { worker, fingerprint, computing }: Of<'hello'>): void {
  const { workers, nowMs, rules, held } = draft.state;
  const known = find(workers, worker);
  if (known === undefined && workers.length >= rules.workersMax) return;
  const isHeld = find(held, worker) !== undefined;
  // A leader that has just begun learns from its workers who computes what.
  const job = known?.job ?? (known === undefined && computing !== null && !isHeld && isOpen(draft.state, computing) ? computing : null);
  const row: FleetWorker = { key: worker, fingerprint, heardMs: nowMs, job, computing, sinceMs: known?.sinceMs ?? nowMs, leaving: known?.leaving ?? false, lacks: known?.lacks ?? [] };
  draft.state = { ...draft.state, workers: putRow(workers, row, draft.before.workers) };
}

function answerTo(state: ClusterState, key: string): Answer {
  const held = find(state.held, key);
  if (held !== undefined) return { kind: 'quarantined', reason: held.reason, forMs: held.untilMs - state.nowMs };
  const worker = find(state.workers, key);
  if (worker === undefined) return { kind: 'full' };
  if (worker.leaving) return { kind: 'leave' };
  return worker.job === null ? { kind: 'wait' } : { kind: 'work', job: worker.job };
}

function lacks(draft: Draft, { worker, job, reason }: Of<'lacks'>): void {
  const found = find(draft.state.workers, worker);
  if (found === undefined) return;
  const { nowMs, rules } = draft.state;
  const still = found.lacks.filter((one) => one.job !== job && one.untilMs > nowMs);
  changeWorker(draft, worker, { lacks: [...still, { job, reason, untilMs: nowMs + rules.lackMs }], job: found.job === job ? null : found.job });
}

function runEnded(draft: Draft, { job: id, end }: Of<'run-ended'>): void {
  const slot = find(draft.state.runs, id);
  const job = jobOf(draft.state.history, id);
  draft.state = { ...draft.state, workers: draft.state.workers.map((one) => one.job === id ? { ...one, job: null } : one) };
  if (job?.end === null && (end !== null || job.wish === 'cancel')) {
    changeRun(draft, id, { stopping: true, over: true }); // the place is kept until the end is on record: nobody begins the job again
    if (end !== null) draft.commands.push({ kind: 'record', decision: endOf(id, end, slot?.updates ?? null) });
    else endCancelled(draft, id);
    return;
  }
  if (slot !== undefined && job?.end === null && (slot.update !== job.update || slot.updates !== job.updates)) {
    draft.commands.push({ kind: 'record', decision: { kind: 'saved', id, update: slot.update, updates: slot.updates } });
  }
  draft.state = { ...draft.state, runs: withoutRow(draft.state.runs, id) };
  if (slot !== undefined && job?.end === null) draft.state = { ...draft.state, queued: putRow(draft.state.queued, { key: id, servedMs: slot.servedMs }, draft.before.queued) };
}

function close(draft: Draft): void {
  draft.state = { ...draft.state, closing: true };
  for (const run of draft.state.runs) stop(draft, run.key);
}

function stop(draft: Draft, id: string): void {
  const run = find(draft.state.runs, id);
  if (run === undefined || run.stopping) return;
  changeRun(draft, id, { stopping: true });
  draft.commands.push({ kind: 'interrupt', job: id });
}

function isOpen(state: ClusterState, id: string): boolean {
  return find(state.runs, id)?.stopping === false;
}

function runnable({ history }: ClusterState): readonly JobRecord[] {
  return history.jobs.filter((job) => job.end === null && job.wish === 'go');
}

/** A new job begins where the least served of its priority is. From there it falls behind while it waits, so that its turn comes. */
function queue(draft: Draft): void {
  const { state, before } = draft;
  const jobs = runnable(state);
  let { queued } = state;
  for (const { id, priority } of jobs) {
    if (servedOf(state, id) !== null) continue;
    const least = jobs.reduce((few, job) => job.priority === priority ? Math.min(few, servedOf(state, job.id) ?? Infinity) : few, Infinity);
    queued = putRow(queued, { key: id, servedMs: least === Infinity ? 0 : least }, before.queued);
  }
  const waiting = jobs.filter(({ id }) => find(state.runs, id) === undefined);
  if (queued.length > waiting.length) {
    const keys = new Set(waiting.map(({ id }) => id));
    queued = queued.filter(({ key }) => keys.has(key));
  }
  if (queued !== state.queued) draft.state = { ...state, queued };
}

function servedOf({ runs, queued }: ClusterState, id: string): number | null {
  return (find(runs, id) ?? find(queued, id))?.servedMs ?? null;
}

/** What each job may claim. Workers that can serve none of them serve the next ones. */
function shares(state: ClusterState): ReadonlyMap<string, number> {
  const usable = state.workers.filter((worker) => isUsable(state, worker));
  const claims = runnable(state).map(({ id, priority, number }) => ({ job: id, priority, number, servedMs: servedOf(state, id) ?? 0 }));
  const first = sharesOf(claims, Math.max(1, usable.length), state.rules.turnMs);
  const jobs = [...first.keys()];
  const stranded = usable.filter((worker) => worker.lacks.length > 0 && jobs.every((job) => isUnfit(state, worker, job)));
  if (stranded.length === 0) return first;
  const others = claims.filter(({ job }) => !first.has(job) && stranded.some((worker) => !isUnfit(state, worker, job)));
  return new Map([...first, ...sharesOf(others, stranded.length, state.rules.turnMs)]);
}

function isUsable(state: ClusterState, worker: FleetWorker): boolean {
  return !worker.leaving && find(state.held, worker.key) === undefined;
}

/** C1. Room is made by a run that has no share. */
function openRuns(draft: Draft, wanted: ReadonlyMap<string, number>): void {
  if (draft.state.closing) return;
  for (const id of wanted.keys()) {
    const { runs, rules } = draft.state;
    if (find(runs, id) !== undefined) continue;
    if (runs.length >= rules.runsMax) {
      const idle = runs.find((run) => !run.stopping && !wanted.has(run.key));
      if (idle !== undefined) stop(draft, idle.key);
      continue;
    }
    const { update = 0, updates = null } = jobOf(draft.state.history, id) ?? {};
    const slot: RunSlot = { key: id, stopping: false, over: false, update, updates, servedMs: servedOf(draft.state, id) ?? 0 };
    draft.state = { ...draft.state, runs: putRow(runs, slot, draft.before.runs) };
    draft.commands.push({ kind: 'start', job: id });
  }
}

/** C2, C4: waiting workers go where most are missing; then, one at a time, from where there are too many. */
function share(draft: Draft, wanted: ReadonlyMap<string, number>): void {
  const { state } = draft;
  const open = runnable(state).filter((job) => isOpen(state, job.id));
  if (open.length === 0) return;
  const have = new Map<string, number>();
  for (const worker of state.workers) if (worker.job !== null && isUsable(state, worker)) have.set(worker.job, (have.get(worker.job) ?? 0) + 1);
  const missing = (id: string): number => (wanted.get(id) ?? 0) - (have.get(id) ?? 0);
  const give = (worker: FleetWorker, id: string): void => {
    have.set(id, (have.get(id) ?? 0) + 1);
    changeWorker(draft, worker.key, { job: id, sinceMs: state.nowMs });
  };
  for (const worker of state.workers) {
    if (worker.job !== null || !isUsable(state, worker)) continue;
    const fit = open.filter((job) => !isUnfit(state, worker, job.id));
    const best = fit.reduce<JobRecord | null>((most, job) => most === null || missing(job.id) > missing(most.id) || (missing(job.id) === missing(most.id) && job.priority > most.priority) ? job : most, null);
    if (best !== null) give(worker, best.id);
  }
  if (!open.some((job) => missing(job.id) > 0)) return;
  const donors = draft.state.workers.filter((worker) => worker.job !== null && isUsable(state, worker) && missing(worker.job) < 0).sort((a, b) => b.sinceMs - a.sinceMs);
  for (const job of open) {
    for (const donor of donors) {
      if (missing(job.id) <= 0) break;
      const hasMoved = find(draft.state.workers, donor.key)?.job !== donor.job;
      if (hasMoved || donor.job === job.id || missing(donor.job!) >= 0 || isUnfit(state, donor, job.id)) continue;
      have.set(donor.job!, (have.get(donor.job!) ?? 0) - 1);
      draft.commands.push({ kind: 'release', job: donor.job!, worker: donor.key });
      give(donor, job.id);
    }
  }
}

function isUnfit({ nowMs }: ClusterState, { lacks }: FleetWorker, job: string): boolean {
  return lacks.some((lack) => lack.job === job && lack.untilMs > nowMs);
}

/** Takes a worker from its run. */
function free(draft: Draft, key: string): void {
  const worker = find(draft.state.workers, key);
  if (worker?.job === undefined || worker.job === null) return;
  draft.commands.push({ kind: 'release', job: worker.job, worker: key });
  changeWorker(draft, key, { job: null });
}

function changeWorker(draft: Draft, key: string, change: Partial<FleetWorker>): void {
  const worker = find(draft.state.workers, key);
  if (worker !== undefined) draft.state = { ...draft.state, workers: putRow(draft.state.workers, { ...worker, ...change }, draft.before.workers) };
}

function changeRun(draft: Draft, key: string, change: Partial<RunSlot>): void {
  const run = find(draft.state.runs, key);
  if (run !== undefined) draft.state = { ...draft.state, runs: putRow(draft.state.runs, { ...run, ...change }, draft.before.runs) };
}
