// Where a session's arrays lie in shared memory: sizes, strides and addresses, decided once at load. Threads get it as a value.
// Nothing here computes or allocates by itself: `piece` hands out zeroed memory.
import { bytesOf } from '../../ebm/rbm/bits.ts';

/** Units that one call of a kernel handles: 64 bytes of int16. */
export const BLOCK_UNITS = 32;
/** Rows of W that a table covers at most: two 64-bit words of bits, 32 groups of four. */
export const TABLE_WORDS = 2;
/** 64-bit words of sample masks that one statistics program covers: 64 groups of four samples. */
export const MASK_WORDS = 4;
/** Visible units of one statistics program. */
export const CHUNK_UNITS = 64;
/** Rows of a block of the optimiser's step (docs/adr/0001). */
export const STEP_ROWS = 64;
/** Samples (and as many chains) that are computed together at most; longer ranges take several passes. */
const PASS_MAX = 1024;

export interface LayerLayout {
  readonly units: number;
  /** 64-bit words of a row of bits. */
  readonly words: number;
  /** Bytes from one row of bits to the next. */
  readonly stride: number;
  /** Blocks of 32 units. */
  readonly blocks: number;
  /** Packed bits [2 pass rows]. */
  readonly bits: number;
  /** Programs of this layer's bits, one slot a word; a program starts in the slot of its first word. */
  readonly programs: number;
  readonly programBytes: number;
}

/** What one thread needs for itself. */
export interface ScratchLayout {
  /** int16 [2 pass, 32] */
  readonly sums: number;
  /** int32 [2 pass, 32] */
  readonly wide: number;
  /** 64 KiB of table rows */
  readonly table: number;
  /** int32 [2 halves, 2 pass, 16] */
  readonly thresholds: number;
  readonly thresholdStride: number;
  /** int32 [visible, 16], of the last hidden units when they are no whole block. */
  readonly tail: number;
  /** A parameter block of a kernel, draws, counts of a compiler, row sums of a publisher. */
  readonly block: number;
  readonly draws: number;
  readonly counts: number;
}

export interface SessionLayout {
  readonly visible: LayerLayout;
  readonly hidden: LayerLayout;
  /** Samples of a pass. */
  readonly pass: number;
  /** uint16 [bound + 1] */
  readonly table: number;
  readonly bound: number;
  /** Row numbers uint32 [pass], round keys uint32 [10]. */
  readonly list: number;
  readonly keys: number;
  /** Sample masks of visible units: [visible, maskStride bytes]. */
  readonly masks: number;
  readonly maskStride: number;
  readonly statistics: number;
  readonly statisticsBytes: number;
  readonly scratch: readonly ScratchLayout[];
  /** float32 [visible], [hidden]; float64 [visible], [row blocks, hidden]; int32 bounds [row blocks, column blocks, 3]. */
  readonly visibleDifference: number;
  readonly hiddenDifference: number;
  readonly rowSums: number;
  readonly columnSums: number;
  readonly bounds: number;
}

/** Training rows in shared memory. */
export type DataLayout =
  | { readonly kind: 'bits'; readonly rows: number; readonly address: number }
  | { readonly kind: 'levels'; readonly rows: number; readonly address: number; readonly palette: number };

export interface PublishedLayout {
  /** int16 [visible, hidden] */
  readonly weights: number;
  /** int16 [hidden, transposedStride] */
  readonly transposed: number;
  readonly transposedStride: number;
  readonly visibleBias: number;
  readonly hiddenBias: number;
  /** Plans (plan.ts) for sums over visible and over hidden units. */
  readonly visiblePlan: number;
  readonly hiddenPlan: number;
}

export interface Sizes { readonly visible: number; readonly hidden: number }

type Piece = (bytes: number) => number;

export const ceilTo = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

function layer(units: number, rows: number, piece: Piece): LayerLayout {
  const words = Math.ceil(units / 64);
  const stride = ceilTo(words * 8, 16);
  const programBytes = ceilTo(rows * 2 * (1 + 16) + 4 * 40, 16);
  return {
    units, words, stride, blocks: Math.ceil(units / BLOCK_UNITS), bits: piece(rows * stride),
    programs: piece(words * programBytes + 256), programBytes,
  };
}

function scratchOf(sizes: Sizes, samples: number, piece: Piece): ScratchLayout {
  const slots = samples + 128;
  return {
    sums: piece(slots * 64), wide: piece(slots * 128), table: piece(65536), thresholds: piece(slots * 128), thresholdStride: slots * 64,
    tail: piece(sizes.visible * 64), block: piece(256), draws: piece(64), counts: piece(2 * 4 * 65 + 1024),
  };
}

/** The working arrays of a session for so many threads. `samples`: the larger of batch and chains. */
export function layOutSession(sizes: Sizes, threads: number, samples: number, piece: Piece): Omit<SessionLayout, 'table' | 'bound'> {
  const pass = ceilTo(Math.min(PASS_MAX, Math.max(samples, 64)), 64);
  const rowBlocks = Math.ceil(sizes.visible / STEP_ROWS);
  const columnBlocks = Math.ceil(sizes.hidden / STEP_ROWS);
  const maskStride = 2 * pass / 8;
  const chunks = Math.ceil(sizes.visible / CHUNK_UNITS);
  const parts = 2 * Math.ceil(pass / 64 / MASK_WORDS); // where batch and chains differ in number, each phase has programs of its own
  const statisticsBytes = ceilTo(CHUNK_UNITS * 2 * (1 + 64) + 4 * 66, 16);
  return {
    pass, visible: layer(sizes.visible, 2 * pass, piece), hidden: layer(sizes.hidden, 2 * pass, piece),
    list: piece(pass * 4), keys: piece(64),
    masks: piece(chunks * CHUNK_UNITS * maskStride), maskStride, statistics: piece(chunks * parts * statisticsBytes), statisticsBytes,
    scratch: Array.from({ length: threads }, () => scratchOf(sizes, 2 * pass, piece)),
    visibleDifference: piece(sizes.visible * 4), hiddenDifference: piece(sizes.hidden * 4),
    rowSums: piece(sizes.visible * 8), columnSums: piece(rowBlocks * sizes.hidden * 8), bounds: piece(rowBlocks * columnBlocks * 12),
  };
}

/** One published version. Kernels read up to eight rows past the end of the weights. */
export function layOutPublished(sizes: Sizes, piece: Piece): PublishedLayout {
  const { visible, hidden } = sizes;
  const transposedStride = ceilTo(visible, 8);
  return {
    weights: piece((visible + 8) * hidden * 2), transposed: piece((ceilTo(hidden, 8) + 8) * transposedStride * 2), transposedStride,
    visibleBias: piece(ceilTo(visible, BLOCK_UNITS) * 4), hiddenBias: piece(ceilTo(hidden, BLOCK_UNITS) * 4),
    visiblePlan: piece((1 + 3 * Math.ceil(visible / 64)) * 4), hiddenPlan: piece((1 + 3 * Math.ceil(hidden / 64)) * 4),
  };
}

/** Bytes of packed rows. */
export function packedBytes(units: number, rows: number): number {
  return rows * bytesOf(units);
}
