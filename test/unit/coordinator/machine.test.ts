// Properties of the coordinator's machine: what holds for any order of joins, deaths, answers (late, repeated, wrong), ticks and work.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { randomCut } from '../../support/cluster.ts';
import { tinyJob } from '../../support/tiny-job.ts';
import { nameOf, partsOf, World, type Action } from '../../support/world.ts';

const RUNS = { seed: 20261123, numRuns: 300 };
const worker = fc.integer({ min: 0, max: 4 });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: worker.map((one): Action => ({ kind: 'join', worker: one })) },
  { weight: 6, arbitrary: worker.map((one): Action => ({ kind: 'request', worker: one })) },
  { weight: 1, arbitrary: worker.map((one): Action => ({ kind: 'leave', worker: one })) },
  { weight: 1, arbitrary: worker.map((one): Action => ({ kind: 'renew', worker: one })) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('answer' as const), which: fc.nat(), lies: fc.integer({ min: 0, max: 9 }).map((n) => n === 0), keeps: fc.boolean() }) },
  { weight: 1, arbitrary: fc.nat().map((which): Action => ({ kind: 'failure', which })) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 700 }).map((byMs): Action => ({ kind: 'tick', byMs })) },
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 19 }).map((n): Action => ({ kind: 'work', diverges: n === 0 })) },
  { weight: 1, arbitrary: fc.constantFrom('pause' as const, 'unpause' as const).map((wish): Action => ({ kind: 'wish', wish })) },
);

const shape = fc.record({
  staleness: fc.constantFrom(0 as const, 1 as const), batch: fc.integer({ min: 1, max: 9 }), chains: fc.integer({ min: 1, max: 9 }),
  checkpoint: fc.integer({ min: 0, max: 3 }), seed: fc.nat(),
});

function worldOf({ staleness, batch, chains, checkpoint, seed }: { staleness: 0 | 1; batch: number; chains: number; checkpoint: number; seed: number }): World {
  const job = tinyJob({ train: { staleness, batch, chains, updates: 6, rollbacks: 3 }, job: { checkpoint: { every: checkpoint, keep: 3 } } });
  return new World(job, { cut: randomCut(seed) });
}

/** A steady worker does what there is to do, and the shell works: the run must come to its end. */
function finish(world: World, liesAt = -1): void {
  const steady = 9;
  world.act({ kind: 'wish', wish: 'unpause' });
  for (let turn = 0; turn < 2_000 && !world.isOver; turn += 1) {
    if (!world.state.members.some((member) => member.key === nameOf(steady))) world.act({ kind: 'join', worker: steady });
    world.act({ kind: 'request', worker: steady });
    const mine = world.given.filter((given) => given.worker === nameOf(steady) && given.epoch === world.state.epoch).at(-1);
    if (mine !== undefined) world.act({ kind: 'answer', which: world.given.indexOf(mine), lies: turn === liesAt, keeps: false });
    world.act({ kind: 'work', diverges: false });
    world.act({ kind: 'tick', byMs: 100 });
  }
}

test('L1, L4, L6, M1, M2, U1, U2: the invariants hold after every step, for any order of events', () => {
  fc.assert(fc.property(shape, fc.array(action, { maxLength: 120 }), (of, actions) => {
    const world = worldOf(of);
    for (const one of actions) world.act(one);
  }), RUNS);
});

test('R3: whatever happened, with one steady worker the run reaches its end', () => {
  const ends = new Set<string>();
  fc.assert(fc.property(shape, fc.array(action, { maxLength: 80 }), (of, actions) => {
    const world = worldOf(of);
    for (const one of actions) world.act(one);
    finish(world);
    assert.ok(world.isOver, `the run stands at ${JSON.stringify(world.state.run.phase)}, version ${world.state.run.version}`);
    const { phase } = world.state.run;
    if (phase.kind === 'over') ends.add(phase.outcome.kind);
  }), RUNS);
  assert.ok(ends.has('finished'));
});

test('S1, S2, S3: with spans the invariants hold too; a run ends as otherwise, or because the end of a span was never told', () => {
  const ends = new Set<string>();
  const seen = { spans: 0, rollbacks: 0 };
  fc.assert(fc.property(shape, fc.array(action, { maxLength: 80 }), (of, actions) => {
    const job = tinyJob({ train: { batch: of.batch, chains: of.chains, updates: 12, rollbacks: 3 }, job: { checkpoint: { every: 4 * of.checkpoint, keep: 3 }, ledger: { every: 8 } } });
    const world = new World(job, { cut: randomCut(of.seed), spanMs: Infinity, twinAfterMs: Infinity });
    for (const one of actions) world.act(one);
    finish(world, of.seed % 8);
    const { phase } = world.state.run;
    assert.ok(phase.kind === 'over', `the run stands at ${JSON.stringify(phase)}, version ${world.state.run.version}`);
    ends.add(phase.outcome.kind === 'failed' ? phase.outcome.code : phase.outcome.kind);
    seen.spans += world.log.filter(({ kind }) => kind === 'advance').length;
    seen.rollbacks += world.state.run.rollbacks;
  }), RUNS);
  assert.ok(ends.has('finished') && ends.has('unit-failed'), [...ends].join());
  assert.ok(seen.spans > RUNS.numRuns && seen.rollbacks > 0, JSON.stringify(seen));
});

test('the order in which contributions arrive changes nothing but the order of commands', () => {
  const workers = [0, 1, 2, 3, 4];
  const orders = fc.tuple(shape, fc.shuffledSubarray(workers, { minLength: 5 }), fc.shuffledSubarray(workers, { minLength: 5 }));
  fc.assert(fc.property(orders, ([of, ...two]) => {
    const [first, second] = two.map((order) => {
      const job = tinyJob({ train: { batch: of.batch, chains: of.chains, updates: 2 } });
      const world = new World(job, { twinAfterMs: Infinity, cut: ({ size }) => Math.ceil(size / workers.length) });
      world.act({ kind: 'work', diverges: false });
      for (const one of workers) world.act({ kind: 'join', worker: one });
      for (const one of workers) world.act({ kind: 'request', worker: one });
      const before = world.log.length;
      for (const one of order) {
        const which = world.given.findIndex((given) => given.worker === nameOf(one));
        if (which >= 0) world.act({ kind: 'answer', which, lies: false, keeps: false });
      }
      const { version, tasks, leases } = world.state.run;
      return { commands: world.log.slice(before).map((command) => JSON.stringify(command)).sort(), version, covered: tasks.map((task) => task.covered), leases };
    });
    assert.deepEqual(first, second);
  }), { ...RUNS, numRuns: 200 });
});

test('parts of places cover data and chains exactly once, whatever the cuts and sizes', () => {
  const cuts = fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }), fc.array(fc.nat(), { maxLength: 20 }));
  fc.assert(fc.property(cuts, ([size, less, points]) => {
    const total = Math.max(0, size - less);
    const edges = [0, ...points.map((point) => point % size).sort((a, b) => a - b), size];
    const ranges = edges.slice(1).map((to, i) => ({ from: edges[i]!, to }));
    let reached = 0;
    for (const part of partsOf(ranges, size, total)) {
      assert.equal(part.from, reached);
      assert.ok(part.to >= part.from);
      reached = part.to;
    }
    assert.equal(reached, total);
  }), { ...RUNS, numRuns: 500 });
});
