// What becomes of the samples of a unit: sums, or factors (EXACT.md, Statistics). Sums are float32 products of at most 256 rows, each exact, added in
// int32 on the device, and in float64 here where an update has more samples than int32 holds.
import { FactorsOfPhase, type PhaseFactors } from '../../ebm/rbm/factors.ts';
import type { UpdateSums } from '../../ebm/rbm/parameters.ts';
import { bytesOf, rowOf } from '../../ebm/rbm/bits.ts';
import { INT32_COUNT_MAX } from '../../ebm/rbm/statistics.ts';
import { packInto, paddedUnits } from './bits.ts';
import type { Device, Tensor } from './device.ts';

/** 256 * 65536 = 2^24: the most samples whose thresholds float32 adds exactly in any order. */
export const PASS_ROWS = 256;

export type Phase = 'data' | 'model';

/** Some samples of a phase: their visible units as booleans and as float32, and the thresholds of their hidden units. */
export interface Samples { readonly count: number; readonly bits: Tensor; readonly visible: Tensor; readonly thresholds: Tensor }

export interface Sink {
  /** At most PASS_ROWS of them. */
  add(phase: Phase, samples: Samples): void;
}

interface Shape { readonly visible: number; readonly hidden: number }

/** Sums under way on the device, in int32: of outer products, of visible units and of thresholds. */
interface Running { readonly count: number; readonly tensors: readonly [outer: Tensor, visible: Tensor, hidden: Tensor] }

/** Writes sums over those of an earlier use. Holds tensors between calls: `close` it whatever happens. */
export class SumsSink implements Sink {
  readonly #device: Device;
  readonly #shape: Shape;
  readonly #sums: UpdateSums;
  readonly #running: Record<Phase, Running | null> = { data: null, model: null };

  constructor(device: Device, shape: Shape, sums: UpdateSums) {
    this.#device = device;
    this.#shape = shape;
    this.#sums = sums;
    const { data, model, outer } = sums;
    for (const array of [data.visible, data.hidden, model.visible, model.hidden]) array.fill(0);
    for (const array of outer.kind === 'difference' ? [outer.difference] : [outer.data, outer.model]) array.fill(0);
  }

  add(phase: Phase, { count, visible, thresholds }: Samples): void {
    const device = this.#device;
    if ((this.#running[phase]?.count ?? 0) + count > INT32_COUNT_MAX) this.#flush(phase);
    const before = this.#running[phase];
    const part = [device.product(visible, thresholds, 'first'), device.sumRows(visible), device.sumRows(thresholds)].map((sum) => device.cast(sum, 'float32 to int32'));
    const total = before === null ? part : part.map((sum, index) => device.add(before.tensors[index]!, sum, 'int32'));
    const [outer, ofVisible, ofHidden] = total.map((tensor) => device.hold(tensor));
    this.#drop(phase);
    this.#running[phase] = { count: (before?.count ?? 0) + count, tensors: [outer!, ofVisible!, ofHidden!] };
  }

  /** Writes what is still on the device. */
  finish(): void {
    const { data, model } = this.#running;
    const { outer } = this.#sums;
    if (outer.kind === 'difference' && outer.difference instanceof Int32Array && data !== null && model !== null) {
      this.#setOuter(outer.difference, this.#device.subtract(data.tensors[0], model.tensors[0], 'int32')); // one array to read instead of two
      for (const phase of ['data', 'model'] as const) this.#addUnits(phase);
    } else {
      for (const phase of ['data', 'model'] as const) this.#flush(phase);
    }
  }

  close(): void {
    for (const phase of ['data', 'model'] as const) this.#drop(phase);
  }

  #drop(phase: Phase): void {
    for (const tensor of this.#running[phase]?.tensors ?? []) this.#device.free(tensor);
    this.#running[phase] = null;
  }

  #flush(phase: Phase): void {
    const running = this.#running[phase];
    if (running === null) return;
    const { outer } = this.#sums;
    if (outer.kind === 'difference') this.#addOuter(outer.difference, running.tensors[0], phase === 'data' ? 1 : -1);
    else this.#addOuter(outer[phase], running.tensors[0], 1);
    this.#addUnits(phase);
    this.#drop(phase);
  }

  #addUnits(phase: Phase): void {
    const [, visible, hidden] = this.#running[phase]!.tensors.map((tensor) => this.#device.read(tensor));
    const target = this.#sums[phase];
    for (let i = 0; i < target.visible.length; i += 1) target.visible[i]! += visible![i]!;
    for (let j = 0; j < target.hidden.length; j += 1) target.hidden[j]! += hidden![j]!;
  }

  #addOuter(target: Int32Array | Float64Array, tensor: Tensor, sign: 1 | -1): void {
    const { visible, hidden } = this.#shape;
    const padded = paddedUnits(hidden);
    const values = this.#device.read(tensor) as Int32Array;
    for (let i = 0; i < visible; i += 1) {
      const row = values.subarray(i * padded, i * padded + hidden);
      for (let j = 0, at = i * hidden; j < hidden; j += 1) target[at + j]! += sign * row[j]!;
    }
  }

  /** Where nothing was added before. */
  #setOuter(target: Int32Array, tensor: Tensor): void {
    const { visible, hidden } = this.#shape;
    const padded = paddedUnits(hidden);
    const values = this.#device.read(tensor) as Int32Array;
    for (let i = 0; i < visible; i += 1) target.set(values.subarray(i * padded, i * padded + hidden), i * hidden);
  }
}

export class FactorsSink implements Sink {
  readonly #device: Device;
  readonly #shape: Shape;
  readonly #phases: Record<Phase, FactorsOfPhase>;

  constructor(device: Device, shape: Shape, counts: Record<Phase, number>) {
    this.#device = device;
    this.#shape = shape;
    const phase = (count: number): FactorsOfPhase => new FactorsOfPhase(count, shape.visible, shape.hidden);
    this.#phases = { data: phase(counts.data), model: phase(counts.model) };
  }

  add(phase: Phase, { count, bits, thresholds }: Samples): void {
    const { visible, hidden } = this.#shape;
    const rows = packed(this.#device, bits, count * bytesOf(visible));
    const levels = integers(this.#device, thresholds);
    const padded = paddedUnits(hidden);
    for (let row = 0; row < count; row += 1) this.#phases[phase].add(rowOf(rows, visible, row), levels.subarray(row * padded, row * padded + hidden));
  }

  finish(): Record<Phase, PhaseFactors> {
    return { data: this.#phases.data.done(), model: this.#phases.model.done() };
  }
}

/** Booleans of the device as packed bits. */
export function packed(device: Device, bits: Tensor, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  packInto(device.read(bits) as Uint8Array, out);
  return out;
}

/** Float32 that hold integers, as such. */
export function integers(device: Device, tensor: Tensor): Int32Array {
  return device.read(device.cast(tensor, 'float32 to int32')) as Int32Array;
}
