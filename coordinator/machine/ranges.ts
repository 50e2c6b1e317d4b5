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

/** Adds a range that is disjoint from the list, joining it with its neighbours. */
export function withRange(ranges: readonly Range[], added: Range): readonly Range[] {
  if (sizeOf(added) === 0) return ranges;
  if (ranges.length === 0) return [added];
  const result: Range[] = [];
  let { from, to } = added;
  let placed = false;
  for (const range of ranges) {
    if (range.to < from) result.push(range);
    else if (range.from > to) {
      if (!placed) result.push({ from, to });
      placed = true;
      result.push(range);
    } else {
      from = Math.min(from, range.from);
      to = Math.max(to, range.to);
    }
  }
  if (!placed) result.push({ from, to });
  return result;
}

/** Removes what the list and the range have in common. */
export function withoutRange(ranges: readonly Range[], removed: Range): readonly Range[] {
  if (sizeOf(removed) === 0) return ranges;
  return ranges.flatMap((range) => {
    if (range.to <= removed.from || range.from >= removed.to) return [range];
    const parts: Range[] = [];
    if (range.from < removed.from) parts.push({ from: range.from, to: removed.from });
    if (range.to > removed.to) parts.push({ from: removed.to, to: range.to });
    return parts;
  });
}

/** What two lists have in common. */
export function intersection(a: readonly Range[], b: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const one of a) {
    for (const other of b) {
      const from = Math.max(one.from, other.from);
      const to = Math.min(one.to, other.to);
      if (from < to) result.push({ from, to });
    }
  }
  return result;
}

/** Whether the list holds all of the range. */
export function holds(ranges: readonly Range[], wanted: Range): boolean {
  return sizeOf(wanted) === 0 || ranges.some((range) => range.from <= wanted.from && range.to >= wanted.to);
}
