// Sums and units between messages and generated objects.
import type { ebm } from './gen/ebm.js';
import type { PhaseSums, UpdateSums } from '../ebm/rbm/parameters.ts';
import { wireBytes } from './arrays.ts';
import type { LogPartitionMethod, ParametersName, RowSet, UnitMessage } from './messages.ts';
import { bytes, entry, float64, int32, Malformed, parametersName, present, range } from './reader.ts';

/** Numbers on the wire are positions here: entries are added at the end, never moved. */
const METHODS: readonly LogPartitionMethod[] = ['ais', 'reverse', 'raise'];
const SETS: readonly RowSet[] = ['training', 'validation', 'test'];

type Sums = ebm.Sums.$Properties;

export function wireName({ branch, version, of }: ParametersName): ebm.ParametersName.$Properties {
  return { branch, version, average: of === 'average' };
}

function wirePhase({ count, visible, hidden }: PhaseSums): ebm.Phase.$Properties {
  return { count, visible: wireBytes(visible), hidden: wireBytes(hidden) };
}

export function wireSums({ data, model, outer }: UpdateSums): Sums {
  const phases = { data: wirePhase(data), model: wirePhase(model), wide: (outer.kind === 'difference' ? outer.difference : outer.data) instanceof Float64Array };
  return outer.kind === 'difference'
    ? { ...phases, difference: wireBytes(outer.difference) }
    : { ...phases, both: { data: wireBytes(outer.data), model: wireBytes(outer.model) } };
}

function readPhase(value: ebm.Phase.$Properties | null | undefined, what: string): PhaseSums {
  const { count, visible, hidden } = present(value, what);
  return { count: count ?? 0, visible: int32(visible, `${what}: visible sums`), hidden: float64(hidden, `${what}: hidden sums`) };
}

export function readSums(value: Sums | null | undefined): UpdateSums {
  const sums = present(value, 'the sums');
  const array = sums.wide === true ? float64 : int32;
  const data = readPhase(sums.data, 'the data phase');
  const model = readPhase(sums.model, 'the model phase');
  if (sums.both !== null && sums.both !== undefined) {
    return { data, model, outer: { kind: 'both', data: array(sums.both.data, 'outer sums of the data'), model: array(sums.both.model, 'outer sums of the model') } };
  }
  return { data, model, outer: { kind: 'difference', difference: array(sums.difference, 'the difference of outer sums') } };
}

/** The unit as the lease's field of its kind. */
export function wireUnit(unit: UnitMessage): Pick<ebm.Lease.$Properties, 'update' | 'sample' | 'logPartition' | 'evaluate' | 'exact'> {
  const parameters = wireName(unit.parameters);
  switch (unit.kind) {
    case 'update': {
      const { branch, update, data, chains, states } = unit;
      return { update: { branch, update, parameters, data, chains, ...(states === null ? {} : { states }) } };
    }
    case 'sample': {
      const { purpose, branch, word3, chains, states, steps, firstHalfStep, clamp } = unit;
      return { sample: { parameters, purpose, branch, word3, chains, states, steps, firstHalfStep, clamp } };
    }
    case 'log-partition': {
      const { method, runs, betas, baseBias, starts } = unit;
      return { logPartition: { parameters, method: METHODS.indexOf(method), runs, betas, baseBias: wireBytes(baseBias), ...(starts === null ? {} : { starts }) } };
    }
    case 'evaluate': return { evaluate: { parameters, set: SETS.indexOf(unit.set), rows: unit.rows } };
    case 'exact': return { exact: { parameters } };
  }
}

type WireLease = Pick<ebm.Lease.$Properties, 'update' | 'sample' | 'logPartition' | 'evaluate' | 'exact'>;

export function readUnit({ update, sample, logPartition, evaluate, exact }: WireLease): UnitMessage {
  if (update !== null && update !== undefined) return readUpdate(update);
  if (sample !== null && sample !== undefined) return readSample(sample);
  if (logPartition !== null && logPartition !== undefined) return readLogPartition(logPartition);
  if (evaluate !== null && evaluate !== undefined) {
    return { kind: 'evaluate', parameters: parametersName(evaluate.parameters), set: entry(SETS, evaluate.set, 'the set of rows'), rows: range(evaluate.rows, 'the rows') };
  }
  if (exact !== null && exact !== undefined) return { kind: 'exact', parameters: parametersName(exact.parameters) };
  throw new Malformed('a lease without a unit');
}

function readUpdate({ branch, update, parameters, data, chains, states }: ebm.UpdateUnit.$Properties): UnitMessage {
  return {
    kind: 'update', branch: branch ?? 0, update: update ?? 0, parameters: parametersName(parameters), data: range(data, 'the data'), chains: range(chains, 'the chains'),
    states: states === null || states === undefined ? null : bytes(states, 'the states'),
  };
}

function readSample(unit: ebm.SampleUnit.$Properties): UnitMessage {
  const { clamp } = unit;
  return {
    kind: 'sample', parameters: parametersName(unit.parameters), purpose: unit.purpose ?? 0, branch: unit.branch ?? 0, word3: unit.word3 ?? 0,
    chains: range(unit.chains, 'the chains'), states: bytes(unit.states, 'the states'), steps: unit.steps ?? 0, firstHalfStep: unit.firstHalfStep ?? 0,
    clamp: clamp === null || clamp === undefined ? null : { mask: bytes(clamp.mask, 'the mask'), values: bytes(clamp.values, 'the fixed values') },
  };
}

function readLogPartition({ parameters, method, runs, betas, baseBias, starts }: ebm.LogPartitionUnit.$Properties): UnitMessage {
  return {
    kind: 'log-partition', parameters: parametersName(parameters), method: entry(METHODS, method, 'the method'), runs: range(runs, 'the runs'), betas: betas ?? 0,
    baseBias: int32(baseBias, 'the base biases'), starts: starts === null || starts === undefined ? null : bytes(starts, 'the starts'),
  };
}
