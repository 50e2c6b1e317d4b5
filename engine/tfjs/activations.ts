// Activations and the like with right derivatives of every order. TensorFlow.js saves the OUTPUT of sigmoid, tanh, exp and others for their gradients,
// whose own derivatives are then silently wrong or fail; each function here saves its input alone and its slope is made of such functions again.
import type { Activation } from '../../ebm/continuous/model.ts';
import type { Tensor, TensorFlow } from './library.ts';

/** Elementwise, any shape. */
export type Elementwise = (x: Tensor) => Tensor;

/** Slope of leaky-relu on its left piece. */
export const LEAK = 0.2;

export interface Functions {
  readonly sigmoid: Elementwise;
  readonly exp: Elementwise;
  readonly softplus: Elementwise;
  readonly activation: (kind: Activation) => Elementwise;
  /** log sum exp over the last axis, which goes away. */
  readonly logSumExp: Elementwise;
}

/** value(x) with the gradient dy slope(x). */
function elementwise(tf: TensorFlow, value: Elementwise, slope: Elementwise): Elementwise {
  return tf.customGrad((x, save) => {
    (save as (tensors: Tensor[]) => void)([x as Tensor]);
    return { value: value(x as Tensor), gradFunc: (dy: Tensor, saved: Tensor[]) => dy.mul(slope(saved[0]!)) };
  });
}

export function functionsOf(tf: TensorFlow): Functions {
  const sigmoid: Elementwise = elementwise(tf, (x) => tf.sigmoid(x), (x) => {
    const s = sigmoid(x);
    return s.mul(tf.sub(1, s));
  });
  const exp: Elementwise = elementwise(tf, (x) => tf.exp(x), (x) => exp(x));
  const softplus: Elementwise = elementwise(tf, (x) => tf.softplus(x), sigmoid);
  const swish: Elementwise = elementwise(tf, (x) => x.mul(tf.sigmoid(x)), (x) => {
    const s = sigmoid(x);
    return s.mul(x.sub(x.mul(s)).add(1)); // by itself and not as a product's gradient, for which TensorFlow.js copies both factors
  });
  const tanh: Elementwise = elementwise(tf, (x) => tf.tanh(x), (x) => tf.sub(1, tanh(x).square()));
  /** e^x for x <= 0, otherwise 0. */
  const expOfNegative: Elementwise = elementwise(tf, (x) => tf.exp(tf.minimum(x, 0)).mul(tf.sub(1, tf.step(x))), (x) => expOfNegative(x));
  const elu: Elementwise = elementwise(tf, (x) => tf.elu(x), (x) => tf.step(x).add(expOfNegative(x)));
  /** As a constant: log sum exp is the same whatever is taken out of the sum. */
  const mostOf: Elementwise = tf.customGrad((x) => ({ value: (x as Tensor).max(-1, true), gradFunc: () => tf.zerosLike(x as Tensor) }));

  return {
    sigmoid, exp, softplus,
    activation: (kind) => {
      switch (kind) {
        case 'swish': return swish;
        case 'softplus': return softplus;
        case 'tanh': return tanh;
        case 'elu': return elu;
        case 'leaky-relu': return (x) => tf.relu(x).sub(tf.relu(x.neg()).mul(LEAK));
        case 'relu': return (x) => tf.relu(x);
      }
    },
    logSumExp: (x) => {
      const most = mostOf(x);
      return exp(x.sub(most)).sum(-1).log().add(most.squeeze([-1]));
    },
  };
}
