// What a session owns in shared memory besides its working arrays: the training state, published versions, contributions. Owner's side:
// it allocates, names addresses, gives views, and frees everything when the session closes.
import { slotCount } from '../../ebm/optimiser/element.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { Masters, Parameters, PhaseSums, TrainingState, UpdateSums } from '../../ebm/rbm/parameters.ts';
import { INT32_COUNT_MAX } from '../../ebm/rbm/statistics.ts';
import type { Contribution, Problem } from '../engine.ts';
import type { Allocator } from './allocator.ts';
import type { MastersLayout, PhaseLayout, StateLayout, SumsLayout } from './commands.ts';
import { BLOCK_UNITS, ceilTo, layOutPublished, weightsOf, type PublishedLayout } from './layout.ts';

/** Versions that stay valid: the newest, the one before (staleness 1), and the one being made. */
export const PUBLISHED_MAX = 3;

type Copied = Uint8Array | Int16Array | Uint16Array | Int32Array | Float64Array;

/** Memory for the time of one call: so many zeroed bytes, or a copy of an array, or of several, one behind the other. */
export type Piece = (content: number | Copied | readonly Copied[]) => number;

/** Memory of one contribution: sums, and packed hidden bits of up to all chains. */
export interface Ledger { readonly sums: Omit<SumsLayout, 'data' | 'model'> & { readonly data: PhasePlace; readonly model: PhasePlace }; readonly states: number }
type PhasePlace = Omit<PhaseLayout, 'count'>;

export class Holdings {
  readonly #allocator: Allocator;
  readonly #problem: Problem;
  readonly #pieces = new Set<number>();
  readonly #free: Ledger[] = [];
  /** By the sums: a contribution that crossed a transport is another object around the same sums. */
  readonly #lent = new WeakMap<UpdateSums, Ledger>();
  readonly #published = new Map<number, PublishedLayout>();
  /** Which version lies where. */
  readonly #occupants = new Map<PublishedLayout, string>();
  readonly #rings = { published: [] as PublishedLayout[], measured: [] as PublishedLayout[], adopted: [] as PublishedLayout[] };
  /** Weights of averages: what is published of them is measured, and has memory of its own. */
  readonly #averages = new WeakSet<Float32Array>();

  constructor(allocator: Allocator, problem: Problem) {
    this.#allocator = allocator;
    this.#problem = problem;
  }

  /** `isWritten`: all of it is written before it is read. */
  readonly piece = (bytes: number, isWritten = false): number => {
    const address = this.#allocator.allocate(bytes, isWritten ? bytes : 0);
    this.#pieces.add(address);
    return address;
  };

  drop(address: number): void {
    this.#pieces.delete(address);
    this.#allocator.free(address);
  }

  freeAll(): void {
    for (const address of this.#pieces) this.#allocator.free(address);
    this.#pieces.clear();
  }

  createState(): TrainingState {
    const { visible, hidden, optimiser } = this.#problem;
    const average = this.#problem.average > 0 ? this.#createMasters() : null;
    if (average !== null) this.#averages.add(average.weights);
    return {
      visible, hidden,
      masters: this.#createMasters(),
      slots: Array.from({ length: slotCount(optimiser) }, () => this.#createMasters()),
      average,
      visibleOffset: this.#floats(visible),
      hiddenOffset: this.#floats(hidden),
    };
  }

  /** Addresses of a state that `createState` made. */
  stateLayout(state: TrainingState): StateLayout {
    return {
      masters: this.mastersLayout(state.masters),
      slots: state.slots.map((slot) => this.mastersLayout(slot)),
      average: state.average === null ? null : this.mastersLayout(state.average),
      visibleOffset: this.#addressOf(state.visibleOffset),
      hiddenOffset: this.#addressOf(state.hiddenOffset),
    };
  }

  mastersLayout(masters: Masters): MastersLayout {
    return { weights: this.#addressOf(masters.weights), visibleBias: this.#addressOf(masters.visibleBias), hiddenBias: this.#addressOf(masters.hiddenBias) };
  }

  /** Where masters are published: averages stay out of the way of the versions that updates use. */
  ringOf(masters: Masters): 'published' | 'measured' {
    return this.#averages.has(masters.weights) ? 'measured' : 'published';
  }

  /** Memory for the next version: the oldest of its ring is overwritten. Of what is measured there is one at a time. */
  nextVersion(ring: 'published' | 'measured' | 'adopted'): PublishedLayout {
    const versions = this.#rings[ring];
    const layout = versions.length < (ring === 'measured' ? 1 : PUBLISHED_MAX) ? layOutPublished(this.#problem, this.piece) : versions.shift()!;
    versions.push(layout);
    this.#occupants.delete(layout); // from here on what was there is void
    this.#published.set(layout.visibleBias, layout);
    return layout;
  }

  /** A version's parameters. Kernels have the weights in an order of their own: who wants them row by row gets a copy, made when first read. */
  parametersAt(layout: PublishedLayout, name: { readonly branch: number; readonly version: number }): Parameters {
    const { visible, hidden } = this.#problem;
    const { views } = this.#allocator;
    let weights: Int16Array | null = null;
    this.#occupants.set(layout, `${name.branch}/${name.version}`);
    return {
      branch: name.branch, version: name.version,
      get weights() { return (weights ??= weightsOf(new Int16Array(views.buffer), layout, { visible, hidden })); },
      visibleBias: new Int32Array(views.buffer, layout.visibleBias, visible),
      hiddenBias: new Int32Array(views.buffer, layout.hiddenBias, hidden),
    };
  }

  /** What was to be there is not: a version's name is known before its values are. */
  vacate(layout: PublishedLayout): void {
    this.#occupants.delete(layout);
  }

  /** Where parameters of this session lie; null for any others, and for those whose memory a later version has taken. */
  find(parameters: Parameters): PublishedLayout | null {
    const address = this.#allocator.views.addressOf(parameters.visibleBias);
    const layout = address === null ? undefined : this.#published.get(address);
    return layout !== undefined && this.#occupants.get(layout) === `${parameters.branch}/${parameters.version}` ? layout : null;
  }

  publishedLayout(parameters: Parameters): PublishedLayout {
    const layout = this.find(parameters);
    if (layout === null) throw new Error(`parameters version ${parameters.version} of branch ${parameters.branch} are not in this session's memory: adopt them first`);
    return layout;
  }

  /** Memory for the time of one call. */
  async withPieces<Result>(work: (piece: Piece) => Promise<Result>): Promise<Result> {
    const pieces: number[] = [];
    const piece: Piece = (content) => {
      const isCopy = typeof content !== 'number';
      const copied = isCopy ? [content].flat() : [];
      const address = this.piece(isCopy ? copied.reduce((sum, one) => sum + one.byteLength, 0) : content, isCopy);
      pieces.push(address);
      let at = address;
      for (const one of copied) {
        this.#allocator.views.u8.set(new Uint8Array(one.buffer, one.byteOffset, one.byteLength), at);
        at += one.byteLength;
      }
      return address;
    };
    try {
      return await work(piece);
    } finally {
      for (const address of pieces) this.drop(address);
    }
  }

  /** Memory for a contribution, used again after `release`. */
  takeLedger(): Ledger {
    return this.#free.pop() ?? this.#createLedger();
  }

  /** Sums in float64 are added to in parts: they begin at 0. */
  clear({ sums }: Ledger): void {
    const { visible, hidden } = this.#problem;
    const { u8 } = this.#allocator.views;
    for (const outer of [sums.outer, sums.outerModel]) if (outer !== 0) u8.fill(0, outer, outer + 8 * visible * hidden);
    for (const phase of [sums.data, sums.model]) {
      u8.fill(0, phase.visible, phase.visible + 4 * visible);
      u8.fill(0, phase.hidden, phase.hidden + 8 * hidden);
    }
  }

  giveBack(ledger: Ledger): void {
    this.#free.push(ledger);
  }

  lend(ledger: Ledger, counts: { readonly data: number; readonly model: number }, chains: Uint8Array): Contribution {
    const contribution = { sums: this.sumsAt(ledger, counts), chains };
    this.#lent.set(contribution.sums, ledger);
    return contribution;
  }

  /** The contribution is void, and its memory not free yet. */
  recall(contribution: Contribution): void {
    this.#lent.delete(contribution.sums);
  }

  release(contribution: Contribution): void {
    const ledger = this.#lent.get(contribution.sums);
    if (ledger === undefined) return;
    this.#lent.delete(contribution.sums);
    this.#free.push(ledger);
  }

  /** Where sums lie if all of them are in this memory; null if they must be copied. */
  sumsLayout(sums: UpdateSums): SumsLayout | null {
    const address = (array: ArrayBufferView): number => this.#allocator.views.addressOf(array) ?? -1;
    const phase = ({ count, visible, hidden }: PhaseSums): PhaseLayout => ({ count, visible: address(visible), hidden: address(hidden) });
    const { outer } = sums;
    const layout = {
      data: phase(sums.data), model: phase(sums.model),
      outer: address(outer.kind === 'difference' ? outer.difference : outer.data), outerModel: outer.kind === 'difference' ? 0 : address(outer.model),
      wide: (outer.kind === 'difference' ? outer.difference : outer.data) instanceof Float64Array,
    };
    const all = [layout.outer, layout.outerModel, layout.data.visible, layout.data.hidden, layout.model.visible, layout.model.hidden];
    return all.includes(-1) ? null : layout;
  }

  /** Copies sums into a ledger. */
  copySums(sums: UpdateSums, ledger: Ledger): SumsLayout {
    const target = this.sumsAt(ledger, { data: sums.data.count, model: sums.model.count });
    for (const phase of ['data', 'model'] as const) {
      target[phase].visible.set(sums[phase].visible);
      target[phase].hidden.set(sums[phase].hidden);
    }
    if (sums.outer.kind === 'difference' && target.outer.kind === 'difference') {
      target.outer.difference.set(sums.outer.difference);
    } else if (sums.outer.kind === 'both' && target.outer.kind === 'both') {
      target.outer.data.set(sums.outer.data);
      target.outer.model.set(sums.outer.model);
    } else {
      throw new TypeError(`this session's sums are of kind ${target.outer.kind}, given ${sums.outer.kind}`);
    }
    return layoutWith(ledger, { data: sums.data.count, model: sums.model.count });
  }

  /** The arrays of a contribution's memory. */
  sumsAt({ sums }: Ledger, counts: { readonly data: number; readonly model: number }): UpdateSums {
    const { visible, hidden } = this.#problem;
    const { buffer } = this.#allocator.views;
    const outer = (address: number): Int32Array | Float64Array => (
      sums.wide ? new Float64Array(buffer, address, visible * hidden) : new Int32Array(buffer, address, visible * hidden));
    const phase = (place: PhasePlace, count: number): PhaseSums => ({
      count, visible: new Int32Array(buffer, place.visible, visible), hidden: new Float64Array(buffer, place.hidden, hidden),
    });
    return {
      data: phase(sums.data, counts.data), model: phase(sums.model, counts.model),
      outer: sums.outerModel === 0 ? { kind: 'difference', difference: outer(sums.outer) } : { kind: 'both', data: outer(sums.outer), model: outer(sums.outerModel) },
    };
  }

  #createLedger(): Ledger {
    const { visible, hidden, batch, chains } = this.#problem;
    const wide = Math.max(batch, chains) > INT32_COUNT_MAX;
    const phase = (): PhasePlace => ({ visible: this.piece(4 * visible), hidden: this.piece(8 * ceilTo(hidden, BLOCK_UNITS)) });
    const outer = (): number => this.piece(visible * hidden * (wide ? 8 : 4));
    return {
      sums: { data: phase(), model: phase(), outer: outer(), outerModel: batch === chains ? 0 : outer(), wide },
      states: this.piece(Math.max(1, chains * bytesOf(hidden))),
    };
  }

  #createMasters(): Masters {
    const { visible, hidden } = this.#problem;
    return { weights: this.#floats(visible * hidden), visibleBias: this.#floats(visible), hiddenBias: this.#floats(hidden) };
  }

  #floats(length: number): Float32Array {
    const address = this.piece(4 * length);
    return new Float32Array(this.#allocator.views.buffer, address, length);
  }

  #addressOf(array: Float32Array): number {
    const address = this.#allocator.views.addressOf(array);
    if (address === null) throw new Error('the state is not one that this engine created');
    return address;
  }
}

/** A ledger's addresses with the counts that the sums in it have. */
export function layoutWith({ sums }: Ledger, counts: { readonly data: number; readonly model: number }): SumsLayout {
  return { ...sums, data: { ...sums.data, count: counts.data }, model: { ...sums.model, count: counts.model } };
}
