// A continuous model at a learning rate that is too high, as a process: noticed, rolled back with half the rate, recorded, and in
// the end a failure with advice, or a rescue whose ledger has every branch and verifies.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { bits, folder, jsonLines, last, ofKind, set } from './support.ts';

const JOB = `name: tiny
seed: 3
data: { source: eight-gaussians }
model: { kind: energy, energy: { kind: quadratic } }
train:
  objective: pcd
  chains: 40
  batch: 20
  microbatch: 5
  steps: 2
  sampler: { kind: ula, stepSize: 0.05 }
  start: { kind: uniform, low: -4, high: 4 }
  updates: 40
  optimiser: { learningRate: 1.0e+4, schedule: constant }
evaluate: off
checkpoint: { every: 5 }
ledger: { every: 1 }
resources: { engine: reference }
`;

describe('a continuous run that diverges', { concurrency: 1 }, () => {
  const here = folder();
  before(() => { writeFileSync(here.file('energy.yaml'), JOB); });
  after(() => { here.remove(); });

  test('at a rate of 1e4 is rolled back three times, each at half the rate, and then fails with what happened and what to do', async () => {
    const failed = await here.run(['train', 'energy.yaml', '--out', 'hopeless']);
    assert.equal(failed.status, 1);
    const rollbacks = ofKind(failed, 'rollback');
    assert.deepEqual(rollbacks.map(({ to, branch, learningRate }) => [to, branch, learningRate]), [[0, 1, 5000], [0, 2, 2500], [0, 3, 1250]]);
    const line = last(failed, 'failed');
    assert.equal(line['code'], 'diverged');
    assert.match(String(line['message']), /at a learning rate of 1250\. 3 rollbacks, each to half the rate, did not help\. Start a new run with a train\.optimiser\.learningRate well below 1250/);
    assert.deepEqual(jsonLines(here.file('hopeless', 'metrics.jsonl')).filter(({ kind }) => kind === 'rollback').map(({ branch, learningRate }) => [branch, learningRate]), [[1, 5000], [2, 2500], [3, 1250]]);
    assert.match(readFileSync(here.file('hopeless', 'report.html'), 'utf8'), /diverged/);
    const again = await here.run(['resume', 'hopeless']);
    assert.deepEqual([again.status, last(again, 'failed')], [1, line]);
  });

  test('and may fall back to its seed often enough ends at a lower rate on another branch, verifies, and resumes to the same bits after a kill', async () => {
    const job = ['train', 'energy.yaml', ...set('train.optimiser.learningRate=100', 'train.rollbacks=32', 'checkpoint.every=100')];
    const rescued = await here.run([...job, '--out', 'rescued']);
    const rollbacks = ofKind(rescued, 'rollback');
    for (const { to } of rollbacks) assert.equal(to, 0); // a checkpoint of a run that is on its way to diverge would not rescue it
    const { rollbacks: count, branch } = last(rescued, 'finished');
    assert.ok(rollbacks.length > 2);
    assert.deepEqual([count, branch, rollbacks.at(-1)?.['learningRate']], [rollbacks.length, rollbacks.length, 100 / 2 ** rollbacks.length]);
    const verified = await here.run(['verify', 'rescued']);
    assert.deepEqual([verified.status, last(verified, 'verified')['equal']], [0, true]);
    await here.run([...job, '--out', 'killed'], { kind: 'rollback', count: rollbacks.length, signal: 'SIGKILL' });
    assert.deepEqual(bits(await here.run(['resume', 'killed'])), bits(rescued));
  });
});
