// A run directory read without changing it: checkpoints and their health, the model on the grid, the ledger.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkpointName } from '../../../platform/journal/checkpoints.ts';
import type { PublishedModel } from '../../../platform/journal/journal.ts';
import { gridParameters, readRunDirectory, type RunReader } from '../../../platform/journal/reading.ts';
import { createRunDirectory, realRunSystem } from '../../../platform/journal/run-directory.ts';
import type { Files } from '../../../platform/store/files.ts';
import { SimulatedDisk } from '../../support/disk.ts';
import { entryOf, modelOf, runOf, snapshotOf } from '../../support/run-fixtures.ts';

async function bench(figures: readonly (number | null)[] = [-90, -80, -85]): Promise<{ readonly disk: SimulatedDisk; readonly files: Files; readonly reader: RunReader }> {
  const disk = new SimulatedDisk();
  const files = disk.files();
  const { journal } = await createRunDirectory('run', runOf(), { ...realRunSystem(), files });
  for (const [index, figure] of figures.entries()) {
    const update = 100 * (index + 1);
    await journal.appendLedger(entryOf(update), { engine: 'wasm/1' });
    await journal.checkpoint(snapshotOf({ update, figure, ledger: journal.ledgerPosition() }), modelOf(update));
  }
  await journal.close();
  return { disk, files, reader: await readRunDirectory('run', files) };
}

const rot = (disk: SimulatedDisk, path: string): void => {
  const bytes = disk.bytes(path);
  bytes[bytes.byteLength - 1]! ^= 1;
};

describe('reading a run', () => {
  test('checkpoints are listed newest first with their manifests; damage that sizes do not show is found by a deep look', async () => {
    const { disk, reader } = await bench();
    rot(disk, 'run/checkpoints/00000200/state.bin');
    assert.deepEqual((await reader.checkpoints('quick')).map(({ kind, update }) => [kind, update]), [['good', 300], ['good', 200], ['good', 100]]);
    const [newest, damaged] = await reader.checkpoints('deep');
    assert.equal(newest?.kind, 'good');
    const { reason, figure, ledger, branch, rateScale, files } = newest.manifest;
    assert.deepEqual([reason, figure, ledger.lines, branch, rateScale, Object.keys(files)], ['scheduled', -85, 3, 0, 1, ['state.bin', 'parameters.safetensors']]);
    assert.deepEqual(damaged, { kind: 'damaged', path: 'run/checkpoints/00000200', update: 200, what: 'run/checkpoints/00000200/state.bin was changed: its SHA-256 is not the one in its manifest' });
  });

  test('the published model comes back as the integers that were sampled', async () => {
    const { reader } = await bench();
    const { parameters, model, path, warnings } = await reader.model('newest');
    assert.deepEqual([path, warnings, parameters.version, parameters.branch], ['run/checkpoints/00000300', [], 300, 0]);
    assert.deepEqual(parameters.weights, Int16Array.from({ length: 6 }, (_, i) => 300 - 3 * i));
    assert.deepEqual(parameters.hiddenBias, Int32Array.of(300, 297));
    assert.deepEqual(model, modelOf(300));
  });

  test('the best is the one with the highest figure, without figures the newest', async () => {
    assert.equal((await (await bench()).reader.model('best')).manifest.update, 200);
    assert.equal((await (await bench([null, null])).reader.model('best')).manifest.update, 200);
    assert.equal((await (await bench([null, -90, null])).reader.model('best')).manifest.update, 200);
    assert.equal((await (await bench()).reader.model({ update: 100 })).manifest.update, 100);
  });

  test('a damaged model is passed over with a warning; if none is left, or none was asked for that exists, that is said', async () => {
    const { disk, reader } = await bench([-90, -80]);
    rot(disk, 'run/checkpoints/00000200/parameters.safetensors');
    const { manifest, warnings } = await reader.model('newest');
    assert.deepEqual([manifest.update, warnings.length], [100, 1]);
    assert.match(warnings[0]!, /00000200\/parameters\.safetensors was changed.*passed over/);
    await assert.rejects(reader.model({ update: 150 }), { code: 'missing', message: 'run/checkpoints: there is no checkpoint of update 150. There are: 200, 100.' });
    rot(disk, 'run/checkpoints/00000100/parameters.safetensors');
    await assert.rejects(reader.model('best'), { code: 'damaged', message: /no checkpoint can be used: .*00000200.*00000100/ });
    const empty = await bench([]);
    await assert.rejects(empty.reader.model('newest'), { code: 'missing', message: 'run/checkpoints: the run has no checkpoint yet. Train it first (ebm resume run).' });
  });

  test('who holds the directory is told without taking it, also where a model is asked for that is not there yet', async () => {
    const files = new SimulatedDisk().files();
    const { journal } = await createRunDirectory('run', runOf(), { ...realRunSystem(), files });
    const reader = await readRunDirectory('run', files);
    assert.equal((await reader.holder())?.pid, process.pid);
    await assert.rejects(reader.model('newest'), { code: 'missing', message: /^run\/checkpoints: the run has no checkpoint yet, and is in use by this process itself \(pid \d+\) since \S+Z\. Wait for its first one, and try again\.$/ });
    await journal.appendMetrics({ kind: 'failed', code: 'engine', message: 'no memory.', update: 3 });
    await journal.close();
    assert.equal(await reader.holder(), null);
    await assert.rejects(reader.model('newest'), { code: 'missing', message: 'run/checkpoints: the run has no checkpoint: it failed at update 3: no memory. When the cause is mended, `ebm resume run` goes on.' });
  });

  test('a state can be had from the nearest checkpoint below an update', async () => {
    const { reader } = await bench();
    for (const [atMost, update] of [[299, 200], [300, 300], [100, 100], [1e9, 300]] as const) {
      const found = await reader.restore(atMost);
      assert.equal(found.kind === 'restored' ? found.snapshot.update : 0, update);
    }
    assert.equal((await reader.restore(99)).kind, 'none');
  });

  test('the ledger is followed line by line, and its first broken line named', async () => {
    const { disk, reader } = await bench();
    const updates: number[] = [];
    const { position, problems } = await reader.ledger(({ entry, aside }) => { updates.push(entry.update); assert.deepEqual(aside, { engine: 'wasm/1' }); });
    assert.deepEqual([updates, position.lines, problems], [[100, 200, 300], 3, []]);
    const bytes = disk.bytes('run/ledger.jsonl');
    const second = bytes.indexOf(10) + 1;
    bytes[bytes.indexOf(0x32, second)] = 0x33;
    const broken = await reader.ledger();
    assert.deepEqual([broken.position.lines, broken.problems], [1, [{ kind: 'broken', line: 2, why: 'it was changed: its digest is not that of its entry' }]]);
  });

  test('a run that has just begun, without files but its job, can be read', async () => {
    const { files, reader } = await bench([]);
    for (const name of ['ledger.jsonl', 'metrics.jsonl']) await files.unlink(`run/${name}`);
    await files.removeDirectory('run/checkpoints');
    assert.deepEqual(await reader.checkpoints('deep'), []);
    assert.deepEqual(await reader.restore(), { kind: 'none', warnings: [] });
    assert.equal((await reader.ledger()).position.lines, 0);
    await reader.metrics(() => { assert.fail('no lines'); });
  });

  test('reading changes nothing, not even what a crash left', async () => {
    const { files, reader } = await bench();
    await (await files.append('run/ledger.jsonl')).write(Uint8Array.of(123));
    await files.makeDirectory('run/checkpoints/.tmp-00000400');
    const before = [await files.list('run'), await files.list('run/checkpoints'), (await files.describe('run/ledger.jsonl'))?.bytes];
    await reader.restore();
    assert.deepEqual((await reader.ledger()).problems, [{ kind: 'torn', line: 4, why: 'it has no end: its writer was interrupted' }]);
    assert.equal((await reader.checkpoints('deep')).length, 3);
    assert.deepEqual([await files.list('run'), await files.list('run/checkpoints'), (await files.describe('run/ledger.jsonl'))?.bytes], before);
  });
});

describe('grid values', () => {
  const model = (weight: number, bias: number): PublishedModel => ({ weights: Float32Array.of(weight), visibleBias: Float32Array.of(bias), hiddenBias: Float32Array.of(-bias), visible: 1, hidden: 1 });
  const source = { branch: 2, update: 7 };

  test('are exact to the ends of their range', () => {
    const { weights, visibleBias, hiddenBias, branch, version } = gridParameters(model(-32768 / 1024, 16777216 / 1024), 10, source);
    assert.deepEqual([weights[0], visibleBias[0], hiddenBias[0], branch, version], [-32768, 16777216, -16777216, 2, 7]);
  });

  test('values off the grid, out of range or not finite are refused', () => {
    for (const weight of [0.5 / 1024, 32768 / 1024, NaN, Infinity]) assert.throws(() => gridParameters(model(weight, 0), 10, source), /element 0 is .* not on the grid of 1\/1024 nats/);
    assert.throws(() => gridParameters(model(0, 3e9), 10, source), RangeError);
  });

  test('a checkpoint\'s name has eight digits, or as many as it needs', () => {
    assert.deepEqual([0, 600, 99_999_999, 123_456_789].map(checkpointName), ['00000000', '00000600', '99999999', '123456789']);
  });
});
