// Which data a job on a cluster may name: what comes with the program, the same for everybody. A path would be one of another machine.
import { loadData, type LoadedData } from '../../platform/data/load.ts';
import { BUILT_IN_NAMES } from '../../platform/data/source.ts';
import type { DataSettings } from '../../ebm/job.ts';
import { UsageError } from '../terminal/failure.ts';

/** Where the data of a job come from, on a coordinator or a worker. */
export interface JobData {
  /** Throws if a job may not name it. */
  check(source: string): void;
  load(settings: DataSettings, seed: number): Promise<LoadedData>;
}

export const builtInData: JobData = {
  check: assertBuiltIn,
  load(settings, seed) {
    assertBuiltIn(settings.source);
    return loadData(settings, '/', seed);
  },
};

export function assertBuiltIn(source: string): void {
  if ((BUILT_IN_NAMES as readonly string[]).includes(source)) return;
  throw new UsageError('data-not-shared', `data.source is ${source}, and a job on a cluster can name only built-in data: ${BUILT_IN_NAMES.join(', ')}`, 'Train on a file of your own with `ebm train`.');
}
