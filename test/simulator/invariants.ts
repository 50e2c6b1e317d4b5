// What must hold at every event of a simulation, whatever happened before, and at its end. Each has a number that violations, the
// documentation and the table of planted bugs quote.
export const INVARIANTS = {
  I1: 'epochs only rise: in what a worker sends, and from one leader to the next',
  I2: 'an epoch belongs to one leader: no two processes send messages of one epoch of a run',
  I3: 'every place of an update is counted exactly once: its step has the sums of all samples and chains, no more and no fewer',
  I4: 'versions advance by one: a step is that of the version in place',
  I5: 'every version equals that of the undisturbed run, masters and published values, at once and not only at the end',
  I6: 'a contribution is counted only if it answers a lease of this epoch and its sender, with that lease\'s ranges, and once',
  I7: 'the ledger is at every moment a beginning of the undisturbed run\'s, and is cut back only to a checkpoint\'s line',
  I8: 'what was durable stays: a leader begins from the newest checkpoint that was reported as written, whole, with its ledger lines',
  I9: 'a worker computes with the parameters and the chain states that its unit names, as the undisturbed run has them',
  I10: 'what a unit or a step reads does not change while it is computed',
  I11: 'a worker computes one unit at a time, and a leader takes one step of a run at a time',
  I12: 'engine memory is bounded and safe: contributions are given back once, and few are out at a time',
  I13: 'a lease\'s number means one range of one worker in its epoch, however often it is sent',
  I14: 'a deposed leader changes nothing: after a higher fence is durable it writes no ledger line and no checkpoint that anybody reads',
  I15: 'only liars and damaged workers are quarantined, and a quarantined worker is given no lease',
  I16: 'a worker that said goodbye sends nothing more',
  I17: 'no role throws, and no message of one role is unreadable to another',
  I18: 'memory of roles is bounded: timers, queues and messages under way',
  I19: 'figures equal those of the undisturbed run, to the bit',
  I20: 'when faults have ended every job reaches a terminal state, the right one',
  I21: 'digests at the end equal those of the undisturbed run: parameters, chains, ledger',
  I22: 'a job that was acknowledged is remembered, once; wishes that were acknowledged are kept; an end stays what it was',
} as const;

export type Invariant = keyof typeof INVARIANTS;

export interface Violation { readonly invariant: Invariant; readonly message: string; readonly atMs: number }
