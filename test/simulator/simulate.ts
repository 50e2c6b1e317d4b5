// One simulation: a scenario played on a cluster of real roles, in one thread, to its end or to the first violation.
import { readLog } from '../../coordinator/shell/cluster/log.ts';
import { scanLedger } from '../../platform/journal/ledger-file.ts';
import { openDirectoryStore } from '../../platform/store/directory.ts';
import { coordinate, RECORDS, RUNS } from './coordinator.ts';
import type { Violation } from './invariants.ts';
import { JOBS } from './jobs.ts';
import type { EffectPlan, Life, Node } from './life.ts';
import { oracleOf, type Oracle } from './oracle.ts';
import { COORDINATORS, FIRST_WORKER, type Fault, type Power, type Scenario } from './scenario.ts';
import { Reached } from './situations.ts';
import { Submitter, type Known, type Ordered } from './submitter.ts';
import { work, type WorkerPlan } from './worker.ts';
import { World } from './world.ts';

/** A cluster that is not done by then hangs. Quarantines and back-off are the slowest to end. */
const LIMIT_MS = 400_000;
const RESTART_MS = 1_000;

export interface Verdict { readonly violation: Violation | null; readonly lastedMs: number; readonly events: number }

type Of<Kind extends Fault['kind']> = Extract<Fault, { readonly kind: Kind }>;

let oracles: Promise<readonly Oracle[]> | null = null;

/** Of all jobs, computed once a process. */
export function allOracles(): Promise<readonly Oracle[]> {
  oracles ??= Promise.all(JOBS.map(({ job }) => oracleOf(job)));
  return oracles;
}

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

export class Simulation {
  readonly world: World;
  readonly #scenario: Scenario;
  readonly #submitter: Submitter;
  /** How long the next life of a node waits, once. */
  readonly #down = new Map<string, number>();
  #events = 0;

  constructor(scenario: Scenario, expected: readonly Oracle[], reached: Reached) {
    this.#scenario = scenario;
    this.world = new World(scenario, expected, reached);
    this.world.onDeath = (life) => { this.#died(life); };
    const orders: Ordered[] = [{ job: scenario.job, atMs: 0, priority: 0 }, ...this.#of('job').map(({ job, atMs, priority }) => ({ job, atMs, priority }))];
    this.#submitter = new Submitter(this.world, this.world.node('user').begin([]), orders);
  }

  #of<Kind extends Fault['kind']>(kind: Kind): readonly Of<Kind>[] {
    return this.#scenario.faults.filter((fault): fault is Of<Kind> => fault.kind === kind);
  }

  async run(): Promise<Verdict> {
    const { world } = this;
    world.time.after(0, () => { this.#coordinator(COORDINATORS[0]); });
    for (const { joinsMs } of this.#of('standby')) world.time.after(joinsMs, () => { this.#coordinator(COORDINATORS[1]); });
    world.time.after(1, () => { this.#worker(FIRST_WORKER, this.#scenario.perPlaceMs); });
    for (const { node, joinsMs, perPlaceMs } of this.#of('worker')) world.time.after(joinsMs, () => { this.#worker(node, perPlaceMs); });
    for (const fault of this.#scenario.faults) this.#plan(fault);
    void this.#submitter.run();
    const onRejection = (error: unknown): void => { world.fail('I17', `a promise was rejected and nobody heard it: ${stackOf(error)}`); };
    process.on('unhandledRejection', onRejection);
    try {
      await this.#play();
      if (world.violation === null) await this.#judge();
    } finally {
      process.off('unhandledRejection', onRejection);
      world.isOver = true;
    }
    return { violation: world.violation, lastedMs: world.time.nowMs(), events: this.#events };
  }

  async #play(): Promise<void> {
    const { world } = this;
    for (;;) {
      await turn();
      if (world.violation !== null || this.#submitter.isContent) return;
      if (world.time.nowMs() > LIMIT_MS) {
        world.fail('I20', `the jobs have not ended: ${this.#submitter.jobs.map(({ id, end }) => `${id ?? 'not submitted'} ${end === null ? 'open' : 'ended'}`).join(', ')}`);
        return;
      }
      try {
        this.#events += 1;
        if (!world.time.runNext()) {
          world.fail('I20', 'nothing is left to happen');
          return;
        }
      } catch (error) {
        world.fail('I17', `a handler threw: ${stackOf(error)}`);
      }
    }
  }

  #plan(fault: Fault): void {
    const { time } = this.world;
    const at = (ms: number, does: (node: Node) => void): void => {
      if ('node' in fault) time.after(ms, () => { does(this.world.node(fault.node)); });
    };
    switch (fault.kind) {
      case 'slow':
        at(fault.fromMs, (node) => { node.perMessageMs = fault.perMessageMs; });
        at(fault.toMs, (node) => { node.perMessageMs = 0; });
        return;
      case 'stop':
        at(fault.fromMs, (node) => { node.life?.stop(); });
        at(fault.toMs, (node) => { node.life?.continue(); });
        return;
      case 'kill': at(fault.atMs, (node) => { this.#kill(node, fault); }); return;
      case 'jump': at(fault.atMs, (node) => {
        if (fault.byMs > 0 && node.life !== null) this.world.reached.add('clock jumped');
        node.jump(fault.byMs, fault.dateByMs);
      }); return;
      case 'terminate': at(fault.atMs, (node) => {
        this.#down.set(node.host.name, fault.downMs);
        node.life?.terminate();
      }); return;
      case 'replay': time.after(fault.atMs, () => { this.world.replay(fault); }); return;
      case 'worker': case 'standby': case 'job': case 'weather': case 'partition': case 'crash': case 'freeze': case 'pause': case 'cancel':
      case 'liar': case 'damaged': case 'engine': case 'disk-full': // looked up where they matter
    }
  }

  #kill(node: Node, { power, downMs }: { readonly power: Power; readonly downMs: number }): void {
    if (node.life?.isAlive !== true) return;
    this.#down.set(node.host.name, downMs);
    node.life.die();
    if (isCoordinator(node.host.name)) this.#losePower(power);
  }

  /** What was not synced may be gone; a store that lost its power takes every coordinator with it. */
  #losePower(power: Power): void {
    if (power === 'kept') return;
    for (const name of COORDINATORS) this.world.nodes.get(name)?.life?.die();
    for (const { terms } of this.world.runs.values()) if ((terms.at(-1)?.unsavedLines ?? 0) > 0) this.world.reached.add('power was lost with lines that were not synced');
    this.world.disk.powerLoss(power === 'lost' ? 'lost' : () => this.world.random.next());
  }

  #died(life: Life): void {
    const { world } = this;
    world.note(life.name, `life ${life.number} is over after ${life.effects} effects`);
    const crash = this.#of('crash').find(({ node, life: number, effect }) => node === life.name && number === life.number && effect === life.effects);
    if (crash !== undefined) this.#down.set(life.name, crash.downMs);
    for (const run of world.runs.values()) for (const term of run.terms) if (term.life === life) run.died(term);
    if (life.hasWork) world.reached.add('worker died with a lease');
    this.#again(life, this.#down.get(life.name) ?? RESTART_MS);
    if (crash !== undefined && isCoordinator(life.name)) this.#losePower(crash.power);
  }

  /** A supervisor starts what ended. */
  #again(life: Life, afterMs: number): void {
    const { node } = life;
    this.#down.delete(life.name);
    this.world.time.after(afterMs, () => {
      if (this.world.isOver || node.life !== life) return;
      if (isCoordinator(life.name)) this.#coordinator(life.name);
      else this.#worker(life.name, this.#of('worker').find((fault) => fault.node === life.name)?.perPlaceMs ?? this.#scenario.perPlaceMs);
    });
  }

  #begin(name: string): Life {
    const node = this.world.node(name);
    const number = node.lives + 1;
    const crashes: EffectPlan[] = this.#of('crash').filter((fault) => fault.node === name && fault.life === number).map(({ effect, before }) => ({ effect, before, does: 'die' }));
    const freezes = this.#of('freeze').filter((fault) => fault.node === name && fault.life === number);
    const life = node.begin([...crashes, ...freezes.map(({ effect }): EffectPlan => ({ effect, before: true, does: 'stop' }))]);
    life.onStop = () => {
      const freeze = freezes.find(({ effect }) => effect === life.effects);
      this.world.time.after(freeze?.forMs ?? 0, () => { life.continue(); });
    };
    this.world.note(name, `begins life ${number}`);
    life.fullAt = this.#of('disk-full').find((fault) => fault.node === name && fault.life === number)?.write ?? null;
    return life;
  }

  #coordinator(name: string): void {
    const life = this.#begin(name);
    this.#ends(life, coordinate(this.world, life));
  }

  #worker(name: string, perPlaceMs: number): void {
    const life = this.#begin(name);
    const plan: WorkerPlan = {
      perPlaceMs, liesAt: this.#of('liar').find(({ node }) => node === name)?.update ?? null, isDamaged: this.#of('damaged').some(({ node }) => node === name),
      failsAt: life.number > 1 ? [] : this.#of('engine').filter(({ node }) => node === name).map(({ unit }) => unit),
    };
    this.#ends(life, work(this.world, life, plan));
  }

  #ends(life: Life, main: Promise<unknown>): void {
    main.then(() => { life.die(); }, (error: unknown) => {
      if (life.isAlive && !life.hasFailedToWrite) this.world.fail('I17', `${life.name} ended with ${stackOf(error)}`);
      life.die();
    });
  }

  // The end.

  async #judge(): Promise<void> {
    const { world } = this;
    const files = world.disk.files();
    const { history } = await readLog(await openDirectoryStore(files, RECORDS));
    for (const known of this.#submitter.jobs) {
      const record = history.jobs.find(({ id }) => id === known.id);
      if (JSON.stringify(record?.end) !== JSON.stringify(known.end)) world.fail('I22', `${known.id} ended as ${JSON.stringify(known.end)}, and the log says ${JSON.stringify(record?.end)}`);
      await this.#judgeJob(known);
    }
    const mistaken = history.quarantines.filter(({ worker }) => !this.#of('liar').some(({ node }) => node === worker) && !this.#of('damaged').some(({ node }) => node === worker));
    if (mistaken.length > 0) world.fail('I15', `${mistaken.map(({ worker, reason }) => `${worker}: ${reason}`).join('; ')}: quarantined, and honest`);
  }

  async #judgeJob({ id, end, order, isCancelled }: Known): Promise<void> {
    const { world } = this;
    const run = world.runOf(id!, order.job);
    const { oracle } = run;
    const kind = String(end?.['kind']);
    if (kind === 'cancelled') {
      if (!isCancelled) world.fail('I20', `${id} ended as cancelled, and nobody wished it`);
      world.reached.add(run.terms.length === 0 ? 'cancelled before it ran' : 'job was cancelled');
      return;
    }
    if (kind === 'failed' && this.#mayFail(String(end?.['code']))) return;
    const expected = oracle.end.kind === 'finished' ? 'finished' : 'failed';
    if (kind !== expected || (kind === 'failed' && end?.['code'] !== 'diverged')) {
      world.fail('I20', `${id} ended as ${JSON.stringify(end)}, and the undisturbed run ${expected === 'finished' ? 'finishes' : 'diverges'}`);
      return;
    }
    if (kind === 'failed' || !run.isTrusted) return;
    const found = [end?.['parameters'], end?.['chains'], end?.['ledger']];
    const right = [oracle.end.parameters, oracle.end.chains, oracle.heads.at(-1)];
    if (found.some((digest, i) => digest !== right[i])) world.fail('I21', `${id} ended with ${JSON.stringify(found)} and not ${JSON.stringify(right)}`);
    const scan = await scanLedger(world.disk.files(), `${RUNS}/${id}/ledger.jsonl`);
    if (scan.problems.length > 0 || scan.position.head !== right[2]) world.fail('I14', `the ledger of ${id} on the disk has ${scan.position.lines} lines, ${JSON.stringify(scan.problems)}`);
  }

  #mayFail(code: string): boolean {
    const isFull = [...this.world.nodes.values()].some(({ hadFailedWrites }) => hadFailedWrites);
    if (isFull && (code === 'storage' || code === 'disk-full')) {
      this.world.reached.add('disk was full');
      return true;
    }
    const hasLiar = this.#of('liar').length > 0;
    // A lie that nobody compared may be on record when its leader dies, or make the run diverge.
    return hasLiar && ['workers-disagree', 'ledger-differs', 'diverged'].includes(code);
  }
}

function isCoordinator(name: string): boolean {
  return (COORDINATORS as readonly string[]).includes(name);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

export interface SimulateOptions {
  readonly reached?: Reached;
  readonly onNote?: (note: string) => void;
}

export function simulate(scenario: Scenario, expected: readonly Oracle[], { reached = new Reached(), onNote }: SimulateOptions = {}): Promise<Verdict> {
  const simulation = new Simulation(scenario, expected, reached);
  simulation.world.onNote = onNote ?? null;
  return simulation.run();
}
