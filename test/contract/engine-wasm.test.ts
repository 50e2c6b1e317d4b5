// The contract of engines, for the wasm engine with one, two and three threads.
import { openWasmEngine } from '../../engine/wasm/engine.ts';
import { engineContract } from './engine-contract.ts';

for (const threads of [1, 2, 3]) engineContract(`wasm, threads: ${threads}`, () => openWasmEngine({ threads }));
