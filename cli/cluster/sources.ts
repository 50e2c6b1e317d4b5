// Which data a job on a cluster may name: what comes with the program, the same for everybody, or a data set by its digest. A path would be one
// of another machine.
import type { AnyLoaded } from '../../platform/data/load.ts';
import { BUILT_IN_NAMES } from '../../platform/data/source.ts';
import type { DatasetCache } from '../../platform/datasets/cache.ts';
import type { FetchDataset } from '../../platform/datasets/client.ts';
import { DatasetError } from '../../platform/datasets/errors.ts';
import { isDatasetDigest } from '../../platform/datasets/names.ts';
import { threadedReader } from '../../platform/datasets/reader.ts';
import type { DatasetServer } from '../../platform/datasets/server.ts';
import type { DataSettings } from '../../ebm/job.ts';
import { UsageError } from '../terminal/failure.ts';

/** Where the data of a job come from, on a coordinator or a worker. */
export interface JobData {
  /** Throws if a job may not name it. */
  check(source: string): void;
  load(settings: DataSettings, seed: number): Promise<AnyLoaded>;
}

/** The same on a worker, whose disk may be too small. */
export interface WorkerData extends Pick<JobData, 'check'> {
  /** Throws DatasetError (`unknown-dataset`, `damaged`), TransportError, DataError and StorageError. */
  open(settings: DataSettings, seed: number): Promise<WorkerDataOpening>;
}

export type WorkerDataOpening =
  /** `release`: to be called when the job is no longer computed; until then its file is not removed to make room. */
  | { readonly kind: 'open'; readonly data: AnyLoaded; readonly release: () => Promise<void> }
  | { readonly kind: 'no-space'; readonly neededBytes: number; readonly freeBytes: number };

/** A coordinator's: built-in, or from its store. */
export function storedData(server: DatasetServer): JobData {
  return {
    check: assertShared,
    async load(settings, seed) {
      assertShared(settings.source);
      if (!isDatasetDigest(settings.source)) return threadedReader.builtIn(settings, seed, true);
      const found = await server.load(settings.source);
      if (found.kind === 'unknown-digest') throw unknownDataset(settings.source);
      return threadedReader.prepare(found.data, { name: settings.source, settings, seed }, true);
    },
  };
}

/** A worker's: built-in, or through its cache from the coordinator. */
export function cachedData(cache: DatasetCache, fetch: FetchDataset): WorkerData {
  return {
    check: assertShared,
    async open(settings, seed) {
      assertShared(settings.source);
      const name = settings.source;
      if (!isDatasetDigest(name)) return { kind: 'open', data: await threadedReader.builtIn(settings, seed, false), release: () => Promise.resolve() };
      const found = await cache.get(name, fetch);
      switch (found.kind) {
        case 'no-space': return { kind: 'no-space', neededBytes: found.neededBytes, freeBytes: found.freeBytes };
        case 'unknown-digest': throw unknownDataset(name);
        case 'damaged': throw new DatasetError('damaged', found.reason);
        case 'data': break;
      }
      try {
        return { kind: 'open', data: await threadedReader.prepare(found.data, { name, settings, seed }, false), release: found.release };
      } catch (error) {
        await found.release();
        throw error;
      }
    },
  };
}

/** What a job on a cluster may name. Throws UsageError. */
export function assertShared(source: string): void {
  if (isBuiltIn(source) || isDatasetDigest(source)) return;
  throw new UsageError('data-not-shared', `data.source is ${source}, and a job on a cluster can name only built-in data (${BUILT_IN_NAMES.join(', ')}) or a data set by its digest (sha256:...)`,
    'Submit it with `ebm submit`, which brings a file of yours to the cluster, or bring it with `ebm data push` and name its digest.');
}

export function isBuiltIn(source: string): boolean {
  return (BUILT_IN_NAMES as readonly string[]).includes(source);
}

/** `nearest`: one that it has. */
export function unknownDataset(digest: string, nearest: string | null = null): DatasetError {
  return new DatasetError('unknown-dataset', `the cluster has no data set ${digest}`, `${didYouMean(nearest)}\`ebm data list\` shows those that it has; \`ebm data push PATH\` brings one.`);
}

/** To be followed by what else helps. */
export function didYouMean(nearest: string | null): string {
  return nearest === null ? '' : `Did you mean ${nearest}? `;
}
