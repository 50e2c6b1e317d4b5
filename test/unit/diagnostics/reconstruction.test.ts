import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flipRate, reconstructionError } from '../../../ebm/diagnostics/reconstruction.ts';
import { sigmoid } from '../../../ebm/numeric/elementary.ts';
import type { Model } from '../../../ebm/rbm/preactivation.ts';
import { rowOfIndex, tinyModel } from '../../support/tiny-rbm.ts';

describe('reconstruction error', () => {
  test('a model without weights reconstructs its bias: half a bit is wrong', () => {
    const model = tinyModel({ visible: 12, hidden: 3, grid: 10, seed: 1, spread: 0 });
    assert.deepEqual(reconstructionError(model, Uint8Array.of(255, 15, 1, 0)), { meanSquare: 0.25, meanAbsolute: 0.5 });
  });

  test('hidden units that copy visible ones reconstruct them', () => {
    const weights = new Int16Array(16);
    for (let i = 0; i < 4; i += 1) weights[i * 5] = 16_000;
    const model: Model = { visible: 4, hidden: 4, grid: 10, parameters: { branch: 0, version: 0, weights, visibleBias: new Int32Array(4).fill(-8_000), hiddenBias: new Int32Array(4).fill(-8_000) } };
    assert.ok(reconstructionError(model, Uint8Array.of(5, 10, 15, 0)).meanSquare < 1e-6);
  });

  test('is the mean over rows and units of the distance to the means of the means', () => {
    const model = tinyModel({ visible: 5, hidden: 3, grid: 10, seed: 2, spread: 1 });
    const { weights, visibleBias, hiddenBias } = model.parameters;
    let squares = 0;
    let absolutes = 0;
    for (const v of [6, 29]) {
      const h = Array.from(hiddenBias, (c, j) => sigmoid([0, 1, 2, 3, 4].reduce((x, i) => x + ((v >> i) & 1) * weights[i * 3 + j]!, c) / 1024));
      for (let i = 0; i < 5; i += 1) {
        const error = Math.abs(((v >> i) & 1) - sigmoid(h.reduce((x, p, j) => x + p * weights[i * 3 + j]!, visibleBias[i]!) / 1024));
        squares += error * error / 10;
        absolutes += error / 10;
      }
    }
    const actual = reconstructionError(model, Uint8Array.of(6, 29));
    assert.ok(Math.abs(actual.meanSquare - squares) < 1e-14 && Math.abs(actual.meanAbsolute - absolutes) < 1e-14);
    assert.throws(() => reconstructionError(model, new Uint8Array(0)), { message: '0 bytes are not whole rows of 5 units' });
  });
});

describe('flip rate', () => {
  test('counts the units that changed, not spare bits or bytes', () => {
    assert.equal(flipRate(Uint8Array.of(0, 0, 255, 1), Uint8Array.of(255, 1, 255, 1), 9), 0.5);
    assert.equal(flipRate(rowOfIndex(5, 3), rowOfIndex(5, 3), 3), 0);
    assert.equal(flipRate(rowOfIndex(0, 3), rowOfIndex(4, 3), 3), 1 / 3);
  });
  test('states of other chains are refused', () => {
    assert.throws(() => flipRate(new Uint8Array(2), new Uint8Array(3), 8), { message: 'states of 2 and 3 bytes are not of the same chains' });
    assert.throws(() => flipRate(new Uint8Array(3), new Uint8Array(3), 9), /not whole rows of 9 units/);
  });
});
