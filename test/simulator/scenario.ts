// What happens to a simulated cluster: a list of plain values, made from a seed. Whatever the list, the jobs' results must be the same; so a
// list that shows a mistake is shrunk by leaving values out. Times are milliseconds of virtual time from the start.
import { JOBS } from './jobs.ts';
import { Random } from './random.ts';

/** What a crash of a coordinator leaves of what was not synced: all (the process died), nothing, or torn parts (the store's power was lost). */
export type Power = 'kept' | 'lost' | 'torn';

interface Window { readonly fromMs: number; readonly toMs: number }

export type Fault =
  /** One more worker; the first is always there. `perPlaceMs`: its speed. */
  | { readonly kind: 'worker'; readonly node: string; readonly joinsMs: number; readonly perPlaceMs: number }
  /** A second coordinator process. */
  | { readonly kind: 'standby'; readonly joinsMs: number }
  /** One more job. */
  | { readonly kind: 'job'; readonly job: number; readonly atMs: number; readonly priority: number }
  | (Window & { readonly kind: 'weather'; readonly dropped: number; readonly duplicated: number; readonly delayMsMax: number })
  /** A node hears no other, is not heard, or both. */
  | (Window & { readonly kind: 'partition'; readonly node: string; readonly way: 'in' | 'out' | 'both' })
  /** The node takes so long to read each message; what does not fit its queue is lost. */
  | (Window & { readonly kind: 'slow'; readonly node: string; readonly perMessageMs: number })
  /** SIGSTOP and SIGCONT. */
  | (Window & { readonly kind: 'stop'; readonly node: string })
  /** At the n-th effect (message, file operation, call of the engine) of a node's n-th life, before or after it. */
  | { readonly kind: 'crash'; readonly node: string; readonly life: number; readonly effect: number; readonly before: boolean; readonly power: Power; readonly downMs: number }
  | { readonly kind: 'kill'; readonly node: string; readonly atMs: number; readonly power: Power; readonly downMs: number }
  /** SIGSTOP at an effect: a leader that holds its breath between a question and a write. */
  | { readonly kind: 'freeze'; readonly node: string; readonly life: number; readonly effect: number; readonly forMs: number }
  /** The monotonic clock of a node jumps forward (a suspended machine); the date goes anywhere. */
  | { readonly kind: 'jump'; readonly node: string; readonly atMs: number; readonly byMs: number; readonly dateByMs: number }
  /** SIGTERM: it finishes or saves, leaves, and is started again. */
  | { readonly kind: 'terminate'; readonly node: string; readonly atMs: number; readonly downMs: number }
  | { readonly kind: 'pause'; readonly job: number; readonly atMs: number; readonly forMs: number }
  | { readonly kind: 'cancel'; readonly job: number; readonly atMs: number }
  /** Its results for one update are wrong. */
  | { readonly kind: 'liar'; readonly node: string; readonly update: number }
  /** Its result of the golden unit is wrong. */
  | { readonly kind: 'damaged'; readonly node: string }
  /** Its engine throws at its n-th unit. */
  | { readonly kind: 'engine'; readonly node: string; readonly unit: number }
  /** Messages of the past are sent again, from any life of any node. */
  | { readonly kind: 'replay'; readonly atMs: number; readonly messages: number }
  /** The coordinator's disk refuses the n-th write of its n-th life. */
  | { readonly kind: 'disk-full'; readonly node: string; readonly life: number; readonly write: number };

export interface Scenario {
  readonly seed: number;
  /** Index in JOBS of the first job. */
  readonly job: number;
  readonly perPlaceMs: number;
  /** Time of a step, and of a sync of the disk. */
  readonly applyMs: number;
  readonly syncMs: number;
  readonly twinAfterMs: number;
  /** Random cuts, those of production, or none. */
  readonly cuts: 'random' | 'guided' | 'whole';
  /** Whether a leader that lost its lease goes on until the store says that it was deposed. */
  readonly isStubborn: boolean;
  readonly faults: readonly Fault[];
}

/** No fault begins after this. */
export const FAULTS_UNTIL_MS = 14_000;

export const FIRST_WORKER = 'w-1';
export const COORDINATORS = ['c-1', 'c-2'] as const;
const POWERS: readonly Power[] = ['kept', 'kept', 'kept', 'lost', 'torn'];

interface Cast { readonly random: Random; readonly workers: readonly string[]; readonly coordinators: readonly string[]; readonly jobs: number }
type Make = (cast: Cast) => Fault;

const at = (random: Random): number => random.whole(20, FAULTS_UNTIL_MS);
const window = (random: Random, most: number): Window => {
  const fromMs = at(random);
  return { fromMs, toMs: fromMs + random.whole(100, most) };
};
const anyone = ({ random, workers, coordinators }: Cast): string => random.isTrue(0.45) ? random.of(coordinators) : random.of(workers);
const effectOf = (random: Random): number => random.isTrue(0.4) ? random.whole(1, 110) : random.whole(1, 700);

/** How each kind is drawn, and how often beside the others. */
const KINDS: readonly (readonly [number, Make])[] = [
  [4, ({ random }) => ({ kind: 'weather', ...window(random, 7_000), dropped: random.of([0, 0.05, 0.2, 1]), duplicated: random.of([0, 0.2, 0.6]), delayMsMax: random.of([3, 100, 1_500]) })],
  [4, (cast) => ({ kind: 'partition', ...window(cast.random, 9_000), node: anyone(cast), way: cast.random.of(['in', 'out', 'both']) })],
  [2, (cast) => ({ kind: 'slow', ...window(cast.random, 5_000), node: anyone(cast), perMessageMs: cast.random.whole(20, 600) })],
  [3, (cast) => ({ kind: 'stop', ...window(cast.random, 12_000), node: anyone(cast) })],
  [2, ({ random, coordinators }) => ({ kind: 'freeze', node: random.of(coordinators), life: random.whole(1, 2), effect: effectOf(random), forMs: random.whole(100, 12_000) })],
  [7, ({ random, coordinators }) => ({
    kind: 'crash', node: random.of(coordinators), life: random.whole(1, 3), effect: effectOf(random), before: random.isTrue(0.5), power: random.of(POWERS), downMs: random.whole(10, 6_000),
  })],
  [3, ({ random, workers }) => ({ kind: 'crash', node: random.of(workers), life: 1, effect: random.whole(1, 60), before: random.isTrue(0.5), power: 'kept', downMs: random.whole(10, 4_000) })],
  [3, (cast) => ({ kind: 'kill', node: anyone(cast), atMs: at(cast.random), power: cast.random.of(POWERS), downMs: cast.random.whole(10, 6_000) })],
  [2, (cast) => ({ kind: 'jump', node: anyone(cast), atMs: at(cast.random), byMs: cast.random.of([0, 700, 4_000, 60_000]), dateByMs: cast.random.whole(-9_999_999, 9_999_999) })],
  [2, (cast) => ({ kind: 'terminate', node: anyone(cast), atMs: at(cast.random), downMs: cast.random.whole(10, 3_000) })],
  [1, ({ random, jobs }) => ({ kind: 'pause', job: random.whole(0, jobs - 1), atMs: at(random), forMs: random.whole(100, 5_000) })],
  [1, ({ random, workers }) => ({ kind: 'engine', node: random.of(workers), unit: random.whole(1, 12) })],
  [3, ({ random }) => ({ kind: 'replay', atMs: at(random), messages: random.whole(1, 30) })],
];

const WEIGHT = KINDS.reduce((total, [weight]) => total + weight, 0);

function drawFault(cast: Cast): Fault {
  let left = cast.random.next() * WEIGHT;
  for (const [weight, make] of KINDS) {
    left -= weight;
    if (left < 0) return make(cast);
  }
  throw new Error('the weights do not add up');
}

const perPlace = (random: Random): number => random.of([5, 20, 60, 150]) * random.between(0.6, 1.4);

/** What would end a run by right: three failures of one unit. */
function bounded(faults: readonly Fault[]): readonly Fault[] {
  return faults.filter((fault, index) => fault.kind !== 'engine' || faults.slice(0, index).filter((other) => other.kind === 'engine').length < 2);
}

export function scenarioOf(seed: number): Scenario {
  const random = new Random(seed, 'scenario');
  const hasLiar = random.isTrue(0.12);
  const others = (hasLiar ? 2 : 0) + random.of([0, 1, 1, 2, 2, 3]);
  const workers = [FIRST_WORKER, ...Array.from({ length: others }, (_, i) => `w-${i + 2}`)];
  const enters: Fault[] = workers.slice(1).map((node) => (
    { kind: 'worker', node, joinsMs: random.isTrue(0.6) ? random.whole(0, 200) : at(random), perPlaceMs: perPlace(random) }));
  if (!hasLiar && others > 0 && random.isTrue(0.05)) enters.push({ kind: 'damaged', node: workers.at(-1)! });
  const hasStandby = random.isTrue(0.6);
  if (hasStandby) enters.push({ kind: 'standby', joinsMs: random.isTrue(0.7) ? random.whole(0, 500) : at(random) });
  const jobs = random.of([1, 1, 1, 1, 2, 2, 3]);
  for (let job = 1; job < jobs; job += 1) enters.push({ kind: 'job', job: random.whole(0, JOBS.length - 1), atMs: random.whole(0, 9_000), priority: random.of([0, 0, 0, 1]) });
  if (random.isTrue(0.08)) enters.push({ kind: 'cancel', job: random.whole(0, jobs - 1), atMs: at(random) });
  if (hasLiar) enters.push({ kind: 'liar', node: random.of(workers), update: random.whole(0, 11) });
  const cast: Cast = { random, workers, coordinators: COORDINATORS.slice(0, hasStandby ? 2 : 1), jobs };
  if (random.isTrue(0.02)) enters.push({ kind: 'disk-full', node: random.of(cast.coordinators), life: random.whole(1, 2), write: random.whole(1, 120) });
  const count = Math.floor(-3.5 * Math.log(1 - random.next() * 0.97)); // most have few, some have many
  const drawn = Array.from({ length: count }, () => drawFault(cast));
  const isWatchful = hasLiar || random.isTrue(0.3);
  return {
    seed, job: random.whole(0, JOBS.length - 1), perPlaceMs: perPlace(random), applyMs: random.of([0, 0, 10, 150]), syncMs: random.of([0, 0, 2, 30]),
    twinAfterMs: isWatchful ? random.of([0, 300, 1_000]) : Infinity, cuts: hasLiar ? random.of(['whole', 'random']) : random.of(['random', 'guided']),
    isStubborn: random.isTrue(0.5), faults: [...enters, ...bounded(drawn)],
  };
}
