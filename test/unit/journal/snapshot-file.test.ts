// state.bin and parameters.safetensors: what is read back, and what is refused although it is a good safetensors file.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeManifest, manifestOf, parseManifest } from '../../../platform/journal/manifest.ts';
import { decodeSafetensors, safetensorsPieces, type TensorFile } from '../../../platform/journal/safetensors.ts';
import { modelFile, parseModel, parseState, stateFile } from '../../../platform/journal/snapshot-file.ts';
import { digestOfNumber, modelOf, snapshotOf } from '../../support/run-fixtures.ts';

const encode = (file: TensorFile): Uint8Array => Buffer.concat(safetensorsPieces(file));

describe('state.bin', () => {
  const snapshot = snapshotOf({ update: 12, branch: 3, rollbacks: 3, rateScale: 0.1, figure: -1e-7, reason: 'pause', digests: { parameters: digestOfNumber(1), chains: digestOfNumber(2) } });

  test('brings back numbers to the last bit', () => {
    assert.deepEqual(parseState(encode(stateFile(snapshot))), { ...snapshot, arrays: new Map([...snapshot.arrays].sort(([, a], [, b]) => b.BYTES_PER_ELEMENT - a.BYTES_PER_ELEMENT)) });
  });

  const changes: readonly (readonly [string, string, RegExp])[] = [
    ['kind', 'something else', /it is not the state of a run/],
    ['format_version', '2', /it has format version 2, this program reads up to 1/],
    ['format_version', 'x', /format_version = "x", which is not a number/],
    ['update', '-1', /update = -1, which is not a count/],
    ['branch', '0.5', /branch = 0\.5, which is not a count/],
    ['rate_scale', '', /rate_scale = "", which is not a number/],
    ['rate_scale', 'Infinity', /which is not a number/],
    ['reason', 'boredom', /reason "boredom" is unknown/],
    ['figure', 'good', /figure = "good"/],
  ];
  for (const [key, value, message] of changes) {
    test(`with ${key} = ${JSON.stringify(value)} is refused`, () => {
      const file = stateFile(snapshot);
      assert.throws(() => parseState(encode({ ...file, metadata: new Map(file.metadata).set(key, value) })), { message });
    });
  }

  test('without one of its facts is refused', () => {
    const file = stateFile(snapshot);
    for (const key of file.metadata.keys()) {
      const metadata = new Map(file.metadata);
      metadata.delete(key);
      assert.throws(() => parseState(encode({ ...file, metadata })), Error, key);
    }
  });
});

describe('parameters.safetensors', () => {
  test('has the three arrays with their shapes, and says its units', () => {
    const { tensors, metadata } = decodeSafetensors(encode(modelFile(modelOf(100), 10, { update: 100, branch: 1 })));
    assert.deepEqual([...tensors].map(([name, { shape, data }]) => [name, shape, data.constructor.name]).sort(), [
      ['hidden_bias', [2], 'Float32Array'], ['visible_bias', [3], 'Float32Array'], ['weights', [3, 2], 'Float32Array'],
    ]);
    assert.deepEqual(['units', 'grid', 'update', 'branch', 'format_version', 'model'].map((key) => metadata.get(key)), ['nats', '10', '100', '1', '1', 'bernoulli-rbm']);
    assert.deepEqual(parseModel(encode(modelFile(modelOf(100), 10, { update: 100, branch: 1 }))), modelOf(100));
  });

  test('with missing arrays, other types or shapes that do not fit is refused', () => {
    const file = modelFile(modelOf(100), 10, { update: 100, branch: 0 });
    const parse = (edit: (tensors: Map<string, { shape: readonly number[]; data: Float32Array | Uint8Array }>) => void): void => {
      const tensors = new Map([...file.tensors].map(([name, { shape, data }]) => [name, { shape, data: data as Float32Array | Uint8Array }]));
      edit(tensors);
      parseModel(encode({ ...file, tensors }));
    };
    assert.throws(() => { parse((tensors) => tensors.delete('hidden_bias')); }, { message: /lacks the array hidden_bias/ });
    assert.throws(() => { parse((tensors) => tensors.set('weights', { shape: [3, 2], data: new Uint8Array(6) })); }, { message: /weights must be F32 with 2 dimensions/ });
    assert.throws(() => { parse((tensors) => tensors.set('weights', { shape: [6], data: new Float32Array(6) })); }, { message: /2 dimensions/ });
    assert.throws(() => { parse((tensors) => tensors.set('visible_bias', { shape: [4], data: new Float32Array(4) })); }, { message: /visible_bias has 4 elements, its weights are \[3, 2\]/ });
  });
});

describe('manifest.json', () => {
  const facts = { bytes: 5, sha256: digestOfNumber(9) };
  const manifest = manifestOf(snapshotOf({ update: 5, figure: -3.25 }), { 'state.bin': facts, 'parameters.safetensors': facts });

  test('is read back, whatever the order and spacing of its fields', () => {
    assert.deepEqual(parseManifest(encodeManifest(manifest)), { kind: 'good', manifest });
    const reversed = Object.fromEntries(Object.entries(JSON.parse(encodeManifest(manifest)) as object).reverse());
    assert.deepEqual(parseManifest(JSON.stringify(reversed)), { kind: 'good', manifest });
  });

  test('any change of a value is noticed', () => {
    const text = encodeManifest(manifest);
    for (const [from, to] of [['-3.25', '-3.5'], ['"update": 5', '"update": 6'], ['"bytes": 5', '"bytes": 6'], ['scheduled', 'signal']] as const) {
      assert.deepEqual(parseManifest(text.replace(from, to)), { kind: 'bad', why: 'was changed: its own digest differs' });
    }
  });
});
