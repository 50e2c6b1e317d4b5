// In which form a contribution travels: a function of the job, the rules and the range alone, so that two evaluations of one range are compared
// in one form. None of it has an effect on the bits.
import { isContinuous } from '../../ebm/job.ts';
import { factorBytes } from '../../ebm/rbm/factors.ts';
import { INT32_COUNT_MAX } from '../../ebm/rbm/statistics.ts';
import type { Range, UpdateUnitMessage } from '../../proto/messages.ts';
import { sizeOf } from './ranges.ts';
import { chainsOf, type Settings } from './settings.ts';

/** Bytes of a sum on the wire, where its row is seldom off. */
const SUM_BYTES = 3;
/** Factors cost the coordinator their outer products: they are to be this much smaller than sums. */
const WORTHWHILE = 0.5;

export function formOf({ job, fleet }: Pick<Settings, 'job' | 'fleet'>, data: Range, chains: Range): UpdateUnitMessage['form'] {
  if (isContinuous(job)) return 'sums';
  const { facts: { visible }, model: { hidden }, train: { batch } } = job;
  const phases = batch === chainsOf(job) ? 1 : 2;
  if (fleet.forms === 'sums' || Math.max(batch, chainsOf(job)) > INT32_COUNT_MAX) return 'sums';
  return factorBytes(sizeOf(data) + sizeOf(chains), visible, hidden) <= WORTHWHILE * SUM_BYTES * phases * visible * hidden ? 'factors' : 'sums';
}
