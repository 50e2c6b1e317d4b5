import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { baseBiases, baseLogPartition } from '../../../ebm/partition/base.ts';
import { exactLogPartition } from '../../../ebm/partition/enumeration.ts';

describe('the base model', () => {
  test('biases are logits of the means on the grid; constant pixels are clamped at 0.001 and 0.999', () => {
    assert.deepEqual([...baseBiases([0, 0.5, 1, 0.25], 10)], [-7073, 0, 7073, -1125]);
  });

  test('log Z_0 is that of a model without weights', () => {
    const visibleBias = baseBiases([0.1, 0.9, 0.3, 0, 1, 0.5], 10);
    const exact = exactLogPartition({ visible: 6, hidden: 4, grid: 10, parameters: { branch: 0, version: 0, weights: new Int16Array(24), visibleBias, hiddenBias: new Int32Array(4) } });
    assert.ok(Math.abs(baseLogPartition(visibleBias, 4, 10) - exact) < 1e-13);
  });
});
