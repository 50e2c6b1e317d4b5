// Telemetry of one job: what can be told apart by job gets its name as a label.
import { seriesOf, type SeriesName } from './catalogue.ts';
import type { Telemetry } from './telemetry.ts';

/** `job`: its id. When the job has ended, `forget(job)` of the telemetry beneath drops its gauges. */
export function jobTelemetry(telemetry: Telemetry, job: string): Telemetry {
  const labelled = <Given extends object>(name: SeriesName, labels: Given | undefined): Given => {
    const isByJob = seriesOf(name).labels.includes('job');
    return { ...labels, ...(isByJob ? { job } : {}) } as Given;
  };
  return {
    count: (name, by, labels) => { telemetry.count(name, by, labelled(name, labels)); },
    gauge: (name, value, labels) => { telemetry.gauge(name, value, labelled(name, labels)); },
    observe: (name, value, labels) => { telemetry.observe(name, value, labelled(name, labels)); },
    forget: (ended) => { telemetry.forget(ended); },
  };
}
