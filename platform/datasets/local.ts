// A data set that is named by its digest, as a source for those who read jobs on this machine: from the first of several folders that has it
// whole. Fetches nothing: what workers do is cache.ts.
import type { DataSource } from '../data/data.ts';
import { DataError } from '../data/errors.ts';
import type { DataLimits } from '../data/limits.ts';
import type { DatasetDisk } from './disk.ts';
import { unpackDataset } from './pack.ts';
import { DatasetShelf } from './shelf.ts';

/** `read` throws DataError: `missing`, or `damaged` where the only ones there are that. */
export function datasetSource(digest: string, folders: readonly string[], { disk, limits }: { readonly disk: DatasetDisk; readonly limits: DataLimits }): DataSource {
  return {
    name: digest,
    async read() {
      let damaged: string | null = null;
      for (const folder of folders) {
        const shelf = new DatasetShelf(folder, disk);
        const found = await shelf.read(digest);
        if (found instanceof Uint8Array) return unpackDataset(found, digest, limits);
        if (found === 'damaged') damaged ??= shelf.path(digest);
      }
      if (damaged !== null) throw new DataError({ code: 'damaged', file: damaged, problem: 'its content is not what its name says', remedy: 'Remove it, and push the data set again from its source with `ebm data push`.' });
      throw new DataError({
        code: 'missing', file: 'data.source', value: digest, problem: `the data set ${digest} is not on this machine: it is neither in ${folders.join(' nor in ')}`,
        accepted: 'a data set of the cluster that the run is from, or of the cache', remedy: 'Bring it into the cache with `ebm fetch ID --data`, which asks the cluster that the run is from; or work where that cluster keeps its runs, or name the cache that has it in EBM_CACHE.',
      });
    },
  };
}
