// A session whose units are counted and timed: what a worker computes, without the worker's shell knowing that anybody looks.
import type { Session } from '../../engine/engine.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Telemetry } from '../../platform/telemetry/telemetry.ts';

/** Methods that compute a unit, and its kind. */
const KINDS: Readonly<Partial<Record<keyof Session, string>>> = {
  evaluate: 'update', evaluateFactors: 'update', logPartition: 'log-partition', negativeFreeEnergies: 'evaluate',
};

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
  // A proxy, because engines' sessions are classes with fields of their own: every other method runs on the session itself.
  return new Proxy(session, {
    get(target, name: keyof Session) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const kind = KINDS[name];
      const method = (...given: unknown[]): unknown => Reflect.apply(member, target, given) as unknown;
      return kind === undefined ? method : (...given: unknown[]) => timed(kind, method(...given) as Promise<unknown>);
    },
  });
}
