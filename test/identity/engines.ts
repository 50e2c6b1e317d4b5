// The engines that runs are compared on, opened once a test file.
import { after, before } from 'node:test';
import type { Engine } from '../../engine/engine.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { openWasmEngine } from '../../engine/wasm/engine.ts';

export const ENGINES = ['reference', 'wasm on 1 thread', 'wasm on 2 threads', 'wasm on 2 threads, joined'] as const;
export type EngineName = (typeof ENGINES)[number];

/** Engines by name, from the first test on; closed after the last. */
export function engines(): (name: EngineName) => Engine {
  const open = new Map<EngineName, Engine>();
  before(async () => {
    open.set('reference', openReferenceEngine());
    open.set('wasm on 1 thread', await openWasmEngine({ threads: 1 }));
    open.set('wasm on 2 threads', await openWasmEngine({ threads: 2 }));
    open.set('wasm on 2 threads, joined', await openWasmEngine({ threads: 2, next: 'joined' }));
  });
  after(async () => {
    for (const engine of open.values()) await engine.close();
  });
  return (name) => open.get(name)!;
}
