// Score matching and noise contrast recover a Gaussian: a quadratic energy, a few hundred plain gradient steps through the tfjs engine's session.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectiveSettings } from '../../ebm/continuous/model.ts';
import { EXPONENT, valueAt } from '../../ebm/continuous/sums.ts';
import type { ContinuousProblem } from '../../engine/continuous.ts';
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import { openPlainNoise } from '../../engine/tfjs/noise.ts';

const ROWS = 2_000;
/** x = mean + A z */
const MEAN = [1, -0.5];
const MIX = [[0.8, 0], [0.5, 0.6]];
const COVARIANCE = [0.64, 0.4, 0.61];

function rows(): Float32Array {
  const normals = new Float32Array(2 * ROWS);
  openPlainNoise({ seed: 2, purpose: 14, branch: 0, word3: 0 }).normals(Uint32Array.from({ length: ROWS }, (_, i) => i), 2, 0, normals);
  return normals.map((_, i) => {
    const [first, second] = [normals[i - (i % 2)]!, normals[i - (i % 2) + 1]!];
    return MEAN[i % 2]! + MIX[i % 2]![0]! * first + MIX[i % 2]![1]! * second;
  });
}

/** Mean, and covariance (L L^T)^-1 as xx, xy, yy, of the layout log_diagonal, [log_partition], lower, mean. */
function gaussianOf(layout: readonly { readonly name: string; readonly from: number }[], parameters: Float32Array): { mean: number[]; covariance: number[] } {
  const at = (name: string, i = 0): number => parameters[layout.find((tensor) => tensor.name === name)!.from + i]!;
  const [a, b, c] = [Math.exp(at('log_diagonal')), at('lower'), Math.exp(at('log_diagonal', 1))];
  const [xx, xy, yy] = [a * a, a * b, b * b + c * c]; // the precision
  const determinant = xx * yy - xy * xy;
  return { mean: [at('mean'), at('mean', 1)], covariance: [yy / determinant, -xy / determinant, xx / determinant] };
}

const OBJECTIVES: readonly { readonly objective: ObjectiveSettings; readonly steps: number; readonly rate: number; readonly added: number }[] = [
  { objective: { kind: 'explicit', trace: 'exact', projections: 1 }, steps: 300, rate: 0.1, added: 0 },
  { objective: { kind: 'sliced', projections: 1 }, steps: 300, rate: 0.1, added: 0 },
  { objective: { kind: 'denoising', sigmas: [0.3] }, steps: 600, rate: 0.3, added: 0.09 }, // learns the distribution of the noisy rows
  { objective: { kind: 'nce', ratio: 2 }, steps: 500, rate: 0.3, added: 0 },
];

for (const { objective, steps, rate, added } of OBJECTIVES) {
  test(`${objective.kind} recovers a Gaussian's mean and covariance within 0.1`, async () => {
    const engine = await openTfjsContinuous({ backend: 'wasm' });
    const problem: ContinuousProblem = { seed: 4, shape: [2], data: { rows: ROWS, values: rows() }, energy: { kind: 'quadratic' }, objective, batch: 500, microbatch: 500 };
    const session = await engine.load(problem);
    let parameters = session.initial();
    for (let update = 0; update < steps; update += 1) {
      const unit = { branch: 0, update, version: update, data: { from: 0, to: 500 }, chains: { from: 0, to: 0 } };
      const { gradient } = await session.evaluate(unit, parameters, { slots: new Uint32Array(0), states: new Float32Array(0) });
      assert.equal(gradient.rejected, 0);
      const now = update < (2 * steps) / 3 ? rate : rate / 5;
      parameters = parameters.map((value, i) => value - now * valueAt(gradient, i, EXPONENT));
    }
    const { mean, covariance } = gaussianOf(session.layout, parameters);
    const expected = [...MEAN, COVARIANCE[0]! + added, COVARIANCE[1]!, COVARIANCE[2]! + added];
    for (const [i, value] of [...mean, ...covariance].entries()) assert.ok(Math.abs(value - expected[i]!) < 0.1, `${mean.join(' ')}, ${covariance.join(' ')}`);
    await session.close();
  });
}
