// Whether what a worker sent fits the job: lengths of arrays and counts of samples. A contribution that does not is a failure of its
// worker, not of the run; its values are judged by no one but a twin.
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { isContinuous, type CompiledJob, type ContinuousJob } from '../../ebm/job.ts';
import { sizeOf } from '../../ebm/continuous/model.ts';
import { misfitOfFactors } from '../../ebm/rbm/factors.ts';
import { misfitOfPacked, type PackedSums } from '../../ebm/rbm/packed.ts';
import type { PhaseSums, UpdateSums } from '../../ebm/rbm/parameters.ts';
import { INT32_COUNT_MAX } from '../../ebm/rbm/statistics.ts';
import type { ContributionMessage, Range } from '../../proto/messages.ts';
import { formOf } from '../machine/forms.ts';
import { chainsOf, type Settings } from '../machine/settings.ts';

/** What does not fit, in words, or null. */
export function misfit(settings: Pick<Settings, 'job' | 'fleet'>, { content, states, data, chains }: ContributionMessage): string | null {
  const { job } = settings;
  if (isContinuous(job)) return misfitOfGradient(job, { content, states, chains });
  const { model: { hidden }, facts: { visible }, train } = job;
  const form = formOf(settings, data, chains);
  const expected = train.objective === 'cd' ? 0 : bytesOf(hidden) * (chains.to - chains.from);
  const isForm = content.kind === form || (form === 'sums' && content.kind === 'packed');
  return (isForm ? null : `${content.kind} where ${form} are expected`)
    ?? (content.kind === 'sums' ? misfitOfSums(job, content.sums, { data, chains }) : null)
    ?? (content.kind === 'packed' ? misfitOfPackedSums(job, content.sums, { data, chains }) : null)
    ?? (content.kind === 'factors' ? misfitOfFactors(content.factors.data, data.to - data.from, { visible, hidden }) : null)
    ?? (content.kind === 'factors' ? misfitOfFactors(content.factors.model, chains.to - chains.from, { visible, hidden }) : null)
    ?? (states.length === expected ? null : `${states.length} bytes of states for ${chains.to - chains.from} chains`);
}

/** How long gradients are is known to the engine's layout: the plane checks it. */
function misfitOfGradient({ facts: { shape }, train: { objective, microbatch } }: ContinuousJob, { content, states, chains }: Pick<ContributionMessage, 'content' | 'states' | 'chains'>): string | null {
  if (content.kind !== 'gradient') return `${content.kind} where a gradient is expected`;
  const expected = objective === 'pcd' ? 4 * sizeOf(shape) * (chains.to - chains.from) : 0;
  if (chains.from % microbatch !== 0 || chains.to % microbatch !== 0) return `a range that is not whole microbatches of ${microbatch}`;
  return states.length === expected ? null : `${states.length} bytes of states for ${chains.to - chains.from} chains`;
}

function misfitOfSums(job: CompiledJob, { data, model, outer }: UpdateSums, ranges: { readonly data: Range; readonly chains: Range }): string | null {
  const { model: { hidden }, facts: { visible }, train } = job;
  const kind = train.batch === chainsOf(job) ? 'difference' : 'both';
  const isNarrow = Math.max(train.batch, chainsOf(job)) <= INT32_COUNT_MAX;
  const arrays = outer.kind === 'difference' ? [outer.difference] : [outer.data, outer.model];
  return misfitOfPhase('data', data, ranges.data, { visible, hidden })
    ?? misfitOfPhase('model', model, ranges.chains, { visible, hidden })
    ?? (outer.kind === kind ? null : `outer sums of kind ${outer.kind} where ${kind} is expected`)
    ?? (arrays.every((array) => array.length === visible * hidden && array instanceof Int32Array === isNarrow) ? null : 'outer sums of another shape');
}

function misfitOfPackedSums(job: CompiledJob, sums: PackedSums, ranges: { readonly data: Range; readonly chains: Range }): string | null {
  const { model: { hidden }, facts: { visible }, train } = job;
  const shape = { visible, hidden };
  return (Math.max(train.batch, chainsOf(job)) <= INT32_COUNT_MAX ? null : 'packed sums where float64 are expected')
    ?? misfitOfPhase('data', sums.data, ranges.data, shape)
    ?? misfitOfPhase('model', sums.model, ranges.chains, shape)
    ?? misfitOfPacked(sums, train.batch === chainsOf(job) ? 'difference' : 'both', shape);
}

function misfitOfPhase(name: string, phase: PhaseSums, range: Range, shape: { readonly visible: number; readonly hidden: number }): string | null {
  if (phase.count !== range.to - range.from) return `${phase.count} samples in the ${name} phase of a range of ${range.to - range.from}`;
  if (phase.visible.length !== shape.visible || phase.hidden.length !== shape.hidden) return `sums of the ${name} phase of another shape`;
  return null;
}
