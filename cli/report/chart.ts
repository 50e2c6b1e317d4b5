// Draws one chart as static SVG, and lists the stops that the report's script reads values from. It opens without the script.
// Coordinates are in units of the view box; colours come from the style sheet by class.
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Mark } from './metrics.ts';
import { formatCount, formatFixed, formatNumber, formatWithError } from './numbers.ts';
import { axisFor, worthwhileRange } from './scale.ts';
import type { Axis } from './scale.ts';
import type { Spot } from './thin.ts';

export interface ChartCurve {
  readonly name: string;
  readonly segments: readonly (readonly Spot[])[];
  readonly abandoned: readonly (readonly Spot[])[];
}

export interface Chart {
  /** A word; unique in the report. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly meaning: string;
  /** `curve`: lines, and bands where a place stands for many values. `estimates`: points with error bars, hollow if not sound. */
  readonly kind: 'curve' | 'estimates';
  readonly curves: readonly ChartCurve[];
  readonly marks: readonly Mark[];
  readonly fromZero: boolean;
  readonly reference: number | null;
  /** The last update on the horizontal axis, which starts at 0; the same for all charts of a report. */
  readonly updates: number;
}

/** A place of the horizontal axis at which values can be read: its x, its name, and for each curve its y and text (null: no value). */
export type Stop = readonly [number, string, readonly (readonly [number, string] | null)[]];

export interface DrawnChart {
  readonly svg: Html;
  readonly stops: readonly Stop[];
  /** What the drawing shows, in words. */
  readonly summary: string;
  /** Values that lie outside the frame. */
  readonly beyond: number;
}

const WIDTH = 440;
const HEIGHT = 230;
const TOP = 12;
const RIGHT = 14;
const BOTTOM = 30;
// Width of a digit at the size that phones get.
const CHARACTER = 7.8;

interface Frame { readonly left: number; readonly x: (update: number) => number; readonly y: (value: number) => number; readonly horizontal: Axis; readonly vertical: Axis; readonly beyond: number }

const round = (value: number): number => Math.round(Math.max(-2000, Math.min(3000, value)) * 10) / 10;

const tickText = (axis: Axis, tick: number): string => (Math.max(Math.abs(axis.from), Math.abs(axis.to)) < 1e-3 || axis.decimals > 6 ? formatNumber(tick) : formatFixed(tick, axis.decimals));

function frameOf(chart: Chart): Frame {
  const kept = chart.curves.flatMap((curve) => curve.segments.flat());
  const all = [...kept, ...chart.curves.flatMap((curve) => curve.abandoned.flat())];
  const range = worthwhileRange((kept.length > 0 ? kept : all).flatMap((spot) => [spot.value, spot.low ?? spot.value, spot.high ?? spot.value]));
  const fixed = [...(chart.fromZero ? [0] : []), ...(chart.reference === null ? [] : [chart.reference])];
  const low = Math.min(range.from, ...fixed);
  const high = Math.max(range.to, ...fixed);
  const pad = (high - low) * 0.06;
  const vertical = axisFor(chart.fromZero && low === 0 ? 0 : low - pad, chart.fromZero && high === 0 ? 1 : high + pad, 5);
  const horizontal = axisFor(0, Math.max(1, chart.updates), chart.updates < 1_000_000 ? 5 : 3);
  const left = Math.max(34, ...vertical.ticks.map((tick) => tickText(vertical, tick).length * CHARACTER + 12));
  const x = (update: number): number => round(left + ((update - horizontal.from) / (horizontal.to - horizontal.from)) * (WIDTH - RIGHT - left));
  const y = (value: number): number => round(TOP + ((vertical.to - value) / (vertical.to - vertical.from)) * (HEIGHT - TOP - BOTTOM));
  return { left, x, y, horizontal, vertical, beyond: range.beyond };
}

// Spreading into Math.min would overflow the stack for a very long list.
const least = (values: readonly number[]): number => values.reduce((best, value) => Math.min(best, value), Infinity);
const greatest = (values: readonly number[]): number => values.reduce((best, value) => Math.max(best, value), -Infinity);

const middle = (spot: Spot): number => (spot.from + spot.to) / 2;

const pathOf = (places: readonly (readonly [number, number])[]): string => places.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join('');

function drawBand(spots: readonly Spot[], frame: Frame, curve: number): Html | null {
  const wide = spots.filter((spot) => spot.low !== null && spot.high !== null);
  if (wide.length < 2) return null;
  const upper = wide.map((spot) => [frame.x(middle(spot)), frame.y(spot.high!)] as const);
  const lower = wide.map((spot) => [frame.x(middle(spot)), frame.y(spot.low!)] as const).reverse();
  return html`<path class="band c${curve}" d="${pathOf([...upper, ...lower])}Z"/>`;
}

function drawBar(spot: Spot, frame: Frame, curve: number): Html | null {
  if (spot.low === null || spot.high === null) return null;
  const x = frame.x(middle(spot));
  const [low, high] = [frame.y(spot.low), frame.y(spot.high)];
  return html`<path class="bar c${curve}" d="M${x} ${low}V${high}M${x - 3} ${low}h6M${x - 3} ${high}h6"/>`;
}

/** Curves differ in shape as well as in colour: circles, squares, triangles. */
function drawPoint(spot: Spot, frame: Frame, curve: number): Html {
  const [x, y] = [frame.x(middle(spot)), frame.y(spot.value)];
  const kind = `point c${curve}${spot.sound ? '' : ' hollow'}`;
  if (curve === 1) return html`<rect class="${kind}" x="${x - 3.2}" y="${y - 3.2}" width="6.4" height="6.4"/>`;
  if (curve === 2) return html`<path class="${kind}" d="M${x} ${y - 4.2}l4.2 7.4h-8.4z"/>`;
  return html`<circle class="${kind}" cx="${x}" cy="${y}" r="3.4"/>`;
}

function drawSegment(chart: Chart, spots: readonly Spot[], frame: Frame, curve: number): Html {
  const line = pathOf(spots.map((spot) => [frame.x(middle(spot)), frame.y(spot.value)] as const));
  const joined = spots.length > 1 ? html`<path class="line c${curve}" d="${line}"/>` : null;
  if (chart.kind === 'curve') return html`${drawBand(spots, frame, curve)}${spots.length === 1 ? drawPoint(spots[0]!, frame, curve) : joined}`;
  return html`${joined}${spots.map((spot) => html`${drawBar(spot, frame, curve)}${drawPoint(spot, frame, curve)}`)}`;
}

function drawAxes(frame: Frame): Html {
  const bottom = HEIGHT - BOTTOM;
  const rows = frame.vertical.ticks.map((tick) => html`<path class="grid" d="M${frame.left} ${frame.y(tick)}H${WIDTH - RIGHT}"/><text class="tick end" x="${frame.left - 6}" y="${frame.y(tick) + 4}">${tickText(frame.vertical, tick)}</text>`);
  const columns = frame.horizontal.ticks.filter((tick) => Number.isInteger(tick)).map((tick) => {
    const x = frame.x(tick);
    // The outermost numbers would be cut off by the edge.
    const width = formatCount(tick).length * CHARACTER;
    return html`<path class="tickmark" d="M${x} ${bottom}v4"/><text class="tick" x="${Math.min(x, WIDTH - 2 - width / 2)}" y="${bottom + 17}">${formatCount(tick)}</text>`;
  });
  return html`${rows}<path class="axis" d="M${frame.left} ${bottom}H${WIDTH - RIGHT}"/>${columns}`;
}

function drawMarks(chart: Chart, frame: Frame): Html[] {
  const seen = new Set<string>();
  return chart.marks.flatMap((mark) => {
    const x = frame.x(mark.update);
    const key = `${mark.kind} ${Math.round(x / 2)}`;
    if (mark.update < frame.horizontal.from || mark.update > frame.horizontal.to || seen.has(key)) return [];
    seen.add(key);
    // An arrow back for a rollback, an arrow on for a resume.
    const sign = mark.kind === 'rollback' ? `M${x + 4} ${TOP - 9}l-8 4.5l8 4.5z` : `M${x - 4} ${TOP - 9}l8 4.5l-8 4.5z`;
    return [html`<path class="mark ${mark.kind}" d="M${x} ${TOP}V${HEIGHT - BOTTOM}"/><path class="sign ${mark.kind}" d="${sign}"/>`];
  });
}

/** The value of a spot in words. */
export function spotText(spot: Spot, kind: Chart['kind']): string {
  if (kind === 'estimates') {
    const text = formatWithError(spot.value, spot.high === null ? null : spot.high - spot.value);
    return spot.sound ? text : `${text} (not reliable)`;
  }
  return spot.low === null || spot.low === spot.high ? formatNumber(spot.value) : `${formatNumber(spot.value)} (${formatNumber(spot.low)} to ${formatNumber(spot.high)})`;
}

export const spotPlace = (spot: Spot): string => (spot.from === spot.to ? `update ${formatCount(spot.from)}` : `updates ${formatCount(spot.from)} to ${formatCount(spot.to)}`);

function stopsOf(chart: Chart, frame: Frame): Stop[] {
  const stops = new Map<string, { x: number; order: number; values: (readonly [number, string] | null)[] }>();
  chart.curves.forEach((curve, index) => {
    for (const spot of curve.segments.flat()) {
      const place = spotPlace(spot);
      const stop = stops.get(place) ?? { x: frame.x(middle(spot)), order: middle(spot), values: chart.curves.map(() => null) };
      stop.values[index] = [frame.y(spot.value), spotText(spot, chart.kind)];
      stops.set(place, stop);
    }
  });
  return [...stops].sort(([, left], [, right]) => left.order - right.order).map(([place, stop]) => [stop.x, place, stop.values]);
}

function summaryOf(chart: Chart): string {
  const sentences = chart.curves.map((curve) => {
    const spots = curve.segments.flat();
    const [first, last] = [spots[0], spots.at(-1)];
    if (first === undefined || last === undefined) return `${curve.name}: nothing that was kept.`;
    const low = least(spots.map((spot) => (chart.kind === 'curve' ? spot.low : null) ?? spot.value));
    const high = greatest(spots.map((spot) => (chart.kind === 'curve' ? spot.high : null) ?? spot.value));
    return `${curve.name}: ${spotText(first, chart.kind)} at ${spotPlace(first)}, ${spotText(last, chart.kind)} at ${spotPlace(last)}, between ${formatNumber(low)} and ${formatNumber(high)}.`;
  });
  const unit = chart.unit === '' ? '' : ` in ${chart.unit}`;
  return `${chart.title}${unit} over updates. ${sentences.join(' ')}`;
}

/** The chart must hold at least one spot. */
export function drawChart(chart: Chart): DrawnChart {
  const frame = frameOf(chart);
  const clip = `clip-${chart.id}`;
  const summary = summaryOf(chart);
  const reference = chart.reference === null ? null : html`<path class="reference" d="M${frame.left} ${frame.y(chart.reference)}H${WIDTH - RIGHT}"/>`;
  const svg = html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${summary}">
<clipPath id="${clip}"><rect x="${frame.left - 5}" y="${TOP - 5}" width="${WIDTH - RIGHT - frame.left + 10}" height="${HEIGHT - TOP - BOTTOM + 5}"/></clipPath>
${drawAxes(frame)}${reference}${drawMarks(chart, frame)}
<g clip-path="url(#${clip})">${chart.curves.map((curve, index) => html`<g class="abandoned">${curve.abandoned.map((spots) => drawSegment(chart, spots, frame, index))}</g>${curve.segments.map((spots) => drawSegment(chart, spots, frame, index))}`)}</g>
<g class="cursor" visibility="hidden"><path class="crosshair" d="M0 ${TOP}V${HEIGHT - BOTTOM}"/>${chart.curves.map((_, index) => html`<circle class="reading c${index}" r="4.5"/>`)}</g>
</svg>`;
  return { svg, stops: stopsOf(chart, frame), summary, beyond: frame.beyond };
}
