// The worker in a cluster: says what it is and what it does, is told which job to compute for, joins that job's run, and leaves it when it is
// wanted elsewhere. It knows no engine and no file: its host opens what a job needs. Losing the connection, or the coordinator, costs time.
import { ASSIGNMENT, CLUSTER_FORMAT_VERSION, CLUSTER_SUBJECTS, HELLO, type Assignment, type Hello } from '../../platform/cluster/messages.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import { TransportError, type Transport } from '../../platform/transport/transport.ts';
import { WIRE_FORMAT_VERSION, type Message } from '../../proto/messages.ts';
import type { EngineFingerprint } from '../../engine/engine.ts';
import type { WorkerOptions } from './options.ts';
import { WorkerShell } from './shell.ts';

/** How long an answer may take, how often a computing worker says hello, and how long it waits when nobody answers. */
const ANSWER_MS = 5_000;
const HELLO_MS = 2_000;
const AGAIN_MS = 1_000;
const GOODBYE_MS = 500;
/** Of a reason that is told with a hello. */
const REASON_CHARACTERS_MAX = 1_000;
/** Jobs whose session and data are kept for when the worker comes back to them. */
const OPEN_MAX = 2;

/** What a job needs on this worker. */
export interface Workshop extends Pick<WorkerOptions, 'session' | 'continuous' | 'visible' | 'hidden' | 'rows'> {
  readonly kind: 'open';
  /** What computes its units, where it is not the worker's own engine. */
  readonly engine?: EngineFingerprint;
  close(): Promise<void>;
}

export type Opening =
  | Workshop
  /** The job cannot be computed here: why, and what to do. */
  | { readonly kind: 'unusable'; readonly message: string };

export interface AgentOptions {
  /** The worker's own name; letters, digits, - and _. */
  readonly id: string;
  readonly bytes: Transport<Uint8Array>;
  readonly messages: Transport<Message>;
  readonly clock: Clock;
  readonly engine: EngineFingerprint;
  /** What the engine makes of the golden unit. */
  readonly golden: string;
  /** Reads the job, its data, and loads the engine. Must not throw. */
  readonly open: (job: string) => Promise<Opening>;
  readonly onNote: (text: string) => void;
  /** What it is doing, for people and health checks. */
  readonly onState?: (state: AgentState) => void;
}

export type AgentState =
  | { readonly kind: 'asking' } | { readonly kind: 'waiting' } | { readonly kind: 'computing'; readonly job: string }
  | { readonly kind: 'quarantined'; readonly message: string } | { readonly kind: 'left' };

export type AgentEnd =
  | { readonly kind: 'stopped' }
  /** It was told to go. */
  | { readonly kind: 'drained'; readonly message: string }
  /** It will never be taken. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

type Lack = Hello['lacks'];

export class WorkerAgent {
  readonly #options: AgentOptions;
  readonly #open = new Map<string, Workshop>();
  #shell: WorkerShell | null = null;
  #lack: Lack = null;
  #isStopping = false;
  #wake: (() => void) | null = null;

  constructor(options: AgentOptions) { this.#options = options; }

  /** Finishes the unit at hand, says goodbye, ends. */
  stop(): void {
    this.#isStopping = true;
    this.#shell?.drain();
    this.#wake?.();
  }

  /** Works until it is stopped, drained or refused for good. Rejects if the transport is closed under it. */
  async run(): Promise<AgentEnd> {
    try {
      const end = await this.#work();
      if (end.kind !== 'refused') await this.#goodbye();
      return end;
    } finally {
      this.#options.onState?.({ kind: 'left' });
      for (const workshop of this.#open.values()) await workshop.close();
    }
  }

  async #work(): Promise<AgentEnd> {
    const { onState = () => undefined, onNote } = this.#options;
    while (!this.#isStopping) {
      const answer = await this.#ask(null);
      switch (answer?.kind) {
        case 'work': await this.#computeFor(answer); break;
        case 'leave': return { kind: 'drained', message: answer.message };
        case 'refused':
          if (answer.afterMs === null) return { kind: 'refused', code: answer.code, message: answer.message };
          onState({ kind: 'quarantined', message: answer.message });
          onNote(`refused for ${Math.ceil(answer.afterMs / 1_000)} s: ${answer.message}`);
          await this.#pause(answer.afterMs);
          break;
        case 'wait': case 'stay': onState({ kind: 'waiting' }); await this.#pause(answer.kind === 'wait' ? answer.afterMs : AGAIN_MS); break;
        case undefined: onState({ kind: 'asking' }); await this.#pause(AGAIN_MS);
      }
    }
    return { kind: 'stopped' };
  }

  /** Null while nobody answers. */
  async #ask(computing: string | null, { leaving = false, deadlineMs = ANSWER_MS } = {}): Promise<Assignment | null> {
    const { id: worker, bytes, engine: { version, deviceClass, threads }, golden, onNote } = this.#options;
    const lacks = this.#lack;
    const hello = HELLO.write({ v: CLUSTER_FORMAT_VERSION, worker, wire: WIRE_FORMAT_VERSION, engine: version, deviceClass, threads, golden, computing, lacks, leaving });
    try {
      const read = ASSIGNMENT.read(await bytes.request(CLUSTER_SUBJECTS.work, hello, { deadlineMs }));
      if (read.kind === 'malformed') {
        onNote(`the coordinator's answer could not be read: ${read.reason}`);
        return null;
      }
      if (this.#lack === lacks) this.#lack = null;
      return read.value;
    } catch (error) {
      if (!(error instanceof TransportError) || error.code === 'closed') throw error;
      return null;
    }
  }

  async #goodbye(): Promise<void> {
    await this.#ask(null, { leaving: true, deadlineMs: GOODBYE_MS }).catch(() => null); // it is missed soon enough without
  }

  async #computeFor({ id: job, run, job: text }: Extract<Assignment, { readonly kind: 'work' }>): Promise<void> {
    const { id, messages: transport, clock, onNote, onState } = this.#options;
    const workshop = await this.#workshop(job, text);
    if (workshop === null || this.#isStopping) return;
    onState?.({ kind: 'computing', job });
    onNote(`computing for ${job}`);
    const { session, continuous, engine = this.#options.engine, visible, hidden, rows } = workshop;
    const shell = new WorkerShell({ run, id, session, ...(continuous === undefined ? {} : { continuous }), engine, clock, transport, shared: false, visible, hidden, rows });
    this.#shell = shell;
    const greeting = clock.every(HELLO_MS, () => { void this.#greet(job, shell); });
    try {
      const left = await shell.run();
      if (left.kind === 'refused' && left.code === 'device-class') this.#declines(job, left.message);
    } finally {
      greeting.stop();
      this.#shell = null;
    }
  }

  /** Whether the coordinator still wants this job computed here; while there is none, yes. */
  async #greet(job: string, shell: WorkerShell): Promise<void> {
    const answer = await this.#ask(job).catch(() => null);
    if (answer !== null && answer.kind !== 'stay') shell.drain();
  }

  /** Null if it cannot be had: the coordinator hears of it with the next hello. */
  async #workshop(job: string, text: string): Promise<Workshop | null> {
    const known = this.#open.get(job);
    this.#open.delete(job);
    const opened = known ?? await this.#options.open(text);
    if (opened.kind === 'open') {
      this.#open.set(job, opened); // the newest is the last
      for (const [oldest, workshop] of this.#open) {
        if (this.#open.size <= OPEN_MAX) break;
        this.#open.delete(oldest);
        await workshop.close();
      }
      return opened;
    }
    this.#declines(job, opened.message);
    return null;
  }

  #declines(job: string, reason: string): void {
    this.#options.onNote(`${job} cannot be computed here: ${reason}`);
    this.#lack = { job, reason: reason.slice(0, REASON_CHARACTERS_MAX) };
  }

  #pause(ms: number): Promise<void> {
    if (this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(ms, resolve);
      this.#wake = () => { timer.stop(); resolve(); };
    });
  }
}
