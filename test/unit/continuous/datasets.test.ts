// Built-in two-dimensional sets: rows by address, and every exact density against its own rows (chi-square over cells) and against 1.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLANAR_SETS, planarRows, type PlanarSet } from '../../../ebm/continuous/datasets.ts';
import { logDensityOf, modeOf } from '../../../ebm/continuous/densities.ts';
import { divergenceOnGrid, gridPoints, logPartitionOnGrid, modeMasses, type PlanarGrid } from '../../../ebm/continuous/quadrature.ts';

const GRID: PlanarGrid = { low: -4.5, high: 4.5, side: 180 };

function energiesOf(name: PlanarSet, grid: PlanarGrid): Float64Array {
  const density = logDensityOf(name);
  const points = gridPoints(grid);
  return Float64Array.from({ length: points.length / 2 }, (_, cell) => -density(points[2 * cell]!, points[2 * cell + 1]!));
}

for (const name of PLANAR_SETS) {
  test(`${name}: a row is a function of its number`, () => {
    const all = planarRows(name, { from: 0, to: 50 });
    assert.deepEqual(planarRows(name, { from: 20, to: 23 }), all.slice(40, 46));
    assert.ok(all.every((value) => Math.abs(value) < 5));
  });

  test(`${name}: the density integrates to 1, has divergence 0 from itself, and rows follow it (chi-square, false alarm below 1e-5)`, () => {
    const energies = energiesOf(name, GRID);
    assert.ok(Math.abs(logPartitionOnGrid(GRID, energies)) < 3e-4, `${logPartitionOnGrid(GRID, energies)}`); // eight Gaussians: the square cuts a little
    const { divergence, dataMass } = divergenceOnGrid(GRID, logDensityOf(name), energies);
    assert.ok(Math.abs(divergence) < 1e-3 && Math.abs(dataMass - 1) < 3e-4, `${divergence}, ${dataMass}`);
    chiSquare(name, energies);
  });
}

/** Rows in 18 x 18 blocks of 10 x 10 cells; blocks that expect fewer than 20 of the rows are one class. */
function chiSquare(name: PlanarSet, energies: Float64Array): void {
  const rows = 40_000;
  const { side, low, high } = GRID;
  const expected = new Float64Array(18 * 18 + 1);
  const seen = new Float64Array(18 * 18 + 1);
  const cellArea = ((high - low) / side) ** 2;
  energies.forEach((energy, cell) => { expected[Math.floor(cell / side / 10) * 18 + Math.floor((cell % side) / 10)]! += rows * Math.exp(-energy) * cellArea; });
  const values = planarRows(name, { from: 1000, to: 1000 + rows });
  for (let row = 0; row < rows; row += 1) {
    const [i, j] = [values[2 * row]!, values[2 * row + 1]!].map((x) => Math.floor((18 * (x - low)) / (high - low)));
    seen[i! < 0 || i! > 17 || j! < 0 || j! > 17 ? 324 : i! * 18 + j!]! += 1;
  }
  let [statistic, classes, restExpected, restSeen] = [0, 0, 0, 0];
  expected.forEach((count, index) => {
    if (count < 20) [restExpected, restSeen] = [restExpected + count, restSeen + seen[index]!];
    else [statistic, classes] = [statistic + (seen[index]! - count) ** 2 / count, classes + 1];
  });
  const limit = classes + 4.5 * Math.sqrt(2 * classes) + 10; // above the 1 - 1e-5 quantile for 10 classes or more
  assert.ok(statistic < limit, `${statistic} of ${classes} classes`);
  assert.ok(Math.abs(restSeen - restExpected) < 5 * Math.sqrt(restExpected + 1) + 8, `${restSeen} rows where ${restExpected} are expected`);
}

test('masses of modes: equal for the data, all on one for a narrow model', () => {
  for (const name of ['eight-gaussians', 'two-moons'] as const) {
    const by = modeOf(name);
    modeMasses(GRID, by, energiesOf(name, GRID)).forEach((mass) => { assert.ok(Math.abs(mass - 1 / by.modes) < 2e-3, `${name}: ${mass}`); });
  }
  const board = modeMasses(GRID, modeOf('checkerboard'), energiesOf('checkerboard', GRID));
  assert.deepEqual([...board].map((mass) => Math.round(8 * mass)), [1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1]);
  const points = gridPoints(GRID);
  const narrow = Float64Array.from({ length: points.length / 2 }, (_, cell) => 8 * ((points[2 * cell]! - 2.83) ** 2 + points[2 * cell + 1]! ** 2));
  assert.ok(modeMasses(GRID, modeOf('eight-gaussians'), narrow)[0]! > 0.99);
});

test('log Z and divergence of a Gaussian model are the closed forms', () => {
  const grid: PlanarGrid = { low: -8, high: 8, side: 200 };
  const points = gridPoints(grid);
  const [mean, deviation] = [0.5, 1.25];
  const energies = Float64Array.from({ length: points.length / 2 }, (_, cell) => ((points[2 * cell]! - mean) ** 2 + points[2 * cell + 1]! ** 2) / (2 * deviation ** 2));
  const { divergence, logPartition } = divergenceOnGrid(grid, (x, y) => -0.5 * (x * x + y * y) - Math.log(2 * Math.PI), energies);
  assert.ok(Math.abs(logPartition - Math.log(2 * Math.PI * deviation ** 2)) < 1e-6);
  assert.ok(Math.abs(divergence - (2 * Math.log(deviation) + (2 + mean ** 2) / (2 * deviation ** 2) - 1)) < 1e-6, `${divergence}`);
});
