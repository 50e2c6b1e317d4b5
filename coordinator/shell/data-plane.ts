// What the coordinator's shell needs of the arrays of a run, whatever the family of its model: a Boltzmann machine's (plane.ts) or a continuous
// model's (continuous-plane.ts). A plane does what commands say and decides nothing.
import type { TrainingState } from '../../ebm/rbm/parameters.ts';
import type { AnyPublished, Snapshot, SnapshotArray } from '../../platform/journal/journal.ts';
import type { AdvancedMessage, AnyParameters, ContributionMessage, ParametersDifference, ParametersName, Range } from '../../proto/messages.ts';
import type { Command } from '../machine/events.ts';
import type { StepSettings } from '../../engine/engine.ts';
import type { ChainFigures } from './health.ts';

export type VersionDifference = Pick<ParametersDifference, 'name' | 'base' | 'weights' | 'visibleBias' | 'hiddenBias'>;
/** `diverged`: what is not finite or beyond its bound, and where. */
export type StepOutcome = { readonly kind: 'applied' } | { readonly kind: 'diverged'; readonly reason: string; readonly where: string };
/** An update's step: what became of it, and the new version as what has changed since the one before, where that is fewer bytes and wanted. */
export interface Stepped { readonly outcome: StepOutcome; readonly difference: VersionDifference | null }

/** A place in a run's history. */
export interface VersionAt { readonly branch: number; readonly version: number }
/** Measured of an update's sums and the parameters that they were drawn from; null where it cannot be told. */
export interface UpdateFigures { readonly energyGap: number | null; readonly weightNorm: number | null; readonly more: Readonly<Record<string, number | null>> }

export interface DataPlane {
  /** Fills everything for update 0, from the seed alone. */
  start(): void;
  /** Adds a contribution whole. */
  accept(message: ContributionMessage): void;
  /** Gives back what a contribution that does not count was made of. */
  discard(message: ContributionMessage): void;
  /** Keeps what a second evaluation of a range would read, for as long as its duel lasts. */
  retain(command: Extract<Command, { readonly kind: 'retain' }>): void;
  forget(duel: number): void;
  /** The run's state, for a span on this same session: until its end nothing here may touch it. */
  lend(): TrainingState;
  /** Takes back what a span was lent. */
  advanced(message: AdvancedMessage): void;
  /** States that a unit's chains start from; empty where there are none. */
  statesFor(update: number, chains: Range, duel: number | null): Uint8Array;
  /** Whether states always travel: their chains are other ones in every update. */
  readonly sendsStates: boolean;
  /** Takes an update's step. `measures`: told of its figures while it is taken. */
  apply(step: StepSettings, staleness: number, measures: ((figures: UpdateFigures) => void) | null): Promise<Stepped>;
  /** When no step is under way: what it changes must not be restored beneath it. */
  still(): Promise<void>;
  /** Drops what open updates have gathered. */
  abandon(): void;
  /** The chains of an update are the run's. */
  commit(update: number): void;
  /** Publishes the masters as they are. */
  publish(branch: number, version: number): Promise<StepOutcome>;
  /** Publishes what is measured: the moving average if there is one. */
  publishMeasured(name: ParametersName): Promise<StepOutcome>;
  measuredName(branch: number, version: number): ParametersName;
  find(name: ParametersName): AnyParameters | undefined;
  /** What leads from one version to another, if it is at hand. */
  differenceFor(have: ParametersName | null, wanted: ParametersName): VersionDifference | null;
  /** Drops all names: versions above a rollback's are dead. */
  clearPublished(): void;
  /** Of the masters and of the chains of a version; null without chains that persist. */
  digests(version: number): { readonly parameters: string; readonly chains: string | null };
  /** The state at a version, copied. */
  takeArrays(at: VersionAt): ReadonlyMap<string, SnapshotArray>;
  /** Copies a snapshot's arrays in; of staleness 1 also the version before. Throws SnapshotError. */
  loadArrays(snapshot: Snapshot, branch: number): Promise<void>;
  /** The model that is sampled and exported. */
  model(at: VersionAt): AnyPublished;
  /** Share of the chains' bits that an update changed, or another measure of how far they moved; null without. */
  moved(version: number): number | null;
  /** Looks at the chains of a version, `states` if they are not here; figures when a window of draws is complete. */
  health(version: number, states?: Uint8Array): ChainFigures | null;
  /** The run went back: what was traced is of another history. */
  restartHealth(): void;
  /** Mean square reconstruction error of test rows, or null. */
  reconstruction(name: ParametersName): number | null;
}
