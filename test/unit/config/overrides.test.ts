import assert from 'node:assert/strict';
import { isContinuousSpec } from '../../../platform/config/config.ts';
import { test } from 'node:test';
import { parseJob } from '../../../platform/config/read.ts';
import { refusalOf, SMALLEST } from './support.ts';

test('--set values are read as YAML scalars and lie over the file', () => {
  const spec = parseJob(`${SMALLEST}seed: 1\n`, ['seed=9', 'train.optimiser.learningRate=1e-3', 'model.centred=false', 'name=other', 'evaluate=off']);
  assert.equal(spec.seed, 9);
  assert.equal(spec.train.optimiser.learningRate, 0.001);
  assert.ok(!isContinuousSpec(spec));
  assert.equal(spec.model.centred, false);
  assert.equal(spec.name, 'other');
  assert.equal(spec.evaluate, 'off');
});

test('the last --set of a path wins', () => {
  assert.equal(parseJob(SMALLEST, ['seed=2', 'seed=3']).seed, 3);
});

test('--set of epochs replaces updates, and the other way round', () => {
  const updates = parseJob(`${SMALLEST}train: { updates: 100 }`, ['train.epochs=4']);
  assert.deepEqual([updates.train.updates, updates.train.epochs], [null, 4]);
  const epochs = parseJob(`${SMALLEST}train: { epochs: 4 }`, ['train.updates=100']);
  assert.deepEqual([epochs.train.updates, epochs.train.epochs], [100, null]);
});

test('--set of both epochs and updates is refused', () => {
  assert.match(refusalOf(() => parseJob(SMALLEST, ['train.epochs=4', 'train.updates=100'])).message, /set twice, by train\.epochs=4 and by train\.updates=100/);
});

test('--set of a kind takes away what belongs to the other kind', () => {
  assert.equal(parseJob(`${SMALLEST}train: { chains: 50 }`, ['train.objective=cd']).train.chains, null);
  assert.equal(parseJob(`${SMALLEST}train: { optimiser: { momentum: 0.5 } }`, ['train.optimiser.kind=adam']).train.optimiser.momentum, 0);
  assert.equal(parseJob(`${SMALLEST}train: { optimiser: { kind: adam, beta1: 0.5 } }`, ['train.optimiser.kind=sgd']).train.optimiser.beta1, 0.9);
  const spec = parseJob(`${SMALLEST}evaluate: { every: 5, logPartition: { runs: 3 } }`, ['evaluate.logPartition.kind=exact']);
  assert.deepEqual(spec.evaluate, { every: 5, logPartition: { kind: 'exact' } });
});

test('--set inside a section that is switched off switches it on', () => {
  assert.deepEqual(parseJob(`${SMALLEST}evaluate: off`, ['evaluate.every=7']).evaluate,
    { every: 7, logPartition: { kind: 'ais', runs: 100, betas: 10_000, raise: false, reverse: false } });
});

test('a whole section may be set', () => {
  assert.equal(parseJob(SMALLEST, ['train.optimiser={ kind: adam, learningRate: 0.01 }']).train.optimiser.kind, 'adam');
});

test('problems of --set name the argument, not a line of the file', () => {
  const error = refusalOf(() => parseJob(`${SMALLEST}seed: 1\n`, ['train.step=3', 'seed=-4', 'model.hidden', 'train.batch=']));
  assert.deepEqual(error.message.split('\n').slice(1), [
    '  train.step (--set train.step=3): no such field. Accepted: path=value, for example train.steps=5; `ebm explain` lists the paths. Did you mean train.steps?',
    '  model.hidden (--set model.hidden): has no value. Accepted: path=value, where the value is a whole number from 1 to 65,536.',
    '  train.batch (--set train.batch=): "" cannot be read as a value. Accepted: a whole number from 1 to 1,048,576.',
    '  seed (--set seed=-4): -4 is too small. Accepted: a whole number from 0 to 4,294,967,295.',
  ]);
});
