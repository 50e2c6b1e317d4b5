// A fleet around the machine of a run, for its benchmark: workers ask, compute in no time, answer in a seeded order, renew, stall, leave
// and join; steps of the optimiser are done at once. It has virtual time, and neither arrays nor messages.
import { wantsDigest } from '../../coordinator/machine/duels.ts';
import type { Command, Event, UnitPlan } from '../../coordinator/machine/events.ts';
import { step } from '../../coordinator/machine/machine.ts';
import { FLEET_RULES, type FleetRules } from '../../coordinator/machine/settings.ts';
import { initialState, type State } from '../../coordinator/machine/state.ts';
import { CLUSTER_RULES } from '../../coordinator/shell/options.ts';
import { seeded } from '../support/seeded.ts';
import { tinyJob } from '../support/tiny-job.ts';

const FINGERPRINT = { engine: 'none', version: '1', deviceClass: 'none', threads: 1 };
/** Virtual time in which every worker answers about once. */
const ROUND_MS = 100;
const TICK_MS = 250;
/** Of all events that are no ticks: signs of life, questions asked again, workers that go and come back, and units that stall. */
const RENEWS = 0.1;
const REPEATS = 0.01;
const CHANGES = 0.002;
const STALLS = 0.000_2;
/** Beyond the age at which a unit may have a twin. */
const STALL_MS = 1_000;

interface Held { readonly worker: string; readonly lease: number; readonly unit: UnitPlan }

export interface FleetPlan {
  readonly workers: number;
  readonly staleness: 0 | 1;
  readonly rules?: Partial<FleetRules>;
}

export class Fleet {
  state: State;
  /** Events that the machine was given. */
  events = 0;
  readonly counts = new Map<Event['kind'], number>();
  readonly #random = seeded(1);
  readonly #names: readonly string[];
  readonly #held: Held[] = [];
  readonly #stalled: { readonly held: Held; readonly untilMs: number }[] = [];
  #applying: number | null = null;
  #nowMs = 1;
  #tickedMs = 0;

  constructor({ workers, staleness, rules = {} }: FleetPlan) {
    const places = Math.max(2_000, 10 * workers);
    const job = tinyJob({ train: { batch: places, chains: places, updates: Number.MAX_SAFE_INTEGER, staleness }, job: { checkpoint: { every: 0, keep: 1 }, ledger: { every: 100 } } });
    this.state = initialState({ job, until: job.train.updates, figures: [], checkpoints: false, fleet: { ...FLEET_RULES, ...CLUSTER_RULES, ...rules } }, 1);
    this.#names = Array.from({ length: workers }, (_, i) => `worker-${i}`);
    this.#send({ kind: 'start', nowMs: this.#nowMs });
    this.#send({ kind: 'restored', nowMs: this.#nowMs, update: 0, branch: 0, rollbacks: 0, rateScale: 1, measured: true });
    for (const worker of this.#names) this.#join(worker);
  }

  /** Gives the machine at least so many events. */
  run(events: number): void {
    for (const until = this.events + events; this.events < until;) this.#next();
  }

  #next(): void {
    this.#nowMs += ROUND_MS / this.#names.length;
    if (this.#nowMs - this.#tickedMs >= TICK_MS) this.#tick();
    if (this.#applying !== null) this.#applied(this.#applying);
    else if (this.#held.length === 0) this.#nowMs = this.#tickedMs + TICK_MS; // all wait for a unit that stalls
    else this.#something(this.#random());
  }

  #something(chance: number): void {
    const worker = this.#names[Math.floor(this.#random() * this.#names.length)]!;
    const { epoch } = this.state;
    if (chance < CHANGES) {
      this.#send({ kind: 'leave', nowMs: this.#nowMs, worker, epoch });
      this.#forget(worker);
      this.#join(worker);
    } else if (chance < CHANGES + REPEATS) this.#send({ kind: 'request', nowMs: this.#nowMs, worker, epoch });
    else if (chance < CHANGES + REPEATS + RENEWS) {
      const lease = this.#held.find((held) => held.worker === worker)?.lease ?? null;
      this.#send({ kind: 'renew', nowMs: this.#nowMs, worker, epoch, lease });
    } else {
      const index = Math.floor(this.#random() * this.#held.length);
      const held = this.#held[index]!;
      this.#held[index] = this.#held.at(-1)!;
      this.#held.pop();
      if (this.#random() < STALLS) this.#stalled.push({ held, untilMs: this.#nowMs + STALL_MS });
      else this.#answer(held);
    }
  }

  #tick(): void {
    this.#tickedMs = this.#nowMs;
    this.#send({ kind: 'tick', nowMs: this.#nowMs });
    for (const worker of this.#names.filter((_, i) => i % 4 === Math.floor(this.#nowMs / TICK_MS) % 4)) this.#sign(worker);
    while (this.#stalled.length > 0 && this.#stalled[0]!.untilMs <= this.#nowMs) this.#answer(this.#stalled.shift()!.held);
  }

  /** A sign of life of a worker that waits, or whose unit stalls. */
  #sign(worker: string): void {
    const isSilent = this.#stalled.some(({ held }) => held.worker === worker) || this.#held.length === 0;
    if (isSilent) this.#send({ kind: 'renew', nowMs: this.#nowMs, worker, epoch: this.state.epoch, lease: null });
  }

  #join(worker: string): void {
    this.#send({ kind: 'join', nowMs: this.#nowMs, worker, fingerprint: FINGERPRINT });
    this.#send({ kind: 'request', nowMs: this.#nowMs, worker, epoch: this.state.epoch });
  }

  #answer({ worker, lease, unit }: Held): void {
    if (unit.kind !== 'update') throw new TypeError('a benchmark has no figures');
    const { branch, update, data, chains } = unit;
    const digest = wantsDigest(this.state, lease) ? 'equal' : null;
    this.#send({ kind: 'contribution', nowMs: this.#nowMs, worker, epoch: this.state.epoch, lease, branch, update, data, chains, digest, asks: true });
  }

  #applied(update: number): void {
    this.#applying = null;
    this.#send({ kind: 'applied', nowMs: this.#nowMs, update });
  }

  #send(event: Event): void {
    this.events += 1;
    this.counts.set(event.kind, (this.counts.get(event.kind) ?? 0) + 1);
    const { state, commands } = step(this.state, event);
    this.state = state;
    for (const command of commands) this.#heed(command);
  }

  #heed(command: Command): void {
    if (command.kind === 'lease' || command.kind === 'cancel') this.#forget(command.to);
    if (command.kind === 'lease') this.#held.push({ worker: command.to, lease: command.lease, unit: command.unit });
    if (command.kind === 'apply') this.#applying = command.update;
  }

  #forget(worker: string): void {
    const index = this.#held.findIndex((held) => held.worker === worker);
    if (index >= 0) this.#held.splice(index, 1);
  }
}
