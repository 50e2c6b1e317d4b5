// What the contract does not cover: a lease in memory that ends by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaseBoard, memoryLease } from '../../../platform/lease/memory.ts';

test('a lease with an end goes to another when it is not renewed in time', async () => {
  const board = leaseBoard();
  let now = 0;
  const [first, second] = ['first', 'second'].map((name) => memoryLease({ board, name, ttlMs: 100, nowMs: () => now }));
  assert.deepEqual(await first!.take(), { kind: 'taken', validForMs: 100 });
  now = 90;
  assert.equal((await first!.renew()).kind, 'renewed');
  now = 189;
  assert.equal((await second!.take()).kind, 'held');
  now = 190;
  assert.equal((await second!.take()).kind, 'taken');
  const lost = await first!.renew();
  assert.equal(lost.kind === 'lost' ? lost.by?.name : null, 'second');
  await first!.giveUp();
  assert.equal((await second!.renew()).kind, 'renewed');
});
