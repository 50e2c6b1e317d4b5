// What a job's run has told so far, in short: a fold over the lines of its chronicle. Leaders that came one after the other may have told the
// same twice; what is kept is the same then.
import type { Json } from './history.ts';

export interface Account {
  /** ISO 8601, of the first start; null before. */
  readonly startedAt: string | null;
  /** Of the run, at its coordinator; null if it has none. */
  readonly directory: string | null;
  /** Update of the newest checkpoint. */
  readonly checkpoint: number | null;
  /** Each rollback opens a branch: it is their number too. */
  readonly branch: number;
  /** The last events of their kinds, as they were told; `warning`: whatever went wrong and did not end the run. */
  readonly evaluated: Json | null;
  readonly warning: Json | null;
}

export const NOTHING_TOLD: Account = { startedAt: null, directory: null, checkpoint: null, branch: 0, evaluated: null, warning: null };

export function tell(account: Account, event: Json): Account {
  const { kind, at, directory, update, branch, to } = event;
  switch (kind) {
    case 'started': return { ...account, startedAt: account.startedAt ?? (typeof at === 'string' ? at : null), directory: typeof directory === 'string' ? directory : null };
    case 'checkpoint': return typeof update === 'number' ? { ...account, checkpoint: update } : account;
    case 'evaluated': return { ...account, evaluated: event };
    case 'rollback': return { ...account, branch: typeof branch === 'number' ? branch : account.branch, checkpoint: backTo(account.checkpoint, to), warning: event };
    case 'returned': return { ...account, checkpoint: backTo(account.checkpoint, to), warning: event };
    case 'quarantined': case 'warning': return { ...account, warning: event };
    default: return account;
  }
}

/** Checkpoints after the one that a run goes back to are no more; it may go back to the seed. */
function backTo(checkpoint: number | null, to: unknown): number | null {
  if (checkpoint === null || typeof to !== 'number' || checkpoint <= to) return checkpoint;
  return to === 0 ? null : to;
}
