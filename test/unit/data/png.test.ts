import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import type { DataError } from '../../../platform/data/errors.ts';
import { DATA_LIMITS } from '../../../platform/data/limits.ts';
import { decodeGrey, type GreyPicture } from '../../../platform/data/png.ts';
import { greyPng, pngBytes, pngChunk, refuses, type PngFixture } from './fixtures.ts';
import { GOLDEN } from './golden.ts';

const grey = (bytes: Uint8Array): GreyPicture => decodeGrey(bytes, 'a.png', DATA_LIMITS);
const fails = (bytes: Uint8Array, code: DataError['code'], ...patterns: string[]): Promise<DataError> => refuses(Promise.resolve().then(() => grey(bytes)), code, ...patterns);
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const PLAIN: PngFixture = { width: 2, height: 1, depth: 8, colour: 0, rows: [bytes(7, 200)] };

void test('grey bytes are kept', () => {
  assert.deepEqual(grey(pngBytes(PLAIN)), { width: 2, height: 1, values: bytes(7, 200) });
});

void test('grey of 1, 2 and 4 bits is spread over 0 to 255, rows starting on whole bytes', () => {
  assert.deepEqual([...grey(pngBytes({ width: 3, height: 2, depth: 1, colour: 0, rows: [bytes(0b10100000), bytes(0b01000000)] })).values], [255, 0, 255, 0, 255, 0]);
  assert.deepEqual([...grey(pngBytes({ width: 4, height: 1, depth: 2, colour: 0, rows: [bytes(0b00011011)] })).values], [0, 85, 170, 255]);
  assert.deepEqual([...grey(pngBytes({ width: 3, height: 1, depth: 4, colour: 0, rows: [bytes(0x0a, 0xf0)] })).values], [0, 170, 255]);
});

void test('16-bit grey keeps its 16 bits', () => {
  assert.deepEqual(grey(pngBytes({ width: 2, height: 1, depth: 16, colour: 0, rows: [bytes(0x12, 0x34, 0xff, 0xff)] })).values, Uint16Array.of(0x1234, 0xffff));
});

void test('colour becomes grey by (77 R + 150 G + 29 B + 128) >> 8, and grey colours keep their value', () => {
  const colour = pngBytes({ width: 5, height: 1, depth: 8, colour: 2, rows: [bytes(255, 0, 0, 0, 255, 0, 0, 0, 255, 99, 99, 99, 10, 20, 30)] });
  assert.deepEqual([...grey(colour).values], [77, 149, 29, 99, (770 + 3000 + 870 + 128) >> 8]);
  for (let level = 0; level < 256; level += 1) assert.equal((77 * level + 150 * level + 29 * level + 128) >> 8, level);
});

void test('palettes are looked up, whatever their depth; files of Pillow are read', () => {
  const picture = pngBytes({ width: 3, height: 1, depth: 2, colour: 3, palette: bytes(0, 0, 0, 255, 255, 255, 255, 0, 0), rows: [bytes(0b01100000)] });
  assert.deepEqual([...grey(picture).values], [255, 77, 0]);
  assert.deepEqual([...grey(GOLDEN.palettePng).values], [0, 77, 149, 29, 255, 255, 29, 149, 77, 0]);
  assert.deepEqual([...grey(GOLDEN.bitPng).values], [255, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 255]);
});

void test('every row filter is undone (pictures of another encoder)', () => {
  const data = Uint8Array.from({ length: 64 }, (_, index) => (index * 37) % 256);
  assert.deepEqual([...grey(encode({ width: 8, height: 8, data, depth: 8, channels: 1 })).values], [...data]);
});

void test('an alpha channel that is opaque everywhere is let pass', () => {
  assert.deepEqual([...grey(pngBytes({ width: 1, height: 1, depth: 8, colour: 6, rows: [bytes(9, 9, 9, 255)] })).values], [9]);
  assert.deepEqual([...grey(pngBytes({ width: 1, height: 1, depth: 8, colour: 4, rows: [bytes(9, 255)] })).values], [9]);
});

void test('any transparency is refused with the pixel: channel, palette and colour key', async () => {
  const advice = 'Flatten the picture onto the background that is meant.';
  await fails(pngBytes({ width: 2, height: 1, depth: 8, colour: 6, rows: [bytes(9, 9, 9, 255, 9, 9, 9, 128)] }), 'transparent', 'a.png: row 0, column 1 (from 0): the pixel is not opaque (alpha 128)', advice);
  await fails(pngBytes({ width: 1, height: 1, depth: 16, colour: 4, rows: [bytes(9, 9, 255, 254)] }), 'transparent', 'alpha 65534');
  const palette = bytes(0, 0, 0, 255, 255, 255);
  await fails(pngBytes({ width: 2, height: 1, depth: 1, colour: 3, palette, transparency: bytes(255, 0), rows: [bytes(0b01000000)] }), 'transparent', 'row 0, column 1');
  await fails(pngBytes({ ...PLAIN, transparency: bytes(0, 200) }), 'transparent', 'row 0, column 1 (from 0): the pixel is not opaque (alpha 0)');
  assert.deepEqual([...grey(pngBytes({ ...PLAIN, transparency: bytes(0, 201) })).values], [7, 200]);
});

void test('profiles, texts and animation chunks are passed over unread', () => {
  const extra = [['iCCP', bytes(1, 2, 3)], ['tEXt', bytes(0xff, 0xff)], ['acTL', bytes(0)], ['fcTL', bytes(1)]] as const;
  assert.deepEqual([...grey(pngBytes({ ...PLAIN, extra })).values], [7, 200]);
});

void test('a picture that is cut anywhere is refused as truncated', async () => {
  const whole = pngBytes(PLAIN);
  for (let length = 8; length < whole.length; length += 1) await fails(whole.subarray(0, length), 'truncated', `byte ${length}: the picture ends after ${length} bytes, before its last chunk`);
  await fails(whole.subarray(0, 7), 'wrong-magic');
});

void test('a wrong magic number, a wrong checksum and unknown critical chunks are refused', async () => {
  await fails(Buffer.from('GIF89a..'), 'wrong-magic', 'the first bytes are 47 49 46 38', 'Convert the picture to PNG.');
  const damaged = pngBytes(PLAIN).slice();
  damaged[41]! ^= 1;
  await fails(damaged, 'damaged', 'byte 33: the checksum of chunk "IDAT" is wrong');
  await fails(pngBytes({ ...PLAIN, extra: [['NEWc', bytes()]] }), 'unsupported', 'the picture needs chunk "NEWc"');
});

void test('pixels that are too few or too many for the header are refused, and no more is inflated than needed', async () => {
  const withPixels = (pixels: Uint8Array): Uint8Array => {
    const whole = pngBytes(PLAIN);
    return Buffer.concat([whole.subarray(0, 33), pngChunk('IDAT', pixels), pngChunk('IEND', bytes())]);
  };
  await fails(withPixels(deflateSync(bytes(0, 7))), 'truncated', 'the pixel data have 2 of 3 bytes');
  await fails(withPixels(deflateSync(new Uint8Array(1_000_000))), 'too-large', 'the pixel data inflates to more than 3 bytes');
  await fails(withPixels(deflateSync(bytes(0, 7, 200)).subarray(0, -6)), 'truncated', 'the pixel data ends too early');
  await fails(withPixels(bytes(1, 2, 3, 4)), 'damaged', 'the pixel data cannot be inflated');
  await fails(withPixels(deflateSync(bytes(9, 7, 200))), 'damaged', 'the picture cannot be decoded');
});

void test('impossible and unsupported headers are refused', async () => {
  await fails(pngBytes({ ...PLAIN, interlaced: true }), 'unsupported', 'the picture is interlaced', 'Save it without interlacing (Adam7).');
  await fails(pngBytes({ ...PLAIN, colour: 2, depth: 4 }), 'damaged', 'colour type 2 with 4 bits a sample does not exist');
  await fails(pngBytes({ ...PLAIN, width: 0, rows: [] }), 'wrong-shape', 'the picture is 0 wide and 1 high');
  await fails(pngBytes({ ...PLAIN, width: 40_000, height: 40_000, rows: [] }), 'too-large', 'the picture is 40000 wide and 40000 high; accepted: at most 1048576 pixels');
  const palette = bytes(0, 0, 0);
  await fails(pngBytes({ width: 1, height: 1, depth: 8, colour: 3, palette, rows: [bytes(3)] }), 'damaged', 'a pixel has colour 3 of a palette of 1');
  await fails(pngBytes({ width: 1, height: 1, depth: 8, colour: 3, rows: [bytes(0)] }), 'damaged', 'a pixel has colour 0 of a palette of 0');
  const twice = pngBytes({ ...PLAIN, extra: [['IHDR', new Uint8Array(13)]] });
  await fails(twice, 'damaged', 'no header chunk at its start, or several');
});

void test('the plain writer of the fixtures and the reader agree', () => {
  assert.deepEqual([...grey(greyPng(2, bytes(1, 2, 3, 4))).values], [1, 2, 3, 4]);
});
