// How a loop of bare kernel calls hears a signal: with one thread the calls never wait for anything, so that the process would learn of
// nothing before the loop's end.
import { setImmediate } from 'node:timers/promises';
import { throwIfStopped } from '../compose/work.ts';

/** Short for a person, and long beside an update: what it costs does not show in a figure. */
const LISTEN_MS = 50;

/** To be awaited between two calls. Throws StoppedError once a stop was asked for. */
export function stopBetween(signal: AbortSignal): () => Promise<void> {
  let listenedMs = performance.now();
  return async () => {
    if (performance.now() - listenedMs < LISTEN_MS) return;
    await setImmediate();
    throwIfStopped(signal);
    listenedMs = performance.now();
  };
}
