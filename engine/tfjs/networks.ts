// Networks of score models: from settings and named parameter tensors to the noise that is predicted in rows, [rows, size] to [rows, size]. What a row's
// noise deviation becomes for the network is ebm/continuous/diffusion.ts's. First derivatives alone are asked for, by parameters or by rows.
import { conditioningOf, type Conditioning } from '../../ebm/continuous/diffusion.ts';
import { layerName } from '../../ebm/continuous/layout.ts';
import type { NetworkSettings, RowShape, ScoreSettings } from '../../ebm/continuous/model.ts';
import { functionsOf, type Elementwise } from './activations.ts';
import { convolve } from './convolution.ts';
import { operation, type NamedTensors, type Tensor, type Tensor4D, type TensorFlow } from './library.ts';
import { passing, product } from './product.ts';

/** Predicted noise of rows whose noise has these deviations, one a row. */
export type NoisePredictor = (parameters: NamedTensors, y: Tensor, sigmas: ArrayLike<number>) => Tensor;

export function noisePredictor(tf: TensorFlow, settings: ScoreSettings, shape: RowShape): NoisePredictor {
  const network = networkOf(tf, settings.network, shape);
  return (parameters, y, sigmas) => {
    const conditioning = conditioningOf(settings, sigmas);
    const column = (name: Exclude<keyof Conditioning, 'features'>): Tensor => tf.tensor2d(conditioning[name], [sigmas.length, 1]);
    const features = tf.tensor2d(conditioning.features, [sigmas.length, settings.network.features]);
    return y.mul(column('skip')).add(network(parameters, y.mul(column('input')), features).mul(column('output')));
  };
}

/** x [rows, size] and features [rows, features] to [rows, size]. */
type Network = (parameters: NamedTensors, x: Tensor, features: Tensor) => Tensor;

function networkOf(tf: TensorFlow, settings: NetworkSettings, shape: RowShape): Network {
  const activation = functionsOf(tf).activation(settings.activation);
  switch (settings.kind) {
    case 'mlp': return (parameters, x, features) => perceptron(tf, settings, { parameters, features, activation }, x);
    case 'conv': return (parameters, x, features) => (
      convolutional(tf, settings, { parameters, features, activation }, x.reshape([x.shape[0], ...shape])).reshape([...x.shape]));
  }
}

interface Pass { readonly parameters: NamedTensors; readonly features: Tensor; readonly activation: Elementwise }

function times(tf: TensorFlow, x: Tensor, weights: Tensor): Tensor {
  return product(tf, passing(x), passing(weights));
}

/** What a layer adds to each row's units or channels: its bias, and its own product of the features. */
function shiftOf(tf: TensorFlow, { parameters, features }: Pass, name: string): Tensor {
  return times(tf, features, parameters[`${name}/noise`]!).add(parameters[`${name}/bias`]!);
}

function perceptron(tf: TensorFlow, { layers }: Extract<NetworkSettings, { kind: 'mlp' }>, pass: Pass, x: Tensor): Tensor {
  const { parameters, activation } = pass;
  const last = layers.reduce((h, _, layer) => {
    const name = layerName('dense', layer);
    return activation(times(tf, h, parameters[`${name}/weights`]!).add(shiftOf(tf, pass, name)));
  }, x);
  return times(tf, last, parameters['output/weights']!).add(parameters['output/bias']!);
}

/** x [rows, height, width, channels], and so is the result. */
function convolutional(tf: TensorFlow, { strides }: Extract<NetworkSettings, { kind: 'conv' }>, pass: Pass, x: Tensor): Tensor {
  const { parameters, activation } = pass;
  const layer = (h: Tensor, name: string, stride: number): Tensor => {
    const shift = shiftOf(tf, pass, name);
    return activation(convolve(tf, h, parameters[`${name}/kernel`]!, stride).add(shift.reshape([shift.shape[0], 1, 1, shift.shape[1]!])));
  };
  const seen: Tensor[] = [x];
  strides.forEach((stride, i) => { seen.push(layer(seen[i]!, layerName('conv', i), stride)); });
  let h = seen[strides.length]!;
  for (let i = strides.length - 1; i > 0; i -= 1) h = layer(beside(tf, h, seen[i]!, strides[i]!), layerName('up', i), 1);
  return convolve(tf, beside(tf, h, x, strides[0]!), parameters['output/kernel']!, 1).add(parameters['output/bias']!);
}

/** h, enlarged to the size of what its partner was given, with that as further channels. */
function beside(tf: TensorFlow, h: Tensor, given: Tensor, stride: number): Tensor {
  const [rows, height, width] = given.shape as [number, number, number];
  const large = stride === 1 ? h : enlarge(tf, h, stride);
  const fitting = large.shape[1] === height && large.shape[2] === width ? large : large.slice([0, 0, 0, 0], [rows, height, width, large.shape[3]!]);
  return tf.concat([fitting, given], 3);
}

/** Each pixel `factor` times as high and as wide. TensorFlow.js has no gradient of it on every backend; here it is the adjoint, sums of squares of pixels. */
function enlarge(tf: TensorFlow, x: Tensor, factor: number): Tensor {
  const [, height, width] = x.shape as [number, number, number];
  return operation(tf, { x }, {
    saved: {},
    value: () => tf.image.resizeNearestNeighbor(x as Tensor4D, [factor * height, factor * width]),
    gradients: (dy) => ({ x: () => tf.avgPool(dy as Tensor4D, factor, factor, 'valid').mul(factor * factor) }),
  });
}
