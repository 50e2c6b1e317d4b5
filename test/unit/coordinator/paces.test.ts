// What follows from measured paces: the size of units, the term of their leases, the age at which a straggler gets a twin.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meanPace, termMsOf, twinAgeMs } from '../../../coordinator/machine/paces.ts';
import { step } from '../../../coordinator/machine/machine.ts';
import { FLEET_RULES, wholeCut, type FleetRules } from '../../../coordinator/machine/settings.ts';
import { initialState, type Member, type State, type Task } from '../../../coordinator/machine/state.ts';
import type { Command, Event } from '../../../coordinator/machine/events.ts';
import { tinyJob } from '../../support/tiny-job.ts';

const JOB = tinyJob({ train: { batch: 100, chains: 100 } });
const fingerprint = { engine: 'wasm', version: 'wasm/1', deviceClass: 'x', threads: 1 };
const memberOf = (key: string, pace: number | null): Member => ({ key, fingerprint, heardMs: 0, asking: null, lease: null, draining: false, pace, counted: null, cached: null });
const UPDATE: Task = { key: 1, kind: { kind: 'update', branch: 0, update: 0, version: 0 }, size: 100, outstanding: [], covered: [], losses: 0, failures: 0 };
const HALF = { from: 0, to: 50 };

function stateOf(rules: Partial<FleetRules>, paces: readonly (number | null)[]): State {
  const state = initialState({ job: JOB, until: 9, figures: [], checkpoints: false, fleet: { ...FLEET_RULES, ...rules } }, 1);
  return { ...state, members: paces.map((pace, i) => memberOf(`w-${i}`, pace)) };
}

test('a worker takes its share of an update in one unit, by its speed, and no crumbs are left', () => {
  const cut = (remaining: number, speed: number, workers = 2): number => wholeCut({ remaining, size: 100, workers, speed, from: 0, task: 1 });
  assert.equal(cut(100, 1), 50);
  assert.equal(cut(100, 1.4), 70);
  assert.equal(cut(30, 0.6), 30);
  assert.equal(cut(60, 1), 60, 'what would be left is a crumb');
  assert.equal(cut(100, 1, 1), 100);
  assert.equal(cut(100, 0.25, 4_000), 1, 'more workers than places: one each');
});

test('the term of a lease follows the unit time, within its bounds', () => {
  const rules = { leaseMs: 10_000, leaseMsMin: 3_000, leaseUnits: 10 };
  const term = (pace: number | null, own: Partial<FleetRules> = rules): number => {
    const state = stateOf(own, [pace]);
    return termMsOf(state, UPDATE, HALF, state.members[0]!);
  };
  assert.equal(term(0.1), 5_000, 'fifty places at a tenth a millisecond, ten times');
  assert.equal(term(10), 3_000);
  assert.equal(term(0.01), 10_000);
  assert.equal(term(null), 10_000);
  assert.equal(term(0.1, { leaseMs: 10_000 }), 10_000, 'without leaseUnits a term is what it was');
  const figure: Task = { ...UPDATE, kind: { kind: 'figure', branch: 0, version: 0, figure: { kind: 'exact' }, part: 1 } };
  const state = stateOf(rules, [10]);
  assert.equal(termMsOf(state, figure, HALF, state.members[0]!), 10_000);
});

test('a newcomer is expected to be as fast as the others', () => {
  const state = stateOf({ leaseMs: 10_000, leaseMsMin: 100, leaseUnits: 10 }, [0.1, 0.3, null]);
  assert.equal(meanPace(state), 0.2);
  assert.equal(termMsOf(state, UPDATE, HALF, state.members[2]!), 2_500);
});

function ageIn(state: State): number {
  return twinAgeMs(state.settings.fleet, HALF, meanPace(state));
}

test('a twin comes at a multiple of the unit time of the fleet, not before its bound, and never where it is off', () => {
  assert.equal(ageIn(stateOf({ twinUnits: 4, twinMsMin: 500 }, [0.1, 0.1])), 2_000);
  assert.equal(ageIn(stateOf({ twinUnits: 4, twinMsMin: 500 }, [10, 10])), 500);
  assert.equal(ageIn(stateOf({ twinUnits: 4, twinMsMin: 500 }, [null])), Infinity);
  assert.equal(ageIn(stateOf({}, [10, 10])), Infinity);
  assert.equal(ageIn(stateOf({ twinAfterMs: 700, twinUnits: 4, twinMsMin: 500 }, [0.1])), 700);
});

/** A machine with its clock. */
class Fleet {
  #state: State;
  #nowMs = 0;
  constructor(rules: Partial<FleetRules>) { this.#state = stateOf(rules, []); }

  at(nowMs: number): this { this.#nowMs = nowMs; return this; }

  does(event: Record<string, unknown>): readonly Command[] {
    const next = step(this.#state, { ...event, nowMs: this.#nowMs } as Event);
    this.#state = next.state;
    return next.commands;
  }

  contributes(worker: string): readonly Command[] {
    const lease = this.#state.run.leases.find((one) => one.worker === worker)!;
    const task = this.#state.run.tasks.find((one) => one.key === lease.task)!;
    assert.ok(task.kind.kind === 'update');
    return this.does({ kind: 'contribution', worker, epoch: 1, lease: lease.key, branch: 0, update: task.kind.update, data: lease.range, chains: lease.range, digest: null, asks: true });
  }
}

const leasesIn = (commands: readonly Command[]) => commands.flatMap((command) => command.kind === 'lease' && command.unit.kind === 'update'
  ? [{ to: command.to, chains: command.unit.chains, cached: command.unit.cached, termMs: command.termMs, twin: command.duel !== null }] : []);

test('two workers get an update in two units that follow their speeds; the range of a straggler goes to the other as a twin', () => {
  const fleet = new Fleet({ cut: wholeCut, extends: true, leaseMs: 10_000, leaseMsMin: 300, leaseUnits: 10, twinUnits: 4, twinMsMin: 50 });
  fleet.does({ kind: 'start' });
  fleet.does({ kind: 'restored', update: 0, branch: 0, rollbacks: 0, rateScale: 1, measured: true });
  for (const worker of ['a', 'b']) fleet.does({ kind: 'join', worker, fingerprint });
  assert.deepEqual(leasesIn(fleet.does({ kind: 'request', worker: 'a', epoch: 1 })), [{ to: 'a', chains: { from: 0, to: 50 }, cached: false, termMs: 10_000, twin: false }]);
  assert.deepEqual(leasesIn(fleet.does({ kind: 'request', worker: 'b', epoch: 1 })), [{ to: 'b', chains: { from: 50, to: 100 }, cached: false, termMs: 10_000, twin: false }]);
  fleet.at(10).contributes('a');
  fleet.at(30).contributes('b');
  assert.deepEqual(leasesIn(fleet.at(31).does({ kind: 'applied', update: 0 })), [
    { to: 'a', chains: { from: 0, to: 75 }, cached: false, termMs: 300, twin: false },
    { to: 'b', chains: { from: 75, to: 100 }, cached: true, termMs: 300, twin: false },
  ]);
  fleet.at(46).contributes('a');
  assert.deepEqual(leasesIn(fleet.at(80).does({ kind: 'tick' })), [], 'not yet old enough');
  assert.deepEqual(leasesIn(fleet.at(81).does({ kind: 'tick' })), [{ to: 'a', chains: { from: 75, to: 100 }, cached: false, termMs: 300, twin: true }]);
});

test('ranges stay where they are, and with them their chains, while paces differ by little', () => {
  const fleet = new Fleet({ cut: wholeCut, extends: true });
  fleet.does({ kind: 'start' });
  fleet.does({ kind: 'restored', update: 0, branch: 0, rollbacks: 0, rateScale: 1, measured: true });
  for (const worker of ['a', 'b']) fleet.does({ kind: 'join', worker, fingerprint });
  for (const worker of ['a', 'b']) fleet.does({ kind: 'request', worker, epoch: 1 });
  const after = (update: number, [aMs, bMs]: readonly [number, number]): readonly unknown[] => {
    const startMs = 1_000 * update;
    fleet.at(startMs + aMs).contributes('a');
    fleet.at(startMs + bMs).contributes('b');
    return leasesIn(fleet.at(1_000 * (update + 1)).does({ kind: 'applied', update })).map(({ to, chains, cached }) => [to, chains.from, chains.to, cached]);
  };
  assert.deepEqual(after(0, [100, 104]), [['a', 0, 50, true], ['b', 50, 100, true]], 'a is 2 % faster than the mean');
  assert.deepEqual(after(1, [100, 112]), [['a', 0, 50, true], ['b', 50, 100, true]]);
  assert.deepEqual(after(2, [100, 200]), [['a', 0, 55, false], ['b', 55, 100, true]], 'a tenth more is worth its chains');
});
