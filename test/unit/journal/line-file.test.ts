// Appending lines when the disk does not play along.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LineFile } from '../../../platform/journal/line-file.ts';
import { readLines, type FoundLine } from '../../../platform/journal/lines.ts';
import type { Files } from '../../../platform/store/files.ts';
import { SimulatedDisk } from '../../support/disk.ts';
import { Faults, withFaults, type Fault } from '../../support/faults.ts';

interface Bench { readonly disk: SimulatedDisk; readonly files: Files; readonly text: () => string }

function bench(...faults: readonly Fault[]): Bench {
  const disk = new SimulatedDisk();
  const files = withFaults(disk.files(), new Faults(...faults), (path) => { disk.forget(path); });
  return { disk, files, text: () => new TextDecoder().decode(disk.bytes('lines')) };
}

const fail = (of: 'write' | 'fsync' | 'truncate', at: number, code = 'ENOSPC'): Fault => ({ of, at, effect: { kind: 'fail', code } });

describe('line file', () => {
  test('a line that does not fit leaves the file as it was, and may be appended when there is space', async () => {
    const { files, text } = bench(fail('write', 2));
    const lines = await LineFile.open(files, 'lines', 0);
    await lines.append('first\n');
    await assert.rejects(lines.append('second\n'), { code: 'ENOSPC' });
    assert.equal(text(), 'first\n');
    await lines.append('second\n');
    assert.equal(text(), 'first\nsecond\n');
  });

  test('a half line that cannot even be cut is cut before the next one', async () => {
    const { files, text } = bench(fail('write', 2), fail('truncate', 1, 'EIO'));
    const lines = await LineFile.open(files, 'lines', 0);
    await lines.append('first\n');
    await assert.rejects(lines.append('second\n'), { code: 'ENOSPC' });
    assert.equal(text(), 'first\nsec');
    await lines.append('third\n');
    assert.equal(text(), 'first\nthird\n');
  });

  test('lines whose sync failed are written again, because the system may have forgotten them', async () => {
    const { disk, files, text } = bench(fail('fsync', 4, 'EIO'));
    const lines = await LineFile.open(files, 'lines', 0);
    await lines.append('durable\n');
    await lines.sync();
    await lines.append('forgotten\n');
    await assert.rejects(lines.sync(), { code: 'EIO' });
    await lines.append('later\n');
    await lines.sync();
    disk.powerLoss('lost');
    assert.equal(text(), 'durable\nforgotten\nlater\n');
  });

  test('what is not synced is lost with the power, what is synced is not', async () => {
    const { disk, files, text } = bench();
    const lines = await LineFile.open(files, 'lines', 0);
    await lines.append('synced\n');
    await lines.sync();
    await lines.append('not synced\n');
    disk.powerLoss('lost');
    assert.equal(text(), 'synced\n');
  });

  test('many lines do not wait for a sync for ever', async () => {
    const { disk, files } = bench();
    const lines = await LineFile.open(files, 'lines', 0);
    for (let i = 0; i < 20; i += 1) await lines.append(`${'x'.repeat(100_000)}\n`);
    disk.powerLoss('lost');
    assert.ok(disk.bytes('lines').byteLength > 900_000);
  });

  test('opening cuts a file to where its good lines end, durably', async () => {
    const { disk, files, text } = bench();
    const file = await files.create('lines');
    await file.write(new TextEncoder().encode('good\ntor'));
    const lines = await LineFile.open(files, 'lines', 5);
    await lines.append('next\n');
    assert.equal(text(), 'good\nnext\n');
    disk.powerLoss('lost');
    assert.equal(text(), 'good\n');
  });

  test('reading finds lines across pieces, the place of each, and a torn end', async () => {
    const { files } = bench();
    const file = await files.create('lines');
    const long = 'ä'.repeat(50_000);
    await file.write(new TextEncoder().encode(`short\n\n${long}\nend`));
    const found: FoundLine[] = [];
    for await (const line of readLines(files, 'lines', 200_000)) found.push(line);
    assert.deepEqual(found, [
      { kind: 'line', text: 'short', start: 0, end: 6 }, { kind: 'line', text: '', start: 6, end: 7 },
      { kind: 'line', text: long, start: 7, end: 100_008 }, { kind: 'torn', start: 100_008, end: 100_011 },
    ]);
    const bounded: FoundLine['kind'][] = [];
    for await (const line of readLines(files, 'lines', 1000)) bounded.push(line.kind);
    assert.deepEqual(bounded, ['line', 'line', 'too-long']);
    for await (const line of readLines(files, 'absent', 1000)) assert.fail(line.kind);
  });
});
