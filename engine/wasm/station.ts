// One thread's place of work: its kernels, its view of memory, its crew, and the open sessions. Also the sums over W that all units share.
import type { ThresholdTable } from '../../ebm/rbm/thresholds.ts';
import type { SessionPlan } from './commands.ts';
import type { Kernels } from './kernels.ts';
import type { LayerLayout, PublishedLayout, ScratchLayout } from './layout.ts';
import type { SharedViews } from './memory.ts';
import { PLAN, readPlan, type Plan } from './plan.ts';

/** A thread among the equals that run a command together (engine/pool/control.ts has the real one). */
export interface Crew {
  readonly index: number;
  readonly threads: number;
  /** All threads arrive before any leaves; what was written before is visible after. */
  barrier(): void;
  /** A barrier, and whether the command is given up. */
  barrierOrEnd(): boolean;
  /** Runs `work` for the numbers 0 .. count - 1, shared out among the crew. Once between two barriers. */
  share(count: number, work: (piece: number) => void): void;
}

export interface Station {
  readonly crew: Crew;
  readonly kernels: Kernels;
  readonly views: SharedViews;
}

/** A session as its threads see it. */
export interface Workplace extends Station {
  readonly session: SessionPlan;
  readonly scratch: ScratchLayout;
  /** Made when first asked for: only figures need it in TypeScript. */
  readonly thresholdTable: () => ThresholdTable;
}

/** Rows of bits of one layer, and the weights from it to the other layer. */
export interface Source {
  readonly layer: LayerLayout;
  /** int16 [blocks of 32 units of the other layer, rows of this one, 32] */
  readonly weights: number;
  readonly blockBytes: number;
  readonly plan: Plan;
  readonly rows: RowsOfBits;
}

/** Rows of packed bits, wherever they are; bits beyond the layer's units may be anything. */
export interface RowsOfBits { readonly bits: number; readonly stride: number; readonly count: number }

/** Rows [from, from + count) of a layer's own. */
export function rowsOfLayer({ bits, stride }: LayerLayout, from: number, count: number): RowsOfBits {
  return { bits: bits + from * stride, stride, count };
}

/** From visible rows to hidden pre-activations. */
export function visibleSource({ session, views }: Workplace, published: PublishedLayout, rows: RowsOfBits): Source {
  return { layer: session.layout.visible, weights: published.blocked, blockBytes: published.blockedBytes, plan: readPlan(views.i32, published.visiblePlan >>> 2), rows };
}

/** From hidden rows to visible pre-activations. */
export function hiddenSource({ session, views }: Workplace, published: PublishedLayout, rows: RowsOfBits): Source {
  return {
    layer: session.layout.hidden, weights: published.transposed, blockBytes: published.transposedBytes,
    plan: readPlan(views.i32, published.hiddenPlan >>> 2), rows,
  };
}

/** Compiles the program of one group of a source's plan. */
export function compileStep({ kernels, scratch, session }: Workplace, { layer, plan, rows }: Source, index: number): void {
  const { word, words } = plan.groups[index]!;
  const lastBits = Math.min(64, layer.units - 64 * (word + words - 1));
  const program = layer.programs + word * layer.programBytes;
  kernels.compileProgram(rows.bits + 8 * word, rows.stride, rows.count, words, lastBits, program, scratch.counts, session.layout.packing, index === 0 ? 1 : 0);
}

/**
 * Sums of 32 units of the other layer for all rows of a compiled source: int16 in scratch.sums, on top of int32 at the returned address,
 * which hold the bias too; 0 = nothing was widened, and the bias is still to be added. `bias`: int32 of the 32 units.
 */
export function sumBlock({ kernels, scratch, views }: Workplace, source: Source, block: number, bias: number): number {
  const { layer, plan: { groups, kinds }, rows: { bits, stride, count } } = source;
  const kindsAt = kinds + block * groups.length;
  const weights = source.weights + source.blockBytes * block;
  let wide = 0;
  if (views.i32[kindsAt]! !== PLAN.add) kernels.clear(scratch.sums, 64 * count);
  for (let index = 0; index < groups.length; index += 1) {
    const { word, words } = groups[index]!;
    const kind = views.i32[kindsAt + index]!;
    const rows = Math.min(layer.units - 64 * word, 64 * words);
    if (kind !== PLAN.add) {
      if (wide === 0) kernels.startWide(bias, scratch.wide, count);
      wide = scratch.wide;
      kernels.widen(scratch.sums, wide, 32 * count);
    }
    if (kind === PLAN.slow) {
      kernels.addRowsWide(bits, stride, count, weights, 64 * word, 64 * word + rows, wide);
    } else {
      kernels.buildTables(weights + 4096 * word, Math.ceil(rows / 4), scratch.table);
      kernels.addTables(layer.programs + word * layer.programBytes, scratch.table, scratch.sums, index === 0 ? 1 : 0);
    }
  }
  return wide;
}

export interface Draws {
  readonly key: readonly [number, number];
  readonly firstId: number;
  readonly halfStep: number;
  readonly word3: number;
}

/** What is wanted of a block of 32 units that `sumBlock` has summed, for samples [from, from + count) of its source. */
export interface BlockTask {
  readonly layer: LayerLayout;
  readonly block: number;
  readonly bias: number;
  readonly wide: number;
  readonly from: number;
  readonly count: number;
  /** Null = thresholds alone. */
  readonly draws: Draws | null;
  /** Where bits go; a stride that is just a row's bytes keeps rows close together. */
  readonly rows: Omit<RowsOfBits, 'count'>;
  /** First of the rows of 16 int32 thresholds of the first half; -1 = not wanted. */
  readonly thresholdsFrom: number;
}

/** Thresholds and bits of a block. */
export function sampleBlock({ kernels, scratch, session, views }: Workplace, task: BlockTask): void {
  if (task.count === 0) return;
  const { layer, block, draws } = task;
  const at = scratch.block >>> 2;
  const words = views.u32;
  const left = layer.units - 32 * block;
  words[at] = scratch.sums + 64 * task.from;
  words[at + 1] = task.wide === 0 ? 0 : task.wide + 128 * task.from;
  words[at + 2] = task.bias;
  words[at + 3] = session.layout.table;
  words[at + 4] = session.layout.bound;
  words[at + 5] = task.count;
  words[at + 6] = task.thresholdsFrom < 0 ? 0 : scratch.thresholds + 64 * task.thresholdsFrom;
  words[at + 7] = scratch.thresholdStride;
  words[at + 8] = draws === null ? 0 : task.rows.bits + 4 * block;
  words[at + 9] = task.rows.stride;
  words[at + 10] = left >= 32 ? 0xffff_ffff : (1 << left) - 1;
  words[at + 19] = scratch.draws;
  words[at + 20] = scratch.wide + 128 * task.from;
  words[at + 21] = Math.min(4, task.rows.stride - 4 * block);
  if (draws !== null) {
    words[at + 11] = Math.ceil(layer.units / 8);
    words[at + 12] = 4 * block;
    words[at + 13] = draws.firstId % 0x1_0000_0000;
    words[at + 14] = Math.floor(draws.firstId / 0x1_0000_0000);
    words[at + 15] = draws.halfStep;
    words[at + 16] = draws.word3;
    words[at + 17] = draws.key[0];
    words[at + 18] = draws.key[1];
  }
  kernels.sampleBlock(scratch.block);
}
