// Lists of ranges and tables against plain sets: every operation for arbitrary inputs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { holds, intersection, partOf, sizeOf, totalOf, withoutRange, withRange } from '../../../coordinator/machine/ranges.ts';
import { find, putRow, withoutRow, type Table } from '../../../coordinator/machine/table.ts';
import type { Range } from '../../../proto/messages.ts';

const SIZE = 24;
const RUNS = { seed: 20261123, numRuns: 500 };
const range: fc.Arbitrary<Range> = fc.tuple(fc.nat(SIZE), fc.nat(SIZE)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
/** A sorted list of disjoint, non-empty ranges that do not touch. */
const list: fc.Arbitrary<readonly Range[]> = fc.array(fc.boolean(), { minLength: SIZE, maxLength: SIZE }).map((places) => rangesOf(places));

function rangesOf(places: readonly boolean[]): readonly Range[] {
  const ranges: Range[] = [];
  places.forEach((isIn, at) => {
    const last = ranges.at(-1);
    if (isIn && last?.to === at) ranges[ranges.length - 1] = { from: last.from, to: at + 1 };
    else if (isIn) ranges.push({ from: at, to: at + 1 });
  });
  return ranges;
}

function placesOf(ranges: readonly Range[]): boolean[] {
  return Array.from({ length: SIZE }, (_, at) => ranges.some(({ from, to }) => at >= from && at < to));
}

test('adding a disjoint range joins it with its neighbours', () => {
  fc.assert(fc.property(list, range, (ranges, added) => {
    const free = withoutRange(ranges, added);
    const places = placesOf(free).map((isIn, at) => isIn || (at >= added.from && at < added.to));
    assert.deepEqual(withRange(free, added), rangesOf(places));
  }), RUNS);
});

test('removing and intersecting are those of sets', () => {
  fc.assert(fc.property(list, list, range, (a, b, removed) => {
    assert.deepEqual(placesOf(withoutRange(a, removed)), placesOf(a).map((isIn, at) => isIn && !(at >= removed.from && at < removed.to)));
    const both = placesOf(b);
    assert.deepEqual(placesOf(intersection(a, b)), placesOf(a).map((isIn, at) => isIn && both[at]!));
    assert.equal(totalOf(a), placesOf(a).filter((isIn) => isIn).length);
  }), RUNS);
});

test('a list holds a range if it holds all of its places', () => {
  fc.assert(fc.property(list, range, (ranges, wanted) => {
    const places = placesOf(ranges);
    assert.equal(holds(ranges, wanted), places.slice(wanted.from, wanted.to).every((isIn) => isIn));
  }), RUNS);
});

test('a part of equal totals is the range itself, and no part is larger than its share by one', () => {
  fc.assert(fc.property(range, fc.integer({ min: 1, max: 1_000_000 }), (places, total) => {
    assert.equal(partOf(places, SIZE, SIZE), places);
    assert.ok(Math.abs(sizeOf(partOf(places, SIZE, total)) - (sizeOf(places) * total) / SIZE) < 1);
  }), RUNS);
});

test('a table finds, replaces and removes rows by key, and never changes itself', () => {
  interface Row { readonly key: number; readonly value: number }
  fc.assert(fc.property(fc.array(fc.record({ key: fc.nat(9), value: fc.nat(), isAdded: fc.boolean() }), { maxLength: 30 }), (steps) => {
    const model = new Map<number, number>();
    let table: Table<Row> = [];
    for (const { key, value, isAdded } of steps) {
      const before = [...table];
      const next = isAdded ? putRow(table, { key, value }, table) : withoutRow(table, key);
      assert.deepEqual(table, before);
      const own = [...table];
      if (isAdded) assert.equal(putRow(own, { key, value }, table), own, 'a table of the step itself is changed in place');
      if (isAdded) assert.deepEqual(own, next);
      table = next;
      if (isAdded) model.set(key, value);
      else model.delete(key);
      assert.deepEqual(table.map((row) => row.key), [...model.keys()].sort((a, b) => a - b));
      assert.equal(find(table, key)?.value, model.get(key));
    }
  }), RUNS);
});
