// Chains advanced with fixed parameters and brought home, some visible units held at given values if asked; and the thresholds of the hidden units of
// rows. Oracles: engine/reference/sample.ts and ebm/rbm/gibbs.ts.
import { deriveKey } from '../../ebm/random/address.ts';
import { bytesOf, bitAt } from '../../ebm/rbm/bits.ts';
import { ALWAYS_ON } from '../../ebm/rbm/thresholds.ts';
import type { Problem, Range, SampleResult, SampleUnit } from '../engine.ts';
import { packInto, paddedUnits, unpacked } from './bits.ts';
import type { Tensor } from './device.ts';
import type { DeviceModel, Gibbs } from './gibbs.ts';
import { integers } from './statistics.ts';
import { passesOf } from './unit.ts';

export type Sampling = Omit<SampleUnit, 'parameters'>;

interface SampleTask { readonly gibbs: Gibbs; readonly problem: Problem; readonly model: DeviceModel; readonly unit: Sampling; readonly result: SampleResult }

export function sampleUnit(gibbs: Gibbs, problem: Problem, model: DeviceModel, unit: Sampling): SampleResult {
  const { visible, hidden } = problem;
  const count = unit.chains.to - unit.chains.from;
  const result = { states: new Uint8Array(count * bytesOf(hidden)), visible: new Uint8Array(count * bytesOf(visible)), visibleThresholds: new Int32Array(count * visible) };
  for (const range of passesOf({ from: 0, to: count })) gibbs.device.within(() => { samplePass({ gibbs, problem, model, unit, result }, range); });
  return result;
}

/** Chains `from` to `to` of the unit, counted from its first. */
function samplePass({ gibbs, problem: { seed, visible, hidden }, model, unit, result }: SampleTask, { from, to }: Range): void {
  const { device } = gibbs;
  const rows = to - from;
  const key = deriveKey(seed, unit.purpose, unit.branch);
  const rowsIn = (bytes: Uint8Array, units: number): Uint8Array => bytes.subarray(from * bytesOf(units), to * bytesOf(units));
  const clamp = clampOf(gibbs, unit, { from, to });
  let state = device.upload([rows, paddedUnits(hidden)], unpacked(rowsIn(unit.states, hidden)));
  let bits: Tensor | null = null;
  let levels: Tensor | null = null;
  for (let step = 0; step < unit.steps; step += 1) {
    const at = { key, first: unit.chains.from + from, rows, word3: unit.word3 };
    const halfStep = unit.firstHalfStep + 2 * step;
    [bits, levels, state] = device.scope(() => {
      const visibleLevels = clamp(gibbs.thresholds(model, 'visible', device.cast(state, 'bool to float32')));
      const drawn = gibbs.draw('visible', visibleLevels, { ...at, halfStep });
      const hiddenLevels = gibbs.thresholds(model, 'hidden', device.cast(drawn, 'bool to float32'));
      return [drawn, visibleLevels, gibbs.draw('hidden', hiddenLevels, { ...at, halfStep: halfStep + 1 })];
    }) as [Tensor, Tensor, Tensor];
  }
  packInto(device.read(state) as Uint8Array, rowsIn(result.states, hidden));
  packInto(device.read(bits!) as Uint8Array, rowsIn(result.visible, visible));
  copyRows(integers(device, levels!), result.visibleThresholds.subarray(from * visible, to * visible), visible);
}

/** What holds the clamped units of some chains: a threshold of 65536 is above every draw and 0 above none. */
function clampOf({ device, visible }: Gibbs, { clamp }: Sampling, { from, to }: Range): (thresholds: Tensor) => Tensor {
  if (clamp === null) return (thresholds) => thresholds;
  const padded = paddedUnits(visible);
  const free = new Float32Array(padded).fill(1);
  const given = new Float32Array((to - from) * padded);
  for (let i = 0; i < visible; i += 1) {
    if (bitAt(clamp.mask, 0, i) === 0) continue;
    free[i] = 0;
    for (let row = from; row < to; row += 1) given[(row - from) * padded + i] = ALWAYS_ON * bitAt(clamp.values, row * bytesOf(visible), i);
  }
  const [keep, values] = [device.upload([padded], free), device.upload([to - from, padded], given)];
  return (thresholds) => device.add(device.multiply(thresholds, keep), values);
}

/** Hidden thresholds of packed rows: int32 [rows * hidden]. */
export function thresholdsOfRows(gibbs: Gibbs, problem: Problem, model: DeviceModel, rows: Uint8Array): Int32Array {
  const { device } = gibbs;
  const { visible, hidden } = problem;
  const rowBytes = bytesOf(visible);
  const out = new Int32Array((rows.length / rowBytes) * hidden);
  for (const { from, to } of passesOf({ from: 0, to: rows.length / rowBytes })) {
    device.within(() => {
      const bits = device.upload([to - from, paddedUnits(visible)], unpacked(rows.subarray(from * rowBytes, to * rowBytes)));
      const levels = integers(device, gibbs.thresholds(model, 'hidden', device.cast(bits, 'bool to float32')));
      copyRows(levels, out.subarray(from * hidden, to * hidden), hidden);
    });
  }
  return out;
}

/** Rows without their spare units. */
function copyRows(padded: Int32Array, out: Int32Array, units: number): void {
  const length = paddedUnits(units);
  for (let row = 0; row * units < out.length; row += 1) out.set(padded.subarray(row * length, row * length + units), row * units);
}
