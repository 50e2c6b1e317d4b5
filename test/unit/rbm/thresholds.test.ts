// The table of thresholds: digests of the whole table were checked once against 40-digit decimal arithmetic in Python.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { thresholdAt, thresholdTable } from '../../../ebm/rbm/thresholds.ts';

const DIGESTS = [
  { grid: 6, digest: 'e5b1a2bfc95928dba184eaf1c3fc985aee074b7e3a3c5400a2dfa09563eb8317' },
  { grid: 10, digest: '434558d789a530b199e7b09b8ec2e714c7d6ebcad7c3ae2b2278c70e2c9507f8' },
  { grid: 12, digest: 'da7553342bf9b0ad5a5a4b961f5ba249e7a39424502d88688850cb0e0a3841c1' },
];

test('every entry is 65536 sigmoid(x 2^-g) rounded to nearest', () => {
  for (const { grid, digest } of DIGESTS) {
    const { entries } = thresholdTable(grid);
    const bytes = new Uint8Array(entries.buffer, entries.byteOffset, entries.byteLength);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), digest, `grid 2^-${grid}`);
  }
});

test('golden entries on a grid of 2^-10', () => {
  const table = thresholdTable(10);
  const golden = [[-12067, 0], [-12066, 1], [-1024, 17625], [-1, 32752], [0, 32768], [1, 32784], [700, 43551], [1024, 47911], [5000, 65043]];
  for (const [x, expected] of golden) assert.equal(thresholdAt(table, x!), expected, `T(${x})`);
});

test('T(-x) = 65536 - T(x), and T never falls', () => {
  const table = thresholdTable(10);
  let before = 0;
  for (let x = -table.bound; x <= table.bound; x += 1) {
    const value = thresholdAt(table, x);
    assert.equal(value + thresholdAt(table, -x), 65536);
    assert.ok(value >= before);
    before = value;
  }
});

test('beyond 11.79 nats a unit is always off or always on, up to the bound of pre-activations', () => {
  const table = thresholdTable(10);
  assert.equal(table.bound, 12073);
  for (const x of [12073, 12074, 32768, 2 ** 24]) {
    assert.equal(thresholdAt(table, x), 65536);
    assert.equal(thresholdAt(table, -x), 0);
  }
});
