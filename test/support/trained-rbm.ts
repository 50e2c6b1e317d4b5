// A small RBM trained by the exact gradient of its likelihood (enumeration, float64): a model with real structure, for judging estimators
// by themselves and not by the training they came from. Also the bars-and-stripes images of MacKay 2003.
import { exactStatistics } from '../../ebm/partition/enumeration.ts';
import { clampedLogit } from '../../ebm/rbm/initial.ts';
import { bitAt, packRow, rowOf } from '../../ebm/rbm/bits.ts';
import { hiddenProbabilities } from '../../ebm/rbm/energy.ts';
import type { Model } from '../../ebm/rbm/preactivation.ts';
import { tinyModel } from './tiny-rbm.ts';

/** Every image of `side` x `side` pixels whose rows, or whose columns, are all on or all off: packed rows. */
export function barsAndStripes(side: number): { readonly rows: Uint8Array; readonly count: number; readonly visible: number } {
  const images = new Map<string, number[]>();
  for (let pattern = 0; pattern < 1 << side; pattern += 1) {
    for (const across of [true, false]) {
      const image = Array.from({ length: side * side }, (_, pixel) => (pattern >> (across ? Math.floor(pixel / side) : pixel % side)) & 1);
      images.set(image.join(''), image);
    }
  }
  const bytes = (side * side + 7) >> 3;
  const rows = new Uint8Array(images.size * bytes);
  [...images.values()].forEach((image, index) => { packRow(image, rows.subarray(index * bytes, (index + 1) * bytes)); });
  return { rows, count: images.size, visible: side * side };
}

/** Mean of each visible unit over packed rows: float64 [visible]. */
export function meansOf(rows: Uint8Array, visible: number): Float64Array {
  const bytes = (visible + 7) >> 3;
  const count = rows.length / bytes;
  return Float64Array.from({ length: visible }, (_, i) => {
    let on = 0;
    for (let index = 0; index < count; index += 1) on += bitAt(rows, index * bytes, i);
    return on / count;
  });
}

export interface Training { readonly rows: Uint8Array; readonly visible: number; readonly hidden: number; readonly updates: number; readonly rate: number; readonly seed: number }

/** Gradient ascent of the mean log-likelihood of the rows, on a grid of 2^-10 nats, from random weights within 0.2 nats. */
export function trainedModel(training: Training): Model {
  const { rows, visible, hidden, rate } = training;
  const start = tinyModel({ visible, hidden, grid: 10, seed: training.seed, spread: 0.2 }).parameters;
  const masters = [start.weights, meansOf(rows, visible).map((mean) => clampedLogit(mean) * 1024), new Float64Array(hidden)].map((part) => Float64Array.from(part));
  const publish = (): Model => ({
    visible, hidden, grid: 10,
    parameters: {
      branch: 0, version: training.updates, weights: Int16Array.from(masters[0]!, Math.round),
      visibleBias: Int32Array.from(masters[1]!, Math.round), hiddenBias: Int32Array.from(masters[2]!, Math.round),
    },
  });
  for (let update = 0; update < training.updates; update += 1) {
    const model = publish();
    const exact = exactStatistics(model);
    const data = dataStatistics(model, rows);
    [[data.outer, exact.outer], [data.visible, exact.visible], [data.hidden, exact.hidden]].forEach(([up, down], part) => {
      masters[part]!.forEach((value, index) => { masters[part]![index] = value + rate * 1024 * (up![index]! - down![index]!); });
    });
  }
  return publish();
}

/** Means over the rows of v, P(h | v) and v P(h | v)^T. */
export function dataStatistics(model: Model, rows: Uint8Array): { readonly visible: Float64Array; readonly hidden: Float64Array; readonly outer: Float64Array } {
  const { visible, hidden } = model;
  const bytes = (visible + 7) >> 3;
  const count = rows.length / bytes;
  const means = { visible: meansOf(rows, visible), hidden: new Float64Array(hidden), outer: new Float64Array(visible * hidden) };
  for (let index = 0; index < count; index += 1) {
    const row = rowOf(rows, visible, index);
    hiddenProbabilities(model, row).forEach((p, j) => {
      means.hidden[j]! += p / count;
      for (let i = 0; i < visible; i += 1) if (bitAt(row, 0, i) === 1) means.outer[i * hidden + j]! += p / count;
    });
  }
  return means;
}
