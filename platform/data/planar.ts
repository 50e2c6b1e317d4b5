// The built-in sets in two dimensions (ebm/continuous/datasets.ts): 10,000 training rows and 10,000 others to test, drawn by keys.
import { PLANAR_SETS, planarRows, type PlanarSet } from '../../ebm/continuous/datasets.ts';
import type { DataSource, RawData } from './data.ts';

export { PLANAR_SETS };

const ROWS = 10_000;

export function isPlanarName(name: string): name is PlanarSet {
  return (PLANAR_SETS as readonly string[]).includes(name);
}

export function planarSource(name: PlanarSet): DataSource {
  const rows = (from: number): RawData => ({ rows: ROWS, columns: 2, shape: null, values: planarRows(name, { from, to: from + ROWS }), labels: null });
  return { name, read: () => Promise.resolve({ training: rows(0), test: rows(ROWS) }) };
}
