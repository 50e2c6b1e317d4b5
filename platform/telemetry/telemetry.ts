// Port of measurements for operators: counters, gauges, histograms. A projection of what happens, never read back by what happens.
// Names carry the prefix ebm_, base units and _total on counters (FIELD.md); labels come from small closed sets.

export type Labels = Readonly<Record<string, string>>;

export interface Telemetry {
  /** Adds to a counter; `by` is not negative. */
  count(name: string, by?: number, labels?: Labels): void;
  /** Sets a gauge. */
  gauge(name: string, value: number, labels?: Labels): void;
  /** Adds an observation to a histogram. */
  observe(name: string, value: number, labels?: Labels): void;
}
