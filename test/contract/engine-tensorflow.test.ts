// The contract of engines, and the golden unit, for the tensorflow engine; and what only an engine with a library and a thread of its own can get wrong.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GOLDEN_DIGEST, goldenDigest } from '../../cli/cluster/golden.ts';
import { openTensorflow as openForProgram } from '../../cli/compose/tensorflow.ts';
import { linearBetas } from '../../ebm/partition/temperatures.ts';
import { startChains } from '../../ebm/rbm/initial.ts';
import { openReferenceEngine } from '../../engine/reference/engine.ts';
import type { TensorflowEngine } from '../../engine/tfjs/tensorflow-engine.ts';
import { bitRows, smallProblem, startRun, trainRun } from '../support/engine-run.ts';
import { openTensorflow } from '../support/tensorflow.ts';
import { engineContract } from './engine-contract.ts';

engineContract('tensorflow', () => openTensorflow());

describe('tensorflow', () => {
  let engine: TensorflowEngine;
  before(async () => { engine = await openTensorflow(); });
  after(async () => { await engine.close(); });

  test('the golden unit', async () => {
    assert.equal(await goldenDigest(engine), GOLDEN_DIGEST);
  });

  test('T1: a thousand units, samples and rows leave no tensor behind, and a closed session none at all', async () => {
    const before = await engine.tensors();
    for (const objective of ['pcd', 'cd'] as const) {
      const problem = smallProblem({ objective, steps: 2, batch: 10, chains: 10 });
      const { session, state, parameters: first, chains } = await startRun(engine, problem);
      let parameters = first;
      let settled = 0;
      for (let update = 0; update < 500; update += 1) {
        const unit = { branch: 0, update, version: update, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } };
        const { sums } = await session.evaluate(unit, parameters, chains);
        await session.evaluateFactors(unit, parameters, chains);
        await session.hiddenThresholds(parameters, bitRows(3, 13, 1).bits);
        const outcome = await session.apply(state, sums, { update, branch: 0, learningRate: 0 });
        assert.ok(outcome.kind === 'applied');
        parameters = outcome.published;
        if (update === 9) settled = await engine.tensors(); // as many versions on the device as there will ever be
        if (update > 9 && update % 70 === 0) assert.equal(await engine.tensors(), settled);
      }
      assert.equal(await engine.tensors(), settled);
      await session.close();
    }
    const left = await engine.tensors() - before;
    assert.ok(left <= 40, `${left} tensors are left: shapes and axes, which the device keeps`);
    const { session } = await startRun(engine, smallProblem());
    await session.close();
    assert.equal(await engine.tensors() - before, left);
  });

  test('sessions that are loaded at the same time are told apart', async () => {
    const problems = [1, 2, 3, 4, 5, 6].map((seed) => smallProblem({ seed }));
    const runs = await Promise.all(problems.map((problem) => trainRun(engine, problem, 3)));
    for (const [index, problem] of problems.entries()) assert.deepEqual(runs[index], await trainRun(openReferenceEngine(), problem, 3));
  });

  test('a unit that fails gives back its tensors and its memory, and the next one computes', async () => {
    const { session, parameters, chains } = await startRun(engine, smallProblem());
    const unit = { branch: 0, update: 0, version: 0, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } };
    session.release(await session.evaluate(unit, parameters, chains));
    const tensors = await engine.tensors();
    // Chain ids beyond the address space of Philox are refused in the middle of a pass.
    const sample = { parameters, purpose: 6, branch: 0, word3: 0, states: startChains(5, { from: 0, to: 1 }, 11), steps: 1, firstHalfStep: 0, clamp: null };
    await assert.rejects(session.sample({ ...sample, chains: { from: 2 ** 53 - 2, to: 2 ** 53 - 1 } }), /address space/);
    assert.equal(await engine.tensors(), tensors);
    session.release(await session.evaluate(unit, parameters, chains));
    await session.close();
    await assert.rejects(session.evaluate(unit, parameters, chains), /session of the tensorflow engine is closed/);
  });

  test('annealed runs that are not wanted any longer are given up, and the next ones are computed', async () => {
    const { session, parameters } = await startRun(engine, smallProblem());
    const runs = { parameters, kind: 'ais' as const, runs: { from: 0, to: 10 }, baseBias: new Int32Array(13), starts: null };
    const given = session.logPartition({ ...runs, betas: linearBetas(3_000_000) }); // some minutes
    session.giveUp?.();
    await assert.rejects(given, /^Error: the annealed runs were given up$/);
    assert.ok((await session.logPartition({ ...runs, betas: linearBetas(10) })).every(Number.isFinite));
    await session.close();
  });

  test('a version that lies where an older one lay is not mistaken for it, under the same name too', async () => {
    const problem = smallProblem();
    const { session, state } = await startRun(engine, problem);
    const oracle = await openReferenceEngine().load(problem);
    const rows = bitRows(4, 13, 2).bits;
    for (let turn = 1; turn <= 9; turn += 1) {
      state.masters.weights.fill(turn / 8);
      const outcome = await session.publish(state.masters, 0, 7);
      assert.ok(outcome.kind === 'applied');
      assert.deepEqual(await session.hiddenThresholds(outcome.published, rows), await oracle.hiddenThresholds(outcome.published, rows), `turn ${turn}`);
    }
    await session.close();
  });

  test('parameters whose memory a later version has taken are refused', async () => {
    const { session, state, parameters, chains } = await startRun(engine, smallProblem());
    for (let version = 1; version <= session.publishedMax; version += 1) await session.publish(state.masters, 0, version);
    const unit = { branch: 0, update: 0, version: 0, data: { from: 0, to: 10 }, chains: { from: 0, to: 10 } };
    await assert.rejects(session.evaluate(unit, parameters, chains), /are not in this session's memory/);
    await session.close();
  });

  test('more rows than a pass, batches above int32 and chains in float64: the bits of the reference', async () => {
    for (const changes of [{ batch: 700, chains: 300, steps: 2 }, { batch: 513, chains: 513 }, { objective: 'cd', batch: 600, chains: 600 }, { visible: 3, hidden: 2, batch: 33_000, chains: 33_000 }] as const) {
      const problem = smallProblem({ ...changes, data: bitRows(64, 'visible' in changes ? changes.visible : 13, 3) });
      assert.deepEqual(await trainRun(engine, problem, 2), await trainRun(openReferenceEngine(), problem, 2));
    }
  });

  test('the fingerprint names the library, the processor and one thread', () => {
    const { name, version, deviceClass, threads } = engine.fingerprint();
    assert.equal(name, 'tensorflow');
    assert.match(version, /^tensorflow\/1 libtensorflow \d+\.\d+\.\d+/);
    if (!engine.isUsingGpu) assert.match(deviceClass, /^tensorflow\/\d+\.\d+\.\d+ cpu \S+ intra1$/);
    assert.equal(threads, 1);
  });

  test('where a GPU is asked for and there is none, the engine does not open', async () => {
    if (engine.isUsingGpu) {
      await (await openForProgram({ threads: 1, next: 'later', processor: 'refused' })).close();
      return;
    }
    await assert.rejects(openForProgram({ threads: 1, next: 'later', processor: 'refused' }), { name: 'EngineError', code: 'no-gpu' });
    await (await openForProgram({ threads: 1, next: 'later', processor: 'allowed' })).close();
  });
});
