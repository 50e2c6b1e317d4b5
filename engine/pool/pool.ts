// A pool of threads that run one command at a time together: piscina owns the threads, shared memory carries the commands (control.ts).
// The only importer of piscina. It never blocks the thread it is called from, but for short commands where that thread has been told to join
// them (adr/0010): it is spared waking two threads and being woken by one, which takes longer than a tenth of such a command.
import { Piscina } from 'piscina';
import { Crew, Owner, THREADS_MAX, type Expectation } from './control.ts';
import type { ThreadStart } from './thread.ts';

export { THREADS_MAX, type Crew, type Expectation };

/** By whom a command is computed: the threads, the threads and (where it joins at all) the owner in place of the first, or each for itself. */
export type Share = 'threads' | 'joined' | 'each';
/** Executes one command in a crew; false for the last one. */
export type Execute<Command> = (command: Command) => boolean;

export interface PoolOptions<Command> {
  readonly threads: number;
  /** `joined`: the owner's thread joins short commands. */
  readonly next: Expectation;
  /** A command as the threads are given it. */
  readonly encode: (command: Command) => string;
  /** What the owner executes commands with. */
  readonly executor: (crew: Crew) => Execute<Command>;
}

const SETTLED = Promise.resolve();

export interface Pool<Command> {
  readonly threads: number;
  /** Runs a command on all threads. One at a time: calls queue. Rejects with what a thread said when it failed; the pool is done then. */
  run(command: () => Command, share: Share): Promise<void>;
  /** What is under way and what waits is not wanted any longer: a long command that looks for it ends soon, with results that are void. */
  giveUp(): void;
  /** Ends all threads. `stop`: the command that makes them return. */
  close(stop: Command): Promise<void>;
}

/** Starts the threads; they are ready when the first command completes. */
export function openPool<Command>(options: PoolOptions<Command>, memory: WebAssembly.Memory, module: WebAssembly.Module): Pool<Command> {
  const { threads } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > THREADS_MAX) {
    throw new RangeError(`threads must be a whole number from 1 to ${THREADS_MAX}, got ${threads}`);
  }
  return new SharedMemoryPool(options, memory, module);
}

/** The owner's place in the crew. */
interface Own<Command> { readonly crew: Crew; readonly execute: Execute<Command> }

class SharedMemoryPool<Command> implements Pool<Command> {
  readonly threads: number;
  readonly #owner: Owner;
  readonly #own: Own<Command> | null;
  readonly #encode: (command: Command) => string;
  readonly #piscina: Piscina;
  readonly #ended: Promise<unknown>;
  #tail: Promise<unknown> = Promise.resolve();
  /** Commands that wait or are under way. */
  #queued = 0;
  /** Behind which another command may be put: nothing is yet, and the owner does not join it. */
  #underWay: number | null = null;
  #failure: Error | null = null;
  #closing: Promise<void> | null = null;

  constructor({ threads, next, encode, executor }: PoolOptions<Command>, memory: WebAssembly.Memory, module: WebAssembly.Module) {
    this.threads = threads;
    this.#owner = new Owner(memory);
    this.#encode = encode;
    const crew = next === 'joined' ? new Crew(memory, { index: 0, threads, next, owner: true }) : null;
    this.#own = crew === null ? null : { crew, execute: executor(crew) };
    this.#piscina = new Piscina({
      filename: new URL('./thread.js', import.meta.url).href, minThreads: threads, maxThreads: threads, concurrentTasksPerWorker: 1,
    });
    const starts = Array.from({ length: threads }, (_, index): ThreadStart => ({ index, threads, next, memory, module }));
    this.#ended = Promise.all(starts.map((start) => this.#piscina.run(start))).catch((cause: unknown) => { this.#fail(cause); });
  }

  run(command: () => Command, share: Share): Promise<void> {
    if (this.#closing !== null) return Promise.reject(new Error('the wasm engine is closed'));
    // With nothing before it a command goes out at once: what the caller does next, the threads need not wait for.
    const result = this.#queued === 0 ? this.#execute(command, share) : this.#behind(command, share) ?? this.#tail.then(() => this.#execute(command, share));
    this.#queued += 1;
    const done = (): void => { this.#queued -= 1; };
    this.#tail = result.then(done, done);
    return result;
  }

  giveUp(): void {
    if (this.#queued > 0) this.#owner.giveUp(this.#queued - 1);
  }

  close(stop: Command): Promise<void> {
    this.#closing ??= this.#tail.then(() => this.#stop(stop));
    return this.#closing;
  }

  /** P4: of two commands the threads begin the second without being told; null where that cannot be. */
  #behind(command: () => Command, share: Share): Promise<void> | null {
    const before = this.#underWay;
    if (before === null || this.#queued > 1 || this.#failure !== null || share === 'each' || (share === 'joined' && this.#own !== null)) return null;
    const number = this.#owner.postBehind(this.#encode(command()), before);
    if (number === null) return null;
    this.#underWay = null;
    return this.#owner.completion(number).then(() => { this.#check(); });
  }

  async #execute(command: () => Command, share: Share): Promise<void> {
    if (this.#failure === null) await this.#hand(command(), share);
    this.#check();
  }

  #check(): void {
    if (this.#owner.failed && this.#failure === null) this.#fail(null);
    if (this.#failure !== null) throw this.#failure;
  }

  async #hand(command: Command, share: Share): Promise<void> {
    const own = share === 'joined' ? this.#own : null;
    const isAlone = own !== null && this.threads === 1; // nobody reads what is not written
    const number = this.#owner.post(isAlone ? '' : this.#encode(command), { joins: own !== null });
    if (own !== null) return this.#join(own, command, number);
    if (share !== 'each') this.#underWay = number;
    await this.#owner.completion(number);
    this.#underWay = null;
    if (share === 'each') this.#own?.execute(command);
  }

  /** P3. The others begin at once; what this thread has still to do comes first here. */
  async #join({ crew, execute }: Own<Command>, command: Command, number: number): Promise<void> {
    crew.join(number);
    await SETTLED;
    try {
      execute(command);
      crew.finish();
      crew.settle();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #stop(stop: Command): Promise<void> {
    if (this.#failure === null) {
      this.#owner.post(this.#encode(stop), { joins: false });
      await this.#ended;
    }
    await this.#piscina.destroy();
  }

  /** A thread threw, or died without a word: nobody waits for it any longer. */
  #fail(cause: unknown): void {
    if (this.#failure !== null) return;
    const said = this.#owner.failure() || (cause instanceof Error ? cause.message : 'it ended without a message (out of memory?)');
    this.#failure = new Error(`A thread of the wasm engine failed: ${said}`, { cause });
    this.#owner.abandon();
  }
}
