// Sums of an update: their form follows from the update's size, and parts add up to the whole in any grouping.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addSample, addSums, emptySums, type SumsAccumulator } from '../../../ebm/rbm/statistics.ts';

const SHAPE = { visible: 3, hidden: 2, batch: 4, chains: 4 };

test('equal counts take the difference of outer sums, others both; above 32,767 samples they are float64', () => {
  const kind = (batch: number, chains: number): string => {
    const { outer } = emptySums({ ...SHAPE, batch, chains });
    const array = outer.kind === 'difference' ? outer.difference : outer.data;
    return `${outer.kind} ${array.constructor.name}`;
  };
  assert.equal(kind(100, 100), 'difference Int32Array');
  assert.equal(kind(100, 50), 'both Int32Array');
  assert.equal(kind(32767, 32767), 'difference Int32Array');
  assert.equal(kind(32768, 32768), 'difference Float64Array');
  assert.equal(kind(10, 32768), 'both Float64Array');
});

test('a sample adds its bits, its thresholds, and the thresholds to the rows of its bits', () => {
  const sums = emptySums({ ...SHAPE, chains: 5 });
  addSample(sums, 'data', Uint8Array.of(0b101), Int32Array.of(10, 65536));
  addSample(sums, 'data', Uint8Array.of(0b001), Int32Array.of(1, 0));
  addSample(sums, 'model', Uint8Array.of(0b110), Int32Array.of(5, 6));
  assert.equal(sums.data.count, 2);
  assert.deepEqual([...sums.data.visible], [2, 0, 1]);
  assert.deepEqual([...sums.data.hidden], [11, 65536]);
  assert.ok(sums.outer.kind === 'both');
  assert.deepEqual([...sums.outer.data], [11, 65536, 0, 0, 10, 65536]);
  assert.deepEqual([...sums.outer.model], [0, 0, 5, 6, 5, 6]);
});

test('the model phase is subtracted from a difference, and only there', () => {
  const sums = emptySums(SHAPE);
  addSample(sums, 'data', Uint8Array.of(0b001), Int32Array.of(10, 20));
  addSample(sums, 'model', Uint8Array.of(0b001), Int32Array.of(1, 2));
  assert.ok(sums.outer.kind === 'difference');
  assert.deepEqual([...sums.outer.difference], [9, 18, 0, 0, 0, 0]);
  assert.deepEqual([...sums.model.hidden], [1, 2]);
});

const sample = fc.record({
  phase: fc.constantFrom<'data' | 'model'>('data', 'model'), row: fc.nat(7), thresholds: fc.tuple(fc.nat(65536), fc.nat(65536)), part: fc.nat(2),
});

test('any grouping of samples gives the same sums', () => {
  fc.assert(fc.property(fc.array(sample, { maxLength: 30 }), fc.constantFrom(4, 5), (samples, chains) => {
    const shape = { ...SHAPE, chains };
    const whole = emptySums(shape);
    const parts: SumsAccumulator[] = [emptySums(shape), emptySums(shape), emptySums(shape)];
    for (const { phase, row, thresholds, part } of samples) {
      addSample(whole, phase, Uint8Array.of(row), Int32Array.from(thresholds));
      addSample(parts[part]!, phase, Uint8Array.of(row), Int32Array.from(thresholds));
    }
    const total = emptySums(shape);
    for (const part of parts.reverse()) addSums(total, part);
    assert.deepEqual(total, whole);
  }), { seed: 2 });
});

test('sums of different forms or sizes do not add', () => {
  assert.throws(() => { addSums(emptySums(SHAPE), emptySums({ ...SHAPE, chains: 5 })); }, /sums of kind both cannot be added to sums of kind difference/);
  assert.throws(() => { addSums(emptySums(SHAPE), emptySums({ ...SHAPE, hidden: 3 })); }, /cannot be added to sums of/);
});
