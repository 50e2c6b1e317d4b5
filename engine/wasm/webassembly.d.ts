// The part of the WebAssembly JavaScript interface that the wasm engine uses: neither ES2022 nor Node's types declare it.
// Memories here are always shared.
declare namespace WebAssembly {
  class Module {
    private constructor();
    private readonly brand: 'module';
  }
  class Memory {
    constructor(descriptor: { readonly initial: number; readonly maximum: number; readonly shared: true });
    readonly buffer: SharedArrayBuffer;
    grow(pages: number): number;
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, Memory>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
