// Rows of bits and rows of thresholds: what a sample is, anew each epoch, and the mean of the data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levelsOf, meanOf, writeSample, type BinaryRows } from '../../../ebm/rbm/binarise.ts';
import { unpackRow } from '../../../ebm/rbm/bits.ts';
import { deriveKey, fillDraws } from '../../../ebm/random/address.ts';
import { PURPOSES } from '../../../ebm/random/purposes.ts';

const KEY = deriveKey(3, PURPOSES.binarise, 0);
const PALETTE: BinaryRows = { kind: 'levels', rows: 2, visible: 9, levels: Uint8Array.from([0, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2]), palette: Int32Array.of(0, 65536, 20000) };
const PLAIN: BinaryRows = { kind: 'levels', rows: 2, visible: 9, levels: Int32Array.from(PALETTE.levels, (index) => PALETTE.palette![index]!), palette: null };

function sampleOf(data: BinaryRows, row: number, epoch: number): number[] {
  const out = new Uint8Array(2).fill(255);
  writeSample(data, KEY, { row, epoch }, out);
  return [...unpackRow(out, 16)];
}

test('rows of bits are copied', () => {
  const data: BinaryRows = { kind: 'bits', rows: 2, visible: 9, bits: Uint8Array.of(255, 1, 0b1010, 0) };
  assert.deepEqual(sampleOf(data, 1, 5), [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual([...meanOf(data)], [0.5, 1, 0.5, 1, 0.5, 0.5, 0.5, 0.5, 0.5]);
});

test('a level is on when the draw of (row, unit, epoch) is below it', () => {
  for (const epoch of [0, 1, 2]) {
    const draws = new Uint16Array(9);
    fillDraws(KEY, { id: 1, halfStep: 0, word3: epoch }, draws);
    assert.deepEqual(sampleOf(PALETTE, 1, epoch).slice(0, 9), [...draws].map((draw) => Number(draw < 20000)));
  }
  assert.equal(sampleOf(PALETTE, 0, 0)[0], 0, 'level 0 is never on');
  assert.deepEqual([0, 1, 2, 3].map((epoch) => sampleOf(PALETTE, 0, epoch)[1]), [1, 1, 1, 1], 'level 65536 is always on');
});

test('a palette and plain thresholds are the same data', () => {
  assert.deepEqual(levelsOf(PALETTE, 0), levelsOf(PLAIN, 0));
  assert.deepEqual(sampleOf(PALETTE, 1, 4), sampleOf(PLAIN, 1, 4));
  assert.deepEqual(meanOf(PALETTE), meanOf(PLAIN));
  assert.equal(meanOf(PLAIN)[0], 10000 / 65536);
});

test('bits are drawn anew each epoch', () => {
  const rows = new Set(Array.from({ length: 8 }, (_, epoch) => sampleOf(PALETTE, 1, epoch).join('')));
  assert.ok(rows.size > 4);
});
