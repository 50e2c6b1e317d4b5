// Samplers of the wasm engine on a correlated Gaussian and on mixtures, whose moments and masses are formulas. ULA, which is not exact, is held to its own
// stationary distribution: by formula of the Gaussian, by iterating its transition on a grid of the mixture. Standard errors come from the effective sample
// size; seeds are fixed, and 4.5 standard errors are a false alarm of 7e-6 a figure.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { firstStates } from '../../ebm/continuous/chains.ts';
import { tensorOf } from '../../ebm/continuous/layout.ts';
import type { EnergySettings, SamplerSettings } from '../../ebm/continuous/model.ts';
import { chainMean, effectiveSampleSize } from '../../ebm/diagnostics/convergence.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { ContinuousEngine, ContinuousSession } from '../../engine/continuous.ts';
import { openTfjsContinuous } from '../../engine/tfjs/engine.ts';
import { problemOf, ULA } from '../support/continuous.ts';
import { LINE_MIXTURE, mixtureLogDensity, mixtureMean, mixtureParameters, mixtureProduct, mixtureScore, mixtureShareAbove, PLANAR_MIXTURE, type Mixture } from '../support/mixture.ts';

const CHAINS = 250;
const DRAWS = 60;
/** Where each chain gives one draw. */
const INDEPENDENT = 1_500;
const BEYOND = 4.5;
const MALA: SamplerSettings = { ...ULA, kind: 'mala', stepSize: 0.25 };
const HMC: SamplerSettings = { ...ULA, kind: 'hmc', stepSize: 0.1, leapfrogs: 4 };

let wasm: ContinuousEngine;
before(async () => { wasm = await openTfjsContinuous({ backend: 'wasm' }); });
after(async () => { await wasm.close(); });

interface Target { readonly session: ContinuousSession; readonly parameters: Float32Array; readonly size: number }

async function opened(energy: EnergySettings, size: number, fill: Float32Array | ((target: Target) => void)): Promise<Target> {
  const session = await wasm.load(problemOf({ energy, shape: [size], objective: { kind: 'sliced', projections: 1 } }, { batch: CHAINS, microbatch: CHAINS }));
  const target = { session, parameters: fill instanceof Float32Array ? fill : session.initial(), size };
  if (!(fill instanceof Float32Array)) fill(target);
  return target;
}

const mixtureOf = (mixture: Mixture): Promise<Target> => opened({ kind: 'gaussian-mixture', components: mixture.length }, mixture[0]!.mean.length, mixtureParameters(mixture));

/** Moves the states, [chains * size], in place. Returns the share of proposals that were accepted. */
async function move({ session, parameters, size }: Target, sampler: SamplerSettings, states: Float32Array, { steps, done = 0 }: { readonly steps: number; readonly done?: number }): Promise<number> {
  const chains = { from: 0, to: states.length / size };
  const { accepted } = await session.sample({ parameters, purpose: PURPOSES.samples, branch: 0, word3: 2, chains, states, steps, firstHalfStep: 2 * done, beta: 1, sampler });
  return accepted / (chains.to * steps);
}

interface Draws { readonly meanOf: (of: (x: readonly number[]) => number) => ReturnType<typeof chainMean>; readonly essOf: (of: (x: readonly number[]) => number) => number; readonly acceptance: number }

/** Chains from a normal of deviation 1.5 after 100 steps: draws that are `thin` steps apart. */
async function drawn(target: Target, sampler: SamplerSettings, thin: number): Promise<Draws> {
  const { size } = target;
  const states = firstStates(7, { from: 0, to: CHAINS }, { start: { kind: 'normal', deviation: 1.5 }, size });
  await move(target, sampler, states, { steps: 100 });
  const kept: Float32Array[] = [];
  let acceptance = 0;
  for (let draw = 0; draw < DRAWS; draw += 1) {
    acceptance += await move(target, sampler, states, { steps: thin, done: 100 + thin * draw }) / DRAWS;
    kept.push(states.slice());
  }
  const chainsOf = (of: (x: readonly number[]) => number): Float64Array[] => Array.from({ length: CHAINS }, (_, chain) => Float64Array.from(kept, (values) => of([...values.subarray(size * chain, size * (chain + 1))])));
  return { meanOf: (of) => chainMean(chainsOf(of)), essOf: (of) => effectiveSampleSize(chainsOf(of))!, acceptance };
}

/** Figures of a row whose expectation is known. `within`: the largest standard error, or the comparison says nothing. */
interface Figure { readonly name: string; readonly of: (x: readonly number[]) => number; readonly expected: number; readonly within: number }

function assertFigures({ meanOf, essOf }: Draws, figures: readonly Figure[]): void {
  for (const { name, of, expected, within } of figures) {
    const { mean, standardError } = meanOf(of);
    assert.ok(essOf(of) > CHAINS, `${name}: an effective sample size of ${essOf(of)}`);
    assert.ok(standardError! < within, `${name}: a standard error of ${standardError}`);
    assert.ok(Math.abs(mean - expected) < BEYOND * standardError!, `${name} ${mean}, expected ${expected}, standard error ${standardError}`);
  }
}

type Matrix = readonly [number, number, number]; // xx, xy, yy
const inverse = ([a, b, c]: Matrix): Matrix => [c / (a * c - b * b), -b / (a * c - b * b), a / (a * c - b * b)];
const CENTRE = [0.5, -1] as const;
/** L L^T of the energy below. */
const PRECISION: Matrix = [1, 0.8, 0.8 ** 2 + 1.2 ** 2];

const gaussian = (): Promise<Target> => opened({ kind: 'quadratic' }, 2, ({ session: { layout }, parameters }) => {
  tensorOf(layout, parameters, 'mean').set(CENTRE);
  tensorOf(layout, parameters, 'log_diagonal').set([0, Math.log(1.2)]);
  tensorOf(layout, parameters, 'lower').set([0.8]);
});

function gaussianFigures([xx, xy, yy]: Matrix): Figure[] {
  const about = (i: number, j: number) => (x: readonly number[]): number => (x[i]! - CENTRE[i]!) * (x[j]! - CENTRE[j]!);
  const means = [0, 1].map((i): Figure => ({ name: `mean ${i}`, of: (x) => x[i]!, expected: CENTRE[i]!, within: 0.03 }));
  return [...means, { name: 'xx', of: about(0, 0), expected: xx, within: 0.04 }, { name: 'xy', of: about(0, 1), expected: xy, within: 0.03 }, { name: 'yy', of: about(1, 1), expected: yy, within: 0.03 }];
}

test('a correlated Gaussian: mala and hmc have its mean and its covariance', async () => {
  for (const sampler of [MALA, HMC]) {
    const draws = await drawn(await gaussian(), sampler, 3);
    assertFigures(draws, gaussianFigures(inverse(PRECISION)));
    assert.ok(draws.acceptance > 0.8 && draws.acceptance < 1, `${sampler.kind} accepts ${draws.acceptance}`);
  }
});

// x' - m = (I - eps P)(x - m) + sqrt(2 eps) z keeps V = (I - eps P) V (I - eps P) + 2 eps I, of which V^-1 = P (I - eps P / 2) is the solution.
test('a correlated Gaussian: ula has the covariance (P (I - eps P / 2))^-1, which is not P^-1', async () => {
  const eps = 0.3;
  const [a, b, c] = PRECISION;
  const square: Matrix = [a * a + b * b, a * b + b * c, b * b + c * c];
  const biased = inverse([a - 0.5 * eps * square[0], b - 0.5 * eps * square[1], c - 0.5 * eps * square[2]]);
  const draws = await drawn(await gaussian(), { ...ULA, stepSize: eps }, 3);
  assertFigures(draws, gaussianFigures(biased));
  const { mean, standardError } = draws.meanOf((x) => (x[1]! - CENTRE[1]) ** 2);
  assert.ok(mean - inverse(PRECISION)[2] > 8 * standardError!, 'the bias can be seen');
});

function mixtureFigures(mixture: Mixture, within: number): Figure[] {
  const pairs = mixture[0]!.mean.flatMap((_, i) => Array.from({ length: i + 1 }, (__, j) => [i, j] as const));
  return [
    ...mixture[0]!.mean.map((_, i): Figure => ({ name: `mean ${i}`, of: (x) => x[i]!, expected: mixtureMean(mixture, i), within })),
    ...pairs.map(([i, j]): Figure => ({ name: `product ${i} ${j}`, of: (x) => x[i]! * x[j]!, expected: mixtureProduct(mixture, i, j), within: 2 * within })),
    { name: 'share on the right', of: (x) => Number(x[0]! > 0), expected: mixtureShareAbove(mixture, 0), within: 0.5 * within },
  ];
}

test('a mixture: mala, hmc and both of them annealed have its means, products and masses', async () => {
  const target = await mixtureOf(PLANAR_MIXTURE);
  for (const sampler of [MALA, HMC]) assertFigures(await drawn(target, sampler, 3), mixtureFigures(PLANAR_MIXTURE, 0.04));
  for (const sampler of [MALA, HMC]) {
    const states = firstStates(9, { from: 0, to: INDEPENDENT }, { start: { kind: 'normal', deviation: 4 }, size: 2 });
    await move(target, { ...sampler, annealing: { levels: 4, hottest: 8 } }, states, { steps: 120 });
    for (const { name, of, expected } of mixtureFigures(PLANAR_MIXTURE, 1)) {
      const values = Array.from({ length: INDEPENDENT }, (_, chain) => of([states[2 * chain]!, states[2 * chain + 1]!]));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / values.length; // chains are independent of each other
      assert.ok(Math.abs(mean - expected) < BEYOND * error, `annealed ${sampler.kind}: ${name} ${mean}, expected ${expected}, standard error ${error}`);
    }
  }
});

const SIDE = 300;
const EDGE = 6;
const CELL = (2 * EDGE) / SIDE;
const POINTS = Array.from({ length: SIDE }, (_, i) => -EDGE + (i + 0.5) * CELL);

/** Stationary distribution of x' = x + eps score(x) + sqrt(2 eps) z, iterated on the points. */
function stationaryOfUla(eps: number): number[] {
  const kernel = POINTS.map((x) => {
    const centre = x + eps * mixtureScore(LINE_MIXTURE, [x])[0]!;
    const row = POINTS.map((to) => Math.exp(-((to - centre) ** 2) / (4 * eps)));
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value) => value / total);
  });
  let masses = POINTS.map(() => 1 / SIDE);
  for (let step = 0; step < 200; step += 1) masses = masses.map((_, to) => masses.reduce((sum, mass, from) => sum + mass * kernel[from]![to]!, 0));
  return masses;
}

test('a mixture: ula has the moments and the masses of its own stationary distribution, which are not the mixture\'s', async () => {
  const eps = 0.5;
  const masses = stationaryOfUla(eps);
  const expectation = (of: (x: readonly number[]) => number): number => masses.reduce((sum, mass, i) => sum + mass * of([POINTS[i]!]), 0);
  const draws = await drawn(await mixtureOf(LINE_MIXTURE), { ...ULA, stepSize: eps }, 3);
  const truth = mixtureFigures(LINE_MIXTURE, 0.04);
  assertFigures(draws, truth.map((figure) => ({ ...figure, expected: expectation(figure.of) })));
  const square = truth.find(({ name }) => name === 'product 0 0')!;
  const { mean, standardError } = draws.meanOf(square.of);
  assert.ok(mean - square.expected > 8 * standardError!, `the bias can be seen: ${mean} beside ${square.expected}`);
});

/** Mean of min(1, ratio) over x of the mixture and z of a standard normal, by the middles of cells. */
function acceptanceByQuadrature(ratio: (x: number, z: number) => number): number {
  let [sum, total] = [0, 0];
  for (const x of POINTS) {
    const density = Math.exp(mixtureLogDensity(LINE_MIXTURE, [x]));
    for (const z of POINTS) {
      const mass = density * Math.exp(-0.5 * z * z);
      total += mass;
      sum += mass * Math.min(1, ratio(x, z));
    }
  }
  return sum / total;
}

const logDensity = (x: number): number => mixtureLogDensity(LINE_MIXTURE, [x]);
const score = (x: number): number => mixtureScore(LINE_MIXTURE, [x])[0]!;

function malaRatio(eps: number): (x: number, z: number) => number {
  const drift = (x: number): number => x + eps * score(x);
  return (x, z) => {
    const to = drift(x) + Math.sqrt(2 * eps) * z;
    return Math.exp(logDensity(to) - logDensity(x) + ((to - drift(x)) ** 2 - (x - drift(to)) ** 2) / (4 * eps));
  };
}

function hmcRatio(eps: number, leapfrogs: number): (x: number, z: number) => number {
  const h = Math.sqrt(2 * eps);
  return (x, z) => {
    let [at, p] = [x, z + 0.5 * h * score(x)];
    for (let step = 1; step <= leapfrogs; step += 1) {
      at += h * p;
      p += (step < leapfrogs ? h : 0.5 * h) * score(at);
    }
    return Math.exp(logDensity(at) - logDensity(x) + 0.5 * (z * z - p * p));
  };
}

test('a mixture: mala and hmc accept as often as quadrature says, one step after exact draws', async () => {
  const target = await mixtureOf(LINE_MIXTURE);
  const chains = 20_000;
  for (const [sampler, ratio] of [[{ ...MALA, stepSize: 0.5 }, malaRatio(0.5)], [{ ...HMC, stepSize: 0.25, leapfrogs: 3 }, hmcRatio(0.25, 3)]] as const) {
    const found = await move(target, sampler, exactDraws(chains), { steps: 1 });
    const expected = acceptanceByQuadrature(ratio);
    assert.ok(expected < 0.97 && Math.abs(found - expected) < BEYOND * Math.sqrt(expected * (1 - expected) / chains), `${sampler.kind} accepts ${found}, expected ${expected}`);
  }
});

/** Quantiles of the mixture on the line, by its distribution function on a fine grid. */
function exactDraws(count: number): Float32Array {
  const draws = new Float32Array(count);
  let [x, below] = [-8, 0];
  for (let i = 0; i < count; i += 1) {
    while (below < (i + 0.5) / count) below = 1 - mixtureShareAbove(LINE_MIXTURE, x += 5e-4);
    draws[i] = x;
  }
  return draws;
}

const standard = (): Promise<Target> => opened({ kind: 'quadratic' }, 1, ({ parameters }) => { parameters.fill(0); });

// Of x^2 / 2 the variance of annealed ula follows V' = (1 - eps)^2 V + 2 eps T from step to step, through all temperatures.
test('annealed Langevin on a Gaussian has the variance that its recursion says, half-way down and at the end', async () => {
  const [eps, levels, hottest, chains] = [0.15, 5, 16, 20_000];
  const target = await standard();
  for (const steps of [20, 40]) {
    const states = firstStates(5, { from: 0, to: chains }, { start: { kind: 'normal', deviation: 1 }, size: 1 });
    await move(target, { ...ULA, stepSize: eps, annealing: { levels, hottest } }, states, { steps });
    let expected = 1;
    for (let step = 0; step < steps; step += 1) expected = (1 - eps) ** 2 * expected + 2 * eps * hottest ** ((levels - 1 - Math.floor((step * levels) / steps)) / (levels - 1));
    const variance = states.reduce((sum, x) => sum + x * x, 0) / chains;
    assert.ok(Math.abs(variance / expected - 1) < BEYOND * Math.sqrt(2 / chains), `${steps} steps: variance ${variance}, expected ${expected}`);
  }
});

const HEAT = { levels: 8, hottest: 80 } as const;
const apart = (left: number, right: number): Mixture => [{ weight: 0.5, mean: [-4, 0], deviation: left }, { weight: 0.5, mean: [4, 0], deviation: right }];

/** Chains that all begin in the left mode: their share in the right one, and the variance there, of a number. */
async function crossed(mixture: Mixture, annealing: SamplerSettings['annealing']): Promise<{ readonly share: number; readonly variance: number; readonly chains: number }> {
  const chains = INDEPENDENT;
  const states = firstStates(6, { from: 0, to: chains }, { start: { kind: 'normal', deviation: mixture[0]!.deviation }, size: 2 }).map((x, i) => x + mixture[0]!.mean[i % 2]!);
  await move(await mixtureOf(mixture), { ...MALA, stepSize: 0.06, annealing: annealing ?? null }, states, { steps: 240 });
  const right = Array.from({ length: chains }, (_, chain) => [states[2 * chain]! - 4, states[2 * chain + 1]!]).filter(([x]) => x! > -4).flat();
  return { share: right.length / (2 * chains), variance: right.reduce((sum, x) => sum + x * x, 0) / right.length, chains };
}

test('annealing takes chains across where plain mala stays: two modes alike, sixteen deviations apart, get a half each', async () => {
  assert.equal((await crossed(apart(0.5, 0.5), null)).share, 0);
  const { share, variance, chains } = await crossed(apart(0.5, 0.5), HEAT);
  assert.ok(Math.abs(share - 0.5) < BEYOND * Math.sqrt(0.25 / chains), `share ${share}`);
  assert.ok(Math.abs(variance / 0.25 - 1) < BEYOND * Math.sqrt(2 / chains), `variance ${variance}`);
});

// At temperature T a mode of weight w and deviation s weighs (w / s^2)^(1/T) s^2 in two dimensions: hot, the wider one has more.
test('the known failure of annealing: of modes that are not alike the wider one keeps the mass that it had when hot', async () => {
  const { share, chains } = await crossed(apart(0.4, 0.8), HEAT);
  assert.ok(share > 0.7 && share < 0.8 + BEYOND * Math.sqrt(0.16 / chains), `share ${share}, where a half is right, and 0.8 the limit of heat`);
});
