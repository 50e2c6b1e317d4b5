// One unit of an update of a continuous model (docs/adr/0011): whole microbatches of data and of chains, each added to the exact sums by itself, so
// that no grouping into units changes a bit.
import { restartStates } from '../../ebm/continuous/chains.ts';
import { noiseDistribution, type NoiseDistribution } from '../../ebm/continuous/contrast.ts';
import { parameterCount } from '../../ebm/continuous/layout.ts';
import { isContrastive, sizeOf, type ContrastiveSettings, type ParameterLayout } from '../../ebm/continuous/model.ts';
import { additionsOf } from '../../ebm/continuous/observations.ts';
import { addValues, createSums, EXPONENT, OBSERVED_EXPONENT, type Int64Sums } from '../../ebm/continuous/sums.ts';
import { deriveKey } from '../../ebm/random/address.ts';
import { samplesIn } from '../../ebm/random/permutation.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { ContinuousContribution, ContinuousProblem } from '../continuous.ts';
import type { Range, UpdateUnit } from '../engine.ts';
import { energyOf, parameterMatrices, type ParameterMatrices } from './energies.ts';
import { dataLosses, noiseConditionalLosses } from './losses.ts';
import { predictedNoise } from './networks.ts';
import { add, gradient, leaf, multiply, scale, sumColumns, total, type Matrix } from './tape.ts';
import { advance, type Potential } from './transitions.ts';

export interface ContinuousContext {
  readonly problem: ContinuousProblem;
  readonly layout: ParameterLayout;
  readonly observations: readonly string[];
  readonly noise: NoiseDistribution | null;
}

export function noiseOf({ objective, data, shape }: ContinuousProblem): NoiseDistribution | null {
  return objective.kind === 'nce' && data !== null ? noiseDistribution(data, sizeOf(shape)) : null;
}

interface Task {
  readonly context: ContinuousContext;
  readonly unit: UpdateUnit;
  readonly parameters: ParameterMatrices;
  readonly gradient: Int64Sums;
  readonly observed: Int64Sums;
}

export function evaluateContinuous(
  context: ContinuousContext, unit: UpdateUnit, parameters: Float32Array, chains: { readonly slots: Uint32Array; readonly states: Float32Array },
): ContinuousContribution {
  const { layout, observations, problem: { objective, microbatch, shape } } = context;
  const task: Task = {
    context, unit, parameters: parameterMatrices(layout, parameters), gradient: createSums(parameterCount(layout)), observed: createSums(observations.length),
  };
  const size = sizeOf(shape);
  const cd = objective.kind === 'cd';
  const states = cd ? batchRows(task, unit.chains) : chains.states.slice();
  const slots = cd ? Uint32Array.from({ length: unit.chains.to - unit.chains.from }, (_, offset) => unit.chains.from + offset) : chains.slots;
  for (const range of microbatches(unit.data, microbatch)) addData(task, range);
  if (isContrastive(objective)) {
    for (const { from, to } of microbatches({ from: 0, to: slots.length }, microbatch)) addChains(task, objective, slots.subarray(from, to), states.subarray(from * size, to * size));
  }
  return { gradient: task.gradient, observed: task.observed, states: cd ? new Float32Array(0) : states };
}

function microbatches({ from, to }: Range, microbatch: number): Range[] {
  return Array.from({ length: (to - from) / microbatch }, (_, index) => ({ from: from + index * microbatch, to: from + (index + 1) * microbatch }));
}

/** Data rows at these offsets of the update's batch: positions of the run, by the epochs' permutations. */
function batchRows({ context: { problem: { data, seed, batch, shape } }, unit }: Task, { from, to }: Range): Float32Array {
  if (data === null) throw new TypeError('this session was loaded without data and can compute no data phase');
  const size = sizeOf(shape);
  const first = unit.update * batch;
  const rows = new Float32Array((to - from) * size);
  samplesIn(seed, data.rows, { from: first + from, to: first + to }).forEach(({ row }, index) => { rows.set(data.values.subarray(row * size, (row + 1) * size), index * size); });
  return rows;
}

function addData(task: Task, range: Range): void {
  const { context: { problem, noise }, unit, parameters } = task;
  const { objective, energy, shape } = problem;
  const rows = batchRows(task, range);
  const size = sizeOf(shape);
  const key = deriveKey(problem.seed, PURPOSES.dataNoise, unit.branch);
  if (energy.kind === 'score') {
    const predict = (y: Matrix, sigmas: Float64Array): Matrix => predictedNoise({ energy, shape }, parameters, y, sigmas);
    const loss = noiseConditionalLosses(problem, { predict, rows, size, ...range, update: unit.update, key });
    addPart(task, loss, { loss: sumOf(loss) });
    return;
  }
  const energyAt = (x: Matrix): Matrix => energyOf(energy, shape, parameters, x);
  if (isContrastive(objective)) {
    const { energyPenalty, gradientPenalty = 0 } = objective;
    const x = leaf(range.to - range.from, size, rows);
    const energies = energyAt(x);
    const loss = add(energies, scale(multiply(energies, energies), energyPenalty));
    addPart(task, gradientPenalty === 0 ? loss : add(loss, scale(slopeSquares(energies, x), gradientPenalty)), { dataEnergy: sumOf(energies) });
    return;
  }
  const { loss, energies, noiseEnergies } = dataLosses(objective, { energy: energyAt, parameters, rows, size, ...range, update: unit.update, key, noise });
  addPart(task, loss, { loss: sumOf(loss), dataEnergy: sumOf(energies), ...(noiseEnergies === null ? {} : { noiseEnergy: sumOf(noiseEnergies) }) });
}

/** Advances chains in place and adds their share: no derivative goes through the chain. */
function addChains(task: Task, objective: ContrastiveSettings, slots: Uint32Array, states: Float32Array): void {
  const { context: { problem }, unit, parameters } = task;
  const { energy, shape } = problem;
  if (energy.kind === 'score') throw new TypeError('a score model has no chains');
  const size = sizeOf(shape);
  const place = { seed: problem.seed, branch: unit.branch, update: unit.update };
  const restarts = objective.kind === 'pcd' ? restartStates(place, { start: objective.start, share: objective.restart, size }, slots, states) : 0;
  const key = deriveKey(problem.seed, PURPOSES.chains, unit.branch);
  const walk = { key, ids: slots, word3: unit.update, firstHalfStep: 0, steps: objective.steps, size };
  const accepted = advance(objective.sampler, potentialOf(problem, parameters, 1), states, walk);
  const energies = energyOf(energy, shape, parameters, leaf(slots.length, size, states));
  const loss = add(scale(energies, -1), scale(multiply(energies, energies), objective.energyPenalty));
  addPart(task, loss, { modelEnergy: sumOf(energies), accepted, restarts });
}

/** beta E and its gradient by the rows. */
export function potentialOf({ energy, shape }: Pick<ContinuousProblem, 'energy' | 'shape'>, parameters: ParameterMatrices, beta: number): Potential {
  if (energy.kind === 'score') throw new RangeError('a score model has no energies and no chains');
  const size = sizeOf(shape);
  return (states) => {
    const x = leaf(states.length / size, size, states);
    const energies = scale(energyOf(energy, shape, parameters, x), beta);
    const [slope] = gradient(total(energies), [x]);
    return { energies: energies.values, gradients: slope!.values };
  };
}

/** |dE/dx|^2 of each row: [rows, 1]. */
function slopeSquares(energies: Matrix, x: Matrix): Matrix {
  const [slope] = gradient(total(energies), [x]);
  return sumColumns(multiply(slope!, slope!));
}

function sumOf(column: Matrix): number {
  return total(column).values[0]!;
}

/** Adds a microbatch: the gradient of (sum of its rows' losses) / batch, and what was observed. */
function addPart({ context: { layout, observations, problem }, parameters, ...sums }: Task, loss: Matrix, seen: Readonly<Record<string, number>>): void {
  const parts = (problem.batch / problem.microbatch) * additionsOf(problem.objective);
  const matrices = layout.map(({ name }) => parameters.get(name)!);
  const gradients = gradient(scale(total(loss), 1 / problem.batch), matrices);
  gradients.forEach(({ values }, index) => { addValues(sums.gradient, values, { at: layout[index]!.from, exponent: EXPONENT, parts }); });
  const before = sums.observed.rejected;
  addValues(sums.observed, Float64Array.from(observations, (name) => seen[name] ?? 0), { at: 0, exponent: OBSERVED_EXPONENT, parts });
  sums.gradient.rejected += sums.observed.rejected - before; // an energy that is not a number is a divergence, whatever its slope
}
