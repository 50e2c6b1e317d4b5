// What the owner of the tensorflow engine asks of its thread, and what it is answered. Arrays are copied on the way unless their memory is shared
// (sums are) or they are moved (answers are).
import type { UpdateFactors } from '../../ebm/rbm/factors.ts';
import type { UpdateSums } from '../../ebm/rbm/parameters.ts';
import type { Problem, SampleResult, UpdateUnit } from '../engine.ts';
import type { PlainModel } from './gibbs.ts';
import type { Location } from './loading.ts';
import type { Sampling } from './sampling.ts';

/** What the thread is opened with. */
export interface Opening { readonly location: Location }

/** A version by its number, with its content the first time; and the versions that nobody will ask for again. */
export interface ModelReference { readonly number: number; readonly content: PlainModel | null; readonly dropped: readonly number[] }

interface OfSession { readonly session: number }
interface OfModel extends OfSession { readonly model: ModelReference }

export type Command =
  | { readonly kind: 'describe' }
  | { readonly kind: 'open'; readonly session: number; readonly problem: Problem }
  | { readonly kind: 'close'; readonly session: number }
  | OfModel & { readonly kind: 'evaluate'; readonly unit: UpdateUnit; readonly chains: Uint8Array; readonly sums: UpdateSums }
  | OfModel & { readonly kind: 'factors'; readonly unit: UpdateUnit; readonly chains: Uint8Array }
  | OfModel & { readonly kind: 'sample'; readonly unit: Sampling }
  | OfModel & { readonly kind: 'thresholds'; readonly rows: Uint8Array };

export interface Description {
  /** Of libtensorflow. */
  readonly version: string;
  readonly isUsingGpu: boolean;
  /** Tensors that the library holds. */
  readonly tensors: number;
}

/** What each command is answered. */
export interface Answers {
  readonly describe: Description;
  readonly open: null;
  readonly close: null;
  /** Packed hidden bits of the unit's chains. */
  readonly evaluate: Uint8Array;
  readonly factors: { readonly factors: UpdateFactors; readonly chains: Uint8Array };
  readonly sample: SampleResult;
  readonly thresholds: Int32Array;
}
