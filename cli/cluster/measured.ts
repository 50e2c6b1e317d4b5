// A session whose units are counted and timed: what a worker computes, without the worker's shell knowing that anybody looks.
import type { Session } from '../../engine/engine.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';

export function measuredSession(session: Session, telemetry: Telemetry, clock: Clock): Session {
  const timed = async <Result>(kind: string, work: Promise<Result>): Promise<Result> => {
    const startedMs = clock.nowMs();
    let outcome = 'failed';
    try {
      const result = await work;
      outcome = 'done';
      return result;
    } finally {
      telemetry.count('ebm_worker_units_total', 1, { kind, outcome });
      telemetry.observe('ebm_worker_unit_seconds', (clock.nowMs() - startedMs) / 1000, { kind });
    }
  };
  return {
    ...session,
    evaluate: (unit, parameters, chains) => timed('update', session.evaluate(unit, parameters, chains)),
    logPartition: (unit) => timed('log-partition', session.logPartition(unit)),
    negativeFreeEnergies: (parameters, rows) => timed('evaluate', session.negativeFreeEnergies(parameters, rows)),
  };
}
