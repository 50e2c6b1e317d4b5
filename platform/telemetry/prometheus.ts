// Telemetry for Prometheus: every series of the catalogue in a registry of its own, and the figures of the process under the names that
// all programs share (process_, nodejs_). Nothing here listens: whoever serves /metrics asks for the text.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { seriesOf, SERIES, type CounterName, type GaugeName, type LabelsOf, type SeriesName } from './catalogue.ts';
import { seriesName } from './series.ts';
import type { Labels, Telemetry } from './telemetry.ts';

export interface Sample<Name extends SeriesName> { readonly value: number; readonly labels?: LabelsOf<Name> }

export interface PrometheusTelemetry extends Telemetry {
  /** What is counted elsewhere: read at each scrape, totals since the process began. Once a name. */
  counterFrom<Name extends CounterName>(name: Name, read: () => readonly Sample<Name>[]): void;
  /** What is known elsewhere: read at each scrape. Once a name. */
  gaugeFrom<Name extends GaugeName>(name: Name, read: () => readonly Sample<Name>[]): void;
  /** Everything, in Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

interface Metrics {
  readonly counters: ReadonlyMap<string, Counter>;
  readonly gauges: ReadonlyMap<string, Gauge>;
  readonly histograms: ReadonlyMap<string, Histogram>;
}

/** `train`: a run with its workers in one process, without a cluster. */
export type Role = 'coordinator' | 'worker' | 'train';

type Owner = NonNullable<ReturnType<typeof seriesOf>['of']>;
const MEASURES: Readonly<Record<Role, readonly Owner[]>> = { coordinator: ['role', 'run', 'coordinator'], worker: ['role', 'worker'], train: ['run'] };

/** `withProcess`: memory, CPU time, event loop and garbage collection of the process, too. What only others measure is not shown. */
export function prometheusTelemetry(role: Role, { withProcess = true }: { readonly withProcess?: boolean } = {}): PrometheusTelemetry {
  const registry = new Registry();
  const readers = new Map<string, () => void>();
  const byJob = new Map<string, Map<string, () => void>>();
  const { counters, gauges, histograms } = metricsIn(registry, role);
  if (withProcess) addProcess(registry);
  const remember = (job: string, series: string, remove: () => void): void => {
    const own = byJob.get(job) ?? new Map<string, () => void>();
    byJob.set(job, own.set(series, remove));
  };
  return {
    count: (name, by = 1, labels) => { counters.get(name)!.inc(labels ?? {}, by); },
    gauge(name, value, labels = {}) {
      const given: Partial<Labels> = labels;
      gauges.get(name)!.set(labels, value);
      if (given['job'] !== undefined) remember(given['job'], seriesName(name, given), () => { gauges.get(name)!.remove(labels); });
    },
    observe: (name, value, labels) => { histograms.get(name)!.observe(labels ?? {}, value); },
    forget(job) {
      for (const remove of byJob.get(job)?.values() ?? []) remove();
      byJob.delete(job);
    },
    counterFrom(name, read) {
      const counter = counters.get(name)!;
      readers.set(name, () => {
        counter.reset(); // prom-client's counters can only be moved
        for (const { value, labels } of read()) counter.inc(labels ?? {}, value);
      });
    },
    gaugeFrom(name, read) {
      const gauge = gauges.get(name)!;
      readers.set(name, () => {
        gauge.reset();
        for (const { value, labels } of read()) gauge.set(labels ?? {}, value);
      });
    },
    text() {
      for (const read of readers.values()) read();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function metricsIn(registry: Registry, role: Role): Metrics {
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const name of Object.keys(SERIES) as SeriesName[]) {
    const { kind, help, labels, of, buckets = [] } = seriesOf(name);
    const isShown = of === undefined || MEASURES[role].includes(of);
    const settings = { name, help, labelNames: [...labels], registers: isShown ? [registry] : [] };
    switch (kind) {
      case 'counter': counters.set(name, new Counter(settings)); break;
      case 'gauge': gauges.set(name, new Gauge(settings)); break;
      case 'histogram': histograms.set(name, new Histogram({ ...settings, buckets: [...buckets] })); break;
    }
  }
  return { counters, gauges, histograms };
}

function addProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  // Gauges that are named like counters: handles and requests, which nobody needs.
  for (const { name, type } of registry.getMetricsAsArray()) {
    if (String(type) === 'gauge' && name.endsWith('_total')) registry.removeSingleMetric(name);
  }
}
