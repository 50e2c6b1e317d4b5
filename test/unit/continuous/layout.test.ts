// Layouts: names and order, shapes, offsets without gaps; keyed starts with the stated deviations, zeros where stated.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convolutionShapes, initialParameters, layoutOf, parameterCount, tensorOf } from '../../../ebm/continuous/layout.ts';
import type { EnergySettings, ObjectiveSettings, RowShape } from '../../../ebm/continuous/model.ts';

const SLICED: ObjectiveSettings = { kind: 'sliced', projections: 1 };
const NCE: ObjectiveSettings = { kind: 'nce', ratio: 1 };
const MLP: EnergySettings = { kind: 'mlp', layers: [200, 100], activation: 'swish' };
const CONV: EnergySettings = { kind: 'conv', channels: [8, 8, 16], strides: [1, 1, 2], residual: true, activation: 'elu' };

function described(energy: EnergySettings, objective: ObjectiveSettings, shape: RowShape): string[] {
  return layoutOf({ energy, objective }, shape).map((tensor) => `${tensor.name} [${tensor.shape.join(', ')}]`);
}

test('tensors of each energy in order of their names', () => {
  assert.deepEqual(described(MLP, SLICED, [3]), [
    'dense_00/bias [200]', 'dense_00/weights [3, 200]', 'dense_01/bias [100]', 'dense_01/weights [200, 100]', 'output/bias [1]', 'output/weights [100, 1]',
  ]);
  assert.deepEqual(described(CONV, NCE, [7, 6, 3]), [
    'conv_00/bias [8]', 'conv_00/kernel [3, 3, 3, 8]', 'conv_01/bias [8]', 'conv_01/kernel [3, 3, 8, 8]', 'conv_02/bias [16]', 'conv_02/kernel [3, 3, 8, 16]',
    'log_partition []', 'output/bias [1]', 'output/weights [192, 1]',
  ]);
  assert.deepEqual(described({ kind: 'quadratic' }, NCE, [4]), ['log_diagonal [4]', 'log_partition []', 'lower [6]', 'mean [4]']);
  assert.deepEqual(described({ kind: 'gaussian-mixture', components: 5 }, SLICED, [2]), ['log_scales [5]', 'logits [5]', 'means [5, 2]']);
});

test('tensors follow one another without a gap, a scalar takes one place', () => {
  const layout = layoutOf({ energy: MLP, objective: NCE }, [2, 2]);
  layout.forEach((tensor, index) => { assert.equal(tensor.from, index === 0 ? 0 : layout[index - 1]!.to); });
  assert.equal(parameterCount(layout), 4 * 200 + 200 + 200 * 100 + 100 + 100 + 1 + 1);
});

test('names are the order of layers beyond ten of them, up to a hundred', () => {
  const deep = layoutOf({ energy: { kind: 'mlp', layers: Array.from({ length: 12 }, (_, i) => i + 1), activation: 'tanh' }, objective: SLICED }, [2]);
  assert.equal(deep[22]!.name, 'dense_11/bias');
  assert.throws(() => layoutOf({ energy: { kind: 'mlp', layers: Array.from({ length: 101 }, () => 1), activation: 'tanh' }, objective: SLICED }, [2]), /at most 100 layers/);
});

test('starts are a function of the seed; an objective of its own tensors does not move the energy', () => {
  const [plain, contrast] = [SLICED, NCE].map((objective) => ({ energy: MLP, objective }));
  const first = initialParameters(3, plain!, [2]);
  assert.deepEqual(first, initialParameters(3, plain!, [2]));
  assert.notDeepEqual(first, initialParameters(4, plain!, [2]));
  const second = initialParameters(3, contrast!, [2]);
  for (const { name } of layoutOf(plain!, [2])) assert.deepEqual(tensorOf(layoutOf(contrast!, [2]), second, name), tensorOf(layoutOf(plain!, [2]), first, name));
  assert.deepEqual([...tensorOf(layoutOf(contrast!, [2]), second, 'log_partition')], [0]);
});

test('weights have deviation 1 / sqrt(fan in) within 5 standard errors (false alarm 2e-6), tensors differ, biases are 0', () => {
  const model = { energy: MLP, objective: SLICED };
  const [layout, values] = [layoutOf(model, [100]), initialParameters(9, model, [100])];
  for (const [name, fanIn] of [['dense_00/weights', 100], ['dense_01/weights', 200]] as const) {
    const weights = tensorOf(layout, values, name);
    const variance = weights.reduce((sum, weight) => sum + weight * weight, 0) / weights.length;
    assert.ok(Math.abs(variance * fanIn - 1) < 5 * Math.sqrt(2 / weights.length), `${name}: ${variance * fanIn}`);
  }
  assert.ok(tensorOf(layout, values, 'dense_00/bias').every((bias) => bias === 0));
  assert.notEqual(tensorOf(layout, values, 'dense_00/weights')[0], tensorOf(layout, values, 'dense_01/weights')[0]);
});

test('convolutions need images and as many strides as channels; a stride leaves ceil(length / stride)', () => {
  assert.deepEqual(convolutionShapes({ channels: [4, 5], strides: [2, 2] }, [7, 4, 1]), [[7, 4, 1], [4, 2, 4], [2, 1, 5]]);
  assert.throws(() => layoutOf({ energy: CONV, objective: SLICED }, [49]), /needs rows \[height, width, channels\]/);
  assert.throws(() => layoutOf({ energy: { ...CONV, strides: [1] }, objective: SLICED }, [7, 7, 1]), /have 1 strides/);
  assert.throws(() => layoutOf({ energy: { kind: 'module', path: 'own.ts' }, objective: SLICED }, [2]), /own\.ts has not been read/);
});
