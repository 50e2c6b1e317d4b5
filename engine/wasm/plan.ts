// The plan of a sum over a layer's units: which rows of W share a table, and where int16 lanes must be widened before they could overflow.
// A plan in memory is int32: count, then for each step its first 64-bit word, its words (1 or 2) and its kind.
import { TABLE_WORDS } from './layout.ts';

const INT16_MAX = 32767;

/** add: tables, int16; flush: the same after widening what was added before; slow: exact int32 additions row by row, after widening. */
export const PLAN = { add: 0, flush: 1, slow: 2 } as const;

export interface PlanStep { readonly word: number; readonly words: number; readonly kind: number }

/** `bounds`: for each word of 64 rows, the largest sum of |W| over its rows that any unit of the other layer has. */
export function planOf(bounds: readonly number[]): PlanStep[] {
  const steps: PlanStep[] = [];
  let held = 0;
  for (let word = 0; word < bounds.length;) {
    const step = stepAt(bounds, word);
    if (step.bound > INT16_MAX) {
      steps.push({ word, words: 1, kind: PLAN.slow });
      held = 0;
    } else if (held + step.bound > INT16_MAX) {
      steps.push({ word, words: step.words, kind: PLAN.flush });
      held = step.bound;
    } else {
      steps.push({ word, words: step.words, kind: PLAN.add });
      held += step.bound;
    }
    word += step.words;
  }
  return steps;
}

/** As many words as fit a table and int16; one word if not even that fits. */
function stepAt(bounds: readonly number[], word: number): { readonly words: number; readonly bound: number } {
  let words = 1;
  let bound = bounds[word]!;
  while (words < TABLE_WORDS && word + words < bounds.length && bound + bounds[word + words]! <= INT16_MAX) {
    bound += bounds[word + words]!;
    words += 1;
  }
  return { words, bound };
}

export function writePlan(i32: Int32Array, address: number, steps: readonly PlanStep[]): void {
  let at = address >>> 2;
  i32[at++] = steps.length;
  for (const { word, words, kind } of steps) {
    i32[at++] = word;
    i32[at++] = words;
    i32[at++] = kind;
  }
}

export function readPlan(i32: Int32Array, address: number): PlanStep[] {
  const at = address >>> 2;
  return Array.from({ length: i32[at]! }, (_, step) => ({ word: i32[at + 1 + 3 * step]!, words: i32[at + 2 + 3 * step]!, kind: i32[at + 3 + 3 * step]! }));
}
