// Hands out pieces of the engine's shared memory and takes them back: first fit over a sorted list of gaps, grown at the end.
// Only the owner of an engine allocates; kernels and threads are given addresses.
import { PAGE_BYTES, PAGES_MAX, SharedViews } from './memory.ts';

/** A cache line, so that no two pieces share one. */
const ALIGNMENT = 64;
/** Kernels read up to a vector block past the end of an array: every piece is followed by at least so much readable memory. */
const SLACK_BYTES = 256;

/** The job is too large for the engine's memory: no bug, and the user's to mend. */
export class EngineMemoryError extends Error {
  readonly code = 'engine-memory';
  readonly advice = 'Choose fewer model.hidden, train.chains or train.batch.';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineMemoryError';
  }
}

interface Gap { from: number; to: number }

export class Allocator {
  readonly views: SharedViews;
  readonly #gaps: Gap[] = [];
  readonly #pieces = new Map<number, number>();

  /** `reservedBytes` at the start belong to the caller. */
  constructor(reservedBytes: number) {
    const initial = Math.ceil(reservedBytes / PAGE_BYTES);
    this.views = new SharedViews(new WebAssembly.Memory({ initial, maximum: PAGES_MAX, shared: true }));
  }

  get bytes(): number {
    return this.views.buffer.byteLength;
  }

  /**
   * Address of a piece, zeroed from byte `zeroFrom` on: what is written at once need not be zeroed. Throws an EngineMemoryError that says how much was
   * asked for when memory cannot grow.
   */
  allocate(bytes: number, zeroFrom = 0): number {
    const size = Math.ceil((bytes + SLACK_BYTES) / ALIGNMENT) * ALIGNMENT;
    let index = this.#gaps.findIndex((gap) => gap.to - gap.from >= size);
    if (index < 0) index = this.#grow(size);
    const gap = this.#gaps[index]!;
    const address = gap.from;
    gap.from += size;
    if (gap.from === gap.to) this.#gaps.splice(index, 1);
    this.#pieces.set(address, size);
    this.views.u8.fill(0, address + zeroFrom, address + size);
    return address;
  }

  free(address: number): void {
    const size = this.#pieces.get(address);
    if (size === undefined) throw new Error(`nothing is allocated at ${address}`);
    this.#pieces.delete(address);
    this.#insert({ from: address, to: address + size });
  }

  /** Index of the gap at the end, grown to hold `size` bytes. */
  #grow(size: number): number {
    const end = this.bytes;
    const last = this.#gaps.at(-1);
    const have = last?.to === end ? end - last.from : 0;
    const pages = Math.ceil((size - have) / PAGE_BYTES);
    try {
      this.views.memory.grow(pages);
    } catch (cause) {
      throw new EngineMemoryError(`The wasm engine needs ${size} bytes more than its ${end} and cannot have them (at most 4 GiB, less if this machine has less).`, { cause });
    }
    this.views.refresh(end + pages * PAGE_BYTES);
    this.#insert({ from: end, to: this.bytes });
    return this.#gaps.length - 1;
  }

  #insert(piece: Gap): void {
    let index = this.#gaps.findIndex((gap) => gap.from > piece.from);
    if (index < 0) index = this.#gaps.length;
    this.#gaps.splice(index, 0, piece);
    const next = this.#gaps[index + 1];
    if (next !== undefined && next.from === piece.to) {
      piece.to = next.to;
      this.#gaps.splice(index + 1, 1);
    }
    const previous = this.#gaps[index - 1];
    if (previous !== undefined && previous.to === piece.from) {
      previous.to = piece.to;
      this.#gaps.splice(index, 1);
    }
  }
}
