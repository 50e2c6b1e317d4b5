// Where a run that diverged goes back to, and what is said when it has no try left.
import type { State } from './state.ts';

/** The last scheduled checkpoint not above an update: the largest multiple of checkpoint.every, else 0. */
export function targetOf(state: State, update: number): number {
  const { every } = state.settings.job.checkpoint;
  return every > 0 ? update - (update % every) : 0;
}

/** What happened, and what to do: the run has no try left. */
export function divergenceText(state: State, { update, message }: { readonly update: number; readonly message: string }): string {
  const { run, settings } = state;
  const rate = settings.job.train.optimiser.learningRate * run.rateScale;
  const tries = run.rollbacks === 0 ? 'No rollback was allowed (train.rollbacks: 0).'
    : run.rollbacks === 1 ? '1 rollback, to half the rate, did not help.' : `${run.rollbacks} rollbacks, each to half the rate, did not help.`;
  // A checkpoint that was taken on the way to diverging is no rescue, and the next one cannot be reached.
  const target = targetOf(state, update);
  const isPinned = run.rollbacks > 0 && target > 0;
  const pinned = isPinned ? ` Rollbacks come back to the checkpoint of update ${target}, in which the run may have been on its way already.` : '';
  return `${message}, at a learning rate of ${rate}. ${tries}${pinned} Start a new run with a train.optimiser.learningRate well below ${rate}${isPinned ? `, a checkpoint.every above ${settings.job.checkpoint.every}, so that they go back further` : ''}${'sampler' in settings.job.train ? ', a smaller train.sampler.stepSize' : ''}, or a longer train.optimiser.warmup.`;
}
