// A data set as one object: exact, canonical, and refused where it is anything else.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RawData, SourceData } from '../../../platform/data/data.ts';
import { DataError } from '../../../platform/data/errors.ts';
import { DATA_LIMITS } from '../../../platform/data/limits.ts';
import { DATASET_LIMITS } from '../../../platform/datasets/limits.ts';
import { packSource, unpackDataset } from '../../../platform/datasets/pack.ts';
import { bitTable, byteTable, floatTable, sourceOf, table } from './support.ts';

const labels = (rows: number): Uint8Array => Uint8Array.from({ length: rows }, (_, row) => row % 10);
const pictures = (raw: RawData, width: number): RawData => ({ ...raw, shape: { height: raw.columns / width, width }, labels: labels(raw.rows) });

const SOURCES: Readonly<Record<string, SourceData>> = {
  'bits, a row of spare bits': sourceOf(bitTable(5, 13, 1)),
  'bits of whole bytes, with a test set': sourceOf(bitTable(3, 16, 2), bitTable(2, 16, 3)),
  'bytes as pictures with labels': sourceOf(pictures(byteTable(7, 12, 4), 4), pictures(byteTable(3, 12, 5), 4)),
  'floats': sourceOf(floatTable(3, 5, 6)),
  'floats after an odd number of labels': sourceOf({ ...floatTable(3, 5, 7), labels: labels(3) }, { ...floatTable(2, 5, 8), labels: labels(2) }),
  'one kind to train on, another to test on': sourceOf(floatTable(2, 9, 9), bitTable(3, 9, 10)),
  'numbers of any size': sourceOf(table(Float32Array.of(-2.5, 0, 1, 300.25), 2)),
  'one value': sourceOf(table(Uint8Array.of(255), 1)),
};

function refusal(bytes: Uint8Array, limits = DATA_LIMITS): DataError {
  let found: unknown = null;
  try { unpackDataset(bytes, 'sha256:x', limits); } catch (error) { found = error; }
  assert.ok(found instanceof DataError, `expected a DataError, got ${String(found)}`);
  return found;
}

/** A copy with a uint32 of its head changed. */
function withNumber(bytes: Uint8Array, at: number, number: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE(number, at);
  return new Uint8Array(copy);
}

describe('packing', () => {
  for (const [name, source] of Object.entries(SOURCES)) {
    test(`is exact: ${name}`, () => {
      const { bytes, digest } = packSource(source, 'test');
      assert.deepEqual(unpackDataset(bytes, 'test'), source);
      // At an odd place of a larger buffer, as messages arrive.
      const larger = new Uint8Array(bytes.length + 3);
      larger.set(bytes, 3);
      assert.deepEqual(unpackDataset(larger.subarray(3), 'test'), source);
      assert.equal(packSource(unpackDataset(bytes, 'test'), 'again').digest, digest);
    });
  }

  test('takes a bit for a binary value, a byte for one of 256 levels, four bytes otherwise', () => {
    const sizes = [bitTable(100, 80, 1), byteTable(100, 80, 1), floatTable(100, 80, 1)].map((raw) => packSource(sourceOf(raw), 'test').bytes.length - 40);
    assert.deepEqual(sizes, [100 * 10, 100 * 80, 100 * 80 * 4]);
  });

  test('the format is fixed: version 1 of a small set, written by hand and digested by Python', () => {
    const plain = packSource(sourceOf(table(Uint8Array.of(0, 255, 255, 0, 0, 255), 3)), 'test');
    assert.equal(Buffer.from(plain.bytes).toString('hex'), '45424d444154410a01000000010000000200000003000000000000000000000001000000000000000604');
    assert.equal(plain.digest, 'sha256:41db0c435543984ec8ae02fe3bb643b0905e3a58f8235c5f9abaf0a08a1b5621');
  });

  test('everything that was read is in the digest: test rows, labels and shape too', () => {
    const training = byteTable(4, 6, 1);
    const variants = [
      sourceOf(training), sourceOf(training, byteTable(1, 6, 2)), sourceOf({ ...training, labels: labels(4) }),
      sourceOf({ ...training, shape: { height: 2, width: 3 } }), sourceOf({ ...training, shape: { height: 3, width: 2 } }), sourceOf(byteTable(4, 6, 3)),
    ];
    assert.equal(new Set(variants.map((source) => packSource(source, 'test').digest)).size, variants.length);
  });
});

describe('unpacking refuses', () => {
  const bits = packSource(SOURCES['bits, a row of spare bits']!, 'test').bytes;
  const bytes = packSource(sourceOf(byteTable(4, 6, 1)), 'test').bytes;
  const floats = packSource(SOURCES['floats']!, 'test').bytes;

  test('every shortening and every lengthening', () => {
    for (let length = 0; length < bits.length; length += 1) assert.match(refusal(bits.subarray(0, length)).code, /truncated/, `${length} bytes`);
    assert.equal(refusal(Uint8Array.from([...bits, 0])).code, 'trailing-bytes');
  });

  const HEADS: readonly (readonly [string, number, number, string])[] = [
    ['another magic', 0, 0, 'wrong-magic'], ['a newer format', 8, 2, 'unsupported'], ['no parts', 12, 0, 'damaged'], ['three parts', 12, 3, 'damaged'],
    ['no rows', 16, 0, 'damaged'], ['no columns', 20, 0, 'damaged'], ['too many rows', 16, 0xffff_ffff, 'too-large'], ['too many columns', 20, 0xffff_ffff, 'too-large'],
    ['a shape that does not fit', 24, 2, 'damaged'], ['an encoding that is none', 32, 4, 'damaged'], ['encoding 0', 32, 0, 'damaged'], ['labels that are neither there nor not', 36, 2, 'damaged'],
    ['more rows than bytes', 16, 5, 'truncated'], ['fewer rows than bytes', 16, 3, 'trailing-bytes'],
  ];
  for (const [name, at, number, code] of HEADS) {
    test(`a head with ${name}`, () => { assert.equal(refusal(withNumber(bytes, at, number)).code, code); });
  }

  test('a head that promises more than memory, before any is taken', () => {
    const huge = withNumber(withNumber(withNumber(floats, 16, 1_000_000), 20, 1_000), 32, 3);
    const { code, message } = refusal(huge);
    assert.equal(code, 'too-large');
    assert.ok(message.includes(String(DATASET_LIMITS.packBytesMax)), message);
  });

  test('more than the limits of data allow', () => {
    assert.equal(refusal(bytes, { ...DATA_LIMITS, rowsMax: 3 }).code, 'too-large');
    assert.equal(refusal(bytes, { ...DATA_LIMITS, columnsMax: 5 }).code, 'too-large');
    assert.equal(refusal(bytes, { ...DATA_LIMITS, valuesMax: 23 }).code, 'too-large');
  });

  test('spare bits that are on', () => {
    const wrong = bits.slice();
    wrong[wrong.length - 1]! |= 0x80;
    assert.match(refusal(wrong).message, /the spare bits of row 4 \(from 0\) are not 0/);
  });

  test('-0 and what is not a finite number', () => {
    for (const value of [NaN, Infinity, -Infinity, -0]) {
      const wrong = Buffer.from(floats);
      wrong.writeFloatLE(value, 40 + 4 * 7);
      assert.match(refusal(new Uint8Array(wrong)).message, /^sha256:x: it holds the value/, String(value));
    }
  });

  test('the same content in another encoding: it would have two digests', () => {
    const binary = bytes.slice();
    binary.fill(255, 40);
    assert.match(refusal(binary).message, /packed as bits/);
    const levels = Buffer.from(floats);
    for (let at = 40; at < levels.length; at += 4) levels.writeFloatLE(Math.fround(17 / 255), at);
    assert.match(refusal(new Uint8Array(levels)).message, /packed as bytes/);
  });
});
