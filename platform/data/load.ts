// What a job's `data` section becomes: the source is read, checked, digested, split and binarised, and the table is let go.
import type { DataFacts, DataSettings } from '../../ebm/job.ts';
import type { PictureShape, SourceData } from './data.ts';
import { digestOf } from './digest.ts';
import { DataError } from './errors.ts';
import { DATA_LIMITS, type DataLimits } from './limits.ts';
import { prepare, type PreparedData } from './prepare.ts';
import { openSource } from './source.ts';

export interface LoadedData extends PreparedData {
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

/** The same of a source that has been read. `name`: what messages call it. Throws DataError. */
export function loadedFrom({ training, test }: SourceData, { name, settings, seed }: { readonly name: string; readonly settings: DataSettings; readonly seed: number }): LoadedData {
  const prepared = prepare({ training, test }, settings, seed);
  return {
    ...prepared,
    name,
    shape: training.shape,
    testDigest: test === null ? null : digestOf(test),
    facts: {
      digest: digestOf(training),
      trainingRows: prepared.training.rows,
      validationRows: prepared.validation?.rows ?? 0,
      testRows: prepared.test?.rows ?? 0,
      visible: training.columns,
    },
  };
}

/** For a run that goes on: throws `changed` if the content is not what the run began with. */
export function checkUnchanged(expected: DataFacts, found: LoadedData): void {
  const { facts } = found;
  if (expected.digest === facts.digest) return;
  throw new DataError({
    code: 'changed', file: found.name, value: facts.digest,
    problem: `the data have changed since the run began: ${facts.trainingRows + facts.validationRows} rows of ${facts.visible} with digest ${facts.digest}, then ${expected.trainingRows + expected.validationRows} of ${expected.visible} with ${expected.digest}`,
    accepted: 'the content that the run began with, in any format', remedy: 'Restore it, or start a new run.',
  });
}
