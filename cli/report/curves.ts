// The section of curves: which charts a run's metrics fill, each with the values in a table. Drawing is in chart.ts.
import { drawChart, spotPlace, spotText } from './chart.ts';
import type { Chart, ChartCurve, Stop } from './chart.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { REPORT_LIMITS } from './input.ts';
import { CONTINUOUS_METRICS, METRICS, finiteNumber, readCurve, readLikelihood, readMarks, readMetric } from './metrics.ts';
import type { Curve, Mark, MetricsLine, Point } from './metrics.ts';
import { formatCount } from './numbers.ts';
import { thinCurve, thinEstimates, thinEvenly } from './thin.ts';
import type { Spot } from './thin.ts';

/** Shares a number of points between segments by their length, at least 3 for each of at most 40 of them. */
function thinned(curve: Curve, most: number, thin: (points: readonly Point[], most: number) => Spot[]): ChartCurve {
  const share = (segments: readonly (readonly Point[])[], budget: number): Spot[][] => {
    const drawn = thinEvenly(segments, 40);
    const total = drawn.reduce((sum, segment) => sum + segment.length, 0);
    return drawn.map((segment) => thin(segment, Math.max(3, Math.floor((budget * segment.length) / total))));
  };
  const quarter = curve.abandoned.length === 0 ? 0 : Math.floor(most / 4);
  return { name: curve.name, segments: share(curve.segments, most - quarter), abandoned: share(curve.abandoned, quarter) };
}

const pointsOf = (curve: Curve): number => [...curve.segments, ...curve.abandoned].reduce((sum, segment) => sum + segment.length, 0);

const LIKELIHOODS = [
  { field: 'testLogLikelihood', figure: 'exact', name: 'exact' },
  { field: 'testLogLikelihood', figure: 'ais', name: 'AIS' },
  { field: 'testLogLikelihood', figure: 'raise', name: 'RAISE' },
  { field: 'validationLogLikelihood', figure: 'exact', name: 'validation rows, exact' },
  { field: 'validationLogLikelihood', figure: 'ais', name: 'validation rows, AIS' },
] as const;

const LIKELIHOOD_MEANING = {
  boltzmann: 'Higher is better. Bars are one standard error of log Z; hollow points are not reliable (effective sample size below 5 % of the runs). AIS errs on the high side, RAISE on the low side.',
  continuous: 'Higher is better. log Z is by quadrature over a square around the training rows: mass that a model has outside of it is not seen.',
} as const;

export type Family = keyof typeof LIKELIHOOD_MEANING;

function likelihoodChart(lines: readonly MetricsLine[], { marks, updates, family }: { readonly marks: readonly Mark[]; readonly updates: number; readonly family: Family }): Chart | null {
  const curves = LIKELIHOODS.map(({ field, figure, name }) => readCurve(name, lines, readLikelihood(field, figure))).filter((curve) => pointsOf(curve) > 0);
  if (curves.length === 0) return null;
  const most = Math.floor(REPORT_LIMITS.pointsMax / curves.length);
  return {
    id: 'logLikelihood', title: 'Test log-likelihood', unit: 'nats a row', kind: 'estimates', fromZero: false, reference: null, marks, updates,
    meaning: LIKELIHOOD_MEANING[family],
    // One line across rollbacks: what was kept is one run.
    curves: curves.slice(0, 3).map((curve) => thinned({ ...curve, segments: [curve.segments.flat()] }, most, thinEstimates)),
  };
}

/** The charts that the lines fill, in the order of the report. */
export function chartsOf(lines: readonly MetricsLine[], family: Family = 'boltzmann'): Chart[] {
  const marks = readMarks(lines);
  const updates = lines.reduce((most, line) => Math.max(most, finiteNumber(line['update']) ?? 0), 0);
  const likelihood = likelihoodChart(lines, { marks, updates, family });
  const others = (family === 'continuous' ? CONTINUOUS_METRICS : METRICS).flatMap((metric): Chart[] => {
    const curve = readCurve(metric.title, lines, readMetric(metric.field));
    if (pointsOf(curve) === 0) return [];
    return [{ id: metric.field, title: metric.title, unit: metric.unit, meaning: metric.meaning, kind: 'curve', fromZero: metric.fromZero, reference: metric.reference, marks, updates, curves: [thinned(curve, REPORT_LIMITS.pointsMax, thinCurve)] }];
  });
  return likelihood === null ? others : [likelihood, ...others];
}

function valuesTable(chart: Chart): Html {
  const rows = chart.curves.flatMap((curve) => thinEvenly(curve.segments.flat(), Math.ceil(REPORT_LIMITS.tableRowsMax / chart.curves.length)).map((spot) => ({ name: curve.name, spot })));
  const several = chart.curves.length > 1;
  const all = chart.curves.reduce((sum, curve) => sum + curve.segments.flat().reduce((points, spot) => points + spot.count, 0), 0);
  const note = all > rows.length ? html`<p class="note">${rows.length} places stand for ${formatCount(all)} values; all of them are in metrics.jsonl.</p>` : null;
  return html`<details><summary>Values of ${chart.title} as a table</summary>${note}
<div class="scroll" tabindex="0" role="region" aria-label="Table of ${chart.title}"><table><thead><tr>${several ? html`<th scope="col">Figure</th>` : null}<th scope="col">Place</th><th scope="col" class="number">${chart.unit === '' ? 'Value' : chart.unit}</th></tr></thead>
<tbody>${rows.map(({ name, spot }) => html`<tr>${several ? html`<td>${name}</td>` : null}<td>${spotPlace(spot)}</td><td class="number">${spotText(spot, chart.kind)}</td></tr>`)}</tbody></table></div></details>`;
}

function figureOf(chart: Chart): { readonly html: Html; readonly stops: readonly Stop[] } {
  const drawn = drawChart(chart);
  const last = drawn.stops.at(-1);
  const key = chart.curves.map((curve, index) => html`<span class="key"><svg class="swatch" viewBox="-6 -6 12 12" aria-hidden="true">${swatch(index, chart.kind)}</svg>${chart.curves.length > 1 ? curve.name : null} <b data-value="${index}">${last?.[2][index]?.[1] ?? '–'}</b></span>`);
  const beyond = drawn.beyond > 0 ? ' Some values lie far outside the frame and are cut off; metrics.jsonl has them.' : '';
  return {
    stops: drawn.stops,
    html: html`<figure class="chart" id="chart-${chart.id}" data-chart="${chart.id}">
<figcaption><h3>${chart.title}${chart.unit === '' ? null : html` <small>${chart.unit}</small>`}</h3><p class="readout"><span data-place>${last?.[1] ?? ''}</span> ${key}</p></figcaption>
<div class="plot" data-label="${chart.title}">${drawn.svg}</div>
<p class="note">${chart.meaning}${beyond}</p>
${valuesTable(chart)}
</figure>`,
  };
}

function swatch(index: number, kind: Chart['kind']): Html {
  if (kind === 'curve') return html`<path class="line c${index}" d="M-6 0H6"/>`;
  if (index === 1) return html`<rect class="point c1" x="-4" y="-4" width="8" height="8"/>`;
  if (index === 2) return html`<path class="point c2" d="M0 -5l5 9h-10z"/>`;
  return html`<circle class="point c0" r="4"/>`;
}

/** The section, and the stops of each chart for the script. */
export function curvesSection(lines: readonly MetricsLine[], family: Family = 'boltzmann'): { readonly html: Html; readonly stops: Readonly<Record<string, readonly Stop[]>> } {
  const charts = chartsOf(lines, family);
  const figures = charts.map((chart) => ({ id: chart.id, ...figureOf(chart) }));
  const marks = charts[0]?.marks ?? [];
  const kinds = new Set(marks.map((mark) => mark.kind));
  const legend = html`${kinds.has('rollback') ? html`<p class="note"><span class="marker rollback" aria-hidden="true">◀</span> Rollback: the run diverged and went on from here with half the rate. Dashed: what was thrown away.</p>` : null}${kinds.has('resume') ? html`<p class="note"><span class="marker resume" aria-hidden="true">▶</span> Resumed after an interruption: the bits are those of an undisturbed run.</p>` : null}`;
  const body = figures.length === 0 ? html`<p>Nothing was measured along the way.</p>` : html`<p class="note">Over updates. Point at a chart, or focus it and use the arrow keys, to read values.</p>${legend}<div class="charts">${figures.map((figure) => figure.html)}</div>`;
  return { html: html`<section id="curves"><h2>Curves</h2>${body}</section>`, stops: Object.fromEntries(figures.map((figure) => [figure.id, figure.stops])) };
}
