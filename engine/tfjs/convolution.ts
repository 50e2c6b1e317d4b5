// 3 x 3 convolutions with "same" padding whose derivatives exist on every backend and to every order. tfjs-wasm has no kernel for the gradient with
// respect to the filter, and no backend differentiates it. The three maps below are the three partial derivatives of one trilinear form
// <convolve(x, kernel), y>, so each one's gradients are the other two.
import { operation, type Tensor, type Tensor4D, type TensorFlow } from './library.ts';

const SIDE = 3;

type Images = readonly [rows: number, height: number, width: number, channels: number];

function imagesOf(tensor: Tensor): Images {
  return tensor.shape as unknown as Images;
}

/** [rows, height, width, in] and [3, 3, in, out] to [rows, ceil(height / stride), ceil(width / stride), out]. */
export function convolve(tf: TensorFlow, x: Tensor, kernel: Tensor, stride: number): Tensor {
  return operation(tf, { x, kernel }, {
    value: () => tf.conv2d(x as Tensor4D, kernel as Tensor4D, stride, 'same'),
    gradients: (dy, saved) => ({
      x: () => convolveBack(tf, dy, saved['kernel']!, { stride, shape: imagesOf(saved['x']!) }),
      kernel: () => filterSlope(tf, saved['x']!, dy, stride),
    }),
  });
}

/** Off the tape and for one kernel: the gradient with respect to images [rows, ...input] of a convolution's. What depends on the kernel alone is made once. */
export function convolutionBackward(tf: TensorFlow, kernel: Tensor, { stride, input }: { readonly stride: number; readonly input: readonly number[] }): (y: Tensor) => Tensor {
  if (stride > 1) return (y) => convolveBack(tf, y, kernel, { stride, shape: [y.shape[0], ...input] as unknown as Images });
  const turned = turnedOf(tf, kernel);
  return (y) => convolve(tf, y, turned, 1);
}

/** Upside down, with inputs and outputs exchanged. */
function turnedOf(tf: TensorFlow, kernel: Tensor): Tensor {
  return tf.reverse(kernel, [0, 1]).transpose([0, 1, 3, 2]);
}

/** The gradient with respect to images of `shape`: linear in y and in the kernel. */
function convolveBack(tf: TensorFlow, y: Tensor, kernel: Tensor, { stride, shape }: { readonly stride: number; readonly shape: Images }): Tensor {
  // At stride 1 it is the convolution with the turned kernel, which XNNPACK computes; the kernel for any stride is a plain loop on tfjs-wasm.
  if (stride === 1) return convolve(tf, y, turnedOf(tf, kernel), 1);
  return operation(tf, { y, kernel }, {
    value: () => tf.conv2dTranspose(y as Tensor4D, kernel as Tensor4D, [...shape], stride, 'same'),
    gradients: (dy, saved) => ({
      y: () => convolve(tf, dy, saved['kernel']!, stride),
      kernel: () => filterSlope(tf, dy, saved['y']!, stride),
    }),
  });
}

/** The gradient with respect to the kernel: linear in x and in y. */
function filterSlope(tf: TensorFlow, x: Tensor, y: Tensor, stride: number): Tensor {
  return operation(tf, { x, y }, {
    value: () => filterSlopeValue(tf, x, y, stride),
    gradients: (dy, saved) => ({
      x: () => convolveBack(tf, saved['y']!, dy, { stride, shape: imagesOf(saved['x']!) }),
      y: () => convolve(tf, saved['x']!, dy, stride),
    }),
  });
}

/** Zeros before and after one side of `length`, "same" at this stride; what follows is rounded up so that whole strides can be cut from any offset. */
function paddingOf(length: number, stride: number): readonly [number, number] {
  const steps = Math.ceil(length / stride);
  const before = Math.floor(Math.max((steps - 1) * stride + SIDE - length, 0) / 2);
  return [before, SIDE - 1 + stride * steps - length - before];
}

/** By libtensorflow's own kernel. */
function nativeFilterSlope(tf: TensorFlow, x: Tensor4D, dy: Tensor4D, stride: number): Tensor {
  const filterShape = [SIDE, SIDE, x.shape[3], dy.shape[3]];
  return tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, { strides: stride, pad: 'same', dataFormat: 'NHWC', filterShape });
}

/** Nine products of shifted images [in, positions] with y [positions, out]. */
function filterSlopeValue(tf: TensorFlow, x: Tensor, y: Tensor, stride: number): Tensor {
  if (tf.getBackend() === 'tensorflow') return nativeFilterSlope(tf, x as Tensor4D, y as Tensor4D, stride);
  const [rows, height, width, inputs] = imagesOf(x);
  const [, tall, wide, outputs] = imagesOf(y);
  const slopes = y.reshape([rows * tall * wide, outputs]);
  const planes = tf.pad(x, [[0, 0], [...paddingOf(height, stride)], [...paddingOf(width, stride)], [0, 0]]).transpose([3, 0, 1, 2]);
  const products: Tensor[] = [];
  for (let down = 0; down < SIDE; down += 1) {
    for (let right = 0; right < SIDE; right += 1) {
      let shifted = planes.slice([0, 0, down, right], [inputs, rows, stride * tall, stride * wide]);
      if (stride > 1) {
        shifted = shifted.reshape([inputs * rows * tall, stride, stride * wide]).slice([0, 0, 0], [inputs * rows * tall, 1, stride * wide]);
        shifted = shifted.reshape([inputs * rows * tall * wide, stride]).slice([0, 0], [inputs * rows * tall * wide, 1]);
      }
      products.push(tf.matMul(shifted.reshape([inputs, rows * tall * wide]), slopes));
    }
  }
  return tf.stack(products).reshape([SIDE, SIDE, inputs, outputs]);
}
