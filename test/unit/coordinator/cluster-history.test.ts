// What a cluster remembers: a fold over its log of decisions.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fold, NO_HISTORY, retained, type Decision } from '../../../coordinator/machine/cluster/history.ts';

describe('the history of a cluster', () => {
  const submitted = (number: number): Decision => ({ kind: 'submitted', id: `j-${number}`, number, name: 'j', priority: 0, spec: {}, key: `k${number}` });

  test('a record of a lower epoch, a number twice and a second end change nothing', () => {
    const fenced = fold(fold(NO_HISTORY, { epoch: 3, decision: { kind: 'fence', leader: 'x' } }), { epoch: 3, decision: submitted(1) });
    assert.equal(fold(fenced, { epoch: 2, decision: submitted(2) }), fenced);
    assert.equal(fold(fenced, { epoch: 3, decision: submitted(1) }), fenced);
    const ended = fold(fenced, { epoch: 3, decision: { kind: 'ended', id: 'j-1', end: { kind: 'finished' } } });
    assert.deepEqual(fold(ended, { epoch: 3, decision: { kind: 'ended', id: 'j-1', end: { kind: 'failed' } } }), ended);
  });

  test('it remembers when a job was submitted and ended, and reads a snapshot of before it did', () => {
    const at = (second: number): string => `2026-01-01T00:00:0${second}.000Z`;
    const decisions: readonly Decision[] = [{ ...submitted(1), at: at(1) }, { kind: 'saved', id: 'j-1', update: 7, updates: 9, at: at(2) }, { kind: 'ended', id: 'j-1', end: { kind: 'failed' }, at: at(3) }];
    const history = decisions.reduce((before, decision) => fold(before, { epoch: 1, decision }), NO_HISTORY);
    const known = { submittedAt: at(1), endedAt: at(3), update: 7, updates: 9 };
    const [job] = history.jobs;
    assert.deepEqual({ ...job, ...known }, job);
    const older = Object.fromEntries(Object.entries(job!).filter(([name]) => !(name in known))) as typeof job & object;
    const read = fold(NO_HISTORY, { epoch: 2, decision: { kind: 'snapshot', history: { ...history, jobs: [older] } } });
    assert.deepEqual(read.jobs, [{ ...older, submittedAt: null, endedAt: null, update: 0, updates: null }]);
  });

  test('the oldest ended jobs are dropped beyond the limit, and none that has not ended', () => {
    let history = NO_HISTORY;
    for (let number = 1; number <= 6; number += 1) history = fold(history, { epoch: 1, decision: submitted(number) });
    for (const number of [1, 3, 4, 5]) history = fold(history, { epoch: 1, decision: { kind: 'ended', id: `j-${number}`, end: {} } });
    assert.deepEqual(retained(history, { endedMax: 2, quarantinesMax: 5 }).jobs.map(({ number }) => number), [2, 4, 5, 6]);
  });
});
