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

/** Adds the sums of the block of 32 hidden units whose thresholds lie in the scratch. */
export function tallyBlock(place: Workplace, tally: Tally, block: number): void {
  for (let half = 0; half < 2; half += 1) {
    const column = 32 * block + 16 * half;
    if (column < place.session.hidden) tallyHalf(place, tally, { column, thresholds: place.scratch.thresholds + half * place.scratch.thresholdStride });
  }
}

interface Half { readonly column: number; readonly thresholds: number }

function tallyHalf(place: Workplace, tally: Tally, { column, thresholds }: Half): void {
  const { kernels, session, scratch } = place;
  const { sums } = tally;
  const modelThresholds = thresholds + 4096 * wordsOf(tally.data);
  kernels.addHiddenSums(thresholds, tally.data, sums.data.hidden + 8 * column);
  kernels.addHiddenSums(modelThresholds, tally.model, sums.model.hidden + 8 * column);
  const rowBytes = 4 * session.hidden;
  const width = Math.min(16, session.hidden - column);
  for (const out of sums.outerModel === 0 ? [sums.outer] : [sums.outer, sums.outerModel]) {
    const direct = out + 4 * column;
    const target = width === 16 ? direct : scratch.tail;
    const stride = width === 16 ? rowBytes : 64;
    const parts = partsOf(tally);
    if (tally.first && parts.every((part) => part.out !== out)) kernels.clearBlock(target, stride, session.visible);
    if (!tally.first && width < 16) kernels.copyRows(direct, rowBytes, target, stride, width, session.visible);
    parts.forEach((part, index) => {
      if (part.out === out) tallyPart(place, tally, { part, index, thresholds, target, stride });
    });
    if (width < 16) kernels.copyRows(target, stride, direct, rowBytes, width, session.visible);
  }
}

interface PartTask { readonly part: Part; readonly index: number; readonly thresholds: number; readonly target: number; readonly stride: number }

function tallyPart(place: Workplace, tally: Tally, { part, index, thresholds, target, stride }: PartTask): void {
  const { kernels, session, scratch } = place;
  const dataWords = wordsOf(tally.data);
  for (let word = part.word; word < part.word + part.words; word += 1) {
    const isData = word < dataWords;
    const samples = isData ? tally.data - 64 * word : tally.model - 64 * (word - dataWords);
    const sign = isData || tally.sums.outerModel !== 0 ? 1 : -1;
    kernels.buildThresholdTables(thresholds + 4096 * word, Math.ceil(Math.min(64, samples) / 4), sign, scratch.table + 16384 * (word - part.word));
  }
  const chunks = tallyChunks(place);
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const program = session.layout.statistics + (index * chunks + chunk) * session.layout.statisticsBytes;
    kernels.addThresholdTables(program, scratch.table, target + chunk * CHUNK_UNITS * stride, stride, part.fresh ? 1 : 0);
  }
}
