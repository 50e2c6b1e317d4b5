// The one schema of a job file: shapes, bounds, defaults, and what each field means. Validation, defaults, `ebm explain` and the
// JSON Schema for editors all come from it. What needs two fields or the data is in checks.ts and compile.ts.
import * as z from 'zod';
import { JOB_FORMAT_VERSION } from './config.ts';
import { continuousTrain, energyModel, OBJECTIVES, scoreModel } from './schema-continuous.ts';
import { note, real, whole } from './schema-notes.ts';
import { JOB_LIMITS } from './limits.ts';

/** Defaults that hold only while another field does not speak against them; compile.ts fills them. */
export const CONDITIONAL_DEFAULTS = { epochs: 10, chains: 100, binarise: 'threshold' } as const;

const limits = JOB_LIMITS;
const decay = (): z.ZodNumber => real(0, JOB_LIMITS.decayMax);

const data = z.strictObject({
  source: note(z.string().min(1).max(limits.sourceCharactersMax),
    'Where the data comes from: a built-in name (mnist; in two dimensions eight-gaussians, two-moons, spiral, checkerboard), a path to a .idx, .npy, .npz, .csv or .safetensors file or to a folder of PNGs, or the digest of a data set of a cluster (sha256:..., as ebm data push and ebm data list print it). A relative path starts at the folder of the job file.',
    { examples: ['mnist', 'data/train.npy', `sha256:${'1f'.repeat(32)}`] }),
  binarise: note(z.enum(['threshold', 'stochastic', 'none']).optional(),
    'How values in [0, 1] become bits. threshold: on if x > 0.5. stochastic: on with probability x, drawn anew each epoch. none: for continuous models only.',
    { default: CONDITIONAL_DEFAULTS.binarise, defaultNote: 'none for model.kind energy and score' }),
  validation: note(whole(0, limits.rowsMax).default(0), 'Rows held out of the training set: its last ones.', { unit: 'rows' }),
});

const boltzmann = z.strictObject({
  kind: note(z.literal('bernoulli-rbm'), 'The model. bernoulli-rbm: a restricted Boltzmann machine with binary visible and hidden units. energy: a density over real vectors, given by its energy. score: a generator of real vectors, by the scores of the data under noise.'),
  hidden: note(whole(1, limits.hiddenMax).default(500), 'How many hidden units the model has.', { unit: 'units' }),
  centred: note(z.boolean().default(true), 'Whether gradients are centred on moving averages of the data means. Plain gradients learn more slowly.'),
  grid: note(whole(limits.gridMin, limits.gridMax).default(10), 'Exponent g of the grid of 2^-g nats on which parameters are sampled; fixed for the run.'),
});

const model = z.discriminatedUnion('kind', [boltzmann, energyModel, scoreModel]);

const optimiser = z.strictObject({
  kind: note(z.enum(['sgd', 'adam']).default('sgd'), 'The rule that turns gradients into moves.'),
  learningRate: note(real(limits.learningRateMin, limits.learningRateMax).default(0.05), 'Step size at its peak.'),
  schedule: note(z.enum(['constant', 'linear', 'geometric']).default('linear'), 'How the rate falls from its peak to the end of the run.'),
  warmup: note(whole(0, limits.updatesMax).default(0), 'Updates over which the rate rises linearly from 0.', { unit: 'updates' }),
  momentum: note(decay().default(0), 'Share of the last move that is kept (sgd only).'),
  weightDecay: note(real(0, limits.weightDecayMax).default(0), 'Decay of the weights; biases are never decayed.', { unit: 'per nat' }),
  beta1: note(decay().default(0.9), 'Decay of the first moment (adam only).'),
  beta2: note(decay().default(0.999), 'Decay of the second moment (adam only).'),
  epsilon: note(real(limits.epsilonMin, limits.epsilonMax).default(1e-8), 'Added to the root of the second moment (adam only).'),
});

const train = z.strictObject({
  objective: note(z.enum(OBJECTIVES).default('pcd'),
    'Contrastive divergence: cd starts its chains at the data, pcd carries persistent chains from update to update. Of model.kind energy also nce (noise contrast) and score matching: explicit, denoising, sliced. Of model.kind score denoising alone.'),
  steps: note(whole(1, limits.stepsMax).default(1), 'Gibbs steps an update, or steps of the sampler.', { unit: 'steps' }),
  chains: note(whole(1, limits.chainsMax).nullish(), 'Persistent chains; with cd absent, since every row of the batch has its own. Of model.kind energy the replay slots, a multiple of batch: each update advances as many as batch.',
    { unit: 'chains', default: CONDITIONAL_DEFAULTS.chains, defaultNote: 'none for cd; 10 times batch for model.kind energy' }),
  batch: note(whole(1, limits.batchRowsMax).default(100), 'Training rows an update.', { unit: 'rows' }),
  epochs: note(whole(1, limits.epochsMax).nullish(), 'Length of the run: E epochs are ceil(E rows / batch) updates. Not together with updates.',
    { unit: 'epochs', default: CONDITIONAL_DEFAULTS.epochs, defaultNote: 'none if updates are given' }),
  updates: note(whole(1, limits.updatesMax).nullish(), 'Length of the run. Not together with epochs.', { unit: 'updates', defaultNote: 'from epochs' }),
  optimiser: note(optimiser.prefault({}), 'How gradients change the parameters.'),
  average: note(decay().default(0), 'Decay of the moving average of the parameters that is evaluated and exported; 0 means none.'),
  staleness: note(z.literal([0, 1]).default(0), 'How many versions old the parameters are that an update is computed with. 1 lets computing and sending overlap.', { unit: 'versions' }),
  rollbacks: note(whole(0, limits.rollbacksMax).default(3), 'How often divergence may fall back to a checkpoint with half the rate before the run fails.', { unit: 'rollbacks' }),
  ...continuousTrain,
});

const ais = z.strictObject({
  kind: note(z.literal('ais').default('ais'), 'How log Z is measured: ais, annealed importance sampling; exact, by enumeration of a layer of at most 20 units; quadrature, in two dimensions (model.kind energy).'),
  runs: note(whole(1, limits.runsMax).default(100), 'Annealed chains.', { unit: 'runs' }),
  betas: note(whole(limits.betasMin, limits.betasMax).default(10_000), 'Inverse temperatures from 0 to 1.', { unit: 'temperatures' }),
  raise: note(z.boolean().default(false), 'Whether the conservative figure RAISE is added, measured on held-out rows.'),
  reverse: note(z.boolean().default(false), 'Whether reverse AIS is added, started from samples of the model.'),
});
/** How log Z of a Boltzmann machine is measured where a job does not say. */
export const STANDING_AIS = ais.parse({});
const exact = z.strictObject({ kind: z.literal('exact') });
const quadrature = z.strictObject({
  kind: z.literal('quadrature'),
  points: note(whole(16, limits.quadraturePointsMax).default(200), 'Points along each axis of the square around the data over which e^-E is added (quadrature only).', { unit: 'points' }),
});

const evaluate = z.strictObject({
  every: note(whole(0, limits.updatesMax).default(600), 'Updates between figures; 0 means only at the end.', { unit: 'updates' }),
  logPartition: note(z.union([ais, exact, quadrature]).optional(), 'How the logarithm of the partition function is measured: ais or exact for a Boltzmann machine; ais, or quadrature in two dimensions, for model.kind energy.',
    { defaultNote: 'ais; for model.kind energy quadrature in two dimensions, else none' }),
});

export const jobSchema = z.strictObject({
  formatVersion: note(z.literal(JOB_FORMAT_VERSION).default(JOB_FORMAT_VERSION), 'Version of the format of this file.'),
  name: note(z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/).max(limits.nameCharactersMax).default('run'),
    'Name of the run: letters, digits, dots, hyphens and underscores. The run directory is named for it.', { examples: ['mnist-rbm'] }),
  seed: note(whole(0, limits.seedMax).default(1), 'Seed of every random number of the run, unsigned 32-bit.'),
  data: note(data, 'What is learned from.'),
  model: note(model, 'What is trained.'),
  train: note(train.prefault({}), 'How it is trained, and for how long.'),
  evaluate: note(z.union([z.literal('off'), evaluate]).prefault({}), 'When and how the model is measured; off means never.'),
  checkpoint: note(z.strictObject({
    every: note(whole(1, limits.updatesMax).default(600), 'Updates between checkpoints. Part of what determines the bits: divergence falls back to one.', { unit: 'updates' }),
    keep: note(whole(1, limits.keepMax).default(3), 'How many of the newest checkpoints are kept; the best is kept beside them.', { unit: 'checkpoints' }),
  }).prefault({}), 'When the run is saved.'),
  ledger: note(z.strictObject({
    every: note(whole(1, limits.updatesMax).default(100), 'Updates between digests of parameters and chains.', { unit: 'updates' }),
  }).prefault({}), 'The record by which a run can be verified.'),
  resources: note(z.strictObject({
    engine: note(z.enum(['auto', 'reference', 'wasm', 'tensorflow']).default('wasm'), 'What computes. auto: the fastest that works here. tensorflow is installed with `ebm engine install tensorflow`.'),
    priority: note(whole(limits.priorityMin, limits.priorityMax).default(0), 'Rank among the jobs of a cluster; the highest goes first.'),
    mixedClasses: note(z.boolean().default(false), 'Whether continuous models may be computed by differing device classes; the bits then depend on which.'),
  }).prefault({}), 'Where it is computed; no effect on the bits of a Boltzmann machine.'),
});

/** A job file after validation and simple defaults. */
export type JobInput = z.output<typeof jobSchema>;
