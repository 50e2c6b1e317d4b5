// Exact sums of gradients by a kernel: those of ebm/continuous/sums.ts, to the bit. A source owns a memory of its own, which grows to the largest model;
// it has one sum under way at a time.
import { powerOfTwo, PARTS_WHOLE, type Int64Sums } from '../../ebm/continuous/sums.ts';
import { compileKernels, instantiate, type CompiledKernels, type Kernels } from './kernels.ts';
import { PAGE_BYTES, PAGES_MAX, SharedViews } from './memory.ts';

/** Values of one call: they, and the halves of as many sums, pass through the start of the memory. */
const CALL_VALUES = 32_768;
const SUMS_AT = 8 * CALL_VALUES;

export class ExactSumsSource {
  readonly #views: SharedViews;
  readonly #kernels: Kernels;
  #length = 0;
  /** Sums under way that nobody took. */
  #isUnderWay = false;
  #rejected = 0;

  /** Compiles the kernels if they are not handed in. Rejects as `compileKernels` does. */
  static async open(compiled?: CompiledKernels): Promise<ExactSumsSource> {
    return new ExactSumsSource(compiled ?? await compileKernels());
  }

  private constructor({ module }: CompiledKernels) {
    this.#views = new SharedViews(new WebAssembly.Memory({ initial: SUMS_AT / PAGE_BYTES, maximum: PAGES_MAX, shared: true }));
    this.#kernels = instantiate(module, this.#views.memory);
  }

  /** Sums of so many values from 0 on; those under way are void. */
  begin(length: number): void {
    this.#views.reach(SUMS_AT + 8 * length);
    if (this.#isUnderWay) this.#views.u8.fill(0, SUMS_AT, SUMS_AT + 8 * this.#length); // those that were taken are 0, like memory that is new
    this.#isUnderWay = true;
    this.#length = length;
    this.#rejected = 0;
  }

  /** As `addValues` of ebm. */
  add(values: Float32Array, { at, exponent, parts }: { readonly at: number; readonly exponent: number; readonly parts: number }): void {
    if (at + values.length > this.#length) throw new RangeError(`${values.length} values from ${at} on are beyond ${this.#length} sums`);
    const [scale, most] = [powerOfTwo(exponent), PARTS_WHOLE / parts];
    for (let from = 0; from < values.length; from += CALL_VALUES) {
      const piece = values.subarray(from, from + CALL_VALUES);
      this.#views.f32.set(piece);
      this.#rejected += this.#kernels.addExactly(0, piece.length, scale, most, SUMS_AT + 8 * (at + from));
    }
  }

  /** What was added since `begin`, in arrays of their own. */
  take(): Int64Sums {
    const sums = { low: new Uint32Array(this.#length), high: new Int32Array(this.#length), rejected: this.#rejected };
    for (let from = 0; from < this.#length; from += CALL_VALUES) {
      const count = Math.min(CALL_VALUES, this.#length - from);
      this.#kernels.takeSums(SUMS_AT + 8 * from, count, 0, 4 * CALL_VALUES);
      sums.low.set(this.#views.u32.subarray(0, count), from);
      sums.high.set(this.#views.i32.subarray(CALL_VALUES, CALL_VALUES + count), from);
    }
    this.#isUnderWay = false;
    return sums;
  }
}
