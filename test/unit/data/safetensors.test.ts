import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { SourceData } from '../../../platform/data/data.ts';
import { safetensorsSource } from '../../../platform/data/safetensors.ts';
import { bytesOfNumbers, folderWith, refuses, safetensorsBytes, type TensorFixture } from './fixtures.ts';
import { GOLDEN } from './golden.ts';

async function read(context: TestContext, content: Uint8Array | Readonly<Record<string, TensorFixture>>): Promise<SourceData> {
  const folder = await folderWith(context, { 'a.safetensors': content instanceof Uint8Array ? content : safetensorsBytes(content) });
  return safetensorsSource(join(folder, 'a.safetensors')).read();
}

function withHeader(text: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  return Buffer.concat([length, Buffer.from(text), data]);
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

void test('the only tensor is the training set; metadata are passed over', async (context) => {
  const { training, test: testSet } = await read(context, { pictures: { dtype: 'U8', shape: [1, 2, 2], data: bytes(9, 8, 7, 6) } });
  assert.deepEqual([training.shape, [...training.values], testSet], [{ height: 2, width: 2 }, [9, 8, 7, 6], null]);
});

void test('floats and bools mean the same as elsewhere', async (context) => {
  assert.deepEqual((await read(context, { x: { dtype: 'F32', shape: [1, 2], data: bytesOfNumbers(Float32Array.of(0.25, 1)) } })).training.values, Float32Array.of(0.25, 1));
  assert.deepEqual([...(await read(context, { x: { dtype: 'BOOL', shape: [1, 2], data: bytes(0, 1) } })).training.values], [0, 255]);
  assert.deepEqual([...(await read(context, { x: { dtype: 'F16', shape: [1, 2], data: bytes(0, 0x38, 0, 0x34) } })).training.values], [0.5, 0.25]);
});

void test('a file as the Python library writes it is read', async (context) => {
  assert.deepEqual([...(await read(context, GOLDEN.safetensors)).training.values], [0, 51, 102, 153, 204, 255]);
});

void test('x_test is the test set, at its own offset', async (context) => {
  const { training, test: testSet } = await read(context, { x_test: { dtype: 'U8', shape: [1, 2], data: bytes(5, 4) }, x: { dtype: 'U8', shape: [2, 2], data: bytes(9, 8, 7, 6) } });
  assert.deepEqual([[...training.values], [...(testSet?.values ?? [])]], [[9, 8, 7, 6], [5, 4]]);
});

void test('several tensors without a known name are listed, different widths and foreign types refused', async (context) => {
  const tensor = { dtype: 'U8', shape: [1, 1], data: bytes(9) };
  await refuses(read(context, { weights: tensor, biases: tensor }), 'ambiguous-array', 'several arrays (weights, biases)');
  await refuses(read(context, { x: tensor, x_test: { dtype: 'U8', shape: [1, 2], data: bytes(9, 8) } }), 'width-mismatch', 'the training rows have 1 columns and the test rows 2');
  await refuses(read(context, { x: { dtype: 'BF16', shape: [1, 1], data: bytes(0, 0) } }), 'unsupported', 'array x: the type is BF16; accepted: BOOL, U8');
  await refuses(read(context, { x: { dtype: 'constructor', shape: [1, 1], data: bytes(0, 0) } }), 'unsupported', 'the type is constructor');
});

void test('a wrong value names tensor, row, column and byte', async (context) => {
  const file = { x: { dtype: 'F32', shape: [2, 1], data: bytesOfNumbers(Float32Array.of(0, 2)) } };
  const start = safetensorsBytes(file).length - 4;
  await refuses(read(context, file), 'out-of-range', `array x, row 1, column 0 (from 0), byte ${start}: the value is 2`);
});

void test('headers that are cut, too long, no JSON or not of the format are refused', async (context) => {
  await refuses(read(context, bytes(1, 2, 3)), 'truncated', 'the file has 3 bytes, fewer than the 8');
  await refuses(read(context, withHeader('hello')), 'wrong-magic', 'byte 8: the byte after the header\'s length is 68; accepted: 7b');
  await refuses(read(context, withHeader('{"x":').subarray(0, 10)), 'truncated', 'byte 10: the file ends inside its header of 5 bytes');
  await refuses(read(context, withHeader('{"x":')), 'damaged', 'the header is not valid JSON');
  await refuses(read(context, Buffer.concat([bytes(0, 0, 0, 0, 1, 0, 0, 0), Buffer.from('{}')])), 'too-large', 'the header says that it has 4294967296 bytes');
  for (const entry of ['7', 'null', '{}', '{"dtype":"U8","shape":[-1,2],"data_offsets":[0,2]}', '{"dtype":"U8","shape":[1,2],"data_offsets":[0]}', '{"dtype":"U8","shape":[1,2],"data_offsets":[0.5,2]}']) {
    await refuses(read(context, withHeader(`{"x":${entry}}`)), 'damaged', 'array x: the header entry is not {dtype, shape, data_offsets}');
  }
  await refuses(read(context, withHeader('{}')), 'no-rows', 'the file holds no arrays');
});

void test('data that are shorter or longer than the shape, or missing, are refused', async (context) => {
  const header = (from: number, to: number): string => `{"x":{"dtype":"U8","shape":[2,2],"data_offsets":[${from},${to}]}}`;
  await refuses(read(context, withHeader(header(0, 4), bytes(9, 8))), 'truncated', 'the data end after 2 bytes of the 4');
  await refuses(read(context, withHeader(header(0, 6), bytes(9, 8, 7, 6, 5, 4))), 'trailing-bytes', '2 bytes follow the 4');
  await refuses(read(context, withHeader(header(4, 0), bytes(9, 8, 7, 6))), 'truncated', 'the data end after 0 bytes of the 4');
});
