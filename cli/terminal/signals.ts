// SIGINT and SIGTERM: once asks for a soft stop (finish the update, checkpoint, exit 130 or 143), twice ends the process at once. SIGPIPE
// (whoever read our output has gone away) asks for a soft stop too, with 141. Owns the counting; what a soft stop means is the action's that is
// handed the AbortSignal.

export type StopName = 'SIGINT' | 'SIGTERM' | 'SIGPIPE';

export type StopCode = 130 | 141 | 143;

/** The reason of the AbortSignal: what was asked and the exit code that answers it. */
export interface StopRequest {
  readonly signal: StopName;
  readonly exitCode: StopCode;
}

/** Where signals come from; for SIGINT and SIGTERM `process` is one. */
export interface SignalSource {
  on(name: StopName, listener: () => void): unknown;
  off(name: StopName, listener: () => void): unknown;
}

export interface StopListener {
  readonly signal: AbortSignal;
  close(): void;
}

const EXIT_CODES = { SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;

/** Of work that is not for whoever reads its output: a role of a cluster goes on without a reader. */
export const ROLE_STOPS: readonly StopName[] = ['SIGINT', 'SIGTERM'];
const ALL_STOPS: readonly StopName[] = [...ROLE_STOPS, 'SIGPIPE'];

/** `onFirst` tells the user that the stop is under way; `exitNow` ends the process. */
export function listenForStop(source: SignalSource, onFirst: (request: StopRequest) => void, exitNow: (request: StopRequest) => void, names: readonly StopName[] = ALL_STOPS): StopListener {
  const controller = new AbortController();
  const listeners = names.map((name) => {
    const listener = (): void => {
      const request: StopRequest = { signal: name, exitCode: EXIT_CODES[name] };
      if (controller.signal.aborted) {
        if (name === 'SIGPIPE') return; // told of each write that nobody reads
        exitNow(request);
        return;
      }
      controller.abort(request);
      onFirst(request);
    };
    source.on(name, listener);
    return { name, listener };
  });
  return { signal: controller.signal, close: () => { listeners.forEach(({ name, listener }) => source.off(name, listener)); } };
}

/** What stopped it, or null if nothing did or another than a signal. */
export function stopRequestOf(signal: AbortSignal): StopRequest | null {
  const reason: unknown = signal.aborted ? signal.reason : null;
  return typeof reason === 'object' && reason !== null && 'exitCode' in reason && 'signal' in reason ? reason as StopRequest : null;
}
