// Small continuous problems for tests: one of each energy and objective, and the loss of an update as a number, so that derivatives can be compared
// with finite differences.
import type { ContrastiveSettings, EnergySettings, ObjectiveSettings, RowShape, SamplerSettings } from '../../ebm/continuous/model.ts';
import { planarRows } from '../../ebm/continuous/datasets.ts';
import { fillNormals } from '../../ebm/continuous/noise.ts';
import { valueAt, type Int64Sums } from '../../ebm/continuous/sums.ts';
import type { ContinuousProblem } from '../../engine/continuous.ts';
import type { UpdateUnit } from '../../engine/engine.ts';

export const ULA: SamplerSettings = { kind: 'ula', stepSize: 0.05, noise: null, temperature: 1, leapfrogs: 1, clip: null, bounds: null };
export const PCD: ContrastiveSettings = {
  kind: 'pcd', sampler: ULA, steps: 2, slots: 32, restart: 0.25, start: { kind: 'uniform', low: -2, high: 2 }, energyPenalty: 0,
};

export const ENERGIES: Readonly<Record<string, { readonly energy: EnergySettings; readonly shape: RowShape }>> = {
  swish: { energy: { kind: 'mlp', layers: [5, 4], activation: 'swish' }, shape: [3] },
  tanh: { energy: { kind: 'mlp', layers: [4], activation: 'tanh' }, shape: [2] },
  softplus: { energy: { kind: 'mlp', layers: [4], activation: 'softplus' }, shape: [2] },
  elu: { energy: { kind: 'mlp', layers: [4], activation: 'elu' }, shape: [2] },
  conv: { energy: { kind: 'conv', channels: [2, 2, 3], strides: [1, 1, 2], residual: true, activation: 'swish' }, shape: [4, 3, 1] },
  quadratic: { energy: { kind: 'quadratic' }, shape: [3] },
  mixture: { energy: { kind: 'gaussian-mixture', components: 3 }, shape: [2] },
};

export const DATA_OBJECTIVES: readonly ObjectiveSettings[] = [
  { kind: 'nce', ratio: 2 }, { kind: 'explicit', trace: 'exact', projections: 1 }, { kind: 'explicit', trace: 'hutchinson', projections: 2 },
  { kind: 'denoising', sigmas: [0.3, 0.7] }, { kind: 'sliced', projections: 3 },
];

/** Keyed standard normal rows. */
export function normalRows(rows: number, size: number, seed = 1): Float32Array {
  const values = new Float32Array(rows * size);
  fillNormals([seed, 77], { ids: { from: 0, to: rows }, numbers: size, halfStep: 0, word3: 0 }, values);
  return values;
}

export function problemOf(model: Pick<ContinuousProblem, 'energy' | 'objective' | 'shape'>, changes: Partial<ContinuousProblem> = {}): ContinuousProblem {
  const size = model.shape.reduce((product, length) => product * length, 1);
  return { ...model, batch: 8, microbatch: 4, seed: 5, data: { rows: 20, values: size === 2 ? planarRows('two-moons', { from: 0, to: 20 }) : normalRows(20, size) }, ...changes };
}

export function unitOf(problem: ContinuousProblem, update = 3): UpdateUnit {
  const all = { from: 0, to: problem.batch };
  const chains = problem.objective.kind === 'pcd' || problem.objective.kind === 'cd';
  return { branch: 1, update, version: update, data: all, chains: chains ? all : { from: 0, to: 0 } };
}

export function valuesOf(sums: Int64Sums, exponent: number): number[] {
  return Array.from({ length: sums.low.length }, (_, i) => valueAt(sums, i, exponent));
}
