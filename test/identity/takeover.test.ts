// A coordinator dies and another one takes over from the newest checkpoint, under the next epoch, while the workers live on with all
// that they have in hand and in their caches: the bits of a run that was never disturbed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledJob } from '../../ebm/job.ts';
import type { Engine } from '../../engine/engine.ts';
import type { RunEvent, RunOutcome } from '../../coordinator/shell/events.ts';
import { CoordinatorShell } from '../../coordinator/shell/shell.ts';
import { virtualClock, type VirtualClock } from '../../platform/clock/virtual.ts';
import type { Journal } from '../../platform/journal/journal.ts';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import { memoryTelemetry } from '../../platform/telemetry/memory.ts';
import type { Subscription, Transport } from '../../platform/transport/transport.ts';
import type { Message } from '../../proto/messages.ts';
import { WorkerShell } from '../../worker/shell/shell.ts';
import { seeded } from '../support/seeded.ts';
import { ENGINES, engines } from './engines.ts';
import { bitsOf, openWire, randomCut, runFleet, turn, type Bits } from './fleet.ts';
import { jobOf, jobOfWay, materialOf, RESCUES, WAYS } from './jobs.ts';
import { Pending } from './time.ts';

const engineOf = engines();

const JOBS: readonly (readonly [string, CompiledJob])[] = [
  ...WAYS.map(([way, changes], i) => [`${way}, staleness ${i % 2}`, jobOfWay(changes, i % 2 === 0 ? 0 : 1)] as const),
  ...RESCUES.map(([name, changes]) => [name, jobOf(changes)] as const),
];

const RULES = { leaseMs: 400, memberMs: 3_000, heartbeatMs: 500 } as const;
const LIMIT_MS = 600_000;

/** What a coordinator reaches the world through; once it is dead, nothing of it gets out or in. */
class Mortal {
  isDead = false;
  readonly transport: Transport<Message>;
  readonly journal: Journal;
  readonly #subscriptions: Subscription[] = [];

  constructor(wire: Transport<Message>, journal: Journal) {
    const kept = (subscription: Subscription): Subscription => {
      this.#subscriptions.push(subscription);
      return subscription;
    };
    this.transport = {
      request: (...given) => wire.request(...given),
      serve: (...given) => kept(wire.serve(...given)),
      subscribe: (...given) => kept(wire.subscribe(...given)),
      publish: (...given) => { if (!this.isDead) wire.publish(...given); },
      close: () => Promise.resolve(),
    };
    const alive = <Result>(work: () => Promise<Result>): Promise<Result> => this.isDead ? new Promise(() => undefined) : work();
    this.journal = {
      checkpoint: (...given) => alive(() => journal.checkpoint(...given)),
      restore: (...given) => alive(() => journal.restore(...given)),
      restoreScheduled: (...given) => alive(() => journal.restoreScheduled(...given)),
      appendLedger: (...given) => alive(() => journal.appendLedger(...given)),
      cutLedger: (...given) => alive(() => journal.cutLedger(...given)),
      ledgerPosition: () => journal.ledgerPosition(),
      discardNewer: (...given) => alive(() => journal.discardNewer(...given)),
      appendMetrics: (...given) => alive(() => journal.appendMetrics(...given)),
      writeArtefact: (...given) => alive(() => journal.writeArtefact(...given)),
      close: () => Promise.resolve(),
    };
  }

  die(): void {
    this.isDead = true;
    for (const subscription of this.#subscriptions) subscription.close();
  }
}

interface Cluster {
  readonly job: CompiledJob;
  readonly engine: Engine;
  readonly clock: VirtualClock;
  readonly wire: Transport<Message>;
  readonly pending: Pending;
}

const common = ({ engine, clock }: Cluster) => ({ run: 'takeover', engine: engine.fingerprint(), clock, shared: false }) as const;

async function enlist(cluster: Cluster, count: number, unitMs: () => number): Promise<readonly WorkerShell[]> {
  const { job, engine, clock, wire, pending } = cluster;
  const workers: WorkerShell[] = [];
  for (let i = 1; i <= count; i += 1) {
    const session = pending.watch(await engine.load(materialOf(job).problem), clock, unitMs);
    workers.push(new WorkerShell({ ...common(cluster), id: `w-${i}`, session, transport: wire, visible: job.facts.visible, hidden: job.model.hidden, rows: {} }));
  }
  for (const worker of workers) void worker.run();
  return workers;
}

async function lead(cluster: Cluster, mortal: Mortal, { epoch, onEvent }: { readonly epoch: number; readonly onEvent: (event: RunEvent) => void }): Promise<Promise<RunOutcome>[]> {
  const { job, engine, clock, pending } = cluster;
  const { problem, figureData } = materialOf(job);
  const session = pending.watch(await engine.load({ ...problem, data: null }), clock, () => 0);
  const restored = await mortal.journal.restore();
  const shell = new CoordinatorShell({
    ...common(cluster), session, job, jobDigest: 'sha256:job', journal: mortal.journal, telemetry: memoryTelemetry(), transport: mortal.transport, data: figureData,
    start: restored.kind === 'restored' ? restored.snapshot : null, epoch, fleet: { ...RULES, cut: randomCut(epoch) }, progressMs: 0, onEvent,
  });
  return [shell.run()];
}

/** Coordinators that die at these updates, each followed by the next; the last one leads to the end. */
async function succession(job: CompiledJob, engine: Engine, deaths: readonly number[]): Promise<{ readonly outcome: RunOutcome; readonly journal: MemoryJournal }> {
  const clock = virtualClock();
  const random = seeded(deaths[0]!);
  const cluster: Cluster = { job, engine, clock, wire: openWire('bytes', clock), pending: new Pending() };
  const { every, keep } = job.checkpoint;
  const journal = new MemoryJournal({ every, keep, grid: job.model.grid });
  const workers = await enlist(cluster, 3, () => 5 + 40 * random());
  let ended: RunOutcome | null = null;
  for (let epoch = 1; ended === null; epoch += 1) {
    const mortal = new Mortal(cluster.wire, journal);
    const death = deaths[epoch - 1];
    const onEvent = (event: RunEvent): void => { if (event.kind === 'progress' && event.update === death) mortal.die(); };
    for (const outcome of await lead(cluster, mortal, { epoch, onEvent })) void outcome.then((found) => { if (!mortal.isDead) ended = found; });
    await pass(cluster, () => mortal.isDead || ended !== null);
  }
  for (const worker of workers) worker.drain();
  clock.advance(10_000);
  await cluster.wire.close();
  return { outcome: ended, journal };
}

/** Lets time pass until it is so. */
async function pass({ clock, pending }: Cluster, isSo: () => boolean): Promise<void> {
  for (;;) {
    await turn();
    if (isSo() && pending.isIdle) return;
    if (!pending.isIdle) continue;
    if (clock.nowMs() > LIMIT_MS || !clock.runNext()) throw new Error(`the run hangs at ${clock.nowMs()} ms`);
  }
}

async function undisturbed(job: CompiledJob): Promise<Bits> {
  return bitsOf(await runFleet(job, { engine: engineOf('reference') }));
}

for (const [number, [name, job]] of JOBS.entries()) {
  test(`${name}: taken over three times, the bits of one coordinator`, async () => {
    const found = await succession(job, engineOf(ENGINES[number % ENGINES.length]!), [3 + (number % 3), 11, 13 + (number % 5)]);
    assert.deepEqual(await bitsOf(found), await undisturbed(job));
  });
}
