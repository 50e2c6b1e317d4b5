// A score model that is trained for a moment on a Gaussian learns the scores of the Gaussian under noise, which are known, and finds rows as likely as they are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sigmaAt } from '../../ebm/continuous/diffusion.ts';
import { logLikelihoods, type FlowPath } from '../../ebm/continuous/likelihood.ts';
import type { NoiseSettings } from '../../ebm/continuous/model.ts';
import { applyFloatStep, createFloatState, type FloatStepRules } from '../../ebm/continuous/step.ts';
import { EXPONENT } from '../../ebm/continuous/sums.ts';
import { mean } from '../../ebm/numeric/sum.ts';
import { answered } from '../../cli/compose/score-model.ts';
import type { ContinuousProblem, ContinuousSession } from '../../engine/continuous.ts';
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import { normalRows } from '../support/continuous.ts';

const ROWS = 4_000;
const BATCH = 250;
const UPDATES = 700;
const RATE = 0.01;
/** x = mean + A z */
const MEAN = [0.8, -0.4] as const;
const MIX = [[0.9, 0], [0.6, 0.5]] as const;
const COVARIANCE = [0.81, 0.54, 0.61] as const;
const NOISES: Readonly<Record<string, NoiseSettings>> = { ve: { kind: 've', sigmaMin: 0.1, sigmaMax: 8, levels: null }, vp: { kind: 'vp', betaMin: 0.1, betaMax: 20 } };
/** Of sigma (s - s*): what is wrong of the noise that is found, whose own deviation is 1. */
const TOLERANCE = 0.06;

/** Rows of the Gaussian with noise. */
function noisyRows(count: number, sigma: number, seed: number): Float32Array {
  const [normals, noise] = [normalRows(count, 2, seed), normalRows(count, 2, seed + 1)];
  return normals.map((_, i) => MEAN[i % 2]! + MIX[i % 2]![0] * normals[i - (i % 2)]! + MIX[i % 2]![1] * normals[i - (i % 2) + 1]! + sigma * noise[i]!);
}

interface Known { readonly score: readonly [number, number]; readonly log: number }

function knownAt(x: number, y: number, sigma: number): Known {
  const [xx, xy, yy] = [COVARIANCE[0] + sigma * sigma, COVARIANCE[1], COVARIANCE[2] + sigma * sigma];
  const determinant = xx * yy - xy * xy;
  const [a, b] = [MEAN[0] - x, MEAN[1] - y];
  const score = [(yy * a - xy * b) / determinant, (xx * b - xy * a) / determinant] as const;
  return { score, log: -0.5 * (a * score[0] + b * score[1]) - Math.log(2 * Math.PI) - 0.5 * Math.log(determinant) };
}

async function trained(session: ContinuousSession): Promise<Float32Array> {
  const rules: FloatStepRules = { optimiser: { kind: 'adam', learningRate: RATE, schedule: 'linear', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, average: 0.98, exponent: EXPONENT, gradientNormMax: null, spectral: null };
  const state = createFloatState(rules, session.initial());
  for (let update = 0; update < UPDATES; update += 1) {
    // A session knows parameters by their array, so that each update has one of its own.
    const parameters = state.parameters.slice();
    const { gradient } = await session.evaluate({ branch: 0, update, version: update, data: { from: 0, to: BATCH }, chains: { from: 0, to: 0 } }, parameters, { slots: new Uint32Array(0), states: new Float32Array(0) });
    const outcome = applyFloatStep(rules, { layout: session.layout, state }, gradient, { update, learningRate: RATE * (1 - update / UPDATES) });
    assert.equal(outcome.kind, 'applied');
  }
  return state.average!;
}

/** Root mean square of what is wrong of the noise that is found. */
async function wrongAt(session: ContinuousSession, parameters: Float32Array, sigma: number): Promise<number> {
  const values = noisyRows(1_000, sigma, 30);
  const scores = await session.scores(parameters, { rows: 1_000, values }, sigma);
  return Math.sqrt(mean(Float64Array.from(scores, (score, i) => (sigma * (score - knownAt(values[i - (i % 2)]!, values[i - (i % 2) + 1]!, sigma).score[i % 2]!)) ** 2)));
}

for (const [name, noise] of Object.entries(NOISES)) {
  test(`${name}: scores are those of the noisy Gaussian at every noise, which they were not before, and log p of rows is theirs within 0.03 nats on average`, async () => {
    const engine = await openTfjsContinuous({ backend: 'wasm' });
    const problem: ContinuousProblem = {
      seed: 4, shape: [2], data: { rows: ROWS, values: noisyRows(ROWS, 0, 10) }, batch: BATCH, microbatch: BATCH, objective: { kind: 'noise-conditional', noise },
      energy: { kind: 'score', network: { kind: 'mlp', layers: [24, 24], activation: 'swish', features: 8 }, dataDeviation: 1 },
    };
    const session = await engine.load(problem);
    const parameters = await trained(session);
    for (const sigma of [0.1, 0.4, 1, 3, 8]) {
      const [before, after] = [await wrongAt(session, session.initial(), sigma), await wrongAt(session, parameters, sigma)];
      assert.ok(after < TOLERANCE && after < before / 3, `sigma ${sigma}: ${after}, before ${before}`);
    }
    const path: FlowPath = { noise, dataDeviation: 1, steps: 24, size: 2, trace: { kind: 'exact' } };
    const rows = noisyRows(250, 0, 20);
    const logs = await answered(logLikelihoods(path, rows), ({ rows: values, ...along }) => session.slopes(parameters, { rows: 250, values }, along));
    const short = mean(logs.map((log, row) => knownAt(rows[2 * row]!, rows[2 * row + 1]!, sigmaAt(noise, 0)).log - log));
    assert.ok(Math.abs(short) < 0.03, `${short} nats`);
    await session.close();
    await engine.close();
  });
}
