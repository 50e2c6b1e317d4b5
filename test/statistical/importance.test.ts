// Annealed importance sampling of energies against log Z that is known: by formula of a Gaussian and of a mixture, by quadrature of an MLP. Seeds are fixed
// and were not searched for; a right estimator is beyond 3 standard errors once in 370.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logPartitionOnGrid, gridPoints } from '../../ebm/continuous/quadrature.ts';
import { annealingBase } from '../../ebm/continuous/importance.ts';
import { tensorOf } from '../../ebm/continuous/layout.ts';
import { sizeOf, type EnergySettings, type ParameterLayout } from '../../ebm/continuous/model.ts';
import { estimateLogPartition, type LogPartitionEstimate } from '../../ebm/partition/estimate.ts';
import { linearBetas } from '../../ebm/partition/temperatures.ts';
import type { ContinuousEngine, ContinuousSession } from '../../engine/continuous.ts';
import { openContinuousReference } from '../../engine/reference/continuous.ts';
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import { normalRows, problemOf } from '../support/continuous.ts';

const RUNS = 64;
const LOG_TWO_PI = Math.log(2 * Math.PI);
let wasm: ContinuousEngine;
before(async () => { wasm = await openTfjsContinuous({ backend: 'wasm' }); });
after(async () => { await wasm.close(); });

interface Subject { readonly energy: EnergySettings; readonly shape: readonly number[]; readonly fill: (layout: ParameterLayout, parameters: Float32Array) => void }

/** Correlated in three dimensions, away from 0. */
const GAUSSIAN: Subject = {
  energy: { kind: 'quadratic' }, shape: [3],
  fill(layout, parameters) {
    tensorOf(layout, parameters, 'mean').set([0.5, -1, 0.2]);
    tensorOf(layout, parameters, 'log_diagonal').set([0.5, -0.4, 1]);
    tensorOf(layout, parameters, 'lower').set([0.7, -0.3, 0.6]);
  },
};
/** Modes four deviations apart, of different weights and widths. */
const MIXTURE: Subject = {
  energy: { kind: 'gaussian-mixture', components: 2 }, shape: [2],
  fill(layout, parameters) {
    tensorOf(layout, parameters, 'logits').set([0.3, 1.2]);
    tensorOf(layout, parameters, 'log_scales').set([-0.7, 0]);
    tensorOf(layout, parameters, 'means').set([-1.5, 0, 1.5, 1]);
  },
};
/** It grows in every direction, as what is trained does about its data: softplus of both signs of four directions. */
const MLP: Subject = {
  energy: { kind: 'mlp', layers: [8], activation: 'softplus' }, shape: [2],
  fill(layout, parameters) {
    tensorOf(layout, parameters, 'dense_00/weights').set([1, -1, 0, 0, 2, -2, 1, -1, 0, 0, 1, -1, 1, -1, -1, 1]);
    tensorOf(layout, parameters, 'dense_00/bias').set([-1, -1, 0.5, 0, -2, -2, 0, 0]);
    tensorOf(layout, parameters, 'output/weights').set([2, 2, 1.5, 1.5, 1, 1, 0.5, 0.5]);
    tensorOf(layout, parameters, 'output/bias').set([-3]);
  },
};

async function opened(engine: ContinuousEngine, { energy, shape, fill }: Subject): Promise<{ readonly session: ContinuousSession; readonly parameters: Float32Array }> {
  const session = await engine.load(problemOf({ energy, shape, objective: { kind: 'sliced', projections: 1 } }, { batch: RUNS, microbatch: 32 }));
  const parameters = session.initial();
  fill(session.layout, parameters);
  return { session, parameters };
}

async function annealed({ session, parameters }: Awaited<ReturnType<typeof opened>>, { shape }: Subject, { betas = 400, temperature = 1 } = {}): Promise<LogPartitionEstimate> {
  const size = sizeOf(shape);
  const base = annealingBase({ rows: 500, values: normalRows(500, size, 4).map((z) => 1.5 * z) }, size);
  const logWeights = await session.logWeights({ parameters, branch: 0, word3: 1, runs: { from: 0, to: RUNS }, betas: linearBetas(betas), base, temperature });
  return estimateLogPartition({ logWeights, logBase: 0, betas });
}

function assertWithin({ mean, standardError, ess, reliable }: LogPartitionEstimate, expected: number): void {
  assert.ok(reliable && standardError! < 0.25, `ess ${ess}, standard error ${standardError}`);
  assert.ok(Math.abs(mean - expected) < 3 * standardError!, `${mean} is not within 3 x ${standardError} of ${expected}`);
}

async function quadrature({ session, parameters }: Awaited<ReturnType<typeof opened>>): Promise<number> {
  const grid = { low: -15, high: 15, side: 240 };
  const points = gridPoints(grid);
  return logPartitionOnGrid(grid, await session.energies(parameters, { rows: points.length / 2, values: points }));
}

test('a Gaussian in three dimensions, by formula, at temperature 2 too', async () => {
  const subject = await opened(wasm, GAUSSIAN);
  const expected = 1.5 * LOG_TWO_PI - (0.5 - 0.4 + 1);
  assertWithin(await annealed(subject, GAUSSIAN), expected);
  assertWithin(await annealed(subject, GAUSSIAN, { temperature: 2 }), expected + 1.5 * Math.log(2));
});

test('a mixture, by formula and by quadrature', async () => {
  const subject = await opened(wasm, MIXTURE);
  const expected = LOG_TWO_PI + Math.log(Math.exp(0.3) + Math.exp(1.2));
  assert.ok(Math.abs(await quadrature(subject) - expected) < 1e-4);
  assertWithin(await annealed(subject, MIXTURE), expected);
});

test('an MLP, by quadrature', async () => {
  const subject = await opened(wasm, MLP);
  assertWithin(await annealed(subject, MLP), await quadrature(subject));
});

test('the reference engine has the same weights, and any cut of the runs too', async () => {
  const [device, reference] = [await opened(wasm, MIXTURE), await opened(openContinuousReference(), MIXTURE)];
  const base = annealingBase({ rows: 500, values: normalRows(500, 2, 4) }, 2);
  const unit = { parameters: device.parameters, branch: 1, word3: 7, runs: { from: 3, to: 13 }, betas: linearBetas(12), base, temperature: 1.5 };
  const [one, other] = [await device.session.logWeights(unit), await reference.session.logWeights(unit)];
  one.forEach((weight, run) => { assert.ok(Math.abs(weight - other[run]!) < 1e-4, `run ${run}: ${weight} and ${other[run]}`); });
  const parts = [await reference.session.logWeights({ ...unit, runs: { from: 3, to: 9 } }), await reference.session.logWeights({ ...unit, runs: { from: 9, to: 13 } })];
  assert.deepEqual([...parts[0]!, ...parts[1]!], [...other]);
});

test('a base of another size and a temperature of 0 are refused', async () => {
  for (const engine of [wasm, openContinuousReference()]) {
    const { session, parameters } = await opened(engine, MIXTURE);
    const base = annealingBase({ rows: 4, values: normalRows(4, 3) }, 3);
    const unit = { parameters, branch: 0, word3: 0, runs: { from: 0, to: 2 }, betas: linearBetas(2), base, temperature: 1 };
    await assert.rejects(session.logWeights(unit), RangeError);
    await assert.rejects(session.logWeights({ ...unit, base: annealingBase({ rows: 4, values: normalRows(4, 2) }, 2), temperature: 0 }), RangeError);
  }
});
