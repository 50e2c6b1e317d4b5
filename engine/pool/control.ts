// How the owner and the threads of a pool speak through shared memory: one command at a time, barriers and claims inside it.
// P1. A command is read by every thread exactly once; the next one begins only after all have finished it.
// P2. All threads of a command pass the same barriers in the same order, or one of them has failed and the pool is done.
// P3. A command that the owner's thread joins is computed by it in the place of thread 0, which sleeps meanwhile.
// P4. One command may stand behind the one under way: whoever completes that begins it, without a word from the owner. Whether the owner was in
//     time is decided by one exchange, which either of them wins.
// P5. A long command that looks whether it is wanted is given up by all threads at the same barrier.

/** Bytes at the start of the memory that belong to this file. */
export const CONTROL_BYTES = 65536;

/** Words of the control block, each on a cache line of its own. */
const COMMAND = 0;
const COMPLETED = 16;
const FINISHED = 32;
const ARRIVED = 48;
const PHASE = 64;
const FAILED = 80;
const TEXT_LENGTH = 96;
const ERROR_LENGTH = 97;
/** Where the text of the command under way lies. */
const TEXT_AT = 98;
/** P4: the number of the command that stands behind, 0 for none, and the length of its text. */
const BEHIND = 99;
const BEHIND_LENGTH = 100;
/** P5: the number up to which commands are to be given up, and whether that under way is. */
const UNWANTED = 101;
const GIVEN_UP = 102;
/** The thread that completed the last command, and is the first to get the next. */
const FIRST = 112;

/** Threads that the control block has room for. */
export const THREADS_MAX = 64;

const STRIDE = 16;
/** Pieces taken from each thread's range. */
const CLAIMED = 128;
/** The number of the command that each thread has been woken for. */
const WOKEN = CLAIMED + STRIDE * THREADS_MAX;
const WORDS = WOKEN + STRIDE * THREADS_MAX;

const TEXT_BYTES = 16384;
const TEXT_BYTES_MAX = 32768;
const ERROR_BYTES = TEXT_BYTES + TEXT_BYTES_MAX;
const ERROR_BYTES_MAX = 8192;
const BEHIND_BYTES = ERROR_BYTES + ERROR_BYTES_MAX;
const BEHIND_BYTES_MAX = CONTROL_BYTES - BEHIND_BYTES;

/**
 * Looks this often (7 ns each) before a thread goes to sleep. At a barrier the others are about to arrive, and waking costs more than a short
 * wait. Between commands the owner's thread needs a core to answer: of all threads only the one that finished last looks on, from a core that is
 * its own, and wakes the others. Where commands come over a network, or other processes need the cores, it looks a tenth as long. An owner that
 * joins has thread 0's core: there every other thread looks, for as long as a coordinator and a worker take between two commands.
 */
const BARRIER_SPINS = 20_000;
const COMMAND_SPINS = 100;
const FIRST_SPINS = { joined: 100, soon: 12_000, later: 1_200 } as const;
const JOINED_SPINS = 30_000;
/** A thread that died without a word is not heard of while its owner waits for it: after two of these the owner gives up. */
const PATIENCE_MS = 30_000;

/** When the next command is expected: at once from an owner that joins, while the last is being answered, or when a message has come. */
export type Expectation = keyof typeof FIRST_SPINS;

export type ThreadState = 'command' | 'failed';

function words(memory: WebAssembly.Memory): Int32Array {
  return new Int32Array(memory.buffer, 0, WORDS);
}

function bytesAt(memory: WebAssembly.Memory, offset: number, length: number): Uint8Array {
  return new Uint8Array(memory.buffer, offset, length);
}

/** Waits while the word has this value: first looking, then asleep. Throws after twice the patience: once may have been a process that was stopped. */
function waitWhile(control: Int32Array, word: number, value: number, { spins, patienceMs }: { readonly spins: number; readonly patienceMs: number }): void {
  for (let spin = 0; spin < spins; spin += 1) if (Atomics.load(control, word) !== value) return;
  let tries = 0;
  while (Atomics.load(control, word) === value) {
    if (Atomics.wait(control, word, value, patienceMs) !== 'timed-out') continue;
    tries += 1;
    if (tries === 2) throw new Error(`another thread has not answered for ${(2 * patienceMs) / 1000} s`);
  }
}

/** Makes a text the command under way, and returns its number. */
function begin(control: Int32Array, { at, length, threads }: { readonly at: number; readonly length: number; readonly threads: number }): number {
  control[TEXT_AT] = at;
  control[TEXT_LENGTH] = length;
  control[FINISHED] = 0;
  clearClaims(control, threads);
  return Atomics.add(control, COMMAND, 1) + 1;
}

function clearClaims(control: Int32Array, threads: number): void {
  for (let thread = 0; thread < threads; thread += 1) Atomics.store(control, CLAIMED + STRIDE * thread, 0);
}

/** The owner's side. */
export class Owner {
  readonly #memory: WebAssembly.Memory;
  readonly #control: Int32Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#control = words(memory);
  }

  /** Hands a command to all threads, or, if the owner joins, to all but the first of them, and returns its number. */
  post(text: string, { joins }: { readonly joins: boolean }): number {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > TEXT_BYTES_MAX) throw new RangeError(`a command of ${bytes.length} bytes is longer than ${TEXT_BYTES_MAX}`);
    bytesAt(this.#memory, TEXT_BYTES, bytes.length).set(bytes);
    const control = this.#control;
    const number = begin(control, { at: TEXT_BYTES, length: bytes.length, threads: THREADS_MAX });
    if (joins) control[FIRST] = 0;
    else wake(control, control[FIRST]!, number);
    return number;
  }

  /** P4: hands a command to the threads for when they have completed command `number`, and returns its number; null if it is too long for that. */
  postBehind(text: string, number: number): number | null {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > BEHIND_BYTES_MAX) return null;
    bytesAt(this.#memory, BEHIND_BYTES, bytes.length).set(bytes);
    const control = this.#control;
    control[BEHIND_LENGTH] = bytes.length;
    Atomics.store(control, BEHIND, number + 1);
    const isLate = Atomics.load(control, COMPLETED) === number && Atomics.compareExchange(control, BEHIND, number + 1, 0) === number + 1;
    return isLate ? this.post(text, { joins: false }) : number + 1;
  }

  /** P5: the command under way and so many after it. */
  giveUp(more: number): void { Atomics.store(this.#control, UNWANTED, Atomics.load(this.#control, COMMAND) + more); }

  /** Settles when command `number` is complete or a thread has failed. Never blocks. */
  async completion(number: number): Promise<void> {
    const control = this.#control;
    for (;;) {
      const completed = Atomics.load(control, COMPLETED);
      if (completed >= number || this.failed) return;
      const waiting = Atomics.waitAsync(control, COMPLETED, completed);
      if (waiting.async) await waiting.value;
    }
  }

  get failed(): boolean { return Atomics.load(this.#control, FAILED) !== 0; }

  /** What the failed thread said, or an empty text. */
  failure(): string {
    return new TextDecoder().decode(bytesAt(this.#memory, ERROR_BYTES, this.#control[ERROR_LENGTH]!).slice());
  }

  /** Ends all waiting, here and in threads: nothing more will be computed. */
  abandon(): void {
    fail(this.#control);
  }
}

function fail(control: Int32Array): void {
  Atomics.store(control, FAILED, 1);
  Atomics.add(control, PHASE, 1);
  Atomics.add(control, COMPLETED, 1);
  for (const word of [PHASE, COMPLETED]) Atomics.notify(control, word);
  for (let thread = 0; thread < THREADS_MAX; thread += 1) wake(control, thread, -1);
}

/** Wakes one thread for a command. */
function wake(control: Int32Array, thread: number, number: number): void {
  Atomics.store(control, WOKEN + STRIDE * thread, number);
  Atomics.notify(control, WOKEN + STRIDE * thread);
}

/** One thread among equals. */
export class Crew {
  readonly index: number;
  readonly threads: number;
  readonly #memory: WebAssembly.Memory;
  readonly #control: Int32Array;
  readonly #next: Expectation;
  readonly #patienceMs: number;
  #seen = 0;

  /** `owner`: this is the owner's own place. */
  constructor(memory: WebAssembly.Memory, { index, threads, next, owner = false }: { readonly index: number; readonly threads: number; readonly next: Expectation; readonly owner?: boolean }) {
    this.#memory = memory;
    this.#next = next;
    this.#patienceMs = owner ? PATIENCE_MS : Infinity;
    this.#control = words(memory);
    this.index = index;
    this.threads = threads;
  }

  /** Blocks until the next command, and returns its text; null when the pool is done. */
  next(): string | null {
    const control = this.#control;
    const word = WOKEN + STRIDE * this.index;
    this.#waitWhile(word, this.#seen, this.#commandSpins());
    if (Atomics.load(control, FAILED) !== 0) return null;
    this.#seen = Atomics.load(control, COMMAND);
    this.#pass();
    return new TextDecoder().decode(bytesAt(this.#memory, control[TEXT_AT]!, control[TEXT_LENGTH]!).slice());
  }

  /** P3: the owner takes part in a command that it has posted, and wakes the others. */
  join(number: number): void {
    this.#seen = number;
    this.#pass();
  }

  /** Waits until the others have done their parts too. */
  settle(): void {
    this.#waitWhile(COMPLETED, this.#seen - 1, BARRIER_SPINS);
    if (Atomics.load(this.#control, FAILED) !== 0) throw new Error('another thread failed');
  }

  #commandSpins(): number {
    if (this.#next === 'joined' && this.index > 0) return JOINED_SPINS;
    return this.#control[FIRST] === this.index ? FIRST_SPINS[this.#next] : COMMAND_SPINS;
  }

  #waitWhile(word: number, value: number, spins: number): void {
    waitWhile(this.#control, word, value, { spins, patienceMs: this.#patienceMs });
  }

  /** The threads wake each other, as a tree whose root is the thread that slept last. */
  #pass(): void {
    const first = this.#control[FIRST]!;
    const position = (this.index - first + this.threads) % this.threads;
    for (const next of [2 * position + 1, 2 * position + 2]) {
      if (next < this.threads) wake(this.#control, (first + next) % this.threads, this.#seen);
    }
  }

  /** Says that this thread has done its part of the command. */
  finish(): void {
    const control = this.#control;
    if (Atomics.add(control, FINISHED, 1) !== this.threads - 1) return;
    control[FIRST] = this.index;
    const next = this.#seen + 1;
    Atomics.store(control, COMPLETED, this.#seen); // before the look behind it: an owner that is late sees this
    if (Atomics.compareExchange(control, BEHIND, next, 0) === next) {
      begin(control, { at: BEHIND_BYTES, length: control[BEHIND_LENGTH]!, threads: this.threads });
      Atomics.store(control, WOKEN + STRIDE * this.index, next); // it is awake, and wakes the others; the owner hears of both commands at once
    } else {
      Atomics.notify(control, COMPLETED);
    }
  }

  /** All threads arrive before any leaves; what was written before is visible after. The next work may be shared out. */
  barrier(): void {
    if (this.threads === 1) {
      clearClaims(this.#control, 1);
      return;
    }
    const control = this.#control;
    const phase = Atomics.load(control, PHASE);
    if (Atomics.load(control, FAILED) !== 0) throw new Error('another thread failed');
    if (Atomics.add(control, ARRIVED, 1) === this.threads - 1) {
      Atomics.store(control, ARRIVED, 0);
      clearClaims(control, this.threads);
      Atomics.add(control, PHASE, 1);
      Atomics.notify(control, PHASE);
    } else {
      this.#waitWhile(PHASE, phase, BARRIER_SPINS);
    }
    if (Atomics.load(control, FAILED) !== 0) throw new Error('another thread failed');
  }

  /** P5: a barrier, and whether the command is given up. There must be another barrier before the next of these. */
  barrierOrEnd(): boolean {
    const control = this.#control;
    if (this.index === 0) Atomics.store(control, GIVEN_UP, this.#seen <= Atomics.load(control, UNWANTED) ? 1 : 0);
    this.barrier();
    return Atomics.load(control, GIVEN_UP) === 1;
  }

  /**
   * Runs `work` for the numbers 0 .. count - 1, shared out among the crew: each thread has a range of its own, the same one whenever the same
   * work is shared, for its caches' sake, and takes from the others' when its own is done. Once between two barriers.
   */
  share(count: number, work: (piece: number) => void): void {
    for (let offset = 0; offset < this.threads; offset += 1) {
      const owner = (this.index + offset) % this.threads;
      const from = Math.floor((owner * count) / this.threads);
      const to = Math.floor(((owner + 1) * count) / this.threads);
      const word = CLAIMED + STRIDE * owner;
      for (let piece = from + Atomics.add(this.#control, word, 1); piece < to; piece = from + Atomics.add(this.#control, word, 1)) work(piece);
    }
  }

  /** Tells the owner and the other threads that this thread cannot go on. */
  fail(reason: string): void {
    const bytes = new TextEncoder().encode(reason).subarray(0, ERROR_BYTES_MAX);
    bytesAt(this.#memory, ERROR_BYTES, bytes.length).set(bytes);
    this.#control[ERROR_LENGTH] = bytes.length;
    fail(this.#control);
  }
}
