// Annealed importance sampling of a Bernoulli RBM (Salakhutdinov and Murray 2008), its reverse, and RAISE (Burda, Grosse and
// Salakhutdinov 2015): the path of one run from a start to its log-weight. A run is a pure function of its id; ranges of runs may be
// computed anywhere and laid end to end. Every rounding is fixed here, so engines agree to the bit. What weights mean is in estimate.ts.
//
// DEFINITION. Grid g; integers in units of 2^-g: x_j = c_j + sum_i v_i W_ij, z_i = b_i + sum_j W_ij h_j, base biases bA_i. Betas
// beta_0 = 0 < ... < beta_K = 1. f32(x) rounds to float32; rne(x) is the nearest integer, ties to even; everything else is float64.
// The path of densities: log f_k(v) = (1 - beta_k) bA v + beta_k b v + sum_j softplus(beta_k x_j), all times 2^-g.
//
// DRAWS. 16-bit draws of the kind's purpose (ais 7, reverse 8, raise 9), branch = the parameters' branch, id = run, word 3 = the parameters'
// version. Transition k draws hidden units at half-step 2k and visible units at half-step 2k + 1.
//
// TRANSITION k (leaves f_k invariant), from v with its x:
//   t32 = f32(beta_k);  h_j = draw_j < T(rne(f32(t32 * x_j)));
//   a_i = f32(f32(1 - beta_k) * bA_i);  v_i = draw_i < T(rne(f32(a_i + f32(t32 * z_i)))).
//   At k = 0 this is an exact draw of the base model, v_i = draw_i < T(bA_i), and hidden units are not needed.
//
// INCREMENT k at v: log f_k(v) - log f_(k-1)(v) = (((beta_k - beta_(k-1)) 2^-g) N) + L, where N = sum_i v_i (b_i - bA_i) + sum_j max(x_j, 0)
//   is an exact integer and L is decay.ts's `decayDifference`. Increments are added to the log-weight w, from 0, in the order visited.
//
// PATHS.  ais:      v by transition 0;  for k = 1..K:  w += increment k;  if k < K: transition k.
//         reverse:  v = start;          for k = K..1:  w += increment k;  if k > 1: transition k - 1.
//         raise:    v = start, transition K;  then as reverse.
import { deriveKey } from '../random/address.ts';
import type { Key } from '../random/philox.ts';
import { PURPOSES } from '../random/purposes.ts';
import { bitAt, bytesOf, rowOf } from '../rbm/bits.ts';
import { drawRow } from '../rbm/gibbs.ts';
import { gridScale, roundHalfEven } from '../rbm/grid.ts';
import { hiddenInput, visibleInput, type Model } from '../rbm/preactivation.ts';
import { thresholdAt, thresholdTable, type ThresholdTable } from '../rbm/thresholds.ts';
import { decayDifference, decayTable, positiveSum, preActivationBound, type DecayTable } from './decay.ts';
import { assertBetas } from './temperatures.ts';

const f32 = Math.fround;

/** What a range of runs reads; an engine's LogPartitionUnit with its session's model and seed. */
export interface AnnealedRuns {
  readonly model: Model;
  /** Unsigned 32-bit. */
  readonly seed: number;
  readonly kind: 'ais' | 'reverse' | 'raise';
  /** Ids, half-open. */
  readonly runs: { readonly from: number; readonly to: number };
  /** beta_0..beta_K, from 0 to 1. */
  readonly betas: Float64Array;
  /** int32 [visible], in grid units */
  readonly baseBias: Int32Array;
  /** reverse, raise: packed visible rows, ceil(visible / 8) bytes a run of the range; null for ais. */
  readonly starts: Uint8Array | null;
}

/** One run on its way. */
interface Path {
  readonly id: number;
  /** Packed visible bits, and the pre-activations they give. */
  readonly row: Uint8Array;
  readonly inputs: Int32Array;
  logWeight: number;
}

/** What all transitions share. */
interface Kernel {
  readonly task: AnnealedRuns;
  readonly table: ThresholdTable;
  readonly key: Key;
  readonly hiddenRow: Uint8Array;
  readonly hiddenThresholds: Int32Array;
  readonly visibleThresholds: Int32Array;
}

/**
 * Log-weights of the runs in run order, in nats: the sum of log f_k - log f_(k-1) along each run's path (PATHS above); float64 [runs].
 * For all kinds exp(w) estimates Z / Z_0 from its own side. Throws RangeError if betas, starts or biases have the wrong shape.
 */
export function annealedLogWeights(task: AnnealedRuns): Float64Array {
  checkShapes(task);
  const kernel = openKernel(task);
  const last = task.betas.length - 1;
  const paths = startPaths(task);
  const bound = preActivationBound(task.model);
  const tableOf = (k: number): DecayTable => decayTable(task.betas[k]!, task.model.grid, bound);
  if (task.kind === 'ais') {
    for (const path of paths) drawVisible(kernel, path, 0);
    let lower = tableOf(0);
    for (let k = 1; k <= last; k += 1) {
      const upper = tableOf(k);
      for (const path of paths) {
        path.logWeight += increment(task, path, upper, lower);
        if (k < last) transition(kernel, path, k);
      }
      lower = upper;
    }
  } else {
    if (task.kind === 'raise') for (const path of paths) transition(kernel, path, last);
    let upper = tableOf(last);
    for (let k = last; k >= 1; k -= 1) {
      const lower = tableOf(k - 1);
      for (const path of paths) {
        path.logWeight += increment(task, path, upper, lower);
        if (k > 1) transition(kernel, path, k - 1);
      }
      upper = lower;
    }
  }
  return Float64Array.from(paths, (path) => path.logWeight);
}

/**
 * Starts of reverse runs in the published variant of row B (Melchior et al. 2016): v drawn from P(v | h = 0), with the draws of half-step
 * 2K + 1 of purpose reverse AIS, which no transition uses. Such starts are NOT samples of the model, and the figure is no bound.
 */
export function startsFromVisibleBias(task: Pick<AnnealedRuns, 'model' | 'seed' | 'runs' | 'betas'>): Uint8Array {
  const { model, seed, runs } = task;
  const table = thresholdTable(model.grid);
  const key = deriveKey(seed, PURPOSES.reverseAis, model.parameters.branch);
  const thresholds = Int32Array.from(model.parameters.visibleBias, (bias) => thresholdAt(table, bias));
  const starts = new Uint8Array((runs.to - runs.from) * bytesOf(model.visible));
  const at = { halfStep: 2 * (task.betas.length - 1) + 1, word3: model.parameters.version };
  for (let id = runs.from; id < runs.to; id += 1) drawRow(thresholds, key, { id, ...at }, rowOf(starts, model.visible, id - runs.from));
  return starts;
}

function checkShapes(task: AnnealedRuns): void {
  const { model, runs, starts, kind } = task;
  assertBetas(task.betas);
  const count = runs.to - runs.from;
  if (!(count >= 0)) throw new RangeError(`a range of runs must not end before it starts, got ${runs.from}..${runs.to}`);
  if (task.baseBias.length !== model.visible) throw new RangeError(`the base model has ${task.baseBias.length} units and the model ${model.visible}`);
  if (kind === 'ais' ? starts !== null : starts?.length !== count * bytesOf(model.visible)) {
    throw new RangeError(`${kind} runs need ${kind === 'ais' ? 'no starts' : 'one packed start a run'}, got ${starts === null ? 'none' : `${starts.length} bytes for ${count} runs`}`);
  }
}

function openKernel(task: AnnealedRuns): Kernel {
  const { model, seed, kind } = task;
  const purpose = { ais: PURPOSES.ais, reverse: PURPOSES.reverseAis, raise: PURPOSES.raise }[kind];
  return {
    task,
    table: thresholdTable(model.grid),
    key: deriveKey(seed, purpose, model.parameters.branch),
    hiddenRow: new Uint8Array(bytesOf(model.hidden)),
    hiddenThresholds: new Int32Array(model.hidden),
    visibleThresholds: new Int32Array(model.visible),
  };
}

function startPaths(task: AnnealedRuns): Path[] {
  const { model, runs, starts } = task;
  return Array.from({ length: runs.to - runs.from }, (_, index) => {
    const row = starts === null ? new Uint8Array(bytesOf(model.visible)) : rowOf(starts, model.visible, index).slice();
    const inputs = new Int32Array(model.hidden);
    hiddenInput(model, row, inputs);
    return { id: runs.from + index, row, inputs, logWeight: 0 };
  });
}

/** Transition k: hidden units from the path's pre-activations, then visible units from them. */
function transition(kernel: Kernel, path: Path, k: number): void {
  const { task, table, hiddenThresholds } = kernel;
  const beta = f32(task.betas[k]!);
  for (let j = 0; j < hiddenThresholds.length; j += 1) {
    hiddenThresholds[j] = thresholdAt(table, roundHalfEven(f32(beta * path.inputs[j]!)));
  }
  drawRow(hiddenThresholds, kernel.key, { id: path.id, halfStep: 2 * k, word3: task.model.parameters.version }, kernel.hiddenRow);
  drawVisible(kernel, path, k);
}

/** The second half of transition k; at k = 0 the hidden units have no influence. */
function drawVisible(kernel: Kernel, path: Path, k: number): void {
  const { task, table, visibleThresholds } = kernel;
  const beta = f32(task.betas[k]!);
  const rest = f32(1 - task.betas[k]!);
  visibleInput(task.model, kernel.hiddenRow, visibleThresholds);
  for (let i = 0; i < visibleThresholds.length; i += 1) {
    const input = f32(f32(rest * task.baseBias[i]!) + f32(beta * visibleThresholds[i]!));
    visibleThresholds[i] = thresholdAt(table, roundHalfEven(input));
  }
  drawRow(visibleThresholds, kernel.key, { id: path.id, halfStep: 2 * k + 1, word3: task.model.parameters.version }, path.row);
  hiddenInput(task.model, path.row, path.inputs);
}

/** Increment k at the path's v: log f_k(v) - log f_(k-1)(v), from the tables of the two temperatures. */
function increment(task: AnnealedRuns, path: Path, upper: DecayTable, lower: DecayTable): number {
  const { model, baseBias } = task;
  let linear = positiveSum(path.inputs);
  for (let i = 0; i < model.visible; i += 1) {
    if (bitAt(path.row, 0, i) === 1) linear += model.parameters.visibleBias[i]! - baseBias[i]!;
  }
  const rate = (upper.beta - lower.beta) / gridScale(model.grid);
  return rate * linear + decayDifference(upper, lower, path.inputs);
}
