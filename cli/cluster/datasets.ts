// Data sets where processes are composed: what `ebm submit` does with the data of a job, how they are pushed, and how the roles open theirs.
import type { History, Json } from '../../coordinator/machine/cluster/history.ts';
import { realClock } from '../../platform/clock/real.ts';
import type { JobSpec } from '../../platform/config/config.ts';
import { nearestName } from '../../platform/config/fields.ts';
import { DatasetCache } from '../../platform/datasets/cache.ts';
import { datasetFetcher, listDatasets, pushDataset, type DatasetWire } from '../../platform/datasets/client.ts';
import { realDisk } from '../../platform/datasets/disk.ts';
import { DatasetError } from '../../platform/datasets/errors.ts';
import { DATASET_LIMITS } from '../../platform/datasets/limits.ts';
import { DATASET_SUBJECTS } from '../../platform/datasets/messages.ts';
import { isDatasetDigest } from '../../platform/datasets/names.ts';
import type { DatasetPack } from '../../platform/datasets/pack.ts';
import { cacheFolder, storeFolder } from '../../platform/datasets/place.ts';
import { packDataset } from '../../platform/datasets/read.ts';
import { threadedReader } from '../../platform/datasets/reader.ts';
import { DatasetServer, directoryKeep, type DatasetServerOptions } from '../../platform/datasets/server.ts';
import { StoreKeep } from '../../platform/datasets/store-keep.ts';
import { processes } from '../../platform/lease/processes.ts';
import { StorageError } from '../../platform/store/errors.ts';
import type { Store } from '../../platform/store/store.ts';
import { TransportError, type Transport } from '../../platform/transport/transport.ts';
import type { WorkerOptions } from '../commands/actions.ts';
import { startWork, type Worksite } from '../compose/work.ts';
import { UsageError } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';
import { didYouMean, unknownDataset } from './sources.ts';

/** More than this is shown from the start. */
const LONG_BYTES = 64_000_000;

/**
 * The job with its data brought to the cluster, as far as they are not there, and named by their digest. `baseFolder`: where a relative path
 * starts (the job file's folder). Throws DataError, DatasetError (`unknown-dataset` for a digest that the cluster does not have), TransportError.
 */
export async function withDigest(spec: JobSpec, baseFolder: string, { transport, ...site }: Worksite & { readonly transport: Transport<Uint8Array> }): Promise<JobSpec> {
  const { source } = spec.data;
  if (source.startsWith('sha256:')) {
    const digests = await knownDigests(wireOf(transport, site.signal));
    if (!digests.includes(source)) throw wrongDigest(source, digests);
    return spec;
  }
  const pack = await packDataset(spec.data, baseFolder);
  await push(transport, pack, site);
  return { ...spec, data: { ...spec.data, source: pack.digest } };
}

/** Of the data sets that the cluster has. Throws TransportError. */
export async function knownDigests(wire: DatasetWire): Promise<readonly string[]> {
  return (await answered(listDatasets(wire))).map(({ digest }) => digest);
}

/** What is wrong with the name of a data set that is not among those that the cluster has; the nearest of them is offered. */
export function wrongDigest(text: string, digests: readonly string[]): Error {
  const nearest = nearestName(text.replace(/(\.+|…)$/, ''), digests); // a beginning may be written so
  if (isDatasetDigest(text)) return unknownDataset(text, nearest);
  return new UsageError('not-a-digest', `${text} is no digest of a data set`, `${didYouMean(nearest)}\`ebm data list\` shows them: sha256: and 64 hexadecimal digits.`);
}

/** Where a coordinator keeps data sets, and the disk of its machine where that is far away. */
export type DatasetPlace = Pick<DatasetServerOptions, 'keep' | 'local'>;

/** In STORE/datasets. Throws StorageError. */
export async function datasetsInDirectory(store: string): Promise<DatasetPlace> {
  return { keep: await directoryKeep(storeFolder(store), realDisk()) };
}

/** In a store that is no directory; what was read once is in the cache of the machine, as far as there is one. */
export async function datasetsInStore(store: Store, name: string): Promise<DatasetPlace> {
  const keep = new StoreKeep(store, name);
  const cache = await openCache({ cache: null, cacheBytes: null }).catch((error: unknown) => {
    if (error instanceof StorageError) return null; // a machine without a disk that can be written to
    throw error;
  });
  return { keep, ...(cache === null ? {} : { local: { cache, fetch: (digest: string) => keep.remote(digest) } }) };
}

/** A coordinator's; for the leader alone. `history`: of its jobs, once it is known. */
export function openDatasets(place: DatasetPlace, history: () => History, output: Pick<Output, 'warn'>): Promise<DatasetServer> {
  return DatasetServer.open({
    ...place, reader: threadedReader, jobsOf: (digest) => history().jobs.filter((job) => job.end === null && sourceOf(job.spec) === digest).map(({ id }) => id),
    onFailure: (error) => { output.warn(`data sets in ${place.keep.name}: ${error instanceof Error ? error.message : String(error)}`); },
  });
}

/** What a submitted document names as its data. */
function sourceOf(spec: Json | null): unknown {
  const data = spec?.['data'];
  return typeof data === 'object' && data !== null ? (data as Json)['source'] : null;
}

/** Brings a data set of the cluster into the cache of this machine. Throws DatasetError, TransportError, StorageError. */
export async function bring(digest: string, { transport, signal }: { readonly transport: Transport<Uint8Array>; readonly signal: AbortSignal }): Promise<void> {
  const cache = await openCache({ cache: null, cacheBytes: null });
  const found = await answered(cache.get(digest, datasetFetcher(wireOf(transport, signal), DATASET_SUBJECTS.read)));
  switch (found.kind) {
    case 'data': return found.release();
    case 'unknown-digest': throw unknownDataset(digest);
    case 'damaged': throw new DatasetError('damaged', found.reason);
    case 'no-space': throw new DatasetError('no-space', `${found.directory} has ${found.freeBytes} bytes free for data, and the data set needs ${found.neededBytes}`, 'Free some space, or name another folder in EBM_CACHE.');
  }
}

/**
 * A worker's. Null: the default place, the default bound. Others may write to the place: what is read from it is verified. Throws StorageError.
 */
export function openCache({ cache, cacheBytes }: Pick<WorkerOptions, 'cache' | 'cacheBytes'>): Promise<DatasetCache> {
  return DatasetCache.open({ directory: cacheFolder(cache), bytesMax: cacheBytes ?? DATASET_LIMITS.cacheBytes, disk: realDisk(), reader: threadedReader, processes: processes(), dateMs: () => Date.now() });
}

/** How the roles and commands ask. */
export function wireOf(transport: Transport<Uint8Array>, signal?: AbortSignal): DatasetWire {
  return { transport, clock: realClock(), ...(signal === undefined ? {} : { signal }) };
}

/** Brings a data set to the coordinator, with its progress; how many bytes had to be sent. */
export async function push(transport: Transport<Uint8Array>, pack: DatasetPack, site: Worksite): Promise<number> {
  const total = pack.bytes.length;
  const done = startWork(site, { what: 'pushing', unit: 'bytes', total, long: total > LONG_BYTES });
  const { sentBytes } = await answered(pushDataset(wireOf(transport, site.signal), pack, done));
  return sentBytes;
}

/** Says who should have answered. */
export function answered<Result>(asking: Promise<Result>): Promise<Result> {
  return asking.catch((error: unknown) => {
    if (error instanceof TransportError && error.code === 'no-responder') throw new TransportError('no-responder', 'no coordinator answers: start one with `ebm coordinator`', { cause: error });
    throw error;
  });
}
