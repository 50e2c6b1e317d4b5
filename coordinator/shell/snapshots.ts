// Snapshots: the data plane as named arrays, and back. What is not in a snapshot is not part of the state of a run.
import { quantise } from '../../ebm/rbm/grid.ts';
import type { Masters, Parameters } from '../../ebm/rbm/parameters.ts';
import type { CompiledJob } from '../../ebm/job.ts';
import type { PublishedModel, Snapshot, SnapshotArray } from '../../platform/journal/journal.ts';
import { namedArrays, type Plane } from './plane.ts';

type Named = readonly (readonly [string, SnapshotArray])[];

/** Every array of the state, by name. Views, not copies. */
function arraysOf(plane: Plane, version: number): Named {
  const { state } = plane;
  const group = (prefix: string, masters: Masters): Named => namedArrays(masters).map(([name, array]) => [`${prefix}/${name}`, array] as const);
  const chains = plane.chainsAt(version);
  return [
    ...group('masters', state.masters),
    ...state.slots.flatMap((slot, i) => group(`slot${i}`, slot)),
    ...(state.average === null ? [] : group('average', state.average)),
    ['offset/visible', state.visibleOffset], ['offset/hidden', state.hiddenOffset],
    ...(chains.length === 0 ? [] : [['chains', chains] as const]),
  ];
}

/** The state at a version, copied. With staleness 1 also the published version before it. */
export function takeArrays(plane: Plane, job: CompiledJob, at: { readonly branch: number; readonly version: number }): ReadonlyMap<string, SnapshotArray> {
  const arrays = new Map<string, SnapshotArray>();
  for (const [name, array] of arraysOf(plane, at.version)) arrays.set(name, array.slice());
  const before = job.train.staleness === 1 && at.version > 0 ? plane.find({ branch: at.branch, version: at.version - 1, of: 'masters' }) : undefined;
  if (before !== undefined) {
    arrays.set('before/hidden_bias', before.hiddenBias.slice());
    arrays.set('before/visible_bias', before.visibleBias.slice());
    arrays.set('before/weights', before.weights.slice());
  }
  return arrays;
}

/** A snapshot that does not fit the job: another shape, or an array that is missing. */
export class SnapshotError extends Error {
  readonly code = 'checkpoint-corrupt';
  constructor(message: string) {
    super(message);
    this.name = 'SnapshotError';
  }
}

/** Copies a snapshot's arrays into the plane. Returns the version before as parameters, or null. */
export function loadArrays(plane: Plane, snapshot: Snapshot, branch: number): Parameters | null {
  for (const [name, target] of arraysOf(plane, snapshot.update)) {
    const source = snapshot.arrays.get(name);
    if (source === undefined) throw new SnapshotError(`the checkpoint of update ${snapshot.update} has no array ${name}`);
    const [found, wanted] = [source, target].map((array) => `${array[Symbol.toStringTag]}[${array.length}]`);
    if (found !== wanted) throw new SnapshotError(`array ${name} of the checkpoint of update ${snapshot.update} is ${found}, expected ${wanted}`);
    target.set(source);
  }
  return versionBefore(snapshot, branch);
}

function versionBefore(snapshot: Snapshot, branch: number): Parameters | null {
  const weights = snapshot.arrays.get('before/weights');
  const visibleBias = snapshot.arrays.get('before/visible_bias');
  const hiddenBias = snapshot.arrays.get('before/hidden_bias');
  if (!(weights instanceof Int16Array) || !(visibleBias instanceof Int32Array) || !(hiddenBias instanceof Int32Array)) return null;
  return { branch, version: snapshot.update - 1, weights, visibleBias, hiddenBias };
}

/** The model that is sampled and exported, in nats: the moving average's grid values if the job keeps one, else the published ones. */
export function modelToExport(plane: Plane, job: CompiledJob, at: { readonly branch: number; readonly version: number }): PublishedModel {
  const { visible, hidden } = plane.state;
  const grid = plane.state.average === null ? plane.find({ ...at, of: 'masters' }) : quantised(plane.state.average, job, at);
  if (grid === undefined) throw new Error(`version ${at.version} is not published`);
  const unit = 1 / (1 << job.model.grid);
  return { weights: inNats(grid.weights, unit), visibleBias: inNats(grid.visibleBias, unit), hiddenBias: inNats(grid.hiddenBias, unit), visible, hidden };
}

/** A plain loop: Float32Array.from took 45 ms for the weights of 784 x 500. The products are exact. */
function inNats(values: Int16Array | Int32Array, unit: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i += 1) result[i] = values[i]! * unit;
  return result;
}

function quantised(average: Masters, job: CompiledJob, at: { readonly branch: number; readonly version: number }): Parameters {
  const target: Parameters = {
    ...at,
    weights: new Int16Array(average.weights.length), visibleBias: new Int32Array(average.visibleBias.length), hiddenBias: new Int32Array(average.hiddenBias.length),
  };
  quantise(average, { visible: average.visibleBias.length, hidden: average.hiddenBias.length, grid: job.model.grid }, target);
  return target;
}
