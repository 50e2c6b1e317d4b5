// Bit-identity: a run's digests are a function of its job. The reference engine with one worker says what they are; every other number
// of workers, engine, number of threads, cut of the ranges and wire must end with the same ones, for every way of training.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { guidedCut } from '../../coordinator/machine/settings.ts';
import { ENGINES, engines, type EngineName } from './engines.ts';
import { bitsOf, randomCut, runFleet, type Wire } from './fleet.ts';
import { jobOfWay, WAYS } from './jobs.ts';

const WORKERS = [1, 2, 3, 7];
const WIRES: readonly Wire[] = ['references', 'bytes'];
const CUTS = [['guided', guidedCut], ['random 1', randomCut(1)], ['random 2', randomCut(2)]] as const;

interface Point { readonly workers: number; readonly engine: EngineName; readonly wire: Wire; readonly cut: (typeof CUTS)[number] }

/** Half of all points for each staleness, so that every two values of two axes meet (tested below); together all of them but for the cuts. */
function pointsOf(staleness: 0 | 1): readonly Point[] {
  return WORKERS.flatMap((workers, i) => ENGINES.flatMap((engine, j) => WIRES.flatMap((wire, k) => (
    (i + j + k + staleness) % 2 === 0 ? [{ workers, engine, wire, cut: CUTS[(i + j) % CUTS.length]! }] : []))));
}

const engineOf = engines();

for (const staleness of [0, 1] as const) {
  test(`every two values of two axes meet with staleness ${staleness}`, () => {
    const valuesOf = ({ workers, engine, wire, cut }: Point): readonly string[] => [`${workers} workers`, engine, wire, cut[0]];
    const met = new Set(pointsOf(staleness).flatMap((point) => valuesOf(point).flatMap((a, i) => valuesOf(point).slice(i + 1).map((b) => `${a}, ${b}`))));
    const axes = [WORKERS.length, ENGINES.length, WIRES.length, CUTS.length];
    assert.equal(met.size, axes.flatMap((a, i) => axes.slice(i + 1).map((b) => a * b)).reduce((sum, pairs) => sum + pairs, 0));
  });

  describe(`staleness ${staleness}: the same bits for any workers, engine, threads, wire and cut`, () => {
    for (const [way, changes] of WAYS) {
      test(way, async () => {
        const job = jobOfWay(changes, staleness);
        const expected = await bitsOf(await runFleet(job, { engine: engineOf('reference') }));
        for (const { workers, engine, wire, cut: [cutName, cut] } of pointsOf(staleness)) {
          const run = await runFleet(job, { engine: engineOf(engine), workers, wire, rules: { cut } });
          const point = `${workers} workers, ${engine}, by ${wire}, ${cutName} cuts`;
          assert.deepEqual(await bitsOf(run), expected, point);
          assert.equal(run.contributions.size, workers, `${point}: every worker computed`);
        }
      });
    }
  });
}
