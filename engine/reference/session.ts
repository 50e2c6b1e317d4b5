// A session of the reference engine: allocates states and published versions, and hands each call to the file that computes it.
// Every method rejects on misuse (a bug) and returns outcomes as values.
import { negativeFreeEnergy } from '../../ebm/rbm/energy.ts';
import { hiddenThresholds } from '../../ebm/rbm/gibbs.ts';
import { addDifference, differenceOf, fitsShape, type WeightsDifference } from '../../ebm/rbm/difference.ts';
import { addFactors } from '../../ebm/rbm/factors.ts';
import { packSums, unpackSums } from '../../ebm/rbm/packed.ts';
import { quantise } from '../../ebm/rbm/grid.ts';
import { rowOf } from '../../ebm/rbm/bits.ts';
import { annealedLogWeights } from '../../ebm/partition/annealing.ts';
import { exactLogPartition } from '../../ebm/partition/enumeration.ts';
import { slotCount } from '../../ebm/optimiser/element.ts';
import type { Masters, Parameters, TrainingState, UpdateSums } from '../../ebm/rbm/parameters.ts';
import { finishStep, moveWeights, prepareStep } from '../../ebm/rbm/step.ts';
import { addSums, emptySums, type SumsAccumulator } from '../../ebm/rbm/statistics.ts';
import { thresholdTable } from '../../ebm/rbm/thresholds.ts';
import type { Model } from '../../ebm/rbm/preactivation.ts';
import { rowCount } from '../checks.ts';
import type { ApplyOutcome, LogPartitionUnit, Problem, Session, StepSettings, UnfinishedSums } from '../engine.ts';
import { modelOf, type Context } from './context.ts';
import { evaluateFactors, evaluateUnit } from './evaluate.ts';
import { sampleUnit } from './sample.ts';

export function openSession(problem: Problem): Session {
  const context: Context = { problem, table: thresholdTable(problem.grid) };
  return {
    createState: () => createState(problem),
    publishedMax: Number.MAX_SAFE_INTEGER, // every version has arrays of its own
    publish: later((masters: Masters, branch: number, version: number) => publish(problem, masters, { branch, version })),
    adopt: later(copyOf),
    evaluate: later((unit, parameters, chains) => evaluateUnit(context, unit, parameters, chains)),
    evaluateFactors: later((unit, parameters, chains) => evaluateFactors(context, unit, parameters, chains)),
    tally: later((factors, into) => ({ sums: finished(problem, { packed: [], factors: [factors], into }), chains: into?.chains ?? new Uint8Array(0) })),
    pack: later((contribution) => packSums(contribution.sums)),
    addPacked: later((packed, into) => ({ sums: finished(problem, { packed: [packed], factors: [], into }), chains: into?.chains ?? new Uint8Array(0) })),
    difference: later((base, next) => differenceOf(base.weights, next.weights, problem)),
    adoptDifference: later((base, difference, next, onPlaced) => {
      const adopted = adoptDifference(problem, base, difference, next);
      if (adopted !== null) onPlaced?.(adopted);
      return adopted;
    }),
    release: () => undefined,
    apply: later((state, sums, step) => applyStep(problem, state, 'factors' in sums ? finished(problem, sums) : sums, step)),
    sample: later((unit) => sampleUnit(context, unit)),
    logPartition: later((unit) => logWeights(problem, unit)),
    negativeFreeEnergies: later((parameters, rows) => freeEnergies(modelOf(problem, parameters), rows)),
    hiddenThresholds: later((parameters, rows) => thresholdsOfRows(context, parameters, rows)),
    exactLogPartition: later((parameters) => exactLogPartition(modelOf(problem, parameters))),
    close: () => Promise.resolve(),
  };
}

/** The synchronous function as one that keeps its promises: what it throws, the promise rejects with. */
function later<Inputs extends readonly unknown[], Output>(compute: (...inputs: Inputs) => Output): (...inputs: Inputs) => Promise<Output> {
  return (...inputs) => Promise.resolve().then(() => compute(...inputs));
}

function createMasters(problem: Problem): Masters {
  return {
    weights: new Float32Array(problem.visible * problem.hidden),
    visibleBias: new Float32Array(problem.visible),
    hiddenBias: new Float32Array(problem.hidden),
  };
}

function createState(problem: Problem): TrainingState {
  return {
    visible: problem.visible,
    hidden: problem.hidden,
    masters: createMasters(problem),
    slots: Array.from({ length: slotCount(problem.optimiser) }, () => createMasters(problem)),
    average: problem.average > 0 ? createMasters(problem) : null,
    visibleOffset: new Float32Array(problem.visible),
    hiddenOffset: new Float32Array(problem.hidden),
  };
}

function copyOf(parameters: Parameters): Parameters {
  const { branch, version, weights, visibleBias, hiddenBias } = parameters;
  return { branch, version, weights: weights.slice(), visibleBias: visibleBias.slice(), hiddenBias: hiddenBias.slice() };
}

function finished(problem: Problem, { packed, factors, into }: UnfinishedSums): UpdateSums {
  const sums = into === null ? emptySums(problem) : again(into.sums);
  for (const part of packed) addSums(sums, unpackSums(part));
  for (const part of factors) addFactors(sums, part, problem);
  return sums;
}

/** The same arrays, to be added to. */
function again({ data, model, outer }: UpdateSums): SumsAccumulator {
  return { data: { ...data }, model: { ...model }, outer };
}

function adoptDifference(problem: Problem, base: Parameters, difference: WeightsDifference, { visibleBias, hiddenBias, ...name }: Omit<Parameters, 'weights'>): Parameters | null {
  const { visible, hidden } = problem;
  if (!fitsShape(difference, problem) || visibleBias.length !== visible || hiddenBias.length !== hidden) return null;
  const weights = addDifference(base.weights, difference, problem);
  return weights === null ? null : { ...name, weights, visibleBias: visibleBias.slice(), hiddenBias: hiddenBias.slice() };
}

function publish(problem: Problem, masters: Masters, name: { readonly branch: number; readonly version: number }): ApplyOutcome {
  const published: Parameters = {
    ...name,
    weights: new Int16Array(problem.visible * problem.hidden),
    visibleBias: new Int32Array(problem.visible),
    hiddenBias: new Int32Array(problem.hidden),
  };
  return quantise(masters, problem, published) ?? { kind: 'applied', published };
}

function applyStep(problem: Problem, state: TrainingState, sums: UpdateSums, step: StepSettings): ApplyOutcome {
  const prepared = prepareStep(problem, state, sums, step);
  finishStep(state, prepared, moveWeights(state, prepared, sums.outer));
  return publish(problem, state.masters, { branch: step.branch, version: step.update + 1 });
}

function logWeights(problem: Problem, { parameters, ...runs }: LogPartitionUnit): Float64Array {
  return annealedLogWeights({ ...runs, model: modelOf(problem, parameters), seed: problem.seed });
}

function freeEnergies(model: Model, rows: Uint8Array): Float64Array {
  return Float64Array.from({ length: rowCount(rows, model.visible) }, (_, index) => negativeFreeEnergy(model, rowOf(rows, model.visible, index)));
}

function thresholdsOfRows({ problem, table }: Context, parameters: Parameters, rows: Uint8Array): Int32Array {
  const { visible, hidden } = problem;
  const count = rowCount(rows, visible);
  const out = new Int32Array(count * hidden);
  for (let index = 0; index < count; index += 1) {
    hiddenThresholds(modelOf(problem, parameters), table, rowOf(rows, visible, index), out.subarray(index * hidden, (index + 1) * hidden));
  }
  return out;
}
