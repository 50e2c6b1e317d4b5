// The wasm engine: kernels of AssemblyScript with SIMD, over one shared memory, run by a pool of threads. Same bits as the reference engine.
// This file opens and closes it; sessions do the rest.
import type { Engine, EngineFingerprint, Problem } from '../engine.ts';
import { CONTROL_BYTES } from '../pool/control.ts';
import { openPool, type Crew, type Execute, type Expectation, type Pool } from '../pool/pool.ts';
import { Allocator } from './allocator.ts';
import type { Envelope } from './commands.ts';
import { compileKernels, instantiate } from './kernels.ts';
import { SharedViews } from './memory.ts';
import { openRunner } from './run.ts';
import { WasmSession, envelope } from './session.ts';

/** The rules of EXACT.md that the kernels follow; a change of bits is a new number. */
const VERSION = 'wasm/1';

/**
 * Opens the engine with so many threads. `next`: `joined` lets the calling thread take the place of one of them in short units, of some milliseconds,
 * which block it; `later` is for a role of a cluster, whose threads would otherwise look for commands in vain. Rejects with a clear Error where its kernels are missing or do not compile.
 */
export async function openWasmEngine({ threads, next = 'soon' }: { readonly threads: number; readonly next?: Expectation }): Promise<WasmEngine> {
  const { module, digest } = await compileKernels();
  const allocator = new Allocator(CONTROL_BYTES);
  const { memory } = allocator.views;
  const executor = (crew: Crew): Execute<Envelope> => openRunner({ crew, views: new SharedViews(memory), kernels: instantiate(module, memory) });
  const pool = openPool({ threads, next, encode: JSON.stringify, executor }, memory, module);
  return new WasmEngine({ allocator, pool }, `${VERSION} ${digest}`);
}

export class WasmEngine implements Engine {
  readonly #parts: { readonly allocator: Allocator; readonly pool: Pool<Envelope> };
  readonly #version: string;
  #sessions = 0;

  constructor(parts: { readonly allocator: Allocator; readonly pool: Pool<Envelope> }, version: string) {
    this.#parts = parts;
    this.#version = version;
  }

  fingerprint(): EngineFingerprint {
    return { name: 'wasm', version: this.#version, deviceClass: 'wasm-simd128', threads: this.#parts.pool.threads };
  }

  load(problem: Problem): Promise<WasmSession> {
    this.#sessions += 1;
    return WasmSession.open(this.#parts, problem, this.#sessions);
  }

  close(): Promise<void> {
    return this.#parts.pool.close(envelope(this.#parts.allocator, { kind: 'stop' }));
  }
}
