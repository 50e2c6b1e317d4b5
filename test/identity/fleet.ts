// A fleet in one process: a coordinator and workers as they are, on an engine, over a wire of references or of bytes, on a virtual clock
// that stands still unless a test moves it. Tests look in through taps and change nothing that a real fleet could not.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { CompiledJob } from '../../ebm/job.ts';
import { deriveKey, fillDraws } from '../../ebm/random/address.ts';
import type { Engine, Session } from '../../engine/engine.ts';
import type { Cut, EarlierLength, FleetRules } from '../../coordinator/machine/settings.ts';
import type { RunEvent, RunOutcome } from '../../coordinator/shell/events.ts';
import { EMBEDDED_RULES } from '../../coordinator/shell/options.ts';
import { CoordinatorShell } from '../../coordinator/shell/shell.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import { virtualClock, type VirtualClock } from '../../platform/clock/virtual.ts';
import type { Journal, Snapshot } from '../../platform/journal/journal.ts';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import { memoryTelemetry, type MemoryTelemetry } from '../../platform/telemetry/memory.ts';
import { codedTransport } from '../../platform/transport/coded.ts';
import { inProcessTransport } from '../../platform/transport/in-process.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import { decode, encode } from '../../proto/codec.ts';
import { WIRE_LIMITS } from '../../proto/limits.ts';
import type { Message } from '../../proto/messages.ts';
import { WorkerShell } from '../../worker/shell/shell.ts';
import { materialOf, type Material } from './jobs.ts';

export type Wire = 'references' | 'bytes';

export interface FleetOptions {
  readonly engine: Engine;
  /** Of a role (`coordinator`, or a worker) by bytes, where it is not the one of all. */
  readonly engineFor?: (role: string) => Engine;
  readonly workers?: number;
  readonly wire?: Wire;
  readonly rules?: Partial<FleetRules>;
  readonly journal?: Journal;
  readonly start?: Snapshot | null;
  readonly epoch?: number;
  readonly signal?: AbortSignal;
  /** Of a run that was made longer. */
  readonly lengths?: readonly EarlierLength[];
  readonly verifyUntil?: number;
  /** Time between progress events, for which the clock of a run must move; 0: one at each update. */
  readonly progressMs?: number;
  readonly onEvent?: (event: RunEvent, coordinator: CoordinatorShell) => void;
  /** Sees every message before it is sent, and whose it is (`coordinator`, or a worker); false loses it. */
  readonly onMessage?: (message: Message, to: string, fleet: Fleet) => boolean;
  /** How long a request (for parameters) is on its way; none where the clock stands still. */
  readonly requestMs?: () => number;
  /** The session that a role gets instead of its own: to watch it, or to make it slow. */
  readonly wrap?: (session: Session, role: string, clock: VirtualClock) => Session;
}

/** Handle on the worker roles, for tests in which they come and go. */
export interface Fleet {
  readonly clock: VirtualClock;
  readonly coordinator: CoordinatorShell;
  readonly workers: ReadonlyMap<string, WorkerShell>;
  /** Starts one more worker. */
  join(id: string): Promise<void>;
}

export interface FleetRun {
  readonly outcome: RunOutcome;
  readonly events: readonly RunEvent[];
  readonly journal: Journal;
  readonly telemetry: MemoryTelemetry;
  /** Contributions sent by each worker. */
  readonly contributions: ReadonlyMap<string, number>;
}

/** A cut at random places: a pure function of the seed and of where it cuts. Purpose 120 is no run's. */
export function randomCut(seed: number): Cut {
  const key = deriveKey(seed, 120, 0);
  const draw = new Uint16Array(1);
  return ({ remaining, from, task }) => {
    fillDraws(key, { id: task, halfStep: from, word3: remaining }, draw);
    return 1 + Math.floor((draw[0]! / 65536) * remaining);
  };
}

export function openWire(wire: Wire, clock: VirtualClock): Transport<Message> {
  if (wire === 'references') return inProcessTransport<Message>(clock);
  return codedTransport(inProcessTransport<Uint8Array>(clock), {
    codec: { encode, decode }, messageBytesMax: WIRE_LIMITS.messageBytesMax,
    onRejected: (subject, code, reason) => { throw new Error(`${subject}: ${code}: ${reason}`); },
  });
}

/** A turn of the event loop: promises, and the threads of an engine, have theirs. */
export function turn(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}

export class Crew implements Fleet {
  readonly clock = virtualClock();
  readonly telemetry = memoryTelemetry();
  readonly events: RunEvent[] = [];
  readonly contributions = new Map<string, number>();
  readonly workers = new Map<string, WorkerShell>();
  readonly journal: Journal;
  readonly #job: CompiledJob;
  readonly #material: Material;
  readonly #options: FleetOptions;
  readonly #wire: Transport<Message>;
  readonly #sessions: Session[] = [];
  readonly #left: Promise<unknown>[] = [];
  #coordinator: CoordinatorShell | null = null;
  #isOver = false;

  constructor(job: CompiledJob, options: FleetOptions) {
    this.#job = job;
    this.#material = materialOf(job);
    this.#options = options;
    const { every, keep } = job.checkpoint;
    this.journal = options.journal ?? new MemoryJournal({ every, keep, grid: job.model.grid });
    this.#wire = this.#tapped(openWire(options.wire ?? 'references', this.clock));
  }

  get coordinator(): CoordinatorShell {
    if (this.#coordinator === null) throw new Error('the fleet has not started');
    return this.#coordinator;
  }

  /** Starts everything; the promise is the coordinator's outcome. */
  async start(): Promise<{ readonly outcome: Promise<RunOutcome> }> {
    const { engine, start = null, epoch = 1, rules, signal, lengths, verifyUntil, progressMs = 0, workers = 1 } = this.#options;
    const job = this.#job;
    const { figureData } = this.#material;
    const session = await this.#session('coordinator');
    const ids = Array.from({ length: workers }, (_, i) => `w-${i + 1}`);
    const members = new Map<string, Session>();
    for (const id of ids) members.set(id, await this.#session(id));
    const coordinator = new CoordinatorShell({
      ...this.#common, session, job, jobDigest: jobDigest(job), journal: this.journal, telemetry: this.telemetry, data: figureData, start, epoch,
      fleet: { ...EMBEDDED_RULES, ...rules }, progressMs,
      onEvent: (event) => { this.events.push(event); this.#options.onEvent?.(event, coordinator); },
      ...(signal === undefined ? {} : { signal }), ...(lengths === undefined ? {} : { lengths }),
      ...(verifyUntil === undefined ? {} : { verifyUntil, verifyCheckpoints: true }),
      engine: engine.fingerprint(),
    });
    this.#coordinator = coordinator;
    const outcome = coordinator.run();
    for (const [id, own] of members) this.#enter(id, own); // in the same turn: they are members before the run can be over
    return { outcome };
  }

  async join(id: string): Promise<void> {
    const session = await this.#session(id);
    if (!this.#isOver) this.#enter(id, session);
  }

  /** Nobody joins any more, and whoever is still there leaves. */
  dismiss(): void {
    this.#isOver = true;
    for (const worker of this.workers.values()) worker.drain();
  }

  #enter(id: string, session: Session): void {
    const { figureData: { test, validation } } = this.#material;
    const worker = new WorkerShell({
      ...this.#common, id, session, engine: this.#engineOf(id).fingerprint(),
      visible: this.#job.facts.visible, hidden: this.#job.model.hidden, rows: { test: test?.bits ?? null, validation: validation?.bits ?? null },
    });
    this.workers.set(id, worker);
    this.#left.push(worker.run());
  }

  /** Waits for the workers, and gives back what the fleet held. */
  async end(): Promise<void> {
    await Promise.all(this.#left);
    await this.abandon();
  }

  /** Without waiting for anybody: as after a crash. */
  async abandon(): Promise<void> {
    await this.#wire.close();
    for (const session of this.#sessions) await session.close();
  }

  get #common(): { readonly run: string; readonly clock: VirtualClock; readonly transport: Transport<Message>; readonly shared: boolean } {
    return { run: 'identity', clock: this.clock, transport: this.#wire, shared: this.#options.wire !== 'bytes' };
  }

  /** By reference one session serves all; by bytes each role has its own, and the coordinator's has no data. */
  async #session(role: string): Promise<Session> {
    const { problem } = this.#material;
    const { wire, wrap } = this.#options;
    const engine = this.#engineOf(role);
    const own = wire === 'bytes' || this.#sessions.length === 0
      ? await engine.load(wire === 'bytes' && role === 'coordinator' ? { ...problem, data: null } : problem) : this.#sessions[0]!;
    if (!this.#sessions.includes(own)) this.#sessions.push(own);
    return wrap === undefined ? own : wrap(own, role, this.clock);
  }

  #engineOf(role: string): Engine {
    return this.#options.engineFor?.(role) ?? this.#options.engine;
  }

  #tapped(inner: Transport<Message>): Transport<Message> {
    return {
      request: async (subject, message, options) => {
        const { requestMs } = this.#options;
        if (requestMs !== undefined) await new Promise<void>((resolve) => { this.clock.after(requestMs(), resolve); });
        return inner.request(subject, message, options);
      },
      serve: (subject, handler) => inner.serve(subject, handler),
      subscribe: (subject, handler) => inner.subscribe(subject, handler),
      publish: (subject, message) => {
        if (message.kind === 'contribution') this.contributions.set(message.worker, 1 + (this.contributions.get(message.worker) ?? 0));
        if (this.#options.onMessage?.(message, subject.split('.').at(-1)!, this) ?? true) inner.publish(subject, message);
      },
      close: () => inner.close(),
    };
  }
}

/** Runs a job to its outcome; the clock stands still. */
export async function runFleet(job: CompiledJob, options: FleetOptions): Promise<FleetRun> {
  const crew = new Crew(job, options);
  const { outcome: ending } = await crew.start();
  const outcome = await ending;
  await crew.end();
  return { outcome, events: crew.events, journal: crew.journal, telemetry: crew.telemetry, contributions: crew.contributions };
}

/** Goes on from the newest checkpoint of a journal. */
export async function resumeFleet(job: CompiledJob, options: FleetOptions & { readonly journal: Journal }): Promise<FleetRun> {
  const restored = await options.journal.restore();
  return runFleet(job, { ...options, start: restored.kind === 'restored' ? restored.snapshot : null });
}

/** What must be equal: the digests of a finished run, and one of every array of its last checkpoint. */
export interface Bits {
  readonly update: number;
  readonly branch: number;
  readonly rollbacks: number;
  readonly parameters: string;
  readonly chains: string | null;
  readonly ledger: string;
  /** Masters, optimiser slots, average, offsets, chains, and with staleness 1 the version before. */
  readonly state: string;
}

export async function bitsOf({ outcome, journal }: Pick<FleetRun, 'outcome' | 'journal'>): Promise<Bits> {
  assert.equal(outcome.kind, 'finished', JSON.stringify(outcome));
  const { update, branch, rollbacks, parameters, chains, ledger } = outcome;
  const last = await journal.restore(update);
  assert.equal(last.kind, 'restored');
  const hash = createHash('sha256');
  for (const [name, array] of [...last.snapshot.arrays].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name} ${array.length}\n`).update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return { update, branch, rollbacks, parameters, chains, ledger, state: hash.digest('hex').slice(0, 16) };
}
