// Part of the engines' contract: what travels. Factors stand for the sums of their unit, and a version comes back from another one and the
// difference; both are the reference's to the bit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { addDifference, differenceOf, type WeightsDifference } from '../../ebm/rbm/difference.ts';
import { joined, type UpdateFactors } from '../../ebm/rbm/factors.ts';
import type { Parameters, UpdateSums } from '../../ebm/rbm/parameters.ts';
import type { Contribution, Engine, FactorContribution, Problem, Range } from '../../engine/engine.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { bitRows, levelRows, smallProblem, startRun, type Start } from '../support/engine-run.ts';

const EMPTY: Range = { from: 3, to: 3 };

const PROBLEMS: readonly (readonly [string, Problem])[] = [
  ['pcd', smallProblem()],
  ['cd', smallProblem({ objective: 'cd', steps: 2 })],
  ['more chains than samples', smallProblem({ chains: 23 })],
  ['more than a block of units', smallProblem({ visible: 150, hidden: 77, batch: 70, chains: 70, steps: 2 })],
  ['grey levels', smallProblem({ visible: 9, hidden: 33, data: levelRows(20, 9, 4) })],
  ['more samples than a pass', smallProblem({ visible: 20, hidden: 16, batch: 1100, chains: 1100, data: bitRows(64, 20, 2) })],
];

interface Unit { readonly data: Range; readonly chains: Range }

function unitsOf({ objective, batch, chains }: Problem): readonly Unit[] {
  const at = (share: number, total: number): number => Math.floor(share * total);
  const cut = (from: number, to: number): Unit => ({ data: { from: at(from, batch), to: at(to, batch) }, chains: { from: at(from, chains), to: at(to, chains) } });
  const halves = [cut(0, 0.4), cut(0.4, 1)];
  return objective === 'cd' ? halves : [...halves, { data: { from: 0, to: 5 }, chains: EMPTY }, { data: EMPTY, chains: { from: 1, to: 4 } }];
}

function statesOf(problem: Problem, { chains }: Start, range: Range): Uint8Array {
  const bytes = bytesOf(problem.hidden);
  return problem.objective === 'cd' ? chains : chains.subarray(range.from * bytes, range.to * bytes);
}

function plain({ data, model, outer }: UpdateSums): unknown {
  const phase = ({ count, visible, hidden }: UpdateSums['data']): unknown => ({ count, visible: [...visible], hidden: [...hidden] });
  return { data: phase(data), model: phase(model), outer: outer.kind === 'difference' ? [...outer.difference] : [[...outer.data], [...outer.model]] };
}

export function exchangeContract(name: string, engineOf: () => Engine): void {
  for (const [what, problem] of PROBLEMS) {
    test(`${name}: factors stand for the sums of their units, ${what}`, async () => {
      const own = await startRun(engineOf(), problem);
      const reference = await startRun(openReferenceEngine(), problem);
      let tallied: Contribution | null = null;
      let expected: Contribution | null = null;
      const parts: UpdateFactors[] = [];
      for (const { data, chains } of unitsOf(problem)) {
        const unit = { branch: 0, update: 1, version: 0, data, chains };
        const factors = await own.session.evaluateFactors(unit, own.parameters, statesOf(problem, own, chains));
        const oracle = await reference.session.evaluateFactors(unit, reference.parameters, statesOf(problem, reference, chains));
        assert.deepEqual(factors, oracle);
        const sums = await own.session.evaluate(unit, own.parameters, statesOf(problem, own, chains));
        assert.deepEqual(factors.chains, sums.chains);
        const alone = await own.session.tally(factors.factors, null);
        assert.deepEqual(plain(alone.sums), plain(sums.sums));
        own.session.release(alone);
        own.session.release(sums);
        tallied = await own.session.tally(factors.factors, tallied);
        expected = await reference.session.tally(oracle.factors, expected);
        parts.push(oracle.factors);
      }
      assert.deepEqual(plain((await own.session.tally(joined(parts), null)).sums), plain(tallied!.sums));
      assert.deepEqual(plain(tallied!.sums), plain(expected!.sums));
      await own.session.close();
    });
  }

  test(`${name}: thresholds of 65536 and of 0 are told apart`, async () => {
    const problem = smallProblem({ visible: 5, hidden: 40, data: bitRows(30, 5, 3) });
    const { session, state, chains } = await startRun(engineOf(), problem);
    state.masters.hiddenBias.forEach((_, unit) => { state.masters.hiddenBias[unit] = unit % 3 === 0 ? 13 : unit % 3 === 1 ? -13 : 0; });
    const outcome = await session.publish(state.masters, 0, 1);
    assert.ok(outcome.kind === 'applied');
    const unit = { branch: 0, update: 1, version: 1, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } };
    const { factors } = await session.evaluateFactors(unit, outcome.published, chains);
    assert.ok(factors.data.full.some((byte) => byte !== 0));
    const sums = await session.evaluate(unit, outcome.published, chains);
    const tallied = await session.tally(factors, null);
    assert.deepEqual(plain(tallied.sums), plain(sums.sums));
    assert.ok(tallied.sums.data.hidden[0] === 655_360 && tallied.sums.data.hidden[1] === 0);
    await session.close();
  });

  for (const [what, problem] of PROBLEMS) {
    test(`${name}: a step of unfinished sums is that of tallied ones, ${what}`, () => unfinishedSteps(engineOf(), problem, false));
  }
  test(`${name}: a step of unfinished sums is that of tallied ones, full thresholds`, () => unfinishedSteps(engineOf(), smallProblem({ hidden: 40, chains: 23 }), true));
  test(`${name}: unfinished sums need samples in both phases, of which those tallied count`, () => unfinishedRefused(engineOf()));

  differencesContract(name, engineOf);
}

/** A start whose thresholds are full, or 0, for a third of the units each where `isFull`. */
async function startFull(engine: Engine, problem: Problem, isFull: boolean): Promise<Start> {
  const start = await startRun(engine, problem);
  if (!isFull) return start;
  const { hiddenBias } = start.state.masters;
  hiddenBias.forEach((_, unit) => { hiddenBias[unit] = [13, -13, 0][unit % 3]!; });
  const outcome = await start.session.publish(start.state.masters, 0, 0);
  assert.ok(outcome.kind === 'applied');
  return { ...start, parameters: outcome.published };
}

/** Updates of which none or one part is tallied before the step, beside steps of finished sums and the reference's. */
async function unfinishedSteps(engine: Engine, problem: Problem, isFull: boolean): Promise<void> {
  const own = await startFull(engine, problem, isFull);
  const beside = await startFull(engine, problem, isFull);
  const reference = await startFull(openReferenceEngine(), problem, isFull);
  const states = own.chains.slice();
  let [last, lastBeside] = [own.parameters, beside.parameters];
  for (let update = 0; update < 4; update += 1) {
    const parts: UpdateFactors[] = [];
    for (const unit of unitsOf(problem).slice(0, 2)) {
      const { factors, chains } = await own.session.evaluateFactors({ branch: 0, update, version: update, ...unit }, last, statesOf(problem, { ...own, chains: states }, unit.chains));
      if (problem.objective === 'pcd') states.set(chains, unit.chains.from * bytesOf(problem.hidden));
      assert.equal(factors.data.full.some((byte) => byte !== 0), isFull);
      parts.push(factors);
    }
    const step = { update, branch: 0, learningRate: Math.fround(0.3) };
    const stepped = async ({ session, state }: Start): Promise<Parameters> => {
      const into = update % 2 === 0 ? null : await session.tally(parts[0]!, null);
      const outcome = await session.apply(state, { packed: [], factors: into === null ? parts : parts.slice(1), into }, step);
      assert.ok(outcome.kind === 'applied');
      return outcome.published;
    };
    const whole = await beside.session.tally(joined(parts), null);
    const expected = await beside.session.apply(beside.state, whole.sums, step);
    beside.session.release(whole);
    assert.ok(expected.kind === 'applied');
    const next = await stepped(own);
    assert.deepEqual(copied(next), copied(expected.published));
    assert.deepEqual(copied(next), copied(await stepped(reference)));
    for (const { state } of [beside, reference]) assert.deepEqual(own.state, state);
    assert.deepEqual(await own.session.difference(last, next), await beside.session.difference(lastBeside, expected.published));
    [last, lastBeside] = [next, expected.published];
  }
  await Promise.all([own, beside].map(({ session }) => session.close()));
}

async function unfinishedRefused(engine: Engine): Promise<void> {
  const problem = smallProblem();
  const { session, state, parameters, chains } = await startRun(engine, problem);
  const step = { update: 0, branch: 0, learningRate: Math.fround(0.3) };
  const { factors } = await session.evaluateFactors({ branch: 0, update: 0, version: 0, data: { from: 0, to: 10 }, chains: EMPTY }, parameters, new Uint8Array(0));
  await assert.rejects(session.apply(state, { packed: [], factors: [factors], into: null }, step), /a step needs samples in both phases, got 10 and 0/);
  const model = (await session.evaluateFactors({ branch: 0, update: 0, version: 0, data: EMPTY, chains: { from: 0, to: 10 } }, parameters, chains)).factors;
  const into = await session.tally(model, null);
  assert.equal((await session.apply(state, { packed: [], factors: [factors], into }, step)).kind, 'applied');
  await session.close();
}

/** Versions that differ in few steps, in many, and in all there are. */
const MOVES: readonly (readonly [string, number, (at: number) => number])[] = [
  ['none', 2, () => 0],
  ['steps of 1', 2, (at) => (at % 5) - 2 === 0 ? 1 : at % 7 === 0 ? -1 : 0],
  ['a few far moves', 2, (at) => at % 61 === 0 ? 3000 - at : at % 3 === 0 ? 1 : 0],
  ['a far move in eight, here two and there none', 2, (at) => Math.imul(at, 0x9e3779b1) >>> 29 === 0 ? 300 - (at % 601) : at % 3 - 1],
  ['steps up to 7', 4, (at) => (at % 15) - 7],
  ['steps up to 127', 8, (at) => (at % 255) - 127],
];

async function versions(engine: Engine, problem: Problem, move: (at: number) => number): Promise<Start & { readonly next: Parameters }> {
  const start = await startRun(engine, problem);
  const { weights, visibleBias, hiddenBias } = start.state.masters;
  weights.forEach((_, at) => { weights[at] = (start.parameters.weights[at]! + move(at)) / 1024; });
  visibleBias.forEach((value, unit) => { visibleBias[unit] = value + 0.5; });
  hiddenBias.forEach((value, unit) => { hiddenBias[unit] = value - 0.5; });
  const outcome = await start.session.publish(start.state.masters, 0, 1);
  assert.ok(outcome.kind === 'applied');
  return { ...start, next: outcome.published };
}

function differencesContract(name: string, engineOf: () => Engine): void {
  for (const [visible, hidden] of [[13, 11], [70, 37], [33, 64]] as const) {
    for (const [what, bits, move] of MOVES) {
      test(`${name}: a version comes back from its difference, ${visible} x ${hidden}, ${what}`, async () => {
        const problem = smallProblem({ visible, hidden });
        const { session, parameters, next, chains } = await versions(engineOf(), problem, move);
        const difference = await session.difference(parameters, next);
        assert.deepEqual(difference, differenceOf(parameters.weights, next.weights, { visible, hidden }));
        assert.equal(difference?.bits, bits);
        assert.deepEqual(addDifference(parameters.weights, difference, { visible, hidden }), next.weights);
        const base = await session.adopt(copied(parameters));
        const adopted = await session.adoptDifference(base, difference, copied(next));
        assert.ok(adopted !== null);
        assert.deepEqual(copied(adopted), copied(next));
        const unit = { branch: 0, update: 1, version: 1, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } };
        const [one, other] = [await session.evaluate(unit, next, chains), await session.evaluate(unit, adopted, chains)];
        assert.deepEqual(plain(other.sums), plain(one.sums));
        await session.close();
      });
    }
  }

  test(`${name}: differences between the versions of steps, whoever asks for which of them and when`, async () => {
    const problem = smallProblem({ visible: 33, hidden: 64 });
    const { session, state, parameters, chains } = await startRun(engineOf(), problem);
    const agrees = async (base: Parameters, next: Parameters): Promise<void> => {
      assert.deepEqual(await session.difference(base, next), differenceOf(base.weights, next.weights, problem), `${base.version} to ${next.version}`);
    };
    let [before, last, states] = [parameters, parameters, chains];
    for (let update = 0; update < 8; update += 1) {
      const unit = { branch: 0, update, version: update, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } };
      const contribution = await session.evaluate(unit, last, states);
      const outcome = await session.apply(state, contribution.sums, { update, branch: 0, learningRate: Math.fround(0.3) });
      states = contribution.chains;
      session.release(contribution);
      assert.ok(outcome.kind === 'applied');
      [before, last] = [last, outcome.published];
      if (update % 4 !== 2) await agrees(before, last); // of one step in four nobody asks
      if (update === 3) await agrees(last, before);
      if (update === 4) { // another version between two steps
        const again = await session.publish(state.masters, 0, 5);
        assert.ok(again.kind === 'applied');
        await agrees(before, again.published);
        last = again.published;
      }
    }
    await session.close();
  });

  test(`${name}: calls with a version that is still being made have its bits; with one that comes to nothing there is none afterwards`, async () => {
    const problem = smallProblem({ visible: 70, hidden: 37 });
    const { session, parameters, next, chains } = await versions(engineOf(), problem, (at) => at % 61 === 0 ? 3000 - at : at % 3 - 1);
    const difference = await session.difference(parameters, next);
    assert.ok(difference !== null);
    const unit = { branch: 0, update: 1, version: 1, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } };
    const expected = await session.evaluateFactors(unit, next, chains);
    for (const escapes of [difference.escapes, difference.escapes.slice(1)]) {
      const base = await session.adopt(copied(parameters));
      const begun: Promise<FactorContribution>[] = [];
      const placed: Parameters[] = [];
      const adopted = await session.adoptDifference(base, { ...difference, escapes }, copied(next), (version) => {
        placed.push(version);
        begun.push(session.evaluateFactors(unit, version, chains));
      });
      const results = await Promise.all(begun);
      if (adopted !== null) for (const result of results) assert.deepEqual(result, expected);
      else for (const version of placed) await assert.rejects(async () => session.evaluateFactors(unit, version, chains), /not in this session's memory/);
      assert.equal(adopted === null, escapes.length < difference.escapes.length);
    }
    await session.close();
  });

  test(`${name}: weights that all move far have no difference worth sending`, async () => {
    const { session, parameters, next } = await versions(engineOf(), smallProblem(), (at) => (at % 2 === 0 ? 900 : -900));
    assert.equal(await session.difference(parameters, next), null);
    await session.close();
  });

  test(`${name}: a difference that does not fit is refused`, async () => {
    const { session, parameters, next } = await versions(engineOf(), smallProblem(), (at) => at % 61 === 0 ? 3000 : 0);
    const difference = await session.difference(parameters, next);
    assert.ok(difference !== null && difference.escapes.length > 1);
    const rest = copied(next);
    const wrong: readonly (readonly [WeightsDifference, Omit<Parameters, 'weights'>])[] = [
      [{ ...difference, codes: difference.codes.slice(1) }, rest],
      [{ ...difference, escapes: difference.escapes.slice(1) }, rest],
      [{ ...difference, escapes: Int16Array.of(...difference.escapes, 1) }, rest],
      [{ ...difference, bits: 4 }, rest],
      [difference, { ...rest, hiddenBias: new Int32Array(3) }],
    ];
    for (const [each, names] of wrong) assert.equal(await session.adoptDifference(await session.adopt(copied(parameters)), each, names), null);
    await session.close();
  });
}

function copied({ branch, version, weights, visibleBias, hiddenBias }: Parameters): Parameters {
  return { branch, version, weights: weights.slice(), visibleBias: Int32Array.from(visibleBias), hiddenBias: Int32Array.from(hiddenBias) };
}
