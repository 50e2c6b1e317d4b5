// The contract of continuous engines on threads, and what a pool promises beside: one thread or two, the bits are those of the engine without threads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { ContinuousEngine } from '../../engine/continuous.ts';
import { openContinuousPool } from '../../engine/pool/continuous.ts';
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import { continuousContract, continuousProblem } from './continuous-contract.ts';

continuousContract('pool of one thread', () => openContinuousPool(1));
continuousContract('pool of two threads', () => openContinuousPool(2));

/** All that a session gives for one problem. */
async function answersOf(engine: ContinuousEngine, kind: 'pcd' | 'cd' | 'nce'): Promise<unknown> {
  const base = continuousProblem();
  const { objective } = base;
  if (objective.kind !== 'pcd') throw new TypeError('the contract has chains that persist');
  const problem = { ...base, objective: kind === 'nce' ? { kind, ratio: 2 } as const : { ...objective, kind } };
  const session = await engine.load(problem);
  const parameters = session.initial();
  const all = { from: 0, to: 12 };
  const unit = { branch: 1, update: 3, version: 3, data: all, chains: kind === 'nce' ? { from: 0, to: 0 } : all };
  const held = kind === 'pcd' ? 12 : 0;
  const states = Float32Array.from({ length: 48 }, (_, i) => Math.fround(((i * 37) % 48) / 24 - 1));
  const chains = { slots: Uint32Array.from({ length: held }, (_, i) => i + 5), states: states.slice(0, 4 * held) };
  const contribution = await session.evaluate(unit, parameters, chains);
  const sampled = states.slice();
  const sampler = { kind: 'ula', stepSize: 0.1, noise: null, temperature: 1, leapfrogs: 1, clip: null, bounds: null } as const;
  const { accepted } = await session.sample({ parameters, purpose: PURPOSES.samples, branch: 0, word3: 1, chains: all, states: sampled, steps: 3, firstHalfStep: 0, beta: 1, sampler });
  const rows = { rows: 12, values: states };
  const answers = { contribution, sampled, accepted, energies: await session.energies(parameters, rows), scores: await session.scores(parameters, rows), parameters, layout: session.layout };
  await session.close();
  return answers;
}

test('one thread, two threads and none give the same bits', async () => {
  const engines = await Promise.all([openTfjsContinuous({ backend: 'wasm' }), openContinuousPool(1), openContinuousPool(2)]);
  const [plain, ...pools] = engines;
  for (const kind of ['pcd', 'cd', 'nce'] as const) {
    const expected = await answersOf(plain, kind);
    for (const pool of pools) assert.deepEqual(await answersOf(pool, kind), expected, kind);
  }
  for (const pool of pools) assert.equal(pool.fingerprint().version, plain.fingerprint().version);
  await Promise.all(engines.map((engine) => engine.close()));
});
