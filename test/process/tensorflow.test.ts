// The tensorflow engine through the command line: the same run as on wasm, and refusals with their remedies.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { folder, last } from './support.ts';

describe('ebm with the tensorflow engine', () => {
  const here = folder();
  after(() => { here.remove(); });

  test('a run on TensorFlow ends with the digests of one on wasm, says what computed it, and is verified by wasm', async () => {
    const [one, other] = [await here.run(['train', 'job.yaml', '--set', 'resources.engine=tensorflow', '--out', 'one']), await here.run(['train', 'job.yaml', '--out', 'other'])];
    assert.deepEqual([one.status, one.stderr], [0, '']);
    const [left, right] = [last(one, 'finished'), last(other, 'finished')];
    for (const field of ['job', 'parameters', 'chains', 'ledger']) assert.equal(left[field], right[field], field);
    assert.match(String(left['engine']), /^tensorflow\/1 libtensorflow /);
    const verified = await here.run(['verify', 'one']);
    assert.deepEqual([verified.status, last(verified, 'verified')['equal']], [0, true]);
  });

  test('ebm engine list and doctor show the library, the device and the thread', async () => {
    const listed = (await here.run(['engine', 'list'])).lines.find(({ name }) => name === 'tensorflow');
    assert.deepEqual([listed?.['available'], listed?.['threads'], typeof listed?.['isUsingGpu']], [true, 1, 'boolean']);
    const checked = (await here.run(['doctor'])).lines.find(({ name }) => name === 'tensorflow');
    assert.match(String(checked?.['found']), /libtensorflow \d.*, tensorflow\/\d.*, 1 thread, on (a GPU|the processor)/);
  });

  test('a second installation finds the first one whole', async () => {
    const again = await here.run(['engine', 'install', 'tensorflow']);
    assert.deepEqual([again.status, last(again, 'installed')['isNew']], [0, false]);
  });
});
