// Score models (docs/adr/0013): the tfjs engine and the reference engine compute one definition, to the tolerance of continuous-agreement.test.ts; the
// gradient of the loss is that of the loss by finite differences; cuts into units and rows that follow change no bit.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { NetworkSettings, NoiseSettings, RowShape } from '../../ebm/continuous/model.ts';
import { addSums, EXPONENT, OBSERVED_EXPONENT } from '../../ebm/continuous/sums.ts';
import type { ContinuousEngine, ContinuousProblem, ContinuousSession } from '../../engine/continuous.ts';
import { openContinuousPool } from '../../engine/pool/continuous.ts';
import { openContinuousReference } from '../../engine/reference/continuous.ts';
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import { normalRows, problemOf, unitOf, valuesOf } from '../support/continuous.ts';

const TOLERANCE = 3e-5;
const VE: NoiseSettings = { kind: 've', sigmaMin: 0.05, sigmaMax: 4, levels: null };
const VP: NoiseSettings = { kind: 'vp', betaMin: 0.1, betaMax: 20 };
const MODELS: Readonly<Record<string, { readonly network: NetworkSettings; readonly shape: RowShape; readonly noise: NoiseSettings }>> = {
  'mlp, ve': { network: { kind: 'mlp', layers: [5, 4], activation: 'swish', features: 6 }, shape: [3], noise: VE },
  'mlp, levels': { network: { kind: 'mlp', layers: [5], activation: 'tanh', features: 2 }, shape: [2], noise: { ...VE, levels: 4 } },
  'conv, vp': { network: { kind: 'conv', channels: [2, 3, 4], strides: [1, 2, 2], activation: 'swish', features: 4 }, shape: [5, 6, 1], noise: VP },
  'conv that halves at once': { network: { kind: 'conv', channels: [3], strides: [2], activation: 'softplus', features: 4 }, shape: [3, 4, 2], noise: VE },
};
const NO_CHAINS = { slots: new Uint32Array(0), states: new Float32Array(0) };

function scoreProblem({ network, shape, noise }: (typeof MODELS)[string]): ContinuousProblem {
  return problemOf({ energy: { kind: 'score', network, dataDeviation: 0.7 }, objective: { kind: 'noise-conditional', noise }, shape });
}

/** Away from the initial values, where what comes out is 0. */
function parametersOf(session: ContinuousSession): Float32Array {
  const shifts = normalRows(session.initial().length, 1, 3);
  return session.initial().map((value, i) => value + 0.2 * shifts[i]!);
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string, tolerance = TOLERANCE): void {
  assert.equal(actual.length, expected.length, what);
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  Array.from(actual).forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance * scale, `${what}, ${i}: ${value}, expected ${expected[i]!} (largest ${scale})`);
  });
}

for (const backend of ['cpu', 'wasm'] as const) {
  describe(`score models: tfjs ${backend} agrees with the reference engine`, () => {
    const engines: ContinuousEngine[] = [];
    before(async () => { engines.push(await openTfjsContinuous({ backend }), openContinuousReference()); });
    after(async () => { for (const engine of engines) await engine.close(); });

    for (const [name, model] of Object.entries(MODELS)) {
      test(`${name}: gradient and loss of an update, scores and their slopes`, async () => {
        const problem = scoreProblem(model);
        const [tfjs, reference] = await Promise.all(engines.map((engine) => engine.load(problem)));
        assert.deepEqual([tfjs!.layout, tfjs!.initial()], [reference!.layout, reference!.initial()]);
        const parameters = parametersOf(tfjs!);
        const [found, expected] = await Promise.all([tfjs!, reference!].map((session) => session.evaluate(unitOf(problem), parameters, NO_CHAINS)));
        assert.deepEqual([found!.gradient.rejected, found!.states.length], [0, 0]);
        close(valuesOf(found!.gradient, EXPONENT), valuesOf(expected!.gradient, EXPONENT), 'gradient');
        close(valuesOf(found!.observed, OBSERVED_EXPONENT), valuesOf(expected!.observed, OBSERVED_EXPONENT), 'loss');

        const size = model.shape.reduce((product, length) => product * length, 1);
        const rows = { rows: 6, values: normalRows(6, size, 4) };
        for (const sigma of [0.05, 0.8, 30]) {
          close(await tfjs!.scores(parameters, rows, sigma), await reference!.scores(parameters, rows, sigma), `scores at ${sigma}`);
          const along = { sigma, directions: normalRows(6, size, 8) };
          const [mine, theirs] = await Promise.all([tfjs!.slopes(parameters, rows, along), reference!.slopes(parameters, rows, along)]);
          close(mine.scores, theirs.scores, `scores beside slopes at ${sigma}`);
          close(mine.slopes, theirs.slopes, `slopes at ${sigma}`);
        }
        for (const session of [tfjs!, reference!]) await session.close();
      });
    }
  });
}

for (const [name, model] of Object.entries(MODELS)) {
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
    for (const model of Object.values(MODELS)) {
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
    const problem = scoreProblem(MODELS['mlp, ve']!);
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
