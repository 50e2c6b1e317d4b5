// The whole cluster in one thread, under faults: no invariant is violated, what is claimed to be met is met, and a seed is a history.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkBugs } from './bugs-main.ts';
import { oracleFrom, oracleText } from './oracle.ts';
import { scenarioOf, type Fault, type Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';
import { allOracles, simulate } from './simulate.ts';
import { Reached } from './situations.ts';

const SEEDS = 300;

test(`${SEEDS} seeds: no invariant is violated, and at least 25 of the named situations are reached`, async () => {
  const oracles = await allOracles();
  const reached = new Reached();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { violation } = await simulate(scenarioOf(seed), oracles, { reached });
    assert.equal(violation, null, `seed ${seed}; \`npm run simulate -- --seed ${seed}\` shrinks it`);
  }
  assert.ok(reached.counts.size >= 25, `${reached.counts.size} situations: ${[...reached.counts.keys()].join('; ')}`);
});

test('a seed is a history: the same one again, event by event', async () => {
  const oracles = await allOracles();
  for (const seed of [7, 80, 341]) {
    const notes: string[][] = [[], []];
    for (const told of notes) await simulate(scenarioOf(seed), oracles, { onNote: (note) => { told.push(note); } });
    assert.ok(notes[0]!.length > 50);
    assert.deepEqual(notes[0]!.map(withoutMeasurements), notes[1]!.map(withoutMeasurements), `seed ${seed}`);
  }
});

/** Workers tell how much processor time a unit took: the one thing that differs. */
function withoutMeasurements(note: string): string {
  return note.replace(/"spent":\{[^}]*\}/, '');
}

test('a list of faults is shrunk to those that a violation needs', async () => {
  const pause = (atMs: number): Fault => ({ kind: 'pause', job: 0, atMs, forMs: 1 });
  const scenario: Scenario = { ...scenarioOf(1), faults: Array.from({ length: 20 }, (_, i) => pause(i)) };
  const needs = (less: Scenario): Promise<boolean> => Promise.resolve([3, 11, 12].every((atMs) => less.faults.some((fault) => fault.kind === 'pause' && fault.atMs === atMs)));
  assert.deepEqual((await shrink(scenario, needs)).faults, [pause(3), pause(11), pause(12)]);
});

test('expected results survive the way to a process whose engine is not trusted', async () => {
  for (const oracle of await allOracles()) assert.deepEqual(oracleFrom(oracleText(oracle)), oracle);
});

test('every planted bug still has its place in the program', () => {
  checkBugs(fileURLToPath(new URL('../..', import.meta.url)));
});
