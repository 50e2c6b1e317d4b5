// The contract of continuous engines on TensorFlow's native library, its agreement with the reference engine, and what only this one can get wrong.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ATTRIBUTE_NAMES } from '../../engine/tfjs/loading.ts';
import { installed, openTensorflowForContinuous } from '../support/tensorflow.ts';
import { continuousAgreement } from './continuous-agreement.ts';
import { continuousContract, continuousProblem } from './continuous-contract.ts';
import { scoreAgreement } from './score-agreement.ts';

continuousContract('tensorflow, one thread', () => openTensorflowForContinuous(1));
continuousContract('tensorflow, two threads', () => openTensorflowForContinuous(2));
continuousAgreement('tensorflow', () => openTensorflowForContinuous(1));
scoreAgreement('tensorflow', () => openTensorflowForContinuous(2));

test('the number of tensors is the same after 1,000 units, and none is left when the session is closed', async () => {
  const engine = await openTensorflowForContinuous(1);
  const none = await engine.tensors();
  const session = await engine.load(continuousProblem());
  const slots = new Uint32Array(4);
  let states: Float32Array = new Float32Array(16);
  let parameters = session.initial();
  const counts = new Set<number>();
  for (let update = 0; update < 1_000; update += 1) {
    if (update % 100 === 99) parameters = parameters.slice();
    ({ states } = await session.evaluate({ branch: 0, update, version: update, data: { from: 4, to: 8 }, chains: { from: 0, to: 4 } }, parameters, { slots, states }));
    if (update % 10 === 9) counts.add(await engine.tensors());
  }
  assert.equal(counts.size, 1);
  await session.close();
  assert.equal(await engine.tensors(), none);
  await engine.close();
});

test('every attribute that a kernel of the package names is entered before there is a second thread', async () => {
  const folder = join(await installed(), 'node_modules/@tensorflow/tfjs-node-gpu/dist/kernels');
  const missing = new Set<string>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, name, type] of text.matchAll(/name: '(\w+)'|createTensorsTypeOpAttr\)\('(\w+)'/g)) if (!ATTRIBUTE_NAMES.includes(name ?? type!)) missing.add(name ?? type!);
  }
  assert.deepEqual([...missing], []);
});
