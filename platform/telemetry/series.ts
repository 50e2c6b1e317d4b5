// The name of a series: a metric with its labels, in Prometheus' notation, labels in order.
import type { Labels } from './telemetry.ts';

export function seriesName(name: string, labels: Partial<Labels>): string {
  const names = Object.keys(labels).sort();
  return names.length === 0 ? name : `${name}{${names.map((label) => `${label}="${labels[label] ?? ''}"`).join(',')}}`;
}

/** Whether a series' name has this label. */
export function hasLabel(series: string, label: string, value: string): boolean {
  return series.includes(`{${label}="${value}"`) || series.includes(`,${label}="${value}"`);
}
