// What each objective descends, by quadrature in two dimensions, against the gradient that units of the wasm engine return: of PCD the derivative of
// KL(data || model), of noise contrast that of its expected logistic loss, of score matching that of the Fisher divergence to the data's density (Hyvarinen
// 2005), which denoising takes to the density convolved with its noise (Vincent 2011). The data's density is a mixture whose scores are formulas, so that none
// of these needs what the engine computes. Errors are those between microbatches; seeds are fixed, 4.5 standard errors a false alarm of 7e-6 a direction.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { noiseDistribution, noiseLogDensities } from '../../ebm/continuous/contrast.ts';
import { LOG_PARTITION, parameterCount, tensorOf } from '../../ebm/continuous/layout.ts';
import type { ContrastiveSettings, EnergySettings, ObjectiveSettings, ParameterLayout } from '../../ebm/continuous/model.ts';
import { gridPoints, logPartitionOnGrid, type PlanarGrid } from '../../ebm/continuous/quadrature.ts';
import { EXPONENT, valueAt } from '../../ebm/continuous/sums.ts';
import { softplus } from '../../ebm/numeric/elementary.ts';
import { mean, standardErrorOfMean } from '../../ebm/numeric/sum.ts';
import type { ContinuousEngine, ContinuousProblem, ContinuousSession } from '../../engine/continuous.ts';
import { openContinuousReference } from '../../engine/reference/continuous.ts';
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import { normalRows, PCD, problemOf, ULA } from '../support/continuous.ts';
import { mixtureLogDensity, mixtureRows, mixtureScore, PLANAR_MIXTURE, setMixture, type Mixture } from '../support/mixture.ts';
import { seeded } from '../support/seeded.ts';

const ROWS = 4_096;
const MICROBATCH = 128;
const BEYOND = 4.5;
/** Directions within each tensor. */
const DIRECTIONS = 2;
const DISTANCE = 2 ** -6;
const GRID: PlanarGrid = { low: -12, high: 12, side: 96 };
/** Cells to draw the model's rows from: so small that to be even within one adds nothing to a variance that could be seen. */
const FINE: PlanarGrid = { low: -12, high: 12, side: 400 };

let wasm: ContinuousEngine;
before(async () => { wasm = await openTfjsContinuous({ backend: 'wasm' }); });
after(async () => { await wasm.close(); });

/** Parameters of a model that is not the data's. `partition`: log Z where the objective has it as a parameter, near the right one. */
interface Subject { readonly name: string; readonly energy: EnergySettings; readonly partition: number; readonly fill: (layout: ParameterLayout, parameters: Float32Array) => void }

const AWAY: Mixture = [{ weight: 0.5, mean: [-0.9, -0.1], deviation: 0.8 }, { weight: 0.5, mean: [0.9, 0.8], deviation: 0.7 }];
const SUBJECTS: readonly Subject[] = [
  { name: 'a mixture', energy: { kind: 'gaussian-mixture', components: 2 }, partition: 1.5, fill: (layout, parameters) => { setMixture(layout, parameters, AWAY); } },
  {
    // Softplus of both signs of four directions: it grows everywhere, so that it has a log Z.
    name: 'an MLP', energy: { kind: 'mlp', layers: [8], activation: 'softplus' }, partition: 0.5,
    fill(layout, parameters) {
      tensorOf(layout, parameters, 'dense_00/weights').set([1, -1, 0, 0, 2, -2, 1, -1, 0, 0, 1, -1, 1, -1, -1, 1]);
      tensorOf(layout, parameters, 'dense_00/bias').set([-1, -1, 0.5, 0, -2, -2, 0, 0]);
      tensorOf(layout, parameters, 'output/weights').set([2, 2, 1.5, 1.5, 1, 1, 0.5, 0.5]);
      tensorOf(layout, parameters, 'output/bias').set([-3]);
    },
  },
];
const MALA: ContrastiveSettings = { ...PCD, sampler: { ...ULA, kind: 'mala', stepSize: 0.1 }, steps: 3, slots: ROWS, restart: 0 };
const OBJECTIVES: readonly ObjectiveSettings[] = [
  MALA, { kind: 'nce', ratio: 2 }, { kind: 'explicit', trace: 'exact', projections: 1 }, { kind: 'explicit', trace: 'hutchinson', projections: 1 },
  { kind: 'sliced', projections: 2 }, { kind: 'denoising', sigmas: [0.4] }, { kind: 'denoising', sigmas: [0.3, 0.6] },
];
const SIGNS: Readonly<Record<string, string>> = { exact: 'explicit, exact', hutchinson: 'explicit, by random signs' };
const nameOf = (objective: ObjectiveSettings): string => (objective.kind === 'explicit' ? SIGNS[objective.trace]! : objective.kind === 'denoising' ? `denoising at ${objective.sigmas.join(' and ')}` : objective.kind);

function problemFor({ energy }: Subject, objective: ObjectiveSettings): ContinuousProblem {
  return problemOf({ energy, shape: [2], objective }, { batch: ROWS, microbatch: MICROBATCH, data: { rows: ROWS, values: mixtureRows(PLANAR_MIXTURE, ROWS, 21) } });
}

function parametersOf({ fill, partition }: Subject, layout: ParameterLayout): Float32Array {
  const parameters = new Float32Array(parameterCount(layout));
  fill(layout, parameters);
  if (layout.some(({ name }) => name === LOG_PARTITION)) tensorOf(layout, parameters, LOG_PARTITION).fill(partition);
  return parameters;
}

/** Gradients of microbatches of the whole data and, of PCD, of as many chains that begin as exact draws of the model: each an estimate of the whole. */
async function gradientsOf(session: ContinuousSession, objective: ObjectiveSettings, parameters: Float32Array): Promise<Float64Array[]> {
  const states = objective.kind === 'pcd' ? await modelRows(session, parameters) : new Float32Array(0);
  const estimates: Float64Array[] = [];
  for (let from = 0; from < ROWS; from += MICROBATCH) {
    const range = { from, to: from + MICROBATCH };
    const slots = Uint32Array.from({ length: objective.kind === 'pcd' ? MICROBATCH : 0 }, (_, i) => from + i);
    const unit = { branch: 0, update: 0, version: 0, data: range, chains: slots.length > 0 ? range : { from: 0, to: 0 } };
    const { gradient } = await session.evaluate(unit, parameters, { slots, states: states.slice(2 * from, 2 * from + 2 * slots.length) });
    assert.equal(gradient.rejected, 0);
    estimates.push(Float64Array.from(parameters, (_, i) => valueAt(gradient, i, EXPONENT) * (ROWS / MICROBATCH)));
  }
  return estimates;
}

/** Draws of e^-E by the cells of a fine grid, even within a cell, in an order that is none. */
async function modelRows(session: ContinuousSession, parameters: Float32Array): Promise<Float32Array> {
  const points = gridPoints(FINE);
  const energies = await session.energies(parameters, { rows: points.length / 2, values: points });
  const logPartition = logPartitionOnGrid(FINE, energies);
  const width = (FINE.high - FINE.low) / FINE.side;
  const uniform = seeded(13);
  const order = Array.from({ length: ROWS }, (_, i) => (i * 3_001) % ROWS); // 3,001 is prime to 4,096
  const rows = new Float32Array(2 * ROWS);
  let [cell, below] = [-1, 0];
  for (const at of order.keys()) {
    while (below < (at + 0.5) / ROWS && cell < energies.length - 1) below += width * width * Math.exp(-energies[cell += 1]! - logPartition);
    for (const axis of [0, 1]) rows[2 * order[at]! + axis] = points[2 * cell + axis]! + width * (uniform() - 0.5);
  }
  return rows;
}

const POINTS = gridPoints(GRID);
const CELLS = Array.from({ length: POINTS.length / 2 }, (_, cell) => [POINTS[2 * cell]!, POINTS[2 * cell + 1]!] as const);
const CELL_AREA = ((GRID.high - GRID.low) / GRID.side) ** 2;
/** The data's mixture after noise of this deviation. */
const convolved = (sigma: number): Mixture => PLANAR_MIXTURE.map((component) => ({ ...component, deviation: Math.hypot(component.deviation, sigma) }));
const massesOf = (mixture: Mixture): number[] => CELLS.map((x) => CELL_AREA * Math.exp(mixtureLogDensity(mixture, x)));
const expectation = (masses: ArrayLike<number>, of: (cell: number) => number): number => CELLS.reduce((sum, _, cell) => sum + masses[cell]! * of(cell), 0);

/** The loss that an objective stands for, as a function of the parameters, by quadrature. */
function expectedLoss(objective: ObjectiveSettings, { data }: ContinuousProblem, reference: ContinuousSession): (parameters: Float32Array) => Promise<number> {
  const rows = { rows: CELLS.length, values: POINTS };
  switch (objective.kind) {
    case 'nce': {
      const [masses, noise] = [massesOf(PLANAR_MIXTURE), noiseLogDensities(noiseDistribution(data!, 2), POINTS)];
      return async (parameters) => {
        const energies = await reference.energies(parameters, rows);
        const [partition] = tensorOf(reference.layout, parameters, LOG_PARTITION);
        const logit = (cell: number): number => -energies[cell]! - partition! - noise[cell]! - Math.log(objective.ratio);
        return expectation(masses, (cell) => softplus(-logit(cell))) + objective.ratio * expectation(noise.map((density) => CELL_AREA * Math.exp(density)), (cell) => softplus(logit(cell)));
      };
    }
    case 'explicit': case 'sliced': return fisherDivergence(reference, [0]);
    case 'denoising': return fisherDivergence(reference, objective.sigmas);
    case 'pcd': {
      const masses = massesOf(PLANAR_MIXTURE);
      return async (parameters) => {
        const energies = await reference.energies(parameters, rows);
        return expectation(masses, (cell) => energies[cell]!) + logPartitionOnGrid(GRID, energies);
      };
    }
    case 'cd': case 'noise-conditional': throw new TypeError(`${objective.kind} descends no loss of an energy`);
  }
}

/** Mean over sigmas of 1/2 E |s - grad log q|^2, q the data's density after that noise; of noise above 0 times sigma^2. */
function fisherDivergence(reference: ContinuousSession, sigmas: readonly number[]): (parameters: Float32Array) => Promise<number> {
  const truths = sigmas.map((sigma) => ({ weight: sigma === 0 ? 1 : sigma * sigma, masses: massesOf(convolved(sigma)), scores: CELLS.map((x) => mixtureScore(convolved(sigma), x)) }));
  return async (parameters) => {
    const found = await reference.scores(parameters, { rows: CELLS.length, values: POINTS });
    const divergence = ({ weight, masses, scores }: typeof truths[number]): number => (
      weight * expectation(masses, (cell) => 0.5 * ((found[2 * cell]! - scores[cell]![0]!) ** 2 + (found[2 * cell + 1]! - scores[cell]![1]!) ** 2)));
    return mean(truths.map(divergence));
  };
}

/** Two points around the parameters that differ in one tensor, float32 as they are evaluated. */
function pairsAround(layout: ParameterLayout, parameters: Float32Array): { readonly name: string; readonly up: Float32Array; readonly down: Float32Array }[] {
  return layout.flatMap(({ name, from, to }, tensor) => Array.from({ length: to - from === 1 ? 1 : DIRECTIONS }, (_, k) => {
    const direction = normalRows(1, to - from, 31 + tensor * DIRECTIONS + k);
    const [up, down] = [parameters.slice(), parameters.slice()];
    direction.forEach((value, i) => {
      up[from + i]! += (DISTANCE * value) / Math.sqrt(to - from);
      down[from + i]! -= (DISTANCE * value) / Math.sqrt(to - from);
    });
    return { name, up, down };
  }));
}

for (const subject of SUBJECTS) {
  for (const objective of OBJECTIVES) {
    test(`${nameOf(objective)} of ${subject.name}: the gradient is that of what it stands for, by quadrature`, async () => {
      const problem = problemFor(subject, objective);
      const session = await wasm.load(problem);
      const reference = await openContinuousReference().load(problem);
      const parameters = parametersOf(subject, session.layout);
      const gradients = await gradientsOf(session, objective, parameters);
      const loss = expectedLoss(objective, problem, reference);
      const seen: { readonly expected: number; readonly error: number }[] = [];
      for (const { name, up, down } of pairsAround(session.layout, parameters)) {
        const expected = (await loss(up) - await loss(down)) / (2 * DISTANCE);
        const slopes = gradients.map((gradient) => gradient.reduce((sum, slope, i) => sum + slope * (up[i]! - down[i]!), 0) / (2 * DISTANCE));
        const error = standardErrorOfMean(slopes);
        seen.push({ expected, error });
        assert.ok(Math.abs(mean(slopes) - expected) < BEYOND * error + 5e-4, `${name}: ${mean(slopes)}, quadrature says ${expected}, standard error ${error}`);
      }
      const [signal, errors] = [Math.hypot(...seen.map(({ expected }) => expected)), Math.hypot(...seen.map(({ error }) => error))];
      assert.ok(errors < 0.2 * signal, `errors ${errors} beside slopes ${signal}: the comparison says too little`);
      await session.close();
    });
  }
}
