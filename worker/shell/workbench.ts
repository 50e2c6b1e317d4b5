// What a worker's shell does its units on, whatever the family of the model: parameters into the engine, a unit into what it gives.
import type { FloatParameters } from '../../ebm/continuous/model.ts';
import { linearBetas } from '../../ebm/partition/temperatures.ts';
import type { WeightsDifference } from '../../ebm/rbm/difference.ts';
import type { Parameters } from '../../ebm/rbm/parameters.ts';
import type { Contribution, Session } from '../../engine/engine.ts';
import type { AnyParameters, UnitMessage } from '../../proto/messages.ts';
import { compute, type Computed } from './evaluation.ts';
import type { ContinuousPlace, WorkerOptions } from './options.ts';

export interface WorkBench {
  /** Parameters that came over a wire, as units are computed with them. */
  adopt(parameters: AnyParameters): Promise<AnyParameters>;
  /** The version that differs so from another one; null if the difference does not fit. `onPlaced`: told of it when units with it may be begun. */
  adoptDifference(base: AnyParameters, difference: WeightsDifference, next: Omit<Parameters, 'weights'>, onPlaced: (parameters: AnyParameters) => void): Promise<AnyParameters | null>;
  compute(unit: UnitMessage, parameters: AnyParameters, states: Uint8Array): Promise<Computed>;
  release(lent: Contribution): void;
}

export function workBench(options: WorkerOptions): WorkBench {
  const { session, continuous } = options;
  if (continuous !== undefined) return continuousBench(continuous);
  if (session === null) throw new TypeError('a worker needs a session');
  return boltzmannBench({ ...options, session }, session);
}

function boltzmannBench(options: WorkerOptions & { readonly session: Session }, session: Session): WorkBench {
  return {
    adopt: (parameters) => session.adopt(ofBoltzmann(parameters)),
    adoptDifference: (base, difference, next, onPlaced) => session.adoptDifference(ofBoltzmann(base), difference, next, onPlaced),
    compute(unit, parameters, states) {
      const begin = (): Promise<Computed> => compute(options, unit, ofBoltzmann(parameters), states);
      return unit.kind === 'span' ? options.clock.turn().then(begin) : begin(); // a span takes as long as timers and signals may wait
    },
    release: (lent) => { session.release(lent); },
  };
}

function continuousBench(place: ContinuousPlace): WorkBench {
  return {
    adopt: (parameters) => Promise.resolve(ofContinuous(parameters)),
    adoptDifference: () => Promise.resolve(null),
    compute: (unit, parameters, states) => computeContinuous(place, unit, ofContinuous(parameters), states),
    release: () => undefined,
  };
}

async function computeContinuous({ session, hasChains, slotsOf, rows, temperature, annealingBase, logPartition }: ContinuousPlace, unit: UnitMessage, { values }: FloatParameters, states: Uint8Array): Promise<Computed> {
  switch (unit.kind) {
    case 'update': {
      const { branch, update, data, chains } = unit;
      const work = { branch, update, version: unit.parameters.version, data, chains: hasChains ? chains : { from: data.from, to: data.from } };
      const given = { slots: slotsOf(update, work.chains), states: floatsOf(states) };
      const { gradient, observed, states: after } = await session.evaluate(work, values, given);
      const bytes = new Uint8Array(after.buffer, after.byteOffset, after.byteLength);
      return { kind: 'contribution', unit, content: { kind: 'gradient', gradient, observed }, states: bytes, lent: null };
    }
    case 'evaluate': {
      const set = rows[unit.set];
      if (set === undefined || set === null || set.rows < unit.rows.to) throw new RangeError(`this worker has no ${unit.set} rows ${unit.rows.from}..${unit.rows.to}`);
      const size = set.values.length / set.rows;
      const energies = await session.energies(values, { rows: unit.rows.to - unit.rows.from, values: set.values.subarray(unit.rows.from * size, unit.rows.to * size) });
      return { kind: 'values', values: { kind: 'numbers', numbers: energies.map((energy) => -energy / temperature) } };
    }
    case 'exact': return { kind: 'values', values: { kind: 'numbers', numbers: Float64Array.of(await logPartition(values)) } };
    case 'log-partition': {
      const { parameters: { branch, version }, runs, betas, method } = unit;
      if (method !== 'ais') throw new TypeError(`the method ${method} is not one of a continuous model`);
      return { kind: 'values', values: { kind: 'numbers', numbers: await session.logWeights({ parameters: values, branch, word3: version, runs, betas: linearBetas(betas), base: annealingBase(), temperature }) } };
    }
    case 'span': case 'sample': throw new TypeError(`a unit of kind ${unit.kind} is not one of a continuous model`);
  }
}

/** A copy: what came as bytes may lie anywhere, and the unit's states are read only. */
function floatsOf(bytes: Uint8Array): Float32Array {
  if (bytes.length % 4 !== 0) throw new RangeError(`${bytes.length} bytes are no states of float32`);
  return new Float32Array(bytes.slice().buffer);
}

function ofBoltzmann(parameters: AnyParameters): Parameters {
  if ('values' in parameters) throw new TypeError('parameters of a continuous model were given for a Boltzmann machine');
  return parameters;
}

function ofContinuous(parameters: AnyParameters): FloatParameters {
  if (!('values' in parameters)) throw new TypeError('parameters of a Boltzmann machine were given for a continuous model');
  return parameters;
}
