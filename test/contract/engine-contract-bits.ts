// Contract of engines, part one: the bits. Golden digests of small runs, sums over any cut of the ranges, sizes around byte and word
// boundaries, and parameters that travelled.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { addSums, emptySums } from '../../ebm/rbm/statistics.ts';
import type { Contribution, Engine, Problem, Range } from '../../engine/engine.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { ADAM, SGD, bitRows, copyParameters, digestOfEnd, levelRows, smallProblem, startRun, trainRun } from '../support/engine-run.ts';

/** Runs of 12 updates (over three epochs) whose end is frozen. Every digest was reproduced once by an independent program in Python. */
const GOLDEN_RUNS: readonly { readonly name: string; readonly problem: Partial<Problem>; readonly updates?: number; readonly digest: string }[] = [
  { name: 'PCD-1, centred', problem: {}, digest: '96605d2b72d61b4a' },
  { name: 'PCD-1, plain', problem: { centred: false }, digest: 'ef2494ec224bd047' },
  { name: 'PCD-3', problem: { steps: 3 }, digest: '60ae449420e042c4' },
  { name: 'CD-2', problem: { objective: 'cd', steps: 2 }, digest: 'ca7c219ccb791736' },
  { name: 'Adam', problem: { optimiser: ADAM }, digest: 'fce7abe4b74d88ef' },
  { name: 'Adam with decay', problem: { optimiser: { ...ADAM, weightDecay: 0.01 } }, digest: '794696a9da54795d' },
  { name: 'momentum, decay and average', problem: { optimiser: { ...SGD, momentum: 0.9, weightDecay: 0.001 }, average: 0.9 }, digest: 'e0172b2d5e833143' },
  { name: 'stochastic data', problem: { data: levelRows(30, 13, 5) }, digest: '0ee6712b1b994b76' },
  { name: 'a batch of 7 and 12 chains', problem: { batch: 7, chains: 12 }, digest: 'a002f68f11d0e05f' },
  { name: 'a batch of 12 and 5 chains, Adam, average', problem: { batch: 12, chains: 5, optimiser: ADAM, average: 0.5 }, digest: '078641307d2d2017' },
  { name: 'a batch beyond an epoch, on a grid of 2^-8', problem: { batch: 45, chains: 45, grid: 8 }, digest: '3b2ee5c4a6b036f4' },
  { name: '130 x 70 units: blocks of 64 in every sum of moves', problem: { visible: 130, hidden: 70, optimiser: { ...SGD, learningRate: 0.5 } }, updates: 4, digest: '33f1da4b2251dd03' },
];

/** [visible, hidden] with every size that ends before, on and after a byte or a 64-bit word. */
const BOUNDARIES = [[1, 1], [1, 500], [7, 8], [8, 7], [9, 63], [63, 9], [64, 65], [65, 64], [500, 1], [130, 500], [500, 63]] as const;

export function bitsContract(name: string, engineOf: () => Engine): void {
  for (const { name: run, problem, updates, digest } of GOLDEN_RUNS) {
    test(`${name}: golden digest of ${run}`, async () => {
      assert.equal(digestOfEnd(await trainRun(engineOf(), smallProblem(problem), updates ?? 12)), digest);
    });
  }

  test(`${name}: thresholds as they stand and from a palette are the same data`, async () => {
    const palette = levelRows(30, 13, 5);
    const levels = Int32Array.from(palette.levels, (index) => palette.palette![index]!);
    const runs = [palette, { ...palette, levels, palette: null }].map((data) => trainRun(engineOf(), smallProblem({ data }), 5));
    const [one, two] = await Promise.all(runs);
    assert.deepEqual(one, two);
  });

  test(`${name}: units cut anywhere give the run of one unit an update`, async () => {
    for (const problem of [smallProblem(), smallProblem({ objective: 'cd' }), smallProblem({ batch: 7, chains: 12, data: levelRows(30, 13, 1) })]) {
      const whole = await trainRun(engineOf(), problem, 4);
      assert.deepEqual(await trainRun(engineOf(), problem, 4, [1, 2, 6]), whole);
      assert.deepEqual(await trainRun(engineOf(), problem, 4, [3, 3, 11]), whole);
    }
  });

  test(`${name}: sums and chains of a random cut, in a random order, are those of the whole`, async () => {
    const problem = smallProblem({ batch: 23, chains: 17, steps: 2 });
    const { session, parameters, chains } = await startRun(engineOf(), problem);
    const evaluate = (data: Range, range: Range): Promise<Contribution> => session.evaluate(
      { branch: 0, update: 3, version: 0, data, chains: range }, parameters, chains.subarray(range.from * 2, range.to * 2));
    const whole = copyOf(problem, await evaluate({ from: 0, to: 23 }, { from: 0, to: 17 }));
    const cuts = (limit: number): fc.Arbitrary<number[]> => fc.array(fc.nat(limit), { maxLength: 4 });
    await fc.assert(fc.asyncProperty(cuts(23), cuts(17), fc.boolean(), async (dataCuts, chainCuts, backwards) => {
      const units = zip(rangesOf(dataCuts, 23), rangesOf(chainCuts, 17));
      if (backwards) units.reverse();
      const total = emptySums(problem);
      const states = new Uint8Array(chains.length);
      for (const [data, range] of units) {
        const part = await evaluate(data, range);
        addSums(total, part.sums);
        states.set(part.chains, range.from * 2);
        session.release(part);
      }
      assert.deepEqual({ sums: total, chains: states }, whole);
    }), { seed: 4, numRuns: 25 });
    await session.close();
  });

  test(`${name}: empty ranges give zeros and change nothing`, async () => {
    for (const objective of ['pcd', 'cd'] as const) {
      const problem = smallProblem({ objective });
      const { session, parameters } = await startRun(engineOf(), problem);
      const empty = await session.evaluate({ branch: 0, update: 0, version: 0, data: { from: 4, to: 4 }, chains: { from: 4, to: 4 } }, parameters, new Uint8Array(0));
      assert.deepEqual(copyOf(problem, empty), { sums: emptySums(problem), chains: new Uint8Array(0) });
      await session.close();
    }
  });

  test(`${name}: the chains given to a unit are not changed`, async () => {
    const { session, parameters, chains } = await startRun(engineOf(), smallProblem());
    const before = chains.slice();
    const { chains: after } = await session.evaluate({ branch: 0, update: 0, version: 0, data: { from: 0, to: 0 }, chains: { from: 0, to: 10 } }, parameters, chains);
    assert.deepEqual(chains, before);
    assert.notDeepEqual(Uint8Array.from(after), before);
    await session.close();
  });

  test(`${name}: sizes around byte and word boundaries give the reference's bits`, async () => {
    for (const [visible, hidden] of BOUNDARIES) {
      const problem = smallProblem({ visible, hidden, batch: 3, chains: 3, steps: 2, optimiser: { ...SGD, learningRate: 0.5 }, data: bitRows(8, visible, 2) });
      assert.deepEqual(await trainRun(engineOf(), problem, 2), await trainRun(openReferenceEngine(), problem, 2), `${visible} x ${hidden}`);
    }
  });

  test(`${name}: spare bits of chains are 0`, async () => {
    const { chains } = await trainRun(engineOf(), smallProblem({ hidden: 11 }), 3);
    for (let index = 1; index < chains.length; index += 2) assert.equal(chains[index]! >> 3, 0);
  });

  test(`${name}: adopted copies of parameters give the same bits as published ones`, async () => {
    const problem = smallProblem();
    const { session, parameters, chains } = await startRun(engineOf(), problem);
    const unit = { branch: 0, update: 0, version: 0, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } };
    const published = copyOf(problem, await session.evaluate(unit, parameters, chains));
    const adopted = await session.adopt(copyParameters(parameters));
    assert.deepEqual(copyParameters(adopted), copyParameters(parameters));
    assert.deepEqual(copyOf(problem, await session.evaluate(unit, adopted, chains)), published);
    const other = await engineOf().load({ ...problem, data: problem.data });
    assert.deepEqual(copyOf(problem, await other.evaluate(unit, await other.adopt(copyParameters(parameters)), chains)), published, 'in another session');
    await session.close();
    await other.close();
  });

  test(`${name}: published versions stay valid while publishedMax - 1 more are made`, async () => {
    const problem = smallProblem();
    const { session, state, parameters, chains } = await startRun(engineOf(), problem);
    const first = copyParameters(parameters);
    assert.ok(session.publishedMax >= 2, 'staleness 1 needs two versions');
    const sums = await session.evaluate({ branch: 0, update: 0, version: 0, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } }, parameters, chains);
    for (let made = 1; made < Math.min(session.publishedMax, 5); made += 1) {
      const outcome = await session.apply(state, sums.sums, { update: made - 1, branch: 0, learningRate: 0.5 });
      assert.equal(outcome.kind, 'applied');
    }
    assert.deepEqual(copyParameters(parameters), first);
    await session.close();
  });

  test(`${name}: averages that are published leave the versions valid, and versions the average`, async () => {
    const { session, state, parameters } = await startRun(engineOf(), smallProblem({ average: 0.9 }));
    const first = copyParameters(parameters);
    for (let version = 1; version < 6; version += 1) assert.equal((await session.publish(state.average!, 0, version)).kind, 'applied');
    assert.deepEqual(copyParameters(parameters), first);
    state.average!.weights.fill(0.5);
    const average = await session.publish(state.average!, 0, 6);
    assert.ok(average.kind === 'applied');
    for (let version = 1; version < 6; version += 1) assert.equal((await session.publish(state.masters, 0, version)).kind, 'applied');
    assert.ok(average.published.weights.every((weight) => weight === 512));
    await session.close();
  });

  test(`${name}: the average is published like the masters`, async () => {
    const problem = smallProblem({ average: 0.9 });
    const { session, state } = await startRun(engineOf(), problem);
    state.average!.weights.fill(0.25);
    const outcome = await session.publish(state.average!, 3, 8);
    assert.ok(outcome.kind === 'applied');
    assert.deepEqual([outcome.published.branch, outcome.published.version, outcome.published.weights[5]], [3, 8, 256]);
    await session.close();
  });

  test(`${name}: update, branch and seed each change the draws`, async () => {
    const chainsAfter = async (seed: number, branch: number, update: number): Promise<string> => {
      const { session, state } = await startRun(engineOf(), smallProblem({ seed: 5, hidden: 64 }));
      const other = await engineOf().load(smallProblem({ seed, hidden: 64 }));
      const outcome = await session.publish(state.masters, branch, 0);
      assert.ok(outcome.kind === 'applied');
      const parameters = await other.adopt(copyParameters(outcome.published));
      const unit = { branch, update, version: 0, data: { from: 0, to: 0 }, chains: { from: 0, to: 10 } };
      const { chains } = await other.evaluate(unit, parameters, new Uint8Array(10 * bytesOf(64)));
      await session.close();
      await other.close();
      return [...chains].join(' ');
    };
    const runs = await Promise.all([chainsAfter(5, 0, 0), chainsAfter(6, 0, 0), chainsAfter(5, 1, 0), chainsAfter(5, 0, 1), chainsAfter(5, 0, 0)]);
    assert.equal(new Set(runs).size, 4);
    assert.equal(runs[4], runs[0]);
  });
}

/** A contribution as plain values in memory of its own. */
function copyOf(problem: Problem, contribution: Contribution): Contribution {
  const sums = emptySums(problem);
  addSums(sums, contribution.sums);
  return { sums, chains: Uint8Array.from(contribution.chains) };
}

function rangesOf(cuts: readonly number[], limit: number): Range[] {
  const edges = [0, ...[...cuts].sort((a, b) => a - b), limit];
  return edges.slice(1).map((to, index) => ({ from: edges[index]!, to }));
}

function zip(left: readonly Range[], right: readonly Range[]): (readonly [Range, Range])[] {
  const nothing = { from: 0, to: 0 };
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => [left[index] ?? nothing, right[index] ?? nothing] as const);
}
