import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderSource } from '../../../platform/data/folder.ts';
import { DATA_LIMITS } from '../../../platform/data/limits.ts';
import { folderWith, greyPng, pngBytes, refuses } from './fixtures.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

void test('every PNG is a row, in the order of the names; other and hidden files are passed over', async (context) => {
  const folder = await folderWith(context, { 'b.png': greyPng(2, bytes(3, 4)), 'a.PNG': greyPng(2, bytes(1, 2)), '10.png': greyPng(2, bytes(9, 9)), '9.png': greyPng(2, bytes(8, 8)), 'notes.txt': 'x', '.hidden.png': 'x' });
  const { training, test: testSet } = await folderSource(folder).read();
  assert.deepEqual([training.rows, training.columns, training.shape], [4, 2, { height: 1, width: 2 }]);
  assert.deepEqual([...training.values], [9, 9, 8, 8, 1, 2, 3, 4]);
  assert.equal(testSet, null);
});

void test('pictures of 16 bits a sample make float32, unless all are whole 255ths', async (context) => {
  const wide = (high: number, low: number): Uint8Array => pngBytes({ width: 1, height: 1, depth: 16, colour: 0, rows: [bytes(high, low)] });
  const mixed = await folderWith(context, { 'a.png': greyPng(1, bytes(51)), 'b.png': wide(0x12, 0x34), 'c.png': greyPng(1, bytes(255)) });
  assert.deepEqual((await folderSource(mixed).read()).training.values, Float32Array.of(0.2, 0x1234 / 65535, 1));
  const whole = await folderWith(context, { 'a.png': greyPng(1, bytes(51)), 'b.png': wide(0x34, 0x34) });
  assert.deepEqual((await folderSource(whole).read()).training.values, bytes(51, 0x34));
});

void test('pictures of different sizes are refused with both sizes', async (context) => {
  const folder = await folderWith(context, { 'a.png': greyPng(2, bytes(1, 2)), 'b.png': greyPng(1, bytes(3, 4)) });
  await refuses(folderSource(folder).read(), 'width-mismatch', `${join(folder, 'b.png')}: the picture is 1 wide and 2 high, but a.png is 2 wide and 1 high; accepted: pictures of one size`);
});

void test('a folder without PNGs says what is in it, and an empty one that it is empty', async (context) => {
  const folder = await folderWith(context, { 'a.jpg': 'x', 'b.jpg': 'x', 'c.jpg': 'x', 'd.jpg': 'x' });
  await refuses(folderSource(folder).read(), 'no-pictures', /the folder holds no PNGs \(but .*\.jpg, .*\.jpg, .*\.jpg and more\); accepted: a folder with \.png files/, 'Name the folder that holds the pictures');
  await refuses(folderSource(await folderWith(context)).read(), 'no-pictures', 'the folder is empty');
});

void test('a broken picture is named by its own path', async (context) => {
  const folder = await folderWith(context, { 'a.png': greyPng(2, bytes(7, 9)), 'b.png': greyPng(2, bytes(3, 4)).slice(0, -5), });
  await refuses(folderSource(folder).read(), 'truncated', `${join(folder, 'b.png')}: byte`);
  const empty = await folderWith(context, { 'a.png': '' });
  await refuses(folderSource(empty).read(), 'empty-file', `${join(empty, 'a.png')}: the file is empty`);
});

void test('a folder whose name ends in .png is no picture', async (context) => {
  const folder = await folderWith(context);
  await mkdir(join(folder, 'a.png'));
  await refuses(folderSource(folder).read(), 'unreadable', 'this is a folder, although its name ends in .png');
});

void test('a folder that vanished is unreadable', async (context) => {
  const folder = await folderWith(context);
  await refuses(folderSource(join(folder, 'gone')).read(), 'unreadable', 'the folder cannot be listed (ENOENT');
});

void test('pictures that are only 0 and 1 are ambiguous, and a picture file has a limit of its own', async (context) => {
  const dark = await folderWith(context, { 'a.png': greyPng(2, bytes(0, 1)) });
  await refuses(folderSource(dark).read(), 'ambiguous-scale', 'every value is 0 or 1');
  await refuses(folderSource(dark, { ...DATA_LIMITS, pictureBytesMax: 20 }).read(), 'too-large', 'accepted: at most 20 bytes a file');
});
