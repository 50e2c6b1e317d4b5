// Which data a job on a cluster may name: what comes with the program, the same for everybody. A path would be one of another machine.
import { BUILT_IN_NAMES } from '../../platform/data/source.ts';
import { UsageError } from '../terminal/failure.ts';

export function assertBuiltIn(source: string): void {
  if ((BUILT_IN_NAMES as readonly string[]).includes(source)) return;
  throw new UsageError('data-not-shared', `data.source is ${source}, and a job on a cluster can name only built-in data: ${BUILT_IN_NAMES.join(', ')}`, 'Train on a file of your own with `ebm train`.');
}
