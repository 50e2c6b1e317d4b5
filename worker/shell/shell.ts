// The worker's shell: hands messages, ticks and the outcomes of its work to the machine, and performs the commands that come back.
// It keeps what the machine names: parameters, chain states, the unit and the result at hand. It decides nothing.
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { TransportError } from '../../platform/transport/transport.ts';
import { SUBJECTS, type Message, type ParametersDifference, type ParametersName, type AnyParameters, type ToCoordinator, type UnitMessage } from '../../proto/messages.ts';
import { step } from '../machine/machine.ts';
import { INITIAL_STATE, type Command, type Event, type LeaveReason, type State } from '../machine/state.ts';
import { ChainStates } from './chains.ts';
import type { Computed } from './evaluation.ts';
import type { WorkerOptions } from './options.ts';
import { isNotice, keyOf, workOf } from './reading.ts';
import { Watch } from './watch.ts';
import { workBench, type WorkBench } from './workbench.ts';

const TICK_MS = 1_000;
const FETCH_MS = 10_000;

export class WorkerShell {
  readonly #options: WorkerOptions;
  readonly #bench: WorkBench;
  readonly #inbox: Event[] = [];
  readonly #parameters = new Map<string, AnyParameters>();
  /** Units and results by ticket. */
  readonly #units = new Map<number, UnitMessage>();
  readonly #results = new Map<number, Computed>();
  /** Parameters that were asked for and are on their way, with the epoch. */
  readonly #asked = new Set<string>();
  readonly #chains: ChainStates;
  readonly #watch: Watch;
  /** Differences are taken one after the other: each starts from the version before. */
  #adopting: Promise<void> = Promise.resolve();
  /** Parameters that are on their way into the session, and units begun with them. */
  readonly #taking = new Set<Promise<unknown>>();
  /** Parameters that are being made of a difference: a short unit may be begun with them. */
  #placed: { readonly asked: string; readonly parameters: AnyParameters } | null = null;
  /** A unit that was begun before its parameters were there. */
  #ahead: { readonly ticket: number; readonly result: Promise<Computed> } | null = null;
  /** Parameters of which a difference was no use. */
  #whole: string | null = null;
  #state: State = INITIAL_STATE;
  #tickets = 0;
  #isBusy = false;
  #settle: ((reason: LeaveReason) => void) | null = null;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#bench = workBench(options);
    this.#chains = new ChainStates(bytesOf(options.hidden));
    this.#watch = new Watch(options.clock, options.transport.coding ?? null);
  }

  /** Works until it is drained or refused. Never rejects. Call once. */
  async run(): Promise<LeaveReason> {
    const { transport, clock, run, id, shared, tickMs = TICK_MS } = this.#options;
    const left = new Promise<LeaveReason>((resolve) => { this.#settle = resolve; });
    const subscriptions = [
      transport.subscribe(SUBJECTS.worker(run, id), (message) => { this.#receive(message); }),
      ...(shared ? [] : [transport.subscribe(SUBJECTS.published(run), (message) => { this.#announced(message); })]),
    ];
    const ticking = clock.every(tickMs, () => { this.#post({ kind: 'tick' }); });
    this.#post({ kind: 'start' });
    const reason = await left;
    ticking.stop();
    for (const subscription of subscriptions) subscription.close();
    await Promise.allSettled(this.#taking); // the next run on this session has versions of its own, in the same memory
    return reason;
  }

  /** Finishes the unit at hand, says goodbye, ends. */
  drain(): void {
    this.#post({ kind: 'drain' });
  }

  /** Ends at once and in silence, as a crash would: for tests of those who stay. */
  kill(): void {
    this.#state = { ...this.#state, phase: { kind: 'left', reason: { kind: 'drained' } } };
    this.#settle?.({ kind: 'drained' });
  }

  #receive(message: Message): void {
    if (message.kind === 'lease') {
      const ticket = this.#tickets += 1;
      this.#units.set(ticket, message.unit);
      if (this.#state.phase.kind === 'idle') this.#watch.turn('fetched');
      this.#post({ kind: 'lease', epoch: message.epoch, work: workOf(message, ticket) });
      this.#tidy();
    } else if (isNotice(message)) this.#post({ kind: 'message', message });
  }

  /** Units that the machine did not take up are dropped. */
  #tidy(): void {
    const { phase } = this.#state;
    const current = phase.kind === 'fetching' || phase.kind === 'computing' ? phase.work.ticket : null;
    for (const ticket of this.#units.keys()) if (ticket !== current) this.#units.delete(ticket);
  }

  #post(event: Event): void {
    this.#inbox.push(event);
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
      const { state, commands } = step(this.#state, next);
      this.#state = state;
      for (const command of commands) this.#perform(command);
    }
    this.#isBusy = false;
  }

  #perform(command: Command): void {
    const { id: worker } = this.#options;
    const { epoch } = this.#state;
    switch (command.kind) {
      case 'join': {
        const { name, version, deviceClass, threads } = this.#options.engine;
        this.#send({ kind: 'join', worker, fingerprint: { engine: name, version, deviceClass, threads } });
        return;
      }
      case 'request': this.#send({ kind: 'request', worker, epoch }); return;
      case 'renew': this.#send({ kind: 'renew', worker, epoch, lease: command.lease }); return;
      case 'leave': this.#send({ kind: 'leave', worker, epoch }); return;
      case 'fetch': this.#fetch(command.name); return;
      case 'compute': this.#compute(command.ticket); return;
      case 'deliver': this.#deliver(command); return;
      case 'discard': this.#discard(command.ticket); return;
      case 'fail': this.#send({ kind: 'failed', worker, epoch, lease: command.lease, code: command.code, message: command.message, asks: command.asks }); return;
      case 'forget': for (const name of command.names) this.#parameters.delete(keyOf(name)); return;
      case 'stop': this.#settle?.(command.reason); return;
    }
  }

  #send(message: ToCoordinator): void {
    this.#options.transport.publish(SUBJECTS.coordinator(this.#options.run), message);
  }

  #fetch(name: ParametersName): void {
    const { transport, run, id: worker, clock, fetchMs = FETCH_MS } = this.#options;
    const { epoch } = this.#state;
    const end = this.#asking(name);
    if (end === null) { // for a lease that has ended since, or announced: what comes will do
      this.#beginAhead();
      return;
    }
    const before = { ...name, version: name.version - 1 };
    const have = this.#whole !== keyOf(name) && this.#parameters.has(keyOf(before)) ? before : null;
    const question: Message = { kind: 'parameters-request', worker, epoch, name, have };
    transport.request(SUBJECTS.parameters(run), question, { deadlineMs: fetchMs }).then((answer) => this.#take(answer, name)).then(end).catch((error: unknown) => {
      const again = (): void => { end({ kind: 'fetch-failed', name, gone: false }); };
      if (error instanceof TransportError && error.code === 'deadline') again();
      else clock.after(fetchMs, again);
    });
  }

  /** Notes that parameters are on their way, and returns what tells of their arrival; null if they are already. */
  #asking(name: ParametersName): ((event: Event) => void) | null {
    const asked = this.#askedKey(name);
    if (this.#asked.has(asked)) return null;
    this.#asked.add(asked);
    return (event) => {
      this.#asked.delete(asked);
      this.#post(event);
    };
  }

  /** The newest version, unasked: taken if this worker has the one before it of this very epoch. */
  #announced(message: Message): void {
    if (message.kind !== 'parameters-difference' || message.epoch !== this.#state.epoch || this.#parameters.has(keyOf(message.name))) return;
    const end = this.#asking(message.name);
    if (end === null) return;
    this.#adopting = this.#adopting.then(() => this.#take(message, message.name)).then(end, () => { end({ kind: 'fetch-failed', name: message.name, gone: false }); });
  }

  /** None after this worker has left: many may be waiting, and the session is somebody else's then. */
  #take(answer: Message, name: ParametersName): Promise<Event> {
    if (this.#state.phase.kind === 'left') return Promise.resolve({ kind: 'fetch-failed', name, gone: true });
    const taking = this.#adopt(answer, name);
    this.#taken(taking);
    return taking;
  }

  #taken(work: Promise<unknown>): void {
    this.#taking.add(work);
    const done = (): void => { this.#taking.delete(work); };
    work.then(done, done);
  }

  /** Each answer once, and none of an epoch that has ended: an engine has room for as many versions as the machine names, no more. */
  async #adopt(answer: Message, name: ParametersName): Promise<Event> {
    if (answer.kind === 'parameters-difference') return this.#takeDifference(answer);
    if (answer.kind !== 'parameters') return { kind: 'fetch-failed', name, gone: true };
    const isCurrent = (): boolean => answer.epoch >= this.#state.epoch;
    if (isCurrent()) {
      const parameters = this.#options.shared ? answer.parameters : await this.#bench.adopt(answer.parameters);
      if (isCurrent()) this.#parameters.set(keyOf(name), parameters);
    }
    return { kind: 'fetched', name, epoch: answer.epoch };
  }

  /** Versions of another epoch are no base, whatever their name: it may have been taken back. */
  async #takeDifference({ epoch, name, base, weights, visibleBias, hiddenBias }: ParametersDifference): Promise<Event> {
    const again: Event = { kind: 'fetch-failed', name, gone: false };
    const from = this.#parameters.get(keyOf({ ...name, version: base }));
    this.#whole = keyOf(name); // until it is here: another try asks for the values
    if (epoch !== this.#state.epoch || from === undefined) return again;
    const { branch, version } = name;
    const parameters = await this.#bench.adoptDifference(from, weights, { branch, version, visibleBias, hiddenBias }, (placed) => {
      this.#placed = { asked: this.#askedKey(name), parameters: placed };
      this.#beginAhead();
    });
    this.#placed = null;
    if (parameters === null) {
      this.#ahead = null;
      return again;
    }
    this.#whole = null;
    if (epoch === this.#state.epoch) this.#parameters.set(keyOf(name), parameters);
    return { kind: 'fetched', name, epoch };
  }

  /**
   * A short unit goes to the engine behind the difference that makes its parameters, and not a turn of messages after it: the hand-over costs a
   * fifth of such a unit. If they come to nothing, so does it. A long one is not worth it, and would keep the engine from the next lease when it is void.
   */
  #beginAhead(): void {
    const { phase } = this.#state;
    if (phase.kind !== 'fetching' || this.#placed?.asked !== this.#askedKey(phase.work.parameters)) return;
    const { ticket } = phase.work;
    const unit = this.#units.get(ticket);
    if (unit?.kind !== 'update' || unit.form !== 'factors' || this.#ahead?.ticket === ticket) return;
    this.#watch.turn('computed');
    const result = this.#bench.compute(unit, this.#placed.parameters, this.#chains.statesOf(unit));
    this.#ahead = { ticket, result };
    this.#taken(result);
  }

  #askedKey(name: ParametersName): string {
    return `${this.#state.epoch}/${keyOf(name)}`;
  }

  #compute(ticket: number): void {
    const unit = this.#units.get(ticket);
    const parameters = unit === undefined ? undefined : this.#parameters.get(keyOf(unit.parameters));
    if (unit === undefined || parameters === undefined) throw new Error('a lease is to be computed without its unit or its parameters');
    this.#watch.turn('computed');
    const begun = this.#ahead?.ticket === ticket ? this.#ahead.result : this.#bench.compute(unit, parameters, this.#chains.statesOf(unit));
    this.#ahead = null;
    begun.then((result) => {
      this.#watch.turn('waited');
      this.#results.set(ticket, result);
      this.#post({ kind: 'computed', ticket, keeps: this.#mayKeep(result) });
      this.#units.delete(ticket);
    }, (error: unknown) => {
      this.#units.delete(ticket);
      this.#post({ kind: 'failed', ticket, message: error instanceof Error ? error.message : String(error) });
    });
  }

  /** Whether the advanced chains stay here for the next update: they do unless they always come, by reference or because they are other ones. */
  #mayKeep(result: Computed): result is Extract<Computed, { readonly kind: 'contribution' }> {
    return !this.#options.shared && this.#options.continuous === undefined && result.kind === 'contribution' && result.states.length > 0;
  }

  #deliver({ ticket, lease, asks }: Extract<Command, { readonly kind: 'deliver' }>): void {
    const result = this.#results.get(ticket);
    this.#results.delete(ticket);
    const { id: worker, shared } = this.#options;
    const { epoch } = this.#state;
    if (result?.kind === 'values') this.#send({ kind: 'result', worker, epoch, lease, values: result.values, asks });
    if (result?.kind === 'span') {
      const { unit: { branch, update }, advanced } = result;
      this.#send({ kind: 'advanced', worker, epoch, lease, branch, update, ...advanced, asks });
    }
    if (result?.kind !== 'contribution') return;
    if (this.#mayKeep(result)) this.#chains.keep(result);
    const { unit: { branch, update, data, chains }, content, states, lent } = result;
    try {
      this.#send({ kind: 'contribution', worker, epoch, lease, branch, update, data, chains, content, states, spent: this.#watch.take(), asks });
    } catch (error) { // too large for the wire: the coordinator must hear of it
      if (!(error instanceof TransportError)) throw error;
      this.#send({ kind: 'failed', worker, epoch, lease, code: 'engine', message: error.message, asks });
    }
    if (!shared && lent !== null) this.#bench.release(lent); // the transport has made its bytes
  }

  #discard(ticket: number): void {
    const result = this.#results.get(ticket);
    this.#results.delete(ticket);
    if (result?.kind === 'contribution' && result.lent !== null) this.#bench.release(result.lent);
  }
}
