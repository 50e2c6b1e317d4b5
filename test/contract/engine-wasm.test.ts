// The contract of engines, for the wasm engine with one, two and three threads, with and without the caller's own among them; and what only an engine with memory of its own can get wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWasmEngine } from '../../engine/wasm/engine.ts';
import { smallProblem, startRun } from '../support/engine-run.ts';
import { engineContract } from './engine-contract.ts';

for (const threads of [1, 2, 3]) engineContract(`wasm, threads: ${threads}`, () => openWasmEngine({ threads }));
for (const threads of [1, 2, 3]) engineContract(`wasm, threads: ${threads}, of which one is the caller's`, () => openWasmEngine({ threads, next: 'joined' }));

test('parameters whose memory a later version has taken are refused, never computed with', async () => {
  const engine = await openWasmEngine({ threads: 1 });
  const { session, state, parameters, chains } = await startRun(engine, smallProblem());
  const unit = { branch: 0, update: 0, version: 0, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } };
  session.release(await session.evaluate(unit, parameters, chains));
  for (let version = 1; version <= session.publishedMax; version += 1) assert.equal((await session.publish(state.masters, 0, version)).kind, 'applied');
  await assert.rejects(session.evaluate(unit, parameters, chains), /parameters version 0 of branch 0 are not in this session's memory/);
  await session.close();
  await engine.close();
});
