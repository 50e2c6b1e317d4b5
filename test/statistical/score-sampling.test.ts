// Ways from noise to rows with scores that are known: a mixture of two Gaussians in one dimension beside one Gaussian in the other. Moments are right within
// what 4,000 rows and the steps allow (4 standard errors, and a bias that is stated). Annealed Langevin follows the noise down with a lag, so its bias is larger.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NoiseSettings } from '../../ebm/continuous/model.ts';
import { SCORE_METHODS, walkBack, type ReverseWalk, type ScoreMethod, type ScoreRequest } from '../../ebm/continuous/reverse.ts';

const ROWS = 4_000;
const NOISES: Readonly<Record<string, NoiseSettings>> = {
  ve: { kind: 've', sigmaMin: 0.01, sigmaMax: 20, levels: null },
  levels: { kind: 've', sigmaMin: 0.01, sigmaMax: 20, levels: 50 },
  vp: { kind: 'vp', betaMin: 0.1, betaMax: 20 },
};
const STEPS: Readonly<Record<ScoreMethod, number>> = { annealed: 500, reverse: 300, 'predictor-corrector': 200, ode: 60 };
/** On top of 4 standard errors: of the left mode's share, the right mode's variance, the Gaussian's mean and variance. */
const BIAS: Readonly<Record<ScoreMethod, readonly [number, number, number, number]>> = {
  annealed: [0.02, 0.07, 0.01, 0.13], reverse: [0.01, 0.01, 0.01, 0.03], 'predictor-corrector': [0.01, 0.01, 0.01, 0.02], ode: [0.01, 0.005, 0.06, 0.01],
};
const MODES = [{ weight: 0.3, mean: -2 }, { weight: 0.7, mean: 1.5 }] as const;
const MODE_VARIANCE = 0.25;
const GAUSSIAN = { mean: 1, variance: 0.64 };
const BETWEEN = -0.25;

function scoresOf({ rows, sigma }: ScoreRequest): Float32Array {
  const variance = MODE_VARIANCE + sigma * sigma;
  return rows.map((value, i) => {
    if (i % 2 === 1) return (GAUSSIAN.mean - value) / (GAUSSIAN.variance + sigma * sigma);
    const logs = MODES.map(({ weight, mean }) => Math.log(weight) - (value - mean) ** 2 / (2 * variance));
    const most = Math.max(...logs);
    const shares = logs.map((log) => Math.exp(log - most));
    return MODES.reduce((sum, { mean }, k) => sum + shares[k]! * (mean - value), 0) / (shares[0]! + shares[1]!) / variance;
  });
}

function walked(walk: ReverseWalk): Float32Array {
  const asking = walkBack(walk);
  let next = asking.next();
  while (next.done !== true) next = asking.next(scoresOf(next.value));
  return next.value;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[], around: number): number => mean(values.map((value) => (value - around) ** 2));

function walkOf(noise: NoiseSettings, method: ScoreMethod, to: number): ReverseWalk {
  return { noise, dataDeviation: 1.5, method, steps: STEPS[method], key: [1, 2], word3: 0, ids: { from: 0, to }, size: 2 };
}

for (const [name, noise] of Object.entries(NOISES)) {
  for (const method of SCORE_METHODS) {
    test(`${method} by ${name}: masses, means and variances are those of the data`, () => {
      const rows = walked(walkOf(noise, method, ROWS));
      const [first, second] = [0, 1].map((axis) => Array.from({ length: ROWS }, (_, row) => rows[2 * row + axis]!)) as [number[], number[]];
      const right = first.filter((x) => x > BETWEEN);
      const found = [1 - right.length / ROWS, variance(right, MODES[1].mean), mean(second), variance(second, mean(second))];
      const expected = [MODES[0].weight, MODE_VARIANCE, GAUSSIAN.mean, GAUSSIAN.variance];
      const errors = [Math.sqrt(0.21 / ROWS), MODE_VARIANCE * Math.sqrt(2 / (0.7 * ROWS)), Math.sqrt(GAUSSIAN.variance / ROWS), GAUSSIAN.variance * Math.sqrt(2 / ROWS)];
      found.forEach((value, i) => {
        assert.ok(Math.abs(value - expected[i]!) < 4 * errors[i]! + BIAS[method][i]!, `figure ${i}: ${value}, expected ${expected[i]!}, standard error ${errors[i]!}`);
      });
    });
  }
}

test('a row is the same however many there are', () => {
  for (const method of SCORE_METHODS) assert.deepEqual(walked(walkOf(NOISES['ve']!, method, 3)), walked(walkOf(NOISES['ve']!, method, 9)).slice(0, 6), method);
});
