// Sums and units between messages and generated objects.
import type { ebm } from './gen/ebm.js';
import type { Int64Sums } from '../ebm/continuous/sums.ts';
import { CODE_BITS, fitsShape } from '../ebm/rbm/difference.ts';
import type { PhaseFactors } from '../ebm/rbm/factors.ts';
import type { PackedSums } from '../ebm/rbm/packed.ts';
import type { PhaseSums, UpdateSums } from '../ebm/rbm/parameters.ts';
import { wireBytes } from './arrays.ts';
import type { ContributionContent, LogPartitionMethod, ParametersDifference, ParametersName, RowSet, Spent, UnitMessage } from './messages.ts';
import { bytes, entry, float64, int16, int32, Malformed, parametersName, present, range, uint16, uint32 } from './reader.ts';

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

function wireSums({ data, model, outer }: UpdateSums): Sums {
  const wide = (outer.kind === 'difference' ? outer.difference : outer.data) instanceof Float64Array;
  const phases = { data: wirePhase(data), model: wirePhase(model), wide };
  return outer.kind === 'difference' ? { ...phases, difference: wireBytes(outer.difference) } : { ...phases, both: { data: wireBytes(outer.data), model: wireBytes(outer.model) } };
}

function wirePacked({ data, model, outer }: PackedSums): Sums {
  const phases = { data: wirePhase(data), model: wirePhase(model), packed: true };
  return outer.kind === 'difference' ? { ...phases, difference: outer.difference } : { ...phases, both: { data: outer.data, model: outer.model } };
}

function readPhase(value: ebm.Phase.$Properties | null | undefined, what: string): PhaseSums {
  const { count, visible, hidden } = present(value, what);
  return { count: count ?? 0, visible: int32(visible, `${what}: visible sums`), hidden: float64(hidden, `${what}: hidden sums`) };
}

function readSums(sums: Sums): UpdateSums {
  const array = sums.wide === true ? float64 : int32;
  const data = readPhase(sums.data, 'the data phase');
  const model = readPhase(sums.model, 'the model phase');
  if (sums.both !== null && sums.both !== undefined) {
    return { data, model, outer: { kind: 'both', data: array(sums.both.data, 'outer sums of the data'), model: array(sums.both.model, 'outer sums of the model') } };
  }
  return { data, model, outer: { kind: 'difference', difference: array(sums.difference, 'the difference of outer sums') } };
}

/** Large: the bytes are views of the message. Whether they fit a model is its receiver's to say. */
function readPacked(sums: Sums): PackedSums {
  const { both, difference } = sums;
  if (sums.wide === true) throw new Malformed('packed sums in float64');
  const values = (value: Uint8Array | null | undefined, what: string): Uint8Array => {
    const given = present(value, what);
    return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  };
  const phases = { data: readPhase(sums.data, 'the data phase'), model: readPhase(sums.model, 'the model phase') };
  if (both === null || both === undefined) return { ...phases, outer: { kind: 'difference', difference: values(difference, 'the difference of outer sums') } };
  return { ...phases, outer: { kind: 'both', data: values(both.data, 'outer sums of the data'), model: values(both.model, 'outer sums of the model') } };
}

function wirePhaseFactors({ count, visible, thresholds, full }: PhaseFactors): ebm.PhaseFactors.$Properties {
  return { count, visible, thresholds: wireBytes(thresholds), full };
}

type WireContent = Pick<ebm.Contribution.$Properties, 'sums' | 'factors' | 'gradient'>;

function wireWords({ low, high, rejected }: Int64Sums): ebm.Words.$Properties {
  return { low: wireBytes(low), high: wireBytes(high), rejected };
}

function readWords(words: ebm.Words.$Properties | null | undefined, what: string): Int64Sums {
  const { low, high, rejected } = present(words, what);
  const sums = { low: uint32(low, `${what}: low words`), high: int32(high, `${what}: high words`), rejected: rejected ?? 0 };
  if (sums.low.length !== sums.high.length) throw new Malformed(`${what}: ${sums.low.length} low words and ${sums.high.length} high ones`);
  return sums;
}

export function wireContent(content: ContributionContent): WireContent {
  if (content.kind === 'gradient') return { gradient: { gradient: wireWords(content.gradient), observed: wireWords(content.observed) } };
  if (content.kind === 'sums') return { sums: wireSums(content.sums) };
  if (content.kind === 'packed') return { sums: wirePacked(content.sums) };
  return { factors: { data: wirePhaseFactors(content.factors.data), model: wirePhaseFactors(content.factors.model) } };
}

function readPhaseFactors(value: ebm.PhaseFactors.$Properties | null | undefined, what: string): PhaseFactors {
  const { count, visible, thresholds, full } = present(value, what);
  return {
    count: count ?? 0, visible: bytes(visible, `${what}: visible bits`), thresholds: uint16(thresholds, `${what}: thresholds`), full: bytes(full, `${what}: full thresholds`),
  };
}

export function readContent({ sums, factors, gradient }: WireContent): ContributionContent {
  if (gradient !== null && gradient !== undefined) {
    return { kind: 'gradient', gradient: readWords(gradient.gradient, 'the gradient'), observed: readWords(gradient.observed, 'what was observed') };
  }
  if (factors === null || factors === undefined) {
    const given = present(sums, 'the sums');
    return given.packed === true ? { kind: 'packed', sums: readPacked(given) } : { kind: 'sums', sums: readSums(given) };
  }
  return { kind: 'factors', factors: { data: readPhaseFactors(factors.data, 'the data phase'), model: readPhaseFactors(factors.model, 'the model phase') } };
}

export function wireSpent({ waitedUs, fetchedUs, computedUs, encodedUs, decodedUs }: Spent): ebm.Spent.$Properties {
  return { waited: waitedUs, fetched: fetchedUs, computed: computedUs, encoded: encodedUs, decoded: decodedUs };
}

/** What a worker does not say is 0: it decides nothing. */
export function readSpent(spent: ebm.Spent.$Properties | null | undefined): Spent {
  return {
    waitedUs: spent?.waited ?? 0, fetchedUs: spent?.fetched ?? 0, computedUs: spent?.computed ?? 0, encodedUs: spent?.encoded ?? 0, decodedUs: spent?.decoded ?? 0,
  };
}

export function wireDifference({ epoch, name, base, weights, visibleBias, hiddenBias }: ParametersDifference): ebm.ParametersDifference.$Properties {
  const { bits, codes, escapes } = weights;
  return { epoch, name: wireName(name), base, bits, codes, escapes: wireBytes(escapes), visibleBias: wireBytes(visibleBias), hiddenBias: wireBytes(hiddenBias) };
}

export function readDifference(message: ebm.ParametersDifference.$Properties): ParametersDifference {
  const bits = CODE_BITS.find((one) => one === message.bits);
  if (bits === undefined) throw new Malformed(`codes of ${message.bits} bits are not known`);
  const visibleBias = int32(message.visibleBias, 'the visible biases');
  const hiddenBias = int32(message.hiddenBias, 'the hidden biases');
  const weights = { bits, codes: bytes(message.codes, 'the codes'), escapes: int16(message.escapes, 'the escapes') };
  if (!fitsShape(weights, { visible: visibleBias.length, hidden: hiddenBias.length })) {
    throw new Malformed(`${weights.codes.length} bytes of codes and ${weights.escapes.length} escapes for ${visibleBias.length} visible and ${hiddenBias.length} hidden units`);
  }
  return { kind: 'parameters-difference', epoch: message.epoch ?? 0, name: parametersName(message.name), base: message.base ?? 0, weights, visibleBias, hiddenBias };
}

/** The unit as the lease's field of its kind. */
export function wireUnit(unit: UnitMessage): Pick<ebm.Lease.$Properties, 'update' | 'sample' | 'logPartition' | 'evaluate' | 'exact'> {
  const parameters = wireName(unit.parameters);
  switch (unit.kind) {
    case 'update': {
      const { branch, update, data, chains, states, form } = unit;
      return { update: { branch, update, parameters, data, chains, factors: form === 'factors', ...(states === null ? {} : { states }) } };
    }
    case 'span': throw new TypeError('a span passes by reference: it lends the state of a session that its worker shares');
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

function readUpdate({ branch, update, parameters, data, chains, states, factors }: ebm.UpdateUnit.$Properties): UnitMessage {
  return {
    kind: 'update', branch: branch ?? 0, update: update ?? 0, parameters: parametersName(parameters), data: range(data, 'the data'), chains: range(chains, 'the chains'),
    states: states === null || states === undefined ? null : bytes(states, 'the states'), form: factors === true ? 'factors' : 'sums',
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
