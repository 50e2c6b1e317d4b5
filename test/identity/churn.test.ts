// Workers come and go, are slow, and double each other's work: none of it is in the bits. On real engines, in virtual time. (With faults
// of the network and liars too, on the reference engine: test/simulation.)
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CompiledJob } from '../../ebm/job.ts';
import type { Session } from '../../engine/engine.ts';
import type { Message } from '../../proto/messages.ts';
import { seeded } from '../support/seeded.ts';
import { ENGINES, engines } from './engines.ts';
import { bitsOf, randomCut, runFleet, type Bits, type Fleet, type FleetOptions } from './fleet.ts';
import { jobOf, jobOfWay, RESCUES, WAYS } from './jobs.ts';
import { methodsOf, Pending, runTimed } from './time.ts';

const engineOf = engines();

const JOBS: readonly (readonly [string, CompiledJob])[] = [
  ...WAYS.map(([way, changes], i) => [`${way}, staleness ${(i + 1) % 2}`, jobOfWay(changes, i % 2 === 0 ? 1 : 0)] as const),
  [RESCUES[1]![0], jobOf(RESCUES[1]![1])],
  ['with figures', jobOf({ job: { evaluate: { every: 6, logPartition: { kind: 'ais', runs: 6, betas: 5, raise: true, reverse: false } } } })],
];

const RULES = { leaseMs: 400, memberMs: 3_000, heartbeatMs: 500 } as const;

const known = new Map<CompiledJob, Promise<Bits>>();

/** Of one worker on the reference engine; computed once a job, which every test here compares with. */
function undisturbed(job: CompiledJob): Promise<Bits> {
  const bits = known.get(job) ?? runFleet(job, { engine: engineOf('reference') }).then(bitsOf);
  known.set(job, bits);
  return bits;
}

function ownWire(number: number): Pick<FleetOptions, 'engine' | 'wire'> {
  return { engine: engineOf(ENGINES[number % ENGINES.length]!), wire: number % 2 === 0 ? 'references' : 'bytes' };
}

const DEATHS_MAX = 8;

/** Workers that get a unit die of it, or leave after it, by a seeded schedule; a while later others take their places. */
function reaper(seed: number, pending: Pending): { readonly onMessage: NonNullable<FleetOptions['onMessage']>; deaths: number; departures: number } {
  const random = seeded(seed);
  let joined = 0;
  const reaping = {
    deaths: 0,
    departures: 0,
    onMessage(message: Message, to: string, fleet: Fleet): boolean {
      if (message.kind !== 'lease' || reaping.deaths + reaping.departures >= DEATHS_MAX || random() > 0.2) return true;
      const worker = fleet.workers.get(to)!;
      const dies = random() < 0.7;
      if (dies) reaping.deaths += 1;
      else reaping.departures += 1;
      fleet.clock.after(random() * 12, () => { if (dies) worker.kill(); else worker.drain(); });
      joined += 1;
      const id = `late-${joined}`;
      fleet.clock.after(20 + random() * 300, () => { void pending.during(fleet.join(id)); });
      return true;
    },
  };
  return reaping;
}

describe('workers die, leave and join in mid-update, by a seeded schedule: the bits of one that stays', () => {
  for (const [number, [name, job]] of JOBS.entries()) {
    test(name, async () => {
      for (const workers of [2, 5]) {
        const pending = new Pending();
        const reaping = reaper(10 * number + workers, pending);
        const random = seeded(number + workers);
        const run = await runTimed(job, {
          ...ownWire(number + workers), workers, rules: { ...RULES, cut: randomCut(number) }, onMessage: reaping.onMessage, unitMs: () => 2 + 15 * random(),
        }, pending);
        assert.deepEqual(await bitsOf(run), await undisturbed(job), `${workers} workers`);
        assert.equal(reaping.deaths + reaping.departures, DEATHS_MAX);
        assert.ok(run.telemetry.counter('ebm_units_total', { outcome: 'expired' }) > 0, 'units were lost with their workers');
      }
    });
  }
});

describe('a straggler whose units have twins: the bits of one worker', () => {
  for (const [number, [name, job]] of JOBS.entries()) {
    test(name, async () => {
      const unitMs = (worker: string): number => worker === 'w-2' ? 90 : 6;
      const run = await runTimed(job, { ...ownWire(number), workers: 3, rules: { ...RULES, twinAfterMs: 15, cut: randomCut(30 + number) }, unitMs });
      assert.deepEqual(await bitsOf(run), await undisturbed(job));
      assert.ok(run.telemetry.counter('ebm_twin_leases_total') >= 3, 'twins were given');
      assert.ok(!run.events.some((event) => event.kind === 'quarantined' || event.kind === 'returned'), 'nobody was taken for a liar');
    });
  }
});

describe('units that take longer than their leases: the bits of one that is quick', () => {
  for (const [number, [name, job]] of JOBS.entries()) {
    test(name, async () => {
      for (const workers of [1, 2]) {
        for (const wire of ['references', 'bytes'] as const) {
          const random = seeded(50 + number);
          const run = await runTimed(job, { engine: engineOf(ENGINES[number % ENGINES.length]!), wire, workers, rules: { ...RULES, cut: randomCut(80 + number) }, unitMs: () => random() < 0.25 ? 700 : 20 });
          assert.deepEqual(await bitsOf(run), await undisturbed(job), `${workers} workers, by ${wire}`);
          assert.ok(run.telemetry.counter('ebm_units_total', { outcome: 'expired' }) > 0, 'leases ended before their units');
        }
      }
    });
  }
});

test('parameters that arrive after the lease they were for, again and again: the bits of a quick network', async () => {
  for (const [number, [name, job]] of JOBS.entries()) {
    const random = seeded(170 + number);
    const run = await runTimed(job, {
      engine: engineOf(ENGINES[number % ENGINES.length]!), wire: 'bytes', workers: 3, rules: { ...RULES, leaseMs: 30, cut: randomCut(100 + number) },
      requestMs: () => random() < 0.5 ? 150 * random() : 2, unitMs: () => 5 + 10 * random(),
      onMessage: (message) => message.kind !== 'parameters-difference', // what is announced is lost: each version must be asked for
    });
    assert.deepEqual(await bitsOf(run), await undisturbed(job), name);
    assert.ok(run.telemetry.counter('ebm_units_total', { outcome: 'expired' }) > 0, 'leases ended before their parameters came');
  }
});

test('units that fail at their workers are given again: the bits of a run without failures', async () => {
  for (const [number, [name, job]] of JOBS.entries()) {
    let failed = 0;
    const failing = (session: Session): Session => ({
      ...methodsOf(session),
      evaluate(...given) {
        const { update, data } = given[0];
        if ((update * 7 + data.from) % 11 !== 0 || failed > 2 * update) return session.evaluate(...given);
        failed += 1;
        return Promise.reject(new Error('out of luck'));
      },
    });
    const wrap = (session: Session, role: string): Session => role === 'coordinator' ? session : failing(session);
    const run = await runFleet(job, { ...ownWire(number), workers: 3, rules: { cut: randomCut(40 + number), failuresMax: 1_000 }, wrap });
    assert.deepEqual(await bitsOf(run), await undisturbed(job), name);
    assert.ok(failed > 3, `${name}: ${failed} units failed`);
  }
});

test('twins, deaths, and late workers at once', async () => {
  for (const [number, [name, job]] of JOBS.entries()) {
    const pending = new Pending();
    const { onMessage } = reaper(700 + number, pending);
    const random = seeded(300 + number);
    const unitMs = (): number => random() < 0.15 ? 150 : 3 + 10 * random();
    const run = await runTimed(job, { ...ownWire(number + 1), workers: 4, rules: { ...RULES, twinAfterMs: 20, cut: randomCut(60 + number) }, onMessage, unitMs }, pending);
    assert.deepEqual(await bitsOf(run), await undisturbed(job), name);
  }
});
