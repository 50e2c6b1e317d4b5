// Which checkpoints stay and which go, and why: pure, so that what is deleted can be tested without a disk.
import type { Reason } from './snapshot-file.ts';

/** What is known of a checkpoint; a damaged one has no more than its directory's name tells. */
export type Known =
  | { readonly kind: 'good'; readonly update: number; readonly rollbacks: number; readonly reason: Reason; readonly figure: number | null }
  | { readonly kind: 'damaged'; readonly update: number };

export type Ground = 'newest' | 'best' | 'rollback-target' | 'damaged-and-recent';

export interface Verdict<Checkpoint extends Known> {
  readonly kept: readonly { readonly checkpoint: Checkpoint; readonly grounds: readonly Ground[] }[];
  readonly removed: readonly { readonly checkpoint: Checkpoint; readonly why: string }[];
}

export interface Instance { readonly rollbacks: number; readonly update: number }

/** Order in a run's history: a rollback returns to an earlier update, later. */
export function compareInstances(a: Instance, b: Instance): number {
  return a.rollbacks - b.rollbacks || a.update - b.update;
}

/**
 * R1. The `keep` newest good checkpoints stay.
 * R2. The one with the highest figure stays, the newer of two with the same.
 * R3. The newest scheduled one stays: divergence falls back to it.
 * R4. A damaged one counts for none of these, and stays for its owner to look at until it is older than all that R1 keeps.
 */
export function retention<Checkpoint extends Known>(checkpoints: readonly Checkpoint[], keep: number): Verdict<Checkpoint> {
  const good = checkpoints.filter((checkpoint): checkpoint is Checkpoint & { readonly kind: 'good' } => checkpoint.kind === 'good')
    .sort((a, b) => compareInstances(b, a));
  const newest = new Set<Checkpoint>(good.slice(0, Math.max(1, keep)));
  const target = good.find(({ reason }) => reason === 'scheduled');
  const best = good.reduce<(typeof good)[number] | undefined>((leader, next) =>
    next.figure !== null && next.figure > (leader?.figure ?? -Infinity) ? next : leader, undefined);
  const oldestKept = Math.min(...[...newest].map(({ update }) => update));
  const isRecent = (update: number): boolean => newest.size === 0 || update >= oldestKept;
  const groundsOf = (checkpoint: Checkpoint): readonly Ground[] => {
    const grounds: Ground[] = [];
    if (newest.has(checkpoint)) grounds.push('newest');
    if (checkpoint === best) grounds.push('best');
    if (checkpoint === target) grounds.push('rollback-target');
    if (checkpoint.kind === 'damaged' && isRecent(checkpoint.update)) grounds.push('damaged-and-recent');
    return grounds;
  };
  const judged = checkpoints.map((checkpoint) => ({ checkpoint, grounds: groundsOf(checkpoint) }));
  return {
    kept: judged.filter(({ grounds }) => grounds.length > 0),
    removed: judged.filter(({ grounds }) => grounds.length === 0).map(({ checkpoint }) => ({
      checkpoint,
      why: checkpoint.kind === 'damaged' ? 'damaged, and older than the newest good ones' : `older than the ${Math.max(1, keep)} newest, not the best, not what a rollback needs`,
    })),
  };
}
