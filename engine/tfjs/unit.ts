// One work unit of an update on the device, some rows at a time: the data phase of a range of the batch, and the model phase of a range of chains
// (EXACT.md, What persists). Its oracle is engine/reference/evaluate.ts.
import { deriveKey } from '../../ebm/random/address.ts';
import { samplesIn } from '../../ebm/random/permutation.ts';
import type { Key } from '../../ebm/random/philox.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import { bytesOf, rowOf } from '../../ebm/rbm/bits.ts';
import { writeSample } from '../../ebm/rbm/binarise.ts';
import type { Problem, Range, UpdateUnit } from '../engine.ts';
import { paddedUnits, packInto, unpacked } from './bits.ts';
import type { Tensor } from './device.ts';
import type { DeviceModel, Gibbs } from './gibbs.ts';
import { PASS_ROWS, type Samples, type Sink } from './statistics.ts';

export interface UnitTask {
  readonly gibbs: Gibbs;
  readonly problem: Problem;
  readonly unit: UpdateUnit;
  readonly model: DeviceModel;
  readonly sink: Sink;
}

/** Hands every sample of the unit to the sink, and returns the advanced chains. `chains`: packed hidden bits, not changed; empty for cd. */
export function walkUnit(task: UnitTask, chains: Uint8Array): Uint8Array {
  const { problem, unit } = task;
  const rowBytes = bytesOf(problem.hidden);
  for (const range of passesOf(unit.data)) addData(task, range);
  if (problem.objective === 'cd') return new Uint8Array(0);
  const advanced = new Uint8Array(chains.length);
  const { gibbs: { device } } = task;
  for (const { from, to } of passesOf(unit.chains)) {
    const [first, last] = [(from - unit.chains.from) * rowBytes, (to - unit.chains.from) * rowBytes];
    device.within(() => {
      const state = device.upload([to - from, paddedUnits(problem.hidden)], unpacked(chains.subarray(first, last)));
      const { state: next, samples } = advance(task, { from, to }, state);
      task.sink.add('model', samples);
      packInto(device.read(next) as Uint8Array, advanced.subarray(first, last));
    });
  }
  return advanced;
}

export function passesOf({ from, to }: Range): Range[] {
  return Array.from({ length: Math.ceil((to - from) / PASS_ROWS) }, (_, index) => ({ from: from + index * PASS_ROWS, to: Math.min(to, from + (index + 1) * PASS_ROWS) }));
}

/** Adds some of the data phase. For cd, chains start from its hidden units and are advanced here too. */
function addData(task: UnitTask, { from, to }: Range): void {
  const { gibbs, problem, unit, model, sink } = task;
  const { device } = gibbs;
  const count = to - from;
  device.within(() => {
    const bits = device.upload([count, paddedUnits(problem.visible)], unpacked(rowsOf(task, { from, to })));
    const visible = device.cast(bits, 'bool to float32');
    const thresholds = gibbs.thresholds(model, 'hidden', visible);
    sink.add('data', { count, bits, visible, thresholds });
    if (problem.objective !== 'cd') return;
    const key = deriveKey(problem.seed, PURPOSES.dataPhase, unit.branch);
    const start = gibbs.draw('hidden', thresholds, { key, first: from, rows: count, halfStep: 0, word3: unit.update });
    sink.add('model', advance(task, { from, to }, start).samples);
  });
}

/** Packed visible bits of the samples at these offsets of the batch. */
function rowsOf({ problem: { seed, batch, visible, data }, unit }: UnitTask, { from, to }: Range): Uint8Array {
  if (data === null) throw new TypeError('this session was loaded without data and can compute no data phase');
  const rows = new Uint8Array((to - from) * bytesOf(visible));
  const key = deriveKey(seed, PURPOSES.binarise, 0);
  const first = unit.update * batch;
  samplesIn(seed, data.rows, { from: first + from, to: first + to }).forEach((sample, index) => { writeSample(data, key, sample, rowOf(rows, visible, index)); });
  return rows;
}

/** Advances chains by the update's steps: their hidden units, as booleans, and the last visible sample with the thresholds given it. */
function advance({ gibbs, problem, unit, model }: UnitTask, { from, to }: Range, start: Tensor): { readonly state: Tensor; readonly samples: Samples } {
  const { device } = gibbs;
  const key: Key = deriveKey(problem.seed, PURPOSES.chains, unit.branch);
  const rows = to - from;
  let state = start;
  let samples: Samples | null = null;
  for (let step = 0; step < problem.steps; step += 1) {
    const at = { key, first: from, rows, word3: unit.update };
    const bits = gibbs.draw('visible', gibbs.thresholds(model, 'visible', device.cast(state, 'bool to float32')), { ...at, halfStep: 2 * step });
    const visible = device.cast(bits, 'bool to float32');
    const thresholds = gibbs.thresholds(model, 'hidden', visible);
    state = gibbs.draw('hidden', thresholds, { ...at, halfStep: 2 * step + 1 });
    samples = { count: rows, bits, visible, thresholds };
  }
  return { state, samples: samples! };
}
