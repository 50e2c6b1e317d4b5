// Data sets where processes are composed: what `ebm submit` does with the data of a job, how they are pushed, and how the roles open theirs.
import { realClock } from '../../platform/clock/real.ts';
import type { JobSpec } from '../../platform/config/config.ts';
import { DatasetCache } from '../../platform/datasets/cache.ts';
import { listDatasets, pushDataset, type DatasetWire } from '../../platform/datasets/client.ts';
import { realDisk } from '../../platform/datasets/disk.ts';
import { DATASET_LIMITS } from '../../platform/datasets/limits.ts';
import { isDatasetDigest } from '../../platform/datasets/names.ts';
import type { DatasetPack } from '../../platform/datasets/pack.ts';
import { cacheFolder, storeFolder } from '../../platform/datasets/place.ts';
import { packDataset } from '../../platform/datasets/read.ts';
import { DatasetServer } from '../../platform/datasets/server.ts';
import { processes } from '../../platform/lease/processes.ts';
import { TransportError, type Transport } from '../../platform/transport/transport.ts';
import type { WorkerOptions } from '../commands/actions.ts';
import { startWork, type Worksite } from '../compose/work.ts';
import type { Output } from '../terminal/output.ts';
import { unknownDataset } from './sources.ts';

/** More than this is shown from the start. */
const LONG_BYTES = 64_000_000;

/**
 * The job with its data brought to the cluster, as far as they are not there, and named by their digest. `baseFolder`: where a relative path
 * starts (the job file's folder). Throws DataError, DatasetError (`unknown-dataset` for a digest that the cluster does not have), TransportError.
 */
export async function withDigest(spec: JobSpec, baseFolder: string, { transport, ...site }: Worksite & { readonly transport: Transport<Uint8Array> }): Promise<JobSpec> {
  const { source } = spec.data;
  if (isDatasetDigest(source)) {
    const known = await answered(listDatasets(wireOf(transport, site.signal)));
    if (!known.some(({ digest }) => digest === source)) throw unknownDataset(source);
    return spec;
  }
  const pack = await packDataset(spec.data, baseFolder);
  await push(transport, pack, site);
  return { ...spec, data: { ...spec.data, source: pack.digest } };
}

/** A coordinator's, in STORE/datasets; for the leader alone. */
export function openDatasets(store: string, output: Pick<Output, 'warn'>): Promise<DatasetServer> {
  return DatasetServer.open({
    directory: storeFolder(store), disk: realDisk(),
    onFailure: (error) => { output.warn(`data sets in ${storeFolder(store)}: ${error instanceof Error ? error.message : String(error)}`); },
  });
}

/**
 * A worker's. Null: the default place, the default bound. Others may write to the place: what is read from it is verified. Throws StorageError.
 */
export function openCache({ cache, cacheBytes }: Pick<WorkerOptions, 'cache' | 'cacheBytes'>): Promise<DatasetCache> {
  return DatasetCache.open({ directory: cacheFolder(cache), bytesMax: cacheBytes ?? DATASET_LIMITS.cacheBytes, disk: realDisk(), processes: processes(), dateMs: () => Date.now() });
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
