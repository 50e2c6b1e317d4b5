// Random numbers as arrays, by their addresses (EXACT.md). The interface is what samplers and objectives read; the implementation in plain TypeScript
// fixes the bits that any faster one must give.
import { cos, log } from '../../ebm/numeric/elementary.ts';
import { deriveKey, fillWords } from '../../ebm/random/address.ts';

const WORD = 0x1_0000_0000;
const TAU = 6.283185307179586;

/** Which numbers: all of one key and word 3. */
export interface NoiseStream { readonly seed: number; readonly purpose: number; readonly branch: number; readonly word3: number }

/** `numbers` of each id of a half-step, row-major [ids * numbers]: number u is of word u of the id's words, S = ceil(numbers / 4) blocks an id. */
export interface Noise {
  /** Standard normals. Words 2 j and 2 j + 1 give u1 and u2, r = sqrt(-2 log u1): number 2 j is r cos(tau u2), 2 j + 1 is r cos(tau u2 - tau / 4). */
  normals(ids: Uint32Array, numbers: number, halfStep: number, out: Float32Array): void;
  /** (word + 0.5) / 2^32, never 0 or 1. */
  uniforms(ids: Uint32Array, numbers: number, halfStep: number, out: Float64Array): void;
  /** +1 where bit 0 of the word is 1, otherwise -1. */
  signs(ids: Uint32Array, numbers: number, halfStep: number, out: Float32Array): void;
}

export type OpenNoise = (stream: NoiseStream) => Noise;

export const openPlainNoise: OpenNoise = ({ seed, purpose, branch, word3 }) => {
  const key = deriveKey(seed, purpose, branch);
  function eachId(ids: Uint32Array, words: Uint32Array, halfStep: number, use: (row: number) => void): void {
    for (let row = 0; row < ids.length; row += 1) {
      fillWords(key, { id: ids[row]!, halfStep, word3 }, words);
      use(row);
    }
  }
  return {
    normals(ids, numbers, halfStep, out) {
      const words = new Uint32Array(4 * Math.ceil(numbers / 4)); // whole blocks: an odd count's last pair has its second word there
      eachId(ids, words, halfStep, (row) => {
        for (let u = 0; u < numbers; u += 2) {
          const radius = Math.sqrt(-2 * log((words[u]! + 0.5) / WORD));
          const angle = TAU * ((words[u + 1]! + 0.5) / WORD);
          out[row * numbers + u] = radius * cos(angle);
          if (u + 1 < numbers) out[row * numbers + u + 1] = radius * cos(angle - TAU / 4);
        }
      });
    },
    uniforms(ids, numbers, halfStep, out) {
      const words = new Uint32Array(numbers);
      eachId(ids, words, halfStep, (row) => {
        for (let u = 0; u < numbers; u += 1) out[row * numbers + u] = (words[u]! + 0.5) / WORD;
      });
    },
    signs(ids, numbers, halfStep, out) {
      const words = new Uint32Array(numbers);
      eachId(ids, words, halfStep, (row) => {
        for (let u = 0; u < numbers; u += 1) out[row * numbers + u] = (words[u]! & 1) === 1 ? 1 : -1;
      });
    },
  };
};
