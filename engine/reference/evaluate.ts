// One work unit of an update: the data phase of a range of the batch, and the model phase of a range of chains (EXACT.md, What persists).
import { bytesOf, rowOf } from '../../ebm/rbm/bits.ts';
import { writeSample } from '../../ebm/rbm/binarise.ts';
import { drawRow, hiddenThresholds, visibleThresholds } from '../../ebm/rbm/gibbs.ts';
import type { Parameters } from '../../ebm/rbm/parameters.ts';
import type { Model } from '../../ebm/rbm/preactivation.ts';
import { FactorsOfPhase } from '../../ebm/rbm/factors.ts';
import { addSample, emptySums } from '../../ebm/rbm/statistics.ts';
import { deriveKey } from '../../ebm/random/address.ts';
import { samplesIn } from '../../ebm/random/permutation.ts';
import type { Key } from '../../ebm/random/philox.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import { assertUnit } from '../checks.ts';
import type { Contribution, FactorContribution, Range, UpdateUnit } from '../engine.ts';
import { modelOf, type Context } from './context.ts';

/** Sums and advanced chains of a unit. `chains`: packed hidden bits of the unit's chains, not changed; empty for cd. */
export function evaluateUnit(context: Context, unit: UpdateUnit, parameters: Parameters, chains: Uint8Array): Contribution {
  const { problem } = context;
  assertUnit(problem, unit, parameters, chains);
  const sums = emptySums(problem);
  return { sums, chains: walk(context, { unit, parameters, chains }, (phase, row, thresholds) => { addSample(sums, phase, row, thresholds); }) };
}

/** The same as far as its factors. */
export function evaluateFactors(context: Context, unit: UpdateUnit, parameters: Parameters, chains: Uint8Array): FactorContribution {
  const { problem } = context;
  assertUnit(problem, unit, parameters, chains);
  const phase = (range: Range): FactorsOfPhase => new FactorsOfPhase(range.to - range.from, problem.visible, problem.hidden);
  const factors = { data: phase(unit.data), model: phase(unit.chains) };
  const states = walk(context, { unit, parameters, chains }, (name, row, thresholds) => { factors[name].add(row, thresholds); });
  return { factors: { data: factors.data.done(), model: factors.model.done() }, chains: states };
}

type Add = (phase: 'data' | 'model', row: Uint8Array, thresholds: Int32Array) => void;
interface Given { readonly unit: UpdateUnit; readonly parameters: Parameters; readonly chains: Uint8Array }

/** Hands every sample of a unit to `add`, and returns the advanced chains. */
function walk(context: Context, { unit, parameters, chains }: Given, add: Add): Uint8Array {
  const { problem } = context;
  const task: Task = { ...context, unit, model: modelOf(problem, parameters), add, key: deriveKey(problem.seed, PURPOSES.chains, unit.branch) };
  const starts = addData(task);
  const states = problem.objective === 'cd' ? starts : chains.slice();
  for (let id = unit.chains.from; id < unit.chains.to; id += 1) addChain(task, id, rowOf(states, problem.hidden, id - unit.chains.from));
  return problem.objective === 'cd' ? new Uint8Array(0) : states;
}

interface Task extends Context {
  readonly unit: UpdateUnit;
  readonly model: Model;
  readonly add: Add;
  /** Of purpose chains. */
  readonly key: Key;
}

/** Adds the data phase. For cd also draws the hidden states that its chains start from, and returns them packed. */
function addData({ problem, table, unit, model, add }: Task): Uint8Array {
  const { data, seed, batch, visible, hidden } = problem;
  const starts = new Uint8Array(problem.objective === 'cd' ? (unit.data.to - unit.data.from) * bytesOf(hidden) : 0);
  if (unit.data.from === unit.data.to) return starts;
  if (data === null) throw new TypeError('this session was loaded without data and can compute no data phase');
  const binarise = deriveKey(seed, PURPOSES.binarise, 0);
  const start = deriveKey(seed, PURPOSES.dataPhase, unit.branch);
  const row = new Uint8Array(bytesOf(visible));
  const thresholds = new Int32Array(hidden);
  const first = unit.update * batch + unit.data.from;
  samplesIn(seed, data.rows, { from: first, to: first + unit.data.to - unit.data.from }).forEach((sample, index) => {
    writeSample(data, binarise, sample, row);
    hiddenThresholds(model, table, row, thresholds);
    add('data', row, thresholds);
    const at = { id: unit.data.from + index, halfStep: 0, word3: unit.update };
    if (problem.objective === 'cd') drawRow(thresholds, start, at, rowOf(starts, hidden, index));
  });
  return starts;
}

/** Advances one chain by the update's steps, in place, and adds its last visible sample with the thresholds given it. */
function addChain({ problem, table, unit, model, add, key }: Task, id: number, state: Uint8Array): void {
  const { visible, hidden, steps } = problem;
  const row = new Uint8Array(bytesOf(visible));
  const visibleLevels = new Int32Array(visible);
  const hiddenLevels = new Int32Array(hidden);
  for (let step = 0; step < steps; step += 1) {
    visibleThresholds(model, table, state, visibleLevels);
    drawRow(visibleLevels, key, { id, halfStep: 2 * step, word3: unit.update }, row);
    hiddenThresholds(model, table, row, hiddenLevels);
    drawRow(hiddenLevels, key, { id, halfStep: 2 * step + 1, word3: unit.update }, state);
  }
  add('model', row, hiddenLevels);
}
