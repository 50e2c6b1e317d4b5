// Convolutions whose filter gradient is composed: the same as the cpu backend's own kernels, and right to second order on every backend.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { convolve } from '../../../engine/tfjs/convolution.ts';
import { openTfjsContinuous } from '../../../engine/tfjs/engine.ts';
import { gradientOf, gradientsOf, valuesOf, type Tensor } from '../../../engine/tfjs/library.ts';
import { seeded } from '../../support/seeded.ts';

const CASES = [
  { shape: [2, 5, 4, 3], out: 2, stride: 1 },
  { shape: [2, 6, 6, 2], out: 3, stride: 2 },
  { shape: [2, 5, 7, 2], out: 3, stride: 2 },
  { shape: [1, 7, 8, 1], out: 2, stride: 3 },
  { shape: [3, 1, 2, 2], out: 1, stride: 1 },
] as const;

function random(shape: readonly number[], seed: number): Tensor {
  const uniform = seeded(seed);
  return tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * uniform() - 1), [...shape]);
}

function close(actual: Float32Array, expected: Float32Array, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length);
  const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  for (let i = 0; i < expected.length; i += 1) assert.ok(Math.abs(actual[i]! - expected[i]!) <= tolerance * size, `${what}, ${i}: ${actual[i]!} and ${expected[i]!}`);
}

/** A loss that is not linear in anything. */
function loss(y: Tensor): Tensor {
  return y.square().mul(y).sum();
}

/** |grad_x loss|^2: its gradients are second derivatives. */
function slopeLoss(x: Tensor, kernel: Tensor, stride: number): Tensor {
  return gradientOf(tf, () => loss(convolve(tf, x, kernel, stride)), x).gradient.square().sum();
}

/** |grad_kernel loss|^2 */
function filterLoss(x: Tensor, kernel: Tensor, stride: number): Tensor {
  return gradientOf(tf, () => loss(convolve(tf, x, kernel, stride)), kernel).gradient.square().sum();
}

for (const backend of ['cpu', 'wasm'] as const) {
  describe(`convolutions on ${backend}`, () => {
    before(async () => {
      await openTfjsContinuous({ backend });
      await tf.setBackend(backend);
      tf.engine().startScope();
    });
    after(() => { tf.engine().endScope(); });

    for (const { shape, out, stride } of CASES) {
      const name = `${shape.join(' x ')} to ${out}, stride ${stride}`;
      test(`${name}: value and first gradients are those of the cpu backend's kernels`, async () => {
        const [x, kernel] = [random(shape, 1), random([3, 3, shape[3], out], 2)];
        const found = gradientsOf(tf, () => loss(convolve(tf, x, kernel, stride)), [x, kernel]);
        const values = [found.value, ...found.gradients].map((tensor) => valuesOf(tensor!));
        await tf.setBackend('cpu');
        const own = gradientsOf(tf, () => loss(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, 'same')), [x, kernel]);
        for (const [i, tensor] of [own.value, ...own.gradients].entries()) close(values[i]!, valuesOf(tensor!), 2e-6, `part ${i}`);
        await tf.setBackend(backend);
      });

      test(`${name}: second derivatives agree with finite differences`, () => {
        const [x, kernel] = [random(shape, 1), random([3, 3, shape[3], out], 2)];
        for (const [what, f] of [['slope', slopeLoss], ['filter', filterLoss]] as const) {
          const { gradients } = gradientsOf(tf, () => f(x, kernel, stride), [x, kernel]);
          for (const [which, tensor] of [x, kernel].entries()) {
            const direction = random(tensor.shape, 3);
            const step = 2 ** -8;
            const at = (by: number): number => {
              const moved = tensor.add(direction.mul(by));
              return valuesOf(which === 0 ? f(moved, kernel, stride) : f(x, moved, stride))[0]!;
            };
            const expected = (at(step) - at(-step)) / (2 * step);
            const along = valuesOf(gradients[which]!.mul(direction).sum())[0]!;
            const scale = valuesOf(gradients[which]!.square().sum().sqrt())[0]!;
            assert.ok(Math.abs(along - expected) < 2e-3 * scale, `${what}, ${which === 0 ? 'x' : 'kernel'}: ${along}, differences say ${expected}`);
          }
        }
      });
    }
  });
}
