// Telemetry as lines of text, one a measurement, in Prometheus' notation: for a role that runs without a scraper, and for its log.
// Counters are written with their total. Whoever opens it says where lines go.
import { seriesName } from './series.ts';
import type { Telemetry } from './telemetry.ts';

export function logTelemetry(write: (line: string) => void): Telemetry {
  const totals = new Map<string, number>();
  return {
    count(name, by = 1, labels) {
      if (!(by >= 0)) throw new RangeError(`counter ${name} cannot be moved by ${by}: counters only rise`);
      const series = seriesName(name, labels ?? {});
      const total = (totals.get(series) ?? 0) + by;
      totals.set(series, total);
      write(`${series} ${total}`);
    },
    gauge(name, value, labels) { write(`${seriesName(name, labels ?? {})} ${value}`); },
    observe(name, value, labels) { write(`${seriesName(name, labels ?? {})} ${value}`); },
    forget: () => undefined,
  };
}
