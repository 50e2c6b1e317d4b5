// Where a session's arrays lie in shared memory: sizes, strides and addresses, decided once at load. Threads get it as a value.
// Nothing here computes or allocates by itself: `piece` hands out zeroed memory.

/** Units that one call of a kernel handles: 64 bytes of int16. */
export const BLOCK_UNITS = 32;
/** Rows of W that a table covers at most: two 64-bit words of bits, 32 groups of four. */
export const TABLE_WORDS = 2;
/** 64-bit words of sample masks that one statistics program covers: 64 groups of four samples. */
export const MASK_WORDS = 4;
/** Header and padding of a run of a program. */
const RUN_BYTES = 20;
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
  /** int32 [visible, 32]: sums of a block of hidden units on their way. */
  readonly stage: number;
  /** Parameter blocks of kernels; draws and a key's table; scratch of a compiler of programs. */
  readonly block: number;
  /** A strip of rows on its way through a step (assembly/publish.ts). */
  readonly strip: number;
  readonly draws: number;
  readonly counts: number;
}

export interface SessionLayout {
  readonly visible: LayerLayout;
  readonly hidden: LayerLayout;
  /** What compilers of programs pack with. */
  readonly packing: number;
  /** What spreads escapes among the weights that they are of. */
  readonly spreading: number;
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
  /** float32 [visible], [hidden]; float64 [column blocks + 1, visible rounded up to 8], [row blocks + 1, hidden rounded up to 4], the last for totals. */
  readonly visibleDifference: number;
  readonly hiddenDifference: number;
  readonly rowSums: number;
  readonly columnSums: number;
  /** The offsets as float64, padded with zeros. */
  readonly visibleOffsetWide: number;
  readonly hiddenOffsetWide: number;
  /** Bounds as assembly/publish.ts has them: int32 [row blocks of 64, hidden blocks], [column blocks of 64, visible blocks], [row, column blocks of 64]. */
  readonly columnBounds: number;
  readonly rowBounds: number;
  readonly largest: number;
  /** int16 [visible, hidden]: weights on their way to a version that no masters are rounded for. */
  readonly plain: number;
}

/** Training rows in shared memory. */
export type DataLayout =
  | { readonly kind: 'bits'; readonly rows: number; readonly address: number }
  | { readonly kind: 'levels'; readonly rows: number; readonly address: number; readonly palette: number };

/** A published version, as kernels read it. */
export interface PublishedLayout {
  /** Weights in blocks of 32 columns: int16 [hidden blocks, visible rounded up to 8, 32], and their transpose: [visible blocks, hidden ..., 32]. */
  readonly blocked: number;
  readonly transposed: number;
  /** Bytes of one block in each. */
  readonly blockedBytes: number;
  readonly transposedBytes: number;
  readonly visibleBias: number;
  readonly hiddenBias: number;
  /** Plans (plan.ts) for sums over visible and over hidden units. */
  readonly visiblePlan: number;
  readonly hiddenPlan: number;
}

export interface Sizes { readonly visible: number; readonly hidden: number }

type Piece = (bytes: number) => number;

export const ceilTo = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** Blocks of 32 units. */
export const blocksOf = (units: number): number => Math.ceil(units / BLOCK_UNITS);

/** int32 of a plan (plan.ts) at most. */
const planLength = (words: number, blocks: number): number => 1 + 2 * words + words * blocks;

function layer(units: number, rows: number, piece: Piece): LayerLayout {
  const words = Math.ceil(units / 64);
  const stride = ceilTo(words * 8, 16);
  const programBytes = ceilTo(rows * 2 * (1 + 16) + 17 * RUN_BYTES + 16, 16);
  return {
    units, words, stride, blocks: blocksOf(units), bits: piece(rows * stride),
    programs: piece(words * programBytes + 256), programBytes,
  };
}

function scratchOf(sizes: Sizes, samples: number, piece: Piece): ScratchLayout {
  const slots = samples + 128;
  return {
    sums: piece(slots * 64), wide: piece(slots * 128), table: piece(65536), thresholds: piece(slots * 128), thresholdStride: slots * 64,
    stage: piece(sizes.visible * 128), block: piece(256), strip: piece(2048 + 16 + 2 * ceilTo(sizes.hidden, 8)), draws: piece(128 + 352), counts: piece(2 * 4 * 65 + slots),
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
  const statisticsBytes = ceilTo(CHUNK_UNITS * 2 * (1 + 64) + 65 * RUN_BYTES + 16, 16);
  return {
    packing: piece(4096), spreading: piece(4096), pass, visible: layer(sizes.visible, 2 * pass, piece), hidden: layer(sizes.hidden, 2 * pass, piece),
    list: piece(pass * 4), keys: piece(64),
    masks: piece(chunks * CHUNK_UNITS * maskStride), maskStride, statistics: piece(chunks * parts * statisticsBytes), statisticsBytes,
    scratch: Array.from({ length: threads }, () => scratchOf(sizes, 2 * pass, piece)),
    visibleDifference: piece(sizes.visible * 4), hiddenDifference: piece(sizes.hidden * 4),
    rowSums: piece((1 + columnBlocks) * ceilTo(sizes.visible, 8) * 8), columnSums: piece((1 + rowBlocks) * ceilTo(sizes.hidden, 4) * 8),
    visibleOffsetWide: piece(ceilTo(sizes.visible, 8) * 8), hiddenOffsetWide: piece(ceilTo(sizes.hidden, 4) * 8),
    columnBounds: piece(4 * rowBlocks * blocksOf(sizes.hidden)), rowBounds: piece(4 * columnBlocks * blocksOf(sizes.visible)),
    largest: piece(4 * rowBlocks * columnBlocks),
    plain: piece(sizes.visible * sizes.hidden * 2),
  };
}

/** One published version. */
export function layOutPublished(sizes: Sizes, piece: Piece): PublishedLayout {
  const { visible, hidden } = sizes;
  const blockedBytes = ceilTo(visible, 8) * 64;
  const transposedBytes = ceilTo(hidden, 8) * 64;
  return {
    blocked: piece(Math.ceil(hidden / BLOCK_UNITS) * blockedBytes), transposed: piece(Math.ceil(visible / BLOCK_UNITS) * transposedBytes),
    blockedBytes, transposedBytes,
    visibleBias: piece(ceilTo(visible, BLOCK_UNITS) * 4), hiddenBias: piece(ceilTo(hidden, BLOCK_UNITS) * 4),
    visiblePlan: piece(4 * planLength(Math.ceil(visible / 64), blocksOf(hidden))), hiddenPlan: piece(4 * planLength(Math.ceil(hidden / 64), blocksOf(visible))),
  };
}

/** Weights of a published version row by row: int16 [visible * hidden], in memory of its own. */
export function weightsOf(i16: Int16Array, { blocked, blockedBytes }: PublishedLayout, { visible, hidden }: Sizes): Int16Array {
  const weights = new Int16Array(visible * hidden);
  for (let from = 0; from < hidden; from += BLOCK_UNITS) {
    const width = Math.min(BLOCK_UNITS, hidden - from);
    let source = (blocked + (from / BLOCK_UNITS) * blockedBytes) / 2;
    for (let row = 0; row < visible; row += 1, source += BLOCK_UNITS) {
      const target = row * hidden + from;
      for (let j = 0; j < width; j += 1) weights[target + j] = i16[source + j]!;
    }
  }
  return weights;
}
