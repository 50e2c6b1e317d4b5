import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { kindOfPath, nearestNames, readBytes } from '../../../platform/data/files.ts';
import { DATA_LIMITS } from '../../../platform/data/limits.ts';
import { folderWith, refuses } from './fixtures.ts';

void test('a file is read whole, and gunzipped if its name ends in .gz', async (context) => {
  const folder = await folderWith(context, { plain: 'seven', 'packed.gz': gzipSync('seven') });
  assert.equal(Buffer.from(await readBytes(join(folder, 'plain'), DATA_LIMITS)).toString(), 'seven');
  assert.equal(Buffer.from(await readBytes(join(folder, 'packed.gz'), DATA_LIMITS)).toString(), 'seven');
});

void test('a symbolic link is followed', async (context) => {
  const folder = await folderWith(context, { plain: 'seven' });
  await symlink(join(folder, 'plain'), join(folder, 'link'));
  assert.equal(await kindOfPath(join(folder, 'link'), DATA_LIMITS), 'file');
  assert.equal((await readBytes(join(folder, 'link'), DATA_LIMITS)).length, 5);
});

void test('a missing file is reported with the nearest names beside it', async (context) => {
  const folder = await folderWith(context, { 'digits.npy': '', 'digit.npz': '', 'letters.csv': '' });
  await refuses(kindOfPath(join(folder, 'digts.npy'), DATA_LIMITS), 'missing', join(folder, 'digts.npy'), 'there is no such file or folder', 'Did you mean digits.npy or digit.npz?');
});

void test('a missing folder is reported with the nearest names where the path still exists', async (context) => {
  const folder = await folderWith(context);
  await mkdir(join(folder, 'pictures'));
  await refuses(kindOfPath(join(folder, 'picturs', 'deep', 'a.npy'), DATA_LIMITS), 'missing', `there is no folder picturs in ${folder}`, 'Did you mean pictures?');
});

void test('names that are far from everything get no suggestion, only the folder that was searched', async (context) => {
  const folder = await folderWith(context, { 'letters.csv': '' });
  await refuses(kindOfPath(join(folder, 'x'), DATA_LIMITS), 'missing', `Nothing in ${folder} has a similar name.`);
});

void test('a path below a file is a missing folder, not a crash', async (context) => {
  const folder = await folderWith(context, { 'digits.npy': 'x' });
  await refuses(kindOfPath(join(folder, 'digits.npy', 'a.npy'), DATA_LIMITS), 'missing', 'there is no folder digits.npy');
});

void test('at most three names are suggested, the nearest first, ties by name', () => {
  assert.deepEqual(nearestNames('mnits', ['zebra', 'mnist', 'mnit', 'mnitt', 'mnita']), ['mnit', 'mnita', 'mnitt']);
  assert.deepEqual(nearestNames('MNIST', ['mnist']), ['mnist']);
});

void test('an empty file is refused, compressed or not', async (context) => {
  const folder = await folderWith(context, { nothing: '', 'nothing.gz': gzipSync('') });
  await refuses(readBytes(join(folder, 'nothing'), DATA_LIMITS), 'empty-file', `${join(folder, 'nothing')}: the file is empty`, 'an interrupted copy');
  await refuses(readBytes(join(folder, 'nothing.gz'), DATA_LIMITS), 'empty-file', 'the file is empty');
});

void test('a file beyond the limit is refused before it is read', async (context) => {
  const folder = await folderWith(context, { large: new Uint8Array(101) });
  await refuses(readBytes(join(folder, 'large'), { ...DATA_LIMITS, fileBytesMax: 100 }), 'too-large', 'the file has 101 bytes', 'accepted: at most 100 bytes a file');
});

void test('a small gzip file that inflates beyond the limit is refused', async (context) => {
  const folder = await folderWith(context, { 'bomb.gz': gzipSync(new Uint8Array(1_000_000)) });
  await refuses(readBytes(join(folder, 'bomb.gz'), { ...DATA_LIMITS, inflatedBytesMax: 10_000 }), 'too-large', 'the gzip data inflates to more than 10000 bytes');
});

void test('a gzip file that is cut off, damaged, or none at all, says which', async (context) => {
  const packed = gzipSync(Uint8Array.from({ length: 2000 }, (_, index) => (index * index) % 251));
  const damaged = Uint8Array.from(packed);
  damaged[damaged.length - 6]! ^= 1; // inside the stored CRC-32
  const folder = await folderWith(context, { 'cut.gz': packed.subarray(0, 40), 'damaged.gz': damaged, 'plain.gz': 'not compressed' });
  await refuses(readBytes(join(folder, 'cut.gz'), DATA_LIMITS), 'truncated', /cut\.gz: byte \d+: the gzip data ends too early/, 'Copy or download the file again.');
  await refuses(readBytes(join(folder, 'damaged.gz'), DATA_LIMITS), 'damaged', /the gzip data cannot be inflated \(.*check/);
  await refuses(readBytes(join(folder, 'plain.gz'), DATA_LIMITS), 'wrong-magic', 'byte 0', 'the first bytes are 6e 6f', 'accepted: 1f 8b', 'rename it without .gz');
});

void test('a pipe is refused, because it could not be read twice and has no size', async (context) => {
  const folder = await folderWith(context);
  const pipe = join(folder, 'pipe.npy');
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
  await refuses(kindOfPath(pipe, DATA_LIMITS), 'unreadable', 'a device, a pipe or a socket', 'a regular file or a folder of PNGs');
});

void test('what the system refuses to open is unreadable, with its reason', async (context) => {
  const folder = await folderWith(context);
  await symlink('loop', join(folder, 'loop'));
  await refuses(kindOfPath(join(folder, 'loop'), DATA_LIMITS), 'unreadable', 'it cannot be opened (ELOOP', 'Check its permissions.');
  await writeFile(join(folder, 'file'), 'x');
  await refuses(readBytes(folder, DATA_LIMITS), 'unreadable', 'EISDIR');
});

// Files of this folder say that they have 4,096 bytes, and hold fewer: as one does that another process is shortening.
const SHORTER = '/sys/kernel/mm/transparent_hugepage/enabled';
if (existsSync(SHORTER)) {
  void test('a file that ends before the size that it had is truncated, with the byte', async () => {
    await refuses(readBytes(SHORTER, DATA_LIMITS), 'truncated', SHORTER, /: byte \d\d: the file ended although its size was 4096 bytes\. Something else is writing it: wait until it is complete\.$/);
  });
}
