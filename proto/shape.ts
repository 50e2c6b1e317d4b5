// The shape of a compiled job as it comes over a wire: whether a parsed value is one. Bounds of the numbers are platform/config's business,
// at the place where a job is made; here it matters that no field is missing or of another kind.
import type { AnyJob } from '../ebm/job.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const integer: Check = (value) => Number.isSafeInteger(value);
const oneOf = (...accepted: readonly unknown[]): Check => (value) => accepted.includes(value);
const orNull = (check: Check): Check => (value) => value === null || check(value);
const either = (...checks: readonly Check[]): Check => (value) => checks.some((check) => check(value));
const fields = (checks: Readonly<Record<string, Check>>): Check => (value) => (
  typeof value === 'object' && value !== null && Object.entries(checks).every(([name, check]) => Object.hasOwn(value, name) && check((value as Record<string, unknown>)[name]))
);
/** A field that an object may lack. */
const perhaps = (name: string, check: Check): Check => (value) => (
  typeof value === 'object' && value !== null && (!Object.hasOwn(value, name) || check((value as Record<string, unknown>)[name]))
);

const optimiser = fields({
  kind: oneOf('sgd', 'adam'), learningRate: number, schedule: oneOf('constant', 'linear', 'geometric'), warmup: count,
  momentum: number, weightDecay: number, beta1: number, beta2: number, epsilon: number,
});

const train = fields({
  objective: oneOf('cd', 'pcd'), steps: count, chains: orNull(count), batch: count, updates: count, epochs: orNull(number), optimiser,
  average: number, staleness: oneOf(0, 1), rollbacks: count,
});

const logPartition = either(
  fields({ kind: oneOf('exact') }),
  fields({ kind: oneOf('ais'), runs: count, betas: count, raise: flag, reverse: flag }),
);

const listOf = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);

const activation = oneOf('swish', 'softplus', 'tanh', 'elu', 'leaky-relu', 'relu');
const energy = either(
  fields({ kind: oneOf('mlp'), layers: listOf(count), activation }),
  fields({ kind: oneOf('conv'), channels: listOf(count), strides: listOf(count), residual: flag, activation }),
  fields({ kind: oneOf('quadratic') }),
  fields({ kind: oneOf('gaussian-mixture'), components: count }),
  fields({ kind: oneOf('module'), path: text, compiled: fields({ digest: text, source: text, parameters: listOf(fields({ name: text, shape: listOf(count), deviation: number })) }) }),
);
const network = either(
  fields({ kind: oneOf('mlp'), layers: listOf(count), activation, features: count }),
  fields({ kind: oneOf('conv'), channels: listOf(count), strides: listOf(count), activation, features: count }),
);
const noise = either(
  fields({ kind: oneOf('ve'), sigmaMin: number, sigmaMax: number, levels: orNull(count) }),
  fields({ kind: oneOf('vp'), betaMin: number, betaMax: number }),
);
const plainSampler = fields({
  kind: oneOf('ula', 'mala', 'hmc'), stepSize: number, noise: orNull(number), temperature: number, leapfrogs: count, clip: orNull(number),
  low: orNull(number), high: orNull(number),
});
const annealing = fields({ levels: count, hottest: number });
const sampler: Check = (value) => plainSampler(value) && either((annealed) => annealed === undefined, annealing)((value as Record<string, unknown>)['annealing']);
const start = fields({ kind: oneOf('uniform', 'normal'), low: number, high: number, deviation: number });
const contrastive = fields({ objective: oneOf('pcd', 'cd'), sampler, steps: count, chains: orNull(count), restart: number, start, energyPenalty: number });
const objective = either(
  (value) => contrastive(value) && perhaps('gradientPenalty', number)(value),
  fields({ objective: oneOf('nce'), noiseRatio: count }),
  fields({ objective: oneOf('explicit'), trace: oneOf('exact', 'hutchinson'), projections: count }),
  fields({ objective: oneOf('denoising'), sigmas: listOf(number) }),
  fields({ objective: oneOf('sliced'), projections: count }),
);
const length = fields({
  batch: count, microbatch: count, updates: count, epochs: orNull(number), optimiser, average: number, staleness: oneOf(0, 1), rollbacks: count,
  gradientNormMax: orNull(number), spectralNorm: orNull(number),
});

const ofBoltzmannMachine = fields({
  model: fields({ kind: oneOf('bernoulli-rbm'), hidden: count, centred: flag, grid: count }),
  train,
  evaluate: either(oneOf('off'), fields({ every: count, logPartition })),
});
const ofEnergy = fields({
  model: fields({ kind: oneOf('energy'), energy }),
  train: (value) => length(value) && objective(value),
  evaluate: either(oneOf('off'), fields({ every: count, logPartition: either(fields({ kind: oneOf('quadrature'), points: count }), fields({ kind: oneOf('ais'), runs: count, betas: count })) })),
  facts: fields({ shape: listOf(count) }),
});
const ofScore = fields({
  model: fields({ kind: oneOf('score'), network, noise, dataDeviation: number }),
  train: (value) => length(value) && fields({ objective: oneOf('denoising') })(value),
  evaluate: oneOf('off'),
  facts: fields({ shape: listOf(count) }),
});

const job = fields({
  formatVersion: oneOf(1), name: text, seed: count,
  data: fields({ source: text, binarise: oneOf('threshold', 'stochastic', 'none'), validation: count }),
  checkpoint: fields({ every: count, keep: count }),
  ledger: fields({ every: count }),
  resources: fields({ engine: oneOf('auto', 'reference', 'wasm', 'tensorflow'), priority: integer, mixedClasses: flag }),
  facts: fields({ digest: text, trainingRows: count, validationRows: count, testRows: count, visible: count }),
});

export function isCompiledJob(value: unknown): value is AnyJob {
  return job(value) && either(ofBoltzmannMachine, ofEnergy, ofScore)(value);
}
