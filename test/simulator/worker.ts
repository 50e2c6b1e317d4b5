// A worker's process: the real agent with the real shell, over watched ports.
import type { LeaseMessage, Message, ToCoordinator } from '../../proto/messages.ts';
import { WorkerAgent, type AgentEnd, type Workshop } from '../../worker/shell/agent.ts';
import { GOLDEN } from './coordinator.ts';
import { JOBS } from './jobs.ts';
import type { Life } from './life.ts';
import type { RunWatch } from './run-watch.ts';
import { simulatedSession } from './session.ts';
import { dataOf, FINGERPRINT, sessionOf, type World } from './world.ts';

/** Contributions that a worker may hold at a time: the one at hand, and one that is on its way out. */
const LENT_MAX = 2;

export interface WorkerPlan {
  readonly perPlaceMs: number;
  readonly liesAt: number | null;
  readonly isDamaged: boolean;
  /** Numbers of the units at which its engine throws. */
  readonly failsAt: readonly number[];
}

export async function work(world: World, life: Life, plan: WorkerPlan): Promise<AgentEnd> {
  const eyes = new WorkerEyes(world, life, plan);
  const wire = life.wire(world.network);
  const agent = new WorkerAgent({
    id: life.name, bytes: wire, clock: life.clock, engine: FINGERPRINT, golden: plan.isDamaged ? `sha256:${'6'.repeat(64)}` : GOLDEN,
    messages: world.messages(life, wire, { sent: (_, message) => { eyes.sent(message); }, received: (_, message, handle) => { eyes.received(message, handle); } }),
    open: async (text) => eyes.open(text),
    onNote: (note) => { world.note(life.name, note); if (note.includes('golden')) world.reached.add('worker failed the golden unit'); },
    onState: (state) => { world.note(life.name, `is ${JSON.stringify(state)}`); if (state.kind === 'computing') eyes.begins(); },
  });
  life.terminate = () => {
    if (eyes.isComputing) eyes.leavesWithUnit = true;
    agent.stop();
  };
  return agent.run();
}

class WorkerEyes {
  readonly #world: World;
  readonly #life: Life;
  readonly #plan: WorkerPlan;
  #units = 0;
  /** What the unit at hand reads has changed since it began. */
  #isSpoiled = false;
  #epoch = 0;
  #hasLeft = false;
  #hasJoined = false;
  #run: RunWatch | null = null;
  #lease: LeaseMessage | null = null;
  isComputing = false;
  leavesWithUnit = false;

  constructor(world: World, life: Life, plan: WorkerPlan) {
    this.#world = world;
    this.#life = life;
    this.#plan = plan;
  }

  /** A run's shell begins. */
  begins(): void {
    this.#epoch = 0;
    this.#hasLeft = false;
    this.#hasJoined = false;
  }

  sent(message: Message): void {
    const world = this.#world;
    const { name } = this.#life;
    if (this.#hasLeft) world.fail('I16', `${name} sends ${message.kind} after its goodbye`);
    if (message.kind === 'join') {
      if (this.#hasJoined && this.#epoch > 0) world.reached.add('worker was forgotten and joined again');
      this.#hasJoined = true;
      return;
    }
    const { epoch } = message as Exclude<ToCoordinator, { kind: 'join' }>;
    if (epoch < this.#epoch) world.fail('I1', `${name} sends ${message.kind} of epoch ${epoch} after one of ${this.#epoch}`);
    this.#epoch = epoch;
    if (message.kind === 'leave') this.#hasLeft = true;
    if (message.kind === 'failed') this.#run?.sent(this.#life, message);
    if (message.kind !== 'contribution') return;
    if (this.leavesWithUnit) world.reached.add('worker left politely with a unit');
    if (this.#isSpoiled) this.#run?.spoiled(message);
    if (message.update === this.#plan.liesAt) this.#run?.lied(message);
  }

  received(message: Message, handle: () => void): void {
    if (message.kind === 'lease') this.#lease = message;
    const isNotice = message.kind === 'fence' || message.kind === 'refused';
    if (isNotice && this.#lease !== null && message.epoch > this.#lease.epoch && this.isComputing) this.#world.reached.add('worker was fenced in mid-unit');
    handle();
  }

  async open(text: string): Promise<Workshop> {
    const { id, job: number } = JSON.parse(text) as { readonly id: string; readonly job: number };
    const world = this.#world;
    const run = world.runOf(id, number);
    this.#run = run;
    const { job } = JOBS[number]!;
    const data = dataOf(number);
    const session = simulatedSession(this.#life, await sessionOf(number), { perPlaceMs: this.#plan.perPlaceMs, applyMs: 0, liesAt: this.#plan.liesAt, failsNow: () => this.#fails() }, {
      published: () => { world.fail('I11', 'a worker publishes'); },
      stepBegins: () => { world.fail('I11', 'a worker takes a step'); },
      stepEnds: () => undefined,
      unitBegins: (unit, parameters, states) => {
        if (this.isComputing) world.fail('I11', `${this.#life.name} begins a unit while it computes another`);
        this.isComputing = true;
        this.#isSpoiled = false;
        this.#life.hasWork = true;
        this.#run = run;
        run.unitBegins(this.#life, unit, parameters, states);
      },
      unitEnds: () => { this.isComputing = false; this.#life.hasWork = false; },
      lent: (count) => { if (count > LENT_MAX) world.fail('I12', `${this.#life.name} holds ${count} contributions`); },
      broken: (what, message) => {
        if (what === 'changed') this.#isSpoiled = true; // no harm unless its result counts
        else world.fail('I12', `${this.#life.name}: ${message}`);
      },
    });
    return { kind: 'open', session, visible: job.facts.visible, hidden: job.model.hidden, rows: { test: data.test?.bits ?? null, validation: data.validation?.bits ?? null }, close: () => Promise.resolve() };
  }

  #fails(): boolean {
    this.#units += 1;
    return this.#plan.failsAt.includes(this.#units);
  }
}
