// The reference engine of continuous models: gradients of every objective and energy against finite differences, closed forms of the quadratic energy,
// units in any grouping, restarts and refusals.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { initialParameters, layoutOf, tensorOf } from '../../../ebm/continuous/layout.ts';
import { addSums } from '../../../ebm/continuous/sums.ts';
import { firstStates } from '../../../ebm/continuous/chains.ts';
import { sizeOf, type ObjectiveSettings } from '../../../ebm/continuous/model.ts';
import { samplesIn } from '../../../ebm/random/permutation.ts';
import type { ContinuousContribution, ContinuousProblem } from '../../../engine/continuous.ts';
import { openContinuousReference } from '../../../engine/reference/continuous.ts';
import { DATA_OBJECTIVES, ENERGIES, normalRows, PCD, problemOf, unitOf, ULA, valuesOf } from '../../support/continuous.ts';

const SLOTS = Uint32Array.of(3, 9, 1, 30, 12, 7, 8, 21);
const nameOf = (objective: ObjectiveSettings): string => (objective.kind === 'explicit' ? `explicit ${objective.trace}` : objective.kind);

async function evaluate(problem: ContinuousProblem, parameters: Float32Array): Promise<ContinuousContribution> {
  const session = await openContinuousReference().load(problem);
  const size = sizeOf(problem.shape);
  const { objective } = problem;
  const chains = objective.kind === 'pcd' ? { slots: SLOTS, states: firstStates(problem.seed, SLOTS, { start: objective.start, size }) } : { slots: new Uint32Array(0), states: new Float32Array(0) };
  return session.evaluate(unitOf(problem), parameters, chains);
}

/** Not the start: no bias, logit or scale is at 0. */
function parametersOf(problem: ContinuousProblem): Float32Array {
  const start = initialParameters(problem.seed, problem, problem.shape);
  const noise = normalRows(1, start.length, 4);
  return start.map((value, i) => value + 0.2 * noise[i]!);
}

/**
 * For one keyed direction within each tensor: the change of the loss between two points, against the gradient in the middle times the way between them,
 * which are float32 points that were in fact evaluated.
 */
async function assertSlopes(problem: ContinuousProblem, loss: (parameters: Float32Array) => Promise<number>, distance: number): Promise<void> {
  const parameters = parametersOf(problem);
  const { gradient } = await evaluate(problem, parameters);
  assert.equal(gradient.rejected, 0);
  const slopes = valuesOf(gradient, 40);
  const scale = Math.max(1, ...slopes.map(Math.abs));
  for (const [index, { name, from, to }] of layoutOf(problem, problem.shape).entries()) {
    const direction = normalRows(1, to - from, 50 + index);
    const [up, down] = [parameters.slice(), parameters.slice()];
    direction.forEach((value, i) => {
      up[from + i]! += (distance * value) / Math.sqrt(to - from);
      down[from + i]! -= (distance * value) / Math.sqrt(to - from);
    });
    const expected = slopes.reduce((sum, slope, i) => sum + slope * (up[i]! - down[i]!), 0);
    const actual = await loss(up) - await loss(down);
    assert.ok(Math.abs(actual - expected) < 2e-3 * scale * distance, `${name}: ${actual} is not ${expected}`);
  }
}

describe('gradients are those of finite differences', () => {
  for (const [energyName, model] of Object.entries(ENERGIES)) {
    for (const objective of DATA_OBJECTIVES) {
      test(`${nameOf(objective)} of ${energyName}`, async () => {
        const problem = problemOf({ ...model, objective });
        await assertSlopes(problem, async (parameters) => valuesOf((await evaluate(problem, parameters)).observed, 20)[0]! / problem.batch, 2 ** -7);
      });
    }

    test(`contrastive of ${energyName}, with penalties of energy and gradient, for chains that take no step`, async () => {
      const problem = problemOf({ ...model, objective: { ...PCD, restart: 0, steps: 0, energyPenalty: 0.1, gradientPenalty: 0.3 } });
      const engine = await openContinuousReference().load(problem);
      const [data, { states }] = [dataOf(problem), await evaluate(problem, parametersOf(problem))];
      await assertSlopes(problem, async (parameters) => {
        const [plus, minus] = [await engine.energies(parameters, { rows: 8, values: data }), await engine.energies(parameters, { rows: 8, values: states })];
        const slopes = (await engine.scores(parameters, { rows: 8, values: data })).reduce((sum, score) => sum + score * score, 0);
        return plus.reduce((sum, e, i) => sum + e - minus[i]! + 0.1 * (e * e + minus[i]! * minus[i]!), 0.3 * slopes) / 8;
      }, 2 ** -9);
    });
  }
});

/** Rows of update 3: positions [3 batch, 4 batch) of the run. */
function dataOf(problem: ContinuousProblem): Float32Array {
  const size = sizeOf(problem.shape);
  const from = 3 * problem.batch;
  return Float32Array.from(samplesIn(problem.seed, 20, { from, to: from + problem.batch }).flatMap(({ row }) => [...problem.data!.values.subarray(row * size, (row + 1) * size)]));
}

test('scores are minus the energies’ finite differences for every energy', async () => {
  for (const model of Object.values(ENERGIES)) {
    const problem = problemOf({ ...model, objective: DATA_OBJECTIVES[1]! });
    const session = await openContinuousReference().load(problem);
    const parameters = parametersOf(problem);
    const size = sizeOf(problem.shape);
    const x = normalRows(1, size, 8);
    const scores = await session.scores(parameters, { rows: 1, values: x });
    for (let i = 0; i < size; i += 1) {
      const [up, down] = [x.slice(), x.slice()];
      up[i]! += 2 ** -9;
      down[i]! -= 2 ** -9;
      const [high, low] = [await session.energies(parameters, { rows: 1, values: up }), await session.energies(parameters, { rows: 1, values: down })];
      assert.ok(Math.abs(scores[i]! + (high[0]! - low[0]!) / (up[i]! - down[i]!)) < 1e-4, `${problem.energy.kind} ${i}`);
    }
  }
});

test('quadratic: energy, score and the exact explicit loss are the closed forms', async () => {
  const problem = problemOf({ ...ENERGIES['quadratic']!, objective: DATA_OBJECTIVES[1]! });
  const parameters = parametersOf(problem);
  const layout = layoutOf(problem, problem.shape);
  const [mean, log, lower] = ['mean', 'log_diagonal', 'lower'].map((name) => tensorOf(layout, parameters, name));
  const root = [[Math.exp(log![0]!), 0, 0], [lower![0]!, Math.exp(log![1]!), 0], [lower![1]!, lower![2]!, Math.exp(log![2]!)]];
  const precision = root.map((row) => root.map((other) => row.reduce((sum, value, k) => sum + value * other[k]!, 0)));
  const slope = (x: ArrayLike<number>): number[] => precision.map((row) => row.reduce((sum, p, j) => sum + p * (x[j]! - mean![j]!), 0));
  const x = normalRows(1, 3, 6);
  const session = await openContinuousReference().load(problem);
  const expected = slope(x);
  const energy = 0.5 * expected.reduce((sum, g, i) => sum + g * (x[i]! - mean![i]!), 0);
  assert.ok(Math.abs((await session.energies(parameters, { rows: 1, values: x }))[0]! - energy) < 1e-9);
  (await session.scores(parameters, { rows: 1, values: x })).forEach((score, i) => { assert.ok(Math.abs(score + expected[i]!) < 1e-5); });
  const { observed } = await evaluate(problem, parameters);
  const data = dataOf(problem);
  const trace = precision[0]![0]! + precision[1]![1]! + precision[2]![2]!;
  let loss = 0;
  for (let row = 0; row < 8; row += 1) loss += 0.5 * slope(data.subarray(3 * row, 3 * row + 3)).reduce((sum, g) => sum + g * g, 0) - trace;
  assert.ok(Math.abs(valuesOf(observed, 20)[0]! - loss) < 1e-5);
});

test('units in any grouping of whole microbatches add up to the same bits, for every objective', async () => {
  for (const objective of [...DATA_OBJECTIVES, PCD, { ...PCD, kind: 'cd' as const, slots: null, restart: 0 }]) {
    const problem = problemOf({ ...ENERGIES['swish']!, objective }, { microbatch: 2 });
    const session = await openContinuousReference().load(problem);
    const parameters = session.initial();
    const whole = await evaluate(problem, parameters);
    const parts: ContinuousContribution[] = [];
    const states = objective.kind === 'pcd' ? firstStates(problem.seed, SLOTS, { start: objective.start, size: 3 }) : new Float32Array(0);
    for (const range of [{ from: 4, to: 8 }, { from: 0, to: 2 }, { from: 2, to: 4 }]) {
      const unit = { ...unitOf(problem), data: range, chains: unitOf(problem).chains.to === 0 ? { from: 0, to: 0 } : range };
      const slots = objective.kind === 'pcd' ? SLOTS.subarray(range.from, range.to) : new Uint32Array(0);
      parts.push(await session.evaluate(unit, parameters, { slots, states: states.subarray(3 * range.from, 3 * range.to) }));
    }
    const [last, first, middle] = parts;
    addSums(first!.gradient, middle!.gradient);
    addSums(first!.gradient, last!.gradient);
    assert.deepEqual(first!.gradient, whole.gradient, objective.kind);
    assert.deepEqual([...first!.states, ...middle!.states, ...last!.states], [...whole.states]);
  }
});

test('pcd: chains move, restarts are counted, and the states that were handed in are not changed', async () => {
  const problem = problemOf({ ...ENERGIES['tanh']!, objective: PCD });
  const session = await openContinuousReference().load(problem);
  const states = firstStates(5, SLOTS, { start: PCD.start, size: 2 });
  const before = states.slice();
  const result = await session.evaluate(unitOf(problem), session.initial(), { slots: SLOTS, states });
  assert.deepEqual(states, before);
  const [, , accepted, restarts] = valuesOf(result.observed, 20);
  assert.equal(accepted, 16);
  assert.ok(restarts! > 0 && restarts! < 8, `${restarts} restarts`);
  assert.ok(result.states.every((value, i) => value !== before[i]));
});

test('a state that is not finite is counted, not hidden', async () => {
  const problem = problemOf({ ...ENERGIES['tanh']!, objective: { ...PCD, restart: 0 } });
  const session = await openContinuousReference().load(problem);
  const result = await session.evaluate(unitOf(problem), session.initial(), { slots: SLOTS, states: new Float32Array(16).fill(NaN) });
  assert.ok(result.gradient.rejected > 0);
});

test('what does not fit is refused', async () => {
  const problem = problemOf({ ...ENERGIES['tanh']!, objective: PCD });
  const engine = openContinuousReference();
  const session = await engine.load(problem);
  const parameters = session.initial();
  const chains = { slots: SLOTS, states: new Float32Array(16) };
  await assert.rejects(engine.load({ ...problem, microbatch: 3 }), /not whole microbatches/);
  await assert.rejects(engine.load({ ...problem, objective: { ...PCD, sampler: { ...ULA, kind: 'mala', noise: 1 } } }), /mala has no noise or bounds/);
  await assert.rejects(session.evaluate({ ...unitOf(problem), data: { from: 1, to: 5 } }, parameters, chains), /range data \[1, 5\)/);
  await assert.rejects(session.evaluate(unitOf(problem), parameters, { ...chains, slots: SLOTS.subarray(1) }), /8 chains are not 7 slots/);
  await assert.rejects(session.evaluate(unitOf(problem), parameters.subarray(1), chains), /parameters, given/);
  const sliced = await engine.load({ ...problem, objective: { kind: 'sliced', projections: 1 } });
  const unit = { parameters, purpose: 10, branch: 0, word3: 0, chains: { from: 0, to: 1 }, states: new Float32Array(2), steps: 1, firstHalfStep: 0, beta: 1 };
  await assert.rejects(sliced.sample(unit), /sliced has no sampler/);
});
