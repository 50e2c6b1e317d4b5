import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, clockTime, compact, count, duration, nats, table, wrapped } from '../../../cli/terminal/format.ts';

test('counts have thousands separators whatever the locale', () => {
  assert.deepEqual([0, 999, 1000, 60_000, 1_234_567, -4_321].map(count), ['0', '999', '1,000', '60,000', '1,234,567', '-4,321']);
});

test('compact numbers keep about three digits', () => {
  assert.deepEqual([0, 0.0123, 0.5, 1.234, 12.34, 123.4, 999.6, 1_234, 9_999, 36_123, 999_900, 1_500_000, 2e9].map(compact),
    ['0', '0.012', '0.500', '1.23', '12.3', '123', '1,000', '1,234', '9,999', '36.1k', '1.00M', '1.50M', '2.00G']);
  assert.equal(compact(-36_123), '-36.1k');
  assert.equal(compact(0.00001), '1.0e-5');
  assert.deepEqual([null, NaN, Infinity].map(compact), ['-', '-', '-']);
});

test('durations have at most two units', () => {
  assert.deepEqual([0, 0.2, 9.94, 9.96, 59.4, 60, 130.2, 3_600, 3_661, 90_000, 1e7].map(duration),
    ['0 s', '0.2 s', '9.9 s', '10 s', '59 s', '1 min', '2 min 10 s', '1 h', '1 h 1 min', '1 d 1 h', '115 d 17 h']);
  assert.equal(duration(null), '-');
  assert.deepEqual([0, 9.6, 130.2, 3_661, 100_000].map(clockTime), ['0:00', '0:10', '2:10', '1:01:01', '27:46:40']);
});

test('sizes are decimal, figures in nats have two decimals', () => {
  assert.deepEqual([12, 1_500, 3_214_567, 24e9].map(bytes), ['12 B', '1.50 kB', '3.21 MB', '24.0 GB']);
  assert.deepEqual([-87.104, null, NaN].map(nats), ['-87.10', '-', '-']);
});

test('tables have upper-case titles and columns three spaces apart', () => {
  assert.equal(table([{ title: 'name' }, { title: 'updates', align: 'right' }], [['mnist', '6,000'], ['a', '7']]),
    'NAME    UPDATES\nmnist     6,000\na             7');
});

test('long text is broken at spaces, words are not', () => {
  assert.equal(wrapped('one two three four', 9, '  '), '  one two\n  three\n  four');
  assert.equal(wrapped('unbreakable', 4), 'unbreakable');
});
