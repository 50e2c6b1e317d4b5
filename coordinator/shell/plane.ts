// The arrays of a Boltzmann machine's run beside the machine that decides: training state, chains of three versions, published parameters,
// the sums of open updates. What is measured of them and kept of them is boltzmann-plane.ts's.
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { initialise, startChains } from '../../ebm/rbm/initial.ts';
import type { Masters, Parameters, TrainingState, UpdateSums } from '../../ebm/rbm/parameters.ts';
import type { CompiledJob } from '../../ebm/job.ts';
import type { Command } from '../machine/events.ts';
import type { ApplyOutcome, Contribution, Session, StepSettings } from '../../engine/engine.ts';
import type { AdvancedMessage, ContributionMessage, ParametersName, Range } from '../../proto/messages.ts';
import type { Stepped, VersionDifference } from './data-plane.ts';
import { Gathering } from './gathering.ts';
import type { Stages } from './stages.ts';

/** With staleness 1: the chains of t are read, those of t + 1 written and read, those of t + 2 written. */
const CHAIN_VERSIONS = 3;

/** What is gathered of an open update. `first`: the contribution whose arrays its sums are. */
interface Gathered { readonly gathering: Gathering; first: Contribution | null }

export interface PlaneOptions {
  readonly job: CompiledJob;
  readonly session: Session;
  /** Mean of all training rows: float64 [visible]. */
  readonly dataMean: Float64Array;
  /** Contributions' arrays belong to this session and go back to it; false where they came as bytes. */
  readonly shared: boolean;
  readonly stages: Stages;
  readonly nowMs: () => number;
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
  #difference: VersionDifference | null = null;
  #isLent = false;

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
    const { update, content, states, chains, spent } = message;
    const { session, stages, nowMs } = this.#options;
    if (states.length > 0) this.chainsAt(update + 1).set(states, chains.from * this.#chainBytes);
    stages.contributed(spent);
    let gathered = this.#gathered.get(update);
    if (gathered === undefined) {
      gathered = { gathering: new Gathering({ session, nowMs, onSpent: (stage, ms) => { stages.add(stage, ms); } }), first: null };
      this.#gathered.set(update, gathered);
    }
    if (content.kind === 'factors') {
      gathered.gathering.addFactors(content.factors);
      return;
    }
    if (content.kind === 'gradient') throw new TypeError('a gradient cannot be added to the sums of a Boltzmann machine');
    if (content.kind === 'packed') {
      gathered.gathering.addPacked(content.sums);
      return;
    }
    const contribution: Contribution = { sums: content.sums, chains: states };
    if (!gathered.gathering.add(content.sums)) {
      this.release(contribution);
      return;
    }
    gathered.first = contribution;
    this.#given.add(content.sums);
  }

  /** Once at a time: two spans from one version would move the state twice. */
  lend(): TrainingState {
    if (this.#isLent) throw new Error('the state of the run is lent to a span already');
    this.#isLent = true;
    return this.state;
  }

  advanced({ update, done, states, published }: AdvancedMessage): void {
    this.#isLent = false;
    if (published === null) return;
    if (states.length > 0) this.chainsAt(update + done).set(states);
    this.#published = [published]; // what was there before it has been written over, perhaps
  }

  /** Gives arrays back to their engine, once, and never while they are in use as an update's sums. */
  release(contribution: Contribution): void {
    if (!this.#options.shared || this.#given.has(contribution.sums)) return;
    this.#given.add(contribution.sums);
    this.#options.session.release(contribution);
  }

  /** When no step is under way: what it changes must not be restored beneath it. */
  async still(): Promise<void> {
    await this.#stepping.catch(() => undefined);
  }

  /** `onSums`: told of the sums, if anybody is, while the engine takes the step, which leaves them as they are. */
  takeStep(step: StepSettings, onSums: ((sums: UpdateSums) => void) | null): Promise<Stepped> {
    const gathered = this.#gathered.get(step.update);
    this.#gathered.delete(step.update); // from here on the sums are the engine's until they are given back
    const pending = gathered?.gathering.ready(onSums !== null) ?? null;
    // What is there already is handed over at once: the engine's threads look for it.
    const applying = pending === null ? this.#apply(step, gathered, onSums) : pending.then(() => this.#apply(step, gathered, onSums));
    this.#stepping = applying;
    return applying;
  }

  async #apply(step: StepSettings, gathered: Gathered | undefined, onSums: ((sums: UpdateSums) => void) | null): Promise<Stepped> {
    if (gathered === undefined) throw new Error(`update ${step.update} has no sums`);
    const { session, stages, nowMs } = this.#options;
    const startMs = nowMs();
    const sums = gathered.gathering.sums();
    const applying = session.apply(this.state, sums, step);
    if (onSums !== null && !('factors' in sums)) onSums(sums);
    const outcome = await applying;
    stages.add('applyMs', nowMs() - startMs);
    this.#giveBack(gathered);
    if (outcome.kind !== 'applied') return { outcome, difference: null };
    this.#keep(outcome.published);
    return { outcome, difference: await this.#differ() };
  }

  #giveBack({ gathering, first }: Gathered): void {
    if (this.#options.shared && first !== null) this.#options.session.release(first);
    gathering.end();
  }

  /** From the version before the newest to the newest. */
  async #differ(): Promise<VersionDifference | null> {
    const { shared, session, stages, nowMs } = this.#options;
    const [base, next] = this.#published.slice(-2);
    this.#difference = null;
    if (shared || base === undefined || next?.branch !== base.branch || next.version !== base.version + 1) return null;
    const startMs = nowMs();
    const weights = await session.difference(base, next);
    stages.add('differenceMs', nowMs() - startMs);
    if (weights === null) return null;
    const { branch, version, visibleBias, hiddenBias } = next;
    this.#difference = { name: { branch, version, of: 'masters' }, base: base.version, weights, visibleBias: visibleBias.slice(), hiddenBias: hiddenBias.slice() };
    return this.#difference;
  }

  /** What leads from one version to another, if it is at hand. */
  differenceFor(have: ParametersName | null, { branch, version, of }: ParametersName): VersionDifference | null {
    const known = this.#difference;
    if (known === null || have?.of !== 'masters' || of !== 'masters') return null;
    return known.name.branch === branch && known.name.version === version && have.branch === branch && have.version === known.base ? known : null;
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
    for (const gathered of this.#gathered.values()) this.#giveBack(gathered);
    this.#gathered.clear();
  }

  /** Drops all names: versions above a rollback's are dead. */
  clearPublished(): void {
    this.#isLent = false;
    this.#published = [];
    this.#average = null;
    this.#difference = null;
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
