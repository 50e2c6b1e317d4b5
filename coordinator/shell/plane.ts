// The data plane: the arrays of a run beside the machine that decides. Training state, chains of three versions, published parameters,
// the sums of open updates. It does what commands say and decides nothing.
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { initialise, startChains } from '../../ebm/rbm/initial.ts';
import type { Masters, Parameters, TrainingState, UpdateSums } from '../../ebm/rbm/parameters.ts';
import { addSums } from '../../ebm/rbm/statistics.ts';
import type { CompiledJob } from '../../ebm/job.ts';
import type { Command } from '../machine/events.ts';
import type { ApplyOutcome, Contribution, Session, StepSettings } from '../../engine/engine.ts';
import type { ContributionMessage, ParametersName, Range } from '../../proto/messages.ts';

/** With staleness 1: the chains of t are read, those of t + 1 written and read, those of t + 2 written. */
const CHAIN_VERSIONS = 3;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
/** Sums under way. The arrays are those of the first contribution; only the counts are their own. */
interface Gathered {
  readonly total: { readonly data: Writable<UpdateSums['data']>; readonly model: Writable<UpdateSums['model']>; readonly outer: UpdateSums['outer'] };
  readonly first: Contribution;
}

export interface PlaneOptions {
  readonly job: CompiledJob;
  readonly session: Session;
  /** Mean of all training rows: float64 [visible]. */
  readonly dataMean: Float64Array;
  /** Contributions' arrays belong to this session and go back to it; false where they came as bytes. */
  readonly shared: boolean;
}

export class Plane {
  readonly state: TrainingState;
  readonly #options: PlaneOptions;
  readonly #chainBytes: number;
  readonly #chains: readonly Uint8Array[];
  readonly #gathered = new Map<number, Gathered>();
  readonly #retained = new Map<number, { readonly from: number; readonly states: Uint8Array; readonly parameters: Parameters | undefined }>();
  readonly #given = new WeakSet<UpdateSums>();
  #stepping: Promise<unknown> = Promise.resolve();
  #published: readonly Parameters[] = [];
  #average: Parameters | null = null;

  constructor(options: PlaneOptions) {
    this.#options = options;
    this.state = options.session.createState();
    const { train, model } = options.job;
    this.#chainBytes = train.objective === 'cd' ? 0 : bytesOf(model.hidden);
    const bytes = this.#chainBytes * (train.chains ?? train.batch);
    this.#chains = Array.from({ length: CHAIN_VERSIONS }, () => new Uint8Array(bytes));
  }

  /** Packed states of all chains as of a version. */
  chainsAt(version: number): Uint8Array {
    return this.#chains[version % CHAIN_VERSIONS]!;
  }

  /** A view of a range's states; of a duel's, what was kept for it. */
  statesFor(version: number, chains: Range, duel: number | null): Uint8Array {
    const kept = duel === null ? undefined : this.#retained.get(duel);
    const [all, first] = kept === undefined ? [this.chainsAt(version), 0] : [kept.states, kept.from];
    return all.subarray((chains.from - first) * this.#chainBytes, (chains.to - first) * this.#chainBytes);
  }

  retain({ duel, branch, update, version, chains }: Extract<Command, { readonly kind: 'retain' }>): void {
    const states = this.statesFor(update, chains, null).slice();
    this.#retained.set(duel, { from: chains.from, states, parameters: this.find({ branch, version, of: 'masters' }) });
  }

  forget(duel: number): void {
    this.#retained.delete(duel);
  }

  /** Fills everything for update 0, from the seed alone. */
  start(): void {
    const { job, dataMean } = this.#options;
    initialise(this.state, { seed: job.seed, centred: job.model.centred }, dataMean);
    const chains = this.chainsAt(0);
    if (chains.length > 0) chains.set(startChains(job.seed, { from: 0, to: chains.length / this.#chainBytes }, job.model.hidden));
  }

  /** Adds a contribution whole: sums to the update's, states to the next version's chains. The first one's arrays are used as they are. */
  accept(message: ContributionMessage): void {
    const { update, sums, states, chains } = message;
    if (states.length > 0) this.chainsAt(update + 1).set(states, chains.from * this.#chainBytes);
    const gathered = this.#gathered.get(update);
    const contribution: Contribution = { sums, chains: states };
    if (gathered === undefined) {
      this.#gathered.set(update, { total: { data: { ...sums.data }, model: { ...sums.model }, outer: sums.outer }, first: contribution });
      this.#given.add(sums);
      return;
    }
    addSums(gathered.total, sums);
    this.release(contribution);
  }

  /** Gives arrays back to their engine, once, and never while they are in use as an update's sums. */
  release(contribution: Contribution): void {
    if (!this.#options.shared || this.#given.has(contribution.sums)) return;
    this.#given.add(contribution.sums);
    this.#options.session.release(contribution);
  }

  sumsOf(update: number): UpdateSums | undefined {
    return this.#gathered.get(update)?.total;
  }

  /** When no step is under way: what it changes must not be restored beneath it. */
  async still(): Promise<void> {
    await this.#stepping.catch(() => undefined);
  }

  apply(step: StepSettings): Promise<ApplyOutcome> {
    const applying = this.#apply(step);
    this.#stepping = applying;
    return applying;
  }

  async #apply(step: StepSettings): Promise<ApplyOutcome> {
    const gathered = this.#gathered.get(step.update);
    if (gathered === undefined) throw new Error(`update ${step.update} has no sums`);
    this.#gathered.delete(step.update); // from here on the sums are the engine's until they are given back
    const outcome = await this.#options.session.apply(this.state, gathered.total, step);
    if (this.#options.shared) this.#options.session.release(gathered.first);
    if (outcome.kind === 'applied') this.#keep(outcome.published);
    return outcome;
  }

  /** Publishes the masters as they are. */
  async publish(branch: number, version: number): Promise<ApplyOutcome> {
    const outcome = await this.#options.session.publish(this.state.masters, branch, version);
    if (outcome.kind === 'applied') this.#keep(outcome.published);
    return outcome;
  }

  /** Publishes what is measured: the moving average if there is one, else nothing new. */
  async publishMeasured(name: ParametersName): Promise<ApplyOutcome> {
    const { average } = this.state;
    const { session } = this.#options;
    if (average === null) return { kind: 'applied', published: this.find(name)! };
    const outcome = await session.publish(average, name.branch, name.version);
    if (outcome.kind === 'applied') this.#average = outcome.published;
    return outcome;
  }

  /** Takes a version from a checkpoint: with staleness 1 an update reads the version before the masters'. */
  async adopt(parameters: Parameters): Promise<void> {
    this.#keep(await this.#options.session.adopt(parameters));
  }

  /** The name under which the model to measure is published. */
  measuredName(branch: number, version: number): ParametersName {
    return { branch, version, of: this.state.average === null ? 'masters' : 'average' };
  }

  find({ branch, version, of }: ParametersName): Parameters | undefined {
    const retained = [...this.#retained.values()].map((one) => one.parameters);
    const candidates = of === 'average' ? [this.#average] : [...this.#published, ...retained];
    return candidates.find((one) => one?.branch === branch && one.version === version) ?? undefined;
  }

  /** Drops what open updates have gathered. */
  abandon(): void {
    for (const { first } of this.#gathered.values()) if (this.#options.shared) this.#options.session.release(first);
    this.#gathered.clear();
  }

  /** Drops all names: versions above a rollback's are dead. */
  clearPublished(): void {
    this.#published = [];
    this.#average = null;
  }

  #keep(parameters: Parameters): void {
    const most = Math.min(this.#options.session.publishedMax, 1 + CHAIN_VERSIONS);
    this.#published = [...this.#published, parameters].slice(-most);
  }
}

/** Names and arrays of masters in the order of digests and snapshots. */
export function namedArrays(masters: Masters): readonly (readonly [string, Float32Array])[] {
  return [['hidden_bias', masters.hiddenBias], ['visible_bias', masters.visibleBias], ['weights', masters.weights]];
}
