// What a job's `data` section becomes: the source is read, checked, digested, split and binarised, and the table is let go.
import type { DataFacts, DataSettings } from '../../ebm/job.ts';
import type { PictureShape, RawData, SourceData } from './data.ts';
import { digestOf } from './digest.ts';
import { DataError } from './errors.ts';
import { prepareFloats, type PreparedFloats } from './floats.ts';
import { DATA_LIMITS, type DataLimits } from './limits.ts';
import { prepare, type PreparedData } from './prepare.ts';
import { openSource } from './source.ts';

export interface LoadedData extends PreparedData, LoadedFacts {
  /** Of each visible unit over the training rows, where whoever read them was asked for it: float64 [visible]. */
  readonly mean?: Float64Array;
}
/** Of a continuous model. */
export interface LoadedFloats extends PreparedFloats, LoadedFacts {}
export type AnyLoaded = LoadedData | LoadedFloats;

export function isFloats(data: AnyLoaded): data is LoadedFloats {
  return data.training.kind === 'floats';
}

interface LoadedFacts {
  /** What messages call the source. */
  readonly name: string;
  readonly shape: PictureShape | null;
  /** `digest` is of all training rows as read, the held out ones included, and not of the test set, which determines no bit of a run. */
  readonly facts: DataFacts;
  /** Digest of the test set as read, or null: figures depend on it. */
  readonly testDigest: string | null;
}

/** `baseFolder`: what a relative path is relative to (the job file's folder; of a run its directory, whose paths are absolute). `seed`: the job's. Throws DataError. */
export async function loadData(settings: DataSettings, baseFolder: string, seed: number, limits: DataLimits = DATA_LIMITS): Promise<LoadedData> {
  const source = await openSource(settings.source, baseFolder, limits);
  return loadedFrom(await source.read(), { name: source.name, settings, seed });
}

/** The same for any model: rows as they are where nothing is binarised. */
export async function loadAny(settings: DataSettings, baseFolder: string, seed: number, limits: DataLimits = DATA_LIMITS): Promise<AnyLoaded> {
  const source = await openSource(settings.source, baseFolder, settings.binarise === 'none' ? { ...limits, isAnyNumber: true } : limits);
  return anyLoadedFrom(await source.read(), { name: source.name, settings, seed });
}

/** Of a source that has been read. `name`: what messages call it. Throws DataError. */
export function anyLoadedFrom(data: SourceData, about: { readonly name: string; readonly settings: DataSettings; readonly seed: number }): AnyLoaded {
  const { name, settings } = about;
  return settings.binarise === 'none' ? { ...prepareFloats(data, settings), ...factsOf(data, { name, settings }) } : loadedFrom(data, about);
}

/** The same as bits. */
export function loadedFrom(data: SourceData, { name, settings, seed }: { readonly name: string; readonly settings: DataSettings; readonly seed: number }): LoadedData {
  assertUnit(data.training, name);
  return { ...prepare(data, settings, seed), ...factsOf(data, { name, settings }) };
}

function assertUnit({ values, columns }: RawData, name: string): void {
  if (values instanceof Uint8Array) return;
  const index = values.findIndex((value) => !(value >= 0 && value <= 1));
  if (index < 0) return;
  throw new DataError({
    code: 'out-of-range', file: name, position: { row: Math.floor(index / columns), column: index % columns }, value: String(values[index]), problem: `the value is ${values[index]!}`,
    accepted: 'numbers from 0 to 1, which can be made bits', remedy: 'For numbers of any size choose model.kind energy.',
  });
}

function factsOf({ training, test }: SourceData, { name, settings }: { readonly name: string; readonly settings: DataSettings }): LoadedFacts {
  const validationRows = settings.validation;
  return {
    name,
    shape: training.shape,
    testDigest: test === null ? null : digestOf(test),
    facts: {
      digest: digestOf(training),
      trainingRows: training.rows - validationRows,
      validationRows,
      testRows: test?.rows ?? 0,
      visible: training.columns,
    },
  };
}

/** For a run that goes on: throws `changed` if the content is not what the run began with. */
export function checkUnchanged(expected: DataFacts, found: AnyLoaded): void {
  const { facts } = found;
  if (expected.digest === facts.digest) return;
  throw new DataError({
    code: 'changed', file: found.name, value: facts.digest,
    problem: `the data have changed since the run began: ${facts.trainingRows + facts.validationRows} rows of ${facts.visible} with digest ${facts.digest}, then ${expected.trainingRows + expected.validationRows} of ${expected.visible} with ${expected.digest}`,
    accepted: 'the content that the run began with, in any format', remedy: 'Restore it, or start a new run.',
  });
}
