// Score models (docs/adr/0013): the tfjs engine and the reference engine compute one definition; the gradient of the loss is that of the loss by finite
// differences; cuts into units and rows that follow change no bit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addSums, EXPONENT, OBSERVED_EXPONENT } from '../../ebm/continuous/sums.ts';
import { openContinuousPool } from '../../engine/pool/continuous.ts';
import { openContinuousReference } from '../../engine/reference/continuous.ts';
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import { normalRows, unitOf, valuesOf } from '../support/continuous.ts';
import { NO_CHAINS, parametersOf, SCORE_MODELS, scoreAgreement, scoreProblem } from './score-agreement.ts';

scoreAgreement('tfjs cpu', () => openTfjsContinuous({ backend: 'cpu' }));
scoreAgreement('tfjs wasm', () => openTfjsContinuous({ backend: 'wasm' }));

for (const [name, model] of Object.entries(SCORE_MODELS)) {
  test(`${name}: the reference's gradient is that of its loss, and its slopes those of its scores, by finite differences`, async () => {
    const problem = scoreProblem(model);
    const session = await openContinuousReference().load(problem);
    const parameters = parametersOf(session);
    const { gradient } = await session.evaluate(unitOf(problem), parameters, NO_CHAINS);
    const lossAt = async (index: number, step: number): Promise<number> => {
      const moved = parameters.slice();
      moved[index]! += step;
      return valuesOf((await session.evaluate(unitOf(problem), moved, NO_CHAINS)).observed, OBSERVED_EXPONENT)[0]! / problem.batch;
    };
    for (let index = 0; index < parameters.length; index += Math.ceil(parameters.length / 40)) {
      const step = 2 ** -10;
      const slope = (await lossAt(index, step) - await lossAt(index, -step)) / (2 * step);
      const value = valuesOf(gradient, EXPONENT)[index]!;
      assert.ok(Math.abs(value - slope) < 2e-3 * (1 + Math.abs(slope)), `parameter ${index}: ${value}, by differences ${slope}`);
    }
    const size = model.shape.reduce((product, length) => product * length, 1);
    const directions = normalRows(2, size, 8);
    const at = (shift: number): Promise<Float32Array> => session.scores(parameters, { rows: 2, values: normalRows(2, size, 4).map((value, i) => value + shift * directions[i]!) }, 0.6);
    const [ahead, behind] = [await at(2 ** -8), await at(-(2 ** -8))];
    const { slopes } = await session.slopes(parameters, { rows: 2, values: normalRows(2, size, 4) }, { sigma: 0.6, directions });
    slopes.forEach((slope, row) => {
      let expected = 0;
      for (let i = row * size; i < (row + 1) * size; i += 1) expected += (ahead[i]! - behind[i]!) * 2 ** 7 * directions[i]!;
      assert.ok(Math.abs(slope - expected) < 2e-3 * (1 + Math.abs(expected)), `row ${row}: ${slope}, by differences ${expected}`);
    });
  });
}

test('units cut in any way add to the same sums, on one thread and on two; rows have the same scores however many follow', async () => {
  const pool = await openContinuousPool(2);
  const single = await openTfjsContinuous({ backend: 'wasm' });
  try {
    for (const model of Object.values(SCORE_MODELS)) {
      const problem = { ...scoreProblem(model), microbatch: 2 };
      const [pooled, session] = await Promise.all([pool.load(problem), single.load(problem)]);
      const parameters = parametersOf(session);
      const unit = unitOf(problem);
      const whole = await session.evaluate(unit, parameters, NO_CHAINS);
      assert.deepEqual(await pooled.evaluate(unit, parameters, NO_CHAINS), whole);
      const [one, other] = await Promise.all([{ from: 0, to: 6 }, { from: 6, to: 8 }].map((data) => session.evaluate({ ...unit, data }, parameters, NO_CHAINS)));
      addSums(one!.gradient, other!.gradient);
      addSums(one!.observed, other!.observed);
      assert.deepEqual([one!.gradient, one!.observed], [whole.gradient, whole.observed]);

      const size = model.shape.reduce((product, length) => product * length, 1);
      const values = normalRows(7, size, 4);
      const scores = await session.scores(parameters, { rows: 7, values }, 0.5);
      assert.deepEqual(await pooled.scores(parameters, { rows: 7, values }, 0.5), scores);
      assert.deepEqual(await session.scores(parameters, { rows: 3, values: values.slice(0, 3 * size) }, 0.5), scores.slice(0, 3 * size));
      const along = { sigma: 0.5, directions: normalRows(7, size, 8) };
      assert.deepEqual(await pooled.slopes(parameters, { rows: 7, values }, along), await session.slopes(parameters, { rows: 7, values }, along));
      await session.close();
      await pooled.close();
    }
  } finally {
    await single.close();
    await pool.close();
  }
});

test('what does not fit a score model is refused', async () => {
  for (const engine of [openContinuousReference(), await openTfjsContinuous({ backend: 'cpu' })]) {
    const problem = scoreProblem(SCORE_MODELS['mlp, ve']!);
    const session = await engine.load(problem);
    const [parameters, rows] = [session.initial(), { rows: 2, values: normalRows(2, 3) }];
    await assert.rejects(session.energies(parameters, rows), /no energies/);
    await assert.rejects(session.scores(parameters, rows), /deviation of noise/);
    await assert.rejects(session.slopes(parameters, rows, { sigma: 1, directions: new Float32Array(3) }), /directions/);
    await assert.rejects(engine.load({ ...problem, objective: { kind: 'sliced', projections: 1 } }), /does not train/);
    await assert.rejects(session.evaluate({ ...unitOf(problem), chains: { from: 0, to: 4 } }, parameters, NO_CHAINS), /no chains/);
    await engine.close();
  }
});
