// Small training runs on a bare engine, without any role: what the contract suite and benchmarks of bits compare.
import { createHash } from 'node:crypto';
import { meanOf } from '../../ebm/rbm/binarise.ts';
import { bytesOf, packRow } from '../../ebm/rbm/bits.ts';
import { initialise, startChains } from '../../ebm/rbm/initial.ts';
import type { Parameters, TrainingState } from '../../ebm/rbm/parameters.ts';
import { addSums, emptySums } from '../../ebm/rbm/statistics.ts';
import { deriveKey, fillDraws } from '../../ebm/random/address.ts';
import type { OptimiserSettings } from '../../ebm/job.ts';
import type { Dataset, Engine, Problem, Range, Session } from '../../engine/engine.ts';

export const SGD: OptimiserSettings = {
  kind: 'sgd', learningRate: 0.1, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8,
};
export const ADAM: OptimiserSettings = { ...SGD, kind: 'adam', learningRate: 0.01 };

/** Rows with a structure to learn: every unit copies one of two hidden causes of its row, with noise. Purpose 110 is no run's. */
export function bitRows(rows: number, visible: number, seed: number): Extract<Dataset, { kind: 'bits' }> {
  const rowBytes = bytesOf(visible);
  const bits = new Uint8Array(rows * rowBytes);
  const draws = new Uint16Array(visible + 2);
  for (let row = 0; row < rows; row += 1) {
    fillDraws(deriveKey(seed, 110, 0), { id: row, halfStep: 0, word3: 0 }, draws);
    const values = Array.from({ length: visible }, (_, unit) => {
      const cause = (draws[visible + (unit % 2)]! & 1) === 1;
      return draws[unit]! < (cause ? 50000 : 9000) ? 1 : 0;
    });
    packRow(values, bits.subarray(row * rowBytes, (row + 1) * rowBytes));
  }
  return { kind: 'bits', rows, visible, bits };
}

/** Rows of thresholds from a palette of 0, 65536 and grey levels. */
export function levelRows(rows: number, visible: number, seed: number): Extract<Dataset, { kind: 'levels' }> {
  const palette = Int32Array.of(0, 65536, 257, 20000, 32768, 65535);
  const draws = new Uint16Array(rows * visible);
  fillDraws(deriveKey(seed, 111, 0), { id: 0, halfStep: 0, word3: 0 }, draws);
  return { kind: 'levels', rows, visible, levels: Uint8Array.from(draws, (draw) => draw % palette.length), palette };
}

/** A small problem: 13 visible and 11 hidden units, batch and chains of 10, centred PCD-1 on 30 rows. */
export function smallProblem(changes: Partial<Problem> = {}): Problem {
  const visible = changes.visible ?? 13;
  return {
    seed: 5, visible, hidden: 11, grid: 10, objective: 'pcd', steps: 1, batch: 10, chains: 10, centred: true, optimiser: SGD, average: 0,
    data: bitRows(30, visible, 5), ...changes,
  };
}

/** A session at update 0: its state initialised, version 0 published, chains started (empty for cd). */
export interface Start { readonly session: Session; readonly state: TrainingState; readonly parameters: Parameters; readonly chains: Uint8Array }

export async function startRun(engine: Engine, problem: Problem): Promise<Start> {
  if (problem.data === null) throw new TypeError('a run needs data');
  const session = await engine.load(problem);
  const state = session.createState();
  initialise(state, problem, meanOf(problem.data));
  const first = await session.publish(state.masters, 0, 0);
  if (first.kind !== 'applied') throw new Error(`the start diverged: ${first.where}`);
  const chains = problem.objective === 'cd' ? new Uint8Array(0) : startChains(problem.seed, { from: 0, to: problem.chains }, problem.hidden);
  return { session, state, parameters: first.published, chains };
}

export interface RunEnd { readonly state: TrainingState; readonly chains: Uint8Array; readonly published: Parameters }

/** Trains for some updates, each in units cut at the given offsets (of the batch and of the chains), and hands back copies. */
export async function trainRun(engine: Engine, problem: Problem, updates: number, cuts: readonly number[] = []): Promise<RunEnd> {
  const { session, state, parameters: first, chains } = await startRun(engine, problem);
  let parameters = first;
  const rowBytes = bytesOf(problem.hidden);
  for (let update = 0; update < updates; update += 1) {
    const total = emptySums(problem);
    for (const [data, range] of unitsOf(problem, cuts)) {
      const part = problem.objective === 'cd' ? chains : chains.subarray(range.from * rowBytes, range.to * rowBytes);
      const contribution = await session.evaluate({ branch: 0, update, version: update, data, chains: range }, parameters, part);
      addSums(total, contribution.sums);
      part.set(contribution.chains);
      session.release(contribution);
    }
    const outcome = await session.apply(state, total, { update, branch: 0, learningRate: Math.fround(problem.optimiser.learningRate) });
    if (outcome.kind !== 'applied') throw new Error(`update ${update} diverged: ${outcome.reason} ${outcome.where}`);
    parameters = outcome.published;
  }
  const end = { state: copyState(state), chains, published: copyParameters(parameters) };
  await session.close();
  return end;
}

/** Ranges of the batch and of the chains, cut at the same offsets; what is beyond the shorter of the two gets an empty partner. */
function unitsOf(problem: Problem, cuts: readonly number[]): (readonly [Range, Range])[] {
  const edges = [0, ...[...cuts].sort((a, b) => a - b), Math.max(problem.batch, problem.chains)];
  const clip = (from: number, to: number, limit: number): Range => ({ from: Math.min(from, limit), to: Math.min(to, limit) });
  return edges.slice(1).map((to, index) => [clip(edges[index]!, to, problem.batch), clip(edges[index]!, to, problem.chains)] as const);
}

export function copyParameters(parameters: Parameters): Parameters {
  return {
    branch: parameters.branch, version: parameters.version,
    weights: Int16Array.from(parameters.weights), visibleBias: Int32Array.from(parameters.visibleBias), hiddenBias: Int32Array.from(parameters.hiddenBias),
  };
}

function copyState(state: TrainingState): TrainingState {
  const copy = ({ weights, visibleBias, hiddenBias }: TrainingState['masters']): TrainingState['masters'] => (
    { weights: Float32Array.from(weights), visibleBias: Float32Array.from(visibleBias), hiddenBias: Float32Array.from(hiddenBias) });
  return {
    visible: state.visible, hidden: state.hidden, masters: copy(state.masters), slots: state.slots.map(copy),
    average: state.average === null ? null : copy(state.average),
    visibleOffset: Float32Array.from(state.visibleOffset), hiddenOffset: Float32Array.from(state.hiddenOffset),
  };
}

type Bytes = Float32Array | Float64Array | Int32Array | Int16Array | Uint8Array;

/** SHA-256 of the bytes of arrays, one after the other; the first 16 hexadecimal digits. */
export function digestOf(arrays: readonly Bytes[]): string {
  const hash = createHash('sha256');
  for (const array of arrays) {
    const copy = array.slice(); // shared memory cannot be hashed where it lies
    hash.update(new Uint8Array(copy.buffer, copy.byteOffset, copy.byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Everything of a run's end that is run state. */
export function digestOfEnd({ state, chains, published }: RunEnd): string {
  const all = [state.masters, ...state.slots, ...(state.average === null ? [] : [state.average])];
  return digestOf([
    ...all.flatMap(({ weights, visibleBias, hiddenBias }) => [weights, visibleBias, hiddenBias]),
    state.visibleOffset, state.hiddenOffset, chains, published.weights, published.visibleBias, published.hiddenBias,
  ]);
}
