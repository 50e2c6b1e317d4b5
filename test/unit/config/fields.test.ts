import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobFields, nearestName, nearestPath } from '../../../platform/config/fields.ts';
import { jobJsonSchema } from '../../../platform/config/json-schema.ts';
import { parseJob } from '../../../platform/config/read.ts';
import { SMALLEST } from './support.ts';
import { valueAt } from '../../../platform/config/values.ts';

const table = jobFields();

test('every field has a description and says what it accepts', () => {
  for (const field of table.values()) {
    if (field.path === '') continue;
    assert.ok(field.description.length > 15, `${field.path} has no description`);
    assert.doesNotMatch(field.accepted, /\?|undefined/, field.path);
  }
});

test('only the data source and the kind of model have no default', () => {
  const required = [...table.values()].filter((field) => field.required && field.kind !== 'section').map((field) => field.path);
  assert.deepEqual(required, ['data.source', 'model.kind']);
});

test('the default that the table states is the one that a job gets', () => {
  const spec = parseJob(SMALLEST);
  // Of the energy's alternatives a field is in one alone, and what only energies have is not in a Boltzmann machine's job.
  const energies = ['mlp', 'conv', 'gaussian-mixture'].map((kind) => parseJob(`data: { source: eight-gaussians }\nmodel: { kind: energy, energy: { kind: ${kind} } }\ntrain: { steps: 10, sampler: { annealing: {} }, start: {} }\nevaluate: { logPartition: { kind: quadrature } }\n`));
  const scores = [['mlp', 've'], ['conv', 'vp']].map(([network, noise]) => parseJob(`data: { source: mnist }\nmodel: { kind: score, network: { kind: ${network} }, noise: { kind: ${noise} } }\nevaluate: off\n`));
  let compared = 0;
  for (const field of table.values()) {
    if (field.default === null) continue;
    const value = [spec, ...energies, ...scores].map((one) => valueAt(one, field.path)).find((one) => one !== undefined);
    assert.equal(JSON.stringify(value), field.default, field.path);
    compared += 1;
  }
  assert.ok(compared >= 30);
});

test('a field of two alternatives offers the values of both', () => {
  assert.deepEqual(table.get('evaluate.logPartition.kind')?.options, ['ais', 'exact', 'quadrature']);
  assert.deepEqual(table.get('evaluate')?.options, ['off']);
  assert.equal(table.get('train.chains')?.unit, 'chains');
});

test('the nearest name forgives letters, case, separators and other programs\' words', () => {
  const names = ['learningRate', 'schedule', 'momentum', 'weightDecay'];
  assert.equal(nearestName('learning_rate', names), 'learningRate');
  assert.equal(nearestName('LR', names), 'learningRate');
  assert.equal(nearestName('shedule', names), 'schedule');
  assert.equal(nearestName('l2', names), 'weightDecay');
  assert.equal(nearestName('weight', names), 'weightDecay');
  assert.equal(nearestName('zebra', names), null);
});

test('the nearest path looks beside the field first, then anywhere', () => {
  assert.equal(nearestPath('train.bach', table), 'train.batch');
  assert.equal(nearestPath('batch', table), 'train.batch');
  assert.equal(nearestPath('train.betas', table), 'evaluate.logPartition.betas');
  assert.equal(nearestPath('model.learningRate', table), 'train.optimiser.learningRate');
  assert.equal(nearestPath('quux', table), null);
});

test('the JSON Schema is valid JSON of the 2020-12 dialect, closed, with descriptions and only x- keywords of its own', () => {
  const text = jobJsonSchema();
  const schema = JSON.parse(text) as Record<string, unknown>;
  assert.equal(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema');
  assert.equal(schema['additionalProperties'], false);
  assert.deepEqual(schema['required'], ['data', 'model']);
  assert.doesNotMatch(text, /"unit":|"defaultNote":/);
  assert.match(text, /"x-unit": "updates"/);
  assert.ok(text.endsWith('}\n'));
  assert.equal(jobJsonSchema(), text);
});
