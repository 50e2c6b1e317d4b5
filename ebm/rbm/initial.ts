// The state a run starts from (docs/adr/0001, Random numbers of the start): weights, biases and offsets from the seed and the data's
// mean, chains from the seed alone.
import { cos, log } from '../numeric/elementary.ts';
import { deriveKey, fillWords } from '../random/address.ts';
import { PURPOSES } from '../random/purposes.ts';
import { bytesOf, rowOf } from './bits.ts';
import { drawRow } from './gibbs.ts';
import type { Masters, TrainingState } from './parameters.ts';

const WEIGHT_DEVIATION = 0.01;
const MEAN_MIN = 0.001;
const MEAN_MAX = 0.999;
const HIDDEN_OFFSET = 0.5;
/** A fair coin in 16 bits. */
const HALF = 32768;
const WORD = 0x1_0000_0000;

/** log(p / (1 - p)) with p clamped to [0.001, 0.999]: data sets have constant pixels. */
export function clampedLogit(mean: number): number {
  const clamped = Math.min(MEAN_MAX, Math.max(MEAN_MIN, mean));
  return log(clamped / (1 - clamped));
}

/** Fills a state for update 0. `dataMean`: float64 [visible], of all training rows (`meanOf`). */
export function initialise(state: TrainingState, from: { readonly seed: number; readonly centred: boolean }, dataMean: Float64Array): void {
  const { visible, hidden, masters } = state;
  if (dataMean.length !== visible) throw new RangeError(`the data's mean has ${dataMean.length} units and the model ${visible}`);
  drawWeights(masters.weights, from.seed, visible, hidden);
  masters.visibleBias.set(Float32Array.from(dataMean, clampedLogit));
  masters.hiddenBias.fill(0);
  for (const slot of state.slots) for (const array of arraysOf(slot)) array.fill(0);
  if (state.average !== null) copyMasters(masters, state.average);
  state.visibleOffset.fill(0);
  state.hiddenOffset.fill(0);
  if (from.centred) {
    state.visibleOffset.set(Float32Array.from(dataMean));
    state.hiddenOffset.fill(HIDDEN_OFFSET);
  }
}

/** Normal numbers by Box and Muller 1958: weight (i, j) takes words 2 j and 2 j + 1 of id i. */
function drawWeights(weights: Float32Array, seed: number, visible: number, hidden: number): void {
  const key = deriveKey(seed, PURPOSES.init, 0);
  const words = new Uint32Array(2 * hidden);
  for (let i = 0; i < visible; i += 1) {
    fillWords(key, { id: i, halfStep: 0, word3: 0 }, words);
    for (let j = 0; j < hidden; j += 1) {
      const u1 = (words[2 * j]! + 0.5) / WORD;
      const u2 = (words[2 * j + 1]! + 0.5) / WORD;
      weights[i * hidden + j] = WEIGHT_DEVIATION * (Math.sqrt(-2 * log(u1)) * cos(2 * Math.PI * u2));
    }
  }
}

function arraysOf(masters: Masters): readonly Float32Array[] {
  return [masters.weights, masters.visibleBias, masters.hiddenBias];
}

function copyMasters(from: Masters, to: Masters): void {
  to.weights.set(from.weights);
  to.visibleBias.set(from.visibleBias);
  to.hiddenBias.set(from.hiddenBias);
}

/** Packed hidden bits of new chains, every bit a fair coin: ceil(hidden / 8) bytes for each id of the range. */
export function startChains(seed: number, chains: { readonly from: number; readonly to: number }, hidden: number): Uint8Array {
  const key = deriveKey(seed, PURPOSES.chainStart, 0);
  const states = new Uint8Array((chains.to - chains.from) * bytesOf(hidden));
  const thresholds = new Int32Array(hidden).fill(HALF);
  for (let chain = chains.from; chain < chains.to; chain += 1) {
    drawRow(thresholds, key, { id: chain, halfStep: 0, word3: 0 }, rowOf(states, hidden, chain - chains.from));
  }
  return states;
}
