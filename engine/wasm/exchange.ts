// What a unit and a version travel as, in a thread: factors instead of sums, their outer products where they arrive, and the codes of what has
// changed between two versions. Shared out like any other command, but for the codes, which one thread makes faster than several could agree.
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { paddedHidden } from '../../ebm/rbm/factors.ts';
import { rowStarts } from '../../ebm/rbm/packed.ts';
import type { DecodeCommand, EvaluateCommand, FactorsLayout, PackPlace, TallyTask, UnpackTask } from './commands.ts';
import { BLOCK_UNITS } from './layout.ts';
import type { Workplace } from './station.ts';
import { clearSums, prepareTally, tallyBlock, tallyChunks, wordsOf, type Tally } from './statistics.ts';
import { adoptVersion } from './stepping.ts';

/** Bytes of 16 units' thresholds of 64 samples. */
const SLOT_BYTES = 64 * 64;
/** Values of outer sums in a piece of work, about: whole rows. */
const PIECE_VALUES = 16_384;

/** Rows of visible bits of a pass that are kept as factors: `data` rows from row `from`, then `model` rows. */
export type FactorRows = Pick<Tally, 'data' | 'model' | 'from'>;

/** Where the rows of a pass lie among a unit's. */
export function factorsFrom(factors: FactorsLayout, data: number, model: number, { visible, hidden }: { readonly visible: number; readonly hidden: number }): FactorsLayout {
  const moved = (phase: FactorsLayout['data'], rows: number): FactorsLayout['data'] => ({
    visible: phase.visible + rows * bytesOf(visible), thresholds: phase.thresholds + 2 * rows * paddedHidden(hidden), full: phase.full + (rows * paddedHidden(hidden)) / 8,
  });
  return { data: moved(factors.data, data), model: moved(factors.model, model) };
}

/** Copies the visible bits. */
export function keepVisible({ kernels, session }: Workplace, { data, model, from }: FactorRows, factors: FactorsLayout): void {
  const { bits, stride } = session.layout.visible;
  const bytes = bytesOf(session.visible);
  kernels.copyBytes(bits + from * stride, stride, factors.data.visible, bytes, bytes, data);
  kernels.copyBytes(bits + (from + data) * stride, stride, factors.model.visible, bytes, bytes, model);
}

/** Keeps the thresholds of the block of 32 hidden units that lie in the scratch. */
export function keepThresholds({ kernels, session, scratch }: Workplace, { data, model }: FactorRows, factors: FactorsLayout, block: number): void {
  const padded = paddedHidden(session.hidden);
  for (let half = 0; half < 2; half += 1) {
    const column = BLOCK_UNITS * block + 16 * half;
    const columns = Math.max(0, Math.min(16, session.hidden - column));
    const thresholds = scratch.thresholds + half * scratch.thresholdStride;
    const keep = ({ thresholds: out, full }: FactorsLayout['data'], from: number, count: number): void => {
      kernels.narrowThresholds(from, count, columns, out + 2 * column, 2 * padded, full + column / 8, padded / 8);
    };
    keep(factors.data, thresholds, data);
    keep(factors.model, thresholds + SLOT_BYTES * wordsOf(data), model);
  }
}

/** Adds the outer products of factors to sums. */
export function tallyFactors(place: Workplace, command: TallyTask): void {
  const { crew, kernels, session, scratch } = place;
  const { layout } = session;
  const { sums, first } = command;
  if (crew.index === 0 && first) clearSums(place, sums);
  const longest = Math.max(command.data, command.model);
  for (let at = 0; at < longest; at += layout.pass) {
    const part = (count: number): number => Math.max(0, Math.min(layout.pass, count - at));
    const tally: Tally = { data: part(command.data), model: part(command.model), from: 0, sums, first: first && at === 0 };
    const factors = factorsFrom(command.factors, at, at, session);
    crew.barrier();
    crew.share(1, () => { takeVisible(place, tally, factors); });
    crew.barrier();
    crew.share(tallyChunks(place), (chunk) => { prepareTally(place, tally, chunk); });
    crew.barrier();
    crew.share(layout.hidden.blocks, (block) => {
      const padded = paddedHidden(session.hidden);
      for (let half = 0; half < 2; half += 1) {
        const column = BLOCK_UNITS * block + 16 * half;
        const thresholds = scratch.thresholds + half * scratch.thresholdStride;
        const take = ({ thresholds: from, full }: FactorsLayout['data'], hasFull: boolean, out: number, count: number): void => {
          kernels.widenThresholds(from + 2 * column, 2 * padded, hasFull ? full + column / 8 : 0, padded / 8, count, out);
        };
        take(factors.data, command.full.data, thresholds, tally.data);
        take(factors.model, command.full.model, thresholds + SLOT_BYTES * wordsOf(tally.data), tally.model);
      }
      tallyBlock(place, tally, block);
    });
  }
}

function takeVisible({ kernels, session }: Workplace, { data, model }: Tally, factors: FactorsLayout): void {
  const { bits, stride } = session.layout.visible;
  const bytes = bytesOf(session.visible);
  kernels.copyBytes(factors.data.visible, bytes, bits, stride, bytes, data);
  kernels.copyBytes(factors.model.visible, bytes, bits + data * stride, stride, bytes, model);
}

/** Looks at all rows, then writes each behind those before it. */
export function packSums({ crew, kernels, session, views }: Workplace, { sums, outer, outerModel }: PackPlace & Pick<EvaluateCommand, 'sums'>): void {
  const { visible, hidden } = session;
  const pairs = pairsOf([sums.outer, outer], [sums.outerModel, outerModel]);
  const { u8 } = views;
  shareRows(crew, session, (row) => { for (const [from, to] of pairs) u8[to + row] = kernels.rowBits(from + 4 * row * hidden, hidden); });
  crew.barrier();
  const starts = pairs.map(([, to]) => rowStarts(u8.subarray(to, to + visible), hidden));
  shareRows(crew, session, (row) => {
    pairs.forEach(([from, to], at) => { if (u8[to + row]! > 0) kernels.packRow(from + 4 * row * hidden, hidden, u8[to + row]!, to + starts[at]![row]!); });
  });
}

export function unpackSums({ crew, kernels, session, views }: Workplace, { outer, outerModel, sums, first: isFirst }: UnpackTask): void {
  const { visible, hidden } = session;
  const pairs = pairsOf([outer, sums.outer], [outerModel, sums.outerModel]);
  const { u8 } = views;
  const starts = pairs.map(([from]) => rowStarts(u8.subarray(from, from + visible), hidden));
  shareRows(crew, session, (row) => {
    pairs.forEach(([from, to], at) => { kernels.addRow(from + starts[at]![row]!, hidden, u8[from + row]!, isFirst ? 1 : 0, to + 4 * row * hidden); });
  });
}

type Pair = readonly [from: number, to: number];

/** The second is there if the phases have sums of their own. */
function pairsOf(first: Pair, second: Pair): readonly Pair[] {
  return second[0] === 0 ? [first] : [first, second];
}

/** Shares out the rows of outer sums. */
function shareRows(crew: Workplace['crew'], { visible, hidden }: Workplace['session'], work: (row: number) => void): void {
  const rows = Math.max(1, Math.floor(PIECE_VALUES / hidden));
  crew.share(Math.ceil(visible / rows), (piece) => {
    for (let row = piece * rows; row < Math.min(visible, (piece + 1) * rows); row += 1) work(row);
  });
}

/** Makes a version from another and the codes of what has changed. */
export function decodeVersion(place: Workplace, { base, bits, rowBytes, codes, escapes, escapeCount, published, out, session: id }: DecodeCommand): void {
  const { crew, kernels, session, views } = place;
  crew.barrier();
  if (crew.index === 0) {
    views.i32[out >>> 2] = kernels.decodeMoves(base.blocked, published.blocked, base.blockedBytes, session.visible, session.hidden, bits, codes, rowBytes, escapes, escapeCount, session.layout.spreading);
  }
  adoptVersion(place, { kind: 'adopt', session: id, plain: 0, published });
}
