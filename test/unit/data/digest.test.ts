import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { RawData } from '../../../platform/data/data.ts';
import { digestOf } from '../../../platform/data/digest.ts';
import { openSource } from '../../../platform/data/source.ts';
import { bytesOfNumbers, folderWith, greyPng, idxBytes, npyBytes, npzBytes, safetensorsBytes } from './fixtures.ts';

// Three pictures of 2 x 2, with every kind of byte: 0, 255, odd ones.
const PIXELS = Uint8Array.of(0, 255, 128, 127, 1, 254, 77, 3, 0, 0, 255, 200);
const FLOATS = Float32Array.from(PIXELS, (byte) => byte / 255);
const sha256 = (header: string, content: Uint8Array): string => `sha256:${createHash('sha256').update(header).update(content).digest('hex')}`;
const table = (values: RawData['values'], rows: number): RawData => ({ rows, columns: values.length / rows, shape: null, values, labels: null });

void test('the same pictures have one digest, whatever the format and element type', async (context) => {
  const doubles = bytesOfNumbers(Float64Array.from(PIXELS, (byte) => byte / 255));
  const folder = await folderWith(context, {
    'a.idx': idxBytes(0x08, [3, 2, 2], PIXELS),
    'bytes.npy': npyBytes({ descr: '|u1', shape: [3, 4], data: PIXELS }),
    'floats.npy': npyBytes({ descr: '<f4', shape: [3, 2, 2], data: bytesOfNumbers(FLOATS) }),
    'doubles.npy': npyBytes({ descr: '<f8', shape: [3, 4], data: doubles }),
    'a.npz': npzBytes({ x: npyBytes({ descr: '|u1', shape: [3, 4], data: PIXELS }) }, 6),
    'a.safetensors': safetensorsBytes({ x: { dtype: 'F32', shape: [3, 4], data: bytesOfNumbers(FLOATS) } }),
    'a.csv': Array.from({ length: 3 }, (_, row) => [...PIXELS.subarray(4 * row, 4 * row + 4)].map((byte) => byte / 255).join(',')).join('\n'),
  });
  const pictures = await folderWith(context, Object.fromEntries([0, 1, 2].map((row) => [`${row}.png`, greyPng(2, PIXELS.subarray(4 * row, 4 * row + 4))])));
  const expected = sha256('ebm-fleet data 1 u8 3 4\n', PIXELS);
  for (const source of ['a.idx', 'bytes.npy', 'floats.npy', 'doubles.npy', 'a.npz', 'a.safetensors', 'a.csv', pictures]) {
    const { training } = await (await openSource(source, folder)).read();
    assert.equal(digestOf(training), expected, source);
    assert.deepEqual([...training.values], [...PIXELS], source);
  }
});

void test('numbers that are no 255ths are hashed as float32, little-endian', async (context) => {
  const folder = await folderWith(context, { 'a.csv': '0.1,0.2\n0.3,0.4\n', 'a.npy': npyBytes({ descr: '<f8', shape: [2, 2], data: bytesOfNumbers(Float64Array.of(0.1, 0.2, 0.3, 0.4)) }) });
  const expected = sha256('ebm-fleet data 1 f32 2 2\n', bytesOfNumbers(Float32Array.of(0.1, 0.2, 0.3, 0.4)));
  for (const source of ['a.csv', 'a.npy']) assert.equal(digestOf((await (await openSource(source, folder)).read()).training), expected);
});

void test('a value, the order of rows and the width each change the digest', () => {
  const digests = [table(PIXELS, 3), table(PIXELS, 4), table(PIXELS.slice().reverse(), 3), table(PIXELS.map((byte, index) => (index === 7 ? byte + 1 : byte)), 3)].map(digestOf);
  assert.equal(new Set(digests).size, digests.length);
});

void test('shape and labels are no content', () => {
  assert.equal(digestOf(table(PIXELS, 3)), digestOf({ ...table(PIXELS, 3), shape: { height: 2, width: 2 }, labels: Uint8Array.of(1, 2, 3) }));
});

void test('tables of more than one piece are hashed whole, also as a view into a larger buffer', () => {
  const large = new Float32Array(1_000_001).map((_, index) => (index % 1000) / 1024);
  assert.equal(digestOf(table(large, 1)), sha256('ebm-fleet data 1 f32 1 1000001\n', bytesOfNumbers(large)));
  assert.equal(digestOf(table(large.subarray(1), 1)), sha256('ebm-fleet data 1 f32 1 1000000\n', bytesOfNumbers(large.slice(1))));
});
