// One work unit of an update in a thread: the data phase of a range of the batch and the model phase of a range of chains, together
// where they use the same weights (EXACT.md, What persists). Every thread of the crew runs this; the pieces between barriers are shared out.
import { deriveKey } from '../../ebm/random/address.ts';
import { epochOrder } from '../../ebm/random/permutation.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { AddCommand, EvaluateCommand, FactorsLayout } from './commands.ts';
import {
  compileStep, hiddenSource, rowsOfLayer, sampleBlock, sumBlock, visibleSource, type Draws, type RowsOfBits, type Source, type Workplace,
} from './station.ts';
import { factorsFrom, keepThresholds, keepVisible, packSums } from './exchange.ts';
import { clearSums, prepareTally, tallyBlock, tallyChunks, wordsOf, type Tally } from './statistics.ts';

/** Part of a unit that is computed at once: `data` samples from offset dataFrom of the batch, `chains` chains from id chainFrom. */
interface Pass {
  readonly dataFrom: number;
  readonly data: number;
  readonly chainFrom: number;
  readonly chains: number;
  readonly first: boolean;
}

export function evaluateUnit(place: Workplace, command: EvaluateCommand): void {
  const size = place.session.layout.pass;
  const { data, chains } = command;
  const longest = Math.max(data.to - data.from, chains.to - chains.from);
  if (place.crew.index === 0 && command.factors === null) clearSums(place, command.sums);
  for (let at = 0; at < Math.max(longest, 1); at += size) {
    const part = (from: number, to: number): number => Math.max(0, Math.min(size, to - from - at));
    const pass = { dataFrom: data.from + at, data: part(data.from, data.to), chainFrom: chains.from + at, chains: part(chains.from, chains.to), first: at === 0 };
    if (place.session.objective === 'cd') contrast(place, command, pass);
    else persist(place, command, pass);
  }
  if (command.pack === null) return;
  place.crew.barrier();
  packSums(place, { sums: command.sums, ...command.pack });
}

/** PCD: steps from the chains' hidden bits; the data's hidden thresholds are computed with the last step's. */
function persist(place: Workplace, command: EvaluateCommand, pass: Pass): void {
  const { crew, session } = place;
  const tally: Tally = { data: pass.data, model: pass.chains, from: 0, sums: command.sums, first: pass.first };
  const states = statesOf(place, command, pass);
  const own = rowsOfLayer(session.layout.hidden, 0, pass.chains);
  for (let step = 0; step < session.steps; step += 1) {
    const last = step === session.steps - 1;
    const source = hiddenSource(place, command.published, step === 0 ? states : own);
    const loads = step === 0 ? 1 : 0;
    crew.barrier();
    crew.share(loads + source.plan.groups.length, (piece) => {
      if (piece < loads) loadData(place, command, pass);
      else compileStep(place, source, piece - loads);
    });
    stepVisible(place, command, pass, { step, source });
    stepHidden(place, command, { pass, step, withData: last, tally: last ? tally : null, rows: last ? states : own });
  }
}

/** The pass's chains among the command's packed states. */
function statesOf({ session }: Workplace, command: EvaluateCommand, pass: Pass): RowsOfBits {
  const stride = bytesOf(session.hidden);
  return { bits: command.states + (pass.chainFrom - command.chains.from) * stride, stride, count: pass.chains };
}

/** CD: the data phase first; its hidden bits start the steps. */
function contrast(place: Workplace, command: EvaluateCommand, pass: Pass): void {
  const { crew, session } = place;
  const rows = rowsOfLayer(session.layout.hidden, 0, pass.chains);
  crew.barrier();
  crew.share(1, () => { loadData(place, command, pass); });
  stepHidden(place, command, { pass, step: -1, withData: true, tally: { data: pass.data, model: 0, from: 0, sums: command.sums, first: pass.first }, rows });
  for (let step = 0; step < session.steps; step += 1) {
    const source = hiddenSource(place, command.published, rows);
    crew.barrier();
    crew.share(source.plan.groups.length, (index) => { compileStep(place, source, index); });
    stepVisible(place, command, pass, { step, source });
    const last = step === session.steps - 1;
    stepHidden(place, command, { pass, step, withData: false, tally: last ? { data: 0, model: pass.data, from: pass.data, sums: command.sums, first: false } : null, rows });
  }
}

function drawsOf({ session }: Workplace, command: EvaluateCommand, pass: Pass, halfStep: number): Draws {
  return { key: deriveKey(session.seed, PURPOSES.chains, command.branch), firstId: pass.chainFrom, halfStep, word3: command.update };
}

/** Visible bits of the chains, from the programs of their hidden bits: rows [data, data + chains) of the visible layer. */
function stepVisible(place: Workplace, command: EvaluateCommand, pass: Pass, { step, source }: { readonly step: number; readonly source: Source }): void {
  const { crew, session } = place;
  const layer = session.layout.visible;
  const rows = rowsOfLayer(layer, pass.data, pass.chains);
  const draws = drawsOf(place, command, pass, 2 * step);
  crew.barrier();
  crew.share(layer.blocks, (block) => {
    const bias = command.published.visibleBias + 128 * block;
    const wide = sumBlock(place, source, block, bias);
    sampleBlock(place, { layer, block, bias, wide, from: 0, count: pass.chains, draws, rows, thresholdsFrom: -1 });
  });
}

interface HiddenStep {
  readonly pass: Pass;
  /** -1: the data phase of cd, whose draws have a purpose of their own. */
  readonly step: number;
  readonly withData: boolean;
  /** What enters the statistics; null in all steps but the last. */
  readonly tally: Tally | null;
  /** Where hidden bits go. */
  readonly rows: RowsOfBits;
}

/** Hidden thresholds of the data and hidden bits of the chains (or of cd's data) from their visible bits. */
function stepHidden(place: Workplace, command: EvaluateCommand, { pass, step, withData, tally, rows }: HiddenStep): void {
  const { crew, session } = place;
  const start = step < 0;
  const data = withData ? pass.data : 0;
  const chains = start ? 0 : pass.chains;
  const source = visibleSource(place, command.published, rowsOfLayer(session.layout.visible, withData ? 0 : pass.data, data + chains));
  crew.barrier();
  const factors = factorsOf(place, command, pass);
  const chunks = tally === null ? 0 : factors === null ? tallyChunks(place) : 1;
  crew.share(chunks + source.plan.groups.length, (piece) => {
    if (tally !== null && piece < chunks && factors !== null) keepVisible(place, tally, factors);
    else if (tally !== null && piece < chunks) prepareTally(place, tally, piece);
    else compileStep(place, source, piece - chunks);
  });
  crew.barrier();
  const layer = session.layout.hidden;
  const draws = drawsOf(place, command, pass, 2 * step + 1);
  const startDraws = start ? { key: deriveKey(session.seed, PURPOSES.dataPhase, command.branch), firstId: pass.dataFrom, halfStep: 0, word3: command.update } : null;
  crew.share(layer.blocks, (block) => {
    const bias = command.published.hiddenBias + 128 * block;
    const wide = sumBlock(place, source, block, bias);
    const modelSlot = tally === null ? -1 : 64 * wordsOf(tally.data);
    sampleBlock(place, { layer, block, bias, wide, from: 0, count: data, draws: startDraws, rows, thresholdsFrom: tally === null ? -1 : 0 });
    sampleBlock(place, { layer, block, bias, wide, from: data, count: chains, draws, rows, thresholdsFrom: modelSlot });
    if (tally !== null && factors !== null) keepThresholds(place, tally, factors, block);
    else if (tally !== null) tallyBlock(place, tally, block);
  });
}

/** Where the factors of a pass go; null if sums are wanted. */
function factorsOf({ session }: Workplace, { factors, data, chains }: EvaluateCommand, pass: Pass): FactorsLayout | null {
  return factors === null ? null : factorsFrom(factors, pass.dataFrom - data.from, pass.chainFrom - chains.from, session);
}

/** Puts the batch's rows into rows [0, data) of the visible layer. */
function loadData({ kernels, session, views, scratch }: Workplace, { update }: EvaluateCommand, pass: Pass): void {
  const { data, layout, seed, visible } = session;
  if (pass.data === 0) return;
  if (data === null) throw new TypeError('this session was loaded without data and can compute no data phase');
  const { stride, bits } = layout.visible;
  const first = update * session.batch + pass.dataFrom;
  for (let done = 0; done < pass.data;) {
    const epoch = Math.floor((first + done) / data.rows);
    const index = first + done - epoch * data.rows;
    const count = Math.min(pass.data - done, data.rows - index);
    const order = epochOrder(seed, data.rows, epoch);
    views.u32.set(order.roundKeys, layout.keys >>> 2);
    kernels.orderRows(layout.keys, order.width, order.height, data.rows, index, count, layout.list);
    const out = bits + done * stride;
    if (data.kind === 'bits') {
      kernels.gatherRows(data.address, bytesOf(visible), layout.list, count, out, stride);
    } else {
      const key = deriveKey(seed, PURPOSES.binarise, 0);
      kernels.drawRows(data.address, data.palette, visible, layout.list, count, out, stride, epoch, key[0], key[1], scratch.draws);
    }
    done += count;
  }
}

/** Sums of a part of a unit, int32, into those of the whole, float64: only where an update has more than 32,767 samples. */
export function addSums({ crew, session, views }: Workplace, { from, to }: AddCommand): void {
  const { visible, hidden } = session;
  crew.barrier();
  const pairs = [[from.outer, to.outer], [from.outerModel, to.outerModel]] as const;
  crew.share(visible, (row) => {
    for (const [source, target] of pairs) {
      if (source === 0) continue;
      const left = (source >>> 2) + row * hidden;
      const right = (target >>> 3) + row * hidden;
      for (let j = 0; j < hidden; j += 1) views.f64[right + j]! += views.i32[left + j]!;
    }
  });
  if (crew.index !== 0) return;
  for (const [source, target] of [[from.data, to.data], [from.model, to.model]] as const) {
    for (let i = 0; i < visible; i += 1) views.i32[(target.visible >>> 2) + i]! += views.i32[(source.visible >>> 2) + i]!;
    for (let j = 0; j < hidden; j += 1) views.f64[(target.hidden >>> 3) + j]! += views.f64[(source.hidden >>> 3) + j]!;
  }
}
