// What a worker's shell is handed. Everything is chosen by cli/.
import type { NoiseDistribution } from '../../ebm/continuous/contrast.ts';
import type { ContinuousSession, FloatRows } from '../../engine/continuous.ts';
import type { EngineFingerprint, Range, Session } from '../../engine/engine.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Transport } from '../../platform/transport/transport.ts';
import type { Message, RowSet } from '../../proto/messages.ts';

/** What a continuous model's units are computed on. */
export interface ContinuousPlace {
  readonly session: ContinuousSession;
  /** Whether the objective has chains. A unit names as many as rows in any case: with score matching and noise contrast they stand for nothing. */
  readonly hasChains: boolean;
  /** Ids of the replay slots at offsets of an update's batch; empty without slots. */
  readonly slotsOf: (update: number, offsets: Range) => Uint32Array;
  readonly rows: Readonly<Partial<Record<RowSet, FloatRows | null>>>;
  /** Figures are of the density e^(-E / temperature). */
  readonly temperature: number;
  /** What annealed runs start from. */
  readonly annealingBase: () => NoiseDistribution;
  /** log Z of that density in two dimensions, by quadrature. */
  readonly logPartition: (parameters: Float32Array) => Promise<number>;
}

export interface WorkerOptions {
  /** Name of the run in subjects. */
  readonly run: string;
  /** The worker's own name; letters, digits, - and _. */
  readonly id: string;
  /** Of a Boltzmann machine; null where the model is continuous. */
  readonly session: Session | null;
  readonly continuous?: ContinuousPlace;
  readonly engine: EngineFingerprint;
  readonly clock: Clock;
  readonly transport: Transport<Message>;
  /** Whether the coordinator shares the session and messages pass by reference; false for any transport of bytes. */
  readonly shared: boolean;
  readonly visible: number;
  readonly hidden: number;
  /** Packed rows that figures are computed on. */
  readonly rows: Readonly<Partial<Record<RowSet, Uint8Array | null>>>;
  /** Time between two signs of life; 1,000 ms by default. */
  readonly tickMs?: number;
  /** How long parameters may take to come; 10,000 ms by default. */
  readonly fetchMs?: number;
}
