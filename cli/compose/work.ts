// Long work that is done in parts: how its parts are cut, how far it is, and that it stops between two parts when a signal asks for it.
import type { Range } from '../../engine/engine.ts';
import type { Output } from '../terminal/output.ts';
import { stopRequestOf, type StopCode } from '../terminal/signals.ts';

/** Time before work shows its progress, and between two reports of it. */
const SILENT_MS = 500;
const REPORT_MS = 250;

/** Half-open ranges of at most `part` that cover [0, count) in order. */
export function* partsOf(count: number, part: number): Generator<Range> {
  for (let from = 0; from < count; from += part) yield { from, to: Math.min(count, from + part) };
}

/** Work that a signal stopped before it was done. */
export class StoppedError extends Error {
  readonly code = 'stopped';
  readonly exitCode: 1 | StopCode;

  constructor(signal: AbortSignal) {
    const request = stopRequestOf(signal);
    super(`stopped${request === null ? '' : ` by ${request.signal}`} before it was done; no file was written`);
    this.name = 'StoppedError';
    this.exitCode = request?.exitCode ?? 1;
  }
}

export function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new StoppedError(signal);
}

export interface WorkDescription {
  readonly what: string;
  readonly unit: string;
  readonly total: number;
  /** Whether it is known to be long, so that it is shown from the start. */
  readonly long: boolean;
}

/** Where work tells how far it is, and learns that it should stop. */
export interface Worksite {
  readonly output: Pick<Output, 'work'>;
  readonly signal: AbortSignal;
}

/** To be called after each part with what it did. Throws StoppedError once a stop was asked for and there is more to do. */
export function startWork({ output, signal }: Worksite, { what, unit, total, long }: WorkDescription): (by: number) => void {
  const startedMs = performance.now();
  let saidMs = startedMs + SILENT_MS - REPORT_MS;
  let isShown = false;
  let done = 0;
  const say = (nowMs: number): void => {
    const perSecond = done === 0 ? null : (1000 * done) / Math.max(1, nowMs - startedMs);
    output.work({ kind: 'working', what, done, total, unit, perSecond, secondsLeft: perSecond === null ? null : (total - done) / perSecond });
    saidMs = nowMs;
    isShown = true;
  };
  throwIfStopped(signal);
  if (long) say(startedMs);
  return (by) => {
    done += by;
    const nowMs = performance.now();
    if (done >= total ? isShown : nowMs - saidMs >= REPORT_MS) say(nowMs);
    if (done < total) throwIfStopped(signal);
  };
}
