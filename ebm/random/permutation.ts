// Data order: the sample at position p of the run is a function of (seed, rows, p), so no shuffled list is stored or sent.
// A Feistel network on pairs (left, right) of a rectangle a x b that holds [0, rows) (Black and Rogaway 2002), with cycle walking for
// the few cells beyond. Round keys are 32-bit words of purpose data order (or of another that shuffles): id 0, half-step 0, word 3 = epoch, branch 0.
import { deriveKey, fillWords } from './address.ts';
import { PURPOSES, type Purpose } from './purposes.ts';

const ROUNDS = 10;
/** Half of a pair fits 16 bits then, and a row number 32. */
const ROWS_MAX = 0xffff_ffff;

/** One epoch's permutation of [0, rows). */
export interface EpochOrder {
  readonly rows: number;
  readonly epoch: number;
  /** Cells of the rectangle in each direction. */
  readonly width: number;
  readonly height: number;
  /** uint32 [ROUNDS] */
  readonly roundKeys: Uint32Array;
}

export function epochOrder(seed: number, rows: number, epoch: number, purpose: Purpose = PURPOSES.dataOrder): EpochOrder {
  if (!Number.isInteger(rows) || rows < 1 || rows > ROWS_MAX) throw new RangeError(`rows must be a whole number from 1 to ${ROWS_MAX}, got ${rows}`);
  const roundKeys = new Uint32Array(ROUNDS);
  fillWords(deriveKey(seed, purpose, 0), { id: 0, halfStep: 0, word3: epoch }, roundKeys);
  const width = Math.ceil(Math.sqrt(rows));
  return { rows, epoch, width, height: Math.ceil(rows / width), roundKeys };
}

/** 32 well-mixed bits of a half and a round key: the finaliser of MurmurHash3 (Appleby, public domain), a bijection. */
function mix(half: number, key: number): number {
  let x = half ^ key;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function scramble(order: EpochOrder, cell: number): number {
  let left = cell % order.width;
  let right = Math.floor(cell / order.width);
  for (let round = 0; round < ROUNDS; round += 2) {
    left = (left + mix(right, order.roundKeys[round]!)) % order.width;
    right = (right + mix(left, order.roundKeys[round + 1]!)) % order.height;
  }
  return left + order.width * right;
}

/** The row at `index` of the epoch, 0 <= index < rows: a bijection of [0, rows). */
export function rowAt(order: EpochOrder, index: number): number {
  let cell = scramble(order, index);
  while (cell >= order.rows) cell = scramble(order, cell); // a cycle that left [0, rows) comes back to it
  return cell;
}

export interface Sample { readonly epoch: number; readonly row: number }

/** The sample at a position of the run; epochs follow one another without a remainder. */
export function sampleAt(seed: number, rows: number, position: number): Sample {
  const epoch = Math.floor(position / rows);
  return { epoch, row: rowAt(epochOrder(seed, rows, epoch), position - epoch * rows) };
}

/** The samples at positions [from, to), with each epoch's round keys derived once. */
export function samplesIn(seed: number, rows: number, range: { readonly from: number; readonly to: number }): Sample[] {
  const samples: Sample[] = [];
  let order: EpochOrder | null = null;
  for (let position = range.from; position < range.to; position += 1) {
    const epoch = Math.floor(position / rows);
    if (order?.epoch !== epoch) order = epochOrder(seed, rows, epoch);
    samples.push({ epoch, row: rowAt(order, position - epoch * rows) });
  }
  return samples;
}
