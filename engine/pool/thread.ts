// What piscina starts in each thread of the wasm engine: the loop that runs its commands until the pool is closed.
import { Crew, type Expectation } from './control.ts';
import { runCommands } from '../wasm/run.ts';

export interface ThreadStart {
  readonly index: number;
  readonly threads: number;
  readonly next: Expectation;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
}

export default function work({ index, threads, next, memory, module }: ThreadStart): void {
  const crew = new Crew(memory, { index, threads, next });
  try {
    runCommands(crew, memory, module);
  } catch (error) {
    crew.fail(error instanceof Error ? error.stack ?? error.message : String(error));
    throw error;
  }
}
