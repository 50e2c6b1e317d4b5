// A long run needs no more memory than a short one: whatever a fleet does with its units (counts them, adds them to others', throws them
// away, loses their workers), what the wasm engine lent comes back to it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledJob } from '../../ebm/job.ts';
import type { Engine, Session } from '../../engine/engine.ts';
import { TABLE_BYTES } from '../../engine/wasm/annealing.ts';
import { openWasmEngine } from '../../engine/wasm/engine.ts';
import { seeded } from '../support/seeded.ts';
import { randomCut, runFleet, type FleetOptions } from './fleet.ts';
import { jobOf, type Changes } from './jobs.ts';
import { methodsOf, Pending, runTimed } from './time.ts';

const PAGE_BYTES = 65_536;

/** A new engine for each test: in the memory of one that has been used, a leak would find room without growth. */
async function onNewEngine(work: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = await openWasmEngine({ threads: 1 });
  try {
    await work(engine);
  } finally {
    await engine.close();
  }
}

function longJob(updates: number, { train, ...changes }: Changes = {}): CompiledJob {
  return jobOf({ visible: 20, hidden: 8, ...changes, train: { updates, batch: 10, chains: 10, ...train } });
}

/** Notes the size of the engine's whole shared memory as each update's step publishes into it. */
function gauge(): { readonly bytesAt: Map<number, number>; readonly watch: (session: Session) => Session } {
  const bytesAt = new Map<number, number>();
  const watch = (session: Session): Session => ({
    ...methodsOf(session),
    async apply(state, sums, step) {
      const outcome = await session.apply(state, sums, step);
      if (outcome.kind === 'applied') bytesAt.set(step.update + 1, outcome.published.visibleBias.buffer.byteLength);
      return outcome;
    },
  });
  return { bytesAt, watch };
}

const FLEETS: readonly (readonly [string, Omit<FleetOptions, 'engine'>])[] = [
  ['1 worker', { workers: 1 }],
  ['3 workers', { workers: 3 }],
  ['3 workers, random cuts', { workers: 3, rules: { cut: randomCut(8) } }],
  ['1 worker, by bytes', { workers: 1, wire: 'bytes' }],
  ['3 workers, by bytes', { workers: 3, wire: 'bytes' }],
];

const PLAIN: readonly (readonly [string, Changes])[] = [
  ['PCD-1', {}],
  ['more chains than samples, staleness 1', { train: { chains: 14, staleness: 1 } }],
];

function coordinatorAlone(watch: (session: Session) => Session): NonNullable<FleetOptions['wrap']> {
  return (session, role) => role === 'coordinator' ? watch(session) : session;
}

/**
 * How much the memory may grow. One worker: not by a byte. Of several, as many contributions are lent at once as the turns of the threads
 * let meet, so that the last of those few may be made late, and into a gap that something larger has used: a page, or a unit's tables.
 * What leaked at each update would be many times that.
 */
function roomFor(workers: number, largestBytes: number): number {
  return workers === 1 ? 0 : workers * largestBytes;
}

for (const [fleet, options] of FLEETS) {
  for (const [name, changes] of options.wire === 'bytes' ? PLAIN.slice(0, 1) : PLAIN) {
    test(`${fleet}, ${name}: as much shared memory after 500 updates as after 50`, () => onNewEngine(async (engine) => {
      const { bytesAt, watch } = gauge();
      const { outcome } = await runFleet(longJob(500, changes), { ...options, engine, progressMs: 1, wrap: coordinatorAlone(watch) });
      assert.equal(outcome.kind, 'finished');
      const [early, late] = [bytesAt.get(50)!, bytesAt.get(500)!];
      assert.ok(early > PAGE_BYTES && late - early <= roomFor(options.workers!, PAGE_BYTES / 3), `${early} bytes, then ${late}`);
    }));
  }
}

for (const workers of [1, 3]) {
  test(`figures of an average, ${workers} workers: as much shared memory after 125 evaluations as after 25`, () => onNewEngine(async (engine) => {
    const { bytesAt, watch } = gauge();
    const evaluate = { every: 4, logPartition: { kind: 'ais', runs: 4, betas: 4, raise: true, reverse: true } } as const;
    const { outcome } = await runFleet(longJob(501, { train: { average: 0.9 }, job: { evaluate } }), { engine, workers, progressMs: 1, wrap: coordinatorAlone(watch) });
    assert.equal(outcome.kind, 'finished');
    const [early, late] = [bytesAt.get(101)!, bytesAt.get(501)!];
    assert.ok(late - early <= roomFor(workers, TABLE_BYTES + PAGE_BYTES), `${early} bytes, then ${late}`);
  }));
}

test('units of workers that die, and units that twins were faster with, come back too', () => onNewEngine(async (engine) => {
  const { bytesAt, watch } = gauge();
  const pending = new Pending();
  const random = seeded(5);
  let joined = 0;
  const run = await runTimed(longJob(300), {
    engine, workers: 3, rules: { leaseMs: 100, memberMs: 3_000, twinAfterMs: 10, cut: randomCut(9) }, unitMs: () => random() < 0.3 ? 30 : 3,
    wrapped: (session, role) => role === 'coordinator' ? watch(session) : session,
    onMessage(message, to, fleet) {
      if (message.kind !== 'lease' || random() > 0.05) return true;
      fleet.clock.after(1, () => { fleet.workers.get(to)!.kill(); });
      joined += 1;
      const id = `late-${joined}`;
      fleet.clock.after(20, () => { void pending.during(fleet.join(id)); });
      return true;
    },
  }, pending);
  assert.equal(run.outcome.kind, 'finished');
  assert.ok(joined > 20 && run.telemetry.counter('ebm_twin_leases_total') > 20, `${joined} died, ${run.telemetry.counter('ebm_twin_leases_total')} twins`);
  assert.ok(bytesAt.get(300)! - bytesAt.get(60)! <= roomFor(3, PAGE_BYTES / 3));
}));
