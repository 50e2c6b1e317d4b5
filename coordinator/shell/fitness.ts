// Whether what a worker sent fits the job: lengths of arrays and counts of samples. A contribution that does not is a failure of its
// worker, not of the run; its values are judged by no one but a twin.
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { CompiledJob } from '../../ebm/job.ts';
import type { PhaseSums } from '../../ebm/rbm/parameters.ts';
import { INT32_COUNT_MAX } from '../../ebm/rbm/statistics.ts';
import type { ContributionMessage, Range } from '../../proto/messages.ts';
import { chainsOf } from '../machine/settings.ts';

/** What does not fit, in words, or null. */
export function misfit(job: CompiledJob, { sums, states, data, chains }: ContributionMessage): string | null {
  const { model: { hidden }, facts: { visible }, train } = job;
  const { outer } = sums;
  const isCd = train.objective === 'cd';
  const kind = train.batch === chainsOf(job) ? 'difference' : 'both';
  const isNarrow = Math.max(train.batch, chainsOf(job)) <= INT32_COUNT_MAX;
  const arrays = outer.kind === 'difference' ? [outer.difference] : [outer.data, outer.model];
  return misfitOfPhase('data', sums.data, data, { visible, hidden })
    ?? misfitOfPhase('model', sums.model, chains, { visible, hidden })
    ?? (outer.kind === kind ? null : `outer sums of kind ${outer.kind} where ${kind} is expected`)
    ?? (arrays.every((array) => array.length === visible * hidden && array instanceof Int32Array === isNarrow) ? null : 'outer sums of another shape')
    ?? (states.length === (isCd ? 0 : bytesOf(hidden) * (chains.to - chains.from)) ? null : `${states.length} bytes of states for ${chains.to - chains.from} chains`);
}

function misfitOfPhase(name: string, phase: PhaseSums, range: Range, shape: { readonly visible: number; readonly hidden: number }): string | null {
  if (phase.count !== range.to - range.from) return `${phase.count} samples in the ${name} phase of a range of ${range.to - range.from}`;
  if (phase.visible.length !== shape.visible || phase.hidden.length !== shape.hidden) return `sums of the ${name} phase of another shape`;
  return null;
}
