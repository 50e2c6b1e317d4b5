// What only jobs of continuous models need: defaults that depend on the objective, checks of several fields, and what depends on the data.
import type { ContinuousJob, ContinuousPartitionSettings, ContinuousTrainSettings, DataFacts } from '../../ebm/job.ts';
import { layoutOf, LOG_PARTITION, parameterCount } from '../../ebm/continuous/layout.ts';
import { settingsOf } from '../../ebm/continuous/settings.ts';
import { moduleDigest } from '../modules/source.ts';
import type { ConfigProblem, ContinuousSpec } from './config.ts';
import { JOB_LIMITS } from './limits.ts';
import type { Finding } from './problems.ts';
import { CONDITIONAL_DEFAULTS, type JobInput } from './schema.ts';
import { shown, valueAt } from './values.ts';

/** Chains beside a row of the batch, where a job does not say how many. */
const SLOTS_A_ROW = 10;
const POINTS = 200;
const SAMPLER = { kind: 'ula', stepSize: 0.01, noise: null, temperature: 1, leapfrogs: 10, clip: null, low: null, high: null } as const;
const START = { kind: 'uniform', low: 0, high: 1, deviation: 1 } as const;

type Model = ContinuousSpec['model'];

export function filledContinuous(input: JobInput, model: Model): ContinuousSpec {
  const { train, evaluate } = input;
  const { batch, optimiser, average, rollbacks, staleness, epochs, updates } = train;
  const length = updates ?? null;
  return {
    ...input, model,
    data: { ...input.data, binarise: 'none' },
    evaluate: evaluate === 'off' ? 'off' : { every: evaluate.every, logPartition: partitionOf(evaluate.logPartition) },
    train: {
      ...(model.kind === 'score' ? { objective: 'denoising', steps: 1, chains: null } : objectiveFields(train)), batch, microbatch: train.microbatch ?? batch, optimiser, average, rollbacks,
      staleness: staleness === 1 ? 1 : 0, epochs: epochs ?? (length === null ? CONDITIONAL_DEFAULTS.epochs : null), updates: length,
      gradientNormMax: train.gradientNormMax ?? null, spectralNorm: train.spectralNorm ?? null,
    },
  };
}

function partitionOf(given: Exclude<JobInput['evaluate'], 'off'>['logPartition']): ContinuousPartitionSettings | null {
  if (given?.kind === 'quadrature') return given;
  return given?.kind === 'ais' ? { kind: 'ais', runs: given.runs, betas: given.betas } : null;
}

type ObjectiveFields = Pick<ContinuousTrainSettings, 'objective' | 'steps' | 'chains' | 'sampler' | 'restart' | 'start' | 'energyPenalty' | 'gradientPenalty' | 'noiseRatio' | 'trace' | 'projections' | 'sigmas'>;

function objectiveFields(train: JobInput['train']): ObjectiveFields {
  const { objective } = train;
  switch (objective) {
    case 'cd': case 'pcd': {
      const given = train.sampler;
      const sampler = given === undefined ? SAMPLER : { ...given, noise: given.noise ?? null, clip: given.clip ?? null, low: given.low ?? null, high: given.high ?? null };
      return {
        objective, steps: train.steps, sampler, start: train.start ?? START, energyPenalty: train.energyPenalty ?? 0,
        ...(train.gradientPenalty === undefined ? {} : { gradientPenalty: train.gradientPenalty }), // absent stays absent: it came later, and digests stay
        chains: objective === 'pcd' ? train.chains ?? SLOTS_A_ROW * train.batch : null, restart: objective === 'pcd' ? train.restart ?? 0.05 : 0,
      };
    }
    case 'nce': return { objective, steps: 1, chains: null, noiseRatio: train.noiseRatio ?? 1 };
    case 'explicit': return { objective, steps: 1, chains: null, trace: train.trace ?? 'exact', projections: train.projections ?? 1 };
    case 'denoising': return { objective, steps: 1, chains: null, sigmas: train.sigmas ?? [0.3] };
    case 'sliced': return { objective, steps: 1, chains: null, projections: train.projections ?? 1 };
  }
}

const CONTRASTIVE = ['cd', 'pcd'];
/** Which objectives each field of `train` is for. */
const FOR: Readonly<Record<string, readonly string[]>> = {
  sampler: CONTRASTIVE, start: CONTRASTIVE, energyPenalty: CONTRASTIVE, gradientPenalty: CONTRASTIVE, restart: CONTRASTIVE, noiseRatio: ['nce'], trace: ['explicit'], projections: ['explicit', 'sliced'], sigmas: ['denoising'],
};
const ONLY_CONTINUOUS = [...Object.keys(FOR), 'microbatch', 'gradientNormMax', 'spectralNorm'];

/** Findings about fields that do not fit the kind of model or the objective, or each other. */
export function continuousFindings(root: unknown): readonly Finding[] {
  const at = (path: string): unknown => valueAt(root, path) ?? undefined;
  if (at('model.kind') === 'score') return [...rowFindings(at), ...scoreFindings(at)];
  if (at('model.kind') !== 'energy') return otherModelFindings(at);
  const word = (path: string, standing: string): string => { const value = at(path); return typeof value === 'string' ? value : standing; };
  const objective = word('train.objective', 'pcd');
  const unfit = Object.entries(FOR).filter(([name, objectives]) => at(`train.${name}`) !== undefined && !objectives.includes(objective))
    .map(([name, objectives]) => finding(`train.${name}`, `does not apply to train.objective ${shown(objective)}`, `train.objective ${objectives.join(' or ')}`));
  const [batch, chains] = [at('train.batch') ?? 100, at('train.chains')].map((value) => typeof value === 'number' ? value : null);
  const staleness = at('train.staleness') === 1 && objective === 'pcd';
  const sampler = word('train.sampler.kind', 'ula');
  const ulaOnly = sampler === 'ula' ? [] : ['noise', 'low', 'high'].filter((name) => at(`train.sampler.${name}`) !== undefined);
  // It may stand at its default: a compiled job, printed in full, is itself a job file.
  const leapfrogs = at('train.sampler.leapfrogs') ?? SAMPLER.leapfrogs;
  const isIdle = sampler !== 'hmc' && leapfrogs !== SAMPLER.leapfrogs;
  const [low, high] = [at('train.sampler.low'), at('train.sampler.high')];
  const levels = at('train.sampler.annealing.levels') ?? (at('train.sampler.annealing') === undefined ? 1 : 10);
  const steps = at('train.steps') ?? 1;
  const activation = at('model.energy.activation');
  const isPenalised = at('train.gradientPenalty') !== undefined && at('train.gradientPenalty') !== 0;
  const isTwice = (['explicit', 'denoising', 'sliced'].includes(objective) || isPenalised) && (activation === 'relu' || activation === 'leaky-relu');
  return [
    ...unfit, ...rowFindings(at),
    ...(objective === 'pcd' && batch !== null && chains !== null && chains! % batch! !== 0 ? [finding('train.chains', `${chains!} replay slots are no multiple of a batch of ${batch!}`, 'a multiple of train.batch')] : []),
    ...(staleness ? [finding('train.staleness', 'an update with replay slots reads what the one before wrote, so they cannot overlap', '0 with objective pcd')] : []),
    ...ulaOnly.map((name) => finding(`train.sampler.${name}`, `does not apply to the ${sampler} sampler`, 'the ula sampler, or none')),
    ...(isIdle ? [finding('train.sampler.leapfrogs', `${shown(leapfrogs)} does not apply to the ${sampler} sampler, whose transition is one step`, 'the hmc sampler, or no leapfrogs')] : []),
    ...((low === undefined) !== (high === undefined) ? [finding('train.sampler', 'low and high go together', 'both or neither')] : []),
    ...(typeof low === 'number' && typeof high === 'number' && !(low < high) ? [finding('train.sampler.low', `${low} is not below high, ${high}`, 'a number below train.sampler.high')] : []),
    ...(isTwice ? [finding('model.energy.activation', `${shown(activation)} has no second derivative, which ${isPenalised ? 'train.gradientPenalty' : `train.objective ${objective}`} needs`, 'swish, softplus, tanh or elu')] : []),
    ...moduleFindings(at('model.energy')),
    ...(at('train.sampler.annealing') !== undefined && at('train.sampler.noise') !== undefined ? [finding('train.sampler.noise', 'an annealed sampler has the noise of its temperatures', 'no noise, or no annealing')] : []),
    ...(typeof levels === 'number' && typeof steps === 'number' && steps < levels ? [finding('train.steps', `${steps} steps are fewer than the ${levels} temperatures of train.sampler.annealing`, `at least ${levels}`)] : []),
    ...(at('evaluate.logPartition.kind') === 'exact' ? [finding('evaluate.logPartition.kind', '"exact" is for Boltzmann machines', 'quadrature, ais, or evaluate: off')] : []),
    ...['raise', 'reverse'].filter((name) => at(`evaluate.logPartition.${name}`) === true).map((name) => finding(`evaluate.logPartition.${name}`, 'is a figure of Boltzmann machines', 'false, or nothing')),
  ];
}

/** A text that is not what its digest says, or two parameters of one name, came from no compiler. */
function moduleFindings(energy: unknown): readonly Finding[] {
  const [kind, source, digest, parameters] = ['kind', 'compiled.source', 'compiled.digest', 'compiled.parameters'].map((path) => valueAt(energy, path));
  if (kind !== 'module') return [];
  const compiled = (name: string, message: string): Finding => finding(`model.energy.compiled.${name}`, message, 'what ebm wrote; leave compiled out, and path is read again');
  const names: readonly unknown[] = Array.isArray(parameters) ? parameters.map((one) => valueAt(one, 'name')) : [];
  return [
    ...(typeof source === 'string' && typeof digest === 'string' && moduleDigest(source) !== digest ? [compiled('digest', 'is not the digest of the text beside it')] : []),
    ...(new Set(names).size < names.length || names.includes(LOG_PARTITION) ? [compiled('parameters', `names a parameter twice, or ${LOG_PARTITION}`)] : []),
  ];
}

type At = (path: string) => unknown;

const finding = (path: string, message: string, accepted: string): Finding => ({ path, message, accepted, nearest: null });

/** Of every continuous model. */
function rowFindings(at: At): readonly Finding[] {
  const [batch, microbatch] = [at('train.batch') ?? 100, at('train.microbatch')].map((value) => typeof value === 'number' ? value : null);
  const binarise = at('data.binarise');
  return [
    ...(binarise !== undefined && binarise !== 'none' ? [finding('data.binarise', `${shown(binarise)} makes bits, and model.kind ${String(at('model.kind'))} computes with real numbers`, 'none')] : []),
    ...(batch !== null && microbatch !== null && batch! % microbatch! !== 0 ? [finding('train.microbatch', `a batch of ${batch!} is not whole microbatches of ${microbatch!}`, 'a divisor of train.batch')] : []),
  ];
}

function scoreFindings(at: At): readonly Finding[] {
  const objective = at('train.objective');
  const features = at('model.network.features');
  const unordered = ([['sigmaMin', 0.01, 'sigmaMax', 10], ['betaMin', 0.1, 'betaMax', 20]] as const).filter(([low, least, high, most]) => {
    const [a, b] = [at(`model.noise.${low}`) ?? least, at(`model.noise.${high}`) ?? most];
    return typeof a === 'number' && typeof b === 'number' && !(a < b);
  });
  return [
    ...(objective !== undefined && objective !== 'denoising' ? [finding('train.objective', `${shown(objective)} does not train model.kind score`, 'denoising')] : []),
    ...Object.keys(FOR).filter((name) => at(`train.${name}`) !== undefined).map((name) => finding(`train.${name}`, 'applies to model.kind energy alone', 'nothing here for model.kind score; its noise is model.noise')),
    ...unordered.map(([low, , high]) => finding(`model.noise.${low}`, `is not below ${high}`, `a number below model.noise.${high}`)),
    ...(typeof features === 'number' && features % 2 !== 0 ? [finding('model.network.features', `${features} is odd, and half of the features are cosines`, 'an even number')] : []),
    ...(at('evaluate') !== undefined && at('evaluate') !== 'off' ? [finding('evaluate', 'a score model is not measured while it trains, because its likelihood takes too long', 'off; `ebm evaluate` measures it afterwards')] : []),
  ];
}

function otherModelFindings(at: (path: string) => unknown): readonly Finding[] {
  const unfit = ONLY_CONTINUOUS.filter((name) => at(`train.${name}`) !== undefined);
  const objective = at('train.objective');
  return [
    ...unfit.map((name) => ({ path: `train.${name}`, message: 'applies to model.kind energy alone', accepted: 'nothing here for a bernoulli-rbm', nearest: null })),
    ...(typeof objective === 'string' && ['nce', 'explicit', 'denoising', 'sliced'].includes(objective) ? [{ path: 'train.objective', message: `${shown(objective)} is for model.kind energy`, accepted: 'cd, pcd', nearest: null }] : []),
    ...(at('evaluate.logPartition.kind') === 'quadrature' ? [{ path: 'evaluate.logPartition.kind', message: 'quadrature is for model.kind energy', accepted: 'ais, exact', nearest: null }] : []),
  ];
}

export interface ContinuousCompiled { readonly evaluate: ContinuousJob['evaluate']; readonly shape: readonly number[]; readonly problems: readonly ConfigProblem[] }

/** What depends on the data. `picture`: height and width of a row, if it is a picture. */
export function compileContinuous(spec: ContinuousSpec, facts: DataFacts, picture: { readonly height: number; readonly width: number } | null): ContinuousCompiled {
  const problems: ConfigProblem[] = [];
  const add = (path: string, message: string, accepted: string): void => { problems.push({ path, message, accepted, line: null, argument: null, nearest: null }); };
  const { model } = spec;
  const [where, layers] = model.kind === 'energy' ? ['model.energy', model.energy] as const : ['model.network', model.network] as const;
  const shape = layers.kind === 'conv' && picture !== null ? [picture.height, picture.width, 1] : [facts.visible];
  if (layers.kind === 'conv' && picture === null) add(`${where}.kind`, 'convolutions need pictures, and the rows of these data have no height and width', 'mlp, or data of pictures');
  else if (layers.kind === 'conv' && layers.channels.length !== layers.strides.length) add(`${where}.strides`, `${layers.strides.length} strides for ${layers.channels.length} convolutions`, 'one a convolution');
  else if (layers.kind === 'module' && (layers.compiled ?? null) === null) add('model.energy.path', `the module ${shown(layers.path)} has not been read`, 'a job that `ebm train` or `ebm submit` has compiled');
  else {
    const count = parameterCount(layoutOf(settingsOf({ model, train: { ...spec.train, updates: 0 } }), shape));
    if (count > JOB_LIMITS.parametersMax) add(where, `the ${model.kind === 'energy' ? 'energy' : 'network'} has ${count} parameters`, `at most ${JOB_LIMITS.parametersMax}`);
  }
  if (model.kind === 'score') return { evaluate: 'off', shape, problems };
  const isPlanar = facts.visible === 2;
  const { evaluate } = spec;
  if (evaluate === 'off' || (evaluate.logPartition === null && !isPlanar)) return { evaluate: 'off', shape, problems };
  if (!isPlanar && evaluate.logPartition?.kind === 'quadrature') add('evaluate.logPartition.kind', `quadrature is for two dimensions, and these data have ${facts.visible}`, 'ais, or evaluate: off');
  return { evaluate: { every: evaluate.every, logPartition: evaluate.logPartition ?? { kind: 'quadrature', points: POINTS } }, shape, problems };
}
