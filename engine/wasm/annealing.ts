// Annealed runs in a thread of the crew: ebm/partition/annealing.ts's definition, all runs of a portion together, temperature by temperature,
// so that they share the tables of W. A visit measures an increment at the runs' v and then takes a transition.
import { deriveKey } from '../../ebm/random/address.ts';
import type { Key } from '../../ebm/random/philox.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import { log } from '../../ebm/numeric/elementary.ts';
import { DECAY_BLOCK, decayTable, type DecayTable } from '../../ebm/partition/decay.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { LogPartitionCommand } from './commands.ts';
import { compileStep, hiddenSource, rowsOfLayer, sampleBlock, sumBlock, visibleSource, type Workplace } from './station.ts';

const LOW_ENTRIES = 256;
/** Runs whose increments are one piece of work. */
const GROUP_RUNS = 8;
const PAIR_BYTES = 16;

/** Bytes of the memory that a command needs besides its inputs and results, for |x| of at most `bound`. */
export function annealingBytes(sizes: { readonly visible: number; readonly hidden: number }, runs: number): { readonly inputs: number; readonly factors: number; readonly base: number; readonly differences: number } {
  return {
    inputs: 4 * inputStride(sizes.hidden) * runs, factors: 8 * factorCount(sizes.hidden) * runs,
    base: 4 * (sizes.visible + 32), differences: 4 * 64 * Math.ceil(sizes.visible / 64),
  };
}

/** Pairs of float64 for every |x| that the bound on pre-activations (2^24) allows. */
export const TABLE_BYTES = PAIR_BYTES * (LOW_ENTRIES + (0x100_0000 >> 8) + 1);

const inputStride = (hidden: number): number => 32 * Math.ceil(hidden / 32);
const factorCount = (hidden: number): number => 1 + 2 * Math.ceil(hidden / DECAY_BLOCK);

/** `increment`: number k of the upper temperature, or null. `transition`: number of the transition after it, or null. */
interface Visit { readonly increment: number | null; readonly transition: number | null }

/** The visits of a path, after an AIS run's first draw of v. */
function* visitsOf(path: LogPartitionCommand['path'], last: number): Generator<Visit> {
  if (path === 'ais') {
    for (let k = 1; k <= last; k += 1) yield { increment: k, transition: k < last ? k : null };
    return;
  }
  if (path === 'raise') yield { increment: null, transition: last };
  for (let k = last; k >= 1; k -= 1) yield { increment: k, transition: k > 1 ? k - 1 : null };
}

interface Portion { readonly at: number; readonly count: number }

/** What one thread keeps while it anneals. */
interface Annealing {
  readonly place: Workplace;
  readonly command: LogPartitionCommand;
  readonly portion: Portion;
  readonly key: Key;
  readonly betas: Float64Array;
  /** Largest |x|, so that tables are no longer than needed. */
  readonly bound: number;
  /** The tables made last, by temperature. */
  readonly made: Map<number, DecayTable>;
}

export function annealTogether(place: Workplace, command: LogPartitionCommand, bound: number): void {
  const { crew, session, views } = place;
  const { runs } = command;
  const purpose = { ais: PURPOSES.ais, reverse: PURPOSES.reverseAis, raise: PURPOSES.raise }[command.path];
  const key = deriveKey(session.seed, purpose, command.branch);
  const betas = new Float64Array(views.buffer, command.betas, command.betasCount).slice();
  const made = new Map<number, DecayTable>();
  const { pass } = session.layout;
  for (let at = 0; at < runs.to - runs.from; at += pass) {
    const portion = { at, count: Math.min(pass, runs.to - runs.from - at) };
    crew.barrier();
    annealPortion({ place, command, portion, key, betas, bound, made });
  }
}

function annealPortion(annealing: Annealing): void {
  const { place, command, portion, betas } = annealing;
  const { crew } = place;
  start(annealing);
  if (command.path === 'ais') {
    crew.barrier();
    compile(annealing, 'hidden');
    crew.barrier();
    drawVisible(annealing, 0);
  }
  const groups = Math.ceil(portion.count / GROUP_RUNS);
  for (const { increment, transition } of visitsOf(command.path, betas.length - 1)) {
    if (crew.barrierOrEnd()) {
      if (crew.index === 0) place.views.f64.fill(NaN, (command.out >>> 3) + portion.at, (command.out >>> 3) + portion.at + portion.count);
      return;
    }
    compile(annealing, 'visible');
    crew.barrier();
    if (increment !== null && crew.index === 0) writeTables(annealing, increment);
    sumHidden(annealing, transition);
    crew.barrier();
    crew.share(increment === null ? 0 : groups, (group) => { weigh(annealing, increment!, group); });
    if (transition === null) continue;
    crew.barrier();
    compile(annealing, 'hidden');
    crew.barrier();
    drawVisible(annealing, transition);
  }
}

/** Thread 0 lays out the base model and the starts; results start from 0. */
function start({ place, command, portion }: Annealing): void {
  const { crew, session, views, kernels } = place;
  if (crew.index !== 0) return;
  const { visible } = session;
  const base = new Int32Array(views.buffer, command.baseBias, visible);
  views.f32.set(base, command.base >>> 2);
  const biases = views.i32.subarray(command.published.visibleBias >>> 2, (command.published.visibleBias >>> 2) + visible);
  for (let i = 0; i < visible; i += 1) views.i32[(command.differences >>> 2) + i] = biases[i]! - base[i]!;
  views.f64.fill(0, (command.out >>> 3) + portion.at, (command.out >>> 3) + portion.at + portion.count);
  const { visible: layer } = session.layout;
  const bytes = bytesOf(visible);
  if (command.starts !== 0) kernels.copyBytes(command.starts + portion.at * bytes, bytes, layer.bits, layer.stride, bytes, portion.count);
}

function sourceOf({ place, command, portion }: Annealing, layer: 'visible' | 'hidden'): ReturnType<typeof visibleSource> {
  const rows = rowsOfLayer(place.session.layout[layer], 0, portion.count);
  return layer === 'visible' ? visibleSource(place, command.published, rows) : hiddenSource(place, command.published, rows);
}

function compile(annealing: Annealing, layer: 'visible' | 'hidden'): void {
  const source = sourceOf(annealing, layer);
  annealing.place.crew.share(source.plan.groups.length, (index) => { compileStep(annealing.place, source, index); });
}

/** x of all hidden units, kept for the increment; hidden bits of transition m, if there is one. */
function sumHidden(annealing: Annealing, m: number | null): void {
  const { place, command, portion, key, betas } = annealing;
  const { session, kernels, scratch } = place;
  const { count } = portion;
  const layer = session.layout.hidden;
  const source = sourceOf(annealing, 'visible');
  const rate = m === null ? 0 : Math.fround(betas[m]!);
  const firstId = command.runs.from + portion.at;
  place.crew.share(layer.blocks, (block) => {
    const bias = command.published.hiddenBias + 128 * block;
    const wide = sumBlock(place, source, block, bias);
    kernels.scaleInputs(scratch.sums, wide, bias, count, rate, 0, 0, scratch.wide, command.inputs + 128 * block, 4 * inputStride(session.hidden));
    if (m === null) return;
    const draws = { key, firstId, halfStep: 2 * m, word3: command.version };
    sampleBlock(place, { layer, block, bias, wide: scratch.wide, from: 0, count, draws, rows: layer, thresholdsFrom: -1 });
  });
}

/** Visible bits of transition m. */
function drawVisible(annealing: Annealing, m: number): void {
  const { place, command, portion, key, betas } = annealing;
  const { session, kernels, scratch } = place;
  const { count } = portion;
  const layer = session.layout.visible;
  const source = sourceOf(annealing, 'hidden');
  const [rate, rest] = [Math.fround(betas[m]!), Math.fround(1 - betas[m]!)];
  const draws = { key, firstId: command.runs.from + portion.at, halfStep: 2 * m + 1, word3: command.version };
  place.crew.share(layer.blocks, (block) => {
    const bias = command.published.visibleBias + 128 * block;
    const wide = sumBlock(place, source, block, bias);
    kernels.scaleInputs(scratch.sums, wide, bias, count, rate, rest, command.base + 128 * block, scratch.wide, 0, 0);
    sampleBlock(place, { layer, block, bias, wide: scratch.wide, from: 0, count, draws, rows: layer, thresholdsFrom: -1 });
  });
}

/** The tables of temperatures k and k - 1 as pairs, for all threads. */
function writeTables(annealing: Annealing, k: number): void {
  const { place, command } = annealing;
  const upper = tableOf(annealing, k);
  const lower = tableOf(annealing, k - 1);
  for (const each of annealing.made.keys()) if (each !== k && each !== k - 1) annealing.made.delete(each);
  const { f64 } = place.views;
  let at = command.tables >>> 3;
  for (const part of ['low', 'high'] as const) {
    const [above, below] = [upper[part], lower[part]];
    for (let m = 0; m < above.length; m += 1) {
      f64[at] = above[m]!;
      f64[at + 1] = below[m]!;
      at += 2;
    }
  }
}

function tableOf({ place, betas, bound, made }: Annealing, k: number): DecayTable {
  const table = made.get(k) ?? decayTable(betas[k]!, place.session.grid, bound);
  made.set(k, table);
  return table;
}

/** Adds increment k to the log-weights of a group of runs. */
function weigh({ place, command, portion, betas }: Annealing, k: number, group: number): void {
  const { session, kernels, views } = place;
  const from = group * GROUP_RUNS;
  const count = Math.min(GROUP_RUNS, portion.count - from);
  const stride = 4 * inputStride(session.hidden);
  const size = factorCount(session.hidden);
  const factors = command.factors + 8 * size * from;
  const { visible: layer } = session.layout;
  const { tables } = command;
  kernels.annealFactors(command.inputs + stride * from, stride, session.hidden, count, tables, tables + PAIR_BYTES * LOW_ENTRIES,
    layer.bits + from * layer.stride, layer.stride, layer.words, command.differences, factors);
  const rate = (betas[k]! - betas[k - 1]!) / (1 << session.grid);
  const { f64 } = views;
  for (let run = 0; run < count; run += 1) {
    const at = (factors >>> 3) + size * run;
    let logs = 0;
    for (let block = 1; block < size; block += 2) logs += log(f64[at + block]! / f64[at + block + 1]!);
    f64[(command.out >>> 3) + portion.at + from + run]! += rate * f64[at]! + logs;
  }
}
