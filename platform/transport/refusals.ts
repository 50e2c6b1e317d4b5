// What the transport over NATS counts, and what it refuses: nothing that arrives can make it throw, it is refused, counted and reported.
import type { FrameFault } from './framing.ts';

export type RefusalReason = FrameFault
  | 'repeated' | 'unexpected-kind' | 'too-large' | 'queue-full' | 'gone' | 'deadline' | 'handler-threw' | 'foreign-reply' | 'forbidden';

const REASONS: readonly RefusalReason[] = [
  'truncated', 'not-a-frame', 'version', 'unknown-kind', 'checksum', 'out-of-range', 'inconsistent',
  'repeated', 'unexpected-kind', 'too-large', 'queue-full', 'gone', 'deadline', 'handler-threw', 'foreign-reply', 'forbidden',
];

export interface Refusal { readonly reason: RefusalReason; readonly subject: string; readonly detail: string }

/** Totals since the transport was opened; frames and bytes are those of ours, headers included. */
export interface NatsCounters {
  framesIn: number;
  framesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Frames that were asked for again. */
  framesRetried: number;
  /** Messages published while there was no connection. */
  publishesDropped: number;
  readonly refused: Record<RefusalReason, number>;
}

export function noCounts(): NatsCounters {
  const refused = Object.fromEntries(REASONS.map((reason) => [reason, 0])) as Record<RefusalReason, number>;
  return { framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0, framesRetried: 0, publishesDropped: 0, refused };
}
