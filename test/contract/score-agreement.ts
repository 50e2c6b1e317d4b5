// Score models (docs/adr/0013): an engine and the reference engine compute one definition, to the tolerance of continuous-agreement.test.ts; the models and
// what else tests of score models share.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { NetworkSettings, NoiseSettings, RowShape } from '../../ebm/continuous/model.ts';
import { EXPONENT, OBSERVED_EXPONENT } from '../../ebm/continuous/sums.ts';
import type { ContinuousEngine, ContinuousProblem, ContinuousSession } from '../../engine/continuous.ts';
import { openContinuousReference } from '../../engine/reference/continuous.ts';
import { normalRows, problemOf, unitOf, valuesOf } from '../support/continuous.ts';

const TOLERANCE = 3e-5;
const VE: NoiseSettings = { kind: 've', sigmaMin: 0.05, sigmaMax: 4, levels: null };
const VP: NoiseSettings = { kind: 'vp', betaMin: 0.1, betaMax: 20 };
export const SCORE_MODELS: Readonly<Record<string, { readonly network: NetworkSettings; readonly shape: RowShape; readonly noise: NoiseSettings }>> = {
  'mlp, ve': { network: { kind: 'mlp', layers: [5, 4], activation: 'swish', features: 6 }, shape: [3], noise: VE },
  'mlp, levels': { network: { kind: 'mlp', layers: [5], activation: 'tanh', features: 2 }, shape: [2], noise: { ...VE, levels: 4 } },
  'conv, vp': { network: { kind: 'conv', channels: [2, 3, 4], strides: [1, 2, 2], activation: 'swish', features: 4 }, shape: [5, 6, 1], noise: VP },
  'conv that halves at once': { network: { kind: 'conv', channels: [3], strides: [2], activation: 'softplus', features: 4 }, shape: [3, 4, 2], noise: VE },
};
export const NO_CHAINS = { slots: new Uint32Array(0), states: new Float32Array(0) };

export function scoreProblem({ network, shape, noise }: (typeof SCORE_MODELS)[string]): ContinuousProblem {
  return problemOf({ energy: { kind: 'score', network, dataDeviation: 0.7 }, objective: { kind: 'noise-conditional', noise }, shape });
}

/** Away from the initial values, where what comes out is 0. */
export function parametersOf(session: ContinuousSession): Float32Array {
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

/** Registers the suite. `open` is called once. */
export function scoreAgreement(name: string, open: () => Promise<ContinuousEngine>): void {
  describe(`score models: ${name} agrees with the reference engine`, () => {
    const engines: ContinuousEngine[] = [];
    before(async () => { engines.push(await open(), openContinuousReference()); });
    after(async () => { for (const engine of engines) await engine.close(); });

    for (const [kind, model] of Object.entries(SCORE_MODELS)) {
      test(`${kind}: gradient and loss of an update, scores and their slopes`, async () => {
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
