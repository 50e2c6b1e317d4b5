// Duels: two or more workers evaluate one range of an update. A straggler's range is given, unchanged, to a second worker.
// W1: a twin has exactly the range and the update of the lease that it doubles.
// W2: the first valid contribution counts; two equal digests decide what is right, and whoever differs is quarantined.
// W3: while votes differ no update opens and none is applied; a disagreement that nobody decides ends the run, it never hangs it.
import { changeState, drop, emit, put, type Draft } from './draft.ts';
import { removeLease } from './leases.ts';
import type { Duel, Lease, State } from './state.ts';
import { find, withoutRow } from './table.ts';

/** Whether the shell must take the digest of this lease's contribution: only a duel's are compared. */
export function wantsDigest(state: State, lease: number): boolean {
  return (find(state.run.leases, lease)?.duel ?? null) !== null;
}

export function isDisputed(state: State): boolean {
  return state.run.duels.some((duel) => duel.disputedMs !== null);
}

export type Verdict =
  | { readonly kind: 'open' }
  | { readonly kind: 'agreed' }
  /** `liars` differed from the digest that two gave; `firstWasWrong`: what counted so far was theirs. */
  | { readonly kind: 'decided'; readonly liars: readonly string[]; readonly firstWasWrong: boolean };

/** Adds a vote and says what follows. */
export function vote(draft: Draft, key: number, worker: string, digest: string): Verdict {
  const duel = find(draft.state.run.duels, key);
  if (duel === undefined) return { kind: 'open' };
  const votes = [...duel.votes, { worker, digest }];
  const right = votes.find((one, i) => votes.findIndex((other) => other.digest === one.digest) < i)?.digest;
  const differ = votes.some((one) => one.digest !== votes[0]!.digest);
  const disputedMs = right === undefined && differ ? duel.disputedMs ?? draft.state.nowMs : null;
  put(draft, 'duels', { ...duel, votes, disputedMs });
  if (right === undefined) return { kind: 'open' };
  if (!differ) return { kind: 'agreed' };
  return { kind: 'decided', liars: votes.filter((one) => one.digest !== right).map((one) => one.worker), firstWasWrong: votes[0]!.digest !== right };
}

/** Ends a duel and whatever leases it still has. */
export function endDuel(draft: Draft, key: number): void {
  for (const lease of leasesOf(draft.state, key)) {
    removeLease(draft, lease);
    emit(draft, { kind: 'cancel', to: lease.worker, lease: lease.key });
  }
  drop(draft, 'duels', key);
  emit(draft, { kind: 'forget', duel: key });
}

/** Ends duels in which nobody is left to answer and nothing is disputed. */
export function abandonDuels(draft: Draft): void {
  for (const duel of draft.state.run.duels) {
    if (duel.disputedMs === null && leasesOf(draft.state, duel.key).length === 0) endDuel(draft, duel.key);
  }
}

/** Ends the duels that compute with a version older than `oldest`: its parameters are about to be overwritten. Their ranges are covered. */
export function endOldDuels(draft: Draft, oldest: number): void {
  for (const duel of draft.state.run.duels) {
    if (duel.task.kind.kind === 'update' && duel.task.kind.version < oldest) endDuel(draft, duel.key);
  }
}

export function leasesOf(state: State, duel: number): readonly Lease[] {
  return state.run.leases.filter((lease) => lease.duel === duel);
}

/** A dispute that this worker may decide: it has no vote in it and nobody else is at it. */
export function decidable(state: State, worker: string): Duel | undefined {
  return state.run.duels.find((duel) => duel.disputedMs !== null && leasesOf(state, duel.key).length === 0 && !duel.votes.some((one) => one.worker === worker));
}

export function quarantine(draft: Draft, worker: string, reason: string): void {
  changeState(draft, {
    quarantined: [...draft.state.quarantined, { worker, reason }],
    members: withoutRow(draft.state.members, worker),
  });
  emit(draft, { kind: 'refuse', to: worker, code: 'quarantined', message: reason });
  emit(draft, { kind: 'report', what: { kind: 'quarantined', worker, reason } });
}
