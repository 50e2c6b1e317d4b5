// Who gets the fleet. The highest priority that has work gets all of it; jobs of one priority share it in equal numbers of workers. What is
// left over, or is too little for one each, goes round by the worker time that the jobs have had. A function of what it is given.

export interface Claim {
  readonly job: string;
  readonly priority: number;
  /** Order of submission. */
  readonly number: number;
  readonly servedMs: number;
}

/**
 * Workers for each job that gets any. Whoever has had fewer turns of `turnMs` goes first, the older of equals: a job whose turn has begun keeps it,
 * since turns are counted from a fixed time and not from what another one has had by now.
 */
export function sharesOf(claims: readonly Claim[], workers: number, turnMs: number): ReadonlyMap<string, number> {
  const highest = claims.reduce((most, claim) => Math.max(most, claim.priority), -Infinity);
  const level = claims.filter((claim) => claim.priority === highest);
  const turns = (claim: Claim): number => Math.floor(claim.servedMs / turnMs);
  level.sort((a, b) => turns(a) - turns(b) || a.number - b.number);
  const each = Math.floor(workers / level.length);
  const over = workers - each * level.length;
  const shares = new Map<string, number>();
  level.forEach((claim, i) => {
    const share = each + (i < over ? 1 : 0);
    if (share > 0) shares.set(claim.job, share);
  });
  return shares;
}
