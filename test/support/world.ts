// A world around the coordinator's machine for properties: it does what commands ask when it is told to, remembers what every worker
// was given, and checks after each step what must hold whatever happened. It has no time, arrays or network of its own.
import assert from 'node:assert/strict';
import { wantsDigest } from '../../coordinator/machine/duels.ts';
import type { Command, Event, UnitPlan } from '../../coordinator/machine/events.ts';
import { step } from '../../coordinator/machine/machine.ts';
import { FLEET_RULES, hasWorkersChains, type FleetRules } from '../../coordinator/machine/settings.ts';
import { initialState, type State, type Task } from '../../coordinator/machine/state.ts';
import { partOf, totalOf, withRange } from '../../coordinator/machine/ranges.ts';
import type { AnyJob } from '../../ebm/job.ts';
import type { ComputedBy, Range, WorkerFingerprint } from '../../proto/messages.ts';

interface Given { readonly worker: string; readonly lease: number; readonly epoch: number; readonly unit: UnitPlan }

const RULES: FleetRules = { ...FLEET_RULES, leaseMs: 1_000, memberMs: 3_000, disputeMs: 5_000, twinAfterMs: 200 };

/** Something that happens. Numbers choose among what is possible then. */
export type Action =
  | { readonly kind: 'join' | 'request' | 'leave' | 'renew'; readonly worker: number }
  | { readonly kind: 'answer'; readonly which: number; readonly lies: boolean; readonly keeps: boolean }
  | { readonly kind: 'failure'; readonly which: number }
  | { readonly kind: 'tick'; readonly byMs: number }
  | { readonly kind: 'work'; readonly diverges: boolean }
  | { readonly kind: 'wish'; readonly wish: 'pause' | 'unpause' };

export class World {
  state: State;
  nowMs = 0;
  /** Answers that workers may still give: late ones and repeated ones stay in it. */
  readonly given: Given[] = [];
  /** What the shell was asked for and has not done yet. */
  readonly pending: Command[] = [];
  /** Chains accepted of each open update. */
  readonly accepted = new Map<number, readonly Range[]>();
  /** Every command so far. */
  readonly log: Command[] = [];
  /** Device classes whose contributions were counted. */
  readonly counted = new Set<string>();
  readonly #classOf: (worker: number) => string;
  #applying: number | null = null;
  /** Before the step that is looked at. */
  #version = 0;

  /** `classOf`: of a worker's device; all have the same one by default. `computedBy`: of the run's lives before. */
  constructor(job: AnyJob, rules: Partial<FleetRules> = {}, { classOf = () => 'x', computedBy = [] }: { readonly classOf?: (worker: number) => string; readonly computedBy?: readonly ComputedBy[] } = {}) {
    this.#classOf = classOf;
    this.state = initialState({ job, until: job.train.updates, figures: [], checkpoints: true, computedBy, fleet: { ...RULES, ...rules }, lookEvery: 4 }, 1);
    this.send({ kind: 'start', nowMs: 0 });
  }

  get isOver(): boolean { return this.state.run.phase.kind === 'over'; }

  act(action: Action): void {
    const { nowMs, state: { epoch } } = this;
    switch (action.kind) {
      case 'join': this.send({ kind: 'join', nowMs, worker: nameOf(action.worker), fingerprint: this.fingerprint(action.worker) }); return;
      case 'request': case 'leave': this.send({ kind: action.kind, nowMs, worker: nameOf(action.worker), epoch }); return;
      case 'renew': this.send({ kind: 'renew', nowMs, worker: nameOf(action.worker), epoch, lease: this.given.at(-1)?.lease ?? null }); return;
      case 'answer': this.#answer(action); return;
      case 'failure': this.#fail(action.which); return;
      case 'tick': this.nowMs += action.byMs; this.send({ kind: 'tick', nowMs: this.nowMs }); return;
      case 'work': this.#work(action.diverges); return;
      case 'wish': this.send({ kind: 'wish', nowMs, wish: action.wish }); return;
    }
  }

  fingerprint(worker: number): WorkerFingerprint {
    return { engine: 'x', version: '1', deviceClass: this.#classOf(worker), threads: 1 };
  }

  send(event: Event): void {
    const before = this.state;
    const { state, commands } = step(before, event);
    assert.equal(this.state, before, 'a step changes no state');
    this.state = state;
    this.#version = before.run.version;
    for (const command of commands) this.#heed(command);
    if (event.kind === 'contribution' && commands.some(({ kind }) => kind === 'accept')) this.counted.add(this.#classOf(numberOf(event.worker)));
    this.check();
  }

  #heed(command: Command): void {
    this.log.push(command);
    if (command.kind === 'lease') this.given.push({ worker: command.to, lease: command.lease, epoch: this.state.epoch, unit: command.unit });
    else if (command.kind === 'accept') this.accepted.set(command.update, disjoint(this.accepted.get(command.update) ?? [], command.chains));
    else if (command.kind === 'advance') this.#heedAdvance(command);
    else if (command.kind === 'abandon') this.accepted.clear();
    else if (command.kind === 'apply') this.#heedApply(command.update);
    if (command.kind === 'apply' || command.kind === 'restore' || command.kind === 'checkpoint') this.pending.push(command);
  }

  /** U1, L1: what is applied is covered exactly once, and it is the next in order. */
  #heedApply(update: number): void {
    assert.equal(this.#applying, null, 'one step at a time');
    assert.equal(update, this.state.run.version);
    const { job } = this.state.settings;
    if (hasWorkersChains(job)) assert.equal(totalOf(this.accepted.get(update) ?? []), job.train.chains, `update ${update} is covered`);
    this.#applying = update;
    this.accepted.delete(update);
  }

  /** S2, U1: a span's updates are the next ones, and nobody has computed them otherwise. */
  #heedAdvance({ update, done }: Extract<Command, { kind: 'advance' }>): void {
    assert.equal(this.#applying, null, 'no step beside a span');
    assert.equal(this.accepted.get(update), undefined);
    assert.equal(update, this.#version, 'spans follow each other');
    this.#version = update + done;
  }

  #answer({ which, lies, keeps }: Extract<Action, { kind: 'answer' }>): void {
    if (this.given.length === 0) return;
    const index = which % this.given.length;
    const { worker, lease, epoch, unit } = this.given[index]!;
    if (!keeps) this.given.splice(index, 1);
    if (unit.kind === 'span') {
      const { branch, update, learningRates: { length } } = unit;
      const done = lies ? which % length : length;
      this.send({ kind: 'advanced', nowMs: this.nowMs, worker, epoch, lease, branch, update, done, divergence: lies ? 'too far' : null, asks: true });
      return;
    }
    if (unit.kind !== 'update') return;
    const digest = wantsDigest(this.state, lease) ? (lies ? `lie of ${worker}` : 'truth') : null;
    const { branch, update, data, chains } = unit;
    this.send({ kind: 'contribution', nowMs: this.nowMs, worker, epoch, lease, branch, update, data, chains, digest, asks: true });
  }

  #fail(which: number): void {
    const given = this.given[which % Math.max(1, this.given.length)];
    if (given === undefined) return;
    this.send({ kind: 'failed', nowMs: this.nowMs, worker: given.worker, epoch: given.epoch, lease: given.lease, code: 'states-missing', message: '', asks: true });
  }

  /** The shell finishes the oldest thing that it was asked for. */
  #work(diverges: boolean): void {
    const { nowMs } = this;
    const command = this.pending.shift();
    if (command?.kind === 'apply') {
      this.#applying = null;
      this.send(diverges ? { kind: 'diverged', nowMs, update: command.update, message: 'too far' } : { kind: 'applied', nowMs, update: command.update });
    } else if (command?.kind === 'checkpoint') this.send({ kind: 'checkpointed', nowMs, update: command.update });
    else if (command?.kind === 'restore') {
      this.#applying = null;
      const { from } = command;
      const marks = from.kind === 'start' ? { branch: 0, rollbacks: 0, rateScale: 1 } : from.as;
      this.send({ kind: 'restored', nowMs, update: from.kind === 'start' ? 0 : from.update, ...marks, measured: true });
    }
  }

  /** What must hold after every step. */
  check(): void {
    const { run, members, quarantined } = this.state;
    for (const task of run.tasks) checkPlaces(task, run.leases.filter((lease) => lease.task === task.key).map((lease) => lease.range));
    const holders = run.leases.map((lease) => lease.worker);
    assert.equal(new Set(holders).size, holders.length, 'L4: a worker holds at most one lease');
    for (const holder of holders) assert.ok(members.some((member) => member.key === holder), `M1: ${holder} holds a lease and is a member`);
    for (const { worker } of quarantined) assert.ok(!members.some((member) => member.key === worker), `M2: ${worker} is quarantined and no member`);
    const spans = run.leases.filter((lease) => lease.span !== null);
    assert.ok(spans.length === 0 || run.leases.length === 1, 'S2: no lease is given beside a span');
    assert.ok(spans.length === 0 || !run.applying, 'S2: no step is taken beside a span');
    assert.ok(run.tasks.length <= this.state.settings.job.train.staleness + 1, 'U2: no more updates are open than the staleness allows');
    for (const member of members) assert.ok(member.asking === null || !holders.includes(member.key), 'who holds a lease does not ask');
    if (this.isOver) assert.equal(run.leases.length + run.tasks.length, 0, 'R3: what is over has no work');
  }
}

export function nameOf(worker: number): string {
  return `w-${worker}`;
}

function numberOf(name: string): number {
  return Number(name.slice(2));
}

function disjoint(ranges: readonly Range[], added: Range): readonly Range[] {
  const isEmpty = added.from === added.to;
  assert.ok(isEmpty || !ranges.some((range) => range.from < added.to && added.from < range.to), 'L6: no chain is accepted twice');
  return withRange(ranges, added);
}

/** L1: the places of a task are partitioned into outstanding, covered, and leased but not covered. */
function checkPlaces(task: Task, leased: readonly Range[]): void {
  const uses = new Int32Array(task.size);
  const mark = (range: Range): void => { for (let place = range.from; place < range.to; place += 1) uses[place]! += 1; };
  task.outstanding.forEach(mark);
  task.covered.forEach(mark);
  const open = leased.filter((range) => !task.covered.some((covered) => covered.from <= range.from && covered.to >= range.to));
  new Map(open.map((range) => [`${range.from}..${range.to}`, range])).forEach(mark);
  assert.ok(uses.every((use) => use === 1), `L1: every place is outstanding, leased or covered: ${[...uses].join('')}`);
}

/** Parts of disjoint ranges of places are disjoint and give everything: for the tests of ranges. */
export function partsOf(cuts: readonly Range[], size: number, total: number): readonly Range[] {
  return cuts.map((range) => partOf(range, size, total));
}
