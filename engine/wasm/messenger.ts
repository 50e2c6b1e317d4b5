// What a session of the wasm engine gives and takes for messages: factors and their outer products, and differences between versions. Owner's
// side: it checks, lays out in shared memory, and lets the pool compute (exchange.ts).
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { CODE_BITS, codeRowBytes, fitsShape, type WeightsDifference } from '../../ebm/rbm/difference.ts';
import { fullOf, misfitOfFactors, paddedHidden, type PhaseFactors, type UpdateFactors } from '../../ebm/rbm/factors.ts';
import { isWorthwhile, misfitOfPacked, rowBytes, rowStarts, type PackedSums } from '../../ebm/rbm/packed.ts';
import type { Parameters, UpdateSums } from '../../ebm/rbm/parameters.ts';
import type { Contribution, FactorContribution, Problem, UnfinishedSums, UpdateUnit } from '../engine.ts';
import type { Allocator } from './allocator.ts';
import type { Command, EncodePlace, FactorsLayout, FactorsPlace, PackPlace, SumsLayout, TallyTask, UnpackTask } from './commands.ts';
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
}

/** What sums need before a step. */
interface Finishing { readonly unpack: readonly UnpackTask[]; readonly tally: TallyTask | null }

interface Counts { readonly data: number; readonly model: number }

/** Samples of unfinished sums, when they are finished. */
function countsOf({ packed, factors, into }: UnfinishedSums): Counts {
  const parts = [...packed, ...factors, ...(into === null ? [] : [into.sums])];
  const count = (phase: keyof Counts): number => parts.reduce((total, part) => total + part[phase].count, 0);
  return { data: count('data'), model: count('model') };
}

/** One behind the other, as of one range. */
function placedFactors(parts: readonly UpdateFactors[], piece: Piece): Omit<TallyTask, 'sums' | 'first'> {
  const place = (phase: keyof Counts): FactorsPlace => {
    const full = fullOf(parts.map((part) => part[phase]));
    return { visible: piece(parts.map((part) => part[phase].visible)), thresholds: piece(parts.map((part) => part[phase].thresholds)), full: full.length === 0 ? 0 : piece(full) };
  };
  const factors = { data: place('data'), model: place('model') };
  return { ...countsOf({ packed: [], factors: parts, into: null }), factors, full: { data: factors.data.full > 0, model: factors.model.full > 0 } };
}

/** A loop: calls for each of the words take as long as the samples of a short unit. */
function isZero(words: Uint32Array, from: number, count: number): boolean {
  for (let at = from; at < from + count; at += 1) if (words[at] !== 0) return false;
  return true;
}

const NO_SUMS: SumsLayout = { data: { count: 0, visible: 0, hidden: 0 }, model: { count: 0, visible: 0, hidden: 0 }, outer: 0, outerModel: 0, wide: false };

export class Messenger {
  readonly #problem: Problem;
  readonly #parts: MessengerParts;
  /** Contributions under way, by their sums: where they lie. */
  readonly #tallied = new WeakMap<Contribution['sums'], Ledger>();

  /** Where packed sums are written, by the address of the outer sums they are made of. */
  readonly #packed = new Map<number, PackPlace>();
  /** Sums that were packed in the command that made them. */
  readonly #ready = new WeakSet<UpdateSums>();
  #packs = false;

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
    const { run, id: session, holdings, views } = this.#parts;
    const { branch, update, data, chains } = unit;
    const counts = { data: data.to - data.from, model: chains.to - chains.from };
    return holdings.withPieces(async (piece) => {
      const bytes = this.#problem.objective === 'cd' ? 0 : given.length;
      const states = piece(given.subarray(0, bytes));
      const factors: FactorsLayout = { data: this.#place(piece, counts.data), model: this.#place(piece, counts.model) };
      await run({ kind: 'evaluate', session, branch, update, data, chains, published, sums: NO_SUMS, states, factors, pack: null });
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
    const { u8, u16, u32 } = this.#parts.views();
    const sizes = this.#sizes(count);
    const full = u8.subarray(place.full, place.full + sizes.full);
    return {
      count, visible: u8.slice(place.visible, place.visible + sizes.visible), thresholds: u16.slice(place.thresholds >>> 1, (place.thresholds >>> 1) + sizes.thresholds),
      full: isZero(u32, place.full >>> 2, full.length >>> 2) ? new Uint8Array(0) : full.slice(),
    };
  }

  async tally(factors: UpdateFactors, into: Contribution | null): Promise<Contribution> {
    const { run, id: session, holdings } = this.#parts;
    const { ledger, counts, tasks } = this.#unfinished({ packed: [], factors: [factors], into });
    await holdings.withPieces((piece) => run({ kind: 'tally', session, ...tasks(piece).tally! }));
    return this.#again(into, ledger, counts);
  }

  async addPacked(packed: PackedSums, into: Contribution | null): Promise<Contribution> {
    const { run, id: session, holdings } = this.#parts;
    const { ledger, counts, tasks } = this.#unfinished({ packed: [packed], factors: [], into });
    await holdings.withPieces((piece) => run({ kind: 'unpack', session, ...tasks(piece).unpack[0]! }));
    return this.#again(into, ledger, counts);
  }

  /**
   * Where unfinished sums will be, of how many samples, and what finishes them: all but the sums of units of packed ones, which are added here.
   * What they go on from is void from here on.
   */
  #unfinished({ packed, factors, into }: UnfinishedSums): { readonly ledger: Ledger; readonly counts: Counts; readonly tasks: (piece: Piece) => Finishing } {
    const { batch, chains } = this.#problem;
    const misfits = packed.map((sums) => misfitOfPacked(sums, batch === chains ? 'difference' : 'both', this.#problem));
    for (const phase of factors.flatMap(({ data, model }) => [data, model])) misfits.push(misfitOfFactors(phase, phase.count, this.#problem));
    const misfit = misfits.find((one) => one !== null);
    if (misfit !== undefined) throw new RangeError(misfit);
    const counts = countsOf({ packed, factors, into });
    const ledger = this.#ledgerOf(into);
    const sums = layoutWith(ledger, { data: 0, model: 0 });
    packed.forEach((one, at) => { this.#addPhases(ledger, one, into === null && at === 0); });
    const tasks = (piece: Piece): Finishing => ({
      unpack: packed.map(({ outer }, at) => ({
        outer: piece(outer.kind === 'difference' ? outer.difference : outer.data), outerModel: outer.kind === 'difference' ? 0 : piece(outer.model), sums, first: into === null && at === 0,
      })),
      tally: factors.length === 0 ? null : { ...placedFactors(factors, piece), sums, first: into === null && packed.length === 0 },
    });
    return { ledger, counts, tasks };
  }

  /** The sums of units alone: those of pairs are the engine's work. */
  #addPhases(ledger: Ledger, { data, model }: PackedSums, isFirst: boolean): void {
    const total = this.#parts.holdings.sumsAt(ledger, { data: 0, model: 0 });
    for (const [sum, part] of [[total.data, data], [total.model, model]] as const) {
      if (isFirst) {
        sum.visible.set(part.visible);
        sum.hidden.set(part.hidden);
      } else {
        addPhase({ ...sum }, part);
      }
    }
  }

  /** Where the sums of a step are or will be; `ledger`: memory to be given back after it. */
  sumsOfStep(sums: UpdateSums | UnfinishedSums): { readonly tasks: (piece: Piece) => Finishing; readonly sums: SumsLayout; readonly ledger: Ledger | null } {
    const isUnfinished = 'factors' in sums;
    const of = isUnfinished ? countsOf(sums) : { data: sums.data.count, model: sums.model.count };
    if (!(of.data > 0 && of.model > 0)) throw new RangeError(`a step needs samples in both phases, got ${of.data} and ${of.model}`);
    if (isUnfinished) {
      const { tasks, ledger, counts } = this.#unfinished(sums);
      return { tasks, sums: layoutWith(ledger, counts), ledger };
    }
    const tasks = (): Finishing => ({ unpack: [], tally: null });
    const layout = this.#parts.holdings.sumsLayout(sums);
    if (layout !== null) return { tasks, sums: layout, ledger: null };
    const ledger = this.#parts.holdings.takeLedger();
    return { tasks, sums: this.#parts.holdings.copySums(sums, ledger), ledger };
  }

  async pack({ sums }: Contribution): Promise<PackedSums | null> {
    const { run, id: session, holdings, views } = this.#parts;
    const layout = holdings.sumsLayout(sums);
    if (layout === null) throw new Error('these sums are not in the memory of this session');
    if (layout.wide) return null;
    const { visible, hidden } = this.#problem;
    const room = this.#roomFor(layout);
    this.#packs = true;
    if (!this.#ready.has(sums)) await run({ kind: 'pack', session, sums: layout, ...room });
    const { u8 } = views();
    const matrix = (address: number): Uint8Array => u8.subarray(address, address + rowStarts(u8.subarray(address, address + visible), hidden)[visible]!);
    const outer = matrix(room.outer);
    const outerModel = room.outerModel === 0 ? null : matrix(room.outerModel);
    if (!isWorthwhile(outerModel === null ? [outer] : [outer, outerModel], this.#problem)) return null;
    const { data, model } = sums;
    return { data, model, outer: outerModel === null ? { kind: 'difference', difference: outer } : { kind: 'both', data: outer, model: outerModel } };
  }

  #roomFor({ outer, outerModel }: Pick<SumsLayout, 'outer' | 'outerModel'>): PackPlace {
    const { visible, hidden } = this.#problem;
    const { holdings } = this.#parts;
    const most = visible * (1 + rowBytes(hidden, 32));
    const room = this.#packed.get(outer) ?? { outer: holdings.piece(most, true), outerModel: outerModel === 0 ? 0 : holdings.piece(most, true) };
    this.#packed.set(outer, room);
    return room;
  }

  /** Where an evaluation packs its sums in the same command: whoever has asked for packed ones asks again, and another command costs a wake-up and a wait. */
  packPlace({ sums }: Ledger): PackPlace | null {
    return this.#packs && !sums.wide ? this.#roomFor(sums) : null;
  }

  /** Notes what an evaluation has packed. */
  packed(contribution: Contribution): Contribution {
    this.#ready.add(contribution.sums);
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
    const { run, id: session, holdings, views } = this.#parts;
    const { visible, hidden } = this.#problem;
    const { bits, codes, escapes } = difference;
    if (!fitsShape(difference, this.#problem) || visibleBias.length !== visible || hiddenBias.length !== hidden) return null;
    const from = holdings.publishedLayout(base);
    const published = holdings.nextVersion('adopted');
    if (published === from) throw new Error('the version to start from is the oldest, whose memory the next one takes');
    const { i32 } = views();
    i32.set(visibleBias, published.visibleBias >>> 2);
    i32.set(hiddenBias, published.hiddenBias >>> 2);
    return holdings.withPieces(async (piece) => {
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
