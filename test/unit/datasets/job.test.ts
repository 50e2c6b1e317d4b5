// A job that names its data by digest is the job that names the file: the same facts, data digest and job digest, and the same bits to train on.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { DataSettings } from '../../../ebm/job.ts';
import { compileJob } from '../../../platform/config/compile.ts';
import { jobDigest } from '../../../platform/config/digest.ts';
import { specFromValue } from '../../../platform/config/read.ts';
import { loadData, loadedFrom, type LoadedData } from '../../../platform/data/load.ts';
import { fileNameOf } from '../../../platform/datasets/names.ts';
import { unpackDataset } from '../../../platform/datasets/pack.ts';
import { packDataset } from '../../../platform/datasets/read.ts';
import { folderWith, npyBytes, npzBytes, refuses } from '../data/fixtures.ts';
import { byteTable } from './support.ts';

const { values } = byteTable(20, 12, 1);
const training = npyBytes({ descr: '|u1', shape: [20, 3, 4], data: values as Uint8Array });
const archive = npzBytes({ x: training, x_test: npyBytes({ descr: '|u1', shape: [2, 3, 4], data: values.subarray(0, 24) as Uint8Array }) }, 6);
const settings = (source: string, more: Partial<DataSettings> = {}): DataSettings => ({ source, binarise: 'threshold', validation: 3, ...more });
/** All but what messages call it; a Buffer of a file is bytes like any others. */
const without = (loaded: LoadedData): LoadedData => (
  { ...loaded, name: '', training: loaded.training.kind === 'levels' ? { ...loaded.training, levels: Uint8Array.from(loaded.training.levels) } : loaded.training });
const digestOfJob = (source: string, data: LoadedData, binarise = 'threshold'): string => (
  jobDigest(compileJob(specFromValue({ data: { source, binarise, validation: 3 }, model: { kind: 'bernoulli-rbm', hidden: 4 } }), data.facts)));

describe('a job that names a digest', () => {
  for (const binarise of ['threshold', 'stochastic'] as const) {
    test(`has the facts, bits and job digest of the one that names the file (${binarise})`, async (context) => {
      const folder = await folderWith(context, { 'a.npz': archive });
      const direct = await loadData(settings('a.npz', { binarise }), folder, 5);
      const { digest, bytes } = await packDataset({ source: 'a.npz' }, folder);
      const packed = loadedFrom(unpackDataset(bytes, digest), { name: digest, settings: settings(digest, { binarise }), seed: 5 });
      assert.deepEqual(without(packed), without(direct));
      assert.equal(digestOfJob(digest, packed, binarise), digestOfJob(join(folder, 'a.npz'), direct, binarise));
    });
  }

  test('has those of the one that names mnist', async () => {
    const direct = await loadData(settings('mnist'), '/', 1);
    const { digest, bytes } = await packDataset({ source: 'mnist' }, '/');
    const packed = loadedFrom(unpackDataset(bytes, digest), { name: digest, settings: settings(digest), seed: 1 });
    assert.deepEqual(packed.facts, direct.facts);
    assert.equal(packed.testDigest, direct.testDigest);
    assert.deepEqual(packed.training, direct.training);
    assert.equal(digestOfJob(digest, packed), digestOfJob('mnist', direct));
  });

  test('the same content has one digest in every format', async (context) => {
    const folder = await folderWith(context, { 'a.npy': training, 'b.npz': npzBytes({ data: training }) });
    const [a, b] = await Promise.all(['a.npy', 'b.npz'].map((source) => packDataset({ source }, folder)));
    assert.equal(a?.digest, b?.digest);
  });

  test('is found beside the run directory of a store, and in no file that only has the name', async (context) => {
    const folder = await folderWith(context, { 'a.npz': archive });
    const { digest, bytes } = await packDataset({ source: 'a.npz' }, folder);
    const run = join(folder, 'store', 'runs', 'one-1');
    await mkdir(join(folder, 'store', 'datasets'), { recursive: true });
    const path = join(folder, 'store', 'datasets', fileNameOf(digest));
    await refuses(loadData(settings(digest), run, 5), 'missing', `the data set ${digest} is not on this machine`, join(folder, 'store', 'datasets'), 'EBM_CACHE');
    await writeFile(path, bytes);
    assert.deepEqual(without(await loadData(settings(digest), run, 5)), without(await loadData(settings('a.npz'), folder, 5)));
    await writeFile(path, bytes.map((byte, at) => at === bytes.length - 1 ? byte ^ 1 : byte));
    await refuses(loadData(settings(digest), run, 5), 'damaged', path, '`ebm data push`');
  });
});
