// A pool of threads that run one command at a time together: piscina owns the threads, shared memory carries the commands (control.ts).
// The only importer of piscina. It never blocks the thread it is called from.
import { Piscina } from 'piscina';
import { Owner, THREADS_MAX, type Expectation } from './control.ts';
import type { ThreadStart } from './thread.ts';

export { THREADS_MAX, type Expectation };

export interface Pool {
  readonly threads: number;
  /** Runs a command on all threads. One at a time: calls queue. Rejects with what a thread said when it failed; the pool is done then. */
  run(command: () => string): Promise<void>;
  /** Ends all threads. `stop`: the command that makes them return. */
  close(stop: string): Promise<void>;
}

/** Starts the threads; they are ready when the first command completes. */
export function openPool({ threads, next }: { readonly threads: number; readonly next: Expectation }, memory: WebAssembly.Memory, module: WebAssembly.Module): Pool {
  if (!Number.isInteger(threads) || threads < 1 || threads > THREADS_MAX) {
    throw new RangeError(`threads must be a whole number from 1 to ${THREADS_MAX}, got ${threads}`);
  }
  return new SharedMemoryPool({ threads, next }, memory, module);
}

class SharedMemoryPool implements Pool {
  readonly threads: number;
  readonly #owner: Owner;
  readonly #piscina: Piscina;
  readonly #ended: Promise<unknown>;
  #tail: Promise<unknown> = Promise.resolve();
  /** Commands that wait or are under way. */
  #queued = 0;
  #failure: Error | null = null;
  #closing: Promise<void> | null = null;

  constructor({ threads, next }: { readonly threads: number; readonly next: Expectation }, memory: WebAssembly.Memory, module: WebAssembly.Module) {
    this.threads = threads;
    this.#owner = new Owner(memory);
    this.#piscina = new Piscina({
      filename: new URL('./thread.js', import.meta.url).href, minThreads: threads, maxThreads: threads, concurrentTasksPerWorker: 1,
    });
    const starts = Array.from({ length: threads }, (_, index): ThreadStart => ({ index, threads, next, memory, module }));
    this.#ended = Promise.all(starts.map((start) => this.#piscina.run(start))).catch((cause: unknown) => { this.#fail(cause); });
  }

  run(command: () => string): Promise<void> {
    if (this.#closing !== null) return Promise.reject(new Error('the wasm engine is closed'));
    // With nothing before it a command goes out at once: what the caller does next, the threads need not wait for.
    const result = this.#queued === 0 ? this.#execute(command) : this.#tail.then(() => this.#execute(command));
    this.#queued += 1;
    const done = (): void => { this.#queued -= 1; };
    this.#tail = result.then(done, done);
    return result;
  }

  close(stop: string): Promise<void> {
    this.#closing ??= this.#tail.then(() => this.#stop(stop));
    return this.#closing;
  }

  async #execute(command: () => string): Promise<void> {
    if (this.#failure === null) await this.#owner.completion(this.#owner.post(command()));
    if (this.#owner.failed && this.#failure === null) this.#fail(null);
    if (this.#failure !== null) throw this.#failure;
  }

  async #stop(stop: string): Promise<void> {
    if (this.#failure === null) {
      this.#owner.post(stop);
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
