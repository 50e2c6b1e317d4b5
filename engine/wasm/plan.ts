// The plan of sums over a layer's units: which rows of W share a table, and where int16 lanes must be widened before they could overflow.
// Rows are grouped alike for all units of the other layer, so that programs are shared; what must be widened is decided for each block of
// 32 of those units from its own bounds. A plan in memory is int32: count of groups, (first 64-bit word, words) of each, kinds [blocks, groups].
import { TABLE_WORDS } from './layout.ts';

const INT16_MAX = 32767;

/** add: tables, int16; flush: the same after widening what was added before; slow: exact int32 additions row by row, after widening. */
export const PLAN = { add: 0, flush: 1, slow: 2 } as const;

export interface PlanGroup { readonly word: number; readonly words: number }

/** For each word of 64 rows and each block of 32 units of the other layer, the largest sum of |W| over the rows that a unit has: [words, blocks]. */
export interface Bounds { readonly words: number; readonly blocks: number; readonly sums: Int32Array }

/** `kinds`: index of int32 where the kinds of block 0 start. */
export interface Plan { readonly groups: readonly PlanGroup[]; readonly kinds: number }

/** Two words share a table where that fits int16 for every block. */
function groupsOf(bounds: Bounds): PlanGroup[] {
  const groups: PlanGroup[] = [];
  for (let word = 0; word < bounds.words;) {
    const words = word + TABLE_WORDS <= bounds.words && fits(bounds, word) ? TABLE_WORDS : 1;
    groups.push({ word, words });
    word += words;
  }
  return groups;
}

function fits({ blocks, sums }: Bounds, word: number): boolean {
  for (let block = 0; block < blocks; block += 1) if (sums[word * blocks + block]! + sums[(word + 1) * blocks + block]! > INT16_MAX) return false;
  return true;
}

/** Writes the plan of these bounds at an index of `i32`. */
export function writePlan(i32: Int32Array, at: number, bounds: Bounds): void {
  const groups = groupsOf(bounds);
  i32[at] = groups.length;
  groups.forEach(({ word, words }, index) => { i32.set([word, words], at + 1 + 2 * index); });
  for (let block = 0; block < bounds.blocks; block += 1) {
    let held = 0;
    groups.forEach(({ word, words }, index) => {
      let sum = 0;
      for (let w = word; w < word + words; w += 1) sum += bounds.sums[w * bounds.blocks + block]!;
      const kind = sum > INT16_MAX ? PLAN.slow : held + sum > INT16_MAX ? PLAN.flush : PLAN.add;
      held = kind === PLAN.slow ? 0 : kind === PLAN.flush ? sum : held + sum;
      i32[at + 1 + 2 * groups.length + block * groups.length + index] = kind;
    });
  }
}

export function readPlan(i32: Int32Array, at: number): Plan {
  const count = i32[at]!;
  return { groups: Array.from({ length: count }, (_, index) => ({ word: i32[at + 1 + 2 * index]!, words: i32[at + 2 + 2 * index]! })), kinds: at + 1 + 2 * count };
}
