// Samples of an energy given some of its numbers, held to an analytic truth: a Gaussian of known precision, whose conditional mean and covariance are a
// formula. And `ebm inpaint` of energies, which draws the same.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { decode } from 'fast-png';
import { npyBytes } from '../../cli/export/npy.ts';
import { gridFor } from '../../cli/pictures/grid.ts';
import { sample, train, type EnergyModel, type Job } from '../../index.ts';
import { ebm } from '../support/small-run.ts';
import { temporaryFolder, type Told } from './support.ts';

const folder = temporaryFolder();
const directory = join(folder, 'run');
const JOB = {
  data: { source: join(folder, 'rows.csv') }, model: { kind: 'energy', energy: { kind: 'quadratic' } }, train: { objective: 'explicit', batch: 8, updates: 1 },
  evaluate: 'off', resources: { engine: 'reference' },
} satisfies Job;
/** E = 1/2 |L'(x - mean)|^2, L lower triangular: its diagonal, and what is below it by rows. */
const MEAN = [0.5, -1, 2];
const DIAGONAL = [1.2, 0.8, 1.5];
const LOWER = [0.6, -0.7, 0.9];
const GIVEN = 1;
const KNOWN = 0.25;
let trained: EnergyModel;
let gaussian: EnergyModel;

before(async () => {
  writeFileSync(join(folder, 'rows.csv'), Array.from({ length: 24 }, (_, i) => [i % 5, i % 3, -i / 8].join(',')).join('\n'));
  ({ model: trained } = await train(JOB, { directory }).result);
  const tensors = { mean: MEAN, log_diagonal: DIAGONAL.map(Math.log), lower: LOWER };
  gaussian = Object.assign(Object.create(Object.getPrototypeOf(trained) as object) as EnergyModel, trained, {
    parameters: new Map(Object.entries(tensors).map(([name, values]) => [name, { shape: [values.length], data: Float32Array.from(values) }])),
  });
});

/** The precision L L'. */
function precision(): readonly (readonly number[])[] {
  const rows = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (j === i ? DIAGONAL[i]! : j < i ? LOWER[(i * (i - 1)) / 2 + j]! : 0)));
  return rows.map((row) => rows.map((other) => row.reduce((sum, x, k) => sum + x * other[k]!, 0)));
}

/** Mean and covariance of numbers 0 and 2 given number 1: with their precision P, mean - P^-1 p (x1 - mean1), and P^-1. */
function conditional(): { readonly mean: readonly [number, number]; readonly covariance: readonly [number, number, number] } {
  const all = precision();
  const [a, b, d] = [all[0]![0]!, all[0]![2]!, all[2]![2]!];
  const determinant = a * d - b * b;
  const away = KNOWN - MEAN[GIVEN]!;
  const [p, q] = [all[0]![GIVEN]! * away, all[2]![GIVEN]! * away];
  return { mean: [MEAN[0]! - (d * p - b * q) / determinant, MEAN[2]! - (a * q - b * p) / determinant], covariance: [d / determinant, -b / determinant, a / determinant] };
}

test('numbers that are not known have the conditional mean and covariance of a Gaussian', async () => {
  const { mean, covariance: [first, both, second] } = conditional();
  const count = 2_000;
  for (const moves of [{ sampler: 'mala', stepSize: 0.1, steps: 120 }, { sampler: 'hmc', stepSize: 0.02, steps: 40 }] as const) {
    const { values } = await sample(gaussian, { count, ...moves, known: { mask: [0, 1, 0], values: [NaN, KNOWN, NaN] } });
    const column = (index: number): number[] => Array.from({ length: count }, (_, row) => values[3 * row + index]!);
    assert.ok(column(GIVEN).every((x) => x === KNOWN));
    const [xs, ys] = [column(0), column(2)];
    const meanOf = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / count;
    const [mx, my] = [meanOf(xs), meanOf(ys)];
    const products = (a: readonly number[], ma: number, b: readonly number[], mb: number): number => a.reduce((sum, x, i) => sum + (x - ma) * (b[i]! - mb), 0) / (count - 1);
    // Chains are independent. 4 standard errors of ten figures: a right program fails with another seed once in 1,600.
    const near = (what: string, found: number, expected: number, standardError: number): void => {
      assert.ok(Math.abs(found - expected) < 4 * standardError, `${moves.sampler}, ${what}: ${found}, not ${expected} within 4 standard errors of ${standardError}`);
    };
    near('mean 0', mx, mean[0], Math.sqrt(first / count));
    near('mean 2', my, mean[1], Math.sqrt(second / count));
    near('variance 0', products(xs, mx, xs, mx), first, first * Math.sqrt(2 / count));
    near('variance 2', products(ys, my, ys, my), second, second * Math.sqrt(2 / count));
    near('covariance', products(xs, mx, ys, my), both, Math.sqrt((first * second + both * both) / count));
  }
});

const last = (text: string): Told => JSON.parse(text.trim().split('\n').at(-1)!) as Told;
const floatsIn = (path: string): Float32Array => new Float32Array(new Uint8Array(readFileSync(path).subarray(128)).buffer);

test('`ebm inpaint` draws the same, keeps what is known of each row, and takes the flags of samplers', async () => {
  writeFileSync(join(folder, 'mask.npy'), npyBytes({ values: Uint8Array.of(0, 1, 0), shape: [3] }));
  writeFileSync(join(folder, 'given.csv'), '9,0.25,9\n9,-70.5,9\n');
  const words = ['inpaint', directory, join(folder, 'given.csv'), '--known', join(folder, 'mask.npy'), '--out', join(folder, 'filled.npy'), '--json'];
  const { exitCode, stdout, stderr } = await ebm(...words, '--steps', '30', '--sampler', 'hmc', '--step-size', '0.02');
  assert.equal(exitCode, 0, stderr);
  const { rows, known, unknown, sampler, acceptance } = last(stdout);
  assert.deepEqual([rows, known, unknown, sampler], [2, 1, 2, 'hmc']);
  const filled = floatsIn(join(folder, 'filled.npy'));
  const same = await sample(trained, { count: 2, steps: 30, sampler: 'hmc', stepSize: 0.02, known: { mask: [0, 1, 0], values: [0, 0.25, 0, 0, -70.5, 0] } });
  assert.deepEqual([filled, acceptance], [same.values, same.acceptance]);
  assert.deepEqual([filled[1], filled[4]], [0.25, -70.5]);
  const standing = last((await ebm(...words)).stdout);
  assert.deepEqual([standing['steps'], standing['sampler'], standing['annealed']], [1_000, 'mala', true]);
});

test('points are shown on the density; what cannot be is refused', async () => {
  const points = join(folder, 'points');
  await train({ ...JOB, data: { source: 'two-moons' } }, { directory: points }).result;
  writeFileSync(join(folder, 'first.npy'), npyBytes({ values: Uint8Array.of(1, 0), shape: [2] }));
  const shown = await ebm('inpaint', points, 'two-moons', '--test', '--known', join(folder, 'first.npy'), '--steps', '3', '--out', join(folder, 'points.png'));
  assert.equal(shown.exitCode, 0, shown.stderr);
  assert.match(shown.stdout, /rows with 1 of 2 numbers known, the others after 3 steps of annealed mala of update 1 of run/);
  assert.deepEqual([...readFileSync(join(folder, 'points.png')).subarray(1, 4)], [...Buffer.from('PNG')]);
  const scores = join(folder, 'scores');
  const job = { ...JOB, data: { source: 'two-moons' }, train: { objective: 'denoising', batch: 8, updates: 1 }, model: { kind: 'score', network: { kind: 'mlp', layers: [4], features: 2 }, noise: { kind: 've' } } } satisfies Job;
  await train(job, { directory: scores }).result;
  for (const [directoryOf, message] of [[scores, /a score model has no chains in which what is known could be held/], [directory, /the mask has shape \[2\], and the model has 3/]] as const) {
    const refused = await ebm('inpaint', directoryOf, 'two-moons', '--known', join(folder, 'first.npy'), '--out', join(folder, 'none.npy'));
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, message);
  }
});

test('of pictures a mosaic shows the first 100 rows, in the shape that the data have, without which there is none', async () => {
  const [pictures, mask, out] = [join(folder, 'pictures.npy'), join(folder, 'upper.npy'), join(folder, 'pictures.png')];
  writeFileSync(pictures, npyBytes({ values: Float32Array.from({ length: 110 * 12 }, (_, i) => (i % 7) / 6), shape: [110, 3, 4] }));
  writeFileSync(mask, npyBytes({ values: Uint8Array.from({ length: 12 }, (_, i) => (i < 6 ? 1 : 0)), shape: [3, 4] }));
  const shown = join(folder, 'shown');
  await train({ ...JOB, data: { source: pictures } }, { directory: shown }).result;
  const words = [shown, pictures, '--known', mask, '--steps', '2', '--out', out];
  const { exitCode, stdout, stderr } = await ebm('inpaint', ...words);
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /100 rows with 6 of 12 numbers known/);
  assert.match(stderr, /shows the first 100 of 110 rows/);
  const { width, height } = decode(readFileSync(out));
  const { columns, rows, scale, borderPx } = gridFor(100, { height: 3, width: 4 });
  assert.deepEqual([width, height], [columns * (4 * scale + borderPx) + borderPx, rows * (3 * scale + borderPx) + borderPx]);
  assert.equal((await ebm('sample', shown, '--count', '4', '--steps', '2', '--start', 'noise', '--out', out)).exitCode, 0);
  rmSync(pictures);
  writeFileSync(join(folder, 'flat.csv'), Array.from({ length: 12 }, (_, i) => i).join(','));
  const refused = await ebm('inpaint', shown, join(folder, 'flat.csv'), ...words.slice(2));
  assert.match(refused.stderr, /rows of 12 numbers are neither points of a plane nor pictures/);
});

test('what is wrong with known numbers is told by name', async () => {
  const known = { mask: [0, 1, 0], values: [0, 1, 0] };
  await assert.rejects(sample(trained, { count: 1, known: { ...known, values: [0, Infinity, 0] } }), { code: 'wrong-option', message: /^element 1 of known\.values is Infinity, and must be a finite number$/ });
  await assert.rejects(sample(trained, { count: 2, known: { ...known, mask: [1] } }), { code: 'wrong-option', message: /^known\.mask has 1 elements, / });
  await assert.rejects(sample(trained, { count: 2, start: 'chains', known }), { code: 'wrong-option', message: /what is not known starts from noise/ });
});
