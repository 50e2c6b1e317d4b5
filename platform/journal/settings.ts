// What of a job the journal needs, and which checkpoints are scheduled.
import type { Snapshot } from './journal.ts';

/** What of a job the journal needs. */
export interface JournalSettings {
  /** Updates between scheduled checkpoints; 0: only the one at update 0 is scheduled. */
  readonly every: number;
  /** How many of the newest are kept. */
  readonly keep: number;
  /** Parameters are multiples of 2^-grid nats. */
  readonly grid: number;
}

/** A checkpoint at a scheduled update is a scheduled one, whatever else was the occasion. */
export function reasonAt(settings: JournalSettings, snapshot: Snapshot): Snapshot['reason'] {
  const { update, reason } = snapshot;
  return update === 0 || (settings.every > 0 && update % settings.every === 0) ? 'scheduled' : reason;
}
