// Block Gibbs sampling of many chains at once in TensorFlow (EXACT.md). Every float32 here holds an integer that it holds exactly: products stay
// inside 2^24 by the published bound, thresholds are at most 65536 and draws below it. Rows are padded to whole bytes of packed bits; a spare unit's
// threshold is 0, so that it never comes on.
import { firstBlock } from '../../ebm/random/address.ts';
import type { Key } from '../../ebm/random/philox.ts';
import { bytesOf } from '../../ebm/rbm/bits.ts';
import { thresholdTable, type ThresholdTable } from '../../ebm/rbm/thresholds.ts';
import { paddedUnits } from './bits.ts';
import type { Device, Tensor } from './device.ts';

export type Layer = 'visible' | 'hidden';

/** A published version on the device. Weights float32 [visible, hidden]; biases [units], plus the table's bound. */
export interface DeviceModel { readonly weights: Tensor; readonly visible: Tensor; readonly hidden: Tensor }

/** Published parameters as they arrive. */
export interface PlainModel { readonly weights: Int16Array; readonly visibleBias: Int32Array; readonly hiddenBias: Int32Array }

export interface Draw { readonly key: Key; readonly first: number; readonly rows: number; readonly halfStep: number; readonly word3: number }

/** Beyond this, biases and the table's bound together might be rounded where it matters: see `toDevice`. */
const BOUND_MAX = 2_097_152;
const WORD = 0x1_0000_0000;

export class Gibbs {
  readonly device: Device;
  readonly visible: number;
  readonly hidden: number;
  readonly #table: ThresholdTable;
  readonly #entries: Tensor;
  readonly #least: Tensor;
  readonly #most: Tensor;

  constructor(device: Device, { visible, hidden, grid }: { readonly visible: number; readonly hidden: number; readonly grid: number }) {
    this.device = device;
    this.visible = visible;
    this.hidden = hidden;
    this.#table = thresholdTable(grid);
    if (this.#table.bound > BOUND_MAX) throw new RangeError(`the tensorflow engine computes on grids of at most 2^-17 nats, got 2^-${grid}`);
    this.#entries = device.keep([this.#table.entries.length], Float32Array.from(this.#table.entries));
    this.#least = device.keep([], Float32Array.of(0));
    this.#most = device.keep([], Float32Array.of(2 * this.#table.bound));
  }

  close(): void {
    for (const tensor of [this.#entries, this.#least, this.#most]) this.device.free(tensor);
  }

  /**
   * A bias carries the table's bound, so that the clipped input is an index. |input| <= 2^24 is exact; where the bound lifts it beyond, rounding
   * cannot bring it back below 2 * bound <= 2^22.
   */
  toDevice({ weights, visibleBias, hiddenBias }: PlainModel): DeviceModel {
    const { device, visible, hidden } = this;
    const [rows, columns] = [paddedUnits(visible), paddedUnits(hidden)];
    const matrix = new Float32Array(rows * columns);
    if (columns === hidden) matrix.set(weights);
    else for (let i = 0; i < visible; i += 1) matrix.set(weights.subarray(i * hidden, (i + 1) * hidden), i * columns);
    return { weights: device.keep([rows, columns], matrix), visible: this.#bias(visibleBias, rows), hidden: this.#bias(hiddenBias, columns) };
  }

  free({ weights, visible, hidden }: DeviceModel): void {
    for (const tensor of [weights, visible, hidden]) this.device.free(tensor);
  }

  /** Thresholds of a layer given the other one's units (0 or 1): float32 [rows, padded units]. */
  thresholds(model: DeviceModel, layer: Layer, given: Tensor): Tensor {
    const { device } = this;
    const inputs = device.add(device.product(given, model.weights, layer === 'hidden' ? 'none' : 'second'), model[layer]);
    return device.gather(this.#entries, device.cast(device.clip(inputs, this.#least, this.#most), 'float32 to int32'));
  }

  /** Units of consecutive ids drawn from their thresholds: booleans [rows, padded units]. */
  draw(layer: Layer, thresholds: Tensor, { key, first, rows, halfStep, word3 }: Draw): Tensor {
    const { device } = this;
    const blocks = bytesOf(this[layer]);
    const address = firstBlock(first, blocks);
    firstBlock(first + rows, blocks); // the last one's too is inside the address space
    const counter = Int32Array.of(address % WORD, Math.floor(address / WORD), halfStep, word3);
    return device.less(device.draws(device.words(Int32Array.from(key)), device.words(counter), rows, 4 * blocks), thresholds);
  }

  #bias(bias: Int32Array, padded: number): Tensor {
    const { bound } = this.#table;
    const lifted = new Float32Array(padded).fill(-2 * bound);
    bias.forEach((value, unit) => { lifted[unit] = value + bound; });
    return this.device.keep([padded], lifted);
  }
}

