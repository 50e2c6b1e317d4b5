// Jobs of model.kind energy: what is filled in, everything that is refused with its sentence, and what their digest covers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stringify } from 'yaml';
import { isContinuous, type ContinuousJob, type DataFacts } from '../../../ebm/job.ts';
import { compileJob, specOf } from '../../../platform/config/compile.ts';
import { jobDigest } from '../../../platform/config/digest.ts';
import { parseJob } from '../../../platform/config/read.ts';
import { moduleDigest } from '../../../platform/modules/source.ts';
import { isCompiledJob } from '../../../proto/shape.ts';
import { moduleText } from '../../support/user-module.ts';
import { MNIST, refusalOf, SMALLEST } from './support.ts';

const ENERGY = 'data: { source: eight-gaussians }\nmodel: { kind: energy, energy: { kind: mlp } }\n';
const PLANE: DataFacts = { digest: `sha256:${'cd'.repeat(32)}`, trainingRows: 10_000, validationRows: 0, testRows: 1_000, visible: 2 };
const PICTURE = { height: 28, width: 28 };

function compiled(text: string, ...overrides: readonly string[]): ContinuousJob {
  const job = compileJob(parseJob(text, overrides), PLANE);
  assert.ok(isContinuous(job));
  return job;
}

const conv = (fields: string): string => `data: { source: mnist }\nmodel: { kind: energy, energy: { kind: conv, ${fields} } }\nevaluate: off\n`;

describe('what a file leaves out', () => {
  test('of pcd is filled in: one microbatch, ten slots a row, a sampler and where chains start', () => {
    const { train, data, evaluate, facts } = compiled(ENERGY);
    assert.deepEqual([train.objective, train.batch, train.microbatch, train.chains, train.restart, train.energyPenalty], ['pcd', 100, 100, 1_000, 0.05, 0]);
    assert.deepEqual(train.sampler, { kind: 'ula', stepSize: 0.01, noise: null, temperature: 1, leapfrogs: 10, clip: null, low: null, high: null });
    assert.deepEqual(train.start, { kind: 'uniform', low: 0, high: 1, deviation: 1 });
    assert.equal(data.binarise, 'none');
    assert.deepEqual(evaluate, { every: 600, logPartition: { kind: 'quadrature', points: 200 } });
    assert.deepEqual(facts.shape, [2]);
  });

  test('of another objective is that objective\'s alone', () => {
    const of = (objective: string): object => compiled(ENERGY, `train.objective=${objective}`).train;
    const common = ['average', 'batch', 'chains', 'epochs', 'gradientNormMax', 'microbatch', 'objective', 'optimiser', 'rollbacks', 'spectralNorm', 'staleness', 'steps', 'updates'];
    const own = { nce: ['noiseRatio'], explicit: ['projections', 'trace'], denoising: ['sigmas'], sliced: ['projections'] };
    for (const [objective, fields] of Object.entries(own)) assert.deepEqual(Object.keys(of(objective)).sort(), [...common, ...fields].sort(), objective);
  });

  test('in more than two dimensions there is no log Z, so nothing is evaluated', () => {
    const job = compileJob(parseJob(ENERGY), { ...PLANE, visible: 3 });
    assert.equal(job.evaluate, 'off');
  });

  test('convolutions see a row as the picture that it is; dense layers as a vector', () => {
    const facts = (text: string): unknown => (compileJob(parseJob(text), MNIST, PICTURE) as ContinuousJob).facts.shape;
    assert.deepEqual(facts(conv('channels: [4], strides: [2]')), [28, 28, 1]);
    assert.deepEqual(facts('data: { source: mnist }\nmodel: { kind: energy, energy: { kind: quadratic } }\n'), [784]);
  });
});

/** Each: what is laid over the smallest job, and the path and sentence that follow. */
const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [['train.objective=nce', 'train.sampler.stepSize=0.1'], /train\.sampler.*: does not apply to train\.objective "nce"\. Accepted: train\.objective cd or pcd\./],
  [['train.objective=denoising', 'train.start.kind=normal'], /train\.start.*does not apply to train\.objective "denoising"\. Accepted: train\.objective cd or pcd\./],
  [['train.objective=sliced', 'train.energyPenalty=0.1'], /train\.energyPenalty.*does not apply to train\.objective "sliced"/],
  [['train.objective=sliced', 'train.gradientPenalty=0.1'], /train\.gradientPenalty.*does not apply to train\.objective "sliced"/],
  [['train.gradientPenalty=0.1', 'model.energy.activation=relu'], /model\.energy\.activation.*"relu" has no second derivative, which train\.gradientPenalty needs\./],
  [['train.objective=explicit', 'train.restart=0.1'], /train\.restart.*does not apply to train\.objective "explicit"/],
  [['train.noiseRatio=2'], /train\.noiseRatio.*does not apply to train\.objective "pcd"\. Accepted: train\.objective nce\./],
  [['train.trace=exact'], /train\.trace.*does not apply to train\.objective "pcd"\. Accepted: train\.objective explicit\./],
  [['train.objective=denoising', 'train.projections=2'], /train\.projections.*does not apply to train\.objective "denoising"\. Accepted: train\.objective explicit or sliced\./],
  [['train.sigmas=[0.1]'], /train\.sigmas.*does not apply to train\.objective "pcd"\. Accepted: train\.objective denoising\./],
  [['data.binarise=stochastic'], /data\.binarise.*"stochastic" makes bits, and model\.kind energy computes with real numbers\. Accepted: none\./],
  [['train.microbatch=30'], /train\.microbatch.*a batch of 100 is not whole microbatches of 30\. Accepted: a divisor of train\.batch\./],
  [['train.chains=150'], /train\.chains.*150 replay slots are no multiple of a batch of 100\. Accepted: a multiple of train\.batch\./],
  [['train.staleness=1'], /train\.staleness.*an update with replay slots reads what the one before wrote, so they cannot overlap\. Accepted: 0 with objective pcd\./],
  [['train.sampler.kind=mala', 'train.sampler.noise=0.1'], /train\.sampler\.noise.*does not apply to the mala sampler\. Accepted: the ula sampler, or none\./],
  [['train.sampler.kind=hmc', 'train.sampler.noise=0.1'], /train\.sampler\.noise.*does not apply to the hmc sampler/],
  [['train.sampler.leapfrogs=3'], /train\.sampler\.leapfrogs.*3 does not apply to the ula sampler, whose transition is one step\. Accepted: the hmc sampler, or no leapfrogs\./],
  [['train.sampler.kind=mala', 'train.sampler.leapfrogs=3'], /train\.sampler\.leapfrogs.*3 does not apply to the mala sampler/],
  [['train.sampler.annealing.levels=4', 'train.steps=3'], /train\.steps.*3 steps are fewer than the 4 temperatures.*Accepted: at least 4\./],
  [['train.sampler.annealing.levels=2', 'train.steps=3', 'train.sampler.noise=0.1'], /train\.sampler\.noise.*noise of its temperatures/],
  [['train.sampler.low=0'], /train\.sampler.*low and high go together\. Accepted: both or neither\./],
  [['train.sampler.low=1', 'train.sampler.high=1'], /train\.sampler\.low.*1 is not below high, 1\. Accepted: a number below train\.sampler\.high\./],
  [['train.objective=sliced', 'model.energy.activation=relu'], /model\.energy\.activation.*"relu" has no second derivative, which train\.objective sliced needs\. Accepted: swish, softplus, tanh or elu\./],
  [['train.objective=explicit', 'model.energy.activation=leaky-relu'], /model\.energy\.activation.*"leaky-relu" has no second derivative/],
  [['evaluate.logPartition.kind=exact'], /evaluate\.logPartition\.kind.*"exact" is for Boltzmann machines\. Accepted: quadrature, ais, or evaluate: off\./],
  [['evaluate.logPartition.kind=ais', 'evaluate.logPartition.raise=true'], /evaluate\.logPartition\.raise.*is a figure of Boltzmann machines\. Accepted: false, or nothing\./],
  [['evaluate.logPartition.kind=exact'], /evaluate\.logPartition\.kind.*"exact" is for Boltzmann machines/],
];

describe('refused for an energy', () => {
  for (const [overrides, message] of REFUSED) {
    test(overrides.join(' and '), () => {
      const error = refusalOf(() => parseJob(ENERGY, overrides));
      assert.match(error.message, message);
      assert.equal(error.problems.length, 1, error.message);
    });
  }

  test('all of it at once', () => {
    const overrides = ['data.binarise=threshold', 'train.microbatch=30', 'train.chains=150', 'train.staleness=1', 'train.sigmas=[0.1]'];
    assert.equal(refusalOf(() => parseJob(ENERGY, overrides)).problems.length, overrides.length);
  });

  test('what is not for a Boltzmann machine is refused there', () => {
    const refused = (...overrides: string[]): string => refusalOf(() => parseJob(SMALLEST, overrides)).message;
    assert.match(refused('train.microbatch=10'), /train\.microbatch.*applies to model\.kind energy alone\. Accepted: nothing here for a bernoulli-rbm\./);
    assert.match(refused('train.spectralNorm=1'), /train\.spectralNorm.*applies to model\.kind energy alone/);
    assert.match(refused('train.objective=nce'), /train\.objective.*"nce" is for model\.kind energy\. Accepted: cd, pcd\./);
    assert.match(refused('evaluate.logPartition.kind=quadrature'), /evaluate\.logPartition\.kind.*quadrature is for model\.kind energy\. Accepted: ais, exact\./);
  });
});

describe('refused once the data are known', () => {
  const refused = (text: string, facts: DataFacts, picture: typeof PICTURE | null = null): string => refusalOf(() => compileJob(parseJob(text), facts, picture)).message;

  test('convolutions of rows that are no pictures', () => {
    assert.match(refused(conv('channels: [4], strides: [2]'), PLANE), /model\.energy\.kind: convolutions need pictures, and the rows of these data have no height and width\. Accepted: mlp, or data of pictures\./);
  });

  test('other numbers of strides and channels', () => {
    assert.match(refused(conv('channels: [4, 8], strides: [2]'), MNIST, PICTURE), /model\.energy\.strides: 1 strides for 2 convolutions\. Accepted: one a convolution\./);
  });

  test('more parameters than may be', () => {
    const text = 'data: { source: mnist }\nmodel: { kind: energy, energy: { kind: mlp, layers: [65536, 8192] } }\n';
    assert.match(refused(text, MNIST), /model\.energy: the energy has \d+ parameters\. Accepted: at most \d+\./);
  });

  test('quadrature in more than two dimensions', () => {
    assert.match(refused(`${ENERGY}evaluate: { logPartition: { kind: quadrature } }\n`, { ...PLANE, visible: 3 }), /evaluate\.logPartition\.kind: quadrature is for two dimensions, and these data have 3\. Accepted: ais, or evaluate: off\./);
  });
});

const OBJECTIVES = ['cd', 'pcd', 'nce', 'explicit', 'denoising', 'sliced'];

for (const objective of OBJECTIVES) {
  test(`a compiled job of ${objective}, printed, is a job file of the same job`, () => {
    const job = compiled(ENERGY, `train.objective=${objective}`, 'train.updates=12');
    const spec = specOf(job);
    assert.deepEqual(compileJob(spec, job.facts), job);
    for (const text of [stringify(spec), JSON.stringify(spec)]) assert.deepEqual(compileJob(parseJob(text), job.facts), job, text);
  });
}

describe('a module of the user', () => {
  const SOURCE = moduleText('{ w: { shape: [2], deviation: 1 } }', 'return ops.sum(ops.mul(x, p.w), -1);');
  const module = (changes: Readonly<Record<string, unknown>> = {}, path = 'own.ts'): string => stringify({
    data: { source: 'eight-gaussians' },
    model: { kind: 'energy', energy: { kind: 'module', path, compiled: { digest: moduleDigest(SOURCE), source: SOURCE, parameters: [{ name: 'w', shape: [2], deviation: 1 }], ...changes } } },
  });

  test('compiled, printed, is a job file of the same job', () => {
    const job = compiled(module());
    assert.deepEqual(compileJob(parseJob(stringify(specOf(job))), job.facts), job);
    assert.ok(isCompiledJob(JSON.parse(JSON.stringify(job))));
    assert.ok(!isCompiledJob({ ...job, model: { kind: 'energy', energy: { kind: 'module', path: 'own.ts' } } }));
  });

  test('is in the digest by its text and its parameters, wherever it was', () => {
    const digest = jobDigest(compiled(module()));
    const source = `${SOURCE}\n`;
    assert.equal(jobDigest(compiled(module({}, 'elsewhere/mine.ts'))), digest);
    assert.notEqual(jobDigest(compiled(module({ source, digest: moduleDigest(source) }))), digest);
    assert.notEqual(jobDigest(compiled(module({ parameters: [{ name: 'w', shape: [2], deviation: 2 }] }))), digest);
  });

  test('is refused where it was not read, is not what its digest says, or names a parameter twice', () => {
    const path = 'data: { source: eight-gaussians }\nmodel: { kind: energy, energy: { kind: module, path: own.ts } }\n';
    assert.match(refusalOf(() => compiled(path)).message, /model\.energy\.path: the module "own\.ts" has not been read\. Accepted: a job that `ebm train`/);
    assert.match(refusalOf(() => parseJob(module({ source: `${SOURCE}\n` }))).message, /model\.energy\.compiled\.digest \(line \d+\): is not the digest of the text beside it\. Accepted: what ebm wrote/);
    const twice = [1, 2].map((deviation) => ({ name: 'w', shape: [2], deviation }));
    assert.match(refusalOf(() => parseJob(module({ parameters: twice }))).message, /model\.energy\.compiled\.parameters \(line \d+\): names a parameter twice, or log_partition/);
    assert.match(refusalOf(() => parseJob('data: { source: eight-gaussians }\nmodel: { kind: energy, energy: { kind: module } }\n')).message, /model\.energy\.path.*is missing/);
  });
});

test('the digest covers what determines the bits of a continuous job and nothing else', () => {
  const digest = jobDigest(compiled(ENERGY));
  const same = ['name=other', 'evaluate=off', 'evaluate.every=7', 'evaluate.logPartition.kind=quadrature', 'checkpoint.keep=9', 'ledger.every=7', 'resources.mixedClasses=true', 'resources.priority=3', 'train.updates=1000', 'train.chains=1000'];
  for (const one of same) assert.equal(jobDigest(compiled(ENERGY, one)), digest, one);
  const other = ['seed=2', 'model.energy.layers=[128]', 'model.energy.activation=tanh', 'train.microbatch=50', 'train.chains=900', 'train.steps=2', 'train.sampler.stepSize=0.02', 'train.restart=0.1',
    'train.start.high=2', 'train.energyPenalty=0.1', 'train.gradientPenalty=0.2', 'train.gradientNormMax=1', 'train.spectralNorm=1', 'train.objective=cd', 'checkpoint.every=601'];
  for (const one of other) assert.notEqual(jobDigest(compiled(ENERGY, one)), digest, one);
});

test('the digests of defaults are constants of format 1, by objective', () => {
  const digests = OBJECTIVES.map((objective) => jobDigest(compiled(ENERGY, `train.objective=${objective}`)).slice(7, 19));
  assert.deepEqual(digests, ['54a286e3c275', '50bea63fa9db', '5747afdba9d8', 'ee04aba18568', '6a0c0610fb52', '00c2f77b859a']);
});
