// Figures of a trained model for the library: those of `ebm evaluate`. A model is a value, or what a run directory holds.
import type { EvaluatedEvent } from '../terminal/events.ts';
import { UsageError } from '../terminal/failure.ts';
import { energyFiguresOf, type EnergyFigures } from './continuous-figures.ts';
import { figuresOf } from './evaluate.ts';
import { scoreFiguresOf, type ScoreFigures } from './score-likelihood.ts';
import { vectorOfModel, type EnergyModel, type ScoreModel } from './library-continuous.ts';
import { listenerOf, modelFrom, parametersOf, type BoltzmannModel, type Model } from './library-model.ts';
import { abortable, signalOption, threadsOption, wholeOption, type UseOptions } from './library-options.ts';

export interface EnergyEvaluateOptions extends UseOptions {
  /** AIS runs and inverse temperatures; without them the job's. */
  readonly runs?: number | undefined;
  readonly betas?: number | undefined;
}

export interface EvaluateOptions extends EnergyEvaluateOptions {
  /** Exact log Z, by enumeration of a layer of at most 20 units. Not together with the other options. */
  readonly exact?: boolean | undefined;
  /** Adds the conservative figure RAISE, and reverse AIS; without them as the job says. Both need a test set. */
  readonly raise?: boolean | undefined;
  readonly reverse?: boolean | undefined;
}

/** Of a score model: held-out rows that are measured, steps of the probability flow, and random directions a row; without them as `ebm evaluate`. */
export interface ScoreEvaluateOptions extends UseOptions {
  readonly rows?: number | undefined;
  readonly steps?: number | undefined;
  readonly projections?: number | undefined;
}

/** Of a score model: those of `ebm evaluate`. */
export interface ScoreEvaluation extends ScoreFigures { readonly kind: 'evaluated'; readonly update: number; readonly seconds: number }

/** Of an energy: the event `evaluated`, with what only energies have. */
export interface EnergyEvaluation extends EvaluatedEvent, EnergyFigures {}
export type Evaluation = EvaluatedEvent | EnergyEvaluation | ScoreEvaluation;

/**
 * How likely the model finds the test and validation rows of its job's data, in nats a row, and how far the figure may be believed:
 * the same fields as the event `evaluated`, and of an energy `divergence`, `meanTestEnergy` and `temperature` beside them. An energy's log Z is measured by
 * quadrature in two dimensions, by AIS where the job or the options ask for it, and is null elsewhere. The data are read from where the job says, and must be
 * what the run began with. Rejects with UsageError, ConfigError, DataError or StorageError, and with the signal's reason once it is aborted.
 */
export function evaluate(model: BoltzmannModel, options?: EvaluateOptions): Promise<EvaluatedEvent>;
export function evaluate(model: EnergyModel, options?: EnergyEvaluateOptions): Promise<EnergyEvaluation>;
export function evaluate(model: ScoreModel, options?: ScoreEvaluateOptions): Promise<ScoreEvaluation>;
export function evaluate(modelOrDirectory: Model | string, options?: EvaluateOptions & ScoreEvaluateOptions): Promise<Evaluation>;
export async function evaluate(modelOrDirectory: Model | string, options: EvaluateOptions & ScoreEvaluateOptions = {}): Promise<Evaluation> {
  const startedMs = performance.now();
  const { exact = false, raise = false, reverse = false, onProgress } = options;
  const runs = wholeOption('runs', options.runs, [1, Number.MAX_SAFE_INTEGER], null);
  const betas = wholeOption('betas', options.betas, [1, Number.MAX_SAFE_INTEGER], null);
  const threads = threadsOption(options);
  const flow = flowOptions(options);
  const signal = signalOption(options);
  signal.throwIfAborted();
  const model = await modelFrom(modelOrDirectory, options);
  if (model.kind !== 'score' && Object.keys(flow).length > 0) throw new UsageError('wrong-option', `${Object.keys(flow).join(', ')}: rows, steps and projections are for a score model, and the model is none`, 'Leave them out.');
  const output = { ...listenerOf(options), work: onProgress ?? (() => undefined) };
  const folder = typeof modelOrDirectory === 'string' ? modelOrDirectory : '/';
  const ended = (): Pick<EvaluatedEvent, 'seconds'> => ({ seconds: (performance.now() - startedMs) / 1000 });
  switch (model.kind) {
    case 'bernoulli-rbm': {
      const { figures } = await abortable(signal, () => figuresOf({ job: model.job, parameters: parametersOf(model), folder }, { exact, runs, betas, raise, reverse, threads, signal }, output));
      return { kind: 'evaluated', update: model.update, ...figures, ...ended() };
    }
    case 'energy': {
      if (exact || raise || reverse) throw new UsageError('no-such-figure', 'exact, raise and reverse are figures of Boltzmann machines, and the model is an energy', 'Leave them out; runs and betas are for energies too.');
      const { figures } = await abortable(signal, () => energyFiguresOf({ job: model.job, parameters: vectorOfModel(model), at: model, folder }, { runs, betas, threads, signal }, output));
      return { kind: 'evaluated', update: model.update, ...figures, ...ended() };
    }
    case 'score': {
      if (exact || raise || reverse || runs !== null || betas !== null) throw new UsageError('no-such-figure', 'exact, runs, betas, raise and reverse are figures of models with an energy, and this is a score model', 'Leave them out; rows, steps and projections are for its likelihood.');
      const { told } = await abortable(signal, () => scoreFiguresOf({ job: model.job, parameters: vectorOfModel(model), at: model, folder }, { ...flow, threads }, { output, signal }));
      return { kind: 'evaluated', update: model.update, ...told, ...ended() };
    }
  }
}

/** Those that were given. */
function flowOptions({ rows, steps, projections }: ScoreEvaluateOptions): { readonly rows?: number; readonly steps?: number; readonly projections?: number } {
  const most = [1, 1_000_000] as const;
  return {
    ...(rows === undefined ? {} : { rows: wholeOption('rows', rows, most, 1) }), ...(steps === undefined ? {} : { steps: wholeOption('steps', steps, most, 1) }),
    ...(projections === undefined ? {} : { projections: wholeOption('projections', projections, most, 1) }),
  };
}
