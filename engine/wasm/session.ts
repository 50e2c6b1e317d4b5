// A session of the wasm engine, on the owner's side: checks what it is given, lays it out in shared memory, and lets the pool compute.
// It computes nothing itself and never blocks; commands of all sessions of an engine queue in the pool.
import { assertBetas } from '../../ebm/partition/temperatures.ts';
import { ENUMERATED_UNITS_MAX } from '../../ebm/partition/enumeration.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { Masters, Parameters, TrainingState, UpdateSums } from '../../ebm/rbm/parameters.ts';
import type {
  ApplyOutcome, Contribution, FactorContribution, LogPartitionUnit, Problem, Range, SampleResult, SampleUnit, Session, StepSettings, UnfinishedSums, UpdateUnit,
} from '../engine.ts';
import type { Pool, Share } from '../pool/pool.ts';
import type { Allocator } from './allocator.ts';
import { TABLE_BYTES, annealingBytes } from './annealing.ts';
import { assertProblem, assertUnit, rowCount } from '../checks.ts';
import { isShort, type Command, type Envelope, type MastersLayout, type PackPlace, type SessionPlan } from './commands.ts';
import { Holdings, PUBLISHED_MAX, layoutWith, type Ledger, type Piece } from './holdings.ts';
import { Messenger } from './messenger.ts';
import { layOutSession, type PublishedLayout } from './layout.ts';
import { loadData, loadThresholds } from './loading.ts';

/** Samples that one command sums in int32. */
const INT32_SAMPLES = 16384;
const OUTCOME_BYTES = 1024;

export interface EngineParts { readonly allocator: Allocator; readonly pool: Pool<Envelope> }

/** The command with the length of the memory at the time it is handed over. */
export function envelope(allocator: Allocator, command: Command): Envelope {
  return { memoryBytes: allocator.bytes, command };
}

/** What only engines that compute with this one need is not in the port. */
export class WasmSession implements Session {
  readonly publishedMax = PUBLISHED_MAX;
  readonly #parts: EngineParts;
  readonly #problem: Problem;
  readonly #plan: SessionPlan;
  readonly #holdings: Holdings;
  readonly #messenger: Messenger;
  #closed: Promise<void> | null = null;
  readonly giveUp = (): void => { this.#parts.pool.giveUp(); };
  readonly tally: Session['tally'] = (factors, into) => this.#messenger.tally(factors, into);
  readonly pack: Session['pack'] = (contribution) => this.#messenger.pack(contribution);
  readonly addPacked: Session['addPacked'] = (packed, into) => this.#messenger.addPacked(packed, into);
  readonly difference: Session['difference'] = (base, next) => this.#messenger.difference(base, next);
  readonly adoptDifference: Session['adoptDifference'] = (...given) => this.#messenger.adoptDifference(...given);

  static async open(parts: EngineParts, problem: Problem, id: number): Promise<WasmSession> {
    assertProblem(problem);
    const holdings = new Holdings(parts.allocator, problem);
    try {
      const session = new WasmSession(parts, problem, { holdings, id });
      await session.#run({ kind: 'open', session: session.#plan });
      return session;
    } catch (error) {
      holdings.freeAll();
      throw error;
    }
  }

  private constructor(parts: EngineParts, problem: Problem, own: { readonly holdings: Holdings; readonly id: number }) {
    this.#parts = parts;
    this.#problem = problem;
    this.#holdings = own.holdings;
    const { seed, visible, hidden, grid, objective, steps, batch, centred, optimiser, average } = problem;
    const table = loadThresholds(own.holdings, parts.allocator.views, problem.grid);
    const layout = { ...layOutSession(problem, parts.pool.threads, Math.max(batch, problem.chains), own.holdings.piece), ...table };
    this.#plan = { id: own.id, seed, visible, hidden, grid, objective, steps, batch, centred, optimiser, average, data: loadData(own.holdings, parts.allocator.views, problem.data), layout };
    this.#messenger = new Messenger(problem, { ...own, threads: parts.pool.threads, views: () => this.#views, run: (command) => this.#run(command) });
  }

  createState(): TrainingState {
    return this.#holdings.createState();
  }

  async publish(masters: Masters, branch: number, version: number): Promise<ApplyOutcome> {
    return this.#publish(this.#holdings.mastersLayout(masters), this.#holdings.nextVersion(this.#holdings.ringOf(masters)), { branch, version });
  }

  async adopt(parameters: Parameters): Promise<Parameters> {
    if (this.#holdings.find(parameters) !== null) return parameters;
    const { visible, hidden } = this.#problem;
    const { weights, visibleBias, hiddenBias } = parameters;
    if (weights.length !== visible * hidden || visibleBias.length !== visible || hiddenBias.length !== hidden) {
      throw new RangeError(`parameters of ${visibleBias.length} x ${hiddenBias.length} units given to a session of ${visible} x ${hidden}`);
    }
    const published = this.#holdings.nextVersion('adopted');
    const { i32 } = this.#views;
    i32.set(visibleBias, published.visibleBias >>> 2);
    i32.set(hiddenBias, published.hiddenBias >>> 2);
    await this.#withPieces((piece) => this.#run({ kind: 'adopt', session: this.#plan.id, plain: piece(weights), published }));
    return this.#holdings.parametersAt(published, parameters);
  }

  async evaluate(unit: UpdateUnit, parameters: Parameters, chains: Uint8Array): Promise<Contribution> {
    assertUnit(this.#problem, unit, parameters, chains);
    const published = this.#holdings.publishedLayout(parameters);
    const ledger = this.#holdings.takeLedger();
    const bytes = this.#problem.objective === 'cd' ? 0 : chains.length;
    this.#views.u8.set(chains.subarray(0, bytes), ledger.states);
    const pack = this.#messenger.packPlace(ledger);
    if (ledger.sums.wide) await this.#evaluateWide(unit, published, ledger);
    else await this.#evaluateInto(unit, published, ledger, { pack });
    const counts = { data: unit.data.to - unit.data.from, model: unit.chains.to - unit.chains.from };
    const contribution = this.#holdings.lend(ledger, counts, this.#views.u8.slice(ledger.states, ledger.states + bytes));
    return pack === null ? contribution : this.#messenger.packed(contribution);
  }

  evaluateFactors(unit: UpdateUnit, parameters: Parameters, chains: Uint8Array): Promise<FactorContribution> {
    assertUnit(this.#problem, unit, parameters, chains);
    return this.#messenger.evaluateFactors(unit, this.#holdings.publishedLayout(parameters), chains);
  }

  release(contribution: Contribution): void {
    this.#holdings.release(contribution);
  }

  /** Memory for a contribution that another engine computes: `release`, `pack` and `apply` take it like one of `evaluate`. Its sums are not zeroed. */
  lend(counts: { readonly data: number; readonly model: number }): Contribution {
    return this.#holdings.lend(this.#holdings.takeLedger(), counts, new Uint8Array(0));
  }

  /** Throws for parameters that are not in this session's memory, or no longer. */
  assertHeld(parameters: Parameters): void {
    this.#holdings.publishedLayout(parameters);
  }

  async apply(state: TrainingState, sums: UpdateSums | UnfinishedSums, step: StepSettings): Promise<ApplyOutcome> {
    const layout = this.#holdings.stateLayout(state);
    const { tasks, sums: sumsLayout, ledger } = this.#messenger.sumsOfStep(sums);
    const published = this.#holdings.nextVersion('published');
    const { update, branch, learningRate } = step;
    const encode = this.#messenger.foreseen();
    const outcome = await this.#withOutcome(published, { branch, version: update + 1 }, (at, piece) => (
      { kind: 'apply', session: this.#plan.id, update, learningRate, state: layout, ...tasks(piece), sums: sumsLayout, published, outcome: at, encode }));
    if (outcome.kind === 'applied') this.#messenger.stepped(outcome.published, encode);
    if (ledger !== null) this.#holdings.giveBack(ledger);
    return outcome;
  }

  async sample(unit: SampleUnit): Promise<SampleResult> {
    const { visible, hidden } = this.#problem;
    const { chains, clamp, parameters, purpose, branch, word3, steps, firstHalfStep } = unit;
    const count = chains.to - chains.from;
    if (steps < 1) throw new RangeError(`a sample unit needs at least one step, got ${steps}`);
    if (unit.states.length !== count * bytesOf(hidden)) throw new RangeError(`the unit's states are ${count * bytesOf(hidden)} bytes, given ${unit.states.length}`);
    const published = this.#holdings.publishedLayout(parameters);
    return this.#withPieces(async (piece) => {
      const states = piece(unit.states);
      const rows = piece(count * bytesOf(visible));
      const thresholds = piece(4 * count * visible);
      await this.#run({
        kind: 'sample', session: this.#plan.id, purpose, branch, word3, chains, steps, firstHalfStep, published, states, rows, thresholds,
        mask: clamp === null ? 0 : piece(clamp.mask), values: clamp === null ? 0 : piece(clamp.values),
      });
      const { u8, i32 } = this.#views;
      unit.states.set(u8.subarray(states, states + unit.states.length));
      return {
        states: unit.states,
        visible: u8.slice(rows, rows + count * bytesOf(visible)),
        visibleThresholds: i32.slice(thresholds >>> 2, (thresholds >>> 2) + count * visible),
      };
    });
  }

  async logPartition({ parameters, kind, runs, betas, baseBias, starts }: LogPartitionUnit): Promise<Float64Array> {
    const { visible } = this.#problem;
    const count = runs.to - runs.from;
    assertBetas(betas);
    if (baseBias.length !== visible) throw new RangeError(`the base model has ${baseBias.length} units and the model ${visible}`);
    if (kind === 'ais' ? starts !== null : starts?.length !== count * bytesOf(visible)) {
      throw new RangeError(`${kind} runs need ${kind === 'ais' ? 'no starts' : 'one packed start a run'}, got ${starts?.length ?? 'no'} bytes for ${count} runs`);
    }
    const published = this.#holdings.publishedLayout(parameters);
    return this.#withPieces(async (piece) => {
      const out = piece(8 * count);
      const working = annealingBytes(this.#problem, Math.min(count, this.#plan.layout.pass));
      await this.#run({
        kind: 'log-partition', session: this.#plan.id, branch: parameters.branch, version: parameters.version, published, path: kind, runs,
        betas: piece(betas), betasCount: betas.length, baseBias: piece(baseBias), starts: starts === null ? 0 : piece(starts), out,
        inputs: piece(working.inputs), factors: piece(working.factors), base: piece(working.base), differences: piece(working.differences), tables: piece(TABLE_BYTES),
      });
      const weights = this.#views.f64.slice(out >>> 3, (out >>> 3) + count);
      if (weights.some(Number.isNaN)) throw new Error('the annealed runs were given up');
      return weights;
    });
  }

  async negativeFreeEnergies(parameters: Parameters, rows: Uint8Array): Promise<Float64Array> {
    const { visible, hidden } = this.#problem;
    const count = rowCount(rows, visible);
    const published = this.#holdings.publishedLayout(parameters);
    return this.#withPieces(async (piece) => {
      const out = piece(8 * count);
      const inputs = piece(4 * hidden * Math.min(count, this.#plan.layout.pass));
      await this.#run({ kind: 'energies', session: this.#plan.id, published, rows: piece(rows), count, inputs, out });
      return this.#views.f64.slice(out >>> 3, (out >>> 3) + count);
    });
  }

  async hiddenThresholds(parameters: Parameters, rows: Uint8Array): Promise<Int32Array> {
    const { visible, hidden } = this.#problem;
    const count = rowCount(rows, visible);
    const published = this.#holdings.publishedLayout(parameters);
    return this.#withPieces(async (piece) => {
      const out = piece(4 * count * hidden);
      await this.#run({ kind: 'thresholds', session: this.#plan.id, published, rows: piece(rows), count, inputs: 0, out });
      return this.#views.i32.slice(out >>> 2, (out >>> 2) + count * hidden);
    });
  }

  async exactLogPartition(parameters: Parameters): Promise<number> {
    const { visible, hidden } = this.#problem;
    if (Math.min(visible, hidden) > ENUMERATED_UNITS_MAX) {
      throw new RangeError(`exact sums need a layer of at most ${ENUMERATED_UNITS_MAX} units, got ${visible} visible and ${hidden} hidden`);
    }
    const published = this.#holdings.publishedLayout(parameters);
    return this.#withPieces(async (piece) => {
      const out = piece(8);
      await this.#run({ kind: 'exact', session: this.#plan.id, published, out });
      return this.#views.f64[out >>> 3]!;
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#run({ kind: 'close', session: this.#plan.id }).finally(() => { this.#holdings.freeAll(); });
    return this.#closed;
  }

  get #views(): Allocator['views'] { return this.#parts.allocator.views; }

  #run(command: Command): Promise<void> {
    if (this.#closed !== null) return Promise.reject(new Error('this session of the wasm engine is closed'));
    return this.#parts.pool.run(() => envelope(this.#parts.allocator, command), this.#shareOf(command));
  }

  #shareOf(command: Command): Share {
    if (command.kind === 'open' || command.kind === 'close') return 'each';
    return isShort(command, this.#plan) ? 'joined' : 'threads';
  }

  async #evaluateInto(unit: UpdateUnit, published: PublishedLayout, ledger: Ledger, { skipped = 0, pack = null }: { readonly skipped?: number; readonly pack?: PackPlace | null }): Promise<void> {
    const { branch, update, data, chains } = unit;
    const sums = layoutWith(ledger, { data: 0, model: 0 });
    const states = ledger.states + skipped * bytesOf(this.#problem.hidden);
    await this.#run({ kind: 'evaluate', session: this.#plan.id, branch, update, data, chains, published, sums, states, factors: null, pack });
  }

  /** More samples than int32 sums hold: parts of the unit, added in float64. */
  async #evaluateWide(unit: UpdateUnit, published: PublishedLayout, ledger: Ledger): Promise<void> {
    const { visible, hidden } = this.#problem;
    const size = 4 * visible * hidden;
    await this.#withPieces(async (piece) => {
      const outer = piece(size);
      const outerModel = ledger.sums.outerModel === 0 ? 0 : piece(size);
      const phase = (): { visible: number; hidden: number } => ({ visible: piece(4 * visible), hidden: piece(8 * (hidden + 32)) });
      const part: Ledger = { sums: { data: phase(), model: phase(), outer, outerModel, wide: false }, states: ledger.states };
      this.#holdings.clear(ledger);
      const longest = Math.max(unit.data.to - unit.data.from, unit.chains.to - unit.chains.from);
      for (let at = 0; at < longest; at += INT32_SAMPLES) {
        const cut = ({ from, to }: Range): Range => ({ from: Math.min(to, from + at), to: Math.min(to, from + at + INT32_SAMPLES) });
        const chains = cut(unit.chains);
        await this.#evaluateInto({ ...unit, data: cut(unit.data), chains }, published, part, { skipped: chains.from - unit.chains.from });
        await this.#run({ kind: 'add', session: this.#plan.id, from: layoutWith(part, { data: 0, model: 0 }), to: layoutWith(ledger, { data: 0, model: 0 }) });
      }
    });
  }

  #publish(masters: MastersLayout, published: PublishedLayout, name: { readonly branch: number; readonly version: number }): Promise<ApplyOutcome> {
    return this.#withOutcome(published, name, (outcome) => ({ kind: 'publish', session: this.#plan.id, masters, published, outcome }));
  }

  /** Runs a command that makes a version, and reads what it wrote at the address it was given. */
  #withOutcome(published: PublishedLayout, name: { readonly branch: number; readonly version: number }, command: (outcome: number, piece: Piece) => Command): Promise<ApplyOutcome> {
    return this.#withPieces(async (piece) => {
      const at = piece(OUTCOME_BYTES);
      await this.#run(command(at, piece));
      const length = this.#views.i32[at >>> 2]!;
      if (length === 0) return { kind: 'applied', published: this.#holdings.parametersAt(published, name) };
      return JSON.parse(new TextDecoder().decode(this.#views.u8.slice(at + 4, at + 4 + length))) as ApplyOutcome;
    });
  }

  #withPieces<Result>(work: (piece: Piece) => Promise<Result>): Promise<Result> { return this.#holdings.withPieces(work); }
}
