// The clock of the machine. Its timers do not keep the process alive: work does.
import type { Clock, Timer } from './clock.ts';

export function realClock(): Clock {
  return {
    nowMs: () => performance.now(),
    dateMs: () => Date.now(),
    after: (delayMs, callback) => stoppable(setTimeout(callback, delayMs)),
    every: (periodMs, callback) => stoppable(setInterval(callback, periodMs)),
    turn: () => new Promise((resolve) => { setImmediate(resolve); }),
  };
}

function stoppable(timer: NodeJS.Timeout): Timer {
  timer.unref();
  return { stop: () => { clearTimeout(timer); } };
}
