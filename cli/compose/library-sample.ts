// Samples of a trained model for the library, of whatever kind: what may be asked of each, and that nothing else is.
import type { ScoreMethod } from '../../ebm/continuous/reverse.ts';
import { UsageError } from '../terminal/failure.ts';
import { sampleBits, type BinarySamples, type BoltzmannSampling } from './library-bits.ts';
import type { EnergyModel, ScoreModel } from './library-continuous.ts';
import { modelFrom, type BoltzmannModel, type Model } from './library-model.ts';
import { signalOption, type CommonSampling } from './library-options.ts';
import { drawEnergy, drawScores, type EnergySampling, type RealSamples, type ScoreSampling } from './library-real.ts';

/** Of a directory, whose model may be of any kind: what that kind has not is refused. */
export interface SampleOptions extends BoltzmannSampling, EnergySampling, ScoreSampling {
  readonly method?: ScoreMethod | undefined;
}

/** Told apart by `kind`. */
export type Samples = BinarySamples | RealSamples;

const OWN = {
  'bernoulli-rbm': ['known'],
  energy: ['sampler', 'stepSize', 'temperature', 'start', 'known'],
  score: ['method'],
} as const;
const NAMES = { 'bernoulli-rbm': 'a Boltzmann machine', energy: 'an energy', score: 'a score model' } as const;

/**
 * New rows of a model. The same model, count, steps and seed give the same bits with any threads, of a Boltzmann machine on any machine, of an energy or a
 * score model on one device class. Rejects with UsageError, ModuleError, DataError or StorageError, and with the signal's reason once it is aborted.
 */
export function sample(model: BoltzmannModel, options: BoltzmannSampling): Promise<BinarySamples>;
export function sample(model: EnergyModel, options: EnergySampling): Promise<RealSamples>;
export function sample(model: ScoreModel, options: ScoreSampling): Promise<RealSamples>;
export function sample(directory: string, options: SampleOptions): Promise<Samples>;
export function sample(modelOrDirectory: Model | string, options: CommonSampling): Promise<Samples>;
export async function sample(modelOrDirectory: Model | string, options: SampleOptions): Promise<Samples> {
  signalOption(options).throwIfAborted();
  const model = await modelFrom(modelOrDirectory, options);
  refuseOthers(model, options);
  const folder = typeof modelOrDirectory === 'string' ? modelOrDirectory : '/';
  switch (model.kind) {
    case 'bernoulli-rbm': return sampleBits(model, options);
    case 'energy': return drawEnergy(model, options, folder);
    case 'score': return drawScores(model, options);
  }
}

/** Throws UsageError for an option that only models of another kind have. */
function refuseOthers({ kind }: Model, options: SampleOptions): void {
  const own: readonly string[] = OWN[kind];
  for (const [other, names] of Object.entries(OWN)) {
    const wrong = names.find((name) => !own.includes(name) && options[name] !== undefined);
    if (wrong !== undefined) throw new UsageError('wrong-option', `${wrong} is for ${NAMES[other as keyof typeof OWN]}, and the model is ${NAMES[kind]}`, 'Leave it out.');
  }
}
