// Options that functions of the library share, checked: what a command line refuses with exit code 2 is a UsageError here too.
import { UsageError } from '../terminal/failure.ts';
import type { WorkProgress } from '../terminal/progress.ts';
import { THREADS_MAX } from './engines.ts';
import { StoppedError } from './work.ts';

const WORKERS_MAX = 1_024;
const STEPS_MAX = 1_000_000;
const SEED_MAX = 0xffff_ffff;

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

/** Of samples of any model. */
export interface CommonSampling extends UseOptions {
  /** Samples, each from a chain of its own. */
  readonly count: number;
  /**
   * Steps each takes. By default 100 from the model's persistent chains, 1,000 from copies of them, from random states or noise, 500 of a Boltzmann machine with `known`;
   * of a score model by its method.
   */
  readonly steps?: number | undefined;
  /** Unsigned 32-bit; without it the job's. Equal options give equal samples. */
  readonly seed?: number | undefined;
}

/** Units of a row whose values are given. */
export interface KnownUnits {
  /** 1 where the value is known, 0 elsewhere [visible]. */
  readonly mask: ArrayLike<number>;
  /** The same for all samples [visible], or a row for each [count * visible]. What the mask leaves out is not looked at. */
  readonly values: ArrayLike<number>;
}

/** Throws UsageError unless mask and values fit `count` samples of a model, and every value that is looked at `isValue`. */
export function checkKnown({ mask, values }: KnownUnits, { visible, count, isValue, accepted }: { readonly visible: number; readonly count: number; readonly isValue: (value: number | undefined) => boolean; readonly accepted: string }): void {
  const wrong = (message: string): UsageError => new UsageError('wrong-option', message);
  if (mask.length !== visible) throw wrong(`known.mask has ${mask.length} elements, and the model ${visible} visible units`);
  if (values.length !== visible && values.length !== count * visible) {
    throw wrong(`known.values has ${values.length} elements where ${visible} belong, or ${count * visible} for ${count} samples`);
  }
  for (let i = 0; i < visible; i += 1) if (mask[i] !== 0 && mask[i] !== 1) throw wrong(`element ${i} of known.mask is ${String(mask[i])}, and must be 0 or 1`);
  for (let i = 0; i < values.length; i += 1) {
    if (mask[i % visible] === 1 && !isValue(values[i])) throw wrong(`element ${i} of known.values is ${String(values[i])}, and must be ${accepted}`);
  }
}

/** A whole number of a range, or the default. Throws UsageError `wrong-option`. */
export function wholeOption<Default>(name: string, value: number | undefined, range: readonly [least: number, most: number], otherwise: Default): number | Default {
  if (value === undefined) return otherwise;
  const [least, most] = range;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError('wrong-option', `${name} is ${String(value)}, and must be a whole number from ${least} to ${most}`);
}

export function stepsOption({ steps }: Pick<CommonSampling, 'steps'>, otherwise: number): number {
  return wholeOption('steps', steps, [1, STEPS_MAX], otherwise);
}

export function seedOption({ seed }: Pick<CommonSampling, 'seed'>, otherwise: number): number {
  return wholeOption('seed', seed, [0, SEED_MAX], otherwise);
}

/** Throws UsageError `wrong-option`. */
export function positiveOption(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (value > 0 && value < Infinity)) return value;
  throw new UsageError('wrong-option', `${name} is ${String(value)}, and must be a number above 0`);
}

/** One of some words. Throws UsageError `wrong-option`. */
export function chosenOption<Word extends string>(name: string, value: Word | undefined, words: readonly Word[]): Word | undefined {
  if (value === undefined || words.includes(value)) return value;
  throw new UsageError('wrong-option', `${name} is ${JSON.stringify(value)}, and must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)!}`);
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
