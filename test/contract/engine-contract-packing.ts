// Part of the engines' contract: sums in as many bits a value as their rows need. They are the reference's to the byte, and come back to the bit,
// added to others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PackedSums } from '../../ebm/rbm/packed.ts';
import type { UpdateSums } from '../../ebm/rbm/parameters.ts';
import type { Contribution, Engine, Problem, Session, UnfinishedSums, UpdateUnit } from '../../engine/engine.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { bitRows, smallProblem, startRun, type Start } from '../support/engine-run.ts';

/** Rows that are and are not whole groups of 4, and more than one piece of work; sums of one array and of two. */
const SHAPES: readonly (readonly [string, Problem])[] = [
  ['143 values', smallProblem()],
  ['phases apart', smallProblem({ chains: 23 })],
  ['three pieces', smallProblem({ visible: 300, hidden: 111, data: bitRows(30, 300, 2) })],
  ['a piece and phases apart', smallProblem({ visible: 128, hidden: 128, chains: 23, data: bitRows(30, 128, 2) })],
];
/** Largest values at the borders of a number of bits, from both sides, and the bits that they need. */
const BORDERS: readonly (readonly [number, number])[] = [
  [0, 0], [-1, 1], [1, 2], [-2, 2], [2, 3], [127, 8], [-128, 8], [128, 9], [-129, 9], [32_767, 16], [-32_768, 16], [32_768, 17], [8_388_607, 24], [-8_388_608, 24],
  [-8_388_609, 25], [1_073_741_823, 31], [-1_073_741_825, 32], [2_147_483_647, 32], [-2_147_483_648, 32],
];

function plain({ data, model, outer }: UpdateSums | PackedSums): unknown {
  const phase = ({ count, visible, hidden }: UpdateSums['data']): unknown => ({ count, visible: [...visible], hidden: [...hidden] });
  return { data: phase(data), model: phase(model), outer: outer.kind === 'difference' ? [...outer.difference] : [[...outer.data], [...outer.model]] };
}

/** Overwrites outer sums with values up to `largest`, some of them of its sign and some not. */
function fill({ outer }: UpdateSums, largest: number): void {
  const arrays = outer.kind === 'difference' ? [outer.difference] : [outer.data, outer.model];
  const bound = largest < 0 ? -(largest + 1) : largest;
  arrays.forEach((array, which) => { array.forEach((_, at) => { array[at] = ((at * 7_919 + which) % (2 * bound + 1)) - bound; }); });
  const last = arrays.at(-1)!;
  last[last.length - 1] = largest; // in the last values, which are no whole group
}

function unitOf({ batch, chains }: Problem): UpdateUnit {
  return { branch: 0, update: 1, version: 0, data: { from: 0, to: batch }, chains: { from: 0, to: chains } };
}

/** A contribution of an engine with outer sums up to `largest`. */
async function filled(engine: Engine, problem: Problem, largest: number): Promise<{ readonly session: Session; readonly contribution: Contribution }> {
  const { session, parameters, chains } = await startRun(engine, problem);
  const contribution = await session.evaluate(unitOf(problem), parameters, chains);
  fill(contribution.sums, largest);
  return { session, contribution };
}

/** Both halves of an update in the step's command, one on top of the other, and each beside factors. */
async function packedSteps(engineOf: () => Engine, problem: Problem): Promise<void> {
  const step = { update: 0, branch: 0, learningRate: Math.fround(0.3) };
  const oracle = await startRun(openReferenceEngine(), problem);
  const whole = await oracle.session.evaluate({ ...unitOf(problem), update: 0 }, oracle.parameters, oracle.chains);
  const expected = await oracle.session.apply(oracle.state, whole.sums, step);
  assert.ok(expected.kind === 'applied');
  for (const way of ['both', 'into', 'factors', 'factors into'] as const) {
    const { session, state, parameters, chains } = await startRun(engineOf(), problem);
    const bytes = chains.length / problem.chains;
    const half = problem.batch >> 1;
    const low = { ...unitOf(problem), update: 0, data: { from: 0, to: half }, chains: { from: 0, to: half } };
    const high = { ...unitOf(problem), update: 0, data: { from: half, to: problem.batch }, chains: { from: half, to: problem.chains } };
    const packedOf = async (unit: UpdateUnit): Promise<PackedSums> => (await session.pack(await session.evaluate(unit, parameters, chains.subarray(unit.chains.from * bytes, unit.chains.to * bytes))))!;
    const [a, b] = [await packedOf(low), await packedOf(high)];
    const { factors } = await session.evaluateFactors(high, parameters, chains.subarray(half * bytes));
    const sums: UnfinishedSums = way === 'both' ? { packed: [a, b], factors: [], into: null }
      : way === 'into' ? { packed: [b], factors: [], into: await session.addPacked(a, null) }
      : way === 'factors' ? { packed: [a], factors: [factors], into: null }
      : { packed: [a], factors: [], into: await session.tally(factors, null) };
    const outcome = await session.apply(state, sums, step);
    assert.ok(outcome.kind === 'applied');
    assert.deepEqual(outcome.published.weights.slice(), expected.published.weights, way);
    assert.deepEqual(state, oracle.state, way);
    await session.close();
  }
}

export function packingContract(name: string, engineOf: () => Engine): void {
  for (const [what, problem] of SHAPES) {
    test(`${name}: the rows of sums take the fewest bits a value that hold them, at every border, and come back, ${what}`, async () => {
      for (const [largest, bits] of BORDERS) {
        const { session, contribution } = await filled(engineOf(), problem, largest);
        const reference = await filled(openReferenceEngine(), problem, largest);
        const packed = await session.pack(contribution);
        const expected = await reference.session.pack(reference.contribution);
        if (packed === null || expected === null) {
          assert.ok(bits >= 22, 'so many bits that whole values are no more bytes');
          assert.equal(packed, expected);
        } else {
          const { outer } = packed;
          assert.equal((outer.kind === 'difference' ? outer.difference : outer.model)[problem.visible - 1], bits, String(largest));
          assert.deepEqual(plain(packed), plain(expected));
          const once = await session.addPacked(packed, null);
          assert.deepEqual(plain(once.sums), plain(contribution.sums));
          const twice = await session.addPacked(packed, once);
          const oracle = await reference.session.addPacked(expected, await reference.session.addPacked(expected, null));
          assert.deepEqual(plain(twice.sums), plain(oracle.sums));
          session.release(twice);
        }
        await session.close();
      }
    });
  }

  test(`${name}: packed sums and factors add to the same sums, in memory that was used before`, async () => {
    const problem = smallProblem({ visible: 70, hidden: 37, data: bitRows(30, 70, 2) });
    const { session, parameters, chains } = await startRun(engineOf(), problem);
    const whole = await session.evaluate(unitOf(problem), parameters, chains);
    const expected = plain(whole.sums);
    const half = problem.batch >> 1;
    const bytes = chains.length / problem.chains;
    const low = { ...unitOf(problem), data: { from: 0, to: half }, chains: { from: 0, to: half } };
    const high = { ...unitOf(problem), data: { from: half, to: problem.batch }, chains: { from: half, to: problem.chains } };
    fill(whole.sums, 77);
    session.release(whole);
    const first = await session.evaluate(low, parameters, chains.subarray(0, half * bytes));
    const { factors } = await session.evaluateFactors(high, parameters, chains.subarray(half * bytes));
    const packed = await session.pack(first);
    assert.ok(packed !== null);
    const sums = await session.tally(factors, await session.addPacked(packed, null));
    assert.deepEqual(plain(sums.sums), expected);
    session.release(sums);
    const other = await session.addPacked(packed, await session.tally(factors, null));
    assert.deepEqual(plain(other.sums), expected);
    await session.close();
  });

  for (const [what, problem] of SHAPES) {
    test(`${name}: who has asked for packed sums gets those of every later unit, whatever became of those between, ${what}`, async () => {
      const own = await startRun(engineOf(), problem);
      const reference = await startRun(openReferenceEngine(), problem);
      const evaluated = ({ session, parameters, chains }: Start, update: number): Promise<Contribution> => session.evaluate({ ...unitOf(problem), update }, parameters, chains);
      const packedOf = async (start: Start, contribution: Contribution): Promise<unknown> => plain((await start.session.pack(contribution))!);
      const first = await evaluated(own, 0);
      await own.session.pack(first);
      const [second, third] = [await evaluated(own, 1), await evaluated(own, 2)];
      assert.deepEqual(await packedOf(own, third), await packedOf(reference, await evaluated(reference, 2)));
      assert.deepEqual(await packedOf(own, second), await packedOf(reference, await evaluated(reference, 1)));
      assert.deepEqual(await packedOf(own, first), await packedOf(reference, await evaluated(reference, 0)));
      for (const one of [first, second]) own.session.release(one);
      own.session.release(await evaluated(own, 3)); // packed, and nobody asked
      assert.deepEqual(await packedOf(own, await evaluated(own, 4)), await packedOf(reference, await evaluated(reference, 4)));
      assert.deepEqual(await packedOf(own, third), await packedOf(reference, await evaluated(reference, 2)));
      await own.session.close();
    });
    test(`${name}: a step of packed sums is that of whole ones, ${what}`, () => packedSteps(engineOf, problem));
  }

  test(`${name}: sums in float64 are not packed`, async () => {
    const problem = smallProblem({ visible: 3, hidden: 2, batch: 32_768, chains: 32_768, steps: 1, data: bitRows(30, 3, 2) });
    const { session, parameters, chains } = await startRun(engineOf(), problem);
    const unit = { branch: 0, update: 1, version: 0, data: { from: 0, to: 4 }, chains: { from: 0, to: 4 } };
    const contribution = await session.evaluate(unit, parameters, chains.subarray(0, 4));
    assert.equal(await session.pack(contribution), null);
    await session.close();
  });
}
