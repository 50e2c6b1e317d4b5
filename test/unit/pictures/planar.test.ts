// Pictures of densities in two dimensions: what is where, which way arrows point, and that lengths that do not fit are refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Picture } from '../../../cli/pictures/picture.ts';
import { besideEachOther, FIELD_NATS, fieldPicture, planarPicture } from '../../../cli/pictures/planar.ts';

const WHITE = '255,255,255';
const at = ({ pixels, width }: Picture, column: number, row: number): string => [...pixels.subarray(3 * (row * width + column), 3 * (row * width + column + 1))].join();

/** Cells [x, y] of 2 x 2, x the slower index. */
const density = { logDensity: [0, -5, -FIELD_NATS, -1000], side: 2 };

test('the largest density is brightest, below and left in the picture as on paper, and the field shows nats that the root does not', () => {
  const root = planarPicture({ low: 0, high: 2, density, points: new Float32Array(0) });
  const field = fieldPicture({ density, scores: new Float32Array(2), arrows: 1 });
  for (const picture of [root, field]) {
    assert.equal(at(picture, 10, 390), '246,231,92');
    assert.equal(at(picture, 390, 10), '16,18,38');
  }
  assert.equal(at(field, 390, 390), '16,18,38');
  assert.notEqual(at(field, 10, 10), '16,18,38');
});

test('points lie where their coordinates say, and those outside are left out', () => {
  const picture = planarPicture({ low: 0, high: 2, density: null, points: Float32Array.of(0.5, 1.5, 9, 9, NaN, 1) });
  const drawn = Array.from({ length: 400 * 400 }, (_, i) => [i % 400, Math.floor(i / 400)] as const).filter(([x, y]) => at(picture, x, y) === '255,166,64');
  assert.deepEqual(drawn, [[100, 99], [101, 99], [100, 100], [101, 100]]);
});

test('an arrow points the way of its score, has its head at that end, and none is drawn of no direction', () => {
  const even = { logDensity: [0], side: 1 };
  const whites = (scores: readonly number[]): (readonly [number, number])[] => {
    const picture = fieldPicture({ density: even, scores: Float32Array.from(scores), arrows: 1 });
    return Array.from({ length: 400 * 400 }, (_, i) => [i % 400, Math.floor(i / 400)] as const).filter(([x, y]) => at(picture, x, y) === WHITE);
  };
  const right = whites([3, 0]);
  // Half of the longest, 0.95 cells, around the middle.
  assert.deepEqual([Math.min(...right.map(([x]) => x)), Math.max(...right.map(([x]) => x))], [105, 295]);
  assert.ok(right.filter(([, y]) => y !== 200).every(([x]) => x > 200), 'the head is on the right');
  const up = whites([0, 0.1]);
  assert.ok(up.filter(([x]) => x !== 200).every(([, y]) => y < 200), 'the head is above');
  for (const none of [[0, 0], [NaN, 1], [Infinity, 0]]) assert.deepEqual(whites(none), []);
});

test('two pictures stand beside each other', () => {
  const [left, right] = [planarPicture({ low: 0, high: 2, density, points: new Float32Array(0) }), fieldPicture({ density, scores: new Float32Array(2), arrows: 1 })];
  const both = besideEachOther(left, right);
  assert.deepEqual([both.width, both.height], [808, 400]);
  for (const [x, y] of [[10, 10], [399, 399], [200, 100]] as const) {
    assert.equal(at(both, x, y), at(left, x, y));
    assert.equal(at(both, 408 + x, y), at(right, x, y));
  }
  assert.equal(at(both, 404, 200), WHITE);
});

test('lengths that do not fit are refused', () => {
  assert.throws(() => fieldPicture({ density, scores: new Float32Array(3), arrows: 1 }), /3 numbers of a field of 1 x 1 arrows/);
  assert.throws(() => planarPicture({ low: 0, high: 1, density: { logDensity: [1], side: 2 }, points: new Float32Array(0) }), /1 values of a density on 2 x 2 cells/);
});
