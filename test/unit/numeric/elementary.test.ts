import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { COS_RANGE, cos, exp, log, log1p, logSumExp, sigmoid, sin, softplus, tanh } from '../../../ebm/numeric/elementary.ts';
import { exactCos, exactExp, exactLog, exactLog1p, exactSigmoid, exactSin, exactSoftplus, exactTanh, fixed, ulpError } from '../../support/high-precision.ts';

/** Reproducible points in [from, to), by a golden-ratio sequence with irregular low bits. */
function points(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + (to - from) * ((i * 0.6180339887498949 + i * i * 1e-7) % 1));
}

/** Reproducible points spread evenly over the exponents 2^from .. 2^to, positive. */
function magnitudes(from: number, to: number, count: number): number[] {
  return points(from, to, count).map((e) => {
    const whole = Math.floor(e);
    return (1 + (e - whole)) * (whole >= -1022 ? 2 ** whole : 2 ** (whole + 60) * 2 ** -60);
  });
}

function worst(f: (x: number) => number, exact: (x: bigint) => bigint, xs: readonly number[]): { error: number; at: number } {
  let found = { error: 0, at: NaN };
  for (const x of xs) {
    const error = ulpError(f(x), exact(fixed(x)));
    if (!(error <= found.error)) found = { error, at: x };
  }
  return found;
}

/** Neighbours of x: itself and `steps` float64 numbers to each side. */
function around(x: number, steps: number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return Array.from({ length: 2 * steps + 1 }, (_, i) => {
    view.setBigInt64(0, bits + BigInt(i - steps));
    return view.getFloat64(0);
  });
}

const LN2 = 0.6931471805599453;
const breaks = [0.5, 1.5, -0.5, -1.5, 2.5, 10.5, -10.5].flatMap((k) => around(k * LN2, 4));

interface Case { readonly name: string; readonly f: (x: number) => number; readonly exact: (x: bigint) => bigint; readonly xs: readonly number[]; readonly bound: number }

const cases: readonly Case[] = [
  { name: 'exp, normal results', f: exp, exact: exactExp, xs: [...points(-708, 709.78, 1200), ...points(-1, 1, 1200), ...breaks, ...magnitudes(-60, 9, 200)], bound: 0.7 },
  { name: 'exp, subnormal results', f: exp, exact: exactExp, xs: points(-745.1, -708, 400), bound: 1 },
  { name: 'log', f: log, exact: exactLog, xs: [...magnitudes(-1074, 1024, 1000), ...points(0.5, 2, 1000), ...around(0.7071067811865476, 4), ...around(1.4142135623730951, 4)], bound: 0.55 },
  { name: 'log near 1', f: (d) => log(1 + d), exact: exactLog1p, xs: points(-0.1, 0.1, 600).map((d) => Math.fround(d) + 1 - 1), bound: 0.55 },
  { name: 'log1p', f: log1p, exact: exactLog1p, xs: [...magnitudes(-60, 80, 800), ...magnitudes(-60, -0.01, 800).map((x) => -x), ...points(-0.99, 3, 800)], bound: 0.55 },
  { name: 'tanh', f: tanh, exact: exactTanh, xs: [...points(-1, 1, 600), ...points(-23, 23, 600), ...magnitudes(-40, 5, 300)], bound: 0.8 },
  { name: 'sigmoid', f: sigmoid, exact: exactSigmoid, xs: [...points(-41, 41, 800), ...points(-1, 1, 400), ...points(-708, -40, 200)], bound: 0.65 },
  { name: 'softplus', f: softplus, exact: exactSoftplus, xs: [...points(-41, 41, 800), ...points(-2, 2, 600), ...points(-708, -40, 200)], bound: 0.65 },
  { name: 'cos over Box-Muller’s range', f: cos, exact: exactCos, xs: points(0, 6.283185307179586, 2500), bound: 0.65 },
  { name: 'sin over Box-Muller’s range', f: sin, exact: exactSin, xs: [...points(-6.283185307179586, 6.283185307179586, 2500), ...magnitudes(-30, 0, 200)], bound: 0.65 },
  { name: 'sin beyond', f: sin, exact: exactSin, xs: [...points(-1048576, 1048576, 1200), ...[2, 4, 1002, 667542].flatMap((n) => around(n * 1.5707963267948966, 3))], bound: 0.65 },
  { name: 'cos beyond', f: cos, exact: exactCos, xs: [...points(-1048576, 1048576, 1200), ...[1, 3, 5, 1001, 667543].flatMap((n) => around(n * 1.5707963267948966, 3))], bound: 0.65 },
];

describe('errors against 260-bit arithmetic', () => {
  for (const { name, f, exact, xs, bound } of cases) {
    test(`${name}: below ${bound} ulp`, () => {
      const { error, at } = worst(f, exact, xs);
      assert.ok(error < bound, `${error} ulp at ${at}`);
    });
  }
});

describe('special values', () => {
  const table: readonly (readonly [string, number, number])[] = [
    ['exp(NaN)', exp(NaN), NaN], ['exp(Infinity)', exp(Infinity), Infinity], ['exp(-Infinity)', exp(-Infinity), 0],
    ['exp(0)', exp(0), 1], ['exp(-0)', exp(-0), 1], ['exp(709.782712893384)', exp(709.782712893384), 1.7976931348622732e308],
    ['exp(709.7827128933841)', exp(709.7827128933841), Infinity], ['exp(-745.1332191019411)', exp(-745.1332191019411), 5e-324],
    ['exp(-745.1332191019413)', exp(-745.1332191019413), 0], ['exp(1e300)', exp(1e300), Infinity], ['exp(-1e300)', exp(-1e300), 0],
    ['exp(5e-324)', exp(5e-324), 1], ['exp(1)', exp(1), 2.718281828459045],
    ['log(NaN)', log(NaN), NaN], ['log(0)', log(0), -Infinity], ['log(-0)', log(-0), -Infinity], ['log(-1)', log(-1), NaN],
    ['log(1)', log(1), 0], ['log(Infinity)', log(Infinity), Infinity], ['log(-Infinity)', log(-Infinity), NaN],
    ['log(2)', log(2), LN2], ['log(5e-324)', log(5e-324), -744.4400719213812], ['log(max)', log(1.7976931348623157e308), 709.782712893384],
    ['log1p(NaN)', log1p(NaN), NaN], ['log1p(0)', log1p(0), 0], ['log1p(-0)', log1p(-0), -0], ['log1p(-1)', log1p(-1), -Infinity],
    ['log1p(-2)', log1p(-2), NaN], ['log1p(Infinity)', log1p(Infinity), Infinity], ['log1p(-Infinity)', log1p(-Infinity), NaN],
    ['log1p(5e-324)', log1p(5e-324), 5e-324], ['log1p(1)', log1p(1), LN2], ['log1p(max)', log1p(1.7976931348623157e308), 709.782712893384],
    ['tanh(NaN)', tanh(NaN), NaN], ['tanh(0)', tanh(0), 0], ['tanh(-0)', tanh(-0), -0], ['tanh(Infinity)', tanh(Infinity), 1],
    ['tanh(-Infinity)', tanh(-Infinity), -1], ['tanh(5e-324)', tanh(5e-324), 5e-324],
    ['sigmoid(NaN)', sigmoid(NaN), NaN], ['sigmoid(0)', sigmoid(0), 0.5], ['sigmoid(-0)', sigmoid(-0), 0.5], ['sigmoid(Infinity)', sigmoid(Infinity), 1],
    ['sigmoid(-Infinity)', sigmoid(-Infinity), 0], ['sigmoid(1e4)', sigmoid(1e4), 1], ['sigmoid(-1e4)', sigmoid(-1e4), 0],
    ['softplus(NaN)', softplus(NaN), NaN], ['softplus(0)', softplus(0), LN2], ['softplus(Infinity)', softplus(Infinity), Infinity],
    ['softplus(-Infinity)', softplus(-Infinity), 0], ['softplus(1e300)', softplus(1e300), 1e300], ['softplus(-1e300)', softplus(-1e300), 0],
    ['cos(NaN)', cos(NaN), NaN], ['cos(0)', cos(0), 1], ['cos(-0)', cos(-0), 1], ['cos(5e-324)', cos(5e-324), 1],
    ['cos(pi)', cos(3.141592653589793), -1], ['cos(pi / 2)', cos(1.5707963267948966), 6.123233995736766e-17],
    ['logSumExp()', logSumExp([]), -Infinity], ['logSumExp(-Infinity)', logSumExp([-Infinity, -Infinity]), -Infinity],
    ['logSumExp(with Infinity)', logSumExp([0, Infinity]), Infinity], ['logSumExp(with NaN)', logSumExp([Infinity, NaN]), NaN],
    ['logSumExp(large)', logSumExp([1000, 1000]), 1000 + LN2], ['logSumExp(one)', logSumExp([-3.25]), -3.25],
  ];
  for (const [name, actual, expected] of table) {
    test(`${name} = ${Object.is(expected, -0) ? '-0' : expected}`, () => { assert.ok(Object.is(actual, expected), String(actual)); });
  }

  test('cos refuses what it cannot reduce exactly', () => {
    assert.throws(() => cos(COS_RANGE * 1.0000001), { name: 'RangeError', message: /at most 1048576, got/ });
    assert.throws(() => cos(-Infinity), RangeError);
    assert.ok(Math.abs(cos(-COS_RANGE)) <= 1);
  });
});

describe('shapes', () => {
  const rising: readonly (readonly [string, (x: number) => number, number, number])[] = [
    ['exp', exp, -750, 712], ['exp, finely', exp, -0.01, 0.01], ['log', log, 1e-300, 50], ['log, finely', log, 0.99, 1.01], ['log1p', log1p, -0.999999, 20],
    ['tanh', tanh, -25, 25], ['tanh, finely', tanh, -1e-3, 1e-3], ['sigmoid', sigmoid, -760, 45], ['sigmoid, finely', sigmoid, -0.01, 0.01],
    ['softplus', softplus, -760, 45], ['softplus, finely', softplus, -0.01, 0.01],
  ];
  for (const [name, f, from, to] of rising) {
    test(`${name} never falls`, () => {
      let before = f(from);
      for (let i = 1; i <= 40_000; i++) {
        const x = from + ((to - from) * i) / 40_000;
        const y = f(x);
        assert.ok(y >= before, `falls at ${x}`);
        before = y;
      }
    });
  }

  test('never falls from one float64 to the next where a reduction changes its interval', () => {
    for (const [f, centres] of [[exp, [0.5, 1.5, -0.5, 30.5].map((k) => k * LN2)], [log, [0.7071067811865476, 1.4142135623730951, 1, 2]],
      [softplus, [0, 37, -37, LN2 / 2]], [sigmoid, [0, -40, LN2 / 2]], [tanh, [3e-9, 22, LN2 / 4]]] as const) {
      for (const centre of centres) {
        const values = around(centre === 0 ? 1e-300 : centre, 200).map(f);
        const sorted = centre < 0 ? [...values].reverse() : values;
        sorted.forEach((y, i) => { assert.ok(i === 0 || y >= sorted[i - 1]!, `${f.name} falls near ${centre}`); });
      }
    }
  });
});

describe('identities', () => {
  const ulps = (a: number, b: number): number => Math.abs(a - b) / (Math.abs(b) * 2.220446049250313e-16);
  const moderate = fc.double({ min: -300, max: 300, noNaN: true });

  test('log undoes exp', () => {
    fc.assert(fc.property(moderate, (x) => { assert.ok(Math.abs(log(exp(x)) - x) <= 2.3e-16 + 2.3e-16 * Math.abs(x)); }), { seed: 1 });
  });
  test('exp(x) exp(-x) = 1', () => {
    fc.assert(fc.property(moderate, (x) => { assert.ok(ulps(exp(x) * exp(-x), 1) < 3); }), { seed: 2 });
  });
  test('sigmoid(x) + sigmoid(-x) = 1', () => {
    fc.assert(fc.property(moderate, (x) => { assert.ok(ulps(sigmoid(x) + sigmoid(-x), 1) <= 1); }), { seed: 3 });
  });
  test('softplus(x) - softplus(-x) = x', () => {
    fc.assert(fc.property(moderate, (x) => { assert.ok(Math.abs(softplus(x) - softplus(-x) - x) <= 2.3e-16 * (Math.abs(x) + 1)); }), { seed: 4 });
  });
  test('tanh is odd, cos is even, to the bit', () => {
    fc.assert(fc.property(moderate, (x) => {
      assert.ok(Object.is(tanh(-x), -tanh(x)));
      assert.equal(cos(-x), cos(x));
    }), { seed: 5 });
  });
  test('cos 2x = 2 cos^2 x - 1', () => {
    fc.assert(fc.property(moderate, (x) => { assert.ok(Math.abs(cos(2 * x) - (2 * cos(x) * cos(x) - 1)) < 1e-15); }), { seed: 6 });
  });
  test('log1p agrees with log where 1 + x is exact', () => {
    fc.assert(fc.property(fc.integer({ min: -1023, max: 1_000_000 }), (n) => { assert.equal(log1p(n / 1024), log(1 + n / 1024)); }), { seed: 7 });
  });
  test('logSumExp is at least the largest value and at most log n above it', () => {
    fc.assert(fc.property(fc.array(moderate, { minLength: 1, maxLength: 40 }), (values) => {
      const most = Math.max(...values);
      const all = logSumExp(values);
      assert.ok(all >= most && all <= most + log(values.length) + 1e-12);
    }), { seed: 8 });
  });
});
