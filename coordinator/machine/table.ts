// Immutable tables: arrays sorted by a key, found by halving. A copy is one memmove, so thousands of members or leases stay cheap.

export interface Keyed<Key extends string | number> { readonly key: Key }
export type Table<Row extends Keyed<string | number>> = readonly Row[];

function position<Key extends string | number>(table: readonly Keyed<Key>[], key: Key): number {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function find<Row extends Keyed<string | number>>(table: Table<Row>, key: Row['key']): Row | undefined {
  const row = table[position(table, key)];
  return row?.key === key ? row : undefined;
}

/**
 * Adds the row, or replaces the one of its key, in a step that builds tables: `before` is the table as others may hold it and is copied
 * first; any other was made in this step and is changed in place.
 */
export function putRow<Row extends Keyed<string | number>>(table: Table<Row>, row: Row, before: Table<Row>): Table<Row> {
  const at = position(table, row.key);
  const copy = table === before ? table.slice() : table as Row[];
  if (table[at]?.key === row.key) copy[at] = row;
  else copy.splice(at, 0, row);
  return copy;
}

export function withoutRow<Row extends Keyed<string | number>>(table: Table<Row>, key: Row['key']): Table<Row> {
  const at = position(table, key);
  if (table[at]?.key !== key) return table;
  const copy = table.slice();
  copy.splice(at, 1);
  return copy;
}
