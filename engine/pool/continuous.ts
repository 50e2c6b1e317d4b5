// A continuous engine on threads of its own: piscina owns them, each has TensorFlow.js to itself, and a unit is cut into whole microbatches among
// them. Sums are exact, so how many threads there are makes no difference to the bits. It never blocks the thread it is called from.
import { FixedQueue, Piscina } from 'piscina';
import { addSums } from '../../ebm/continuous/sums.ts';
import { initialParameters } from '../../ebm/continuous/layout.ts';
import type { ScoreSlopes } from '../../ebm/continuous/likelihood.ts';
import { sizeOf } from '../../ebm/continuous/model.ts';
import type { ContinuousContribution, ContinuousEngine, ContinuousProblem, ContinuousSession, FloatRows } from '../continuous.ts';
import { assertRows, assertUnit } from '../continuous-checks.ts';
import type { EngineFingerprint, Range, UpdateUnit } from '../engine.ts';
import type { ContinuousCall, ContinuousLibrary, Opened } from './continuous-thread.ts';

type Description = Pick<ContinuousSession, 'layout' | 'observations'>;

/** One thread, which answers one call at a time. */
class Place {
  readonly #piscina: Piscina;

  constructor() {
    this.#piscina = new Piscina({
      filename: new URL('./continuous-thread.js', import.meta.url).href, minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: 1, taskQueue: new FixedQueue(),
    });
  }

  /** `given`: what is handed over and not copied, and void here afterwards. */
  async ask<Answer>(call: ContinuousCall, given: readonly ArrayBuffer[] = []): Promise<Answer> {
    return await this.#piscina.run(call, { transferList: [...given] }) as Answer;
  }

  close(): Promise<void> { return this.#piscina.destroy(); }
}

/** A continuous engine whose threads have a library each. */
export interface ContinuousPool extends ContinuousEngine {
  readonly isUsingGpu: boolean;
  /** Tensors that the library holds in all threads together. */
  tensors(): Promise<number>;
}

/** On a GPU one thread is opened, whatever is asked: they would share it. Rejects with a clear Error where the library does not start. */
export async function openContinuousPool(threads: number, library: ContinuousLibrary = { kind: 'wasm' }): Promise<ContinuousPool> {
  const places = [new Place()];
  try {
    const open = (place: Place): Promise<Opened> => place.ask({ kind: 'open', library });
    const { fingerprint, isUsingGpu } = await open(places[0]!); // before the others: see tfjs/native.ts
    if (!isUsingGpu) places.push(...Array.from({ length: threads - 1 }, () => new Place()));
    await Promise.all(places.slice(1).map(open));
    return new PooledEngine(places, { fingerprint: { ...fingerprint, threads: places.length }, isUsingGpu });
  } catch (error) {
    await Promise.all(places.map((place) => place.close()));
    throw error;
  }
}

class PooledEngine implements ContinuousPool {
  readonly isUsingGpu: boolean;
  readonly #places: readonly Place[];
  readonly #fingerprint: EngineFingerprint;
  #sessions = 0;

  constructor(places: readonly Place[], { fingerprint, isUsingGpu }: Opened) {
    this.#places = places;
    this.#fingerprint = fingerprint;
    this.isUsingGpu = isUsingGpu;
  }

  fingerprint(): EngineFingerprint { return this.#fingerprint; }

  async tensors(): Promise<number> {
    return (await Promise.all(this.#places.map((place) => place.ask<number>({ kind: 'tensors' })))).reduce((sum, count) => sum + count, 0);
  }

  async load(problem: ContinuousProblem): Promise<ContinuousSession> {
    this.#sessions += 1;
    const session = this.#sessions;
    const { data } = problem;
    const shared = { ...problem, data: data === null ? null : { ...data, values: shareable(data.values) } }; // one copy for all threads
    const [description] = await Promise.all(this.#places.map((place) => place.ask<Description>({ kind: 'load', session, problem: shared })));
    return pooledSession(this.#places, { session, problem, description: description! });
  }

  async close(): Promise<void> {
    await Promise.all(this.#places.map((place) => place.close()));
  }
}

/** The values where all threads see them: themselves if they are there already. */
function shareable(values: Float32Array): Float32Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

interface Loaded { readonly session: number; readonly problem: ContinuousProblem; readonly description: Description }

type AskPart = (part: FloatRows, place: Place, range: Range) => Promise<void>;

/** Rows in parts of whole microbatches, but for the last one's end: every row has the place in its microbatch that it has without threads. */
async function eachPartOf(given: FloatRows, { size, microbatch, places }: { readonly size: number; readonly microbatch: number; readonly places: readonly Place[] }, ask: AskPart): Promise<void> {
  assertRows(given, size);
  const { rows, values } = given;
  await Promise.all(partsOf({ from: 0, to: rows }, microbatch, places.length).map((range, i) => (
    ask({ rows: range.to - range.from, values: values.slice(range.from * size, range.to * size) }, places[i]!, range))));
}

function pooledSession(places: readonly Place[], { session, problem, description }: Loaded): ContinuousSession {
  const size = sizeOf(problem.shape);
  const eachPart = (rows: FloatRows, ask: AskPart): Promise<void> => eachPartOf(rows, { size, microbatch: problem.microbatch, places }, ask);
  return {
    ...description,
    initial: () => initialParameters(problem.seed, problem, problem.shape),
    async evaluate(unit, parameters, chains) {
      assertUnit(problem, unit, chains); // before it is cut: what is no whole microbatch has no parts
      const parts = cutUnit(unit, problem, places.length);
      return joined(unit, size, await Promise.all(parts.map((part, i) => {
        const held = part.chains.from - unit.chains.from;
        const until = part.chains.to - unit.chains.from;
        const own = { parameters: parameters.slice(), slots: chains.slots.slice(held, until), states: chains.states.slice(held * size, until * size) };
        return places[i]!.ask<ContinuousContribution>({ kind: 'evaluate', session, unit: part, ...own }, [own.parameters.buffer, own.slots.buffer, own.states.buffer]);
      })));
    },
    async sample(unit) {
      const { chains: { from }, states } = unit;
      const parts = await Promise.all(partsOf(unit.chains, problem.microbatch, places.length).map(async (chains, i) => {
        const held = states.slice((chains.from - from) * size, (chains.to - from) * size);
        const part = await places[i]!.ask<{ readonly accepted: number; readonly states: Float32Array }>({ kind: 'sample', session, unit: { ...unit, chains, states: held } });
        states.set(part.states, (chains.from - from) * size);
        return part.accepted;
      }));
      return { accepted: parts.reduce((sum, accepted) => sum + accepted, 0) };
    },
    async logWeights(unit) {
      const weights = new Float64Array(unit.runs.to - unit.runs.from);
      await Promise.all(partsOf(unit.runs, problem.microbatch, places.length).map(async (runs, i) => {
        weights.set(await places[i]!.ask<Float64Array>({ kind: 'log-weights', session, unit: { ...unit, runs } }), runs.from - unit.runs.from);
      }));
      return weights;
    },
    async energies(parameters, rows) {
      const all = new Float64Array(rows.rows);
      await eachPart(rows, async (part, place, { from }) => { all.set(await place.ask<Float64Array>({ kind: 'energies', session, parameters, rows: part }), from); });
      return all;
    },
    async scores(parameters, rows, sigma) {
      const all = new Float32Array(rows.rows * size);
      await eachPart(rows, async (part, place, { from }) => { all.set(await place.ask<Float32Array>({ kind: 'scores', session, parameters, rows: part, sigma }), from * size); });
      return all;
    },
    async slopes(parameters, rows, { sigma, directions }) {
      const all = { scores: new Float32Array(rows.values.length), slopes: new Float64Array(rows.rows) };
      await eachPart(rows, async (part, place, { from }) => {
        const own = directions.slice(from * size, (from + part.rows) * size);
        const { scores, slopes } = await place.ask<ScoreSlopes>({ kind: 'slopes', session, parameters, rows: part, along: { sigma, directions: own } });
        all.scores.set(scores, from * size);
        all.slopes.set(slopes, from);
      });
      return all;
    },
    async close() {
      await Promise.all(places.map((place) => place.ask({ kind: 'close', session })));
    },
  };
}

/** A unit in at most so many parts, in order: its data and its chains are cut each by itself, since a unit may hold more of one than of the other. */
function cutUnit(unit: UpdateUnit, { microbatch, objective }: ContinuousProblem, parts: number): readonly UpdateUnit[] {
  const data = partsOf(unit.data, microbatch, parts);
  const chains = objective.kind === 'cd' ? data : partsOf(unit.chains, microbatch, parts); // cd's are its data rows
  const none = { from: unit.data.to, to: unit.data.to };
  const still = { from: unit.chains.to, to: unit.chains.to };
  const most = Math.max(1, data.length, chains.length);
  return Array.from({ length: most }, (_, i) => ({ ...unit, data: data[i] ?? none, chains: chains[i] ?? still }));
}

/** A range in at most so many parts of whole microbatches, the last of which ends where the range does. */
function partsOf({ from, to }: Range, microbatch: number, parts: number): readonly Range[] {
  const count = Math.ceil((to - from) / microbatch);
  const most = Math.min(parts, count);
  return Array.from({ length: most }, (_, i) => ({ from: from + microbatch * Math.floor((i * count) / most), to: Math.min(to, from + microbatch * Math.floor(((i + 1) * count) / most)) }));
}

/** Exact sums in any order, states in the unit's. */
function joined(unit: UpdateUnit, size: number, parts: readonly ContinuousContribution[]): ContinuousContribution {
  const [first, ...others] = parts as [ContinuousContribution, ...ContinuousContribution[]];
  const states = new Float32Array(parts.reduce((sum, part) => sum + part.states.length, 0));
  let at = 0;
  for (const part of parts) {
    states.set(part.states, at);
    at += part.states.length;
  }
  for (const part of others) {
    addSums(first.gradient, part.gradient);
    addSums(first.observed, part.observed);
  }
  if (states.length !== 0 && states.length !== size * (unit.chains.to - unit.chains.from)) throw new Error('threads gave states of another number of chains');
  return { gradient: first.gradient, observed: first.observed, states };
}
