import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { annealedLogWeights, startsFromVisibleBias, type AnnealedRuns } from '../../../ebm/partition/annealing.ts';
import { baseLogPartition } from '../../../ebm/partition/base.ts';
import { exactLogPartition } from '../../../ebm/partition/enumeration.ts';
import { linearBetas } from '../../../ebm/partition/temperatures.ts';
import { deriveKey, fillDraws, fillWords } from '../../../ebm/random/address.ts';
import { exactDistribution, rowOfIndex, tinyModel } from '../../support/tiny-rbm.ts';
import { annealedModel, logDensities } from '../../support/annealed-chain.ts';

const model = tinyModel({ visible: 6, hidden: 4, grid: 10, seed: 77, spread: 1.5 });
const baseBias = Int32Array.of(-900, 300, 0, 1400, -200, 650);
const shape = { model, baseBias };
const exact = exactDistribution(model);
const logRatio = exactLogPartition(model) - baseLogPartition(baseBias, model.hidden, model.grid);

function task(kind: AnnealedRuns['kind'], runs: number, betas: number, starts: Uint8Array | null = null): AnnealedRuns {
  return { model, seed: 5, kind, runs: { from: 0, to: runs }, betas: linearBetas(betas), baseBias, starts };
}

/** Independent draws of states from probabilities, by inversion. */
function drawStates(probabilities: readonly number[], count: number, seed: number): Uint8Array {
  const words = new Uint32Array(count);
  fillWords(deriveKey(seed, 200, 0), { id: 0, halfStep: 0, word3: 0 }, words);
  return Uint8Array.from(words, (word) => {
    let rest = (word + 0.5) / 4294967296;
    return Math.max(0, probabilities.findIndex((p) => (rest -= p) < 0));
  });
}

/** Mean of e^(sign w) over e^(sign centre), with its standard error. */
function meanWeight(logWeights: Float64Array, sign: number, centre: number): { mean: number; error: number } {
  const weights = [...logWeights].map((w) => Math.exp(sign * (w - centre)));
  const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
  const spread = weights.reduce((sum, w) => sum + (w - mean) * (w - mean), 0) / (weights.length - 1);
  return { mean, error: Math.sqrt(spread / weights.length) };
}

describe('log-weights follow the definition', () => {
  test('one temperature: v is an exact draw of the base model by half-step 1, and w = log f_1(v) - log f_0(v)', () => {
    const logWeights = annealedLogWeights(task('ais', 20, 1));
    const upper = logDensities(shape, 1);
    const lower = logDensities(shape, 0);
    const key = deriveKey(5, 7, 0);
    for (let run = 0; run < 20; run += 1) {
      const draws = new Uint16Array(6);
      fillDraws(key, { id: run, halfStep: 1, word3: 0 }, draws);
      const v = draws.reduce((state, draw, i) => state | (draw < Math.round(65536 / (1 + Math.exp(-baseBias[i]! / 1024))) ? 1 << i : 0), 0);
      assert.ok(Math.abs(logWeights[run]! - (upper[v]! - lower[v]!)) < 1e-12);
    }
  });

  test('reverse with one temperature: w = log f_1 - log f_0 at the start itself', () => {
    const starts = Uint8Array.from({ length: 64 }, (_, v) => v);
    const upper = logDensities(shape, 1);
    const lower = logDensities(shape, 0);
    annealedLogWeights(task('reverse', 64, 1, starts)).forEach((w, v) => { assert.ok(Math.abs(w - (upper[v]! - lower[v]!)) < 1e-12); });
  });

  test('a path replayed step by step from the draws gives the same weights, for every kind', () => {
    for (const [kind, purpose] of [['ais', 7], ['reverse', 8], ['raise', 9]] as const) {
      const betas = Float64Array.of(0, 0.3, 0.55, 1);
      const starts = kind === 'ais' ? null : Uint8Array.from({ length: 10 }, (_, r) => (r * 11) % 64);
      const actual = annealedLogWeights({ ...task(kind, 10, 1, starts), betas });
      actual.forEach((w, run) => {
        const expected = replay({ betas, key: deriveKey(5, purpose, 0), run, start: starts === null ? null : starts[run]! }, kind);
        assert.ok(Math.abs(w - expected) < 1e-12, `${kind} ${run}: ${w} ${expected}`);
      });
    }
  });

  test('a range of runs is a part of any other: cut anywhere, the bits are the same', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }), fc.constantFrom('ais', 'reverse', 'raise'), (a, b, kind) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      const starts = Uint8Array.from({ length: 12 }, (_, r) => (r * 5 + 3) % 64);
      const whole = annealedLogWeights(task(kind, 12, 7, kind === 'ais' ? null : starts));
      const part = annealedLogWeights({ ...task(kind, 12, 7), runs: { from, to }, starts: kind === 'ais' ? null : starts.slice(from, to) });
      assert.deepEqual(part, whole.slice(from, to));
    }), { seed: 41, numRuns: 40 });
  });

  test('seed, branch, version and kind each give other numbers', () => {
    const starts = new Uint8Array(8);
    const base = task('reverse', 8, 5, starts);
    const others: AnnealedRuns[] = [
      base, { ...base, seed: 6 }, { ...base, kind: 'raise' },
      { ...base, model: { ...model, parameters: { ...model.parameters, branch: 1 } } },
      { ...base, model: { ...model, parameters: { ...model.parameters, version: 1 } } },
    ];
    assert.equal(new Set(others.map((each) => annealedLogWeights(each).join())).size, others.length);
  });

  test('golden log-weights: the definition has not moved', () => {
    const wide = tinyModel({ visible: 37, hidden: 29, grid: 10, seed: 9, spread: 0.4 });
    const of = (kind: AnnealedRuns['kind'], starts: Uint8Array | null): string[] =>
      [...annealedLogWeights({ model: wide, seed: 4294967295, kind, runs: { from: 98, to: 100 }, betas: linearBetas(50), baseBias: Int32Array.from({ length: 37 }, (_, i) => i * 50 - 900), starts })].map(String);
    const starts = Uint8Array.from({ length: 10 }, (_, byte) => (byte % 5 === 4 ? 21 : (byte * 37 + 11) & 255));
    assert.deepEqual({ ais: of('ais', null), reverse: of('reverse', starts), raise: of('raise', starts) }, {
      ais: ['2.3719488156302413', '1.893960178075016'],
      reverse: ['2.2549129282113953', '1.703529076283563'],
      raise: ['2.7674158461908664', '3.0351890514699345'],
    });
  });

  test('wrong shapes are refused', () => {
    assert.throws(() => annealedLogWeights({ ...task('ais', 2, 3), starts: new Uint8Array(2) }), { message: 'ais runs need no starts, got 2 bytes for 2 runs' });
    assert.throws(() => annealedLogWeights(task('raise', 2, 3)), { message: 'raise runs need one packed start a run, got none' });
    assert.throws(() => annealedLogWeights(task('reverse', 2, 3, new Uint8Array(3))), /got 3 bytes for 2 runs/);
    assert.throws(() => annealedLogWeights({ ...task('ais', 2, 3), baseBias: new Int32Array(5) }), /the base model has 5 units and the model 6/);
    assert.throws(() => annealedLogWeights({ ...task('ais', 2, 3), betas: Float64Array.of(0, 0.5) }), /must start at 0 and end at 1/);
    assert.throws(() => annealedLogWeights({ ...task('ais', 2, 3), runs: { from: 3, to: 2 } }), /must not end before it starts, got 3..2/);
  });
});

interface Replay { readonly betas: Float64Array; readonly key: readonly [number, number]; readonly run: number; readonly start: number | null }

/** PATHS of annealing.ts, with densities and conditionals from the definitions and no shared code but the draws. */
function replay({ betas, key, run, start }: Replay, kind: AnnealedRuns['kind']): number {
  const last = betas.length - 1;
  const densities = Array.from(betas, (beta) => logDensities(shape, beta));
  const f = Math.fround;
  const even = (x: number): number => { const r = Math.round(x); return r - x === 0.5 && r % 2 !== 0 ? r - 1 : r; };
  const drawn = (k: number, layer: 0 | 1, inputs: readonly number[]): number => {
    const draws = new Uint16Array(inputs.length);
    fillDraws(key, { id: run, halfStep: 2 * k + layer, word3: 0 }, draws);
    return inputs.reduce((state, x, u) => state | (draws[u]! < Math.round(65536 / (1 + Math.exp(-even(x) / 1024))) ? 1 << u : 0), 0);
  };
  const step = (k: number, v: number): number => {
    const { weights, visibleBias, hiddenBias } = model.parameters;
    const beta = f(betas[k]!);
    const bit = (state: number, u: number): number => (state >> u) & 1;
    const h = drawn(k, 0, Array.from(hiddenBias, (c, j) => f(beta * [0, 1, 2, 3, 4, 5].reduce((x, i) => x + bit(v, i) * weights[i * 4 + j]!, c))));
    const z = Array.from(visibleBias, (b, i) => [0, 1, 2, 3].reduce((x, j) => x + bit(h, j) * weights[i * 4 + j]!, b));
    return drawn(k, 1, z.map((x, i) => f(f(f(1 - betas[k]!) * baseBias[i]!) + f(beta * x))));
  };
  let w = 0;
  if (kind === 'ais') {
    let v = step(0, 0);
    for (let k = 1; k <= last; k += 1) {
      w += densities[k]![v]! - densities[k - 1]![v]!;
      if (k < last) v = step(k, v);
    }
    return w;
  }
  let v = kind === 'raise' ? step(last, start!) : start!;
  for (let k = last; k >= 1; k -= 1) {
    w += densities[k]![v]! - densities[k - 1]![v]!;
    if (k > 1) v = step(k - 1, v);
  }
  return w;
}

describe('what the weights estimate, within 4 standard errors (false alarm below 1 in 10,000 each)', () => {
  for (const betas of [1, 3, 20]) {
    test(`AIS with ${betas} temperatures: the mean weight is Z / Z_0`, () => {
      const { mean, error } = meanWeight(annealedLogWeights(task('ais', 3_000, betas)), 1, logRatio);
      assert.ok(Math.abs(mean - 1) < 4 * error, `${mean} +- ${error}`);
    });
  }

  test('reverse AIS from exact samples of the model: the mean inverse weight is Z_0 / Z', () => {
    for (const betas of [3, 20]) {
      const starts = drawStates(exact.visible, 3_000, 1);
      const { mean, error } = meanWeight(annealedLogWeights(task('reverse', 3_000, betas, starts)), -1, logRatio);
      assert.ok(Math.abs(mean - 1) < 4 * error, `${mean} +- ${error}`);
    }
  });

  test('RAISE: from every image, the mean of e^(-F - log Z_0 - w) is its probability under the annealed model', () => {
    const betas = 4;
    const target = annealedModel(shape, linearBetas(betas));
    const negativeFreeEnergies = logDensities(shape, 1);
    const logBase = baseLogPartition(baseBias, model.hidden, model.grid);
    for (const v of [0, 9, 27, 42, 63]) {
      const w = annealedLogWeights(task('raise', 2_000, betas, new Uint8Array(2_000).fill(v)));
      const { mean, error } = meanWeight(w, -1, negativeFreeEnergies[v]! - logBase - Math.log(target[v]!));
      assert.ok(Math.abs(mean - 1) < 4 * error, `image ${v}: ${mean} +- ${error}`);
    }
  });

  test('RAISE over images of the model: at most the exact mean log-likelihood, by the annealed model’s divergence and Jensen’s gap', () => {
    const entropy = exact.visible.reduce((sum, p) => sum + p * Math.log(p), 0);
    const annealed = annealedModel(shape, linearBetas(4));
    const bound = exact.visible.reduce((sum, p, v) => sum + p * Math.log(annealed[v]!), 0);
    assert.ok(bound < entropy);
  });
});

describe('starts of the published reverse variant', () => {
  test('are drawn from P(v | h = 0) by half-step 2K + 1, and a range is part of any other', () => {
    const runs = { from: 0, to: 4_000 };
    const starts = startsFromVisibleBias({ model, seed: 3, runs, betas: linearBetas(10) });
    for (let i = 0; i < 6; i += 1) {
      const p = 1 / (1 + Math.exp(-model.parameters.visibleBias[i]! / 1024));
      const share = starts.reduce((sum, row) => sum + ((row >> i) & 1), 0) / 4_000;
      assert.ok(Math.abs(share - p) < 4 * Math.sqrt((p * (1 - p)) / 4_000), `unit ${i}: ${share} ${p}`);
    }
    assert.deepEqual(startsFromVisibleBias({ model, seed: 3, runs: { from: 100, to: 120 }, betas: linearBetas(10) }), starts.slice(100, 120));
    const draws = new Uint16Array(6);
    fillDraws(deriveKey(3, 8, 0), { id: 7, halfStep: 21, word3: 0 }, draws);
    const expected = draws.reduce((state, draw, i) => state | (draw < Math.round(65536 / (1 + Math.exp(-model.parameters.visibleBias[i]! / 1024))) ? 1 << i : 0), 0);
    assert.equal(starts[7], expected);
    assert.deepEqual(rowOfIndex(expected, 6), starts.slice(7, 8));
  });
});
