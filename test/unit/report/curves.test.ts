import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drawChart, spotText } from '../../../cli/report/chart.ts';
import { chartsOf, curvesSection } from '../../../cli/report/curves.ts';
import { METRICS, readCurve, readLikelihood, readMarks, readMetric } from '../../../cli/report/metrics.ts';
import type { MetricsLine, Point } from '../../../cli/report/metrics.ts';
import { thinCurve, thinEstimates, thinEvenly } from '../../../cli/report/thin.ts';
import { REPORT_LIMITS } from '../../../cli/report/input.ts';
import { madeUpMetrics } from '../../support/report-input.ts';

const progress = (update: number, energyGap: unknown, branch = 0): MetricsLine => ({ kind: 'progress', update, branch, energyGap });
const gap = readMetric('energyGap');
const pairs = (segments: readonly (readonly Point[])[]): number[][][] => segments.map((segment) => segment.map((point) => [point.update, point.value]));
const point = (update: number, value: number): Point => ({ update, value, low: null, high: null, sound: true });

test('a curve is what its field says, line by line; what is no finite number is not drawn', () => {
  const lines = [progress(10, 1), progress(20, null), progress(30, 'no'), { kind: 'checkpoint', update: 30 }, progress(40, NaN), { energyGap: 3 }, progress(50, 2)];
  assert.deepEqual(pairs(readCurve('x', lines, gap).segments), [[[10, 1], [50, 2]]]);
});

test('a rollback abandons what came after the update that it returns to', () => {
  const lines = [progress(10, 1), progress(20, 2), progress(30, 3), progress(40, 4), { kind: 'rollback', from: 45, to: 20, branch: 1 }, progress(30, 5, 1), progress(40, 6, 1)];
  const curve = readCurve('x', lines, gap);
  assert.deepEqual(pairs(curve.segments), [[[10, 1], [20, 2]], [[30, 5], [40, 6]]]);
  assert.deepEqual(pairs(curve.abandoned), [[[30, 3], [40, 4]]]);
  assert.deepEqual(readMarks(lines), [{ kind: 'rollback', update: 20 }]);
});

test('a rollback is seen from the branch if no line says it, and may come twice', () => {
  const lines = [progress(10, 1), progress(20, 2), progress(10, 3, 1), progress(20, 4, 1), progress(10, 5, 2)];
  const curve = readCurve('x', lines, gap);
  assert.deepEqual(pairs(curve.segments), [[[10, 5]]]);
  assert.deepEqual(pairs(curve.abandoned), [[[10, 1], [20, 2]], [[10, 3], [20, 4]]]);
  assert.deepEqual(readMarks(lines).map((mark) => mark.kind), ['rollback', 'rollback']);
});

test('a resumed run computes lines again; they replace the first ones and nothing is abandoned', () => {
  const lines = [progress(10, 1), progress(20, 2), progress(30, 3), progress(20, 2), progress(30, 3), progress(40, 4)];
  const curve = readCurve('x', lines, gap);
  assert.deepEqual(pairs(curve.segments), [[[10, 1], [20, 2], [30, 3], [40, 4]]]);
  assert.deepEqual(curve.abandoned, []);
  assert.deepEqual(readMarks(lines), [{ kind: 'resume', update: 20 }]);
  assert.deepEqual(readMarks([progress(10, 1), progress(20, 1), { kind: 'resumed', update: 10 }, progress(20, 1)]), [{ kind: 'resume', update: 10 }]);
});

test('for any rollbacks and resumes the kept points ascend and their values are the last ones seen', () => {
  const step = fc.record({ back: fc.integer({ min: 0, max: 5 }), forward: fc.integer({ min: 1, max: 6 }), rollback: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
    const lines: MetricsLine[] = [];
    const last = new Map<number, number>();
    let [at, branch, serial] = [0, 0, 0];
    for (const { back, forward, rollback } of steps) {
      const to = Math.max(0, at - back);
      if (rollback) {
        branch += 1;
        lines.push({ kind: 'rollback', from: at, to, branch });
        for (const update of [...last.keys()]) if (update > to) last.delete(update);
      } else if (to < at) for (const update of [...last.keys()]) if (update > to) last.delete(update);
      for (at = to + 1; at <= to + forward; at++) { serial += 1; lines.push(progress(at, serial, branch)); last.set(at, serial); }
      at -= 1;
    }
    const kept = pairs(readCurve('x', lines, gap).segments).flat();
    // Points that a resumed run has not come past again are still there; everything else must be the last value seen.
    for (const [update, value] of kept) if (last.has(update!)) assert.equal(value, last.get(update!));
    for (const [update, value] of last) assert.deepEqual(kept.find((pair) => pair[0] === update), [update, value]);
    assert.ok(kept.every((pair, index) => index === 0 || pair[0]! > kept[index - 1]![0]!));
  }), { seed: 51, numRuns: 300 });
});

test('AIS has the error of log Z, and is hollow where it is not reliable; RAISE has none', () => {
  const line = { update: 600, testLogLikelihood: { ais: -90, raise: -95, reliable: false }, logPartition: { standardError: 0.5 } };
  assert.deepEqual(readLikelihood('testLogLikelihood', 'ais')(line), { update: 600, value: -90, low: -90.5, high: -89.5, sound: false });
  assert.deepEqual(readLikelihood('testLogLikelihood', 'raise')(line), { update: 600, value: -95, low: null, high: null, sound: true });
  assert.equal(readLikelihood('testLogLikelihood', 'ais')({ ...line, standardErrors: { annealing: 0.25, images: 0.4 } })?.low, -90.25);
  assert.equal(readLikelihood('testLogLikelihood', 'exact')(line), null);
  assert.equal(readLikelihood('testLogLikelihood', 'ais')({ update: 600, testLogLikelihood: { ais: null } }), null);
  assert.equal(readLikelihood('testLogLikelihood', 'ais')({ update: 600, testLogLikelihood: 'x' }), null);
});

test('thinning keeps the budget, every extreme and the mean', () => {
  fc.assert(fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 2000 }), fc.integer({ min: 6, max: 500 }), (values, most) => {
    const points = values.map((value, at) => point(at, value));
    const spots = thinCurve(points, most);
    const drawn = spots.reduce((sum, spot) => sum + (spot.low === null ? 1 : 3), 0);
    assert.ok(drawn <= Math.max(most, 3));
    assert.equal(spots.reduce((sum, spot) => sum + spot.count, 0), values.length);
    const reach = (side: 'low' | 'high'): number[] => spots.map((spot) => spot[side] ?? spot.value);
    assert.equal(Math.min(...reach('low')), Math.min(...values));
    assert.equal(Math.max(...reach('high')), Math.max(...values));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(spots.reduce((sum, spot) => sum + spot.value * spot.count, 0) / values.length - mean) < 1e-6 * (1 + Math.abs(mean)));
    const estimates = thinEstimates(points, most);
    assert.ok(estimates.length <= most);
    assert.ok(estimates.every((spot) => values[spot.from] === spot.value));
    assert.equal(Math.max(...estimates.map((spot) => spot.value)), Math.max(...values));
  }), { seed: 52, numRuns: 200 });
});

test('an even choice has the first and the last', () => {
  assert.deepEqual(thinEvenly([1, 2, 3, 4, 5, 6, 7, 8, 9], 3), [1, 5, 9]);
  assert.deepEqual(thinEvenly([1, 2], 5), [1, 2]);
  assert.deepEqual(thinEvenly([1, 2, 3], 1), [3]);
});

test('every metric that is measured has a chart in its place, the likelihood first', () => {
  const charts = chartsOf(madeUpMetrics({ every: 20, rollbackAt: 1400, resumeAt: 3200 }));
  assert.deepEqual(charts.map((chart) => chart.id), ['logLikelihood', ...METRICS.map((metric) => metric.field)]);
  assert.deepEqual(charts[0]!.curves.map((curve) => curve.name), ['AIS', 'RAISE']);
  assert.deepEqual(charts[0]!.marks, [{ kind: 'rollback', update: 900 }, { kind: 'resume', update: 3000 }]);
  assert.equal(charts[1]!.curves[0]!.abandoned.length, 1);
  assert.deepEqual(chartsOf([]), []);
});

test('stops name each place once, from left to right, with the value of every curve there', () => {
  const lines: MetricsLine[] = [
    { update: 600, testLogLikelihood: { ais: -100, raise: -110, reliable: false }, logPartition: { standardError: 2 } },
    { update: 1200, testLogLikelihood: { ais: -90, reliable: true }, logPartition: { standardError: 0.25 } },
  ];
  const { stops, summary } = drawChart(chartsOf(lines)[0]!);
  assert.deepEqual(stops.map(([, place, values]) => [place, values.map((value) => value?.[1] ?? null)]), [
    ['update 600', ['−100.0 ± 2.0 (not reliable)', '−110.00']],
    ['update 1,200', ['−90.00 ± 0.25', null]],
  ]);
  assert.ok(stops[0]![0] < stops[1]![0]);
  assert.match(summary, /^Test log-likelihood in nats a row over updates\. AIS: −100\.0 ± 2\.0 \(not reliable\) at update 600, −90\.00/);
});

test('a long run is drawn within its budget, quickly, and no coordinate is out of bounds or undefined', () => {
  const lines: MetricsLine[] = Array.from({ length: 50_000 }, (_, at) => ({
    ...progress(at + 1, at % 7919 === 0 ? (at % 2 === 0 ? 1e308 : -1e308) : Math.sin(at)), flipRate: 0, rHat: at === 5 ? 1e9 : 1,
    testLogLikelihood: { ais: -100 + Math.sin(at), reliable: true }, logPartition: { standardError: 0.1 },
  }));
  for (const chart of chartsOf(lines)) {
    const { svg, stops } = drawChart(chart);
    assert.ok(stops.length <= REPORT_LIMITS.pointsMax);
    assert.ok(svg.text.length < 80_000, `${chart.id}: ${svg.text.length}`);
    assert.ok(!/NaN|Infinity|undefined/.test(svg.text), chart.id);
  }
});

test('a bin says its mean and its reach, and a flat one only its value', () => {
  assert.equal(spotText(thinCurve([point(1, 1), point(2, 2), point(3, 3), point(4, 6)], 3)[0]!, 'curve'), '3 (1 to 6)');
  assert.equal(spotText(thinCurve([point(1, 2), point(2, 2), point(3, 2), point(4, 2)], 3)[0]!, 'curve'), '2');
});

test('one point, equal values and zeros alone are drawn too', () => {
  for (const lines of [[progress(1, 5)], [progress(1, 0), progress(2, 0)], [progress(0, -3), progress(1, -3)]]) {
    const { svg, stops } = drawChart(chartsOf(lines)[0]!);
    assert.ok(!/NaN/.test(svg.text));
    assert.equal(stops.length, lines.length);
  }
});

test('a chart of which a rollback left nothing still opens', () => {
  const section = curvesSection([progress(10, 1), progress(20, 2), { kind: 'rollback', from: 25, to: 0, branch: 1 }]);
  assert.match(section.html.text, /Energy gap: nothing that was kept\./);
  assert.deepEqual(section.stops, { energyGap: [] });
});
