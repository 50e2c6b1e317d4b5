// A whole cluster in one thread: coordinator, workers that come and go, a network with seeded faults, all on a virtual clock. A run in it
// is a pure function of its options: the same seed gives the same history. Used as the strongest oracle of the roles.
import { createHash } from 'node:crypto';
import type { CompiledJob } from '../../ebm/job.ts';
import type { Contribution, FactorContribution, Session } from '../../engine/engine.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import type { RunEvent, RunOutcome } from '../../coordinator/shell/events.ts';
import type { CoordinatorOptions } from '../../coordinator/shell/options.ts';
import { CoordinatorShell } from '../../coordinator/shell/shell.ts';
import type { Cut, FleetRules } from '../../coordinator/machine/settings.ts';
import { virtualClock, type VirtualClock } from '../../platform/clock/virtual.ts';
import { memoryTelemetry, type MemoryTelemetry } from '../../platform/telemetry/memory.ts';
import { codedTransport } from '../../platform/transport/coded.ts';
import { simulatedTransport, type Faults } from '../../platform/transport/simulated.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import { decode, encode } from '../../proto/codec.ts';
import { WIRE_LIMITS } from '../../proto/limits.ts';
import type { Message } from '../../proto/messages.ts';
import { WorkerShell } from '../../worker/shell/shell.ts';
import { MemoryJournal } from './memory-journal.ts';
import { tinyData, tinyProblem } from './tiny-job.ts';
import { promises } from './virtual-time.ts';

export interface SimulatedWorker {
  /** When it joins, and when it vanishes without a word (never if absent), or leaves politely. */
  readonly joinsMs: number;
  readonly diesMs?: number;
  readonly drainsMs?: number;
  /** Time of one unit. */
  readonly unitMs: number;
  /** An update of which its sums are wrong. */
  readonly liesAt?: number;
}

export interface ClusterOptions {
  readonly seed: number;
  readonly workers: readonly SimulatedWorker[];
  readonly carries: 'references' | 'bytes';
  /** Time of the coordinator's step; 0 by default. */
  readonly applyMs?: number;
  readonly faults?: Partial<Faults>;
  readonly fleet?: Partial<FleetRules>;
  readonly journal?: MemoryJournal;
  readonly more?: Partial<CoordinatorOptions>;
  /** Called at virtual times, once each. */
  readonly at?: readonly { readonly ms: number; readonly does: (coordinator: CoordinatorShell) => void }[];
  /** A run that is not over by then hangs. */
  readonly limitMs?: number;
}

export interface ClusterRun {
  readonly outcome: RunOutcome;
  readonly events: readonly RunEvent[];
  readonly journal: MemoryJournal;
  readonly telemetry: MemoryTelemetry;
  readonly lastedMs: number;
}

const RULES: Partial<FleetRules> = { leaseMs: 400, memberMs: 900, heartbeatMs: 150, disputeMs: 60_000 };
const LIMIT_MS = 600_000;

/** A number in [0, 1) from a seed and what it is for. */
export function chance(seed: number, ...what: readonly (string | number)[]): number {
  return createHash('sha256').update([seed, ...what].join('/')).digest().readUInt32LE(0) / 2 ** 32;
}

/** Cuts at random places, the same for the same seed. */
export function randomCut(seed: number): Cut {
  return ({ remaining, from, task }) => 1 + Math.floor(chance(seed, 'cut', task, from) * remaining);
}

export async function simulate(job: CompiledJob, options: ClusterOptions): Promise<ClusterRun> {
  const clock = virtualClock();
  const transport = openTransport(clock, options);
  const telemetry = memoryTelemetry();
  const engine = openReferenceEngine();
  const problem = tinyProblem(job);
  const data = tinyData(job);
  const journal = options.journal ?? new MemoryJournal();
  const shared = await engine.load(problem);
  const events: RunEvent[] = [];
  const isShared = options.carries === 'references';
  const coordinator = new CoordinatorShell({
    run: 'sim', job, jobDigest: 'sha256:job', session: stepping(shared, clock, options.applyMs ?? 0), engine: engine.fingerprint(), journal, clock, telemetry, transport, shared: isShared, data,
    start: null, epoch: 1, fleet: { ...RULES, ...options.fleet }, onEvent: (event) => { events.push(event); }, ...options.more,
  });
  let outcome: RunOutcome | null = null;
  void coordinator.run().then((ended) => { outcome = ended; });
  for (const [i, plan] of options.workers.entries()) {
    const session = slowed(isShared ? shared : await engine.load(problem), clock, plan);
    const worker = new WorkerShell({
      run: 'sim', id: `w-${i + 1}`, session, engine: engine.fingerprint(), clock, transport, shared: isShared, visible: job.facts.visible, hidden: job.model.hidden,
      rows: { test: data.test?.bits ?? null, validation: data.validation?.bits ?? null }, tickMs: 150, fetchMs: 100,
    });
    clock.after(plan.joinsMs, () => { void worker.run(); });
    if (plan.diesMs !== undefined) clock.after(plan.diesMs, () => { worker.kill(); });
    if (plan.drainsMs !== undefined) clock.after(plan.drainsMs, () => { worker.drain(); });
  }
  for (const { ms, does } of options.at ?? []) clock.after(ms, () => { does(coordinator); });
  const ended = await runUntil(clock, () => outcome, options.limitMs ?? LIMIT_MS);
  return { outcome: ended, events, journal, telemetry, lastedMs: clock.nowMs() };
}

async function runUntil(clock: VirtualClock, outcome: () => RunOutcome | null, limitMs: number): Promise<RunOutcome> {
  for (;;) {
    await promises();
    const ended = outcome();
    if (ended !== null) return ended;
    if (clock.nowMs() > limitMs || !clock.runNext()) throw new Error(`the run hangs at ${clock.nowMs()} ms of virtual time`);
  }
}

function openTransport(clock: VirtualClock, { seed, carries, faults }: ClusterOptions): Transport<Message> {
  const all: Faults = { seed, dropped: 0, duplicated: 0, delayMsMin: 1, delayMsMax: 3, ...faults };
  if (carries === 'references') return simulatedTransport<Message>(clock, all);
  const codec = { encode, decode };
  return codedTransport(simulatedTransport<Uint8Array>(clock, all), {
    codec, messageBytesMax: WIRE_LIMITS.messageBytesMax, onRejected: (subject, code, reason) => { throw new Error(`${subject}: ${code}: ${reason}`); },
  });
}

/** The session of a worker that takes its time, and may lie. */
function slowed(session: Session, clock: VirtualClock, { unitMs, liesAt }: SimulatedWorker): Session {
  const wait = (): Promise<void> => new Promise((resolve) => { clock.after(unitMs, resolve); });
  return {
    ...session,
    async evaluate(unit, parameters, chains): Promise<Contribution> {
      const contribution = await session.evaluate(unit, parameters, chains); // computed first: what it reads may be overwritten while it waits
      await wait();
      return unit.update === liesAt ? falsified(contribution) : contribution;
    },
    async evaluateFactors(unit, parameters, chains): Promise<FactorContribution> {
      const contribution = await session.evaluateFactors(unit, parameters, chains);
      await wait();
      if (unit.update === liesAt) contribution.factors.data.thresholds[0]! ^= 1;
      return contribution;
    },
    async logPartition(unit) {
      await wait();
      return session.logPartition(unit);
    },
  };
}

/** The coordinator's session, whose step takes its time: what arrives meanwhile must not disturb it. */
function stepping(session: Session, clock: VirtualClock, applyMs: number): Session {
  if (applyMs === 0) return session;
  return {
    ...session,
    async apply(state, sums, step) {
      await new Promise<void>((resolve) => { clock.after(applyMs, resolve); });
      return session.apply(state, sums, step);
    },
  };
}

function falsified(contribution: Contribution): Contribution {
  const { outer } = contribution.sums;
  const first = outer.kind === 'difference' ? outer.difference : outer.data;
  first[0]! += 65536;
  return contribution;
}
