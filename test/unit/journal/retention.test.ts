// Which checkpoints stay.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareInstances, retention, type Known } from '../../../platform/journal/retention.ts';

const good = (update: number, more: { readonly rollbacks?: number; readonly reason?: 'scheduled' | 'signal'; readonly figure?: number | null } = {}): Known =>
  ({ kind: 'good', update, rollbacks: 0, reason: 'scheduled', figure: null, ...more });
const damaged = (update: number): Known => ({ kind: 'damaged', update });

const keptOf = (checkpoints: readonly Known[], keep: number): readonly (readonly [number, ...string[]])[] =>
  retention(checkpoints, keep).kept.map(({ checkpoint, grounds }): readonly [number, ...string[]] => [checkpoint.update, ...grounds]);

describe('retention', () => {
  test('R1: the newest stay, in the order of the history and not of the updates', () => {
    assert.deepEqual(keptOf([good(100), good(300, { reason: 'signal' }), good(150, { rollbacks: 1, reason: 'signal' })], 1), [[100, 'rollback-target'], [150, 'newest']]);
  });

  test('R2: the best stays beside them; of two as good the newer', () => {
    assert.deepEqual(keptOf([good(1, { figure: -80 }), good(2, { figure: -80 }), good(3, { figure: -90 }), good(4)], 1), [[2, 'best'], [4, 'newest', 'rollback-target']]);
  });

  test('R3: the newest scheduled one stays beside them, however old', () => {
    const signals = [500, 510, 520, 530].map((update) => good(update, { reason: 'signal' }));
    assert.deepEqual(keptOf([good(300), good(400), ...signals], 2), [[400, 'rollback-target'], [520, 'newest'], [530, 'newest']]);
  });

  test('R4: a damaged one counts for nothing; it stays until it is older than what is kept', () => {
    assert.deepEqual(keptOf([damaged(100), good(200), damaged(250), good(300)], 2), [[200, 'newest'], [250, 'damaged-and-recent'], [300, 'newest', 'rollback-target']]);
    assert.deepEqual(keptOf([damaged(100), damaged(200)], 2), [[100, 'damaged-and-recent'], [200, 'damaged-and-recent']]);
  });

  test('keep: 0 keeps one', () => {
    assert.deepEqual(keptOf([good(100), good(200)], 0), [[200, 'newest', 'rollback-target']]);
  });

  test('what goes is told why', () => {
    assert.deepEqual(retention([good(100), good(200), damaged(50)], 1).removed.map(({ checkpoint, why }) => [checkpoint.update, why]), [
      [100, 'older than the 1 newest, not the best, not what a rollback needs'], [50, 'damaged, and older than the newest good ones'],
    ]);
  });

  test('for any history: the newest, the best and the target are never removed, and all are judged', () => {
    const checkpoint = fc.record({
      kind: fc.constantFrom('good' as const, 'good' as const, 'damaged' as const), update: fc.nat(50), rollbacks: fc.nat(3),
      reason: fc.constantFrom('scheduled' as const, 'signal' as const), figure: fc.option(fc.integer({ min: -100, max: 0 })),
    });
    fc.assert(fc.property(fc.uniqueArray(checkpoint, { selector: ({ update }) => update, maxLength: 12 }), fc.integer({ min: 1, max: 4 }), (checkpoints, keep) => {
      const { kept, removed } = retention<Known>(checkpoints, keep);
      assert.equal(kept.length + removed.length, checkpoints.length);
      const gone = new Set(removed.map(({ checkpoint: { update } }) => update));
      const sound = checkpoints.filter(({ kind }) => kind === 'good').sort((a, b) => compareInstances(b, a));
      for (const { update } of sound.slice(0, keep)) assert.ok(!gone.has(update));
      const target = sound.find(({ reason }) => reason === 'scheduled');
      assert.ok(target === undefined || !gone.has(target.update));
      const figures = sound.flatMap(({ figure }) => figure ?? []);
      assert.ok(figures.length === 0 || sound.some(({ update, figure }) => figure === Math.max(...figures) && !gone.has(update)));
      assert.ok(kept.filter(({ checkpoint: { kind } }) => kind === 'good').length <= keep + 2);
    }), { seed: 7, numRuns: 500 });
  });
});
