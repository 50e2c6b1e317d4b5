// Views of the engine's shared memory, kept fresh when it grows. Views made before a growth stay valid for what they cover.

/** Of WebAssembly. */
export const PAGE_BYTES = 65_536;
/** 4 GiB. */
export const PAGES_MAX = 65_536;

export class SharedViews {
  readonly memory: WebAssembly.Memory;
  /** Every buffer object that this memory has had: all of them show the same bytes. */
  readonly #known = new WeakSet<ArrayBufferLike>();
  #buffer: SharedArrayBuffer;
  u8: Uint8Array;
  u16: Uint16Array;
  i32: Int32Array;
  u32: Uint32Array;
  f32: Float32Array;
  f64: Float64Array;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.#buffer = memory.buffer;
    this.#known.add(this.#buffer);
    const buffer = this.#buffer;
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.#buffer;
  }

  /** Address of an array that lies in this memory; null for any other. */
  addressOf(array: ArrayBufferView): number | null {
    return this.#known.has(array.buffer) ? array.byteOffset : null;
  }

  /** Grows a memory that nobody else grows until it has so many bytes. */
  reach(bytes: number): void {
    const missing = bytes - this.#buffer.byteLength;
    if (missing <= 0) return;
    this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.refresh(bytes);
  }

  /** Makes the first `bytes` bytes visible to this thread: another one may have grown the memory. */
  refresh(bytes: number): void {
    if (this.#buffer.byteLength >= bytes) return;
    this.memory.grow(0); // asks for the current length
    this.#buffer = this.memory.buffer;
    this.#known.add(this.#buffer);
    const buffer = this.#buffer;
    if (buffer.byteLength < bytes) throw new Error(`the shared memory has ${buffer.byteLength} bytes, ${bytes} were announced`);
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }
}
