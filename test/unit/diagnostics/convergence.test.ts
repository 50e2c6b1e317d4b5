import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  bulkEffectiveSampleSize, chainMean, effectiveSampleSize, rankNormalisedRhat, splitRhat, type Chains,
} from '../../../ebm/diagnostics/convergence.ts';
import { cos, log } from '../../../ebm/numeric/elementary.ts';
import { deriveKey, fillWords } from '../../../ebm/random/address.ts';

/** Standard normals of a chain, by Box and Muller. */
function normals(seed: number, chain: number, count: number): Float64Array {
  const words = new Uint32Array(2 * count);
  fillWords(deriveKey(seed, 300, 0), { id: chain, halfStep: 0, word3: 0 }, words);
  return Float64Array.from({ length: count }, (_, t) =>
    Math.sqrt(-2 * log((words[2 * t]! + 0.5) / 4294967296)) * cos((2 * Math.PI * (words[2 * t + 1]! + 0.5)) / 4294967296));
}

/** Stationary AR(1): x' = rho x + sqrt(1 - rho^2) z. Its ESS is N (1 - rho) / (1 + rho). */
function autoregressive(rho: number, shape: { readonly seed: number; readonly chains: number; readonly draws: number }): Float64Array[] {
  return Array.from({ length: shape.chains }, (_, m) => {
    const z = normals(shape.seed, m, shape.draws);
    for (let t = 1; t < z.length; t += 1) z[t] = rho * z[t - 1]! + Math.sqrt(1 - rho * rho) * z[t]!;
    return z;
  });
}

const independent = autoregressive(0, { seed: 1, chains: 4, draws: 1_000 });

describe('effective sample size', () => {
  for (const [rho, tolerance] of [[0.9, 0.15], [0.5, 0.1], [0, 0.1], [-0.3, 0.1]] as const) {
    test(`AR(1) with autocorrelation ${rho}: N (1 - rho) / (1 + rho), within ${100 * tolerance} %`, () => {
      const chains = autoregressive(rho, { seed: 7, chains: 4, draws: 5_000 });
      const expected = (20_000 * (1 - rho)) / (1 + rho);
      for (const size of [effectiveSampleSize(chains), bulkEffectiveSampleSize(chains)]) {
        assert.ok(size !== null && Math.abs(size / expected - 1) < tolerance, `${size} of ${expected}`);
      }
    });
  }

  test('one chain is enough for the plain size', () => {
    const size = effectiveSampleSize(autoregressive(0.8, { seed: 3, chains: 1, draws: 20_000 }));
    assert.ok(size !== null && Math.abs(size / (20_000 / 9) - 1) < 0.15, String(size));
  });

  test('chains stuck in different places are worth a few draws, however many they have', () => {
    const stuck = independent.map((chain, m) => chain.map((value) => value + 10 * m));
    const size = bulkEffectiveSampleSize(stuck);
    assert.ok(size !== null && size < 10, String(size));
  });

  test('alternating draws are worth more than their number, and at most N log10 N', () => {
    const alternating = Float64Array.from({ length: 1_000 }, (_, t) => (t % 2 === 0 ? 1 : -1) + 1e-3 * independent[0]![t]!);
    assert.equal(effectiveSampleSize([alternating]), (1_000 * log(1_000)) / 2.302585092994046);
  });

  test('the bulk size does not change under a rising map of the draws, even to heavy tails', () => {
    const cubed = independent.map((chain) => chain.map((value) => value * value * value * 1e6));
    assert.equal(bulkEffectiveSampleSize(cubed), bulkEffectiveSampleSize(independent));
    assert.equal(rankNormalisedRhat(independent.map((chain) => chain.map((value) => 5 * value + 3))), rankNormalisedRhat(independent));
  });

  test('the standard error of a mean counts effective draws: a 4-sigma interval holds the truth', () => {
    const { mean, standardError } = chainMean(autoregressive(0.9, { seed: 12, chains: 4, draws: 5_000 }));
    assert.ok(standardError !== null && Math.abs(mean) < 4 * standardError && standardError > 3 / Math.sqrt(20_000));
  });
});

describe('R-hat', () => {
  test('independent chains: 1 within 0.01', () => {
    for (const value of [splitRhat(independent), rankNormalisedRhat(independent)]) assert.ok(value !== null && Math.abs(value - 1) < 0.01, String(value));
  });

  test('by hand: two chains (1 2 3 4) and (3 4 5 6), split in halves', () => {
    // Halves have means 1.5 3.5 3.5 5.5 and variance 0.5 each; W = 0.5, var+ = 0.5 / 2 + var(means) = 0.25 + 8 / 3.
    const value = splitRhat([Float64Array.of(1, 2, 3, 4), Float64Array.of(3, 4, 5, 6)]);
    assert.ok(value !== null && Math.abs(value - Math.sqrt((0.25 + 8 / 3) / 0.5)) < 1e-14);
  });

  test('different means are seen by both', () => {
    const shifted = independent.map((chain, m) => chain.map((value) => value + (m === 0 ? 1 : 0)));
    for (const value of [splitRhat(shifted), rankNormalisedRhat(shifted)]) assert.ok(value !== null && value > 1.05, String(value));
  });

  test('different widths are seen by the folded ranks alone', () => {
    const wide = independent.map((chain, m) => chain.map((value) => value * (m < 2 ? 1 : 4)));
    assert.ok((splitRhat(wide) ?? 2) < 1.02);
    assert.ok((rankNormalisedRhat(wide) ?? 0) > 1.1);
  });

  test('a drift within one chain is seen, because chains are split', () => {
    const drifting = [independent[0]!.map((value, t) => value + t / 300)];
    assert.ok((splitRhat(drifting) ?? 0) > 1.2);
  });
});

describe('what is not defined is null, what is wrong is refused', () => {
  test('constant or short chains have neither', () => {
    const constant: Chains = [new Float64Array(50).fill(2), new Float64Array(50).fill(2)];
    const short: Chains = [Float64Array.of(1, 2, 3)];
    for (const measure of [splitRhat, rankNormalisedRhat, effectiveSampleSize, bulkEffectiveSampleSize]) {
      assert.equal(measure(constant), null);
      assert.equal(measure(short), null);
      assert.equal(measure([]), null);
    }
  });
  test('chains of different lengths, or with a draw that is not finite', () => {
    assert.throws(() => splitRhat([new Float64Array(8), new Float64Array(9)]), { message: 'chains must have equal lengths, got 8 and 9' });
    assert.throws(() => effectiveSampleSize([Float64Array.of(1, 2, NaN, 4)]), { message: 'draws must be finite' });
  });
  test('any draws: R-hat is positive, ESS is positive and at most N log10 N', () => {
    const draws = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 24, maxLength: 24 });
    fc.assert(fc.property(draws, (values) => {
      const chains = [0, 1, 2].map((m) => Float64Array.from(values.slice(8 * m, 8 * m + 8)));
      const rhat = rankNormalisedRhat(chains);
      const size = bulkEffectiveSampleSize(chains);
      assert.ok(rhat === null || rhat > 0);
      assert.ok(size === null || (size > 0 && size <= 24 * Math.log10(24) + 1e-9));
    }), { seed: 61 });
  });
});
