// The safetensors layout: its bytes as the format's description has them, round trips, and files that were made to do harm.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeSafetensors, safetensorsPieces, SafetensorsError, type Tensor, type TensorFile } from '../../../platform/journal/safetensors.ts';

const encode = (file: TensorFile): Uint8Array => Buffer.concat(safetensorsPieces(file));
const fileOf = (tensors: Readonly<Record<string, Tensor>>, metadata: Readonly<Record<string, string>> = {}): TensorFile =>
  ({ tensors: new Map(Object.entries(tensors)), metadata: new Map(Object.entries(metadata)) });

/** A file with a header as given, whatever it says. */
function raw(header: unknown, data = 0, length?: bigint): Uint8Array {
  const json = header instanceof Uint8Array ? header : Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(length ?? BigInt(json.byteLength));
  return Buffer.concat([start, json, Buffer.alloc(data)]);
}

describe('safetensors', () => {
  test('the bytes are those of the format: length, header padded to 8, little-endian arrays, larger elements first', () => {
    const bytes = encode(fileOf({ b: { shape: [2], data: Uint8Array.of(7, 8) }, a: { shape: [1, 2], data: Float32Array.of(1, -2) } }, { who: 'test' }));
    const header = '{"__metadata__":{"who":"test"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[2],"data_offsets":[8,10]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8, ' ');
    const expected = [padded.length, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from(padded), 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 7, 8];
    assert.deepEqual([...bytes], expected);
  });

  test('what is written is read, for all types, shapes and lengths, from any offset in memory', () => {
    const tensor = fc.oneof(
      fc.array(fc.float({ noNaN: true })).map((values): Tensor => ({ shape: [values.length, 1], data: Float32Array.from(values) })),
      fc.array(fc.integer({ min: -32768, max: 32767 })).map((values): Tensor => ({ shape: [values.length], data: Int16Array.from(values) })),
      fc.array(fc.integer()).map((values): Tensor => ({ shape: [1, values.length, 1], data: Int32Array.from(values) })),
      fc.uint8Array().map((data): Tensor => ({ shape: [data.length], data })),
    );
    const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text !== '__metadata__' && text !== '__proto__');
    fc.assert(fc.property(fc.dictionary(name, tensor, { maxKeys: 6 }), fc.dictionary(name, fc.string()), fc.integer({ min: 0, max: 7 }), (tensors, metadata, offset) => {
      const file = fileOf(tensors, metadata);
      const bytes = encode(file);
      const shifted = new Uint8Array(bytes.byteLength + offset).subarray(offset);
      shifted.set(bytes);
      const read = decodeSafetensors(shifted);
      assert.deepEqual([...read.tensors].sort(), [...file.tensors].sort());
      assert.deepEqual([...read.metadata].sort(), [...file.metadata].sort());
    }), { seed: 3, numRuns: 200 });
  });

  test('equal contents give equal bytes, in whatever order they were named', () => {
    const [x, y] = [{ shape: [1], data: Int32Array.of(1) }, { shape: [1], data: Int32Array.of(2) }];
    assert.deepEqual(encode(fileOf({ x, y })), encode(fileOf({ y, x })));
  });

  test('arrays whose shape does not fit, and names that the format keeps, are not written', () => {
    assert.throws(() => encode(fileOf({ a: { shape: [3], data: Uint8Array.of(1) } })), /a: 1 elements do not have shape \[3\]/);
    assert.throws(() => encode(fileOf({ __metadata__: { shape: [1], data: Uint8Array.of(1) } })), RangeError);
  });

  const entry = { dtype: 'U8', shape: [4], data_offsets: [0, 4] };
  const hostile: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['nothing', new Uint8Array(0), /0 bytes are too few/],
    ['seven bytes', new Uint8Array(7), /7 bytes are too few/],
    ['a header longer than the file', raw('{}', 0, 500n), /would end at byte 508, the file has 10/],
    ['a header of 2^63 bytes', raw('{}', 0, 1n << 63n), /would have 9223372036854775808 bytes/],
    ['a header over the limit', raw('{}', 0, 2n ** 21n), /at most 1048576/],
    ['a header that is no JSON', raw('{"a":'), /not JSON/],
    ['a header that is no UTF-8', raw(Buffer.from('{"__metadata__":{"a":"\xff"}}', 'latin1')), /not JSON/],
    ['a header that is a list', raw([]), /not a JSON object/],
    ['a header that is null', raw('null'), /not a JSON object/],
    ['metadata that is not text', raw({ __metadata__: { a: 1 } }), /"a", which is not text/],
    ['metadata that is a list', raw({ __metadata__: [] }), /__metadata__ is not an object/],
    ['an entry that is null', raw({ a: null }), /its entry is not an object/],
    ['an unknown type', raw({ a: { ...entry, dtype: 'F8' } }, 4), /type "F8" is not one of F32, I32, I16, U8/],
    ['a type of the language', raw({ a: { ...entry, dtype: 'constructor' } }, 4), /type "constructor"/],
    ['a negative size', raw({ a: { ...entry, shape: [-4] } }, 4), /shape is not/],
    ['a broken size', raw({ a: { ...entry, shape: [1.5] } }, 4), /shape is not/],
    ['sizes whose product overflows', raw({ a: { ...entry, shape: [2 ** 32, 2 ** 32, 2 ** 32] } }, 4), /span 4/],
    ['nine dimensions', raw({ a: { ...entry, shape: [1, 1, 1, 1, 1, 1, 1, 1, 4] } }, 4), /shape is not/],
    ['offsets the wrong way round', raw({ a: { ...entry, data_offsets: [4, 0] } }, 4), /span -4/],
    ['offsets past the end', raw({ a: entry }, 3), /arrays end at byte 4 of the data, which has 3/],
    ['bytes that no array owns', raw({ a: entry }, 5), /arrays end at byte 4 of the data, which has 5/],
    ['arrays that overlap', raw({ a: entry, b: { ...entry, data_offsets: [2, 6] } }, 6), /"b" starts at byte 2 of the data, the one before ends at 4/],
    ['arrays with a hole', raw({ a: entry, b: { ...entry, data_offsets: [5, 9] } }, 9), /"b" starts at byte 5/],
    ['a shape that is not the size', raw({ a: { ...entry, shape: [3] } }, 4), /is 3 bytes, its data_offsets span 4/],
    ['a name without end', raw({ ['x'.repeat(300)]: entry }, 4), /name is too long/],
    ['1,025 arrays', raw(Object.fromEntries(Array.from({ length: 1025 }, (_, i) => [`a${i}`, { dtype: 'U8', shape: [0], data_offsets: [0, 0] }]))), /1025 arrays; at most 1024/],
  ];
  for (const [what, bytes, message] of hostile) {
    test(`refused: ${what}`, () => {
      assert.throws(() => decodeSafetensors(bytes), (error) => error instanceof SafetensorsError && message.test(error.message));
    });
  }

  test('an array named __proto__ is an array like any other, and no prototype', () => {
    const header = '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
    assert.deepEqual([...decodeSafetensors(raw(header, 1)).tensors.keys()], ['__proto__']);
  });

  test('files with any byte changed are read or refused, never anything else', () => {
    const good = encode(fileOf({ a: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }, b: { shape: [3], data: Uint8Array.of(1, 2, 3) } }, { k: 'v' }));
    fc.assert(fc.property(fc.integer({ min: 0, max: good.byteLength - 1 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: good.byteLength }), (at, value, length) => {
      const bad = good.slice(0, length);
      if (at < length) bad[at] = value;
      try {
        decodeSafetensors(bad);
      } catch (error) {
        assert.ok(error instanceof SafetensorsError, String(error));
      }
    }), { seed: 5, numRuns: 2000 });
  });
});
