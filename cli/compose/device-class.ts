// Whether this machine may go on with a run, or compute it again: a continuous model has the same bits within one device class only.
import { isContinuous, type AnyJob } from '../../ebm/job.ts';
import type { EngineFingerprint } from '../../engine/engine.ts';
import { classText, isSameClass, mixesClasses, otherClass } from '../../coordinator/machine/classes.ts';
import type { LedgerAside } from '../../platform/journal/journal.ts';
import type { ComputedBy } from '../../proto/messages.ts';
import { UsageError } from '../terminal/failure.ts';

/** `computedBy`: what is on record, empty where nothing is known. Throws UsageError. */
export function requireClass(job: AnyJob, computedBy: readonly ComputedBy[], here: EngineFingerprint, remedy: string): void {
  if (!isContinuous(job) || mixesClasses(job)) return;
  const other = computedBy.find((one) => !isSameClass(one, here));
  if (other === undefined) return;
  throw new UsageError('device-class', otherClass(`the run was computed by ${classText(other)}`, `and this machine computes by ${classText(here)}`), remedy);
}

/** Who computed a line of the ledger, as far as it says so. */
export function computedByLine({ engine, deviceClass }: LedgerAside): readonly ComputedBy[] {
  return typeof engine === 'string' && typeof deviceClass === 'string' ? [{ version: engine, deviceClass }] : [];
}
