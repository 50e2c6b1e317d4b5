import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unknownDataset } from '../../../cli/cluster/sources.ts';
import { failureOf, UsageError } from '../../../cli/terminal/failure.ts';
import { failureBlock } from '../../../cli/terminal/output.ts';
import { styleOf } from '../../../cli/terminal/style.ts';
import { parseJob } from '../../../platform/config/read.ts';
import { DataError } from '../../../platform/data/errors.ts';
import { DatasetError } from '../../../platform/datasets/errors.ts';
import { StorageError } from '../../../platform/store/errors.ts';
import { TransportError } from '../../../platform/transport/transport.ts';
import { keptSink } from './support.ts';

const storage = (code: 'disk-full' | 'in-use' | 'not-a-run' | 'damaged'): StorageError => new StorageError({ code, path: 'runs/a', what: 'wrong', remedy: 'Mend it.' });

test('the user\'s mistakes exit with 2, failed work with 1, what cannot be reached with 3', () => {
  const config = (): unknown => { try { return parseJob('name: x'); } catch (error) { return error; } };
  const cases: readonly (readonly [unknown, number, string])[] = [
    [config(), 2, 'job-invalid'],
    [new DataError({ code: 'truncated', file: 'a.idx', problem: 'ends early' }), 2, 'truncated'],
    [unknownDataset(`sha256:${'0'.repeat(64)}`), 2, 'unknown-dataset'],
    [new DatasetError('no-space', 'too large'), 1, 'no-space'],
    [storage('in-use'), 2, 'in-use'],
    [storage('not-a-run'), 2, 'not-a-run'],
    [storage('disk-full'), 1, 'disk-full'],
    [storage('damaged'), 1, 'damaged'],
    [new TransportError('no-responder', 'nobody there'), 3, 'no-responder'],
    [new TransportError('forbidden', 'you may not'), 2, 'forbidden'],
    [new UsageError('empty-range', 'no'), 2, 'empty-range'],
    [Object.assign(new Error('other'), { code: 'diverged' }), 1, 'diverged'],
    [Object.assign(new Error('other'), { code: 'odd', exitCode: 3 }), 3, 'odd'],
    [Object.assign(new Error('no space'), { code: 'ENOSPC' }), 1, 'system-enospc'],
  ];
  for (const [error, exitCode, code] of cases) {
    const failure = failureOf(error);
    assert.deepEqual([failure.exitCode, failure.code, failure.stack], [exitCode, code, null]);
  }
});

test('whatever else is thrown is a bug: it keeps its stack and asks to be reported', () => {
  const failure = failureOf(new TypeError('x is undefined'));
  assert.deepEqual([failure.code, failure.exitCode, failure.message], ['internal-error', 1, 'this is a bug in ebm: x is undefined']);
  assert.match(failure.stack ?? '', /failure\.test/);
  assert.match(failure.advice ?? '', /report/);
  assert.equal(failureOf('a string').code, 'internal-error');
});

test('machines get every problem of a job beside the message', () => {
  try {
    parseJob('name: x');
  } catch (error) {
    assert.equal((failureOf(error).details['problems'] as unknown[]).length, 2);
  }
});

test('a failure is one block: error, lines broken to the width, advice, and a stack only for bugs', () => {
  const style = styleOf(keptSink(), {});
  const failure = { code: 'x', message: 'a has 2 problems:\n  first of them is long enough to be broken\n  second', exitCode: 2, advice: 'See help.', details: {}, stack: null } as const;
  assert.equal(failureBlock(failure, style, 30), 'error: a has 2 problems:\n  first of them is long enough\n  to be broken\n  second\nSee help.\n');
});
