// A small convolutional classifier of MNIST, which judges the digits that models draw (digits.ts). It is trained on the real training images, the same way from
// the same seed, on TensorFlow's CPU in a thread: about a minute of processor time; its weights are then kept in the system's folder for temporary files.
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillNormals } from '../../ebm/continuous/noise.ts';
import { epochOrder, rowAt } from '../../ebm/random/permutation.ts';
import type { Tensor, Tensor4D, TensorFlow } from '../../engine/tfjs/library.ts';
import { loadTensorFlow, prepareEnvironment } from '../../engine/tfjs/loading.ts';
import { mnistSource } from '../../platform/data/mnist.ts';
import { findTensorflow } from '../../platform/engines/place.ts';

export const CLASSES = 10;
export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
const AT_ONCE = 500;

/** Whatever changes here is another classifier, kept under another name. Two layers of 3 x 3 convolution, relu and pooling, then a linear one. */
const RECIPE = { seed: 1, batch: 128, epochs: 2, learningRate: 0.05, momentum: 0.9, shapes: [[3, 3, 1, 16], [16], [3, 3, 16, 32], [32], [7 * 7 * 32, CLASSES], [CLASSES]] } as const;

/** Rows of pixels in [0, 1], [rows * PIXELS], and their classes [rows]. */
export interface Digits { readonly rows: number; readonly pixels: Float32Array; readonly labels: Uint8Array }

export interface Verdicts {
  /** The likeliest class of each row. */
  readonly classes: Uint8Array;
  /** Its probability. */
  readonly confidences: Float32Array;
}

export interface DigitClassifier {
  /** Share of the 10,000 test images that it gets wrong. */
  readonly testError: number;
  readonly test: Digits;
  /** `pixels` [rows * PIXELS]; what is outside [0, 1] is taken as the nearer end, as a picture would show it. */
  classify(pixels: Float32Array): Verdicts;
}

/** Loads the weights that are kept, or trains. Needs the tensorflow engine (EBM_ENGINES). */
export async function openDigitClassifier(): Promise<DigitClassifier> {
  const location = await findTensorflow(process.env);
  if (location === null) throw new Error('the classifier of digits needs the tensorflow engine: install it with `ebm engine install tensorflow`, and name its folder in EBM_ENGINES if it is not the usual one');
  prepareEnvironment(process.env);
  const tf = loadTensorFlow(location) as unknown as TensorFlow;
  const source = await mnistSource().read();
  const [training, test] = [digitsOf(source.training), digitsOf(source.test!)];
  const path = join(tmpdir(), `ebm-digit-classifier-${createHash('sha256').update(JSON.stringify(RECIPE)).digest('hex').slice(0, 12)}.f32`);
  const weights = await kept(path) ?? train(tf, training);
  await keep(path, weights);
  const parameters = tensorsOf(tf, weights);
  const classify = (pixels: Float32Array): Verdicts => verdicts(tf, parameters, pixels);
  const { classes } = classify(test.pixels);
  return { testError: classes.filter((found, row) => found !== test.labels[row]).length / test.rows, test, classify };
}

function digitsOf({ rows, values, labels }: { readonly rows: number; readonly values: Uint8Array | Float32Array; readonly labels: Uint8Array | null }): Digits {
  return { rows, pixels: Float32Array.from(values, (value) => value / 255), labels: labels! };
}

function lengthOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

async function kept(path: string): Promise<Float32Array | null> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes?.length !== 4 * RECIPE.shapes.reduce((sum, shape) => sum + lengthOf(shape), 0)) return null;
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Whole or not at all: another process may keep the same at the same time. */
async function keep(path: string, weights: Float32Array): Promise<void> {
  await writeFile(`${path}.${process.pid}`, weights);
  await rename(`${path}.${process.pid}`, path);
}

function tensorsOf(tf: TensorFlow, weights: Float32Array): readonly Tensor[] {
  let from = 0;
  return RECIPE.shapes.map((shape) => {
    const values = weights.subarray(from, from + lengthOf(shape));
    from += values.length;
    return tf.tensor(values.slice(), [...shape]);
  });
}

/** [rows, PIXELS] to [rows, CLASSES]. */
function logitsOf(tf: TensorFlow, [kernel, bias, kernel2, bias2, weights, bias3]: readonly Tensor[], x: Tensor): Tensor {
  const layer = (h: Tensor, filter: Tensor, shift: Tensor): Tensor => tf.maxPool(tf.relu(tf.conv2d(h as Tensor4D, filter as Tensor4D, 1, 'same').add(shift)) as Tensor4D, 2, 2, 'same');
  const features = layer(layer(x.reshape([-1, SIDE, SIDE, 1]), kernel!, bias!), kernel2!, bias2!);
  return tf.matMul(features.reshape([x.shape[0], -1]), weights!).add(bias3!);
}

/** Deviations of He et al. 2015 for what relu follows; biases 0. */
function initial(): Float32Array {
  return Float32Array.from(RECIPE.shapes.flatMap((shape, tensor) => {
    const values = new Float32Array(lengthOf(shape));
    if (shape.length === 1) return [...values];
    fillNormals([RECIPE.seed, tensor], { ids: { from: 0, to: 1 }, numbers: values.length, halfStep: 0, word3: 0 }, values);
    return Array.from(values, (value) => value * Math.sqrt(2 / lengthOf(shape.slice(0, -1))));
  }));
}

function train(tf: TensorFlow, { rows, pixels, labels }: Digits): Float32Array {
  const { batch, epochs, learningRate, momentum, seed } = RECIPE;
  const parameters = tensorsOf(tf, initial()).map((value) => value.variable());
  const optimiser = tf.train.momentum(learningRate, momentum);
  const updates = Math.floor(rows / batch) * epochs;
  for (let update = 0; update < updates; update += 1) {
    const order = epochOrder(seed, rows, Math.floor((update * epochs) / updates));
    const first = (update % (updates / epochs)) * batch;
    const chosen = Int32Array.from({ length: batch }, (_, i) => rowAt(order, first + i));
    optimiser.setLearningRate(learningRate * (1 - update / updates));
    tf.tidy(() => {
      const x = tf.tensor2d(gathered(pixels, chosen), [batch, PIXELS]);
      const truth = tf.oneHot(tf.tensor1d(Int32Array.from(chosen, (row) => labels[row]!), 'int32'), CLASSES);
      optimiser.minimize(() => tf.losses.softmaxCrossEntropy(truth, logitsOf(tf, parameters, x)), false, parameters);
    });
  }
  return Float32Array.from(parameters.flatMap((parameter) => [...parameter.dataSync()]));
}

function gathered(pixels: Float32Array, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length * PIXELS);
  rows.forEach((row, i) => { out.set(pixels.subarray(row * PIXELS, (row + 1) * PIXELS), i * PIXELS); });
  return out;
}

function verdicts(tf: TensorFlow, parameters: readonly Tensor[], pixels: Float32Array): Verdicts {
  const rows = pixels.length / PIXELS;
  const [classes, confidences] = [new Uint8Array(rows), new Float32Array(rows)];
  for (let from = 0; from < rows; from += AT_ONCE) {
    const to = Math.min(rows, from + AT_ONCE);
    tf.tidy(() => {
      const x = tf.tensor2d(pixels.slice(from * PIXELS, to * PIXELS), [to - from, PIXELS]).clipByValue(0, 1);
      const probabilities = tf.softmax(logitsOf(tf, parameters, x));
      classes.set(probabilities.argMax(1).dataSync(), from);
      confidences.set(probabilities.max(1).dataSync(), from);
    });
  }
  return { classes, confidences };
}
