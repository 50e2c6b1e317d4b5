// Remarks that anybody on the network can cause: at most one a period and reason, with the number of those that were not told. Bounded in
// reasons, and free of what could disturb a terminal.
import type { Clock, Timer } from '../../platform/clock/clock.ts';

export interface Remarks {
  /** The first of a reason is told at once, those of the period after it at its end, as one. */
  add(reason: string, text: string): void;
  /** Tells what is outstanding. */
  close(): void;
}

const PERIOD_MS = 1_000;
const REASONS_MAX = 64;
const TEXT_CHARACTERS_MAX = 1_000;
const OTHER = 'other';

export function rateLimited(clock: Clock, tell: (text: string) => void, periodMs = PERIOD_MS): Remarks {
  const reasons = new Map<string, { count: number; last: string; timer: Timer }>();
  const end = (reason: string): void => {
    const kept = reasons.get(reason);
    if (kept === undefined) return;
    kept.timer.stop();
    if (kept.count === 0) { reasons.delete(reason); return; }
    tell(kept.count === 1 ? kept.last : `${kept.last} (and ${kept.count - 1} more like it since the last line)`);
    reasons.set(reason, { count: 0, last: '', timer: clock.after(periodMs, () => { end(reason); }) });
  };
  return {
    add(given, text) {
      const reason = reasons.has(given) || reasons.size < REASONS_MAX ? given : OTHER;
      const said = printable(text);
      const kept = reasons.get(reason);
      if (kept !== undefined) {
        kept.count += 1;
        kept.last = said;
        return;
      }
      tell(said);
      reasons.set(reason, { count: 0, last: '', timer: clock.after(periodMs, () => { end(reason); }) });
    },
    close() {
      for (const reason of [...reasons.keys()]) {
        end(reason);
        reasons.get(reason)?.timer.stop();
      }
      reasons.clear();
    },
  };
}

function printable(text: string): string {
  return text.slice(0, TEXT_CHARACTERS_MAX).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
}
