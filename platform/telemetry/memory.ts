// Telemetry that only remembers: for tests, for embedded runs that show their own figures, and as the source of summaries.
import { seriesName } from './series.ts';
import type { Labels, Telemetry } from './telemetry.ts';

export interface Histogram { readonly count: number; readonly sum: number; readonly least: number; readonly greatest: number }

export interface MemoryTelemetry extends Telemetry {
  /** A counter's total or a gauge's last value; 0 for a counter and null for a gauge that was never touched. */
  counter(name: string, labels?: Labels): number;
  gaugeValue(name: string, labels?: Labels): number | null;
  histogram(name: string, labels?: Labels): Histogram | null;
}

export function memoryTelemetry(): MemoryTelemetry {
  const counters = new Map<string, number>();
  const gauges = new Map<string, number>();
  const histograms = new Map<string, Histogram>();
  return {
    count(name, by = 1, labels = {}) {
      if (!(by >= 0)) throw new RangeError(`counter ${name} cannot be moved by ${by}: counters only rise`);
      counters.set(seriesName(name, labels), (counters.get(seriesName(name, labels)) ?? 0) + by);
    },
    gauge(name, value, labels = {}) { gauges.set(seriesName(name, labels), value); },
    observe(name, value, labels = {}) {
      const was = histograms.get(seriesName(name, labels));
      histograms.set(seriesName(name, labels), was === undefined ? { count: 1, sum: value, least: value, greatest: value } : {
        count: was.count + 1, sum: was.sum + value, least: Math.min(was.least, value), greatest: Math.max(was.greatest, value),
      });
    },
    counter: (name, labels = {}) => counters.get(seriesName(name, labels)) ?? 0,
    gaugeValue: (name, labels = {}) => gauges.get(seriesName(name, labels)) ?? null,
    histogram: (name, labels = {}) => histograms.get(seriesName(name, labels)) ?? null,
  };
}
