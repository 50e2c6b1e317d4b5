import assert from 'node:assert/strict';
import { appendFile, mkdtemp, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../../../platform/config/config.ts';
import { jobFields } from '../../../platform/config/fields.ts';
import { parseJob, readJob } from '../../../platform/config/read.ts';
import { refusalOf, SMALLEST } from './support.ts';

test('a job that names only its data and its model gets every other field filled in', () => {
  assert.deepEqual(parseJob(SMALLEST), {
    formatVersion: 1, name: 'run', seed: 1,
    data: { source: 'mnist', binarise: 'threshold', validation: 0 },
    model: { kind: 'bernoulli-rbm', hidden: 500, centred: true, grid: 10 },
    train: {
      objective: 'pcd', steps: 1, chains: 100, batch: 100, updates: null, epochs: 10,
      optimiser: { kind: 'sgd', learningRate: 0.05, schedule: 'linear', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      average: 0, staleness: 0, rollbacks: 3,
    },
    evaluate: { every: 600, logPartition: { kind: 'ais', runs: 100, betas: 10_000, raise: false, reverse: false } },
    checkpoint: { every: 600, keep: 3 }, ledger: { every: 100 },
    resources: { engine: 'wasm', priority: 0, mixedClasses: false },
  });
});

test('a compiled spec is frozen to its leaves', () => {
  const spec = parseJob(SMALLEST);
  assert.throws(() => { (spec.train.optimiser as { learningRate: number }).learningRate = 1; }, TypeError);
});

test('YAML and JSON of the same job give the same spec', () => {
  const yaml = 'name: twin\nseed: 7\ndata: { source: a.npy, binarise: stochastic }\nmodel: { kind: bernoulli-rbm, hidden: 16 }\nevaluate: off\n';
  const json = '{\n\t"name": "twin", "seed": 7,\n\t"data": {"source": "a.npy", "binarise": "stochastic"},\n\t"model": {"kind": "bernoulli-rbm", "hidden": 16},\n\t"evaluate": "off"\n}';
  assert.deepEqual(parseJob(json), parseJob(yaml));
});

test('the example that the quickstart trains is a valid job', async () => {
  const spec = parseJob(await readFile('examples/mnist-rbm.yaml', 'utf8'));
  assert.equal(spec.name, 'mnist-rbm');
  assert.equal(spec.train.epochs, 10);
});

test('with updates given there are no epochs, and with cd there are no chains', () => {
  const spec = parseJob(`${SMALLEST}train: { objective: cd, updates: 50 }\n`);
  assert.equal(spec.train.updates, 50);
  assert.equal(spec.train.epochs, null);
  assert.equal(spec.train.chains, null);
});

test('a kind of log-partition may be left out', () => {
  const spec = parseJob(`${SMALLEST}evaluate: { logPartition: { runs: 20 } }\n`);
  assert.deepEqual(spec.evaluate, { every: 600, logPartition: { kind: 'ais', runs: 20, betas: 10_000, raise: false, reverse: false } });
});

test('exact log Z needs nothing beside its kind', () => {
  const spec = parseJob(`${SMALLEST}evaluate: { logPartition: { kind: exact } }\n`);
  assert.deepEqual(spec.evaluate, { every: 600, logPartition: { kind: 'exact' } });
});

test('every problem of a file is told at once, with line, value, what is accepted and the nearest name', () => {
  const text = [
    'name: my run', // 1
    'sed: 3', // 2
    'data:', // 3
    '  source: mnist', // 4
    '  binarise: treshold', // 5
    'model: { kind: bernoulli-rbm, hidden: 0 }', // 6
    'train:', // 7
    '  stepz: 1', // 8
    '  batch: 12.5', // 9
    '  optimiser: { learning_rate: 0.1 }', // 10
    'evaluate:', // 11
    '  every: often', // 12
    '  logPartition: { kind: exakt }', // 13
  ].join('\n');
  assert.deepEqual(refusalOf(() => parseJob(text, [], 'job.yaml')).message.split('\n'), [
    'job.yaml has 9 problems:',
    '  name (line 1): "my run" is not such a text. Accepted: letters, digits, dots, hyphens and underscores, a letter or digit first, at most 64 characters.',
    '  sed (line 2): no such field. Accepted: formatVersion, name, seed, data, model, train, evaluate, checkpoint, ledger, resources. Did you mean seed?',
    '  data.binarise (line 5): "treshold" is not one of the choices. Accepted: threshold, stochastic, none. Did you mean threshold?',
    '  model.hidden (line 6): 0 is too small. Accepted: a whole number from 1 to 65,536 (units).',
    '  train.stepz (line 8): no such field. Accepted: objective, steps, chains, batch, epochs, updates, optimiser, average, staleness, rollbacks, microbatch, sampler, restart, start, energyPenalty, gradientPenalty, noiseRatio, trace, projections, sigmas, gradientNormMax, spectralNorm. Did you mean train.steps?',
    '  train.batch (line 9): 12.5 is not a whole number. Accepted: a whole number from 1 to 1,048,576 (rows).',
    '  train.optimiser.learning_rate (line 10): no such field. Accepted: kind, learningRate, schedule, warmup, momentum, weightDecay, beta1, beta2, epsilon. Did you mean train.optimiser.learningRate?',
    '  evaluate.every (line 12): "often" is not a number. Accepted: a whole number from 0 to 4,294,967,295 (updates).',
    '  evaluate.logPartition.kind (line 13): "exakt" is not one of the choices. Accepted: ais, exact, quadrature. Did you mean exact?',
  ]);
});

/** Each row: what is appended to the smallest job, and the one message that follows. */
const WRONG: readonly (readonly [string, RegExp])[] = [
  ['train: { epochs: 3, updates: 100 }', /train\.updates \(line 3\): both updates \(100\) and epochs \(3\) say how long the run is\. Accepted: one of the two\./],
  ['train: { objective: cd, chains: 100 }', /train\.chains \(line 3\): 100 chains cannot persist with objective cd.*Accepted: no chains with objective cd, or objective pcd\./],
  ['train: { optimiser: { kind: adam, momentum: 0.9 } }', /train\.optimiser\.momentum.*0\.9 does not apply to the adam optimiser\. Accepted: no momentum; use beta1\./],
  ['train: { optimiser: { beta1: 0.5 } }', /train\.optimiser\.beta1.*0\.5 does not apply to the sgd optimiser/],
  ['train: { optimiser: { learningRate: 0 } }', /learningRate.*: 0 is too small\. Accepted: a number from 1e-12 to 1000000|learningRate.*: 0 is too small\. Accepted: a number from 1e-12 to 1,000,000/],
  ['train: { optimiser: { learningRate: .inf } }', /learningRate.*is not a finite number/],
  ['train: { optimiser: { momentum: 1 } }', /momentum.*: 1 is too large\. Accepted: a number from 0 to 0\.999999/],
  ['train: { objective: pdc }', /train\.objective.*"pdc" is not one of the choices\. Accepted: cd, pcd, nce, explicit, denoising, sliced\. Did you mean pcd\?/],
  ['train: { staleness: 2 }', /train\.staleness.*: 2 is not one of the choices\. Accepted: 0, 1\./],
  ['train: { lr: 0.1 }', /train\.lr.*no such field.*Did you mean train\.optimiser\.learningRate\?/],
  ['train: fast', /train \(line 3\): "fast" stands where a section belongs/],
  ['train:', /train \(line 3\): is empty/],
  ['train: { batch: 60_000 }', /"60_000" is not a number; write 60000\./],
  ['seed: 4294967296', /seed \(line 3\): 4294967296 is too large\. Accepted: a whole number from 0 to 4,294,967,295\./],
  ['seed: -1', /seed \(line 3\): -1 is too small/],
  ['name: 12', /name \(line 3\): 12 is not text; quote it if it is meant as text/],
  ['evaluate: on', /evaluate \(line 3\): "on" stands where a section belongs\. Accepted: off, or a section of settings: every, logPartition\./],
  ['evaluate: { logPartition: { kind: exact, runs: 5 } }', /evaluate\.logPartition\.runs \(line 3\): does not apply to evaluate\.logPartition\.kind "exact"\./],
  ['evaluate: { logPartition: { betas: 1 } }', /betas.*: 1 is too small\. Accepted: a whole number from 2 to 10,000,000/],
  ['checkpoint: { every: 0 }', /checkpoint\.every.*: 0 is too small\. Accepted: a whole number from 1/],
  ['ledger: { every: 0 }', /ledger\.every.*: 0 is too small/],
  ['resources: { engine: torch }', /resources\.engine.*"torch" is not one of the choices\. Accepted: auto, reference, wasm, tensorflow\./],
  ['resources: { mixedClasses: "yes" }', /mixedClasses.*"yes" is neither true nor false\. Accepted: true or false\./],
  ['resources: { threads: 2 }', /resources\.threads.*no such field\. Accepted: engine, priority, mixedClasses\./],
];
for (const [addition, message] of WRONG) {
  test(`refused: ${addition}`, () => {
    const error = refusalOf(() => parseJob(SMALLEST + addition));
    assert.equal(error.problems.length, 1);
    assert.match(error.message, message);
    assert.equal(error.code, 'job-invalid');
    assert.equal(error.exitCode, 2);
  });
}

test('binarise: none is refused for a Bernoulli RBM with the reason', () => {
  assert.match(refusalOf(() => parseJob('data: { source: mnist, binarise: none }\nmodel: { kind: bernoulli-rbm }')).message,
    /data\.binarise \(line 1\): none is for continuous models; a bernoulli-rbm computes with bits alone/);
});

test('missing sections are named by the fields that must be in them', () => {
  assert.deepEqual(refusalOf(() => parseJob('name: x')).problems.map(({ path, message }) => [path, message]),
    [['data.source', 'is missing'], ['model.kind', 'is missing']]);
});

test('a file of a newer format is refused by name before anything else in it', () => {
  const error = refusalOf(() => parseJob('formatVersion: 9\nnovelty: true\n'));
  assert.equal(error.code, 'job-too-new');
  assert.match(error.message, /formatVersion \(line 1\): 9 was written by a newer ebm; this one reads formats up to 1/);
});

test('text that is not YAML is refused with its line', () => {
  assert.match(refusalOf(() => parseJob('name: [1\nseed: 2')).message, /\(line \d\): not valid YAML: /);
  assert.match(refusalOf(() => parseJob(`${SMALLEST}seed: 1\nseed: 2\n`)).message, /\(line 4\): the field seed is given twice/);
  assert.match(refusalOf(() => parseJob(`${SMALLEST}---\nseed: 2\n`)).message, /\(line 3\): a job file holds one document/);
  assert.match(refusalOf(() => parseJob('train:\n\tsteps: 1\n')).message, /tab/);
  assert.match(refusalOf(() => parseJob('seed: *nobody')).message, /not valid YAML: unresolved alias/);
});

test('an empty file, a list and a file that is far too large are refused as a whole', () => {
  assert.match(refusalOf(() => parseJob('# nothing\n')).message, /is empty where a job belongs.*data\.source and model\.kind/);
  assert.match(refusalOf(() => parseJob('- 1')).message, /holds \[1\] where a job belongs/);
  assert.match(refusalOf(() => parseJob(`# ${'x'.repeat(1_048_577)}`)).message, /more than 1048576 bytes/);
});

test('a key that touches the prototype is a field that does not exist', () => {
  assert.match(refusalOf(() => parseJob(`${SMALLEST}__proto__: { polluted: 1 }`)).message, /no such field/);
  assert.match(refusalOf(() => parseJob(SMALLEST, ['__proto__.polluted=1'])).message, /no such field/);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test('a job file that is absent or a folder is refused by its path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ebm-config-'));
  try {
    await mkdir(join(folder, 'job.yaml'));
    await assert.rejects(readJob(join(folder, 'none.yaml')), /none\.yaml: there is no such file\. Accepted: a YAML or JSON job file/);
    await assert.rejects(readJob(join(folder, 'job.yaml')), /job\.yaml: is a folder/);
    await writeFile(join(folder, 'good.yaml'), SMALLEST);
    assert.equal((await readJob(join(folder, 'good.yaml'), ['seed=5'])).seed, 5);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('of a file that is far too large, or has no end, no more is read than a job may have; one of just that size is read whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ebm-config-'));
  const path = (name: string): string => join(folder, name);
  try {
    await writeFile(path('huge.yaml'), SMALLEST);
    await truncate(path('huge.yaml'), 3 * 2 ** 30);
    for (const job of [path('huge.yaml'), '/dev/zero']) await assert.rejects(readJob(job), new RegExp(`^ConfigError: ${job}: has more than 1048576 bytes, which no job file needs\\. Accepted: a YAML or JSON job file\\.$`));
    await writeFile(path('full.yaml'), `${SMALLEST}# `.padEnd(1_048_574, 'x').concat('\u00e9'));
    assert.equal((await readJob(path('full.yaml'))).seed, 1);
    await appendFile(path('full.yaml'), '\n');
    await assert.rejects(readJob(path('full.yaml')), /more than 1048576 bytes/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('whatever a file holds, the outcome is a spec or a ConfigError that names a field', () => {
  const paths = [...jobFields().keys()].filter((path) => path !== '');
  fc.assert(fc.property(fc.dictionary(fc.constantFrom(...paths, 'nonsense'), fc.jsonValue(), { maxKeys: 4 }), (values) => {
    const overrides = Object.entries(values).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
    try {
      assert.equal(parseJob(SMALLEST, overrides).formatVersion, 1);
    } catch (error) {
      assert.ok(error instanceof ConfigError && error.problems.length > 0 && error.message.length > 20, String(error));
    }
  }), { seed: 31, numRuns: 300 });
});
