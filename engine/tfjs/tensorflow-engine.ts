// The tensorflow engine: TensorFlow's kernels for the Gibbs chain and its statistics, on a GPU where there is one, beside the wasm engine for all
// else. Same bits as the reference engine. This file opens and closes it; sessions do the rest.
import type { Engine, EngineFingerprint, Problem } from '../engine.ts';
import { assertProblem } from '../checks.ts';
import type { Expectation } from '../pool/pool.ts';
import { openSolo, type Solo } from '../pool/solo.ts';
import { openWasmEngine, type WasmEngine } from '../wasm/engine.ts';
import type { Command, Description, Opening } from './commands.ts';
import { deviceClass } from './device-class.ts';
import { prepareEnvironment, type Location } from './loading.ts';
import { TensorflowSession } from './tensorflow-session.ts';

/** The rules of EXACT.md that this code follows; a change of bits is a new number. */
const VERSION = 'tensorflow/1';

export interface TensorflowOptions {
  /** Where the package is. */
  readonly location: Location;
  /** Threads of the wasm engine beside it. TensorFlow has one. */
  readonly threads: number;
  readonly next?: Exclude<Expectation, 'joined'>;
}

/** Takes a second or two, and 400 MB. Rejects with a clear Error where TensorFlow cannot be loaded. */
export async function openTensorflowEngine({ location, threads, next = 'soon' }: TensorflowOptions): Promise<TensorflowEngine> {
  prepareEnvironment(process.env);
  const solo = await openSolo({ label: 'tensorflow', module: new URL('./station.js', import.meta.url), given: { location } satisfies Opening });
  try {
    const description = await describe(solo);
    return new TensorflowEngine({ solo, wasm: await openWasmEngine({ threads, next }) }, description);
  } catch (error) {
    await solo.close();
    throw error;
  }
}

function describe(solo: Solo): Promise<Description> {
  return solo.ask({ kind: 'describe' } satisfies Command) as Promise<Description>;
}

export class TensorflowEngine implements Engine {
  readonly #parts: { readonly solo: Solo; readonly wasm: WasmEngine };
  readonly #description: Description;
  #sessions = 0;

  constructor(parts: { readonly solo: Solo; readonly wasm: WasmEngine }, description: Description) {
    this.#parts = parts;
    this.#description = description;
  }

  /** Without a GPU TensorFlow computes on the processor and says nothing. */
  get isUsingGpu(): boolean {
    return this.#description.isUsingGpu;
  }

  fingerprint(): EngineFingerprint {
    const { version } = this.#description;
    return { name: 'tensorflow', version: `${VERSION} libtensorflow ${version}`, deviceClass: deviceClass(this.#description), threads: 1 };
  }

  /** Tensors that the library holds now: what sessions keep, and nothing of a unit that is over. */
  async tensors(): Promise<number> {
    return (await describe(this.#parts.solo)).tensors;
  }

  async load(problem: Problem): Promise<TensorflowSession> {
    assertProblem(problem);
    this.#sessions += 1;
    const id = this.#sessions; // of this call: others may load meanwhile
    const wasm = await this.#parts.wasm.load({ ...problem, data: null }); // units of data are not computed there
    try {
      return await TensorflowSession.open({ ...this.#parts, wasm }, problem, id);
    } catch (error) {
      await wasm.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#parts.solo.close();
    await this.#parts.wasm.close();
  }
}
