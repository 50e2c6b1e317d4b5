// The compiled kernels as typed functions: reads kernels.wasm beside this file, compiles it once, instantiates it over a shared memory.
// What each function does is said in assembly/; every address is a byte offset in that memory.
import { readFile } from 'node:fs/promises';

type Address = number;

/** Exports of assembly/index.ts. */
export interface Kernels {
  buildTables(weights: Address, groups: number, table: Address): void;
  addTables(program: Address, table: Address, sums: Address, fresh: number): void;
  widen(sums: Address, wide: Address, lanes: number): void;
  startWide(bias: Address, wide: Address, samples: number): void;
  finishSums(sums: Address, wide: Address, bias: Address, samples: number, out: Address): void;
  addRowsWide(bits: Address, bitsStride: number, samples: number, weights: Address, fromRow: number, toRow: number, wide: Address): void;
  compileProgram(
    bits: Address, stride: number, targets: number, words: number, lastBits: number,
    program: Address, scratch: Address, packing: Address, all: number,
  ): Address;
  fillPacking(packing: Address): void;
  clear(address: Address, bytes: number): void;
  sampleBlock(block: Address): void;
  buildThresholdTables(thresholds: Address, groups: number, sign: number, table: Address): void;
  clearBlock(out: Address, stride: number, rows: number): void;
  addThresholdTables(program: Address, table: Address, out: Address, stride: number, fresh: number): void;
  addHiddenSums(thresholds: Address, samples: number, out: Address): void;
  transposeBits(bits: Address, stride: number, samples: number, fromByte: number, toByte: number, out: Address, outStride: number): void;
  addCounts(bits: Address, stride: number, words: number, rows: number, out: Address): void;
  orderRows(keys: Address, width: number, height: number, rows: number, from: number, count: number, out: Address): void;
  gatherRows(data: Address, rowBytes: number, list: Address, count: number, out: Address, stride: number): void;
  copyRows(from: Address, fromStride: number, to: Address, toStride: number, words: number, count: number): void;
  copyBytes(from: Address, fromStride: number, to: Address, toStride: number, bytes: number, count: number): void;
  drawRows(
    levels: Address, palette: Address, units: number, list: Address, count: number, out: Address, stride: number,
    epoch: number, key0: number, key1: number, scratch: Address,
  ): void;
  scaleInputs(
    sums: Address, wide: Address, bias: Address, samples: number, rate: number, rest: number, base: Address, target: Address, out: Address, stride: number,
  ): void;
  annealFactors(
    inputs: Address, stride: number, units: number, runs: number, low: Address, high: Address,
    bits: Address, bitsStride: number, words: number, differences: Address, out: Address,
  ): void;
  stepPart(step: Address, grid: Address, fromRow: number, toRow: number, fromColumn: number, toColumn: number): void;
  addParts(parts: Address, blocks: number, stride: number, count: number, out: Address): void;
  narrowThresholds(thresholds: Address, count: number, columns: number, out: Address, stride: number, full: Address, fullStride: number): void;
  widenThresholds(from: Address, stride: number, full: Address, fullStride: number, count: number, out: Address): void;
  encodeMoves(
    base: Address, next: Address, blockBytes: number, visible: number, blocks: number, bits: number, codes: Address, rowBytes: number,
    escapes: Address, packing: Address, counts: Address,
  ): number;
  decodeMoves(
    base: Address, next: Address, blockBytes: number, visible: number, hidden: number, bits: number, codes: Address, rowBytes: number,
    escapes: Address, escapeCount: number, spreading: Address,
  ): number;
  fillSpreading(spreading: Address): void;
  rowBits(from: Address, count: number): number;
  packRow(from: Address, count: number, bits: number, out: Address): void;
  addRow(from: Address, count: number, bits: number, fresh: number, out: Address): void;
  fillNormals(
    k0: number, k1: number, ids: Address, first: number, count: number, numbers: number, halfStep: number, word3: number, out: Address, scratch: Address,
  ): void;
  addExactly(values: Address, count: number, scale: number, most: number, sums: Address): number;
  takeSums(sums: Address, count: number, low: Address, high: Address): void;
  moveFloats(rule: Address, low: Address, high: Address, scale: number, count: number, values: Address, slot0: Address, slot1: Address): number;
  publishPart(grid: Address, fromRow: number, toRow: number, fromColumn: number, toColumn: number): void;
}

export interface CompiledKernels {
  readonly module: WebAssembly.Module;
  /** Content of the module: `sha256:` and the first 16 hexadecimal digits. */
  readonly digest: string;
}

/** Fails with a clear Error where the file is missing or this Node cannot compile it. */
export async function compileKernels(): Promise<CompiledKernels> {
  const url = new URL('./kernels.wasm', import.meta.url);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.from(await readFile(url));
  } catch (cause) {
    throw new Error(`The wasm engine's kernels are missing: ${url.pathname}. Run "npm run build", or use the reference engine.`, { cause });
  }
  try {
    const module = await WebAssembly.compile(bytes);
    const hash = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
    return { module, digest: `sha256:${Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('')}` };
  } catch (cause) {
    throw new Error(`The wasm engine's kernels do not compile on Node ${process.version} (${process.arch}); they need SIMD and threads of WebAssembly.`, { cause });
  }
}

/** Each thread has an instance of its own over the same memory. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
