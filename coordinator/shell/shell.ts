// The coordinator's shell: hands messages, time and the outcomes of its work to the machine as events, and performs the commands that
// come back, in order. It decides nothing. Its parts: the data plane, the keeper of the journal, the desk of figures, the observer.
import { SUBJECTS, type AdvancedMessage, type ContributionMessage, type Message, type ResultMessage, type ToWorker } from '../../proto/messages.ts';
import type { Command, Event, UnitPlan } from '../machine/events.ts';
import { mixesClasses } from '../machine/classes.ts';
import { formOf } from '../machine/forms.ts';
import { step } from '../machine/machine.ts';
import { initialState, type FailureCode, type Outcome, type State } from '../machine/state.ts';
import type { RunOutcome } from './events.ts';
import { familyOf } from './family.ts';
import { choosingFigure, type Desk } from './figures.ts';
import { drawEvery } from './health.ts';
import { project } from './gauges.ts';
import { Keeper } from './keeper.ts';
import { Observer } from './observer.ts';
import { rulesOf, type CoordinatorOptions } from './options.ts';
import type { DataPlane, VersionDifference } from './data-plane.ts';
import { Stages } from './stages.ts';
import { eventOf, noticeOf } from './translate.ts';

const TICK_MS = 250;
/** A chain of promises longer than this lets timers and signals have a turn. */
const TURN_MS = 25;
/** The same while something is written, which takes a turn for each of some forty steps. */
const WRITING_TURN_MS = 5;

type Bulk = ContributionMessage | AdvancedMessage | ResultMessage | null;
type Of<Kind extends Command['kind']> = Extract<Command, { readonly kind: Kind }>;

export class CoordinatorShell {
  readonly #options: CoordinatorOptions;
  readonly #plane: DataPlane;
  readonly #stages: Stages;
  readonly #keeper: Keeper;
  readonly #desk: Desk;
  readonly #observer: Observer;
  readonly #inbox: { readonly event: Event; readonly bulk: Bulk }[] = [];
  #state: State;
  #isBusy = false;
  #turnedMs = 0;
  #figure: number | null = null;
  #savedPath: string | null = null;
  #cause: unknown = null;
  #settle: ((outcome: RunOutcome) => void) | null = null;

  constructor(options: CoordinatorOptions) {
    const { job, journal } = options;
    this.#options = options;
    this.#stages = new Stages(options.transport.coding ?? null);
    const { plane, desk } = familyOf(options, this.#stages);
    this.#plane = plane;
    this.#desk = desk;
    const until = options.verifyUntil ?? job.train.updates;
    const verifies = options.verifyUntil !== undefined;
    this.#observer = new Observer({ run: options, plane: this.#plane, until, stages: () => this.#stages.totals(), record: (line) => { this.#after(this.#keeper.metrics(line), 'storage', () => null); } });
    this.#keeper = new Keeper({
      journal, plane: this.#plane, start: options.start,
      aside: () => this.#observer.aside(this.#state.run.computedBy),
      computedBy: () => this.#state.run.computedBy,
      later: () => options.clock.turn(),
      onDiffers: (message) => {
        if (mixesClasses(job)) this.#observer.warn(message);
        else this.#broken('ledger-differs', new Error(message));
      },
      onWarning: (message) => { this.#observer.warn(message); },
    });
    const settings = {
      job, until, figures: verifies ? [] : this.#desk.plans(), checkpoints: !verifies || options.verifyCheckpoints === true, fleet: rulesOf(options), lookEvery: drawEvery(job, 1),
      ...(options.lengths === undefined ? {} : { lengths: options.lengths }),
      ...(options.verifyAt === undefined ? {} : { alsoSavedAt: options.verifyAt }),
      ...(options.start?.computedBy === undefined ? {} : { computedBy: options.start.computedBy }),
    };
    this.#state = initialState(settings, options.epoch);
  }

  /** Runs until a terminal state. Never rejects: what went wrong is the outcome. Call once. */
  async run(): Promise<RunOutcome> {
    const { transport, clock, run, signal } = this.#options;
    const ended = new Promise<RunOutcome>((resolve) => { this.#settle = resolve; });
    const subscriptions = [
      transport.subscribe(SUBJECTS.coordinator(run), (message) => { this.#receive(message); }),
      transport.serve(SUBJECTS.parameters(run), (message) => this.#serveParameters(message)),
    ];
    const ticking = clock.every(TICK_MS, () => { this.#post({ kind: 'tick', nowMs: clock.nowMs() }); });
    const onAbort = (): void => { this.wish('interrupt'); };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#turnedMs = clock.nowMs();
    this.#post({ kind: 'start', nowMs: clock.nowMs() });
    if (signal?.aborted === true) onAbort();
    const outcome = await ended;
    ticking.stop();
    signal?.removeEventListener('abort', onAbort);
    for (const subscription of subscriptions) subscription.close();
    return outcome;
  }

  /** The cluster wants a worker elsewhere: it leaves the run after its unit. */
  release(worker: string): void {
    this.#post({ kind: 'release', nowMs: this.#options.clock.nowMs(), worker });
  }

  wish(wish: 'interrupt' | 'pause' | 'unpause' | 'cancel'): void {
    const isMeasuring = this.#state.run.phase.kind === 'measuring';
    this.#post({ kind: 'wish', nowMs: this.#options.clock.nowMs(), wish });
    // Figures are dropped then: on the session that workers share nothing else should wait for them.
    if (isMeasuring && this.#options.shared && (wish === 'interrupt' || wish === 'cancel')) this.#options.session?.giveUp?.();
  }

  #receive(message: Message): void {
    const event = eventOf(message, this.#state, this.#options.clock.nowMs());
    if (event !== null) this.#post(event, message.kind === 'contribution' || message.kind === 'advanced' || message.kind === 'result' ? message : null);
  }

  #serveParameters(message: Message): Message {
    const { epoch } = this.#state;
    if (message.kind !== 'parameters-request') throw new TypeError(`a request for parameters was expected, got ${message.kind}`);
    const isRestoring = this.#state.run.phase.kind === 'restoring'; // what is still published then may be dead
    const difference = isRestoring ? null : this.#plane.differenceFor(message.have, message.name);
    if (difference !== null) return { kind: 'parameters-difference', epoch, ...difference };
    const parameters = isRestoring ? undefined : this.#plane.find(message.name);
    return parameters === undefined
      ? { kind: 'parameters-missing', epoch, name: message.name }
      : { kind: 'parameters', epoch, name: message.name, parameters };
  }

  /** Events are handled one after the other, each with its commands, in order of arrival; what commands cause waits its turn. */
  #post(event: Event, bulk: Bulk = null): void {
    this.#inbox.push({ event, bulk });
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) this.#handle(next.event, next.bulk);
    this.#isBusy = false;
  }

  #handle(event: Event, bulk: Bulk): void {
    const before = this.#state;
    const next = step(before, event);
    this.#state = next.state;
    for (const command of next.commands) {
      try {
        this.#perform(command, bulk);
      } catch (error) {
        this.#broken('engine', error);
      }
    }
    project(this.#options.telemetry, before, event, next); // last: workers need not wait for it
  }

  #perform(command: Command, bulk: Bulk): void {
    switch (command.kind) {
      case 'welcome': case 'refuse': case 'cancel': case 'fence': case 'drain': this.#send(command.to, noticeOf(command, this.#state)); return;
      case 'lease': this.#lease(command); return;
      case 'accept': if (bulk?.kind === 'contribution') this.#plane.accept(bulk); return;
      case 'advance': this.#advance(bulk); return;
      case 'discard': if (bulk?.kind === 'contribution') this.#plane.discard(bulk); return;
      case 'collect': this.#collect(command, bulk); return;
      case 'retain': this.#plane.retain(command); return;
      case 'forget': this.#plane.forget(command.duel); return;
      case 'open': return; // chains and sums are made when the first contribution comes
      case 'apply': this.#apply(command); return;
      case 'commit':
        this.#plane.commit(command.update);
        this.#observer.committed(command.update + 1);
        return;
      case 'abandon': this.#plane.abandon(); return;
      case 'ledger': this.#after(this.#keeper.ledger(command), 'storage', () => null); return;
      case 'checkpoint': this.#checkpoint(command); return;
      case 'restore': this.#restore(command); return;
      case 'measure': this.#measure(command.update); return;
      case 'conclude': this.#conclude(command.update); return;
      case 'report': this.#observer.report(command.what); return;
      case 'end': void this.#end(command.outcome); return;
    }
  }

  #send(worker: string, message: ToWorker): void {
    this.#options.transport.publish(SUBJECTS.worker(this.#options.run, worker), message);
  }

  #lease({ to, lease, termMs, unit, duel }: Of<'lease'>): void {
    this.#send(to, { kind: 'lease', epoch: this.#state.epoch, lease, termMs, unit: this.#unit(unit, duel) });
  }

  #unit(plan: UnitPlan, duel: number | null): Extract<ToWorker, { kind: 'lease' }>['unit'] {
    if (plan.kind === 'figure') return this.#desk.unit(plan.figure, plan.range, this.#plane.measuredName(plan.branch, plan.version));
    if (plan.kind === 'span') {
      this.#keeper.settle(); // what is owed is of the version that the span leaves
      this.#observer.leaving(plan);
      return { ...plan, parameters: { branch: plan.branch, version: plan.update, of: 'masters' }, states: this.#plane.statesFor(plan.update, plan.chains, null), lookEvery: this.#state.settings.lookEvery ?? 1, lent: this.#plane.lend(), pause: () => this.#keeper.isBusy ? this.#turn(WRITING_TURN_MS) : null };
    }
    const { branch, update, version, data, chains, cached } = plan;
    const isSent = this.#options.shared || !cached || this.#plane.sendsStates; // for cd there is nothing to send: an empty view
    return {
      kind: 'update', branch, update, parameters: { branch, version, of: 'masters' }, data, chains,
      states: isSent ? this.#plane.statesFor(update, chains, duel) : null, form: formOf(this.#state.settings, data, chains),
    };
  }

  /** A turn of the event loop for others, if they have had none for so long. */
  #turn(afterMs: number): Promise<void> | null {
    const { clock } = this.#options;
    if (clock.nowMs() - this.#turnedMs <= afterMs) return null;
    this.#turnedMs = clock.nowMs();
    return clock.turn();
  }

  #advance(bulk: Bulk): void {
    if (bulk?.kind !== 'advanced') throw new TypeError('the end of a span needs its message');
    this.#plane.advanced(bulk);
    this.#observer.advanced(bulk.looks);
  }

  #collect({ figure, range }: Of<'collect'>, bulk: Bulk): void {
    if (bulk?.kind !== 'result' || bulk.values.kind !== 'numbers') throw new TypeError('a figure needs numbers');
    this.#desk.collect(figure, range, bulk.values.numbers);
  }

  #apply(command: Of<'apply'>): void {
    const { update, branch } = command;
    this.#keeper.settle();
    const step = { update, branch, learningRate: command.learningRate };
    const applying = this.#plane.apply(step, this.#options.job.train.staleness, this.#observer.due(command));
    this.#observer.leaving(command);
    this.#after(applying, 'engine', async ({ outcome, difference }) => {
      const turn = difference === null ? this.#turn(TURN_MS) : null; // a network gives turns enough
      if (turn !== null) await turn;
      const nowMs = this.#options.clock.nowMs();
      if (difference !== null && this.#state.run.applying) this.#publish(difference); // before the leases that need it, and in one write with them
      this.#post(outcome.kind === 'applied' ? { kind: 'applied', nowMs, update } : { kind: 'diverged', nowMs, update, message: `${outcome.reason} at ${outcome.where}` });
      return null;
    });
  }

  /** Beside the units, to all at once; a worker that misses it asks. What is larger than a frame is pulled, like any other message. */
  #publish(difference: VersionDifference): void {
    const { transport, run } = this.#options;
    transport.publish(SUBJECTS.published(run), { kind: 'parameters-difference', epoch: this.#state.epoch, ...difference });
  }

  #checkpoint(command: Of<'checkpoint'>): void {
    this.#after(this.#keeper.checkpoint(command, this.#figure), 'storage', ({ path }) => {
      this.#savedPath = path;
      this.#observer.saved(command.update, path);
      return { kind: 'checkpointed', nowMs: this.#options.clock.nowMs(), update: command.update };
    });
    this.#figure = null;
  }

  #restore(command: Of<'restore'>): void {
    this.#after(this.#keeper.restore(command), 'storage', (restored) => {
      const { figure, ...marks } = restored;
      this.#observer.restored(restored, command.from.kind === 'start');
      return { kind: 'restored', nowMs: this.#options.clock.nowMs(), ...marks, measured: command.from.kind !== 'start' || figure !== null || marks.update === 0 };
    });
  }

  #measure(update: number): void {
    this.#desk.begin();
    this.#observer.measuring();
    const name = this.#plane.measuredName(this.#state.run.branch, update);
    this.#after(this.#plane.publishMeasured(name), 'engine', (outcome) => {
      if (outcome.kind === 'diverged') throw new Error(`the averaged model of version ${update} cannot be published: ${outcome.reason} at ${outcome.where}`);
      return { kind: 'ready', nowMs: this.#options.clock.nowMs() };
    });
  }

  #conclude(update: number): void {
    const figures = this.#desk.conclude();
    this.#figure = choosingFigure(figures);
    this.#observer.measured(figures, { update, branch: this.#state.run.branch });
    this.#post({ kind: 'measured', nowMs: this.#options.clock.nowMs() });
  }

  async #end(outcome: Outcome): Promise<void> {
    await this.#keeper.idle();
    const { version, branch, rollbacks } = this.#state.run;
    const position = { update: version, branch, rollbacks };
    const digests = outcome.kind === 'finished' ? { ...this.#keeper.digests(version), ledger: this.#keeper.ledgerPosition().head } : null;
    const ended = this.#observer.ended(outcome, position, { digests, path: this.#savedPath, cause: this.#cause, computedBy: this.#state.run.computedBy });
    this.#settle?.(ended);
  }

  /** Posts the event that work ends with; work that fails ends the run. */
  #after<T>(work: Promise<T>, code: FailureCode, then: (value: T) => Event | null | Promise<Event | null>): void {
    work.then(then).then(
      (event) => { if (event !== null) this.#post(event); },
      (error: unknown) => { this.#broken(code, error); },
    );
  }

  #broken(code: FailureCode, error: unknown): void {
    this.#cause ??= error;
    this.#post({ kind: 'broken', nowMs: this.#options.clock.nowMs(), code, message: error instanceof Error ? error.message : String(error) });
  }
}
