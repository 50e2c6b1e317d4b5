// Keyed normals by a kernel: the bits of ebm/continuous/noise.ts. A source owns a small memory of its own, which grows to the largest request up to
// a limit; longer requests are filled piece by piece. It starts no thread.
import { countOf, type NoiseAddress } from '../../ebm/continuous/noise.ts';
import { firstBlock } from '../../ebm/random/address.ts';
import type { Key } from '../../ebm/random/philox.ts';
import { compileKernels, instantiate, type CompiledKernels, type Kernels } from './kernels.ts';
import { PAGES_MAX, SharedViews } from './memory.ts';

/** The kernel's scratch at the start of the memory; the request follows. */
const SCRATCH_BYTES = 512;
/** Bytes of one call: small enough for a core's own cache. A single id's numbers may be more. */
const CALL_BYTES = 262144;
const WORD = 0x1_0000_0000;

export class NormalSource {
  readonly #views: SharedViews;
  readonly #kernels: Kernels;

  /** Compiles the kernels if they are not handed in. Rejects as `compileKernels` does. */
  static async open(compiled?: CompiledKernels): Promise<NormalSource> {
    return new NormalSource(compiled ?? await compileKernels());
  }

  private constructor({ module }: CompiledKernels) {
    this.#views = new SharedViews(new WebAssembly.Memory({ initial: 1, maximum: PAGES_MAX, shared: true }));
    this.#kernels = instantiate(module, this.#views.memory);
  }

  /** As `fillNormals` of ebm. `out`: [ids * numbers]. */
  fill(key: Key, at: NoiseAddress, out: Float32Array): void {
    const { ids, numbers } = at;
    const count = countOf(ids);
    if (out.length !== count * numbers) throw new RangeError(`${count} ids of ${numbers} numbers do not fill ${out.length} places`);
    if (count === 0 || numbers === 0) return;
    for (const word of [at.halfStep, at.word3]) if (!Number.isInteger(word) || word < 0 || word >= WORD) throw new RangeError(`half-step and word 3 are unsigned 32-bit, got ${word}`);
    if (!(ids instanceof Uint32Array)) [ids.from, ids.to - 1].forEach((id) => firstBlock(id, Math.ceil(numbers / 4)));
    const most = Math.max(1, Math.floor(CALL_BYTES / (4 * numbers + 4)));
    for (let from = 0; from < count; from += most) this.#piece(key, at, { from, to: Math.min(count, from + most) }, out);
  }

  #piece(key: Key, { ids, numbers, halfStep, word3 }: NoiseAddress, piece: { readonly from: number; readonly to: number }, out: Float32Array): void {
    const count = piece.to - piece.from;
    const list = SCRATCH_BYTES;
    const target = list + 16 * Math.ceil(count / 4);
    const end = target + 4 * count * numbers;
    this.#views.reach(end);
    const listed = ids instanceof Uint32Array;
    if (listed) this.#views.u32.set(ids.subarray(piece.from, piece.to), list >>> 2);
    const first = listed ? 0 : ids.from + piece.from;
    this.#kernels.fillNormals(key[0], key[1], listed ? list : 0, first, count, numbers, halfStep, word3, target, 0);
    out.set(this.#views.f32.subarray(target >>> 2, end >>> 2), piece.from * numbers);
  }
}
