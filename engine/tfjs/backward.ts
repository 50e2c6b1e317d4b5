// dE/dx of layered energies without the tape, for chains: each step needs it once, at fixed parameters and to first order. A layer's slope is made beside
// its value, the last value and the energy only when asked for, and the gradient with respect to that value is a row which is known before.
import type { Activation } from '../../ebm/continuous/model.ts';
import { functionsOf, LEAK } from './activations.ts';
import type { Tensor, TensorFlow } from './library.ts';
import { nativeOperations } from './native-operations.ts';

/** A linear layer with an activation. `isResidual`: its input is added to what it gives. */
export interface Stage {
  /** The linear part, bias included. */
  readonly forward: (h: Tensor) => Tensor;
  /** The gradient with respect to the input, given that with respect to the linear part. */
  readonly backward: (slope: Tensor) => Tensor;
  readonly isResidual: boolean;
}

/** `end`: E from what the last stage gives. `row`: E's gradient with respect to that, the same for all rows, with a first dimension of 1. */
export interface Layered { readonly stages: readonly Stage[]; readonly row: Tensor; readonly end: (h: Tensor) => Tensor }

export interface SlopeByHand {
  readonly slope: (x: Tensor) => Tensor;
  readonly both: (x: Tensor) => { readonly value: Tensor; readonly gradient: Tensor };
}

/** An activation's derivative at a, and its value if it is called for. */
type Pair = (a: Tensor) => { readonly value: () => Tensor; readonly slope: Tensor };

/** x may have any shape that the first stage takes. */
export function slopeByHand(tf: TensorFlow, activation: Activation, { stages, row, end }: Layered): SlopeByHand {
  const pair = pairOf(tf, activation);
  const forward = (x: Tensor): { readonly h: () => Tensor; readonly slopes: readonly Tensor[] } => {
    const slopes: Tensor[] = [];
    let h = (): Tensor => x;
    for (const stage of stages) {
      const input = h();
      const { value, slope } = pair(stage.forward(input));
      slopes.push(slope);
      h = () => stage.isResidual ? value().add(input) : value();
    }
    return { h, slopes };
  };
  const backward = (slopes: readonly Tensor[]): Tensor => {
    let gradient = row;
    for (const [i, { backward: back, isResidual }] of [...stages.entries()].reverse()) {
      const through = back(slopes[i]!.mul(gradient));
      gradient = isResidual ? through.add(gradient) : through;
    }
    return gradient;
  };
  return {
    slope: (x) => backward(forward(x).slopes),
    both: (x) => {
      const { h, slopes } = forward(x);
      return { value: end(h()), gradient: backward(slopes) };
    },
  };
}

function pairOf(tf: TensorFlow, kind: Activation): Pair {
  const value = functionsOf(tf).activation(kind);
  const native = nativeOperations(tf);
  const by = (slope: (a: Tensor, v: Tensor) => Tensor): Pair => (a) => {
    const v = value(a);
    return { value: () => v, slope: slope(a, v) };
  };
  switch (kind) {
    case 'swish': return (a) => {
      const s = tf.sigmoid(a);
      if (native !== null) return { value: () => a.mul(s), slope: s.add(native.sigmoidSlope(s, a)) };
      const v = a.mul(s);
      return { value: () => v, slope: s.add(v.sub(v.mul(s))) };
    };
    case 'softplus': return by((a) => tf.sigmoid(a));
    case 'tanh': return by((_, t) => tf.sub(1, t.square()));
    case 'elu': return by((_, v) => tf.minimum(v, 0).add(1)); // e^a - 1 is the value where it is not positive
    case 'relu': return by((a) => tf.step(a));
    case 'leaky-relu': return by((a) => tf.step(a).mul(1 - LEAK).add(LEAK));
  }
}
