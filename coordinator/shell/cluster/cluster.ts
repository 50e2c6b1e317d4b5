// The cluster's shell: a leader from its fence to its end. It hands workers' questions, people's questions, time and the ends of runs to the
// machine, writes what is to be remembered, and opens and ends runs. It decides nothing.
import { ASSIGNMENT, CLUSTER_FORMAT_VERSION, CLUSTER_SUBJECTS, HELLO, type Assignment, type Hello } from '../../../platform/cluster/messages.ts';
import type { Account } from '../../machine/cluster/account.ts';
import { clusterStep } from '../../machine/cluster/machine.ts';
import { jobOf, type Decision, type History } from '../../machine/cluster/history.ts';
import { CLUSTER_RULES, initialCluster, runEpochOf, type Answer, type ClusterCommand, type ClusterEvent, type ClusterState } from '../../machine/cluster/state.ts';
import { Chronicle } from './chronicle.ts';
import { projectFleet } from './gauges.ts';
import type { ClusterOptions, JobEvent, OpenRun } from './host.ts';
import { Deposed, LeaderLog } from './log.ts';

const TICK_MS = 1_000;

export type LeadOutcome = { readonly kind: 'stopped' } | { readonly kind: 'deposed'; readonly epoch: number };
type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'nowMs'> : never;

export class ClusterShell {
  readonly #options: ClusterOptions;
  readonly #log: LeaderLog;
  readonly #runs = new Map<string, OpenRun>();
  /** How often each job's run was opened by this leader. */
  readonly #openings = new Map<string, number>();
  readonly #chronicle: Chronicle;
  readonly #busy = new Set<Promise<void>>();
  readonly #owed: Decision[] = [];
  #state: ClusterState;
  #settle: ((outcome: LeadOutcome) => void) | null = null;
  #isOver = false;
  #isDeposed = false;

  /** Takes the lead under a new epoch. */
  static async lead(options: ClusterOptions): Promise<ClusterShell> {
    return new ClusterShell(options, await LeaderLog.lead(options.store, options.name, options.clock));
  }

  private constructor(options: ClusterOptions, log: LeaderLog) {
    this.#options = options;
    this.#log = log;
    this.#state = initialCluster(log.history, options.rules ?? CLUSTER_RULES);
    this.#chronicle = new Chronicle({ store: options.store, clock: options.clock, epoch: log.epoch, onFailure: (message) => { options.onWarning(message); } });
  }

  get epoch(): number { return this.#log.epoch; }

  get state(): ClusterState { return this.#state; }

  /** What is on record, also when this leader ends meanwhile. */
  get history(): History { return this.#log.history; }

  /** Runs jobs until the signal (runs are saved) or until another coordinator leads (nothing more is written). Rejects if the store fails. */
  async run(signal: AbortSignal): Promise<LeadOutcome> {
    const { clock, transport } = this.#options;
    const over = new Promise<LeadOutcome>((resolve) => { this.#settle = resolve; });
    const service = transport.serve(CLUSTER_SUBJECTS.work, async (question) => ASSIGNMENT.write(await this.#assign(question)));
    const ticking = clock.every(TICK_MS, () => { this.#tick(); });
    const stop = (): void => { this.#post({ kind: 'close' }); this.#closeIfDone(); };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    else this.#post({ kind: 'tick' });
    try {
      return await over;
    } finally {
      signal.removeEventListener('abort', stop);
      ticking.stop();
      service.close();
      await Promise.all([...this.#busy]);
      await this.#chronicle.close(this.#isDeposed);
    }
  }

  /** Writes a decision and hands it to the machine. Rejects with Deposed, or with what the store rejects with. */
  async decide(make: (history: History) => Decision | null): Promise<Decision | null> {
    try {
      const decision = await this.#log.decide(make);
      if (decision !== null) this.#post({ kind: 'recorded', decision });
      return decision;
    } catch (error) {
      if (error instanceof Deposed) this.#depose();
      throw error;
    }
  }

  /** Before anything is answered from memory: who slept, and was deposed, must not tell what was. Rejects with Deposed. */
  async assertLeading(): Promise<void> {
    try {
      await this.#log.assertLeading();
    } catch (error) {
      if (error instanceof Deposed) this.#depose();
      throw error;
    }
  }

  drain(worker: string): void {
    this.#post({ kind: 'drain', worker });
  }

  /** Lines of a job's chronicle with a number above `after`, oldest first. */
  lines(job: string, after: number): Promise<readonly { readonly number: number; readonly event: JobEvent }[]> {
    return this.#chronicle.lines(job, after);
  }

  /** All that a job's run has told, in short. */
  account(job: string): Promise<Account> {
    return this.#chronicle.account(job);
  }

  #tick(): void {
    this.#post({ kind: 'tick' });
    projectFleet(this.#options.telemetry, this.#state);
    for (const decision of this.#owed.splice(0)) this.#record(decision);
    this.#work(this.#log.assertLeading().then(() => this.#chronicle.flush())); // one who slept and was deposed writes no line
  }

  #post(event: WithoutTime<ClusterEvent>): Answer | null {
    if (this.#isOver && event.kind !== 'recorded') return null;
    const { state, commands } = clusterStep(this.#state, { ...event, nowMs: this.#options.clock.nowMs() });
    this.#state = state;
    if (this.#isOver) return null; // it was being written when this leader ended: known to whom it still answers, and the next leader's to act on
    let answer: Answer | null = null;
    for (const command of commands) {
      if (command.kind === 'answer') ({ answer } = command);
      else this.#perform(command);
    }
    return answer;
  }

  #perform(command: Exclude<ClusterCommand, { readonly kind: 'answer' }>): void {
    switch (command.kind) {
      case 'start': this.#start(command.job); return;
      case 'interrupt': this.#runs.get(command.job)?.interrupt(); return;
      case 'release': this.#runs.get(command.job)?.release(command.worker); return;
      case 'record': this.#record(command.decision); return;
    }
  }

  /** What the machine wants remembered is owed until it is written: a full disk delays the end of a job, and loses none. */
  #record(decision: Decision): void {
    this.#work(this.decide(() => decision).catch((error: unknown) => {
      if (!(error instanceof Deposed)) this.#owed.push(decision);
      throw error;
    }));
  }

  #start(id: string): void {
    const job = jobOf(this.#state.history, id);
    if (job === undefined) return;
    const opening = this.#openings.get(id) ?? 0;
    this.#openings.set(id, opening + 1);
    // The whole leader is deposed before its run hears that it may not write: the job has not failed.
    const run = this.#options.host.open(job, { epoch: runEpochOf(this.epoch, opening), onEvent: (event) => { this.#heard(id, event); }, assertLeading: () => this.assertLeading() });
    this.#runs.set(id, run);
    this.#work(run.ended.then((event) => {
      this.#runs.delete(id);
      if (this.#isOver) return;
      const end = event.kind === 'interrupted' || event.kind === 'cancelled' ? null : event;
      if (end !== null) this.#openings.delete(id);
      this.#post({ kind: 'run-ended', job: id, end });
      this.#closeIfDone();
    }));
  }

  #heard(job: string, event: JobEvent): void {
    if (this.#isOver) return;
    const { update, updates } = event;
    if (typeof update === 'number' && (event.kind === 'progress' || event.kind === 'evaluated' || event.kind === 'checkpoint')) {
      this.#post({ kind: 'progress', job, update, updates: typeof updates === 'number' ? updates : this.#state.runs.find(({ key }) => key === job)?.updates ?? null });
    }
    if (event.kind === 'started' && typeof update === 'number' && typeof updates === 'number') this.#post({ kind: 'progress', job, update, updates });
    if (event.kind === 'quarantined' && typeof event['worker'] === 'string') this.#post({ kind: 'misbehaved', worker: event['worker'], reason: String(event['reason']) });
    if (event.kind !== 'progress') this.#chronicle.append(job, event);
    this.#options.onEvent(job, event);
    this.#options.transport.publish(CLUSTER_SUBJECTS.events(job), new TextEncoder().encode(JSON.stringify(event)));
  }

  async #assign(question: Uint8Array): Promise<Assignment> {
    const read = HELLO.read(question);
    if (read.kind === 'malformed') {
      this.#options.telemetry.count('ebm_rejected_messages_total', 1, { code: 'malformed' });
      return { kind: 'refused', code: 'malformed', message: read.reason, afterMs: null };
    }
    const { v, wire, worker } = read.value;
    const { wireVersion, golden } = this.#options;
    if (v > CLUSTER_FORMAT_VERSION || wire !== wireVersion) {
      this.#options.onWarning(`worker ${worker} was refused: it speaks wire format ${wire}, this coordinator ${wireVersion}`);
      return { kind: 'refused', code: 'protocol', message: `this coordinator speaks wire format ${wireVersion}, the worker ${wire}: run the same version of ebm on both`, afterMs: null };
    }
    if (this.#isOver) return { kind: 'wait', afterMs: TICK_MS };
    if (read.value.golden !== golden && !this.#state.held.some(({ key }) => key === worker)) {
      const reason = `the golden unit gave ${read.value.golden} instead of ${golden}: memory, processor or program is damaged`;
      await this.decide(() => ({ kind: 'quarantined', worker, reason })); // before the answer: it is held from now on
    }
    return this.#greet(read.value);
  }

  #greet({ worker, engine, deviceClass, threads, computing, lacks, leaving }: Hello): Assignment {
    if (leaving) {
      this.#post({ kind: 'goodbye', worker });
      return { kind: 'wait', afterMs: TICK_MS };
    }
    if (lacks !== null) {
      this.#options.onWarning(`worker ${worker} cannot compute for ${lacks.job}: ${lacks.reason}`);
      this.#post({ kind: 'lacks', worker, ...lacks });
    }
    const answer = this.#post({ kind: 'hello', worker, fingerprint: { engine, deviceClass, threads }, computing });
    switch (answer?.kind) {
      case 'leave': return { kind: 'leave', message: 'it was drained by `ebm drain`' };
      case 'full': return { kind: 'refused', code: 'full', message: `the cluster has its ${this.#state.rules.workersMax} workers`, afterMs: this.#state.rules.quarantineMs };
      case 'quarantined': return { kind: 'refused', code: 'quarantined', message: answer.reason, afterMs: Math.ceil(answer.forMs) };
      case 'work': {
        if (answer.job === computing) return { kind: 'stay' };
        const open = this.#runs.get(answer.job);
        if (open?.compiled === undefined || open.compiled === null) return { kind: 'wait', afterMs: TICK_MS / 4 };
        return { kind: 'work', id: answer.job, run: open.run, job: open.compiled };
      }
      case 'wait': case undefined: return { kind: 'wait', afterMs: TICK_MS };
    }
  }

  /** Work that nobody waits for; what fails ends this leader, but for being deposed, which is an end of its own. */
  #work(work: Promise<unknown>): void {
    const done: Promise<void> = work.then(() => undefined, (error: unknown) => {
      if (error instanceof Deposed) this.#depose();
      else this.#options.onWarning(`the store failed: ${error instanceof Error ? error.message : String(error)}`);
    }).finally(() => { this.#busy.delete(done); });
    this.#busy.add(done);
  }

  #closeIfDone(): void {
    if (this.#state.closing && this.#runs.size === 0) this.#finish({ kind: 'stopped' });
  }

  #depose(): void {
    if (this.#isOver) return;
    this.#isDeposed = true;
    for (const run of this.#runs.values()) run.abandon();
    this.#finish({ kind: 'deposed', epoch: this.epoch });
  }

  #finish(outcome: LeadOutcome): void {
    this.#isOver = true;
    this.#settle?.(outcome);
  }
}
