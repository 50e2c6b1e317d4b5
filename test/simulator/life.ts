// A node and the lives of its process. Whatever a life does to the world passes through it: messages, timers, files, calls of the engine. So
// it can die at any instant and nothing of it has an effect any more, be stopped and continued, and have a clock of its own.
import type { Clock, Timer } from '../../platform/clock/clock.ts';
import type { Files, OpenFile } from '../../platform/store/files.ts';
import type { SimulatedNetwork } from '../../platform/transport/simulated.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import { SystemError } from '../support/faults.ts';

/** A process that holds more timers, or a queue that holds more messages, grows without bound. */
const TIMERS_MAX = 300;
const QUEUE_MAX = 64;

export interface Host {
  readonly name: string;
  /** The simulation's time. */
  readonly time: Clock;
  readonly onDeath: (life: Life) => void;
  readonly onOverflow: (life: Life, what: string) => void;
}

interface Pending { dueMs: number; timer: Timer; readonly run: () => void }

/** What happens at the n-th effect of a life. */
export interface EffectPlan { readonly effect: number; readonly before: boolean; readonly does: 'die' | 'stop' }

/** A machine: its clock survives its processes. */
export class Node {
  readonly host: Host;
  offsetMs = 0;
  dateOffsetMs = 0;
  perMessageMs = 0;
  lives = 0;
  life: Life | null = null;
  hadFailedWrites = false;

  constructor(host: Host) { this.host = host; }

  begin(plans: readonly EffectPlan[]): Life {
    this.lives += 1;
    this.life = new Life(this, this.lives, plans);
    return this.life;
  }

  jump(byMs: number, dateByMs: number): void {
    this.offsetMs += byMs;
    this.dateOffsetMs += dateByMs;
    this.life?.rearm();
  }
}

export class Life {
  readonly node: Node;
  readonly number: number;
  readonly clock: Clock;
  readonly #plans: readonly EffectPlan[];
  readonly #timers = new Set<Pending>();
  /** What waits until the process is continued. */
  #frozen: (() => void)[] = [];
  /** When the message that is read last will have been read. */
  #readUntilMs = 0;
  #queued = 0;
  #isStopped = false;
  readonly #ends: Transport<Uint8Array>[] = [];
  isAlive = true;
  effects = 0;
  /** It computes a unit. */
  hasWork = false;
  /** SIGTERM. */
  terminate: () => void = () => undefined;
  /** It was stopped at an effect. */
  onStop: () => void = () => undefined;
  /** System code that the n-th write fails with. */
  fullAt: number | null = null;
  #writes = 0;
  hasFailedToWrite = false;

  constructor(node: Node, number: number, plans: readonly EffectPlan[]) {
    this.node = node;
    this.number = number;
    this.#plans = plans;
    const now = (): number => node.host.time.nowMs() + node.offsetMs;
    this.clock = {
      nowMs: now,
      dateMs: () => node.host.time.nowMs() + node.dateOffsetMs,
      after: (delayMs, callback) => this.#after(delayMs, callback),
      every: (periodMs, callback) => this.#every(Math.max(1, periodMs), callback),
      turn: () => this.gate(Promise.resolve()),
    };
  }

  get name(): string { return this.node.host.name; }

  /** Runs it when the process runs; never if it is dead. */
  hand(run: () => void): void {
    if (!this.isAlive) return;
    if (this.#isStopped) this.#frozen.push(run);
    else run();
  }

  /** The promise, as the process sees it: settled only while it runs. */
  gate<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      promise.then((value) => { this.hand(() => { resolve(value); }); }, (error: unknown) => { this.hand(() => { reject(asError(error)); }); });
    });
  }

  /** Something that the process does to the world: perhaps the last thing, or the one that it does not get to. */
  act<Value>(perform: () => Value, nothing: Value): Value {
    if (!this.isAlive) return nothing;
    this.effects += 1;
    const plan = this.#plans.find(({ effect }) => effect === this.effects);
    if (plan?.does === 'stop') {
      this.stop();
      this.onStop();
    } else if (plan?.before === true) {
      this.die();
      return nothing;
    }
    const result = perform();
    if (plan?.does === 'die') this.die();
    return result;
  }

  /** The same for what takes time. */
  actLater<Value>(perform: () => Promise<Value>): Promise<Value> {
    return this.gate(this.act(perform, new Promise<Value>(() => undefined)));
  }

  die(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#frozen = [];
    for (const { timer } of this.#timers) timer.stop();
    this.#timers.clear();
    for (const end of this.#ends) void end.close();
    this.node.host.onDeath(this);
  }

  /** SIGSTOP. */
  stop(): void { this.#isStopped = true; }

  continue(): void {
    this.#isStopped = false;
    const frozen = this.#frozen;
    this.#frozen = [];
    for (const run of frozen) this.hand(run);
  }

  get isStopped(): boolean { return this.#isStopped; }

  /** A message has come: it is read when those before it are. False if the queue has no room. */
  arrive(deliver: () => void): boolean {
    const { perMessageMs, host: { time } } = this.node;
    if (!this.isAlive) return true;
    if (this.#queued >= QUEUE_MAX || this.#frozen.length >= QUEUE_MAX) return false;
    if (perMessageMs === 0 && this.#queued === 0) {
      this.hand(deliver);
      return true;
    }
    this.#queued += 1;
    this.#readUntilMs = Math.max(this.#readUntilMs, time.nowMs()) + perMessageMs;
    time.after(this.#readUntilMs - time.nowMs(), () => { this.hand(() => { this.#queued -= 1; deliver(); }); });
    return true;
  }

  #after(delayMs: number, callback: () => void): Timer {
    const pending: Pending = { dueMs: this.clock.nowMs() + Math.max(0, delayMs), timer: { stop: () => undefined }, run: callback };
    if (!this.isAlive) return pending.timer;
    this.#timers.add(pending);
    this.#arm(pending);
    if (this.#timers.size > TIMERS_MAX) this.node.host.onOverflow(this, `${this.#timers.size} timers`);
    return { stop: () => { this.#timers.delete(pending); pending.timer.stop(); } };
  }

  #arm(pending: Pending): void {
    pending.timer = this.node.host.time.after(pending.dueMs - this.clock.nowMs(), () => {
      this.hand(() => { if (this.#timers.delete(pending)) pending.run(); });
    });
  }

  /** After a jump of the clock: what is due now is due. */
  rearm(): void {
    for (const pending of this.#timers) {
      pending.timer.stop();
      this.#arm(pending);
    }
  }

  #every(periodMs: number, callback: () => void): Timer {
    let timer: Timer;
    const again = (): void => {
      timer = this.#after(periodMs, again);
      callback();
    };
    timer = this.#after(periodMs, again);
    return { stop: () => { timer.stop(); } };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => { this.#after(delayMs, resolve); });
  }

  /** Its end of the network. */
  wire(network: SimulatedNetwork<Uint8Array>): Transport<Uint8Array> {
    const end = network.node(this.name, this.clock);
    this.#ends.push(end);
    return {
      request: (...given) => this.actLater(() => end.request(...given)),
      serve: (subject, handler) => end.serve(subject, (payload) => this.gate(Promise.resolve(payload).then(handler))),
      publish: (...given) => { this.act(() => { end.publish(...given); }, undefined); },
      subscribe: (...given) => end.subscribe(...given),
      close: () => end.close(),
    };
  }

  /** The disk as this process reaches it; a sync takes its time. */
  files(files: Files, syncMs: number): Files {
    const acted = <Value>(perform: () => Promise<Value>): Promise<Value> => this.actLater(perform);
    const seen = <Value>(perform: () => Promise<Value>): Promise<Value> => this.isAlive ? this.gate(perform()) : new Promise(() => undefined);
    const synced = (sync: () => Promise<void>): Promise<void> => acted(async () => {
      if (syncMs > 0) await this.sleep(syncMs);
      if (this.isAlive) await sync();
    });
    const opened = (file: OpenFile): OpenFile => ({
      write: (bytes) => this.#writeOr(() => acted(() => file.write(bytes)), () => file.write(bytes.subarray(0, bytes.byteLength >> 1))),
      read: (into, position) => seen(() => file.read(into, position)),
      sync: () => synced(() => file.sync()),
      truncate: (bytes) => acted(() => file.truncate(bytes)),
      close: () => seen(() => file.close()),
    });
    return {
      create: async (path) => opened(await acted(() => files.create(path))),
      append: async (path) => opened(await acted(() => files.append(path))),
      open: async (path) => opened(await seen(() => files.open(path))),
      describe: (path) => seen(() => files.describe(path)),
      list: (path) => seen(() => files.list(path)),
      entries: (path) => seen(() => files.entries(path)),
      makeDirectory: (path) => acted(() => files.makeDirectory(path)),
      link: (from, to) => acted(() => files.link(from, to)),
      rename: (from, to) => acted(() => files.rename(from, to)),
      unlink: (path) => acted(() => files.unlink(path)),
      removeDirectory: (path) => acted(() => files.removeDirectory(path)),
      syncDirectory: (path) => synced(() => files.syncDirectory(path)),
    };
  }

  #writeOr(write: () => Promise<void>, half: () => Promise<void>): Promise<void> {
    this.#writes += 1;
    if (this.#writes !== this.fullAt) return write();
    this.hasFailedToWrite = true;
    this.node.hadFailedWrites = true;
    return half().then(() => { throw new SystemError('ENOSPC', 'the simulated disk'); });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
