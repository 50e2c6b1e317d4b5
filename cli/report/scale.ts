// Axes: round numbers for ticks, and the range that is worth showing. Knows no drawing.

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Decimals that tell the ticks apart. */
  readonly decimals: number;
}

/** The step of 1, 2 or 5 times a power of ten that cuts the range into at most `most` parts. */
function roundStep(range: number, most: number): number {
  const power = 10 ** Math.floor(Math.log10(range / most));
  for (const lead of [1, 2, 5]) if (lead * power * most >= range * (1 - 1e-9)) return lead * power;
  return 10 * power;
}

/** An axis that holds the range, with ticks at round numbers inside it. A range of one value is widened. */
export function axisFor(from: number, to: number, mostTicks: number): Axis {
  const empty = to - from <= Math.max(1e-200, Math.abs(from) * 1e-9, Math.abs(to) * 1e-9);
  const pad = empty ? (Math.abs(from) > 1e-100 ? Math.abs(from) * 0.05 : 1) : 0;
  const low = from - pad;
  const high = to + pad;
  const step = roundStep(high - low, mostTicks);
  const ticks: number[] = [];
  const first = Math.ceil(low / step - 1e-9);
  for (let at = first; at * step <= high + step * 1e-9; at++) ticks.push(at === 0 ? 0 : at * step);
  return { from: low, to: high, ticks, decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/**
 * The range of values that an axis should show: all of them, unless a few lie so far out that the rest would be a flat line. Then the
 * middle 96 % and once their range on either side.
 */
export function worthwhileRange(values: readonly number[]): { readonly from: number; readonly to: number; readonly beyond: number } {
  // Larger values overflow when an axis is laid out; they are drawn at its end.
  const sorted = Float64Array.from(values, (value) => Math.max(-1e150, Math.min(1e150, value))).sort();
  const least = sorted[0] ?? 0;
  const greatest = sorted.at(-1) ?? 0;
  if (sorted.length < 50) return { from: least, to: greatest, beyond: 0 };
  const low = sorted[Math.floor(sorted.length * 0.02)]!;
  const high = sorted[Math.ceil(sorted.length * 0.98) - 1]!;
  const reach = high - low;
  if (!(reach > 0) || greatest - least <= 4 * reach) return { from: least, to: greatest, beyond: 0 };
  const from = Math.max(least, low - reach);
  const to = Math.min(greatest, high + reach);
  return { from, to, beyond: sorted.filter((value) => value < from || value > to).length };
}
