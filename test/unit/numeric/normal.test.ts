import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { normalDistribution, normalQuantile } from '../../../ebm/numeric/normal.ts';

describe('the standard normal distribution', () => {
  test('known values (Abramowitz and Stegun, table 26.1 and 26.2)', () => {
    const table: readonly (readonly [number, number, number])[] = [
      [0, 0.5, 1e-16], [1, 0.841344746068543, 1e-15], [-1, 0.158655253931457, 1e-15], [2, 0.977249868051821, 1e-15], [3, 0.998650101968370, 1e-15],
      [-5, 2.866515718791939e-7, 1e-19], [-10, 7.619853024160527e-24, 1e-36], [1.959963984540054, 0.975, 1e-15],
    ];
    for (const [x, p, tolerance] of table) assert.ok(Math.abs(normalDistribution(x) - p) <= tolerance, `${x}: ${normalDistribution(x)}`);
  });
  test('ends and NaN', () => {
    assert.deepEqual([normalDistribution(-Infinity), normalDistribution(Infinity), normalDistribution(NaN)], [0, 1, NaN]);
    assert.deepEqual([normalQuantile(0), normalQuantile(1), normalQuantile(-0.1), normalQuantile(NaN)], [-Infinity, Infinity, NaN, NaN]);
    assert.equal(Math.abs(normalQuantile(0.5)) < 1e-15, true);
  });
  test('series and continued fraction meet', () => {
    assert.ok(Math.abs(normalDistribution(-2.4999999999) - normalDistribution(-2.5000000001) - 2e-10 * 0.0175283) < 1e-14);
  });
  test('the quantile inverts the distribution', () => {
    fc.assert(fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => {
      assert.ok(Math.abs(normalDistribution(normalQuantile(p)) - p) < 1e-13 * Math.max(p, 1e-3));
      assert.ok(Math.abs(normalQuantile(p) + normalQuantile(1 - p)) < 1e-6);
    }), { seed: 51 });
  });
  test('the distribution never falls', () => {
    let before = 0;
    for (let x = -9; x <= 9; x += 1 / 1024) {
      const p = normalDistribution(x);
      assert.ok(p >= before - 2e-16, String(x));
      before = p;
    }
  });
});
