// What a session of the wasm engine gives and takes for messages: factors and their outer products, and differences between versions. Owner's
// side: it checks, lays out in shared memory, and lets the pool compute (exchange.ts).
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { CODE_BITS, codeRowBytes, fitsShape, type WeightsDifference } from '../../ebm/rbm/difference.ts';
import { misfitOfFactors, paddedHidden, type PhaseFactors, type UpdateFactors } from '../../ebm/rbm/factors.ts';
import { isWorthwhile, misfitOfPacked, rowBytes, rowStarts, type PackedSums } from '../../ebm/rbm/packed.ts';
import type { Parameters, UpdateSums } from '../../ebm/rbm/parameters.ts';
import type { Contribution, FactorContribution, Problem, UnfinishedSums, UpdateUnit } from '../engine.ts';
import type { Allocator } from './allocator.ts';
import type { Command, EncodePlace, FactorsLayout, FactorsPlace, SumsLayout, TallyTask } from './commands.ts';
import { layoutWith, type Holdings, type Ledger, type Piece } from './holdings.ts';
import { addPhase } from '../../ebm/rbm/statistics.ts';
import type { PublishedLayout } from './layout.ts';

/** What the session lends. */
export interface MessengerParts {
  readonly holdings: Holdings;
  readonly id: number;
  readonly threads: number;
  readonly views: () => Allocator['views'];
  readonly run: (command: Command) => Promise<void>;
  readonly withPieces: <Result>(work: (piece: Piece) => Promise<Result>) => Promise<Result>;
}

const NO_SUMS: SumsLayout = { data: { count: 0, visible: 0, hidden: 0 }, model: { count: 0, visible: 0, hidden: 0 }, outer: 0, outerModel: 0, wide: false };

export class Messenger {
  readonly #problem: Problem;
  readonly #parts: MessengerParts;
  /** Contributions under way, by their sums: where they lie. */
  readonly #tallied = new WeakMap<Contribution['sums'], Ledger>();

  /** Where packed sums are written, by the address of the outer sums they are made of. */
  readonly #packed = new Map<number, { readonly outer: number; readonly outerModel: number }>();

  /** Where differences are written, from the first on: one at a time, and read before the next. */
  #room: { readonly codes: number; readonly escapes: number; readonly out: number } | null = null;
  /** The version of the last step, and the pair of versions whose difference is in the room. */
  #last: Parameters | null = null;
  #made: { readonly base: Parameters; readonly next: Parameters } | null = null;

  constructor(problem: Problem, parts: MessengerParts) {
    this.#problem = problem;
    this.#parts = parts;
  }

  evaluateFactors(unit: UpdateUnit, published: PublishedLayout, given: Uint8Array): Promise<FactorContribution> {
    const { withPieces, run, id: session, views } = this.#parts;
    const { branch, update, data, chains } = unit;
    const counts = { data: data.to - data.from, model: chains.to - chains.from };
    return withPieces(async (piece) => {
      const bytes = this.#problem.objective === 'cd' ? 0 : given.length;
      const states = piece(given.subarray(0, bytes));
      const factors: FactorsLayout = { data: this.#place(piece, counts.data), model: this.#place(piece, counts.model) };
      await run({ kind: 'evaluate', session, branch, update, data, chains, published, sums: NO_SUMS, states, factors });
      return { factors: { data: this.#read(factors.data, counts.data), model: this.#read(factors.model, counts.model) }, chains: views().u8.slice(states, states + bytes) };
    });
  }

  #sizes(count: number): { readonly visible: number; readonly thresholds: number; readonly full: number } {
    const padded = paddedHidden(this.#problem.hidden);
    return { visible: count * bytesOf(this.#problem.visible), thresholds: count * padded, full: (count * padded) / 8 };
  }

  #place(piece: Piece, count: number): FactorsPlace {
    const { visible, thresholds, full } = this.#sizes(count);
    return { visible: piece(visible), thresholds: piece(2 * thresholds), full: piece(full) };
  }

  #read(place: FactorsPlace, count: number): PhaseFactors {
    const { u8, u16 } = this.#parts.views();
    const sizes = this.#sizes(count);
    const full = u8.subarray(place.full, place.full + sizes.full);
    return {
      count, visible: u8.slice(place.visible, place.visible + sizes.visible), thresholds: u16.slice(place.thresholds >>> 1, (place.thresholds >>> 1) + sizes.thresholds),
      full: full.some((byte) => byte !== 0) ? full.slice() : new Uint8Array(0),
    };
  }

  async tally(factors: UpdateFactors, into: Contribution | null): Promise<Contribution> {
    const { withPieces, run, id: session } = this.#parts;
    const { ledger, counts, task } = this.unfinished({ factors, into });
    await withPieces((piece) => run({ kind: 'tally', session, ...task(piece) }));
    return this.#again(into, ledger, counts);
  }

  /** Where unfinished sums will be, of how many samples, and what finishes them. What they go on from is void from here on. */
  unfinished({ factors, into }: UnfinishedSums): { readonly ledger: Ledger; readonly counts: { readonly data: number; readonly model: number }; readonly task: (piece: Piece) => TallyTask } {
    const { data, model } = factors;
    const misfit = misfitOfFactors(data, data.count, this.#problem) ?? misfitOfFactors(model, model.count, this.#problem);
    if (misfit !== null) throw new RangeError(misfit);
    const ledger = this.#ledgerOf(into);
    const task = (piece: Piece): TallyTask => {
      const place = ({ visible, thresholds, full }: PhaseFactors): FactorsPlace => ({ visible: piece(visible), thresholds: piece(thresholds), full: full.length === 0 ? 0 : piece(full) });
      return {
        data: data.count, model: model.count, factors: { data: place(data), model: place(model) }, full: { data: data.full.length > 0, model: model.full.length > 0 },
        sums: layoutWith(ledger, { data: 0, model: 0 }), first: into === null,
      };
    };
    return { ledger, counts: { data: (into?.sums.data.count ?? 0) + data.count, model: (into?.sums.model.count ?? 0) + model.count }, task };
  }

  /** Where the sums of a step are or will be; `ledger`: memory to be given back after it. */
  sumsOfStep(sums: UpdateSums | UnfinishedSums): { readonly tally: ((piece: Piece) => TallyTask) | null; readonly sums: SumsLayout; readonly ledger: Ledger | null } {
    const isUnfinished = 'factors' in sums;
    const count = (phase: 'data' | 'model'): number => isUnfinished ? sums.factors[phase].count + (sums.into?.sums[phase].count ?? 0) : sums[phase].count;
    if (!(count('data') > 0 && count('model') > 0)) throw new RangeError(`a step needs samples in both phases, got ${count('data')} and ${count('model')}`);
    if (isUnfinished) {
      const { task, ledger, counts } = this.unfinished(sums);
      return { tally: task, sums: layoutWith(ledger, counts), ledger };
    }
    const layout = this.#parts.holdings.sumsLayout(sums);
    if (layout !== null) return { tally: null, sums: layout, ledger: null };
    const ledger = this.#parts.holdings.takeLedger();
    return { tally: null, sums: this.#parts.holdings.copySums(sums, ledger), ledger };
  }

  async pack({ sums }: Contribution): Promise<PackedSums | null> {
    const { run, id: session, holdings, views } = this.#parts;
    const layout = holdings.sumsLayout(sums);
    if (layout === null) throw new Error('these sums are not in the memory of this session');
    if (layout.wide) return null;
    const { visible, hidden } = this.#problem;
    const most = visible * (1 + rowBytes(hidden, 32));
    const room = this.#packed.get(layout.outer) ?? { outer: holdings.piece(most, true), outerModel: layout.outerModel === 0 ? 0 : holdings.piece(most, true) };
    this.#packed.set(layout.outer, room);
    await run({ kind: 'pack', session, sums: layout, ...room });
    const { u8 } = views();
    const matrix = (address: number): Uint8Array => u8.subarray(address, address + rowStarts(u8.subarray(address, address + visible), hidden)[visible]!);
    const outer = matrix(room.outer);
    const outerModel = room.outerModel === 0 ? null : matrix(room.outerModel);
    if (!isWorthwhile(outerModel === null ? [outer] : [outer, outerModel], this.#problem)) return null;
    const { data, model } = sums;
    return { data, model, outer: outerModel === null ? { kind: 'difference', difference: outer } : { kind: 'both', data: outer, model: outerModel } };
  }

  async addPacked(packed: PackedSums, into: Contribution | null): Promise<Contribution> {
    const { withPieces, run, id: session } = this.#parts;
    const { batch, chains } = this.#problem;
    const misfit = misfitOfPacked(packed, batch === chains ? 'difference' : 'both', this.#problem);
    if (misfit !== null) throw new RangeError(misfit);
    const { outer, data, model } = packed;
    const ledger = this.#ledgerOf(into);
    await withPieces((piece) => run({
      kind: 'unpack', session, outer: piece(outer.kind === 'difference' ? outer.difference : outer.data), outerModel: outer.kind === 'difference' ? 0 : piece(outer.model),
      sums: layoutWith(ledger, { data: 0, model: 0 }), first: into === null,
    }));
    const done = { data: (into?.sums.data.count ?? 0) + data.count, model: (into?.sums.model.count ?? 0) + model.count };
    const contribution = this.#again(into, ledger, done);
    for (const [total, part] of [[contribution.sums.data, data], [contribution.sums.model, model]] as const) {
      if (into === null) {
        total.visible.set(part.visible);
        total.hidden.set(part.hidden);
      } else {
        addPhase({ ...total }, part);
      }
    }
    return contribution;
  }

  /** The memory of sums under way, or of new ones. The contribution is void from here on. */
  #ledgerOf(into: Contribution | null): Ledger {
    const ledger = into === null ? this.#parts.holdings.takeLedger() : this.#tallied.get(into.sums);
    if (ledger === undefined) throw new Error('these sums are not of a tally of this session');
    if (ledger.sums.wide) throw new RangeError('factors and packed sums are for updates of at most 32,767 samples a phase');
    if (into !== null) {
      this.#tallied.delete(into.sums);
      this.#parts.holdings.recall(into);
    }
    return ledger;
  }

  #again(into: Contribution | null, ledger: Ledger, counts: { readonly data: number; readonly model: number }): Contribution {
    const contribution = this.#parts.holdings.lend(ledger, counts, into?.chains ?? new Uint8Array(0));
    this.#tallied.set(contribution.sums, ledger);
    return contribution;
  }

  async difference(base: Parameters, next: Parameters): Promise<WeightsDifference | null> {
    const { run, id: session, holdings, views } = this.#parts;
    const { visible, hidden } = this.#problem;
    // More than fits: codes are written in whole blocks of 32 columns, escapes in vectors. Zeroing all of it each time would take as long as the codes.
    this.#room ??= { codes: holdings.piece((visible + 1) * paddedHidden(hidden)), escapes: holdings.piece(2 * visible * hidden + 16), out: holdings.piece(20) };
    const { codes, escapes, out } = this.#room;
    if (this.#made?.base !== base || this.#made.next !== next) {
      this.#made = null;
      await run({ kind: 'encode', session, base: holdings.publishedLayout(base), next: holdings.publishedLayout(next), codes, escapes, out });
    }
    const { u8, i32 } = views();
    const bits = CODE_BITS.find((one) => one === i32[out >>> 2]);
    if (bits === undefined) return null;
    const count = i32[(out >>> 2) + 1]!;
    return { bits, codes: u8.slice(codes, codes + visible * codeRowBytes(hidden, bits)), escapes: new Int16Array(u8.slice(escapes, escapes + 2 * count).buffer) };
  }

  /** Whoever has asked for a difference will ask for that of each step: it is made in the same command, since another one costs a wake-up and a wait. */
  foreseen(): EncodePlace | null {
    const { holdings } = this.#parts;
    this.#made = null;
    return this.#room === null || this.#last === null || holdings.find(this.#last) === null ? null : { ...this.#room, base: holdings.publishedLayout(this.#last) };
  }

  /** After a step, for which `foreseen` was asked. */
  stepped(next: Parameters, encoded: EncodePlace | null): void {
    if (encoded !== null && this.#last !== null) this.#made = { base: this.#last, next };
    this.#last = next;
  }

  async adoptDifference(
    base: Parameters, difference: WeightsDifference, { visibleBias, hiddenBias, ...name }: Omit<Parameters, 'weights'>, onPlaced?: (parameters: Parameters) => void,
  ): Promise<Parameters | null> {
    const { withPieces, run, id: session, holdings, views } = this.#parts;
    const { visible, hidden } = this.#problem;
    const { bits, codes, escapes } = difference;
    if (!fitsShape(difference, this.#problem) || visibleBias.length !== visible || hiddenBias.length !== hidden) return null;
    const from = holdings.publishedLayout(base);
    const published = holdings.nextVersion('adopted');
    if (published === from) throw new Error('the version to start from is the oldest, whose memory the next one takes');
    const { i32 } = views();
    i32.set(visibleBias, published.visibleBias >>> 2);
    i32.set(hiddenBias, published.hiddenBias >>> 2);
    return withPieces(async (piece) => {
      const out = piece(4);
      const decoding = run({
        kind: 'decode', session, base: from, bits, rowBytes: codeRowBytes(hidden, bits), codes: piece(codes), escapes: piece(escapes), escapeCount: escapes.length,
        published, out,
      });
      const parameters = holdings.parametersAt(published, name);
      onPlaced?.(parameters);
      await decoding;
      if (views().i32[out >>> 2] === escapes.length) return parameters;
      holdings.vacate(published);
      return null;
    });
  }
}
