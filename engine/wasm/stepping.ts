// The optimiser's step and publishing in a thread (docs/adr/0001): vectors by thread 0 in TypeScript, the matrix in kernels, in blocks of
// 64 rows that are shared out. What a version publishes besides the grid values, transposed copy and plans, is made here.
import { quantise, PRE_ACTIVATION_BOUND, type Divergence } from '../../ebm/rbm/grid.ts';
import type { Masters, Parameters, PhaseSums, TrainingState, UpdateSums } from '../../ebm/rbm/parameters.ts';
import { finishStep, prepareStep, type PreparedStep } from '../../ebm/rbm/step.ts';
import type { AdoptCommand, ApplyCommand, MastersLayout, PhaseLayout, PublishCommand } from './commands.ts';
import { STEP_ROWS, ceilTo, weightsOf, type PublishedLayout } from './layout.ts';
import { planOf, writePlan } from './plan.ts';
import { share, type Workplace } from './station.ts';

/** |x 2^g| from here on is looked at one by one: int16 may not hold it. */
const LARGE = 32767;
const PARAMETERS_BYTES = 128;

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
  share(crew, rowBlocks(place), (block) => {
    const rows = rowsOf(place, block);
    kernels.stepRows(step, place.scratch.block + PARAMETERS_BYTES, rows.from, rows.to);
  });
  crew.barrier();
  if (crew.index !== 0) return;
  finishStep(state, prepared!, { rows: rowSums(place), columns: columnSums(place) });
  finishVersion(place, { masters: state.masters, published: command.published, outcome: command.outcome });
}

/** Rounds masters to the grid. */
export function publishVersion(place: Workplace, { masters, published, outcome }: PublishCommand): void {
  publishAll(place, { masters: masters.weights, plain: 0 }, published);
  if (place.crew.index === 0) finishVersion(place, { masters: mastersView(place, masters), published, outcome });
}

/** Completes weights that came from elsewhere. */
export function adoptVersion(place: Workplace, { plain, published }: AdoptCommand): void {
  publishAll(place, { masters: 0, plain }, published);
  if (place.crew.index === 0) writePlans(place, published, boundsOf(place));
}

/** Where weights come from: float32 masters, or, where that is 0, int16 weights. */
interface WeightSource { readonly masters: number; readonly plain: number }

function publishAll(place: Workplace, source: WeightSource, published: PublishedLayout): void {
  const { crew, kernels } = place;
  crew.barrier();
  writeGrid(place, source, published);
  share(crew, rowBlocks(place), (block) => {
    const rows = rowsOf(place, block);
    kernels.publishRows(place.scratch.block + PARAMETERS_BYTES, rows.from, rows.to);
  });
  crew.barrier();
}

const rowBlocks = ({ session }: Workplace): number => Math.ceil(session.visible / STEP_ROWS);
const columnBlocks = ({ session }: Workplace): number => Math.ceil(session.hidden / STEP_ROWS);

function rowsOf({ session }: Workplace, block: number): { readonly from: number; readonly to: number } {
  return { from: block * STEP_ROWS, to: Math.min(session.visible, (block + 1) * STEP_ROWS) };
}

/** Fields of assembly/step.ts, in its order. */
function writeStep({ views, session, scratch }: Workplace, { state, sums }: ApplyCommand, { rule, outer, averageShare }: PreparedStep): void {
  const at = scratch.block >>> 2;
  const { layout } = session;
  const adam = rule.kind === 'adam' ? rule : null;
  const sgd = rule.kind === 'sgd' ? rule : null;
  views.u32.set([
    state.masters.weights, state.slots[0]?.weights ?? 0, state.slots[1]?.weights ?? 0, averageShare > 0 ? state.average?.weights ?? 0 : 0,
    sums.outer, sums.outerModel, sums.wide ? 1 : 0, session.hidden, state.visibleOffset, state.hiddenOffset,
    layout.visibleDifference, layout.hiddenDifference, layout.visibleOffsetWide, layout.hiddenOffsetWide, layout.rowSums, layout.columnSums,
  ], at);
  views.f32.set(outer.kind === 'difference' ? [outer.inverse, 0] : [outer.inverseData, outer.inverseModel], at + 16);
  views.u32[at + 18] = adam === null ? 0 : 1;
  views.f32.set([
    rule.rate, sgd?.momentum ?? 0, sgd?.decay ?? 0, adam?.beta1 ?? 0, adam?.rest1 ?? 0, adam?.beta2 ?? 0, adam?.rest2 ?? 0,
    adam?.correction1 ?? 0, adam?.correction2 ?? 0, adam?.epsilon ?? 0, adam?.rateDecay ?? 0, averageShare,
  ], at + 19);
  views.u32[at + 31] = session.centred ? 1 : 0;
}

/** Fields of assembly/publish.ts, in its order. */
function writeGrid({ views, session, scratch }: Workplace, { masters, plain }: WeightSource, published: PublishedLayout): void {
  const at = (scratch.block + PARAMETERS_BYTES) >>> 2;
  views.u32.set([
    masters, plain, published.blocked, published.transposed, published.blockedBytes, published.transposedBytes,
    session.visible, session.hidden,
  ], at);
  views.u32[at + 8] = session.grid;
  views.u32[at + 9] = session.layout.bounds;
  views.u32[at + 10] = scratch.strip;
}

/** r: complete already. */
function rowSums({ views, session }: Workplace): Float64Array {
  const at = session.layout.rowSums >>> 3;
  return views.f64.subarray(at, at + session.visible);
}

/** q: the blocks' sums added in order. */
function columnSums(place: Workplace): Float64Array {
  const { views, session } = place;
  const sums = new Float64Array(session.hidden);
  const blocks = rowBlocks(place);
  for (let block = 0; block < blocks; block += 1) {
    const at = (session.layout.columnSums >>> 3) + block * ceilTo(session.hidden, 4);
    for (let j = 0; j < session.hidden; j += 1) sums[j]! += views.f64[at + j]!;
  }
  return sums;
}

interface Bounds {
  /** For each word of 64 visible rows, the largest sum of |W| of any hidden unit; and the other way round. */
  readonly visible: number[];
  readonly hidden: number[];
  /** The largest |x 2^g|, saturated at 32767 or 32768. */
  readonly largest: number;
}

function boundsOf(place: Workplace): Bounds {
  const rows = rowBlocks(place);
  const columns = columnBlocks(place);
  const visible = new Array<number>(rows).fill(0);
  const hidden = new Array<number>(columns).fill(0);
  let largest = 0;
  let at = place.session.layout.bounds >>> 2;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, at += 3) {
      visible[row] = Math.max(visible[row]!, place.views.i32[at]!);
      hidden[column] = Math.max(hidden[column]!, place.views.i32[at + 1]!);
      largest = Math.max(largest, place.views.i32[at + 2]!);
    }
  }
  return { visible, hidden, largest };
}

function writePlans({ views }: Workplace, published: PublishedLayout, { visible, hidden }: Pick<Bounds, 'visible' | 'hidden'>): void {
  writePlan(views.i32, published.visiblePlan, planOf(visible));
  writePlan(views.i32, published.hiddenPlan, planOf(hidden));
}

interface Version { readonly masters: Masters; readonly published: PublishedLayout; readonly outcome: number }

/** Rounds the biases, checks the bounds, writes plans and the outcome. Whatever is near a bound is decided by ebm's own quantise. */
function finishVersion(place: Workplace, { masters, published, outcome }: Version): void {
  const { views, session } = place;
  const bounds = boundsOf(place);
  const largestBias = roundBiases(masters, biasesView(place, published), 1 << session.grid);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const near = !(largestBias + Math.max(sum(bounds.visible), sum(bounds.hidden)) <= PRE_ACTIVATION_BOUND) || bounds.largest >= LARGE || saturated(bounds);
  const diverged = near ? publishExactly(place, masters, published) : null;
  if (!near) writePlans(place, published, bounds);
  writeOutcome(views.u8, views.i32, outcome, diverged);
}

/** Rounds and checks in plain TypeScript, by this thread alone, then completes the version from the exact weights. */
function publishExactly(place: Workplace, masters: Masters, published: PublishedLayout): Divergence | null {
  const { kernels, scratch, session, views } = place;
  const weights = new Int16Array(views.buffer, session.layout.plain, session.visible * session.hidden);
  const diverged = quantise(masters, session, { branch: 0, version: 0, weights, ...biasesView(place, published) });
  if (diverged !== null) return diverged;
  writeGrid(place, { masters: 0, plain: session.layout.plain }, published);
  for (let block = 0; block < rowBlocks(place); block += 1) {
    const rows = rowsOf(place, block);
    kernels.publishRows(scratch.block + PARAMETERS_BYTES, rows.from, rows.to);
  }
  writePlans(place, published, boundsOf(place));
  return null;
}

/** A column sum of uint16 lanes that saturate is no upper bound. */
function saturated({ visible, hidden }: Bounds): boolean {
  return [...visible, ...hidden].some((bound) => bound >= 65535);
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
