// Half-open ranges and sorted lists of disjoint ranges, as values. Nothing here knows what is in a range.
// An update's work is counted in places [0, size), size = max(batch, chains): a range of places stands for proportional ranges of
// data and of chains, so one list covers both exactly once.
import type { Range } from '../../proto/messages.ts';

export function sizeOf(range: Range): number {
  return range.to - range.from;
}

export function sameRange(a: Range, b: Range): boolean {
  return a.from === b.from && a.to === b.to;
}

export function totalOf(ranges: readonly Range[]): number {
  return ranges.reduce((total, range) => total + sizeOf(range), 0);
}

/** The part of [0, total) that a range of places [0, size) stands for. Disjoint ranges give disjoint parts, and [0, size) gives all. */
export function partOf(places: Range, size: number, total: number): Range {
  if (total === size) return places;
  return { from: Math.floor((places.from * total) / size), to: Math.floor((places.to * total) / size) };
}

/** Index of the first range of a sorted list that ends at or after a place, found by halving: lists of large fleets have hundreds. */
function indexAt(ranges: readonly Range[], place: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]!.to < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds a range that is disjoint from the list, joining it with its neighbours. */
export function withRange(ranges: readonly Range[], added: Range): readonly Range[] {
  if (sizeOf(added) === 0) return ranges;
  if (ranges.length === 0) return [added];
  const first = indexAt(ranges, added.from);
  let { from, to } = added;
  let after = first;
  for (; after < ranges.length && ranges[after]!.from <= to; after += 1) {
    from = Math.min(from, ranges[after]!.from);
    to = Math.max(to, ranges[after]!.to);
  }
  const result = ranges.slice();
  result.splice(first, after - first, { from, to });
  return result;
}

/** Removes what the list and the range have in common. */
export function withoutRange(ranges: readonly Range[], removed: Range): readonly Range[] {
  if (sizeOf(removed) === 0) return ranges;
  const first = indexAt(ranges, removed.from + 1);
  const parts: Range[] = [];
  let after = first;
  for (; after < ranges.length && ranges[after]!.from < removed.to; after += 1) {
    const { from, to } = ranges[after]!;
    if (from < removed.from) parts.push({ from, to: removed.from });
    if (to > removed.to) parts.push({ from: removed.to, to });
  }
  const result = ranges.slice();
  result.splice(first, after - first, ...parts);
  return result;
}

/** The first part that the list has in common with another, short one. */
export function firstShared(ranges: readonly Range[], others: readonly Range[]): Range | undefined {
  for (const other of others) {
    const range = ranges[indexAt(ranges, other.from + 1)];
    if (range !== undefined && range.from < other.to) return { from: Math.max(range.from, other.from), to: Math.min(range.to, other.to) };
  }
  return undefined;
}

/** What two lists have in common, in order. */
export function intersection(a: readonly Range[], b: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const one = a[i]!;
    const other = b[j]!;
    const from = Math.max(one.from, other.from);
    const to = Math.min(one.to, other.to);
    if (from < to) result.push({ from, to });
    if (one.to < other.to) i += 1;
    else j += 1;
  }
  return result;
}

/** Whether the list holds all of the range. */
export function holds(ranges: readonly Range[], wanted: Range): boolean {
  if (sizeOf(wanted) === 0) return true;
  const range = ranges[indexAt(ranges, wanted.to)];
  return range !== undefined && range.from <= wanted.from;
}
