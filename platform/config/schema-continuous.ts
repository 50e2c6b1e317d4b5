// The part of a job's schema that only model.kind energy has: what the energy is made of, and how it is trained. Defaults of `train` that only such a
// model has are filled by continuous.ts, so that a Boltzmann machine's job does not carry them.
import * as z from 'zod';
import { MODULE_LIMITS, PARAMETER_NAME } from '../../ebm/continuous/module.ts';
import { JOB_LIMITS } from './limits.ts';
import { note, real, whole } from './schema-notes.ts';

const limits = JOB_LIMITS;
export const OBJECTIVES = ['cd', 'pcd', 'nce', 'explicit', 'denoising', 'sliced'] as const;

const activations = z.enum(['swish', 'softplus', 'tanh', 'elu', 'leaky-relu', 'relu']);
const activation = (): z.ZodDefault<typeof activations> => note(activations.default('swish'), 'What follows each layer. relu and leaky-relu have no second derivative: not for score matching.');
const widths = (what: string, standing: readonly number[]): z.ZodDefault<z.ZodArray<z.ZodInt>> => note(z.array(whole(1, limits.widthMax)).min(1).max(limits.layersMax).default([...standing]), what);

const parameter = z.strictObject({
  name: z.string().max(MODULE_LIMITS.nameCharactersMax).regex(PARAMETER_NAME), shape: z.array(whole(1, MODULE_LIMITS.lengthMax)).max(MODULE_LIMITS.dimensionsMax), deviation: real(0, MODULE_LIMITS.deviationMax),
});

/** What ebm writes into a job once it has read the module: a job that is printed, stored or submitted is whole. */
const compiledModule = z.strictObject({
  digest: note(z.string().length(71), 'Digest of the module\'s text.'),
  source: note(z.string().min(1).max(MODULE_LIMITS.textCharactersMax), 'The module\'s text.'),
  parameters: note(z.array(parameter).min(1).max(MODULE_LIMITS.parametersMax), 'The parameters that the module declares, in order of their names.'),
});

const energy = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: note(z.literal('mlp'), 'The energy. mlp: dense layers. conv: 3 x 3 convolutions of pictures. quadratic: a Gaussian. gaussian-mixture: a mixture of Gaussians. module: your own, a TypeScript module.'),
    layers: widths('Widths of the dense layers (mlp).', [128, 128]), activation: activation(),
  }),
  z.strictObject({
    kind: z.literal('conv'),
    channels: widths('Output channels of the convolutions (conv).', [32, 64, 64, 128]), strides: widths('Strides of the convolutions (conv), as many as channels.', [1, 2, 2, 2]),
    residual: note(z.boolean().default(false), 'Whether a convolution that changes neither size nor channels adds its input to what comes out (conv).'), activation: activation(),
  }),
  z.strictObject({ kind: z.literal('quadratic') }),
  z.strictObject({
    kind: z.literal('module'),
    path: note(z.string().min(1).max(limits.sourceCharactersMax), 'Path of a TypeScript module that exports defineEnergy({ parameters, energy }), relative to the job file (module).'),
    compiled: note(compiledModule.nullish(), 'What ebm found there when it compiled the job; ebm writes it, and does not read the path again then (module).', { defaultNote: 'read from path' }),
  }),
  z.strictObject({ kind: z.literal('gaussian-mixture'), components: note(whole(1, limits.componentsMax).default(8), 'Components of the mixture.') }),
]);

export const energyModel = z.strictObject({ kind: z.literal('energy'), energy: note(energy, 'What the energy is made of.') });

const features = (): z.ZodDefault<z.ZodInt> => note(whole(2, limits.featuresMax).default(32), 'Numbers that tell the network how noisy a row is, an even number: half of them cosines, half sines of log sigma.', { unit: 'numbers' });

const network = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: note(z.literal('mlp'), 'The network. mlp: dense layers. conv: 3 x 3 convolutions of pictures, down by the strides and up again, with connections across.'),
    layers: widths('Widths of the dense layers (mlp).', [128, 128, 128]), activation: activation(), features: features(),
  }),
  z.strictObject({
    kind: z.literal('conv'),
    channels: widths('Output channels of the convolutions on the way down (conv).', [32, 64, 64]), strides: widths('Their strides (conv), as many as channels.', [1, 2, 2]),
    activation: activation(), features: features(),
  }),
]);

const noise = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: note(z.literal('ve'), 'How noise grows with time. ve: its deviation from sigmaMin to sigmaMax, geometric. vp: while it grows the data fade, so that their variance stays.'),
    sigmaMin: note(real(1e-6, 1e6).default(0.01), 'Least deviation of the noise (ve): what is learned is the data with it.'),
    sigmaMax: note(real(1e-6, 1e6).default(10), 'Largest deviation of the noise (ve): large beside the distances in the data.'),
    levels: note(whole(2, limits.levelsMax).nullable().default(null), 'How many deviations there are (ve).', { unit: 'levels', defaultNote: 'all' }),
  }),
  z.strictObject({
    kind: z.literal('vp'),
    betaMin: note(real(1e-6, 1e3).default(0.1), 'Rate of the noise at time 0 (vp).'),
    betaMax: note(real(1e-6, 1e3).default(20), 'Rate of the noise at time 1 (vp).'),
  }),
]);

export const scoreModel = z.strictObject({
  kind: z.literal('score'),
  network: note(network, 'What predicts the noise in a row (model.kind score).'),
  noise: note(noise, 'The noise that rows are given (model.kind score).'),
  dataDeviation: note(real(1e-6, 1e6).default(1), 'Roughly the root mean square of a number of the data: what the network need not learn (model.kind score).'),
});

const sampler = z.strictObject({
  kind: note(z.enum(['ula', 'mala', 'hmc']).default('ula'), 'How chains move: ula, unadjusted Langevin; mala, the same with an acceptance test; hmc, Hamiltonian.'),
  stepSize: note(real(1e-12, 1e6).default(0.01), 'Epsilon of x - epsilon dE/dx + noise.'),
  noise: note(real(0, 1e6).nullish(), 'Standard deviation of the noise of a step (ula only). Another one than the exact sqrt(2 stepSize temperature) samples at another temperature.', { defaultNote: 'the exact one' }),
  temperature: note(real(1e-12, 1e6).default(1), 'Temperature that is sampled at.'),
  leapfrogs: note(whole(1, limits.leapfrogsMax).default(10), 'Leapfrog steps of a transition (hmc only).'),
  clip: note(real(1e-12, 1e6).nullish(), 'Each component of the gradient is clipped to this size. What mala and hmc sample stays the same; chains on steep slopes are not refused for ever.', { defaultNote: 'not clipped' }),
  low: note(real(-1e6, 1e6).nullish(), 'States are clamped to [low, high] after each step (ula only).', { defaultNote: 'not clamped' }),
  high: note(real(-1e6, 1e6).nullish(), 'States are clamped to [low, high] after each step (ula only).', { defaultNote: 'not clamped' }),
  annealing: note(z.strictObject({
    levels: note(whole(1, limits.levelsMax).default(10), 'Temperatures, in equal ratios; the steps are shared out evenly among them.', { unit: 'temperatures' }),
    hottest: note(real(1, 1e6).default(10), 'The first temperature, in units of the last, which is the sampler\'s own.'),
  }).optional(), 'Annealed: each walk begins hot and ends at the sampler\'s temperature.', { defaultNote: 'not annealed' }),
});

const start = z.strictObject({
  kind: note(z.enum(['uniform', 'normal']).default('uniform'), 'Where new chains begin.'),
  low: note(real(-1e6, 1e6).default(0), 'Lower end (uniform).'),
  high: note(real(-1e6, 1e6).default(1), 'Upper end (uniform).'),
  deviation: note(real(0, 1e6).default(1), 'Standard deviation (normal).'),
});

/** Fields of `train` that apply to model.kind energy alone: all may be absent. */
export const continuousTrain = {
  microbatch: note(whole(1, limits.batchRowsMax).optional(), 'Rows of one evaluation (model.kind energy): batch is a multiple of it, and a unit is whole microbatches.', { unit: 'rows', defaultNote: 'batch' }),
  sampler: note(sampler.optional(), 'How chains move (model.kind energy, cd and pcd).'),
  restart: note(real(0, 1).optional(), 'Probability that a chain starts anew at an update (model.kind energy, pcd).', { defaultNote: '0.05' }),
  start: note(start.optional(), 'Where chains begin (model.kind energy, pcd).'),
  energyPenalty: note(real(0, 1e6).optional(), 'Weight of mean E^2 of both phases in the loss (model.kind energy, cd and pcd).', { defaultNote: '0' }),
  gradientPenalty: note(real(0, 1e6).optional(), 'Weight of mean |grad E|^2 over the data rows in the loss (model.kind energy, cd and pcd): holds back how steep the energy is where the data are.', { defaultNote: '0' }),
  noiseRatio: note(whole(1, 1000).optional(), 'Noise rows a data row (nce).', { defaultNote: '1' }),
  trace: note(z.enum(['exact', 'hutchinson']).optional(), 'How the trace of the score is taken (explicit).', { defaultNote: 'exact' }),
  projections: note(whole(1, 1000).optional(), 'Random directions a row (sliced, and explicit by hutchinson).', { unit: 'directions', defaultNote: '1' }),
  sigmas: note(z.array(real(1e-6, 1e6)).min(1).max(1000).optional(), 'Noise levels, of which each row gets one (denoising).', { defaultNote: '[0.3]' }),
  gradientNormMax: note(real(1e-12, 1e12).nullish(), 'Gradients of a larger Euclidean norm are scaled down to it (model.kind energy).', { defaultNote: 'never' }),
  spectralNorm: note(real(1e-6, 1e6).nullish(), 'Largest singular value of each weight matrix (model.kind energy).', { defaultNote: 'any' }),
} as const;
