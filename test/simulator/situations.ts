// What the simulator claims to have met: situations with names, counted, so that a change that keeps it from one of them is seen.
export const SITUATIONS = {
  'standby took over in mid-update': 'a new leader began while contributions of an update had been counted and not applied',
  'standby took over while the leader was stopped': 'two processes led at once, and the older did not know it yet',
  'deposed leader woke up': 'a leader that was stopped, cut off or asleep went on after its successor\'s fence, and was told',
  'deposed leader wanted to write': 'a leader asked for a checkpoint or a ledger line after its successor\'s fence',
  'leader died while it opened a run': 'a crash between the fence and the first lease',
  'leader died in mid-step': 'a crash while the engine took the optimiser\'s step',
  'leader died in mid-checkpoint': 'a crash while a checkpoint was being written',
  'leader died with two updates open': 'staleness 1, and contributions of both had been counted',
  'leader died before its first checkpoint': 'the next leader began where this one had',
  'power was lost with lines that were not synced': 'a power loss after ledger lines of which no checkpoint counts the last',
  'ledger was cut on takeover': 'a leader found more lines than its checkpoint counts, and cut them',
  'fenced result arrived': 'a contribution of a lower epoch came to a leader',
  'late contribution': 'a contribution came whose lease had ended',
  'doubled contribution': 'a contribution came that was counted before',
  'rollback met a late contribution': 'after a rollback a contribution of the dead branch came',
  'rollback': 'the run diverged and fell back',
  'rollback after a takeover': 'a leader fell back that had not begun the run',
  'leader died after a rollback, before a checkpoint': 'the next leader had to diverge and fall back again',
  'lease expired': 'a worker took longer than its lease or was gone',
  'twin': 'a range was given to a second worker',
  'lie was counted': 'a wrong contribution entered an update',
  'liar was found out': 'two others agreed, and the liar was quarantined',
  'lie was taken back': 'the run returned to a checkpoint before the lie',
  'lie escaped': 'its leader died before anybody compared',
  'chain states were missing': 'a worker was asked for chains that it no longer had',
  'parameters were gone': 'a worker asked for a version that its leader no longer had',
  'worker joined in mid-update': 'a member more while an update was open',
  'worker died with a lease': 'a crash while it computed',
  'worker was fenced in mid-unit': 'a worker heard from a new leader while it computed for the one before',
  'worker was forgotten and joined again': 'a member that was silent for too long was told to join',
  'worker went to another job': 'the leader wanted it elsewhere',
  'worker failed the golden unit': 'a damaged worker was refused',
  'worker left politely with a unit': 'SIGTERM while it computed: the unit was delivered',
  'figures were interrupted': 'a leader died while figures were computed',
  'job was paused and went on': 'by its submitter',
  'job was cancelled': 'by its submitter',
  'cancelled before it ran': 'a job that had no run ended as cancelled',
  'submitter asked twice': 'a question was repeated, since its answer was lost, and made one job',
  'two jobs at once': 'two runs had workers at the same time',
  'queue overflowed': 'a slow consumer lost messages',
  'clock jumped': 'a node\'s clock jumped forward while it had work',
  'disk was full': 'a write failed, and the run ended with it',
  'message from the past': 'a message was sent again long after',
} as const;

export type Situation = keyof typeof SITUATIONS;

export class Reached {
  readonly counts = new Map<Situation, number>();

  add(situation: Situation): void {
    this.counts.set(situation, (this.counts.get(situation) ?? 0) + 1);
  }
}
