// Block Gibbs sampling in integers: thresholds from pre-activations, bits from thresholds and 16-bit draws (EXACT.md, What persists).
// One chain at a time and plain loops; engines do the same for many at once.
import { fillDraws, type Address } from '../random/address.ts';
import type { Key } from '../random/philox.ts';
import { hiddenInput, visibleInput, type Model } from './preactivation.ts';
import { thresholdAt, type ThresholdTable } from './thresholds.ts';

/** Replaces pre-activations by their thresholds, in place. */
export function thresholdsInPlace(table: ThresholdTable, inputs: Int32Array): void {
  for (let unit = 0; unit < inputs.length; unit += 1) inputs[unit] = thresholdAt(table, inputs[unit]!);
}

/** Thresholds of the hidden units given a packed visible row: writes int32 [hidden]. */
export function hiddenThresholds(model: Model, table: ThresholdTable, row: Uint8Array, out: Int32Array): void {
  hiddenInput(model, row, out);
  thresholdsInPlace(table, out);
}

/** Thresholds of the visible units given a packed hidden row: writes int32 [visible]. */
export function visibleThresholds(model: Model, table: ThresholdTable, row: Uint8Array, out: Int32Array): void {
  visibleInput(model, row, out);
  thresholdsInPlace(table, out);
}

/** Draws a packed row: unit u is on when its draw is below its threshold. Writes every byte of `row`. */
export function drawRow(thresholds: ArrayLike<number>, key: Key, at: Address, row: Uint8Array): void {
  const draws = new Uint16Array(thresholds.length);
  fillDraws(key, at, draws);
  row.fill(0);
  for (let unit = 0; unit < draws.length; unit += 1) {
    if (draws[unit]! < thresholds[unit]!) row[unit >> 3]! |= 1 << (unit & 7);
  }
}
