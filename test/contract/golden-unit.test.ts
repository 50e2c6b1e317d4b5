// Every engine makes the same of the golden unit, and what it makes is the committed digest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GOLDEN_DIGEST, goldenDigest } from '../../cli/cluster/golden.ts';
import type { Engine } from '../../engine/engine.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import { openWasmEngine } from '../../engine/wasm/engine.ts';

const ENGINES: readonly (readonly [string, () => Promise<Engine>])[] = [
  ['reference', () => Promise.resolve(openReferenceEngine())],
  ['wasm on one thread', () => openWasmEngine({ threads: 1 })],
  ['wasm on three threads', () => openWasmEngine({ threads: 3 })],
];

for (const [name, open] of ENGINES) {
  test(`the golden unit on ${name}`, async () => {
    const engine = await open();
    try {
      assert.equal(await goldenDigest(engine), GOLDEN_DIGEST);
    } finally {
      await engine.close();
    }
  });
}
