// What a session brings into shared memory when it opens: the table of thresholds and the training rows. Owner's side.
import { thresholdTable } from '../../ebm/rbm/thresholds.ts';
import type { Dataset } from '../engine.ts';
import type { Allocator } from './allocator.ts';
import type { Holdings } from './holdings.ts';
import type { DataLayout } from './layout.ts';

type Views = Allocator['views'];

export function loadThresholds(holdings: Holdings, views: Views, grid: number): { readonly table: number; readonly bound: number } {
  const { bound, entries } = thresholdTable(grid);
  const table = holdings.piece(2 * (bound + 1));
  for (let x = 0; x <= bound; x += 1) views.u16[(table >>> 1) + x] = entries[bound - x]!;
  return { table, bound };
}

export function loadData(holdings: Holdings, views: Views, data: Dataset | null): DataLayout | null {
  if (data === null) return null;
  const source = data.kind === 'bits' ? data.bits : data.levels;
  const address = holdings.piece(source.byteLength);
  views.u8.set(new Uint8Array(source.buffer, source.byteOffset, source.byteLength), address);
  if (data.kind === 'bits') return { kind: 'bits', rows: data.rows, address };
  if (data.palette === null) return { kind: 'levels', rows: data.rows, address, palette: 0 };
  const palette = holdings.piece(1024);
  views.i32.set(data.palette, palette >>> 2);
  return { kind: 'levels', rows: data.rows, address, palette };
}
