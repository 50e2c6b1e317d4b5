// Options that functions of the library share, checked: what a command line refuses with exit code 2 is a UsageError here too.
import { UsageError } from '../terminal/failure.ts';
import type { WorkProgress } from '../terminal/progress.ts';
import { THREADS_MAX } from './engines.ts';
import { StoppedError } from './work.ts';

const WORKERS_MAX = 1_024;

export interface ComputeOptions {
  /** Compute threads; without it the cores. Any number gives the same bits. */
  readonly threads?: number | undefined;
  /** Stops the work when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** Of functions that use a trained model. */
export interface UseOptions extends ComputeOptions {
  /** Given a directory: the checkpoint of this update; without it the newest good one. */
  readonly update?: number | undefined;
  /** Hears of what is wrong and can be done without, for example a damaged checkpoint; without it Node's `process.emitWarning` does. */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Hears a few times a second how far long work is. */
  readonly onProgress?: ((progress: WorkProgress) => void) | undefined;
}

/** A whole number of a range, or the default. Throws UsageError `wrong-option`. */
export function wholeOption<Default>(name: string, value: number | undefined, range: readonly [least: number, most: number], otherwise: Default): number | Default {
  if (value === undefined) return otherwise;
  const [least, most] = range;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError('wrong-option', `${name} is ${String(value)}, and must be a whole number from ${least} to ${most}`);
}

export function threadsOption({ threads }: ComputeOptions): number | null {
  return wholeOption('threads', threads, [1, THREADS_MAX], null);
}

export function workersOption(workers: number | undefined): number {
  return wholeOption('workers', workers, [1, WORKERS_MAX], 1);
}

/** A signal that never comes, where none was given. */
export function signalOption({ signal }: ComputeOptions): AbortSignal {
  return signal ?? new AbortController().signal;
}

/** Runs work that ends with StoppedError when the signal is aborted; here it rejects with the signal's reason, as the web's functions do. */
export async function abortable<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StoppedError ? signal.reason : error;
  }
}
