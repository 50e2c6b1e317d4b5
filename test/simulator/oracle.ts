// What a job must give, from a bare loop over the engine in which nothing can go wrong: every version of every branch, the ledger, the
// end. The machines, shells, wires and journals have no part in it.
import type { CompiledJob } from '../../ebm/job.ts';
import { rateAt } from '../../ebm/optimiser/schedule.ts';
import { initialise, startChains } from '../../ebm/rbm/initial.ts';
import type { Masters, Parameters, TrainingState } from '../../ebm/rbm/parameters.ts';
import { meanOf } from '../../ebm/rbm/binarise.ts';
import type { Session } from '../../engine/engine.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { chainsDigest, parametersDigest } from '../../coordinator/shell/digest.ts';
import { FigureDesk, type FigureData } from '../../coordinator/shell/figures.ts';
import type { Figures } from '../../coordinator/shell/events.ts';
import { LEDGER_START, type LedgerEntry } from '../../platform/journal/journal.ts';
import { ledgerLine } from '../../platform/journal/ledger.ts';
import { compute } from '../../worker/shell/evaluation.ts';
import { tinyData, tinyProblem } from '../support/tiny-job.ts';
import { checksum } from './checksum.ts';

export interface Version { readonly masters: number; readonly published: number; readonly chains: Uint8Array }

export interface Oracle {
  /** By `branch/version`. */
  readonly versions: ReadonlyMap<string, Version>;
  readonly ledger: readonly LedgerEntry[];
  /** Digest of the chain after so many lines. */
  readonly heads: readonly string[];
  /** By `branch/version`, as JSON. */
  readonly figures: ReadonlyMap<string, string>;
  readonly end: OracleEnd;
}

export interface OracleEnd {
  readonly kind: 'finished' | 'diverged';
  readonly update: number;
  readonly branch: number;
  readonly parameters: string;
  readonly chains: string | null;
}

export const versionKey = (branch: number, version: number): string => `${branch}/${version}`;

export function publishedSum({ weights, visibleBias, hiddenBias }: Parameters): number {
  return checksum(weights, visibleBias, hiddenBias);
}

export function mastersSum({ weights, visibleBias, hiddenBias }: Masters): number {
  return checksum(weights, visibleBias, hiddenBias);
}

interface Saved { readonly arrays: readonly Float32Array[]; readonly chains: Uint8Array; readonly before: Parameters | undefined }

function floatsOf({ masters, slots, average, visibleOffset, hiddenOffset }: TrainingState): readonly Float32Array[] {
  const groups = [masters, ...slots, ...(average === null ? [] : [average])];
  return [...groups.flatMap((group) => [group.weights, group.visibleBias, group.hiddenBias]), visibleOffset, hiddenOffset];
}

/** One run of the loop. */
class Loop {
  readonly versions = new Map<string, Version>();
  readonly ledger: LedgerEntry[] = [];
  readonly figures = new Map<string, string>();
  readonly #job: CompiledJob;
  readonly #session: Session;
  readonly #data: FigureData;
  readonly #state: TrainingState;
  readonly #saved = new Map<number, Saved>();
  #published = new Map<number, Parameters>();
  #chains: Uint8Array;
  #branch = 0;
  #update = 0;

  constructor(job: CompiledJob, session: Session) {
    this.#job = job;
    this.#session = session;
    this.#data = tinyData(job);
    this.#state = session.createState();
    const { data } = tinyProblem(job);
    initialise(this.#state, { seed: job.seed, centred: job.model.centred }, meanOf(data!));
    const { train, model, seed } = job;
    this.#chains = train.objective === 'cd' ? new Uint8Array(0) : startChains(seed, { from: 0, to: train.chains ?? train.batch }, model.hidden);
  }

  async run(): Promise<Oracle> {
    const { train, checkpoint } = this.#job;
    await this.#publish();
    this.#save();
    let isOver = false;
    while (!isOver && this.#update < train.updates) {
      if (await this.#step()) await this.#arrive();
      else if (this.#branch >= train.rollbacks) isOver = true;
      else await this.#fallBack(checkpoint.every > 0 ? this.#update - (this.#update % checkpoint.every) : 0);
    }
    const heads = [LEDGER_START.head];
    this.ledger.forEach((entry, lines) => heads.push(ledgerLine({ lines, head: heads.at(-1)! }, entry, {}).position.head));
    const chains = this.#chains.length === 0 ? null : chainsDigest(this.#chains);
    const end: OracleEnd = { kind: isOver ? 'diverged' : 'finished', update: this.#update, branch: this.#branch, parameters: parametersDigest(this.#state.masters), chains };
    return { versions: this.versions, ledger: this.ledger, heads, figures: this.figures, end };
  }

  /** False if it diverged. */
  async #step(): Promise<boolean> {
    const { train } = this.#job;
    const update = this.#update;
    const parameters = this.#published.get(Math.max(0, update - train.staleness))!;
    const chains = { from: 0, to: train.objective === 'cd' ? train.batch : train.chains ?? train.batch };
    const unit = { branch: this.#branch, update, version: parameters.version, data: { from: 0, to: train.batch }, chains };
    const contribution = await this.#session.evaluate(unit, parameters, this.#chains);
    const learningRate = rateAt(train.optimiser, { update, updates: train.updates, rateScale: 1 / (1 << this.#branch) });
    const outcome = await this.#session.apply(this.#state, contribution.sums, { update, branch: this.#branch, learningRate });
    if (outcome.kind === 'diverged') return false;
    this.#chains = contribution.chains;
    this.#update += 1;
    this.#keep(outcome.published);
    return true;
  }

  #keep(published: Parameters): void {
    this.#published.set(published.version, published);
    this.versions.set(versionKey(published.branch, published.version), { masters: mastersSum(this.#state.masters), published: publishedSum(published), chains: this.#chains.slice() });
  }

  async #publish(): Promise<void> {
    const outcome = await this.#session.publish(this.#state.masters, this.#branch, this.#update);
    if (outcome.kind === 'diverged') throw new Error('a version that was published before cannot be published');
    this.#keep(outcome.published);
  }

  async #arrive(): Promise<void> {
    const { ledger, checkpoint, evaluate, train } = this.#job;
    const [update, branch] = [this.#update, this.#branch];
    if (ledger.every > 0 && update % ledger.every === 0) {
      const chains = this.#chains.length === 0 ? null : chainsDigest(this.#chains);
      this.ledger.push({ update, branch, rollbacks: branch, parameters: parametersDigest(this.#state.masters), chains });
    }
    if (evaluate !== 'off' && (update === train.updates || (evaluate.every > 0 && update % evaluate.every === 0))) await this.#measure();
    if (checkpoint.every > 0 && update % checkpoint.every === 0) this.#save();
  }

  async #measure(): Promise<void> {
    const { average } = this.#state;
    const measured = average === null ? { kind: 'applied' as const, published: this.#published.get(this.#update)! } : await this.#session.publish(average, this.#branch, this.#update);
    if (measured.kind === 'diverged') throw new Error('the average cannot be published');
    const name = { branch: this.#branch, version: this.#update, of: average === null ? 'masters' as const : 'average' as const };
    const desk = new FigureDesk(this.#job, this.#data);
    desk.begin();
    const bench = { session: this.#session, shared: true, visible: this.#job.facts.visible, rows: { test: this.#data.test?.bits ?? null } };
    for (const { figure, size } of desk.plans()) {
      const range = { from: 0, to: size };
      const computed = await compute(bench, desk.unit(figure, range, name), measured.published, new Uint8Array(0));
      if (computed.kind === 'values' && computed.values.kind === 'numbers') desk.collect(figure, range, computed.values.numbers);
    }
    this.figures.set(versionKey(this.#branch, this.#update), figuresText(desk.conclude()));
  }

  #save(): void {
    this.#saved.set(this.#update, { arrays: floatsOf(this.#state).map((array) => array.slice()), chains: this.#chains.slice(), before: this.#published.get(this.#update - 1) });
  }

  async #fallBack(target: number): Promise<void> {
    const { arrays, chains, before } = this.#saved.get(target)!;
    floatsOf(this.#state).forEach((array, i) => { array.set(arrays[i]!); });
    this.#chains = chains.slice();
    this.#branch += 1;
    this.#update = target;
    this.#published = new Map();
    if (before !== undefined) {
      this.#published.set(before.version, { ...before, branch: this.#branch });
      this.versions.set(versionKey(this.#branch, before.version), { masters: 0, published: publishedSum(before), chains: new Uint8Array(0) });
    }
    await this.#publish();
    this.#save();
  }
}

export function figuresText({ testLogLikelihood, validationLogLikelihood, logPartition, standardErrors }: Figures): string {
  return JSON.stringify({ testLogLikelihood, validationLogLikelihood, logPartition, standardErrors });
}

const engine = openReferenceEngine();

export async function oracleOf(job: CompiledJob): Promise<Oracle> {
  return new Loop(job, await engine.load(tinyProblem(job))).run();
}

/** As JSON and back: for processes whose own engine is not to be trusted. */
export function oracleText(oracle: Oracle): string {
  const versions = [...oracle.versions].map(([key, version]) => [key, { ...version, chains: [...version.chains] }]);
  return JSON.stringify({ ...oracle, versions, figures: [...oracle.figures] });
}

export function oracleFrom(text: string): Oracle {
  const read = JSON.parse(text) as Omit<Oracle, 'versions' | 'figures'> & {
    readonly versions: readonly (readonly [string, Omit<Version, 'chains'> & { readonly chains: readonly number[] }])[];
    readonly figures: readonly (readonly [string, string])[];
  };
  return { ...read, versions: new Map(read.versions.map(([key, version]) => [key, { ...version, chains: Uint8Array.from(version.chains) }])), figures: new Map(read.figures) };
}
