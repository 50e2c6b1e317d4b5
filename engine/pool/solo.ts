// One thread of piscina's that holds a library which may live in one thread only, and answers commands in the order in which they were given.
// Arrays travel by reference where their memory is shared, and are moved where they are listed; nothing else does. The owner never computes.
import { MessageChannel, type MessagePort, type Transferable } from 'node:worker_threads';
import { Piscina } from 'piscina';

/** What the thread is started with. */
export interface SoloStart {
  readonly port: MessagePort;
  /** URL of the module whose `open` makes the executor. */
  readonly module: string;
  readonly given: unknown;
}

/** An answer, and which of its buffers are handed over with it. */
export interface Answer { readonly value: unknown; readonly moved: readonly ArrayBuffer[] }
/** Executes one command at a time. */
export type Executor = (command: unknown) => Answer;

export interface Question { readonly number: number; readonly command: unknown }
export type Reply = { readonly number: number; readonly value: unknown } | { readonly number: number; readonly error: Error };

interface Waiting { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }

export interface Solo {
  /** Rejects with what the command threw; after the thread's own end, with that. Buffers in `moved` are the thread's from here on. */
  ask(command: unknown, moved?: readonly ArrayBuffer[]): Promise<unknown>;
  /** Ends the thread once what was asked is answered. */
  close(): Promise<void>;
}

/** Starts the thread and waits for its module. `label` names the engine in errors. Rejects with what the module's `open` threw. */
export async function openSolo({ label, module, given }: { readonly label: string; readonly module: URL; readonly given: unknown }): Promise<Solo> {
  const solo = new PiscinaSolo(label, { module: module.href, given });
  try {
    await solo.opened;
  } catch (error) {
    await solo.close();
    throw error;
  }
  return solo;
}

class PiscinaSolo implements Solo {
  readonly opened: Promise<unknown>;
  readonly #label: string;
  readonly #piscina: Piscina;
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #asked = 0;
  #failure: Error | null = null;
  #closing: Promise<void> | null = null;

  constructor(label: string, { module, given }: Pick<SoloStart, 'module' | 'given'>) {
    this.#label = label;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on('message', (reply: Reply) => { this.#settle(reply); });
    this.opened = this.#await(0);
    this.#piscina = new Piscina({ filename: new URL('./solo-thread.js', import.meta.url).href, name: 'serve', minThreads: 1, maxThreads: 1, atomics: 'disabled' });
    const start: SoloStart = { port: port2, module, given };
    this.#ended = this.#piscina.run(start, { transferList: [port2] }).then(() => { this.#fail(null); }, (cause: unknown) => { this.#fail(cause); });
  }

  ask(command: unknown, moved: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#closing !== null) return Promise.reject(new Error(`the ${this.#label} engine is closed`));
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#asked += 1;
    const question: Question = { number: this.#asked, command };
    const answer = this.#await(this.#asked);
    this.#port.postMessage(question, moved as Transferable[]);
    return answer;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#failure === null) {
      this.#port.postMessage({ number: -1, command: null } satisfies Question); // after everything that was asked
      await this.#ended;
    }
    this.#port.close();
    await this.#piscina.destroy();
  }

  #await(number: number): Promise<unknown> {
    return new Promise((resolve, reject) => { this.#waiting.set(number, { resolve, reject }); });
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.number);
    this.#waiting.delete(reply.number);
    if ('error' in reply) waiting?.reject(reply.error);
    else waiting?.resolve(reply.value);
  }

  /** The thread is gone: nobody waits for it any longer. */
  #fail(cause: unknown): void {
    const said = cause instanceof Error ? cause.message : 'it ended without a message (out of memory?)';
    this.#failure ??= new Error(`The thread of the ${this.#label} engine failed: ${said}`, { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
