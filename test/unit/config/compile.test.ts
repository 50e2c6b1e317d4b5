import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boltzmannJob, type CompiledJob } from '../../../ebm/job.ts';
import { compileJob, extendJob, specOf, updatesOfEpochs } from '../../../platform/config/compile.ts';
import { canonicalJson, jobDigest } from '../../../platform/config/digest.ts';
import { parseJob } from '../../../platform/config/read.ts';
import { MNIST, refusalOf, SMALLEST } from './support.ts';

const compiled = (...overrides: string[]): CompiledJob => boltzmannJob(compileJob(parseJob(SMALLEST, overrides), MNIST));

test('E epochs are ceil(E rows / batch) updates', () => {
  assert.equal(compiled('train.epochs=10').train.updates, 6_000);
  assert.equal(compiled('train.epochs=1', 'train.batch=7').train.updates, Math.ceil(60_000 / 7));
  assert.equal(compiled('train.epochs=1', 'train.batch=1000000').train.updates, 1);
  assert.equal(updatesOfEpochs(3, 10, 4), 8);
});

test('epochs count the rows that are left after holding out', () => {
  const job = compiled('data.validation=10000', 'train.epochs=1');
  assert.equal(job.train.updates, 500);
  assert.deepEqual([job.facts.trainingRows, job.facts.validationRows], [50_000, 10_000]);
});

test('facts whose rows are split already give the same job as facts that are not', () => {
  const spec = parseJob(SMALLEST, ['data.validation=10000']);
  assert.deepEqual(compileJob(spec, { ...MNIST, trainingRows: 50_000, validationRows: 10_000 }), compileJob(spec, MNIST));
});

test('a compiled job is frozen to its leaves', () => {
  const job = compiled();
  for (const part of [job, job.train, job.train.optimiser, job.facts, job.evaluate]) assert.ok(Object.isFrozen(part));
});

const WITH_DATA: readonly (readonly [string, Partial<typeof MNIST>, RegExp])[] = [
  ['data.validation=60000', {}, /data\.validation: 60000 of 60000 rows held out leave none to train on\. Accepted: a whole number from 0 to 59999 \(rows\)\./],
  ['seed=1', { trainingRows: 0 }, /data\.source: "mnist" has no training rows/],
  ['evaluate.logPartition.kind=exact', {}, /log Z of 784 visible and 500 hidden units cannot be enumerated\. Accepted: exact with at most 20 units in one layer, or ais\./],
  ['evaluate.logPartition.raise=true', { testRows: 0 }, /evaluate\.logPartition\.raise: RAISE is measured on the test set, and this data has none/],
  ['train.epochs=1000000', { trainingRows: 2_000_000_000 }, /are 20000000000000 updates\. Accepted: at most 4294967295 updates/],
  ['train.optimiser.warmup=6000', {}, /train\.optimiser\.warmup: the rate would still be rising when the run ends, after 6000 updates/],
  ['model.hidden=65536', { visible: 4_096 }, /model\.hidden: 65536 hidden by 4096 visible units are more than 134217728 weights\. Accepted: a whole number from 1 to 32768/],
  ['train.chains=1048576 model.hidden=10000', {}, /train\.chains: the states of 1048576 chains of 10000 hidden units take more than 1073741824 bytes\. Accepted: a whole number from 1 to 858993 with/],
];
for (const [override, facts, message] of WITH_DATA) {
  test(`refused once the data is known: ${override} ${JSON.stringify(facts)}`, () => {
    assert.match(refusalOf(() => compileJob(parseJob(SMALLEST, override.split(' ')), { ...MNIST, ...facts })).message, message);
  });
}

test('exact log Z is accepted when either layer is small enough', () => {
  const spec = (hidden: number) => parseJob(SMALLEST, ['evaluate.logPartition.kind=exact', `model.hidden=${hidden}`]);
  assert.equal(boltzmannJob(compileJob(spec(20), MNIST)).model.hidden, 20);
  assert.equal(boltzmannJob(compileJob(spec(500), { ...MNIST, visible: 20 })).model.hidden, 500);
  refusalOf(() => compileJob(spec(21), { ...MNIST, visible: 21 }));
});

test('a problem that needs the data is told beside the others that do', () => {
  const error = refusalOf(() => compileJob(parseJob(SMALLEST, ['data.validation=60000', 'evaluate.logPartition.kind=exact']), MNIST));
  assert.equal(error.problems.length, 2);
});

test('the job digest covers what determines the bits and nothing else', () => {
  const digest = jobDigest(compiled());
  for (const same of ['name=other', 'evaluate=off', 'checkpoint.keep=9', 'ledger.every=7', 'resources.engine=reference', 'data.source=elsewhere.npz', 'train.updates=6000']) {
    assert.equal(jobDigest(compiled(same)), digest, same);
  }
  for (const other of ['seed=2', 'model.hidden=499', 'model.centred=false', 'train.batch=50', 'train.updates=5999', 'train.optimiser.learningRate=0.06',
    'checkpoint.every=601', 'data.binarise=stochastic', 'data.validation=1', 'train.rollbacks=2', 'train.staleness=1']) {
    assert.notEqual(jobDigest(compiled(other)), digest, other);
  }
  assert.notEqual(jobDigest(compileJob(parseJob(SMALLEST), { ...MNIST, digest: `sha256:${'cd'.repeat(32)}` })), digest);
});

test('the job digest of the defaults is a constant of format 1', () => {
  assert.equal(jobDigest(compiled()), 'sha256:8dbe9b7e0b1368cf4d20348956dd1d2f6bf03fcc37da657a7e822a8a16a48c0e');
});

test('canonical JSON does not depend on the order of keys', () => {
  assert.equal(canonicalJson({ b: [1, { d: 1, c: null }], a: 1e-8 }), '{"a":1e-8,"b":[1,{"c":null,"d":1}]}');
});

test('the spec of a compiled job compiles to the job again', () => {
  const job = compiled('train.updates=12');
  assert.deepEqual(compileJob(specOf(job), job.facts), job);
});

test('a run may be made longer, with a warning where a schedule changes', () => {
  const longer = extendJob(compiled(), ['train.epochs=20']);
  assert.equal(longer.job.train.updates, 12_000);
  assert.deepEqual(longer.warnings.length, 1);
  assert.match(longer.warnings[0] ?? '', /The linear schedule of the learning rate now ends at update 12000 instead of 6000/);
  assert.deepEqual(extendJob(compiled('train.optimiser.schedule=constant'), ['train.updates=9000']).warnings, []);
});

test('a run that is resumed unchanged keeps its job', () => {
  const job = compiled('train.updates=12');
  assert.deepEqual(extendJob(job, []), { job, warnings: [] });
  assert.deepEqual(extendJob(job, ['train.batch=100']).job, job);
});

test('what a run may change without its bits moving is accepted on resume', () => {
  const { job } = extendJob(compiled(), ['evaluate.every=10', 'checkpoint.keep=8', 'resources.engine=reference']);
  assert.equal(jobDigest(job), jobDigest(compiled()));
  assert.equal(job.checkpoint.keep, 8);
});

test('what a run cannot change is refused on resume, all of it at once', () => {
  const error = refusalOf(() => extendJob(compiled(), ['model.hidden=600', 'seed=2', 'train.epochs=20']));
  assert.equal(error.code, 'job-fixed');
  assert.deepEqual(error.problems.map(({ path }) => path), ['model.hidden', 'seed']);
  assert.match(error.message, /cannot change once a run has begun/);
  assert.match(refusalOf(() => extendJob(compiled(), ['train.epocs=20'])).message, /Did you mean train\.epochs\?/);
});
