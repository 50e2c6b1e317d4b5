// The optimiser's step and publishing in a thread (docs/adr/0001): vectors by thread 0 in TypeScript, the matrix in kernels, in blocks of
// 64 rows that are shared out. What a version publishes besides the grid values, transposed copy and plans, is made here.
import { quantise, PRE_ACTIVATION_BOUND, type Divergence } from '../../ebm/rbm/grid.ts';
import type { Masters, Parameters, PhaseSums, TrainingState, UpdateSums } from '../../ebm/rbm/parameters.ts';
import { finishStep, prepareStep, type MoveSums, type PreparedStep } from '../../ebm/rbm/step.ts';
import type { AdoptCommand, ApplyCommand, MastersLayout, PhaseLayout, PublishCommand } from './commands.ts';
import { encodeFrom } from './encoding.ts';
import { STEP_ROWS, ceilTo, weightsOf, type PublishedLayout } from './layout.ts';
import { writePlan, type Bounds } from './plan.ts';
import { ruleWords } from './rule-words.ts';
import type { Workplace } from './station.ts';

/** |x 2^g| from here on is looked at one by one: int16 may not hold it. */
const LARGE = 32767;
const PARAMETERS_BYTES = 192;
const PARTS_A_THREAD = 12;

export function applyStep(place: Workplace, command: ApplyCommand): void {
  const { crew, session, kernels } = place;
  const state = stateView(place, command);
  let prepared: PreparedStep | null = null;
  if (crew.index === 0) {
    prepared = prepareStep(session, state, sumsView(place, command), command);
    const { layout } = session;
    place.views.f32.set(prepared.visibleDifference, layout.visibleDifference >>> 2);
    place.views.f32.set(prepared.hiddenDifference, layout.hiddenDifference >>> 2);
    place.views.f64.set(state.visibleOffset, layout.visibleOffsetWide >>> 3);
    place.views.f64.set(state.hiddenOffset, layout.hiddenOffsetWide >>> 3);
    writeStep(place, command, prepared);
  }
  crew.barrier();
  // every thread reads thread 0's parameters of the step
  const step = session.layout.scratch[0]!.block;
  writeGrid(place, { masters: command.state.masters.weights, plain: 0 }, command.published);
  shareParts(place, ({ fromRow, toRow, fromColumn, toColumn }) => {
    kernels.stepPart(step, place.scratch.block + PARAMETERS_BYTES, fromRow, toRow, fromColumn, toColumn);
  });
  crew.barrier();
  if (crew.index !== 0) return;
  finishStep(state, prepared!, moveSums(place));
  finishVersion(place, { masters: state.masters, published: command.published, outcome: command.outcome });
  if (command.encode !== null) encodeFrom(place, command.encode, command.published);
}

/** Rounds masters to the grid. */
export function publishVersion(place: Workplace, { masters, published, outcome }: PublishCommand): void {
  publishAll(place, { masters: masters.weights, plain: 0 }, published);
  if (place.crew.index === 0) finishVersion(place, { masters: mastersView(place, masters), published, outcome });
}

/** Completes weights that came from elsewhere. */
export function adoptVersion(place: Workplace, { plain, published }: AdoptCommand): void {
  publishAll(place, { masters: 0, plain }, published);
  if (place.crew.index === 0) writePlans(place, published, findingsOf(place));
}

/** Where weights come from: float32 masters, or, where that is 0, int16 weights. */
interface WeightSource { readonly masters: number; readonly plain: number }

function publishAll(place: Workplace, source: WeightSource, published: PublishedLayout): void {
  const { crew, kernels } = place;
  crew.barrier();
  writeGrid(place, source, published);
  shareParts(place, ({ fromRow, toRow, fromColumn, toColumn }) => {
    kernels.publishPart(place.scratch.block + PARAMETERS_BYTES, fromRow, toRow, fromColumn, toColumn);
  });
  crew.barrier();
}

const rowBlocks = ({ session }: Workplace): number => Math.ceil(session.visible / STEP_ROWS);
const columnBlocks = ({ session }: Workplace): number => Math.ceil(session.hidden / STEP_ROWS);

interface Part { readonly fromRow: number; readonly toRow: number; readonly fromColumn: number; readonly toColumn: number }

/** Shares the matrix out: blocks of 64 rows, each cut into as many blocks of columns as gives every thread several parts. */
function shareParts(place: Workplace, work: (part: Part) => void): void {
  const { crew, session: { visible, hidden } } = place;
  const rows = rowBlocks(place);
  const wanted = crew.threads === 1 ? 1 : Math.ceil(PARTS_A_THREAD * crew.threads / rows);
  const width = STEP_ROWS * Math.ceil(columnBlocks(place) / wanted);
  const cuts = Math.ceil(hidden / width);
  crew.share(rows * cuts, (piece) => {
    const fromRow = STEP_ROWS * (piece % rows);
    const fromColumn = width * Math.floor(piece / rows); // a thread's columns are those whose statistics it has made
    work({ fromRow, toRow: Math.min(visible, fromRow + STEP_ROWS), fromColumn, toColumn: Math.min(hidden, fromColumn + width) });
  });
}

/** Fields of assembly/step.ts, in its order. */
function writeStep({ views, session, scratch }: Workplace, { state, sums }: ApplyCommand, { rule, outer, averageShare }: PreparedStep): void {
  const at = scratch.block >>> 2;
  const { layout } = session;
  views.u32.set([
    state.masters.weights, state.slots[0]?.weights ?? 0, state.slots[1]?.weights ?? 0, averageShare > 0 ? state.average?.weights ?? 0 : 0,
    sums.outer, sums.outerModel, sums.wide ? 1 : 0, session.hidden, state.visibleOffset, state.hiddenOffset,
    layout.visibleDifference, layout.hiddenDifference, layout.visibleOffsetWide, layout.hiddenOffsetWide, layout.rowSums, layout.columnSums, session.visible,
  ], at);
  views.f32.set(outer.kind === 'difference' ? [outer.inverse, 0] : [outer.inverseData, outer.inverseModel], at + 17);
  views.u32[at + 19] = rule.kind === 'adam' ? 1 : 0;
  views.f32.set([...ruleWords(rule), averageShare], at + 20);
  views.u32[at + 32] = session.centred ? 1 : 0;
}

/** Fields of assembly/publish.ts, in its order. */
function writeGrid({ views, session, scratch }: Workplace, { masters, plain }: WeightSource, published: PublishedLayout): void {
  const at = (scratch.block + PARAMETERS_BYTES) >>> 2;
  views.u32.set([
    masters, plain, published.blocked, published.transposed, published.blockedBytes, published.transposedBytes,
    session.visible, session.hidden,
  ], at);
  views.u32.set([session.grid, session.layout.columnBounds, session.layout.rowBounds, session.layout.largest, scratch.strip], at + 8);
}

/** r and q: the sums of the blocks added in order. */
function moveSums(place: Workplace): MoveSums {
  const { kernels, session: { layout, visible, hidden }, views } = place;
  const total = (parts: number, blocks: number, size: number): Float64Array => {
    const out = parts + 8 * size * blocks;
    kernels.addParts(parts, blocks, 8 * size, size, out);
    return views.f64.subarray(out >>> 3, (out >>> 3) + size);
  };
  return {
    rows: total(layout.rowSums, columnBlocks(place), ceilTo(visible, 8)),
    columns: total(layout.columnSums, rowBlocks(place), ceilTo(hidden, 4)),
  };
}

/** What kernels found while they published. */
interface Findings {
  /** Over words of visible rows, for blocks of hidden units; and the other way round. */
  readonly visible: Bounds;
  readonly hidden: Bounds;
  /** The largest |x 2^g|, saturated at 32767 or 32768. */
  readonly largest: number;
}

function findingsOf(place: Workplace): Findings {
  const { i32 } = place.views;
  const { layout } = place.session;
  const rows = rowBlocks(place);
  const columns = columnBlocks(place);
  const matrix = (address: number, words: number, blocks: number): Bounds => ({ words, blocks, sums: i32.subarray(address >>> 2, (address >>> 2) + words * blocks) });
  let largest = 0;
  for (let part = 0; part < rows * columns; part += 1) largest = Math.max(largest, i32[(layout.largest >>> 2) + part]!);
  return { visible: matrix(layout.columnBounds, rows, layout.hidden.blocks), hidden: matrix(layout.rowBounds, columns, layout.visible.blocks), largest };
}

function writePlans({ views }: Workplace, published: PublishedLayout, { visible, hidden }: Findings): void {
  writePlan(views.i32, published.visiblePlan >>> 2, visible);
  writePlan(views.i32, published.hiddenPlan >>> 2, hidden);
}

/** The largest sum of |W| of a unit, at most; Infinity where a sum of uint16 lanes saturated and is no upper bound. */
function largestSum({ words, blocks, sums }: Bounds): number {
  let largest = 0;
  for (let block = 0; block < blocks; block += 1) {
    let sum = 0;
    for (let word = 0; word < words; word += 1) sum += sums[word * blocks + block]! < 65535 ? sums[word * blocks + block]! : Infinity;
    largest = Math.max(largest, sum);
  }
  return largest;
}

interface Version { readonly masters: Masters; readonly published: PublishedLayout; readonly outcome: number }

/** Rounds the biases, checks the bounds, writes plans and the outcome. Whatever is near a bound is decided by ebm's own quantise. */
function finishVersion(place: Workplace, { masters, published, outcome }: Version): void {
  const { views, session } = place;
  const findings = findingsOf(place);
  const largestBias = roundBiases(masters, biasesView(place, published), 1 << session.grid);
  const most = largestBias + Math.max(largestSum(findings.visible), largestSum(findings.hidden));
  const near = !(most <= PRE_ACTIVATION_BOUND) || findings.largest >= LARGE;
  const diverged = near ? publishExactly(place, masters, published) : null;
  if (!near) writePlans(place, published, findings);
  writeOutcome(views.u8, views.i32, outcome, diverged);
}

/** Rounds and checks in plain TypeScript, by this thread alone, then completes the version from the exact weights. */
function publishExactly(place: Workplace, masters: Masters, published: PublishedLayout): Divergence | null {
  const { kernels, scratch, session, views } = place;
  const weights = new Int16Array(views.buffer, session.layout.plain, session.visible * session.hidden);
  const diverged = quantise(masters, session, { branch: 0, version: 0, weights, ...biasesView(place, published) });
  if (diverged !== null) return diverged;
  writeGrid(place, { masters: 0, plain: session.layout.plain }, published);
  for (let fromRow = 0; fromRow < session.visible; fromRow += STEP_ROWS) {
    kernels.publishPart(scratch.block + PARAMETERS_BYTES, fromRow, Math.min(session.visible, fromRow + STEP_ROWS), 0, session.hidden);
  }
  writePlans(place, published, findingsOf(place));
  return null;
}

/** Rounds to nearest, ties to even, by adding and taking away 1.5 * 2^52; returns the largest size, NaN if one is not finite. */
function roundBiases(masters: Masters, parameters: Biases, scale: number): number {
  const magic = 6755399441055744;
  let largest = 0;
  for (const [from, to] of [[masters.visibleBias, parameters.visibleBias], [masters.hiddenBias, parameters.hiddenBias]] as const) {
    for (let i = 0; i < from.length; i += 1) {
      const value = (from[i]! * scale + magic) - magic;
      to[i] = value;
      largest = Math.max(largest, Math.abs(value)); // NaN stays NaN
    }
  }
  return largest;
}

function writeOutcome(u8: Uint8Array, i32: Int32Array, address: number, outcome: Divergence | null): void {
  const bytes = outcome === null ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(outcome));
  i32[address >>> 2] = bytes.length;
  u8.set(bytes, address + 4);
}

type Biases = Pick<Parameters, 'visibleBias' | 'hiddenBias'>;

function biasesView({ views, session }: Workplace, published: PublishedLayout): Biases {
  return {
    visibleBias: new Int32Array(views.buffer, published.visibleBias, session.visible),
    hiddenBias: new Int32Array(views.buffer, published.hiddenBias, session.hidden),
  };
}

/** A version for ebm's functions; the weights are copied. */
export function parametersOf(place: Workplace, published: PublishedLayout, name: { readonly branch: number; readonly version: number }): Parameters {
  return { ...name, weights: weightsOf(new Int16Array(place.views.buffer), published, place.session), ...biasesView(place, published) };
}

function mastersView({ views, session }: Workplace, masters: MastersLayout): Masters {
  const { visible, hidden } = session;
  return {
    weights: new Float32Array(views.buffer, masters.weights, visible * hidden),
    visibleBias: new Float32Array(views.buffer, masters.visibleBias, visible),
    hiddenBias: new Float32Array(views.buffer, masters.hiddenBias, hidden),
  };
}

function stateView(place: Workplace, { state }: ApplyCommand): TrainingState {
  const { visible, hidden } = place.session;
  return {
    visible, hidden,
    masters: mastersView(place, state.masters),
    slots: state.slots.map((slot) => mastersView(place, slot)),
    average: state.average === null ? null : mastersView(place, state.average),
    visibleOffset: new Float32Array(place.views.buffer, state.visibleOffset, visible),
    hiddenOffset: new Float32Array(place.views.buffer, state.hiddenOffset, hidden),
  };
}

function sumsView({ views, session }: Workplace, { sums }: ApplyCommand): UpdateSums {
  const { visible, hidden } = session;
  const outer = (address: number): Int32Array | Float64Array => (
    sums.wide ? new Float64Array(views.buffer, address, visible * hidden) : new Int32Array(views.buffer, address, visible * hidden));
  const phase = (layout: PhaseLayout): PhaseSums => ({
    count: layout.count,
    visible: new Int32Array(views.buffer, layout.visible, visible),
    hidden: new Float64Array(views.buffer, layout.hidden, hidden),
  });
  return {
    data: phase(sums.data), model: phase(sums.model),
    outer: sums.outerModel === 0 ? { kind: 'difference', difference: outer(sums.outer) } : { kind: 'both', data: outer(sums.outer), model: outer(sums.outerModel) },
  };
}
