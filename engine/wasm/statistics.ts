// Statistics of one pass in a thread: sample masks and programs made once, then the sums of 32 hidden units at a time (EXACT.md, Statistics).
// Samples lie in slots: those of the data phase from 0, those of the model phase from the next multiple of 64.
import type { SumsLayout } from './commands.ts';
import { CHUNK_UNITS, MASK_WORDS } from './layout.ts';
import type { Workplace } from './station.ts';

/** The rows of visible bits that enter the sums: `data` rows from row 0, then `model` rows. */
export interface Tally {
  readonly data: number;
  readonly model: number;
  /** Row of visible bits of the first of them. */
  readonly from: number;
  readonly sums: SumsLayout;
  /** The first tally of an evaluation: sums start at 0. */
  readonly first: boolean;
}

/** Bytes of 16 units' thresholds of 64 samples, and of the tables of their 16 groups. */
const SLOT_BYTES = 64 * 64;
const TABLE_BYTES = 16 * 16 * 64;

/** Words of sample masks that one program covers, all of one target. */
interface Part {
  readonly word: number;
  readonly words: number;
  readonly out: number;
  /** The first of its target in an evaluation: sums start from 0. */
  readonly fresh: boolean;
}

export const wordsOf = (samples: number): number => Math.ceil(samples / 64);

function partsOf({ data, model, sums, first }: Tally): Part[] {
  const dataWords = wordsOf(data);
  const words = dataWords + wordsOf(model);
  const cut = (from: number, to: number, out: number): Part[] => Array.from(
    { length: Math.ceil((to - from) / MASK_WORDS) },
    (_, index) => ({
      word: from + index * MASK_WORDS, words: Math.min(MASK_WORDS, to - from - index * MASK_WORDS), out, fresh: first && index === 0,
    }),
  );
  return sums.outerModel === 0 ? cut(0, words, sums.outer) : [...cut(0, dataWords, sums.outer), ...cut(dataWords, words, sums.outerModel)];
}

/** Sums of the units of each layer start at 0; outer sums do so where they are first written. */
export function clearSums({ session, kernels }: Workplace, sums: SumsLayout): void {
  for (const phase of [sums.data, sums.model]) {
    kernels.clear(phase.visible, 4 * session.visible);
    kernels.clear(phase.hidden, 8 * session.hidden);
  }
}

/** Pieces of work of `prepareTally`. */
export function tallyChunks({ session }: Workplace): number {
  return Math.ceil(session.visible / CHUNK_UNITS);
}

/** Masks, programs and visible sums of chunk `chunk` of the visible units. */
export function prepareTally({ kernels, session, scratch }: Workplace, tally: Tally, chunk: number): void {
  const { layout, visible } = session;
  const { stride } = layout.visible;
  const first = chunk * CHUNK_UNITS;
  const units = Math.min(CHUNK_UNITS, visible - first);
  const masks = layout.masks + first * layout.maskStride;
  const rows = layout.visible.bits + tally.from * stride;
  const dataWords = wordsOf(tally.data);
  const chunks = Math.ceil(visible / CHUNK_UNITS);
  const bytes = [first / 8, Math.ceil((first + units) / 8)] as const;
  kernels.transposeBits(rows, stride, tally.data, ...bytes, masks, layout.maskStride);
  kernels.transposeBits(rows + tally.data * stride, stride, tally.model, ...bytes, masks + 8 * dataWords, layout.maskStride);
  kernels.addCounts(masks, layout.maskStride, dataWords, units, tally.sums.data.visible + 4 * first);
  kernels.addCounts(masks + 8 * dataWords, layout.maskStride, wordsOf(tally.model), units, tally.sums.model.visible + 4 * first);
  partsOf(tally).forEach((part, index) => {
    const program = layout.statistics + (index * chunks + chunk) * layout.statisticsBytes;
    kernels.compileProgram(masks + 8 * part.word, layout.maskStride, units, part.words, 64, program, scratch.counts, layout.packing, part.fresh ? 1 : 0);
  });
}

/**
 * Adds the sums of the block of 32 hidden units whose thresholds lie in the scratch. Where a block is not whole, or would be visited several
 * times in the sums' long rows, it is added up in the scratch and copied.
 */
export function tallyBlock(place: Workplace, tally: Tally, block: number): void {
  const { kernels, session, scratch } = place;
  const { sums } = tally;
  const column = 32 * block;
  const rowBytes = 4 * session.hidden;
  const width = Math.min(32, session.hidden - column);
  addHiddenSums(place, tally, column);
  for (const out of sums.outerModel === 0 ? [sums.outer] : [sums.outer, sums.outerModel]) {
    const parts = partsOf(tally).map((part, index): PartTask => ({ part, index })).filter(({ part }) => part.out === out);
    const isStaged = width < 32 || parts.length > 1;
    const direct = out + 4 * column;
    const target: Target = isStaged ? { address: scratch.stage, stride: 128 } : { address: direct, stride: rowBytes };
    if (tally.first && parts.length === 0) kernels.clearBlock(target.address, target.stride, session.visible);
    if (!tally.first && isStaged) kernels.copyRows(direct, rowBytes, scratch.stage, 128, width, session.visible);
    for (const part of parts) tallyPart(place, tally, part, target);
    if (isStaged) kernels.copyRows(scratch.stage, 128, direct, rowBytes, width, session.visible);
  }
}

function addHiddenSums({ kernels, session, scratch }: Workplace, { data, model, sums }: Tally, column: number): void {
  for (let half = 0; half < 2 && column + 16 * half < session.hidden; half += 1) {
    const thresholds = scratch.thresholds + half * scratch.thresholdStride;
    const at = 8 * (column + 16 * half);
    kernels.addHiddenSums(thresholds, data, sums.data.hidden + at);
    kernels.addHiddenSums(thresholds + SLOT_BYTES * wordsOf(data), model, sums.model.hidden + at);
  }
}

interface PartTask { readonly part: Part; readonly index: number }
/** Where the sums of 32 hidden units are, 128 bytes for each visible unit. */
interface Target { readonly address: number; readonly stride: number }

/** Both halves of 16 units: their tables together would leave the first-level cache. */
function tallyPart(place: Workplace, tally: Tally, { part, index }: PartTask, { address, stride }: Target): void {
  const { kernels, session, scratch } = place;
  const dataWords = wordsOf(tally.data);
  const chunks = tallyChunks(place);
  for (let half = 0; half < 2; half += 1) {
    const thresholds = scratch.thresholds + half * scratch.thresholdStride;
    for (let word = part.word; word < part.word + part.words; word += 1) {
      const isData = word < dataWords;
      const samples = isData ? tally.data - 64 * word : tally.model - 64 * (word - dataWords);
      const sign = isData || tally.sums.outerModel !== 0 ? 1 : -1;
      kernels.buildThresholdTables(thresholds + SLOT_BYTES * word, Math.ceil(Math.min(64, samples) / 4), sign, scratch.table + TABLE_BYTES * (word - part.word));
    }
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const program = session.layout.statistics + (index * chunks + chunk) * session.layout.statisticsBytes;
      kernels.addThresholdTables(program, scratch.table, address + 64 * half + chunk * CHUNK_UNITS * stride, stride, part.fresh ? 1 : 0);
    }
  }
}
