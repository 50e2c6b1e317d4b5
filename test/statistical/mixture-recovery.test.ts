// Objectives recover a mixture of Gaussians whose parameters are known: weights, means and deviations of two modes that overlap; of modes with nothing
// between them score matching finds everything but the weights, and noise contrast finds those too. Adam through sessions of the wasm engine, rows and seeds
// fixed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { firstStates } from '../../ebm/continuous/chains.ts';
import { LOG_PARTITION, tensorOf } from '../../ebm/continuous/layout.ts';
import type { ObjectiveSettings, ParameterLayout } from '../../ebm/continuous/model.ts';
import { applyFloatStep, createFloatState, type FloatStepRules } from '../../ebm/continuous/step.ts';
import type { ContinuousEngine } from '../../engine/continuous.ts';
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import { PCD, problemOf, ULA, unitOf } from '../support/continuous.ts';
import { mixtureRows, PLANAR_MIXTURE, setMixture, type Mixture } from '../support/mixture.ts';

const ROWS = 4_096;
const BATCH = 256;
const UPDATES = 250;
const RATE = 0.05;
const RULES: FloatStepRules = {
  optimiser: { kind: 'adam', learningRate: RATE, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  average: 0.95, exponent: 40, gradientNormMax: null, spectral: null,
};
/** Two components alike, on their sides. */
const START: Mixture = [{ weight: 0.5, mean: [-0.5, 0], deviation: 1 }, { weight: 0.5, mean: [0.5, 0], deviation: 1 }];

let wasm: ContinuousEngine;
before(async () => { wasm = await openTfjsContinuous({ backend: 'wasm' }); });
after(async () => { await wasm.close(); });

/** log Z: what the objective learned of it less what is right of the model. */
interface Learned { readonly mixture: Mixture; readonly logPartition: number | null }

/** The averaged model after training from `start` with a rate that falls linearly. */
async function learned(truth: Mixture, objective: ObjectiveSettings, start: Mixture): Promise<Learned> {
  const problem = problemOf({ energy: { kind: 'gaussian-mixture', components: 2 }, shape: [2], objective }, { batch: BATCH, microbatch: BATCH, data: { rows: ROWS, values: mixtureRows(truth, ROWS, 17) } });
  const session = await wasm.load(problem);
  const { layout } = session;
  const parameters = session.initial();
  setMixture(layout, parameters, start);
  const state = createFloatState(RULES, parameters);
  const slots = Uint32Array.from({ length: objective.kind === 'pcd' ? BATCH : 0 }, (_, slot) => slot);
  let states = objective.kind === 'pcd' ? firstStates(problem.seed, slots, { start: objective.start, size: 2 }) : new Float32Array(0);
  for (let update = 0; update < UPDATES; update += 1) {
    const { gradient, states: next } = await session.evaluate(unitOf(problem, update), state.parameters.slice(), { slots, states }); // a copy: an engine knows parameters by their array
    states = next;
    assert.equal(applyFloatStep(RULES, { layout, state }, gradient, { update, learningRate: Math.fround(RATE * (1 - update / UPDATES)) }).kind, 'applied');
  }
  await session.close();
  return mixtureOf(layout, state.average ?? state.parameters);
}

function mixtureOf(layout: ParameterLayout, parameters: Float32Array): Learned {
  const [logits, scales, means] = ['logits', 'log_scales', 'means'].map((name) => [...tensorOf(layout, parameters, name)]);
  const total = logits!.reduce((sum, logit) => sum + Math.exp(logit), 0);
  const mixture = logits!.map((logit, k) => ({ weight: Math.exp(logit) / total, mean: means!.slice(2 * k, 2 * k + 2), deviation: Math.exp(scales![k]!) }));
  const logPartition = layout.some(({ name }) => name === LOG_PARTITION) ? tensorOf(layout, parameters, LOG_PARTITION)[0]! - Math.log(total) - Math.log(2 * Math.PI) : null;
  return { mixture, logPartition };
}

const MALA = { ...PCD, sampler: { ...ULA, kind: 'mala', stepSize: 0.2 }, steps: 4, slots: BATCH, restart: 0, start: { kind: 'normal', deviation: 2 } } as const;
/** `added`: the variance of the noise, which is learned as part of the data. */
const OBJECTIVES: readonly { readonly objective: ObjectiveSettings; readonly added: number }[] = [
  { objective: { kind: 'explicit', trace: 'exact', projections: 1 }, added: 0 }, { objective: { kind: 'sliced', projections: 1 }, added: 0 },
  { objective: { kind: 'denoising', sigmas: [0.4] }, added: 0.16 }, { objective: { kind: 'nce', ratio: 4 }, added: 0 }, { objective: MALA, added: 0 },
];
const APART: Mixture = [{ weight: 0.2, mean: [-2.5, 0], deviation: 0.25 }, { weight: 0.8, mean: [2.5, 0.5], deviation: 0.35 }];
/** The right modes with the weights the wrong way round. */
const REVERSED: Mixture = APART.map((component, k) => ({ ...component, weight: APART[1 - k]!.weight }));

/** Seeds 1 to 4 of the rows came within 0.04 of the weights, 0.08 of the means and 0.04 of the deviations. */
const WITHIN = { weight: 0.06, mean: 0.12, deviation: 0.06 } as const;

function assertModes(found: Mixture, truth: Mixture, added: number): void {
  truth.forEach(({ mean, deviation }, k) => {
    const mode = found[k]!;
    const what = `mode ${k}: mean ${mode.mean.join(' ')}, deviation ${mode.deviation}`;
    assert.ok(mean.every((value, i) => Math.abs(mode.mean[i]! - value) < WITHIN.mean), what);
    assert.ok(Math.abs(mode.deviation - Math.sqrt(deviation ** 2 + added)) < WITHIN.deviation, what);
  });
}

for (const { objective, added } of OBJECTIVES) {
  test(`${objective.kind} recovers the weights, means and deviations of a mixture${added > 0 ? ', with the variance of its noise' : ''}`, async () => {
    const { mixture, logPartition } = await learned(PLANAR_MIXTURE, objective, START);
    assertModes(mixture, PLANAR_MIXTURE, added);
    assert.ok(Math.abs(mixture[0]!.weight - PLANAR_MIXTURE[0]!.weight) < WITHIN.weight, `weight ${mixture[0]!.weight}`);
    assert.ok(logPartition === null || Math.abs(logPartition) < 0.01, `log Z is wrong by ${logPartition}`);
  });
}

// Seeds 1 and 2 of the rows: 0.84 and 0.92 by sliced, 0.86 and 0.94 by denoising, of a weight that is 0.2 and began at 0.8; 0.197 by noise contrast.
test('the known failure: of modes with nothing between them score matching finds all but the weights, which noise contrast finds', async () => {
  for (const { objective, added } of OBJECTIVES.filter(({ objective: { kind } }) => kind === 'sliced' || kind === 'denoising')) {
    const { mixture } = await learned(APART, objective, REVERSED);
    assertModes(mixture, APART, added);
    assert.ok(mixture[0]!.weight > 0.6, `${objective.kind}: weight ${mixture[0]!.weight}, where 0.2 is right`);
  }
  const { mixture } = await learned(APART, { kind: 'nce', ratio: 4 }, REVERSED);
  assertModes(mixture, APART, 0);
  assert.ok(Math.abs(mixture[0]!.weight - 0.2) < 0.02, `weight ${mixture[0]!.weight}`);
});
