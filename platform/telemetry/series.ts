// The name of a series: a metric with its labels, in Prometheus' notation, labels in order.
import type { Labels } from './telemetry.ts';

export function seriesName(name: string, labels: Labels): string {
  const names = Object.keys(labels).sort();
  return names.length === 0 ? name : `${name}{${names.map((label) => `${label}="${labels[label] ?? ''}"`).join(',')}}`;
}
