// The contract of continuous engines on the tfjs backends, and what the port does not say: tensors do not pile up.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as tfjs from '@tensorflow/tfjs';
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import { continuousContract, continuousProblem } from './continuous-contract.ts';

continuousContract('tfjs wasm', () => openTfjsContinuous({ backend: 'wasm' }));
continuousContract('tfjs cpu', () => openTfjsContinuous({ backend: 'cpu' }));

test('the number of tensors is the same after 1,000 units, and none is left when the session is closed', async () => {
  const engine = await openTfjsContinuous({ backend: 'wasm' });
  const none = tfjs.memory().numTensors;
  const session = await engine.load(continuousProblem());
  const slots = new Uint32Array(4);
  let states = new Float32Array(16);
  let parameters = session.initial();
  const counts = new Set<number>();
  for (let update = 0; update < 1_000; update += 1) {
    if (update % 100 === 99) parameters = parameters.slice();
    ({ states } = await session.evaluate({ branch: 0, update, version: update, data: { from: 4, to: 8 }, chains: { from: 0, to: 4 } }, parameters, { slots, states }) as { states: Float32Array<ArrayBuffer> });
    counts.add(tfjs.memory().numTensors);
  }
  assert.deepEqual([...counts], [none + session.layout.length]);
  await session.close();
  assert.equal(tfjs.memory().numTensors, none);
});

test('the version of the wasm engine has the digest of the binary that it computes with', async () => {
  const binary = readFileSync(new URL('tfjs-backend-wasm-simd.wasm', import.meta.resolve('@tensorflow/tfjs-backend-wasm')));
  const digest = createHash('sha256').update(binary).digest('hex').slice(0, 16);
  const { version } = (await openTfjsContinuous({ backend: 'wasm' })).fingerprint();
  assert.equal(version.split(' ').at(-1), digest);
});

test('engines of two backends take turns', async () => {
  const [wasm, cpu] = await Promise.all([openTfjsContinuous({ backend: 'wasm' }), openTfjsContinuous({ backend: 'cpu' })]);
  const problem = continuousProblem();
  const sessions = await Promise.all([wasm.load(problem), cpu.load(problem)]);
  const parameters = sessions[0].initial();
  const energies = await Promise.all([0, 1, 0, 1].map((i) => sessions[i]!.energies(parameters, problem.data!)));
  for (const [i, energy] of energies[0]!.entries()) assert.ok(Math.abs(energy - energies[1]![i]!) < 1e-5);
  assert.deepEqual(energies[2], energies[0]);
  assert.deepEqual(energies[3], energies[1]);
});
