// SIGINT and SIGTERM: once asks for a soft stop (finish the update, checkpoint, exit 130 or 143), twice ends the process at once.
// Owns the counting; what a soft stop means is the action's that is handed the AbortSignal.

export type StopName = 'SIGINT' | 'SIGTERM';

/** The reason of the AbortSignal: what was asked and the exit code that answers it. */
export interface StopRequest {
  readonly signal: StopName;
  readonly exitCode: 130 | 143;
}

/** Where signals come from; `process` is one. */
export interface SignalSource {
  on(name: StopName, listener: () => void): unknown;
  off(name: StopName, listener: () => void): unknown;
}

export interface StopListener {
  readonly signal: AbortSignal;
  close(): void;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** `onFirst` tells the user that the stop is under way; `exitNow` ends the process. */
export function listenForStop(source: SignalSource, onFirst: (request: StopRequest) => void, exitNow: (exitCode: number) => void): StopListener {
  const controller = new AbortController();
  const listeners = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const listener = (): void => {
      const request: StopRequest = { signal: name, exitCode: EXIT_CODES[name] };
      if (controller.signal.aborted) {
        exitNow(request.exitCode);
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
