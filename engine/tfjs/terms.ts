// What a term of a loss is: one microbatch's share of an update's loss as a function of the parameters on the tape. It is the sum of its rows' losses
// over the update's batch; what is watched are plain sums over rows.
import type { EnergyModel } from './energies.ts';
import type { NamedTensors, Tensor, TensorFlow } from './library.ts';
import type { OpenNoise } from './noise.ts';

/** Adds the sum of a vector's values, in float64 and ascending order, to what is watched under the name. */
export type Watch = (name: string, rows: Tensor) => void;
/** A microbatch's share of the update's loss, in nats: a scalar. */
export type Term = (parameters: NamedTensors, watch: Watch) => Tensor;

/** Rows of data of one microbatch. `offsets`: in the update's batch, which address their random numbers. */
export interface DataRows {
  readonly values: Float32Array;
  readonly offsets: Uint32Array;
  readonly size: number;
  readonly seed: number;
  readonly branch: number;
  readonly update: number;
}

export interface TermContext {
  readonly tf: TensorFlow;
  readonly model: EnergyModel;
  readonly openNoise: OpenNoise;
  /** Rows of data an update. */
  readonly batch: number;
}
