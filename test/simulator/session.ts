// The engine of a simulated process: the reference engine's arithmetic with the manners of a real one. It takes its time, has memory for few
// versions and spoils what it gave up, fails or lies when it is told to, and shows all of it to whoever watches.
import type { UpdateFactors } from '../../ebm/rbm/factors.ts';
import type { PackedSums } from '../../ebm/rbm/packed.ts';
import type { Parameters, TrainingState, UpdateSums } from '../../ebm/rbm/parameters.ts';
import type { Contribution, FactorContribution, Session, StepSettings, UnfinishedSums, UpdateUnit } from '../../engine/engine.ts';
import { PUBLISHED_MAX } from '../../engine/wasm/holdings.ts';
import { checksum } from './checksum.ts';
import type { Life } from './life.ts';

/** What is told of an engine's use. */
export interface SessionWatch {
  published(branch: number, version: number): void;
  stepBegins(state: TrainingState, sums: UpdateSums, step: StepSettings): void;
  stepEnds(state: TrainingState, step: StepSettings, published: Parameters | null): void;
  unitBegins(unit: UpdateUnit, parameters: Parameters, states: Uint8Array): void;
  unitEnds(): void;
  /** Contributions that are not given back yet. */
  lent(count: number): void;
  broken(what: 'changed' | 'given-back-twice', message: string): void;
}

export interface SessionPlan {
  readonly perPlaceMs: number;
  readonly applyMs: number;
  /** An update of which its sums are wrong, or null. */
  readonly liesAt: number | null;
  /** Counts units over all jobs; true where the engine throws. */
  readonly failsNow: () => boolean;
}

type Ring = Parameters[];
type Evaluated = readonly [unit: UpdateUnit, parameters: Parameters, states: Uint8Array];

function spoil({ weights, visibleBias, hiddenBias }: Parameters): void {
  weights.fill(0x2bad);
  visibleBias.fill(0x2bad);
  hiddenBias.fill(0x2bad);
}

function hold(ring: Ring, most: number, parameters: Parameters): Parameters {
  ring.push(parameters);
  if (ring.length > most) spoil(ring.shift()!);
  return parameters;
}

function sumOf({ data, model, outer }: UpdateSums): number {
  const outers = outer.kind === 'difference' ? [outer.difference] : [outer.data, outer.model];
  return checksum(Float64Array.of(data.count, model.count), data.visible, data.hidden, model.visible, model.hidden, ...outers);
}

function parametersSum({ weights, visibleBias, hiddenBias }: Parameters): number {
  return checksum(weights, visibleBias, hiddenBias);
}

function arraysOf({ sums: { data, model, outer }, chains }: Contribution): readonly (Int32Array | Float64Array | Uint8Array)[] {
  return [data.visible, data.hidden, model.visible, model.hidden, ...(outer.kind === 'difference' ? [outer.difference] : [outer.data, outer.model]), chains];
}

function falsified(contribution: Contribution): Contribution {
  const { outer } = contribution.sums;
  const first = outer.kind === 'difference' ? outer.difference : outer.data;
  first[0]! += 65536;
  return contribution;
}

export function simulatedSession(life: Life, inner: Session, plan: SessionPlan, watch: SessionWatch): Session {
  const rings = { published: [] as Ring, measured: [] as Ring, adopted: [] as Ring };
  const lent = new Set<Contribution>();
  let own: TrainingState | null = null;
  const takes = (ms: number): Promise<void> => ms > 0 ? life.sleep(ms) : Promise.resolve();
  const unitMs = (places: number): number => plan.perPlaceMs * (1 + places);

  /** What every unit of an update has in common. */
  const computing = async <Result>(unit: UpdateUnit, parameters: Parameters, states: Uint8Array, compute: () => Promise<Result>): Promise<Result> => {
    watch.unitBegins(unit, parameters, states);
    const read = checksum(states) ^ parametersSum(parameters);
    try {
      if (plan.failsNow()) throw new Error('the simulated engine failed');
      const result = await compute();
      await takes(unitMs(Math.max(unit.data.to - unit.data.from, unit.chains.to - unit.chains.from)));
      if ((checksum(states) ^ parametersSum(parameters)) !== read) watch.broken('changed', `the parameters or chains of a unit of update ${unit.update} changed while it was computed`);
      return result;
    } finally {
      watch.unitEnds();
    }
  };
  const lend = (contribution: Contribution): Contribution => {
    lent.add(contribution);
    watch.lent(lent.size);
    return contribution;
  };
  const evaluate = async (...given: Evaluated): Promise<Contribution> => {
    const contribution = lend(await computing(...given, () => inner.evaluate(...given)));
    return given[0].update === plan.liesAt ? falsified(contribution) : contribution;
  };
  const evaluateFactors = async (...given: Evaluated): Promise<FactorContribution> => {
    const contribution = await computing(...given, () => inner.evaluateFactors(...given));
    if (given[0].update === plan.liesAt) for (const phase of [contribution.factors.data, contribution.factors.model]) if (phase.visible.length > 0) phase.visible[0]! ^= 1;
    return contribution;
  };
  const tally = async (factors: UpdateFactors, into: Contribution | null): Promise<Contribution> => {
    const contribution = await inner.tally(factors, into);
    if (into !== null) lent.delete(into);
    return lend(contribution);
  };
  const addPacked = async (packed: PackedSums, into: Contribution | null): Promise<Contribution> => {
    const contribution = await inner.addPacked(packed, into);
    if (into !== null) lent.delete(into);
    return lend(contribution);
  };
  const release = (contribution: Contribution): void => {
    const known = [...lent].find(({ sums }) => sums === contribution.sums);
    if (known === undefined) watch.broken('given-back-twice', 'a contribution was given back that was not out');
    else {
      lent.delete(known);
      for (const array of arraysOf(known)) array.fill(0x2b); // the next unit will use them
    }
  };
  const finished = async ({ packed, factors, into: first }: UnfinishedSums): Promise<UpdateSums> => {
    let into = first;
    for (const one of packed) into = await addPacked(one, into);
    for (const one of factors) into = await tally(one, into);
    return into!.sums;
  };
  const apply = async (state: TrainingState, given: UpdateSums | UnfinishedSums, step: StepSettings): ReturnType<Session['apply']> => {
    const sums = 'factors' in given ? await finished(given) : given;
    watch.stepBegins(state, sums, step);
    const before = sumOf(sums);
    await takes(plan.applyMs);
    if (sumOf(sums) !== before) watch.broken('changed', `the sums of update ${step.update} changed during its step`);
    const outcome = await inner.apply(state, sums, step);
    watch.stepEnds(state, step, outcome.kind === 'applied' ? outcome.published : null);
    if ('factors' in given) release({ sums, chains: new Uint8Array(0) });
    return outcome.kind === 'applied' ? { kind: 'applied', published: hold(rings.published, PUBLISHED_MAX, outcome.published) } : outcome;
  };
  return {
    createState: () => (own = inner.createState()),
    publishedMax: PUBLISHED_MAX,
    publish: (masters, branch, version) => life.actLater(async () => {
      const outcome = await inner.publish(masters, branch, version);
      if (outcome.kind !== 'applied') return outcome;
      const isAverage = own?.average === masters;
      if (!isAverage) watch.published(branch, version);
      return { kind: 'applied', published: isAverage ? hold(rings.measured, 1, outcome.published) : hold(rings.published, PUBLISHED_MAX, outcome.published) };
    }),
    adopt: (parameters) => life.actLater(async () => hold(rings.adopted, PUBLISHED_MAX, await inner.adopt(parameters))),
    evaluate: (...given) => life.actLater(() => evaluate(...given)),
    evaluateFactors: (...given) => life.actLater(() => evaluateFactors(...given)),
    tally: (...given) => life.actLater(() => tally(...given)),
    pack: (...given) => life.actLater(() => inner.pack(...given)),
    addPacked: (...given) => life.actLater(() => addPacked(...given)),
    difference: (...given) => life.actLater(() => inner.difference(...given)),
    adoptDifference: (base, difference, next, onPlaced) => life.actLater(async () => {
      const adopted = await inner.adoptDifference(base, difference, next);
      if (adopted === null) return null;
      const held = hold(rings.adopted, PUBLISHED_MAX, adopted);
      onPlaced?.(held);
      return held;
    }),
    release,
    apply: (...given) => life.actLater(() => apply(...given)),
    sample: (...given) => life.actLater(() => inner.sample(...given)),
    logPartition: (unit) => life.actLater(async () => { await takes(unitMs(unit.runs.to - unit.runs.from)); return inner.logPartition(unit); }),
    negativeFreeEnergies: (...given) => life.actLater(async () => { await takes(unitMs(1)); return inner.negativeFreeEnergies(...given); }),
    hiddenThresholds: (...given) => life.actLater(() => inner.hiddenThresholds(...given)),
    exactLogPartition: (parameters) => life.actLater(async () => { await takes(unitMs(1)); return inner.exactLogPartition(parameters); }),
    close: () => Promise.resolve(),
  };
}
