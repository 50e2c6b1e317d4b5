// A fleet around the cluster's machine, for its benchmark: workers say hello, one after the other, compute for the job that they are told,
// and now and then one goes or a job comes to its end and another is submitted. It has virtual time and no store.
import { fold, NO_HISTORY } from '../../coordinator/machine/cluster/history.ts';
import { clusterStep } from '../../coordinator/machine/cluster/machine.ts';
import { CLUSTER_RULES, initialCluster, type ClusterCommand, type ClusterEvent, type ClusterState } from '../../coordinator/machine/cluster/state.ts';
import { seeded } from '../support/seeded.ts';

const FINGERPRINT = { engine: 'none', deviceClass: 'none', threads: 1 };
const TICK_MS = 1_000;
/** Of all events: workers that go, and progress of a run. */
const GOODBYES = 0.000_2;
const PROGRESS = 0.01;
/** Of all ticks: a job ends, and another one is submitted. */
const ENDS = 0.1;

type Untimed<Event> = Event extends unknown ? Omit<Event, 'nowMs'> : never;

export interface HellosPlan { readonly workers: number; readonly jobs: number }

export class Hellos {
  state: ClusterState;
  events = 0;
  readonly #random = seeded(2);
  readonly #names: readonly string[];
  readonly #computing = new Map<string, string | null>();
  #next = 0;
  #nowMs = 1;
  #tickedMs = 0;

  constructor({ workers, jobs }: HellosPlan) {
    this.state = initialCluster(fold(NO_HISTORY, { epoch: 1, decision: { kind: 'fence', leader: 'bench' } }), CLUSTER_RULES);
    this.#names = Array.from({ length: workers }, (_, i) => `worker-${i}`);
    for (let i = 0; i < jobs; i += 1) this.#submit();
  }

  /** Gives the machine at least so many events. */
  run(events: number): void {
    for (const until = this.events + events; this.events < until;) this.#once();
  }

  #once(): void {
    this.#nowMs += CLUSTER_RULES.helloMs / this.#names.length;
    if (this.#nowMs - this.#tickedMs >= TICK_MS) this.#tick();
    const worker = this.#names[this.#next]!;
    this.#next = (this.#next + 1) % this.#names.length;
    const chance = this.#random();
    if (chance < GOODBYES) {
      this.#post({ kind: 'goodbye', worker });
      this.#computing.delete(worker);
      return;
    }
    const run = this.state.runs[0];
    if (chance < GOODBYES + PROGRESS && run !== undefined) this.#post({ kind: 'progress', job: run.key, update: run.update + 1, updates: null });
    this.#post({ kind: 'hello', worker, fingerprint: FINGERPRINT, computing: this.#computing.get(worker) ?? null }, worker);
  }

  #tick(): void {
    this.#tickedMs = this.#nowMs;
    this.#post({ kind: 'tick' });
    const run = this.state.runs[0];
    if (run === undefined || this.#random() >= ENDS) return;
    this.#post({ kind: 'run-ended', job: run.key, end: { kind: 'finished' } });
    this.#submit();
  }

  #submit(): void {
    const number = this.state.history.lastNumber + 1;
    this.#post({ kind: 'recorded', decision: { kind: 'submitted', id: `job-${number}`, number, name: 'job', priority: 0, spec: {}, key: `key-${number}` } });
  }

  #post(event: Untimed<ClusterEvent>, worker = ''): void {
    this.events += 1;
    const { state, commands } = clusterStep(this.state, { ...event, nowMs: this.#nowMs });
    this.state = state;
    for (const command of commands) this.#heed(command, worker);
  }

  #heed(command: ClusterCommand, worker: string): void {
    switch (command.kind) {
      case 'record': this.#post({ kind: 'recorded', decision: command.decision }); return;
      case 'interrupt': this.#post({ kind: 'run-ended', job: command.job, end: null }); return;
      case 'answer': this.#computing.set(worker, command.answer.kind === 'work' ? command.answer.job : null); return;
      case 'start': case 'release': return;
    }
  }
}
