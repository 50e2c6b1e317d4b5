// Samplers on a standard normal, E = x^2 / 2 in each of eight dimensions, where their stationary distributions are known. 2,000 chains begin in the normal,
// so 16,000 numbers after many steps: a variance's standard error is sqrt(2 / 16,000) = 0.011, and four of them are allowed.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { firstStates } from '../../../ebm/continuous/chains.ts';
import type { SamplerSettings } from '../../../ebm/continuous/model.ts';
import { PURPOSES } from '../../../ebm/random/purposes.ts';
import { walkChains, type ChainEnd } from '../../../engine/tfjs/chains.ts';
import { openPlainNoise } from '../../../engine/tfjs/noise.ts';
import { openTfjsContinuous } from '../../../engine/tfjs/engine.ts';

const CHAINS = 2_000;
const SIZE = 8;
const ERROR = 4 * Math.sqrt(2 / (CHAINS * SIZE));
const ULA: SamplerSettings = { kind: 'ula', stepSize: 0.4, noise: null, temperature: 1, leapfrogs: 1, clip: null, bounds: null };
const ids = Uint32Array.from({ length: CHAINS }, (_, i) => i);

before(async () => {
  await openTfjsContinuous({ backend: 'wasm' });
  await tf.setBackend('wasm');
});

function walk(settings: SamplerSettings, steps: number, beta = 1): ChainEnd {
  const states = firstStates(3, ids, { start: { kind: 'normal', deviation: 1 }, size: SIZE });
  const noise = openPlainNoise({ seed: 3, purpose: PURPOSES.chains, branch: 0, word3: 1 });
  tf.engine().startScope();
  const end = walkChains(tf, (x) => x.square().sum(-1).mul(0.5), settings, { chains: { ids, states, size: SIZE }, walk: { noise, steps, firstHalfStep: 0, beta } });
  tf.engine().endScope();
  return end;
}

function variance(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value * value, 0) / values.length;
}

function acceptance({ accepted }: ChainEnd, steps: number): number {
  return accepted.reduce((sum, count) => sum + count, 0) / (accepted.length * steps);
}

function assertVariance(end: ChainEnd, expected: number): void {
  const found = variance(end.states);
  assert.ok(Math.abs(found / expected - 1) < ERROR, `variance ${found}, expected ${expected} within ${ERROR * 100} %`);
}

test('ULA has variance 1 / (1 - epsilon / 2), and every transition counts as accepted', () => {
  const end = walk(ULA, 20);
  assertVariance(end, 1 / (1 - ULA.stepSize / 2));
  assert.equal(acceptance(end, 20), 1);
});

test('ULA with another noise samples at temperature noise^2 / (2 epsilon); beta divides it', () => {
  assertVariance(walk({ ...ULA, noise: 0.5 }, 20), 0.25 / (2 * 0.4) / (1 - 0.2));
  assertVariance(walk({ ...ULA, temperature: 2, stepSize: 0.2 }, 40, 0.5), 4 / (1 - 0.05));
});

test('ULA keeps to bounds, and a clipped gradient moves no further than epsilon times the clip and the noise', () => {
  assert.ok(walk({ ...ULA, bounds: [-0.5, 0.25] }, 2).states.every((value) => value >= -0.5 && value <= 0.25));
  const still = walk({ ...ULA, noise: 0, clip: 0.01 }, 1).states;
  const from = walk({ ...ULA, noise: 0, clip: 0.01 }, 0).states;
  assert.ok(still.every((value, i) => Math.abs(value - from[i]!) <= 0.4 * 0.01 * 1.001));
});

test('MALA is exact, at other temperatures too, and accepts most steps', () => {
  const end = walk({ ...ULA, kind: 'mala' }, 20);
  assertVariance(end, 1);
  assert.ok(acceptance(end, 20) > 0.7 && acceptance(end, 20) < 0.99, String(acceptance(end, 20)));
  assertVariance(walk({ ...ULA, kind: 'mala', temperature: 2, stepSize: 0.2 }, 60, 1.25), 1.6);
});

test('HMC is exact, at other temperatures too, and accepts more of the small steps', () => {
  const long = walk({ ...ULA, kind: 'hmc', leapfrogs: 3 }, 12);
  const short = walk({ ...ULA, kind: 'hmc', leapfrogs: 3, stepSize: 0.05 }, 12);
  assertVariance(long, 1);
  assertVariance(short, 1);
  assert.ok(acceptance(short, 12) > acceptance(long, 12) && acceptance(short, 12) > 0.95 && acceptance(short, 12) < 1);
  assertVariance(walk({ ...ULA, kind: 'hmc', leapfrogs: 3, temperature: 0.5, stepSize: 0.2 }, 25, 0.25), 2);
});

test('HMC with one leapfrog is MALA, bit for bit', () => {
  assert.deepEqual(walk({ ...ULA, kind: 'hmc' }, 5), walk({ ...ULA, kind: 'mala' }, 5));
});

test('MALA and HMC with a clipped gradient are exact nevertheless', () => {
  assertVariance(walk({ ...ULA, kind: 'mala', clip: 0.5 }, 30), 1);
  assertVariance(walk({ ...ULA, kind: 'mala', clip: 0.5, temperature: 2, stepSize: 0.2 }, 100, 1.25), 1.6);
  assertVariance(walk({ ...ULA, kind: 'hmc', leapfrogs: 3, clip: 0.7, stepSize: 0.1 }, 40), 1);
});

test('MALA on a slope that its steps overshoot stands still, and comes down with a clipped gradient', () => {
  const steep = (clip: number | null): ChainEnd => {
    const states = firstStates(3, ids, { start: { kind: 'normal', deviation: 1 }, size: 1 });
    const noise = openPlainNoise({ seed: 3, purpose: PURPOSES.chains, branch: 0, word3: 1 });
    tf.engine().startScope();
    const end = walkChains(tf, (x) => x.square().sum(-1).mul(5_000), { ...ULA, kind: 'mala', stepSize: 1e-3, clip }, { chains: { ids, states, size: 1 }, walk: { noise, steps: 60, firstHalfStep: 0, beta: 1 } });
    tf.engine().endScope();
    return end;
  };
  const distance = ({ states }: ChainEnd): number => states.reduce((sum, x) => sum + Math.abs(x), 0) / states.length;
  assert.ok(distance(steep(null)) > 0.7, 'where they began');
  assert.ok(distance(steep(50)) < 0.1, String(distance(steep(50))));
});

test('normals have the moments of a normal, and neighbours are independent', () => {
  const normals = new Float32Array(ids.length * 7);
  openPlainNoise({ seed: 1, purpose: PURPOSES.chains, branch: 0, word3: 0 }).normals(ids, 7, 0, normals);
  const mean = (f: (z: number, i: number) => number): number => normals.reduce((sum, z, i) => sum + f(z, i), 0) / normals.length;
  const error = 4 / Math.sqrt(normals.length);
  assert.ok(Math.abs(mean((z) => z)) < error);
  assert.ok(Math.abs(mean((z) => z * z) - 1) < error * Math.sqrt(2));
  assert.ok(Math.abs(mean((z) => z ** 4) - 3) < error * Math.sqrt(96));
  assert.ok(Math.abs(mean((z, i) => z * (normals[i + 1] ?? 0))) < error);
});

test('a slope that is not a number is not hidden by clip or bounds, and an infinite one is clipped', () => {
  const states = new Float32Array(12).fill(0.25);
  const noise = openPlainNoise({ seed: 3, purpose: PURPOSES.chains, branch: 0, word3: 1 });
  for (const limits of [{ clip: 1 }, { bounds: [-1, 1] }, { clip: 1, bounds: [-1, 1] }] as const) {
    for (const slope of [NaN, Infinity]) {
      tf.engine().startScope();
      const run = { chains: { ids: ids.slice(0, 4), states, size: 3 }, walk: { noise, steps: 2, firstHalfStep: 0, beta: 1 } };
      const end = walkChains(tf, (x) => x.mul(slope).sum(-1), { ...ULA, noise: 0, ...limits }, run);
      tf.engine().endScope();
      const expected = 'clip' in limits ? Math.max(0.25 - 2 * ULA.stepSize, -1) : -1;
      assert.ok(end.states.every((x) => (Number.isNaN(slope) ? Number.isNaN(x) : Math.abs(x - expected) < 1e-6)), `${slope}: ${end.states.join(' ')}`);
    }
  }
});
