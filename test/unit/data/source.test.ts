import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openSource } from '../../../platform/data/source.ts';
import { folderWith, idxBytes, npyBytes, refuses } from './fixtures.ts';

const ARRAY = npyBytes({ descr: '|u1', shape: [1, 2], data: Uint8Array.of(7, 200) });

void test('the ending tells the format, in any case, with .gz behind it', async (context) => {
  const idx = idxBytes(0x08, [1, 2], Uint8Array.of(7, 200));
  const folder = await folderWith(context, { 'A.NPY': ARRAY, 'a.npy.gz': gzipSync(ARRAY), 'a.tsv': '0.1\t1\n', 'x-idx2-ubyte': idx, 'a.idx.GZ': gzipSync(idx) });
  for (const name of ['A.NPY', 'a.npy.gz', 'a.tsv', 'x-idx2-ubyte', 'a.idx.GZ']) assert.equal((await (await openSource(name, folder)).read()).training.columns, 2, name);
});

void test('a relative path is relative to the folder given, an absolute one to nothing', async (context) => {
  const folder = await folderWith(context, { 'a.npy': ARRAY });
  assert.equal((await openSource('a.npy', folder)).name, join(folder, 'a.npy'));
  assert.equal((await openSource(join(folder, 'a.npy'), '/nowhere')).name, join(folder, 'a.npy'));
});

void test('a built-in name is no path; ./ makes it one', async (context) => {
  const folder = await folderWith(context);
  assert.equal((await openSource('mnist', folder)).name, 'mnist');
  await refuses(openSource('./mnist', folder), 'missing', join(folder, 'mnist'));
});

void test('a misspelt built-in name suggests the right one', async (context) => {
  await refuses(openSource('mnits', await folderWith(context)), 'missing', 'accepted: a path, or the name of a built-in set (mnist, eight-gaussians, two-moons, spiral, checkerboard)', 'Did you mean mnist?');
});

void test('an ending that is not known lists those that are', async (context) => {
  const folder = await folderWith(context, { 'a.parquet': 'x', 'a.png': 'x' });
  await refuses(openSource('a.parquet', folder), 'unknown-format', 'the format of a.parquet is not known by its name; accepted: .npy, .npz, .csv, .tsv, .safetensors, .idx');
  await refuses(openSource('a.png', folder), 'unknown-format', 'Name the folder of the pictures.');
});

void test('a folder is a folder of PNGs, whatever its name', async (context) => {
  const folder = await folderWith(context, { 'notes.txt': 'x' });
  await refuses((await openSource('.', folder)).read(), 'no-pictures', 'the folder holds no PNGs (but notes.txt)');
});
