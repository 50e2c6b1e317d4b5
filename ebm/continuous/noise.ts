// Keyed random numbers of continuous models (EXACT.md: 32-bit numbers, S = ceil(numbers / 4) blocks an id): normals, uniforms, signs.
// They are part of the definition of a run: the kernel in engine/wasm/assembly/normals.ts gives the same bits, faster.
import { cos, log, sin } from '../numeric/elementary.ts';
import { fillWords } from '../random/address.ts';
import type { Key } from '../random/philox.ts';

const WORD = 0x1_0000_0000;

/** Half-steps of purpose dataNoise: normals of denoising, its choice of sigma, signs of projection p at `projections + p`, noise row r of nce at `contrast + r`. */
export const DATA_HALF_STEPS = { normals: 0, sigma: 1, projections: 2, contrast: 16 } as const;

/** Ids whose numbers are wanted, in the order of the output: [from, to), or a list. */
export type NoiseIds = { readonly from: number; readonly to: number } | Uint32Array;

/** Numbers 0 .. numbers - 1 of each id. `halfStep` and `word3` are unsigned 32-bit. */
export interface NoiseAddress {
  readonly ids: NoiseIds;
  readonly numbers: number;
  readonly halfStep: number;
  readonly word3: number;
}

export function countOf(ids: NoiseIds): number {
  return ids instanceof Uint32Array ? ids.length : ids.to - ids.from;
}

/**
 * Standard normals by Box and Muller 1958, both of a pair: with u1, u2 = (word + 0.5) / 2^32 of words 2 j and 2 j + 1 and r = sqrt(-2 log u1), normal 2 j is
 * r cos(2 pi u2) and normal 2 j + 1 is r sin(2 pi u2): float64, rounded to float32 once. `out`: [ids * numbers]. No normal is above 6.8 in size.
 */
export function fillNormals(key: Key, at: NoiseAddress, out: Float32Array): void {
  eachId(key, at, out, (words, from) => {
    for (let number = 0; number < at.numbers; number += 2) {
      const radius = Math.sqrt(-2 * log((words[number]! + 0.5) / WORD));
      const angle = 2 * Math.PI * ((words[number + 1]! + 0.5) / WORD);
      out[from + number] = radius * cos(angle);
      if (number + 1 < at.numbers) out[from + number + 1] = radius * sin(angle);
    }
  });
}

/** Uniform in (0, 1), neither end ever: (word + 0.5) / 2^32, exact in float64 (float32 would round some to 1). `out`: [ids * numbers]. */
export function fillUniforms(key: Key, at: NoiseAddress, out: Float64Array): void {
  eachId(key, at, out, (words, from) => {
    for (let number = 0; number < at.numbers; number += 1) out[from + number] = (words[number]! + 0.5) / WORD;
  });
}

/** Fair signs: 1 where bit 0 of the word is set, -1 where not. `out`: [ids * numbers]. */
export function fillSigns(key: Key, at: NoiseAddress, out: Float32Array): void {
  eachId(key, at, out, (words, from) => {
    for (let number = 0; number < at.numbers; number += 1) out[from + number] = (words[number]! & 1) === 1 ? 1 : -1;
  });
}

/** Hands each id's words to `take`, whole blocks of them, with the place of its first number in the output. */
function eachId(key: Key, at: NoiseAddress, out: { readonly length: number }, take: (words: Uint32Array, from: number) => void): void {
  const { ids, numbers, halfStep, word3 } = at;
  const count = countOf(ids);
  if (out.length !== count * numbers) throw new RangeError(`${count} ids of ${numbers} numbers do not fill ${out.length} places`);
  const words = new Uint32Array(4 * Math.ceil(numbers / 4));
  for (let index = 0; index < count; index += 1) {
    fillWords(key, { id: ids instanceof Uint32Array ? ids[index]! : ids.from + index, halfStep, word3 }, words);
    take(words, index * numbers);
  }
}
