// What the engine says when its memory cannot grow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from '../../../cli/terminal/failure.ts';
import { Allocator } from '../../../engine/wasm/allocator.ts';

test('more than WebAssembly can address is a mistake with a remedy and no bug, and what is there stays', () => {
  const allocator = new Allocator(65_536);
  const before = allocator.bytes;
  assert.throws(() => { allocator.allocate(5e9); }, (error) => {
    const { code, exitCode, advice } = failureOf(error);
    assert.deepEqual([code, exitCode, advice], ['engine-memory', 1, 'Choose fewer model.hidden, train.chains or train.batch.']);
    return true;
  });
  assert.equal(allocator.bytes, before);
  allocator.free(allocator.allocate(64));
});
