// What the processes of a simulated cluster share: time, network, the store's disk, the lease service, and those who watch. It also carries
// the messages of processes past whoever watches them.
import type { FigureData } from '../../coordinator/shell/figures.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import type { Session } from '../../engine/engine.ts';
import { virtualClock } from '../../platform/clock/virtual.ts';
import { leaseBoard, memoryLease } from '../../platform/lease/memory.ts';
import type { Lease } from '../../platform/lease/lease.ts';
import { codedTransport } from '../../platform/transport/coded.ts';
import { simulatedNetwork, type Conditions, type SimulatedNetwork } from '../../platform/transport/simulated.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import { decode, encode } from '../../proto/codec.ts';
import { WIRE_LIMITS } from '../../proto/limits.ts';
import type { Message } from '../../proto/messages.ts';
import { SimulatedDisk } from '../support/disk.ts';
import { tinyData, tinyProblem } from '../support/tiny-job.ts';
import type { Invariant, Violation } from './invariants.ts';
import { JOBS } from './jobs.ts';
import { Node, type Life } from './life.ts';
import type { Oracle } from './oracle.ts';
import { Random } from './random.ts';
import { RunWatch, type Reporting } from './run-watch.ts';
import type { Fault, Scenario } from './scenario.ts';
import type { Reached } from './situations.ts';

const LEASE_SUBJECT = 'lease';
const LEASE_TTL_MS = 2_500;
/** Two runs are under way if both give work within so long. */
const AT_ONCE_MS = 1_000;
const RECORDED_MAX = 300;
const CALM: Conditions = { dropped: 0, duplicated: 0, delayMsMin: 1, delayMsMax: 5 };

/** Engines are without state but for what a session's caller holds: one serves every process of every simulation. */
const engine = openReferenceEngine();
export const FINGERPRINT = engine.fingerprint();
const sessions = new Map<number, Promise<Session>>();

export function sessionOf(job: number): Promise<Session> {
  const known = sessions.get(job) ?? engine.load(tinyProblem(JOBS[job]!.job));
  sessions.set(job, known);
  return known;
}

const data = JOBS.map(({ job }) => tinyData(job));

/** Rows that figures are computed on. */
export function dataOf(job: number): FigureData {
  return data[job]!;
}

export class World implements Reporting {
  readonly scenario: Scenario;
  readonly time = virtualClock();
  readonly network: SimulatedNetwork<Uint8Array>;
  readonly disk = new SimulatedDisk();
  readonly random: Random;
  readonly reached: Reached;
  readonly nodes = new Map<string, Node>();
  readonly runs = new Map<string, RunWatch>();
  readonly oracles: readonly Oracle[];
  violation: Violation | null = null;
  onDeath: (life: Life) => void = () => undefined;
  /** Highest epoch of which a fence is durable. */
  fenced = 0;
  readonly #leases = new Map<string, Lease>();
  readonly #board = leaseBoard();
  readonly #recorded: { readonly subject: string; readonly bytes: Uint8Array }[] = [];
  readonly #records: boolean;
  isOver = false;
  /** When each run gave work last. */
  readonly #worked = new Map<string, number>();
  /** Told what happens, for people who look for the cause of a violation. */
  onNote: ((note: string) => void) | null = null;

  constructor(scenario: Scenario, oracles: readonly Oracle[], reached: Reached) {
    this.scenario = scenario;
    this.oracles = oracles;
    this.reached = reached;
    this.random = new Random(scenario.seed, 'world');
    this.#records = scenario.faults.some(({ kind }) => kind === 'replay');
    this.network = simulatedNetwork<Uint8Array>({
      clock: this.time, seed: scenario.seed, conditions: (from, to) => this.#conditions(from, to), copied: (bytes) => bytes.slice(),
      arrive: (name, deliver) => { this.#arrive(name, deliver); },
    });
    this.#serveLeases();
  }

  fail(invariant: Invariant, message: string): void {
    this.violation ??= { invariant, message, atMs: this.time.nowMs() };
  }

  working(id: string): void {
    const now = this.time.nowMs();
    for (const [other, lastMs] of this.#worked) if (other !== id && now - lastMs < AT_ONCE_MS) this.reached.add('two jobs at once');
    this.#worked.set(id, now);
  }

  note(who: string, what: string | (() => string)): void {
    this.onNote?.(`${String(Math.round(this.time.nowMs())).padStart(7)} ${who.padEnd(5)} ${typeof what === 'string' ? what : what()}`);
  }

  node(name: string): Node {
    const known = this.nodes.get(name) ?? new Node({
      name, time: this.time, onDeath: (life) => { this.onDeath(life); }, onOverflow: (life, what) => { this.fail('I18', `${life.name} holds ${what}`); },
    });
    this.nodes.set(name, known);
    return known;
  }

  #arrive(name: string, deliver: () => void): void {
    const node = this.nodes.get(name);
    if (node === undefined) deliver();
    else if (node.life?.arrive(deliver) === false) this.reached.add('queue overflowed');
  }

  /** Of all weather and partitions that are under way. */
  #conditions(from: string, to: string): Conditions {
    const now = this.time.nowMs();
    let { dropped, duplicated, delayMsMax } = CALM;
    for (const fault of this.scenario.faults) {
      if (!('toMs' in fault) || now < fault.fromMs || now >= fault.toMs) continue;
      if (fault.kind === 'weather') {
        dropped = Math.max(dropped, fault.dropped);
        duplicated = Math.max(duplicated, fault.duplicated);
        delayMsMax = Math.max(delayMsMax, fault.delayMsMax);
      } else if (fault.kind === 'partition' && ((fault.way !== 'in' && from === fault.node) || (fault.way !== 'out' && to === fault.node))) dropped = 1;
    }
    return { ...CALM, dropped, duplicated, delayMsMax };
  }

  /** The lease service: who may try to lead, by its own clock. */
  #serveLeases(): void {
    this.network.node('nats').serve(LEASE_SUBJECT, async (question) => {
      const [holder = '', operation] = new TextDecoder().decode(question).split(' ');
      const lease = this.#leases.get(holder) ?? memoryLease({ board: this.#board, name: holder, ttlMs: LEASE_TTL_MS, nowMs: () => this.time.nowMs() });
      this.#leases.set(holder, lease);
      if (operation === 'give-up') await lease.giveUp();
      const answer = operation === 'give-up' ? 'given-up' : operation === 'renew' ? (await lease.renew()).kind : (await lease.take()).kind;
      return new TextEncoder().encode(answer);
    });
  }

  /** Null if the service does not answer. */
  lease(life: Life, wire: Transport<Uint8Array>, operation: 'take' | 'renew' | 'give-up'): Promise<string | null> {
    const question = new TextEncoder().encode(`${life.name}/${life.number} ${operation}`);
    return wire.request(LEASE_SUBJECT, question, { deadlineMs: 800 }).then((answer) => new TextDecoder().decode(answer), () => null);
  }

  /** A process's end of the network for messages, watched. */
  messages(life: Life, wire: Transport<Uint8Array>, eyes: MessageEyes): Transport<Message> {
    const tapped: Transport<Uint8Array> = {
      request: (...given) => wire.request(...given), serve: (...given) => wire.serve(...given), subscribe: (...given) => wire.subscribe(...given),
      publish: (subject, bytes) => { this.#record(subject, bytes); wire.publish(subject, bytes); }, close: () => wire.close(),
    };
    const coded = codedTransport<Message>(tapped, {
      codec: { encode, decode }, messageBytesMax: WIRE_LIMITS.messageBytesMax,
      onRejected: (subject, code, reason) => { this.fail('I17', `${life.name} cannot read a message on ${subject}: ${code}: ${reason}`); },
    });
    return {
      request: (...given) => coded.request(...given),
      serve: (...given) => coded.serve(...given),
      publish: (subject, message) => {
        if (life.isAlive) {
          this.note(life.name, () => `sends ${shown(message)} on ${subject}`);
          eyes.sent(subject, message);
        }
        coded.publish(subject, message);
      },
      subscribe: (subject, handler) => coded.subscribe(subject, (message) => {
        this.note(life.name, () => `gets ${shown(message)}`);
        eyes.received(subject, message, () => { handler(message); });
      }),
      close: () => coded.close(),
    };
  }

  #record(subject: string, bytes: Uint8Array): void {
    if (this.#records && this.#recorded.length < RECORDED_MAX) this.#recorded.push({ subject, bytes });
  }

  /** Sends messages of the past again. */
  replay({ messages }: Extract<Fault, { kind: 'replay' }>): void {
    const ghost = this.network.node('ghost');
    for (let i = 0; i < messages && this.#recorded.length > 0; i += 1) {
      const { subject, bytes } = this.random.of(this.#recorded);
      ghost.publish(subject, bytes);
      this.reached.add('message from the past');
    }
  }

  runOf(id: string, job: number): RunWatch {
    const known = this.runs.get(id) ?? new RunWatch(id, JOBS[job]!.job, this.oracles[job]!, this);
    this.runs.set(id, known);
    return known;
  }
}

function shown(message: Message): string {
  const { kind, ...rest } = message;
  return `${kind} ${JSON.stringify(rest, (key, value: unknown) => ['sums', 'states', 'job', 'fingerprint', 'baseBias', 'starts', 'numbers'].includes(key) ? undefined : value)}`;
}

export interface MessageEyes {
  sent(subject: string, message: Message): void;
  received(subject: string, message: Message, handle: () => void): void;
}
