// Telemetry that only remembers: for tests, for embedded runs that show their own figures, and as the source of summaries.
import type { CounterName, GaugeName, HistogramName, LabelsOf } from './catalogue.ts';
import { hasLabel, seriesName } from './series.ts';
import type { Telemetry } from './telemetry.ts';

export interface Histogram { readonly count: number; readonly sum: number; readonly least: number; readonly greatest: number }

export interface MemoryTelemetry extends Telemetry {
  /** A counter's total or a gauge's last value; 0 for a counter and null for a gauge that was never touched. */
  counter<Name extends CounterName>(name: Name, labels?: LabelsOf<Name>): number;
  gaugeValue<Name extends GaugeName>(name: Name, labels?: LabelsOf<Name>): number | null;
  histogram<Name extends HistogramName>(name: Name, labels?: LabelsOf<Name>): Histogram | null;
}

export function memoryTelemetry(): MemoryTelemetry {
  const counters = new Map<string, number>();
  const gauges = new Map<string, number>();
  const histograms = new Map<string, Histogram>();
  return {
    count(name, by = 1, labels) {
      if (!(by >= 0)) throw new RangeError(`counter ${name} cannot be moved by ${by}: counters only rise`);
      const series = seriesName(name, labels ?? {});
      counters.set(series, (counters.get(series) ?? 0) + by);
    },
    gauge(name, value, labels) { gauges.set(seriesName(name, labels ?? {}), value); },
    observe(name, value, labels) {
      const series = seriesName(name, labels ?? {});
      const was = histograms.get(series);
      histograms.set(series, was === undefined ? { count: 1, sum: value, least: value, greatest: value } : {
        count: was.count + 1, sum: was.sum + value, least: Math.min(was.least, value), greatest: Math.max(was.greatest, value),
      });
    },
    forget(job) {
      for (const series of gauges.keys()) if (hasLabel(series, 'job', job)) gauges.delete(series);
    },
    counter: (name, labels) => counters.get(seriesName(name, labels ?? {})) ?? 0,
    gaugeValue: (name, labels) => gauges.get(seriesName(name, labels ?? {})) ?? null,
    histogram: (name, labels) => histograms.get(seriesName(name, labels ?? {})) ?? null,
  };
}
