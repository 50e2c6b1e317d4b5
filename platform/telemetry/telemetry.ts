// Port of measurements for operators: counters, gauges, histograms. A projection of what happens, never read back by what happens.
// What there is to measure stands in catalogue.ts.
import type { CounterName, GaugeName, HistogramName, LabelsOf } from './catalogue.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Telemetry {
  /** Adds to a counter; `by` is not negative. */
  count<Name extends CounterName>(name: Name, by?: number, labels?: LabelsOf<Name>): void;
  /** Sets a gauge. */
  gauge<Name extends GaugeName>(name: Name, value: number, labels?: LabelsOf<Name>): void;
  /** Adds an observation to a histogram, in the unit that its name ends with. */
  observe<Name extends HistogramName>(name: Name, value: number, labels?: LabelsOf<Name>): void;
  /** Drops the gauges of a job, which has ended. */
  forget(job: string): void;
}
