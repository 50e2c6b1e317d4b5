// Figures of a trained model for the library: those of `ebm evaluate`. A model is a value, or what a run directory holds.
import type { EvaluatedEvent } from '../terminal/events.ts';
import { figuresOf } from './evaluate.ts';
import { listenerOf, modelFrom, parametersOf, type Model } from './library-model.ts';
import { abortable, signalOption, threadsOption, wholeOption, type UseOptions } from './library-options.ts';

export interface EvaluateOptions extends UseOptions {
  /** Exact log Z, by enumeration of a layer of at most 20 units. Not together with the options below. */
  readonly exact?: boolean | undefined;
  /** AIS runs and inverse temperatures; without them the job's. */
  readonly runs?: number | undefined;
  readonly betas?: number | undefined;
  /** Adds the conservative figure RAISE, and reverse AIS; without them as the job says. Both need a test set. */
  readonly raise?: boolean | undefined;
  readonly reverse?: boolean | undefined;
}

/**
 * How likely the model finds the test and validation rows of its job's data, in nats a row, and how far the figure may be believed:
 * the same fields as the event `evaluated`. The data are read from where the job says, and must be what the run began with.
 * Rejects with UsageError, ConfigError, DataError or StorageError, and with the signal's reason once it is aborted.
 */
export async function evaluate(modelOrDirectory: Model | string, options: EvaluateOptions = {}): Promise<EvaluatedEvent> {
  const startedMs = performance.now();
  const { exact = false, raise = false, reverse = false, onProgress } = options;
  const runs = wholeOption('runs', options.runs, [1, Number.MAX_SAFE_INTEGER], null);
  const betas = wholeOption('betas', options.betas, [1, Number.MAX_SAFE_INTEGER], null);
  const threads = threadsOption(options);
  const signal = signalOption(options);
  signal.throwIfAborted();
  const model = await modelFrom(modelOrDirectory, options);
  const output = { ...listenerOf(options), work: onProgress ?? (() => undefined) };
  const { figures } = await abortable(signal, () => figuresOf(
    { job: model.job, parameters: parametersOf(model), folder: typeof modelOrDirectory === 'string' ? modelOrDirectory : '/' }, { exact, runs, betas, raise, reverse, threads, signal }, output));
  return { kind: 'evaluated', update: model.update, ...figures, seconds: (performance.now() - startedMs) / 1000 };
}
