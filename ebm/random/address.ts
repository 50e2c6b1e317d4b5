// Addresses of random numbers (EXACT.md, Philox layout): which words of which blocks belong to an id, in which order.
// Draws are 16 bits for Bernoulli units and 32 bits for everything else. Nothing here has a state: a number is a function of its address.
import { philox, type Key } from './philox.ts';

/** ASCII "ebmf": separates derived keys from every other use of Philox with the same seed. */
const KEY_DOMAIN = 0x65626d66;
const WORD = 0x1_0000_0000;
const ADDRESS_MAX = Number.MAX_SAFE_INTEGER;

/** Where an id's numbers are. `id * blocks < 2^53`; `halfStep` and `word3` are unsigned 32-bit. */
export interface Address {
  readonly id: number;
  readonly halfStep: number;
  readonly word3: number;
}

function assertWord(value: number, name: string): void {
  if (!Number.isInteger(value) || value < 0 || value >= WORD) throw new RangeError(`${name} must be an unsigned 32-bit integer, got ${value}`);
}

/** The key of all numbers of a purpose: the first two words of Philox((purpose, branch, 0, domain), (seed, 0)). */
export function deriveKey(seed: number, purpose: number, branch: number): Key {
  assertWord(seed, 'seed');
  assertWord(purpose, 'purpose');
  assertWord(branch, 'branch');
  const words = new Uint32Array(4);
  philox([purpose, branch, 0, KEY_DOMAIN], [seed, 0], words, 0);
  return [words[0]!, words[1]!];
}

/** Number of the first block of an id that owns `blocks` blocks: a whole number below 2^53. */
export function firstBlock(id: number, blocks: number): number {
  const first = id * blocks;
  if (!Number.isInteger(id) || id < 0 || first + blocks > ADDRESS_MAX) throw new RangeError(`id ${id} of ${blocks} blocks is outside the address space of 2^53 blocks`);
  return first;
}

/** 32-bit numbers of an id, as many as `out` holds: S = ceil(out.length / 4) blocks an id, number u is word u. */
export function fillWords(key: Key, at: Address, out: Uint32Array): void {
  fillBlocks(key, at, Math.ceil(out.length / 4), out);
}

/** 16-bit draws of an id, as many as `out` holds: S = ceil(out.length / 8); draw u is in word u >> 1, its low half if u is even. */
export function fillDraws(key: Key, at: Address, out: Uint16Array): void {
  const blocks = Math.ceil(out.length / 8);
  const words = new Uint32Array(4 * blocks);
  fillBlocks(key, at, blocks, words);
  for (let unit = 0; unit < out.length; unit += 1) {
    const word = words[unit >> 1]!;
    out[unit] = (unit & 1) === 0 ? word & 0xffff : word >>> 16;
  }
}

function fillBlocks(key: Key, at: Address, blocks: number, out: Uint32Array): void {
  assertWord(at.halfStep, 'halfStep');
  assertWord(at.word3, 'word3');
  const first = firstBlock(at.id, blocks);
  const block = new Uint32Array(4);
  for (let index = 0; index < blocks; index += 1) {
    const address = first + index;
    philox([address % WORD, Math.floor(address / WORD), at.halfStep, at.word3], key, block, 0);
    const wanted = Math.min(4, out.length - 4 * index);
    for (let word = 0; word < wanted; word += 1) out[4 * index + word] = block[word]!;
  }
}
