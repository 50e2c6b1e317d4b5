// Shapes of an RBM's parameters and training state. Matrices are row-major [visible, hidden]. Arrays belong to whoever allocated them
// (an engine may place them in shared memory); nothing here allocates.

/** A published version: the masters rounded to the grid, in units of 2^-grid nats. What is sampled, evaluated and exported. */
export interface Parameters {
  readonly branch: number;
  readonly version: number;
  /** int16 [visible * hidden] */
  readonly weights: Int16Array;
  /** int32 [visible] */
  readonly visibleBias: Int32Array;
  /** int32 [hidden] */
  readonly hiddenBias: Int32Array;
}

/** The float32 masters (or anything of their shape: momenta, averages), in nats. */
export interface Masters {
  /** [visible * hidden] */
  readonly weights: Float32Array;
  /** [visible] */
  readonly visibleBias: Float32Array;
  /** [hidden] */
  readonly hiddenBias: Float32Array;
}

/** Everything the optimiser's step reads and writes. */
export interface TrainingState {
  readonly visible: number;
  readonly hidden: number;
  readonly masters: Masters;
  /** SGD: momentum (absent when momentum is 0). Adam: first and second moments. */
  readonly slots: readonly Masters[];
  /** Moving average of the masters; null when the job asks for none. */
  readonly average: Masters | null;
  /** Centring offsets: mu float32 [visible], lambda float32 [hidden]. All zero for a plain RBM. */
  readonly visibleOffset: Float32Array;
  readonly hiddenOffset: Float32Array;
}

/** Raw sums of one phase (EXACT.md, Statistics). */
export interface PhaseSums {
  /** Samples (or chains) in the sums. */
  readonly count: number;
  /** Sum of v: int32 [visible] */
  readonly visible: Int32Array;
  /** Sum of thresholds, 65536 = 1: float64 holding integers [hidden] */
  readonly hidden: Float64Array;
}

/**
 * Statistics of a range of an update. Outer sums are sums of v times thresholds, [visible * hidden].
 * `difference` (data minus model) is used when batch = chains, `both` otherwise.
 * Int32Array while the whole update has n <= 32767 in each phase, Float64Array holding integers above.
 */
export interface UpdateSums {
  readonly data: PhaseSums;
  readonly model: PhaseSums;
  readonly outer:
    | { readonly kind: 'difference'; readonly difference: Int32Array | Float64Array }
    | { readonly kind: 'both'; readonly data: Int32Array | Float64Array; readonly model: Int32Array | Float64Array };
}
