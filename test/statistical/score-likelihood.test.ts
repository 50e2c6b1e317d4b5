// log p by the probability flow with scores that are known: rows whose first number is of a mixture of two Gaussians and whose second is of another one.
// In one dimension a flow keeps quantiles, so that where a row ends is known too, and with it what the density at the largest noise makes of it: the figure
// is known row by row, the error of that density included.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sigmaAt } from '../../ebm/continuous/diffusion.ts';
import { logLikelihoods, priorShortfall, spreadOverLevels, type FlowPath, type RowNumbers, type ScoreSlopes, type SlopesRequest, type Trace } from '../../ebm/continuous/likelihood.ts';
import type { NoiseSettings } from '../../ebm/continuous/model.ts';
import { normalDistribution } from '../../ebm/numeric/normal.ts';
import { mean, standardErrorOfMean } from '../../ebm/numeric/sum.ts';
import { normalRows } from '../support/continuous.ts';

const ROWS = 400;
const STEPS = 64;
const DEVIATION = 1.4;
const NOISES: Readonly<Record<string, NoiseSettings>> = {
  ve: { kind: 've', sigmaMin: 0.02, sigmaMax: 20, levels: null },
  vp: { kind: 'vp', betaMin: 0.1, betaMax: 20 },
};
/** Of each number of a row, one after the other: equal variances in a mixture. */
const MARGINS = [
  { modes: [{ weight: 0.3, mean: -2 }, { weight: 0.7, mean: 1.5 }], variance: 0.16 },
  { modes: [{ weight: 1, mean: 1 }], variance: 0.64 },
] as const;
type Margin = (typeof MARGINS)[number];
const NUMBERS: RowNumbers = { key: [5, 6], word3: 9, firstRow: 0 };
const EXACT: Trace = { kind: 'exact' };

function densityOf({ modes, variance }: Margin, y: number, sigma: number): { readonly log: number; readonly below: number; readonly score: number; readonly slope: number } {
  const width = variance + sigma * sigma;
  const parts = modes.map(({ weight, mean: centre }) => ({ density: (weight * Math.exp(-((y - centre) ** 2) / (2 * width))) / Math.sqrt(2 * Math.PI * width), pull: (centre - y) / width, weight, centre }));
  const density = parts.reduce((sum, part) => sum + part.density, 0);
  const [score, square] = [1, 2].map((power) => parts.reduce((sum, part) => sum + (part.density / density) * part.pull ** power, 0)) as [number, number];
  const below = parts.reduce((sum, part) => sum + part.weight * normalDistribution((y - part.centre) / Math.sqrt(width)), 0);
  return { log: Math.log(density), below, score, slope: square - 1 / width - score * score };
}

/** Scores and slopes of rows that are turned by an angle, so that a direction's slope is not that of its axes. */
function answered({ rows, sigma, directions }: SlopesRequest, angle: number): ScoreSlopes {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const answer = { scores: new Float32Array(rows.length), slopes: new Float64Array(rows.length / 2) };
  answer.slopes.forEach((_, row) => {
    const turned = (values: Float32Array): readonly [number, number] => [c * values[2 * row]! + s * values[2 * row + 1]!, c * values[2 * row + 1]! - s * values[2 * row]!];
    const [first, second] = MARGINS.map((margin, axis) => densityOf(margin, turned(rows)[axis]!, sigma)) as [ReturnType<typeof densityOf>, ReturnType<typeof densityOf>];
    answer.scores.set([c * first.score - s * second.score, s * first.score + c * second.score], 2 * row);
    const [along, across] = turned(directions);
    answer.slopes[row] = along * along * first.slope + across * across * second.slope;
  });
  return answer;
}

function likelihoods(path: Partial<FlowPath> & Pick<FlowPath, 'noise'>, rows: Float32Array, angle = 0): Float64Array {
  const asking = logLikelihoods({ dataDeviation: DEVIATION, steps: STEPS, size: 2, trace: EXACT, ...path }, rows);
  let next = asking.next();
  while (next.done !== true) next = asking.next(answered(next.value, angle));
  return next.value;
}

/** Rows of the data, [rows * 2]. */
function dataRows(count = ROWS): Float32Array {
  return normalRows(count, 2, 3).map((z, i) => {
    const { modes, variance } = MARGINS[i % 2]!;
    const share = (Math.floor(i / 2) + 0.5) / count;
    return (modes.length === 2 && share > modes[0].weight ? modes[1] : modes[0]).mean + Math.sqrt(variance) * z;
  });
}

const turnedRows = (rows: Float32Array, angle: number): Float32Array => rows.map((value, i) => (
  i % 2 === 0 ? Math.cos(angle) * value - Math.sin(angle) * rows[i + 1]! : Math.sin(angle) * rows[i - 1]! + Math.cos(angle) * value));

/** Where the flow takes y from one noise to the other: to the same quantile. */
function carried(margin: Margin, y: number, from: number, to: number): number {
  const { below } = densityOf(margin, y, from);
  let [low, high] = [-12 * to, 12 * to];
  for (let halving = 0; halving < 80; halving += 1) {
    const middle = (low + high) / 2;
    if (densityOf(margin, middle, to).below < below) low = middle;
    else high = middle;
  }
  return low;
}

/** log p of a row by a flow without error: its density under the least noise, and what the normal at the largest errs by where the row ends. */
function expected(noise: NoiseSettings, row: Float32Array): number {
  const [least, most] = [sigmaAt(noise, 0), sigmaAt(noise, 1)];
  const variance = most * most + DEVIATION * DEVIATION;
  return MARGINS.reduce((sum, margin, axis) => {
    const end = carried(margin, row[axis]!, least, most);
    const assumed = -0.5 * Math.log(2 * Math.PI * variance) - (end * end) / (2 * variance);
    return sum + densityOf(margin, row[axis]!, least).log + assumed - densityOf(margin, end, most).log;
  }, 0);
}

for (const [name, noise] of Object.entries(NOISES)) {
  test(`${name}: log p of each row is what a flow without error gives, within 0.001 nats`, () => {
    const rows = dataRows();
    likelihoods({ noise }, rows).forEach((log, row) => {
      const right = expected(noise, rows.subarray(2 * row, 2 * row + 2));
      assert.ok(Math.abs(log - right) < 0.001, `row ${row}: ${log}, expected ${right}`);
    });
  });

  test(`${name}: the mean over the data is below that of their density by no more than is stated`, () => {
    const rows = dataRows(2_000);
    const logs = likelihoods({ noise, steps: 32 }, rows);
    const short = logs.map((log, row) => MARGINS.reduce((sum, margin, axis) => sum + densityOf(margin, rows[2 * row + axis]!, sigmaAt(noise, 0)).log, 0) - log);
    const meanSquare = mean(Float64Array.from(short, (_, row) => rows[2 * row]! ** 2 + rows[2 * row + 1]! ** 2));
    const [found, error, most] = [mean(short), 4 * standardErrorOfMean(short), priorShortfall({ noise, dataDeviation: DEVIATION, size: 2 }, meanSquare)];
    assert.ok(found > -error && found < most + error, `${found} nats, at most ${most}, standard errors ${error}`);
    assert.ok(most < 0.01 && error < most + 0.02, `${most}, ${error}`);
  });

  test(`${name}: random directions err by chance alone, and a row's figure depends on no other row`, () => {
    const angle = 0.6;
    const rows = turnedRows(dataRows(), angle);
    const exact = likelihoods({ noise }, rows, angle);
    const hutchinson = (projections: number, firstRow = 0): Trace => ({ kind: 'hutchinson', projections, numbers: { ...NUMBERS, firstRow } });
    const differences = [1, 4].map((projections) => likelihoods({ noise, trace: hutchinson(projections) }, rows, angle).map((log, row) => log - exact[row]!));
    const spreads = differences.map((each) => {
      const error = standardErrorOfMean(each);
      assert.ok(Math.abs(mean(each)) < 4 * error, `${mean(each)}, standard error ${error}`);
      return error;
    });
    assert.ok(spreads[0]! > 0.002 && spreads[1]! < 0.7 * spreads[0]! && spreads[1]! > 0.3 * spreads[0]!, spreads.join(', '));
    const whole = likelihoods({ noise, steps: 8, trace: hutchinson(2) }, rows, angle);
    assert.deepEqual(likelihoods({ noise, steps: 8, trace: hutchinson(2, 3) }, rows.slice(6, 20), angle), whole.slice(3, 10));
  });
}

test('half the steps err more, and the difference shows by how much', () => {
  const rows = dataRows(50);
  const noise = NOISES['vp']!;
  const right = Array.from({ length: 50 }, (_, row) => expected(noise, rows.subarray(2 * row, 2 * row + 2)));
  const [coarse, fine] = [8, 16].map((steps) => likelihoods({ noise, steps }, rows));
  const most = (logs: ArrayLike<number>, others: ArrayLike<number>): number => Math.max(...Array.from(logs, (log, row) => Math.abs(log - others[row]!)));
  assert.ok(most(coarse!, right) > 4 * most(fine!, right), `${most(coarse!, right)}, ${most(fine!, right)}`);
  assert.ok(most(fine!, right) < most(coarse!, fine!));
});

test('rows are spread evenly over their levels', () => {
  const rows = new Float32Array(4_000).fill(0.5);
  const spread = Array.from(spreadOverLevels(rows, 4, 0.1, NUMBERS), (x) => x - 0.5);
  assert.ok(spread.every((x) => Math.abs(x) < 0.0501));
  assert.ok(Math.abs(mean(spread)) < 0.002 && Math.abs(mean(spread.map((x) => x * x)) - 0.01 / 12) < 3e-5);
  assert.deepEqual(spreadOverLevels(rows.subarray(0, 8), 4, 0.1, { ...NUMBERS, firstRow: 2 }), spreadOverLevels(rows, 4, 0.1, NUMBERS).slice(8, 16));
});
