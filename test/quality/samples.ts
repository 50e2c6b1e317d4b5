// How rows that a model drew compare with a built-in set of two dimensions (docs/scores.md): which share of them each mode has, how likely the set's own
// density finds them, and their distance from fresh rows of the set.
//   ebm sample runs/eight-gaussians-score-1 --count 2000 --method ode --out rows.npy
//   node dist/test/quality/samples.js eight-gaussians rows.npy ...
// prints a row of the table for each file, and first one for the set's own rows, which chance alone keeps from being perfect.
import { readFileSync } from 'node:fs';
import { logDensityOf, modeOf } from '../../ebm/continuous/densities.ts';
import { PLANAR_SETS, planarRows, type PlanarSet } from '../../ebm/continuous/datasets.ts';
import { readNpy } from '../support/small-run.ts';

/** Rows of the set that no run has seen: a run trains on the first 10,000, and tests with 10,000 more. */
const FRESH = { from: 30_000, to: 34_000 } as const;
const OWN = 40_000;
/** A density below this one, in nats, is that of a place without data. */
const NOWHERE = -10;

type Places = readonly (readonly [number, number])[];

function placesOf(values: Float32Array): Places {
  return Array.from({ length: values.length / 2 }, (_, row) => [values[2 * row]!, values[2 * row + 1]!] as const);
}

/** Square of the maximum mean discrepancy with a Gaussian kernel of deviation 1, without bias, so that it may be below 0 (Gretton et al. 2012). */
function discrepancy(first: Places, second: Places): number {
  const mean = (left: Places, right: Places): number => {
    let sum = 0;
    for (const [i, [x, y]] of left.entries()) {
      for (const [j, [a, b]] of right.entries()) if (left !== right || i !== j) sum += Math.exp(-0.5 * ((x - a) ** 2 + (y - b) ** 2));
    }
    return sum / (left.length * (left === right ? left.length - 1 : right.length));
  };
  return mean(first, first) + mean(second, second) - 2 * mean(first, second);
}

function rowOf(set: PlanarSet, title: string, places: Places): string {
  const [modes, density, fresh] = [modeOf(set), logDensityOf(set), placesOf(planarRows(set, FRESH))];
  const masses = (rows: Places): number[] => Array.from({ length: modes.modes }, (_, mode) => rows.filter(([x, y]) => modes.at(x, y) === mode).length / rows.length);
  const expected = masses(placesOf(planarRows(set, { from: 0, to: 100_000 })));
  const shares = masses(places).map((mass, mode) => mass / expected[mode]!).sort((a, b) => a - b);
  const logs = places.map(([x, y]) => density(x, y));
  const near = logs.filter((log) => log > NOWHERE);
  const cells = [title, shares[0]!.toFixed(2), shares.at(-1)!.toFixed(2), (near.reduce((sum, log) => sum + log, 0) / near.length).toFixed(3), `${(100 * (1 - near.length / logs.length)).toFixed(2)} %`, discrepancy(places, fresh).toExponential(1)];
  return `| ${cells.join(' | ')} |`;
}

const [name = 'eight-gaussians', ...files] = process.argv.slice(2);
const set = PLANAR_SETS.find((each) => each === name);
if (set === undefined) throw new RangeError(`${name} is no built-in set: ${PLANAR_SETS.join(', ')}`);
console.log('| rows | least share | largest share | mean log-density of those near the data | where there are none | MMD squared |\n|---|---|---|---|---|---|');
const read = files.map((file) => [file, placesOf(new Float32Array(readNpy(readFileSync(file)).bytes.buffer))] as const);
console.log(rowOf(set, 'of the set', placesOf(planarRows(set, { from: OWN, to: OWN + (read[0]?.[1].length ?? 2_000) }))));
for (const [file, places] of read) console.log(rowOf(set, file, places));
