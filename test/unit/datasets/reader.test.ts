// Data sets read in threads: what the functions of one thread make of them, their errors, and an event loop that goes on meanwhile.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { meanOf } from '../../../ebm/rbm/binarise.ts';
import type { DataSettings } from '../../../ebm/job.ts';
import { DataError } from '../../../platform/data/errors.ts';
import { anyLoadedFrom, isFloats, loadAny, type AnyLoaded } from '../../../platform/data/load.ts';
import { packSource, unpackDataset } from '../../../platform/datasets/pack.ts';
import { threadedReader } from '../../../platform/datasets/reader.ts';
import { bitTable, byteTable, floatTable, sourceOf } from './support.ts';

const settings = (binarise: DataSettings['binarise'], source = 'sha256:x'): DataSettings => ({ source, binarise, validation: 2 });
const SOURCES = [sourceOf(bitTable(9, 13, 1), bitTable(3, 13, 2)), sourceOf(byteTable(9, 13, 3)), sourceOf(floatTable(9, 5, 4), floatTable(2, 5, 5))];

const withMean = (loaded: AnyLoaded): AnyLoaded => (isFloats(loaded) ? loaded : { ...loaded, mean: meanOf(loaded.training) });

/** The error that a promise rejects with. */
async function refusal(reading: Promise<unknown>): Promise<DataError> {
  const found: unknown = await reading.then(() => null, (error: unknown) => error);
  assert.ok(found instanceof DataError, `expected a DataError, got ${String(found)}`);
  return found;
}

test('a thread unpacks and prepares as the functions do, whatever the encoding and the model', async () => {
  for (const source of SOURCES) {
    const { bytes } = packSource(source, 'test');
    const unpacked = await threadedReader.unpack(bytes.slice(), 'test');
    assert.deepEqual(unpacked, unpackDataset(bytes, 'test'));
    for (const binarise of ['threshold', 'stochastic', 'none'] as const) {
      const about = { name: 'test', settings: settings(binarise), seed: 7 };
      const loaded = anyLoadedFrom(unpackDataset(bytes, 'test'), about);
      for (const wantsMean of [true, false]) {
        assert.deepEqual(await threadedReader.prepare(unpackDataset(bytes.slice(), 'test'), about, wantsMean), wantsMean ? withMean(loaded) : loaded);
      }
    }
  }
});

test('and reads a built-in set', async () => {
  const about = settings('threshold', 'mnist');
  assert.deepEqual(await threadedReader.builtIn(about, 1, true), withMean(await loadAny(about, '/', 1)));
});

test('what is wrong with the data is said as in one thread', async () => {
  const { bytes } = packSource(SOURCES[0]!, 'test');
  const shorter = bytes.slice(0, -1);
  const expected = await refusal(Promise.resolve(shorter).then((found) => unpackDataset(found, 'sha256:x')));
  const found = await refusal(threadedReader.unpack(shorter, 'sha256:x'));
  assert.deepEqual([found.code, found.message, found.value], [expected.code, expected.message, expected.value]);
  const split = await refusal(threadedReader.prepare(unpackDataset(bytes.slice(), 'test'), { name: 'test', settings: { ...settings('threshold'), validation: 9 }, seed: 1 }, false));
  assert.equal(split.code, 'split');
});

test('the event loop turns while a set is read that takes long', async () => {
  const { bytes } = packSource(sourceOf(bitTable(40_000, 784, 1)), 'test');
  let isRead = false;
  const reading = threadedReader.unpack(bytes, 'test').finally(() => { isRead = true; });
  let turns = 0;
  while (!isRead) {
    await setImmediate();
    turns += 1;
  }
  assert.equal((await reading).training.rows, 40_000);
  assert.ok(turns > 100, `${turns} turns`); // one or two where it is read in between
});
