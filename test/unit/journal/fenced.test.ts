// A journal behind a fence: a write that finds that somebody took over since the question asks again, so that whoever leads hears of it first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fencedJournal } from '../../../platform/journal/fenced.ts';
import type { Journal } from '../../../platform/journal/journal.ts';
import { StorageError, type StorageCode } from '../../../platform/store/errors.ts';

/** What a write rejects with that fails with this code, where another one leads from the second question on; and how often was asked. */
async function written(code: StorageCode): Promise<readonly [string, number]> {
  let asked = 0;
  const failing = { appendMetrics: () => Promise.reject(new StorageError({ code, path: 'runs/a', what: code, remedy: 'None.' })) } as unknown as Journal;
  const journal = fencedJournal(failing, () => ((asked += 1) === 1 ? Promise.resolve() : Promise.reject(new Error('another one leads'))));
  const error: unknown = await journal.appendMetrics({ kind: 'x' }).then(() => null, (reason: unknown) => reason);
  return [error instanceof Error ? error.message : '', asked];
}

test('a write that was too late is the end of the leader, any other failure that of the write', async () => {
  assert.deepEqual(await written('deposed'), ['another one leads', 2]);
  assert.deepEqual(await written('disk-full'), ['runs/a: disk-full. None.', 1]);
});
