// Which adapter reads a source: a built-in name, a digest, or a path by what it is (a folder) and how it ends.
import { basename, resolve } from 'node:path';
import { realDisk } from '../datasets/disk.ts';
import { datasetSource } from '../datasets/local.ts';
import { isDatasetDigest } from '../datasets/names.ts';
import { cacheFolder, folderBesideRun } from '../datasets/place.ts';
import { csvSource } from './csv.ts';
import type { DataSource } from './data.ts';
import { DataError } from './errors.ts';
import { formatName, kindOfPath } from './files.ts';
import { folderSource } from './folder.ts';
import { idxSource, isIdxName } from './idx.ts';
import { DATA_LIMITS, type DataLimits } from './limits.ts';
import { mnistSource } from './mnist.ts';
import { npySource } from './npy.ts';
import { isPlanarName, PLANAR_SETS, planarSource } from './planar.ts';
import { npzSource } from './npz.ts';
import { safetensorsSource } from './safetensors.ts';

export const BUILT_IN_NAMES = ['mnist', ...PLANAR_SETS] as const;
export const ACCEPTED_FORMATS = '.npy, .npz, .csv, .tsv, .safetensors, .idx (or ...-idx3-ubyte), each but .npz also with .gz, or a folder of PNGs';

/**
 * `source` as in a job file: a built-in name or the digest of a data set (then no path is looked at; `./mnist` is a path), or a path, relative
 * to `baseFolder`. A digest is looked for in the store that `baseFolder` is a run directory of, and in the cache.
 * Throws `missing` with the nearest names, `unreadable`, `unknown-format`.
 */
export async function openSource(source: string, baseFolder: string, limits: DataLimits = DATA_LIMITS): Promise<DataSource> {
  if (source === 'mnist') return mnistSource(limits);
  if (isPlanarName(source)) return planarSource(source);
  if (isDatasetDigest(source)) return datasetSource(source, [folderBesideRun(baseFolder), cacheFolder()], { disk: realDisk(), limits });
  const path = resolve(baseFolder, source);
  if (await kindOfPath(path, limits, BUILT_IN_NAMES) === 'folder') return folderSource(path, limits);
  const name = formatName(path);
  if (isIdxName(name)) return idxSource(path, limits);
  if (name.endsWith('.npy')) return npySource(path, limits);
  if (name.endsWith('.npz')) return npzSource(path, limits);
  if (name.endsWith('.csv') || name.endsWith('.tsv')) return csvSource(path, limits);
  if (name.endsWith('.safetensors')) return safetensorsSource(path, limits);
  throw new DataError({
    code: 'unknown-format', file: path, value: basename(path), problem: `the format of ${basename(path)} is not known by its name`, accepted: ACCEPTED_FORMATS,
    remedy: name.endsWith('.png') ? 'Name the folder of the pictures.' : 'Convert it, or rename it if only the ending is wrong.',
  });
}
