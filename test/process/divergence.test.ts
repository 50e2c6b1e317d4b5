// A learning rate that is too high, as a process: it is noticed, rolled back and recorded; some runs are rescued, others fail with what
// happened and what to do; and either kind can be killed, resumed and verified.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { bits, folder, jsonLines, last, ofKind, set } from './support.ts';

describe('a run that diverges', { concurrency: 2 }, () => {
  const here = folder();
  after(() => { here.remove(); });

  test('at a rate of 1e4 is rolled back as often as allowed and then fails, with what happened and advice', async () => {
    const failed = await here.run(['train', 'job.yaml', '--out', 'hopeless', ...set('train.optimiser.learningRate=1e4')]);
    assert.equal(failed.status, 1);
    const rollbacks = ofKind(failed, 'rollback');
    assert.deepEqual(rollbacks.map(({ to, branch, learningRate }) => [to, branch, learningRate]), [[0, 1, 5000], [0, 2, 2500], [0, 3, 1250]]);
    for (const rollback of rollbacks) assert.deepEqual(Object.keys(rollback).slice(0, 5), ['kind', 'from', 'to', 'branch', 'learningRate']);
    const line = last(failed, 'failed');
    assert.deepEqual(Object.keys(line), ['kind', 'code', 'message', 'update']);
    assert.equal(line['code'], 'diverged');
    assert.match(String(line['message']), /at a learning rate of 1250\. 3 rollbacks, each to half the rate, did not help\. Start a new run with a train\.optimiser\.learningRate well below 1250/);
    assert.deepEqual(jsonLines(here.file('hopeless', 'metrics.jsonl')).filter(({ kind }) => kind === 'rollback').map(({ branch }) => branch), [1, 2, 3]);
    assert.match(readFileSync(here.file('hopeless', 'report.html'), 'utf8'), /diverged/);
    assert.match((await here.text(['inspect', 'hopeless'])).stdout, /^state +failed at update \d+: .* Start a new run with a train\.optimiser\.learningRate well below 1250/m);
    const { status, stderr } = await here.text(['evaluate', 'hopeless']);
    assert.equal(status, 2);
    assert.match(stderr.replaceAll('\n', ' '), /the run has no checkpoint: it failed at update \d+: .* Start a new run with .*\. Resumed as it is, it would diverge again\./);
    const again = await here.run(['resume', 'hopeless']);
    assert.deepEqual([again.status, last(again, 'failed')], [1, line]);
  });

  test('and is rescued by a lower one ends with it, on another branch; its ledger has every branch, and verifies', async () => {
    const job = ['train', 'job.yaml', ...set('train.optimiser.learningRate=100', 'train.optimiser.schedule=constant', 'train.rollbacks=8', 'train.updates=100', 'evaluate=off', 'ledger.every=1')];
    const rescued = await here.run([...job, '--out', 'rescued']);
    const rollbacks = ofKind(rescued, 'rollback');
    assert.ok(rollbacks.some(({ to }) => Number(to) > 0), 'one falls back to a checkpoint and not to the seed');
    for (const { from, to } of rollbacks) assert.equal(to, Number(from) - (Number(from) % 20));
    assert.deepEqual([last(rescued, 'finished')['rollbacks'], last(rescued, 'finished')['branch']], [rollbacks.length, rollbacks.length]);
    const branches = new Set(jsonLines(here.file('rescued', 'ledger.jsonl')).map(({ branch, rollbacks: count }) => `${String(branch)}/${String(count)}`));
    assert.deepEqual([...branches], Array.from({ length: rollbacks.length + 1 }, (_, branch) => `${branch}/${branch}`));
    const verified = await here.run(['verify', 'rescued']);
    assert.deepEqual([verified.status, last(verified, 'verified')['equal'], last(verified, 'verified')['compared']], [0, true, jsonLines(here.file('rescued', 'ledger.jsonl')).length]);
    // Killed between a rollback and the next checkpoint: the resumed run meets the same divergence again.
    for (const count of [1, rollbacks.length]) {
      await here.run([...job, '--out', `killed-${count}`], { kind: 'rollback', count, signal: 'SIGKILL' });
      assert.deepEqual(bits(await here.run(['resume', `killed-${count}`])), bits(rescued));
    }
  });
});
