// The table from an integer pre-activation to the threshold that a unit's 16-bit draw is compared with (EXACT.md, Thresholds):
// T(x) = round(65536 sigmoid(x 2^-g)), 17 bits, 65536 = always on. Beyond 11.79 nats it is constant, so the table is finite.
import { exp } from '../numeric/elementary.ts';
import { gridScale, roundHalfEven } from './grid.ts';

export const ALWAYS_ON = 65536;
/** sigmoid(-x) < 2^-17 from 11.7836 nats on: T is 0 there, and 65536 on the other side. */
const CONSTANT_BEYOND_NATS = 11.79;

export interface ThresholdTable {
  readonly grid: number;
  /** Pre-activations are clamped to [-bound, bound]. */
  readonly bound: number;
  /** int32 [2 bound + 1]; entry x + bound is T(x). */
  readonly entries: Int32Array;
}

/** Made once a session, in float64. T(-x) = 65536 - T(x) by construction. */
export function thresholdTable(grid: number): ThresholdTable {
  const scale = gridScale(grid);
  const bound = Math.ceil(CONSTANT_BEYOND_NATS * scale);
  const entries = new Int32Array(2 * bound + 1);
  for (let x = 0; x <= bound; x += 1) {
    const on = roundHalfEven(ALWAYS_ON / (1 + exp(-x / scale)));
    entries[bound + x] = on;
    entries[bound - x] = ALWAYS_ON - on;
  }
  return { grid, bound, entries };
}

/** T(x) of an integer pre-activation. */
export function thresholdAt(table: ThresholdTable, x: number): number {
  return table.entries[table.bound + Math.min(table.bound, Math.max(-table.bound, x))]!;
}
