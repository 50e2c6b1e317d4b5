// What a submitter does with the data of a job: reads them as training would, and packs them.
import type { DataSettings } from '../../ebm/job.ts';
import { DATA_LIMITS, type DataLimits } from '../data/limits.ts';
import { openSource } from '../data/source.ts';
import { packSource, type DatasetPack } from './pack.ts';

/**
 * `baseFolder`: what a relative path is relative to. `binarise`: of the job, where there is one; `none` takes numbers of any size. The same content has
 * the same digest, whatever file it is in. Throws DataError.
 */
export async function packDataset({ source, binarise }: Pick<DataSettings, 'source'> & Partial<Pick<DataSettings, 'binarise'>>, baseFolder: string, limits: DataLimits = DATA_LIMITS): Promise<DatasetPack> {
  const opened = await openSource(source, baseFolder, binarise === 'none' ? { ...limits, isAnyNumber: true } : limits);
  return packSource(await opened.read(), opened.name);
}
