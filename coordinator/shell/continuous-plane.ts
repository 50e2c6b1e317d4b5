// The plane of a continuous model's run: float32 masters and averages, exact sums of an open update's gradient, the states of all replay slots.
// The optimiser's step is ebm/continuous/step.ts; nothing here needs an engine.
import { firstStates } from '../../ebm/continuous/chains.ts';
import { chainTrouble, RUNAWAY } from '../../ebm/continuous/guard.ts';
import { initialParameters, layoutOf, parameterCount } from '../../ebm/continuous/layout.ts';
import { sizeOf, type ContinuousSettings, type FloatParameters, type ParameterLayout } from '../../ebm/continuous/model.ts';
import { samplingTemperature, settingsOf } from '../../ebm/continuous/settings.ts';
import { slotsOf } from '../../ebm/continuous/slots.ts';
import { applyFloatStep, createFloatState, euclideanNorm, type FloatMover, type FloatStepRules, type FloatTrainingState } from '../../ebm/continuous/step.ts';
import { addSums, EXPONENT, OBSERVED_EXPONENT, valueAt, type Int64Sums } from '../../ebm/continuous/sums.ts';
import type { ContinuousJob } from '../../ebm/job.ts';
import { mean } from '../../ebm/numeric/sum.ts';
import type { StepSettings } from '../../engine/engine.ts';
import type { PublishedTensors, Snapshot, SnapshotArray } from '../../platform/journal/journal.ts';
import type { ContributionMessage, ParametersName, Range } from '../../proto/messages.ts';
import type { Command } from '../machine/events.ts';
import type { DataPlane, StepOutcome, Stepped, UpdateFigures, VersionAt, VersionDifference } from './data-plane.ts';
import { chainsDigest, valuesDigest } from './digest.ts';
import { ChainHealth, drawEvery, type ChainFigures } from './health.ts';
import { observationsOf } from './observations.ts';
import { SnapshotError } from './snapshots.ts';

/** Versions that stay known: the newest and, with staleness 1, the one before. */
const PUBLISHED = 2;
/** Power iterations of a spectral norm's bound. */
const SPECTRAL_ITERATIONS = 4;

/** Name of an array of a snapshot that is there while it counts something. */
const TROUBLED = 'chains/troubled';

interface Gathered { readonly gradient: Int64Sums; readonly observed: Int64Sums; readonly states: Float32Array }

export class ContinuousPlane implements DataPlane {
  readonly sendsStates = true;
  readonly #job: ContinuousJob;
  readonly #settings: ContinuousSettings;
  readonly #layout: ParameterLayout;
  readonly #rules: FloatStepRules;
  readonly #size: number;
  readonly #state: FloatTrainingState;
  readonly #health: ChainHealth;
  /** Float32 [slots * size]; empty where nothing persists. */
  readonly #chains: Float32Array;
  readonly #gathered = new Map<number, Gathered>();
  /** States of an applied update, until it is committed. */
  readonly #advanced = new Map<number, Float32Array>();
  readonly #retained = new Map<number, { readonly from: number; readonly states: Uint8Array; readonly parameters: FloatParameters | undefined }>();
  #published: readonly FloatParameters[] = [];
  #measured: FloatParameters | null = null;
  /** Updates in a row, up to this version, whose chains had run away. */
  #troubled = 0;

  constructor(job: ContinuousJob, mover?: FloatMover) {
    const { train, facts: { shape } } = job;
    this.#job = job;
    this.#settings = settingsOf(job);
    this.#layout = layoutOf(this.#settings, shape);
    this.#size = sizeOf(shape);
    this.#rules = {
      optimiser: train.optimiser, average: train.average, exponent: EXPONENT, gradientNormMax: train.gradientNormMax,
      spectral: train.spectralNorm === null ? null : { bound: train.spectralNorm, iterations: SPECTRAL_ITERATIONS },
    };
    this.#state = createFloatState(this.#rules, new Float32Array(parameterCount(this.#layout)), mover);
    const slots = train.chains ?? 0;
    this.#chains = new Float32Array(slots * this.#size);
    this.#health = new ChainHealth(drawEvery(job, Math.ceil(slots / train.batch)));
  }

  start(): void {
    const { seed, facts: { shape } } = this.#job;
    const { objective } = this.#settings;
    const initial = initialParameters(seed, this.#settings, shape);
    this.#state.parameters.set(initial);
    this.#state.average?.set(initial);
    for (const slot of this.#state.slots) slot.fill(0);
    this.#troubled = 0;
    if (objective.kind === 'pcd') this.#chains.set(firstStates(seed, { from: 0, to: objective.slots! }, { start: objective.start, size: this.#size }));
  }

  accept({ update, content, states, chains }: ContributionMessage): void {
    if (content.kind !== 'gradient') throw new TypeError(`a continuous model's contribution is a gradient, got ${content.kind}`);
    const found = this.#gathered.get(update);
    if (found === undefined) {
      const { low, high, rejected } = content.gradient;
      if (low.length !== this.#state.parameters.length) throw new RangeError(`a gradient of ${low.length} values for ${this.#state.parameters.length} parameters`);
      const copy = ({ low: a, high: b, rejected: c }: Int64Sums): Int64Sums => ({ low: a.slice(), high: b.slice(), rejected: c });
      const room = this.#chains.length === 0 ? 0 : this.#job.train.batch * this.#size;
      this.#gathered.set(update, { gradient: { low: low.slice(), high: high.slice(), rejected }, observed: copy(content.observed), states: new Float32Array(room) });
    } else {
      addSums(found.gradient, content.gradient);
      addSums(found.observed, content.observed);
    }
    if (states.length > 0) new Uint8Array(this.#gathered.get(update)!.states.buffer).set(states, 4 * this.#size * chains.from);
  }

  discard(): void { /* nothing was lent */ }
  lend(): never { throw new TypeError('a continuous model has no spans'); }
  advanced(): void { this.lend(); }

  retain({ duel, branch, update, version, chains }: Extract<Command, { readonly kind: 'retain' }>): void {
    this.#retained.set(duel, { from: chains.from, states: this.statesFor(update, chains, null), parameters: this.find({ branch, version, of: 'masters' }) });
  }

  forget(duel: number): void {
    this.#retained.delete(duel);
  }

  statesFor(update: number, chains: Range, duel: number | null): Uint8Array {
    const kept = duel === null ? undefined : this.#retained.get(duel);
    const bytes = 4 * this.#size;
    if (kept !== undefined) return kept.states.subarray((chains.from - kept.from) * bytes, (chains.to - kept.from) * bytes);
    const states = new Float32Array(this.#chains.length === 0 ? 0 : (chains.to - chains.from) * this.#size);
    this.#slots(update, chains).forEach((slot, i) => { states.set(this.#chains.subarray(slot * this.#size, (slot + 1) * this.#size), i * this.#size); });
    return new Uint8Array(states.buffer);
  }

  apply(step: StepSettings, _staleness: number, measures: ((figures: UpdateFigures) => void) | null): Promise<Stepped> {
    const gathered = this.#gathered.get(step.update);
    this.#gathered.delete(step.update);
    if (gathered === undefined) return Promise.reject(new Error(`update ${step.update} has no sums`));
    const figures = this.#figures(gathered.observed);
    if (measures !== null) measures({ ...figures, weightNorm: euclideanNorm(this.#state.parameters) });
    const outcome = this.#runaway(figures) ?? applyFloatStep(this.#rules, { layout: this.#layout, state: this.#state }, gathered.gradient, step);
    if (outcome.kind === 'applied') {
      this.#advanced.set(step.update, gathered.states);
      this.#keep(step.branch, step.update + 1);
    }
    return Promise.resolve({ outcome, difference: null });
  }

  #figures(observed: Int64Sums): ReturnType<typeof observationsOf> {
    const { batch, objective } = this.#settings;
    return observationsOf(objective, Array.from(observed.low, (_, i) => valueAt(observed, i, OBSERVED_EXPONENT)), batch);
  }

  /** Counts updates in a row whose chains have run away; enough of them are a divergence. */
  #runaway({ energyGap, more }: ReturnType<typeof observationsOf>): StepOutcome | null {
    const trouble = chainTrouble({ energyGap, acceptance: more['acceptance'] ?? null }, { size: this.#size, temperature: samplingTemperature(this.#job.train) });
    this.#troubled = trouble === null ? 0 : this.#troubled + 1;
    if (trouble === null || this.#troubled < RUNAWAY.updates) return null;
    return { kind: 'diverged', reason: trouble.reason, where: `${trouble.where}, the last of ${RUNAWAY.updates} updates in a row` };
  }

  still(): Promise<void> { return Promise.resolve(); }

  abandon(): void {
    this.#gathered.clear();
    this.#advanced.clear();
  }

  commit(update: number): void {
    const states = this.#advanced.get(update);
    this.#advanced.delete(update);
    if (states === undefined || this.#chains.length === 0) return;
    const { batch } = this.#job.train;
    this.#slots(update, { from: 0, to: batch }).forEach((slot, i) => { this.#chains.set(states.subarray(i * this.#size, (i + 1) * this.#size), slot * this.#size); });
  }

  publish(branch: number, version: number): Promise<StepOutcome> {
    this.#keep(branch, version);
    return Promise.resolve({ kind: 'applied' });
  }

  publishMeasured({ branch, version }: ParametersName): Promise<StepOutcome> {
    if (this.#state.average !== null) this.#measured = { branch, version, values: this.#state.average.slice() };
    return Promise.resolve({ kind: 'applied' });
  }

  measuredName(branch: number, version: number): ParametersName {
    return { branch, version, of: this.#state.average === null ? 'masters' : 'average' };
  }

  find({ branch, version, of }: ParametersName): FloatParameters | undefined {
    const kept = [...this.#retained.values()].map(({ parameters }) => parameters);
    return (of === 'average' ? [this.#measured ?? undefined] : [...this.#published, ...kept]).find((one) => one?.branch === branch && one.version === version);
  }

  differenceFor(): VersionDifference | null { return null; }

  clearPublished(): void {
    this.#published = [];
    this.#measured = null;
  }

  digests(): { readonly parameters: string; readonly chains: string | null } {
    const { buffer, byteOffset, byteLength } = this.#chains;
    return { parameters: valuesDigest(this.#state.parameters), chains: byteLength === 0 ? null : chainsDigest(new Uint8Array(buffer, byteOffset, byteLength)) };
  }

  takeArrays({ branch, version }: VersionAt): ReadonlyMap<string, SnapshotArray> {
    const arrays = new Map<string, SnapshotArray>(this.#arrays().map(([name, array]) => [name, array.slice()]));
    const before = this.#job.train.staleness === 1 && version > 0 ? this.find({ branch, version: version - 1, of: 'masters' }) : undefined;
    if (before !== undefined) arrays.set('before/values', before.values.slice());
    if (this.#troubled > 0) arrays.set(TROUBLED, Float32Array.of(this.#troubled));
    return arrays;
  }

  loadArrays({ update, arrays }: Snapshot, branch: number): Promise<void> {
    for (const [name, target] of this.#arrays()) {
      const source = arrays.get(name);
      if (!(source instanceof Float32Array) || source.length !== target.length) throw new SnapshotError(`the checkpoint of update ${update} has no array ${name} of ${target.length} float32 values`);
      target.set(source);
    }
    this.#troubled = arrays.get(TROUBLED)?.[0] ?? 0;
    const before = arrays.get('before/values');
    if (before instanceof Float32Array) this.#published = [...this.#published, { branch, version: update - 1, values: before.slice() }].slice(-PUBLISHED);
    return Promise.resolve();
  }

  model(): PublishedTensors {
    const values = this.#state.average ?? this.#state.parameters;
    const { model, facts } = this.#job;
    return {
      kind: 'tensors', model: model.kind, settings: JSON.stringify({ ...(model.kind === 'energy' ? model.energy : model), shape: facts.shape }),
      tensors: new Map(this.#layout.map(({ name, shape, from, to }) => [name, { shape, data: values.slice(from, to) }])),
    };
  }

  moved(): number | null { return null; }

  /** Of a chain: the mean of its numbers, which is the brightness of a picture. */
  health(version: number): ChainFigures | null {
    const size = this.#size;
    return this.#health.observe(version, {
      count: this.#chains.length / size, traceOf: (chain) => mean(this.#chains.subarray(chain * size, (chain + 1) * size)),
    });
  }

  restartHealth(): void {
    this.#health.restart();
  }

  reconstruction(): number | null { return null; }

  #slots(update: number, chains: Range): Uint32Array {
    const { batch, objective } = this.#settings;
    const { seed } = this.#job;
    return objective.kind === 'pcd' ? slotsOf({ seed, slots: objective.slots!, batch }, update, chains) : new Uint32Array(0);
  }

  #keep(branch: number, version: number): void {
    this.#published = [...this.#published, { branch, version, values: this.#state.parameters.slice() }].slice(-PUBLISHED);
  }

  /** Every array of the state, by name. Views. */
  #arrays(): readonly (readonly [string, Float32Array])[] {
    return [...arraysOf(this.#state), ...(this.#chains.length === 0 ? [] : [['chains', this.#chains] as const])];
  }
}

function arraysOf({ parameters, slots, average }: FloatTrainingState): ReadonlyMap<string, Float32Array> {
  return new Map([
    ['masters/values', parameters] as const, ...slots.map((slot, i) => [`slot${i}/values`, slot] as const),
    ...(average === null ? [] : [['average/values', average] as const]),
  ]);
}
